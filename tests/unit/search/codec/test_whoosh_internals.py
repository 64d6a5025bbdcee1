"""What the codec takes for granted of Whoosh beyond its documented interface.

A failure here means that another release of Whoosh is installed than the one the codec was
written for: compare its codec interface before changing a line.
"""

import inspect
import os

import numpy as np
import pytest
import whoosh
from whoosh.analysis import SimpleAnalyzer
from whoosh.codec import base
from whoosh.fields import TEXT
from whoosh.util.numeric import byte_to_length, length_to_byte

from app.search.whoosh.codec import whoosh_internals as internals
from app.search.whoosh.codec.codec import ColumnCodec, ColumnDocumentWriter, ColumnFieldWriter
from app.search.whoosh.codec.document_reader import (
    ByteColumnReader,
    ColumnDocumentReader,
    NumberColumnReader,
)
from app.search.whoosh.codec.matcher import ColumnMatcher
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.terms_reader import ColumnFieldCursor, ColumnTermsReader

INTERFACES = {
    base.Codec: {
        "automata", "field_writer", "new_segment", "per_document_reader", "per_document_writer",
        "postings_reader", "postings_writer", "terms_reader",
    },
    base.PerDocumentWriter: {
        "add_column_value", "add_field", "add_vector_items", "add_vector_matcher", "close",
        "finish_doc", "start_doc",
    },
    base.FieldWriter: {
        "add", "add_postings", "add_spell_word", "close", "finish_field", "finish_term",
        "start_field", "start_term",
    },
    base.FieldCursor: {"find", "first", "next", "term"},
    base.TermsReader: {
        "close", "cursor", "doc_frequency", "frequency", "indexed_field_names", "items",
        "items_from", "matcher", "term_info", "terms", "terms_from",
    },
    base.PerDocumentReader: {
        "all_doc_ids", "all_stored_fields", "close", "column_reader", "deleted_docs", "doc_count",
        "doc_count_all", "doc_field_length", "field_docs", "field_length", "has_column",
        "has_deletions", "has_vector", "is_deleted", "iter_docs", "list_columns",
        "max_field_length", "min_field_length", "stored_fields", "supports_columns", "vector",
    },
    base.Segment: {
        "codec", "create_compound_file", "create_file", "delete_document", "deleted_count",
        "deleted_docs", "doc_count", "doc_count_all", "has_deletions", "index_name",
        "is_compound", "is_deleted", "list_files", "make_filename", "open_compound_file",
        "open_file", "segment_id", "set_doc_count", "should_assemble",
    },
}  # fmt: skip

ADDED: dict[tuple[int, ...], dict[type, set[str]]] = {
    (3, 54, 0): {base.PerDocumentReader: {"doc_field_length_reader"}},
}
"""Methods with a default that `make test-whoosh3` finds beside those of the pinned release."""

OURS = {
    ColumnCodec: base.Codec,
    ColumnDocumentWriter: base.PerDocumentWriter,
    ColumnFieldWriter: base.FieldWriter,
    ColumnFieldCursor: base.FieldCursor,
    ColumnTermsReader: base.TermsReader,
    ColumnDocumentReader: base.PerDocumentReader,
    ColumnSegment: base.Segment,
    ColumnMatcher: internals.LeafMatcher,
    NumberColumnReader: internals.ColumnReader,
    ByteColumnReader: internals.ColumnReader,
}


# Whoosh's own segments take options that its base class does not name.
RENAMED = {(ColumnSegment, "codec")}


def list_methods(each: type) -> set[str]:
    return {name for name, member in vars(each).items() if is_method(name, member)}


def is_method(name: str, member: object) -> bool:
    return inspect.isfunction(member) and not name.startswith("_")


def test_the_release_is_the_one_the_codec_was_written_for() -> None:
    expected = (3, 54, 0) if os.environ.get("PAPERSIFT_WHOOSH3") else (2, 7, 4)
    assert whoosh.__version__ == expected


@pytest.mark.parametrize("interface", INTERFACES, ids=lambda each: each.__name__)
def test_the_codec_interface_has_the_methods_it_had(interface: type) -> None:
    added = ADDED.get(whoosh.__version__, {}).get(interface, set())
    assert list_methods(interface) == INTERFACES[interface] | added


@pytest.mark.parametrize("ours", OURS, ids=lambda each: each.__name__)
def test_our_methods_take_the_arguments_that_whoosh_passes(ours: type) -> None:
    for name in list_methods(ours) & list_methods(OURS[ours]):
        expected = list(inspect.signature(getattr(OURS[ours], name)).parameters)
        found = list(inspect.signature(getattr(ours, name)).parameters)
        assert found == expected or (ours, name) in RENAMED, (name, expected, found)


def test_lengths_are_the_bytes_of_whoosh() -> None:
    lengths = np.arange(120_000)
    expected = [length_to_byte(length) for length in lengths.tolist()]
    assert internals.encode_lengths(lengths).tolist() == expected
    assert [internals.length_of_byte(code) for code in range(256)] == [
        byte_to_length(code) for code in range(256)
    ]


def test_a_term_info_gives_back_what_it_was_made_of() -> None:
    info = internals.make_term_info(
        weight=7.5,
        document_frequency=3,
        min_length=2,
        max_length=9,
        max_weight=4.0,
        min_id=1,
        max_id=8,
    )
    assert (info.weight(), info.doc_frequency(), info.max_weight()) == (7.5, 3, 4.0)
    assert (info.min_length(), info.max_length(), info.min_id(), info.max_id()) == (2, 9, 1, 8)


def test_postings_of_a_text_are_those_of_its_format() -> None:
    field = TEXT(analyzer=SimpleAnalyzer())
    found = {
        text: (frequency, weight, field.format.decode_positions(value))
        for text, frequency, weight, value in field.index("a b a")
    }
    assert found == {b"a": (2, 2.0, [0, 2]), b"b": (1, 1.0, [1])}


def test_a_storage_that_is_no_folder_is_refused() -> None:
    class Elsewhere:
        """Not a FileStorage."""

    with pytest.raises(TypeError, match="no folder"):
        internals.get_folder(Elsewhere())


def test_whooshs_writer_calls_what_the_codec_answers() -> None:
    """The steps of `SegmentWriter` that the field writer counts on."""
    source = inspect.getsource(internals.SegmentWriter)
    for call in (
        "codec.new_segment(self.storage, self.indexname)",
        "codec.per_document_writer(self.storage, newsegment)",
        "codec.field_writer(self.storage, newsegment)",
        "self.fieldwriter.add_postings(self.schema, pdr, postings)",
        "self.codec.length_stats",
        "newsegment.should_assemble()",
    ):
        assert call in source, call
