"""One document after another -> one segment, in the plainest way: the oracle of faster ones.

The result is what Whoosh's own writer gives for the same documents; `test_segments` compares.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whoosh.formats import Positions

from app.search.whoosh.codec.assembly import assemble_columns
from app.search.whoosh.codec.document_columns import DocumentColumns
from app.search.whoosh.codec.posting_columns import PostingColumns
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.codec.segment_files import write_segment

Posting = tuple[bytes, float, int, list[int] | None]
"""Term, weight, frequency, and positions of a field that has them."""


def build_columns(schema: Any, rows: Iterable[dict[str, Any]]) -> SegmentColumns:
    """The columns of a segment with these documents, each given as values by field name."""
    documents, postings = DocumentColumns(), PostingColumns()
    for row in rows:
        number = documents.start_document()
        stored = {}
        for name, value in sorted(row.items()):
            field = schema[name]
            if field.indexed:
                length = 0
                for text, weight, frequency, positions in _list_postings(field, value):
                    postings.add(name, text, number, weight, frequency, positions)
                    length += frequency
                if field.scorable and length:
                    documents.add_length(name, length)
            if field.stored:
                stored[name] = value
            if field.column_type:
                documents.add_value(name, field.column_type, field.to_column_value(value))
        if stored:
            documents.add_stored(stored)
    return assemble_columns(documents, postings)


def write_documents(folder: Path, schema: Any, rows: Iterable[dict[str, Any]]) -> SegmentArrays:
    """A written segment with these documents."""
    columns = build_columns(schema, rows)
    return SegmentArrays(folder, write_segment(folder, make_segment_id(), columns))


def _list_postings(field: Any, value: Any) -> Iterable[Posting]:
    """The postings of one document with each term once: lists of numbers share short terms."""
    combined: dict[bytes, Posting] = {}
    for text, weight, frequency, positions in _iter_postings(field, value):
        _, former_weight, former_frequency, former_positions = combined.get(text, (b"", 0, 0, None))
        places = None if positions is None else sorted([*(former_positions or []), *positions])
        combined[text] = text, former_weight + weight, former_frequency + frequency, places
    return combined.values()


def _iter_postings(field: Any, value: Any) -> Iterator[Posting]:
    has_positions = type(field.format) is Positions
    for text, frequency, weight, encoded in field.index(value):
        positions = field.format.decode_positions(encoded) if has_positions else None
        yield bytes(text), weight, frequency, positions
