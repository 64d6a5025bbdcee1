"""Segments as files: what is written is read, limits are kept, damage is named."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.analysis import SimpleAnalyzer
from whoosh.columns import PickleColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, KEYWORD, NUMERIC, STORED, TEXT, Schema
from whoosh.formats import Characters

from app.domain.arxiv_id import ArxivId
from app.domain.errors import IndexDamagedError
from app.search.whoosh.analyzer import ReferenceAnalyzer
from app.search.whoosh.codec import layout, stored_fields
from app.search.whoosh.codec.assembly import check_field
from app.search.whoosh.codec.codec import ColumnCodec
from app.search.whoosh.codec.paper_ids import PaperIds
from app.search.whoosh.codec.posting_ranges import summarise
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.segment_file import NO_POSITIONS
from app.search.whoosh.codec.terms_reader import ColumnTermsReader
from app.search.whoosh.codec.tie_keys import (
    ID_MASK,
    make_id_key,
    make_id_keys,
    make_tie_keys,
    read_id_key,
)
from tests.support.segment_builder import build_columns, write_documents
from tests.unit.search.codec.whoosh_indexes import ColumnIndex

SCHEMA = Schema(
    arxiv_id=ID(sortable=True),
    body=TEXT(analyzer=SimpleAnalyzer()),
    own=TEXT(analyzer=ReferenceAnalyzer()),
    plain=TEXT(analyzer=SimpleAnalyzer(), phrase=False),
    loud=TEXT(analyzer=SimpleAnalyzer(), field_boost=0.3),
    categories=KEYWORD(sortable=True),
    numbers=NUMERIC(int, shift_step=4),
    note=STORED(),
)


def write(folder: Path, documents: list[dict[str, Any]]) -> SegmentArrays:
    return write_documents(folder, SCHEMA, documents)


def read_postings(arrays: SegmentArrays, field: str, text: str) -> list[tuple[Any, ...]]:
    """Document, weight, frequency and positions of every posting, through the matcher."""
    field_format = SCHEMA[field].format
    matcher = ColumnTermsReader(arrays).matcher(field, text.encode(), field_format)
    found = []
    while matcher.is_active():
        has_positions = matcher.supports("positions")
        positions = matcher.value_as("positions") if has_positions else None
        found.append((matcher.id(), matcher.weight(), matcher.value_as("frequency"), positions))
        matcher.next()
    return found


def test_terms_are_found_in_their_fields_and_nowhere_else(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"body": "zeta Ünit a"}, {"plain": "a"}, {}])
    body, plain = arrays.find_field("body"), arrays.find_field("plain")
    assert arrays.document_count == 3
    assert arrays.find_field("title") == -1
    assert arrays.find_term(-1, b"a") == arrays.find_term(body, b"b") == -1
    assert arrays.find_term(body, b"a") != arrays.find_term(plain, b"a") >= 0
    assert arrays.find_term(body, "ünit".encode()) >= 0
    first, last = arrays.get_field_terms(body)
    keys = [arrays.get_term_key(term) for term in range(first, last)]
    assert keys == sorted(keys)
    assert len(keys) == 3


@pytest.mark.parametrize("field", ["body", "own"])
def test_frequencies_and_positions_beyond_their_limits_are_exact(
    tmp_path: Path, field: str
) -> None:
    far = " ".join(f"x{number}" for number in range(layout.SMALL_POSITION_LIMIT + 5))
    many = "w " * 255 + "v " + "w " * 45
    arrays = write(
        tmp_path, [{field: "w"}, {field: many}, {field: f"w {far} w"}, {field: "w " * 255}]
    )
    assert arrays.positions.dtype == np.uint32
    assert read_postings(arrays, field, "w") == [
        (0, 1.0, 1, [0]),
        (1, 300.0, 300, [*range(255), *range(256, 301)]),
        (2, 2.0, 2, [0, layout.SMALL_POSITION_LIMIT + 6]),
        (3, 255.0, 255, list(range(255))),
    ]
    assert arrays.wide_frequencies.tolist() == [300]
    term = arrays.find_term(arrays.find_field(field), b"w")
    assert summarise(arrays, term).max_weight == 300.0


def test_weights_that_are_no_frequencies_are_exact(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"loud": "a b a"}, {"loud": "b"}])
    assert read_postings(arrays, "loud", "a") == [(0, pytest.approx(0.6, abs=1e-15), 2, [0, 2])]
    assert [weight for _, weight, _, _ in read_postings(arrays, "loud", "b")] == [0.3, 0.3]
    term = arrays.find_term(arrays.find_field("loud"), b"b")
    assert summarise(arrays, term).max_weight == 0.3


def test_fields_without_positions_take_no_room_for_them(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"plain": "a b a", "categories": "cs.LG stat.ML"}])
    assert arrays.positions.size == 0
    assert set(arrays.facts.position_shifts) == {NO_POSITIONS}
    assert read_postings(arrays, "plain", "a") == [(0, 2.0, 2, None)]
    assert read_postings(arrays, "categories", "cs.LG") == [(0, 1.0, 1, None)]


def test_a_number_given_twice_makes_one_posting(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"numbers": [7, 7, 8]}])
    counts = np.diff(arrays.posting_starts.astype(np.int64))
    assert counts.tolist() == [1] * arrays.term_count


def test_long_lists_are_walked_and_jumped_over(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"body": "w" if number % 3 else "v"} for number in range(1_000)])
    expected = [number for number in range(1_000) if number % 3]
    matcher = ColumnTermsReader(arrays).matcher("body", b"w", SCHEMA["body"].format)
    assert list(matcher.all_ids()) == expected
    for target in (5, 127, 128, 400, 401, 900):
        matcher.skip_to(target)
        assert matcher.id() == next(number for number in expected if number >= target)
    twin = matcher.copy()
    matcher.skip_to(5_000)
    assert not matcher.is_active()
    assert twin.id() == 901
    matcher.reset()
    assert matcher.id() == 1


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (Schema(f=TEXT(chars=True)), "Characters postings"),
        (Schema(f=TEXT(vector=Characters())), "term vectors"),
    ],
)
def test_fields_that_arrays_cannot_hold_are_refused_at_once(schema: Schema, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_field("f", schema["f"])


def test_the_same_is_refused_through_whooshs_writer(tmp_path: Path) -> None:
    index = ColumnIndex(tmp_path / "chars", Schema(f=TEXT(chars=True)))
    writer = index.writer()
    writer.add_document(f="alfa bravo")
    with pytest.raises(ValueError, match="Characters postings"):
        writer.commit()
    columns = Schema(f=COLUMN(PickleColumn(VarBytesColumn())))
    with pytest.raises(ValueError, match="PickleColumn"):
        build_columns(columns, [{"f": b"x"}])


def test_the_builder_writes_what_whooshs_writer_writes(tmp_path: Path) -> None:
    documents = [
        {
            "body": " ".join(f"w{(number * step) % 13}" for step in range(number % 9)),
            "own": "a b" * (number % 3),
            "loud": "x y x",
            "plain": "p q p" if number % 2 else "",
            "categories": "cs.LG hep-th",
            "arxiv_id": f"2001.{number + 1:05}",
            "numbers": number,
            "note": {"n": number},
        }
        for number in range(60)
    ]
    index = ColumnIndex(tmp_path / "whoosh", SCHEMA)
    writer = index.writer()
    for document in documents:
        writer.add_document(**document)
    writer.commit()
    expected = index.segments[0].get_arrays()
    found = write(tmp_path, documents)
    assert found.facts.field_names == expected.facts.field_names
    assert found.facts.field_lengths == expected.facts.field_lengths
    for name in layout.ITEM_TYPES:
        assert found.get(name).tolist() == pytest.approx(expected.get(name).tolist()), name


def truncate(data: bytes) -> bytes:
    return data[:-1]


def flip_last(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def empty(_data: bytes) -> bytes:
    return b""


def make_foreign(data: bytes) -> bytes:
    return bytes(len(data))


@pytest.mark.parametrize("harm", [truncate, empty, make_foreign])
def test_every_file_that_is_truncated_or_foreign_is_named(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    documents = [{"body": "a b a", "arxiv_id": "2001.00001", "note": 1, "loud": "x"}]
    segment_id = write(tmp_path, documents).facts.segment_id
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == len(layout.ITEM_TYPES) + 1
    for path in paths:
        data = path.read_bytes()
        path.write_bytes(harm(data))
        with pytest.raises(IndexDamagedError, match=rf"{path.name}.*papersift reindex"):
            SegmentArrays.open(tmp_path, segment_id).map_all()
        path.unlink()
        with pytest.raises(IndexDamagedError, match=rf"{path.name}.*papersift reindex"):
            SegmentArrays.open(tmp_path, segment_id).map_all()
        path.write_bytes(data)
    SegmentArrays.open(tmp_path, segment_id).map_all()


def test_altered_data_is_found_when_the_segment_is_verified(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"body": "a b a", "arxiv_id": "2001.00001"}])
    arrays.verify()
    for name in arrays.facts.item_counts:
        path = tmp_path / f"{arrays.facts.segment_id}.{name}.array"
        data = path.read_bytes()
        if arrays.get(name).size:
            path.write_bytes(flip_last(data))
            with pytest.raises(IndexDamagedError, match=rf"{path.name}.*papersift reindex"):
                arrays.verify()
        path.write_bytes(data)


def test_a_file_of_another_segment_is_found(tmp_path: Path) -> None:
    first = write(tmp_path, [{"body": "a"}]).facts.segment_id
    second = write(tmp_path, [{"body": "a b c"}]).facts.segment_id
    foreign = tmp_path / f"{second}.docs.array"
    (tmp_path / f"{first}.docs.array").write_bytes(foreign.read_bytes())
    with pytest.raises(
        IndexDamagedError, match=rf"{first}\.docs\.array holds 3 items instead of 1"
    ):
        SegmentArrays.open(tmp_path, first).map_all()


def test_a_document_that_does_not_exist_cannot_be_deleted(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"body": "a"}, {"body": "b"}])
    segment = ColumnSegment(ColumnCodec(), arrays.facts.segment_id, arrays=arrays)
    segment.delete_document(1)
    assert segment.list_deleted().tolist() == [1]
    copy = segment.copy()
    copy.delete_document(1, delete=False)
    assert (segment.doc_count(), copy.doc_count()) == (1, 2)
    with pytest.raises(IndexError, match="no document 2"):
        segment.delete_document(2)


new_style = st.builds(
    lambda year, month, serial: (
        f"{year:02}{month:02}.{serial:0{5 if (year, month) >= (15, 1) else 4}}"
    ),
    st.integers(8, 60), st.integers(1, 12), st.integers(1, 9_999),
)  # fmt: skip
old_style = st.builds(
    lambda archive, year, month, serial: f"{archive}/{year:02}{month:02}{serial:03}",
    st.sampled_from(["hep-th", "hep-ph", "math", "cs", "astro-ph"]),
    st.sampled_from([92, 99, 0, 6]), st.integers(1, 12), st.integers(1, 999),
)  # fmt: skip


@given(
    st.lists(
        st.tuples(st.one_of(new_style, old_style), st.integers(0, 2**32 - 1) | st.just(5)),
        max_size=30,
    )
)
def test_tie_keys_order_like_submission_and_then_the_identifier(
    papers: list[tuple[str, int]],
) -> None:
    values = [value.encode() for value, _ in papers]
    offsets = np.cumsum([0, *map(len, values)])
    submitted = np.array([moment for _, moment in papers], np.int64)
    id_keys = make_id_keys(np.frombuffer(b"".join(values), np.uint8), offsets)
    keys = make_tie_keys(id_keys, submitted)
    assert [read_id_key(key) for key in id_keys.tolist()] == [value for value, _ in papers]
    expected = [(moment, ArxivId(value).sort_key) for value, moment in papers]
    for i in range(len(papers)):
        assert int(keys[i]) & ID_MASK == make_id_key(papers[i][0])
        for j in range(i):
            assert (keys[i] < keys[j]) == (expected[i] < expected[j])
            assert (keys[i] == keys[j]) == (expected[i] == expected[j])


def test_documents_without_a_valid_id_are_ordered_by_date_alone() -> None:
    values = [b"", b"x", b"12345.6789", b"2001.0000x", b"\xff\xfe", b"2013.00001", b"2001.0001",
              b"0612.0001", b"moon/9901001", b"hep-th/9901001x", b"hep-th/99010011"]  # fmt: skip
    offsets = np.cumsum([0, *map(len, values)])
    keys = make_id_keys(np.frombuffer(b"".join(values), np.uint8), offsets)
    assert keys.tolist() == [0] * len(values)


def test_identifiers_that_are_no_numbers_are_found_among_the_terms(tmp_path: Path) -> None:
    values = ["2001.00001", "odd one", "hep-th/9901001", "2013.99999"]
    arrays = write(tmp_path, [*({"arxiv_id": value} for value in values), {}])
    assert arrays.id_keys.tolist() == [make_id_key(values[0]), 0, make_id_key(values[2]), 0, 0]
    ids = PaperIds(arrays)
    assert ids.read(np.arange(5)) == [*values, ""]
    assert ids.read(np.array([2, 0])) == ["hep-th/9901001", "2001.00001"]


def test_lengths_are_kept_of_fields_that_count_them(tmp_path: Path) -> None:
    arrays = write(tmp_path, [{"arxiv_id": "x", "body": "a b", "plain": "c"}, {"body": "d"}])
    body, plain, ids = map(arrays.find_field, ("body", "plain", "arxiv_id"))
    assert len(arrays.length_bytes) == 4
    assert arrays.get_lengths(ids) is None
    assert arrays.get_lengths(body) is not None
    lengths = arrays.get_lengths(plain)
    assert lengths is not None
    assert (lengths != 0).tolist() == [True, False]


def test_stored_fields_keep_their_types(tmp_path: Path) -> None:
    fields = {"a": b"\xff", "b": datetime(2020, 1, 1, tzinfo=UTC), "c": ["é", 1, 2.5, None, True]}
    assert stored_fields.decode(stored_fields.encode(fields)) == fields
    with pytest.raises(ValueError, match=r"cannot store \['a'\].*object is not a storable type"):
        stored_fields.encode({"a": object()})
