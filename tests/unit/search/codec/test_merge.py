"""Merging by column: the same arrays as if the living documents had been written together."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.analysis import SimpleAnalyzer
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, KEYWORD, TEXT, Schema

from app.domain.errors import IndexDamagedError
from app.search.whoosh.codec import layout, merge_postings, merge_terms, name_columns
from app.search.whoosh.codec.merge import merge_segments
from app.search.whoosh.codec.posting_ranges import read_weights, sum_frequencies, summarise
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.schema import NameColumnField
from tests.support.segment_builder import write_documents

SCHEMA = Schema(
    arxiv_id=ID(sortable=True),
    body=TEXT(analyzer=SimpleAnalyzer(), stored=True, sortable=True),
    boosted=TEXT(analyzer=SimpleAnalyzer(), field_boost=0.3),
    author_names=NameColumnField(),
    categories=KEYWORD(sortable=True),
    rank=COLUMN(NumericColumn("i", default=-1)),
    submitted=COLUMN(NumericColumn("I")),
)

words = st.lists(st.sampled_from([f"w{number}" for number in range(12)]), max_size=9)
documents = st.fixed_dictionaries(
    {"arxiv_id": st.integers(1, 99_999).map(lambda serial: f"2001.{serial:05}")},
    optional={
        "body": words.map(" ".join),
        "boosted": words.map(" ".join),
        "author_names": st.lists(st.sampled_from("ABCDEFGH"), max_size=4).map("\n".join),
        "categories": st.sampled_from(["cs.LG", "cs.LG stat.ML", "hep-th"]),
        "rank": st.integers(-5, 5),
        "submitted": st.integers(0, 2**32 - 1),
    },
)


def write(folder: Path, batch: list[dict[str, Any]]) -> SegmentArrays:
    return write_documents(folder, SCHEMA, batch)


def assert_equal_segments(found: SegmentArrays, expected: SegmentArrays) -> None:
    assert found.facts.field_names == expected.facts.field_names
    assert found.facts.field_lengths == expected.facts.field_lengths
    for name in layout.ITEM_TYPES:
        if name in (layout.CATEGORY_CODES, layout.STORED_BYTES, layout.STORED_OFFSETS):
            continue  # Numbered by first appearance, or left out when empty: compared by value.
        actual, wanted = found.get(name), expected.get(name)
        if wanted.dtype.kind == "f":
            assert actual == pytest.approx(wanted), name
        else:
            assert actual.tolist() == wanted.tolist(), name
    for column in expected.facts.number_columns:
        actual_numbers = found.get_number_column(column)
        wanted_numbers = expected.get_number_column(column)
        assert actual_numbers is not None
        assert wanted_numbers is not None
        assert actual_numbers.values.tolist() == wanted_numbers.values.tolist(), column
    assert list_documents(found) == list_documents(expected)


def list_documents(arrays: SegmentArrays) -> list[Any]:
    from app.search.whoosh.codec.codec import ColumnCodec
    from app.search.whoosh.codec.document_reader import ColumnDocumentReader
    from app.search.whoosh.codec.segment import ColumnSegment

    reader = ColumnDocumentReader(ColumnSegment(ColumnCodec(), "MAIN_x", arrays=arrays))
    names = ("categories", "arxiv_id", "body")
    nothing = [b""] * arrays.document_count
    columns = [
        reader.column_reader(name, None) if reader.has_column(name) else nothing for name in names
    ]
    return [
        (reader.stored_fields(number), [column[number] for column in columns])
        for number in range(arrays.document_count)
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batches=st.lists(
        st.lists(st.tuples(documents, st.booleans()), min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    ),
    chunk=st.sampled_from([1, 3, 1000]),
    is_compiled=st.booleans(),
    threads=st.integers(1, 2),
)
def test_a_merge_equals_writing_the_living_documents_together(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    batches: list[Any],
    chunk: int,
    is_compiled: bool,
    threads: int,
) -> None:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr(merge_postings, "CHUNK_POSTINGS", chunk)
    for module, name in (
        (merge_postings, "COMPILED_POSTINGS"),
        (merge_terms, "COMPILED_TERMS"),
        (name_columns, "COMPILED_NAMES"),
    ):
        monkeypatch.setattr(module, name, 0 if is_compiled else 10**9)
    monkeypatch.setattr(merge_terms, "CHUNK_TERMS", chunk)
    monkeypatch.setattr(name_columns, "CHUNK_NAMES", chunk)
    segments = []
    living = []
    for batch in batches:
        arrays = write(tmp_path, [document for document, _ in batch])
        deleted = [number for number, (_, stays) in enumerate(batch) if not stays]
        segments.append((arrays, np.array(deleted, np.uint32)))
        living += [document for document, stays in batch if stays]
    facts = merge_segments(tmp_path, make_segment_id(), segments, threads=threads)
    merged = SegmentArrays(tmp_path, facts)
    expected = write(tmp_path, living)
    if set(expected.facts.field_names) < set(merged.facts.field_names):
        # A field that only deleted documents had keeps its number until nobody names it.
        assert merged.document_count == expected.document_count
        assert merged.term_count == expected.term_count
        assert merged.docs.tolist() == expected.docs.tolist()
        return
    assert_equal_segments(merged, expected)


def test_wide_postings_and_long_positions_survive_a_merge(tmp_path: Path) -> None:
    many = "w1 " * 300
    far = " ".join(f"x{number}" for number in range(70_000))
    first = write(tmp_path, [{"body": "w1"}, {"body": many}])
    second = write(tmp_path, [{"body": f"{far} w1", "boosted": "w2 w2"}, {"body": "w1 w1"}])
    segments = [(first, np.zeros(0, np.uint32)), (second, np.zeros(0, np.uint32))]
    merged = SegmentArrays(tmp_path, merge_segments(tmp_path, make_segment_id(), segments))
    term = merged.find_term(merged.find_field("body"), b"w1")
    start, end = merged.get_postings(term)
    frequencies, weights = read_weights(merged, start, end)
    assert merged.docs[start:end].tolist() == [0, 1, 2, 3]
    assert frequencies.tolist() == weights.tolist() == [1, 300, 1, 2]
    block = sum_frequencies(merged, start) - merged.facts.position_shifts[0]
    assert merged.positions[block : block + 304].tolist() == [0, *range(300), 70_000, 0, 1]
    assert merged.positions.dtype == np.uint32
    boosted = merged.find_term(merged.find_field("boosted"), b"w2")
    assert summarise(merged, boosted).weight == pytest.approx(0.6)


def test_a_damaged_segment_is_not_merged(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"body": "w1 w2"}])
    path = tmp_path / f"{arrays.facts.segment_id}.docs.array"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexDamagedError, match=r"\.docs\.array.*papersift reindex"):
        merge_segments(tmp_path, make_segment_id(), [(arrays, np.zeros(0, np.uint32))])
