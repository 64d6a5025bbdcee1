"""Commits of any documents in any order: the index holds the last version of each paper."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.query import SearchRequest, Term
from app.search.factory import open_engine, open_index_writer
from app.search.whoosh import session
from app.search.whoosh.codec.bulk_kernels import NUMPY_KERNELS, BulkKernels, load_bulk_kernels
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.schema import make_fields, make_schema
from app.search.whoosh.writer import WhooshIndexWriter
from tests.integration.index.documents import make_document, make_id
from tests.support.segment_builder import build_columns
from tests.unit.search.codec.test_bulk import assert_equal_segment

WORDS = ("alfa", "bravo", "golf")

steps = st.lists(
    st.tuples(st.just("replace"), st.integers(0, 6), st.sampled_from(WORDS))
    | st.tuples(st.just("delete"), st.integers(0, 6), st.just(""))
    | st.tuples(st.just("commit"), st.just(0), st.just("")),
    max_size=40,
)


@pytest.mark.parametrize("scanned_terms", [0, 16])
@given(steps)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_last_version_of_every_paper_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    scanned_terms: int,
    work: Sequence[tuple[str, int, str]],
) -> None:
    index_dir = tmp_path_factory.mktemp("index")
    expected: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch, open_index_writer(index_dir) as writer:
        patch.setattr(session, "BATCH_DOCUMENTS", 2)
        patch.setattr(session, "MAX_RUN_DOCUMENTS", 4)  # several segments in one commit
        patch.setattr(session, "SCANNED_TERMS", scanned_terms)
        for change, (step, number, word) in enumerate(work):
            if step == "replace":
                writer.replace([make_document(number, word)])
                expected[make_id(number).value] = word
            elif step == "delete":
                writer.delete([make_id(number)])
                expected.pop(make_id(number).value, None)
            else:
                writer.commit(change)
        assert writer.commit(len(work)).papers == len(expected)
    engine = open_engine(index_dir)
    for word in WORDS:
        hits = engine.search(SearchRequest(Term(word), limit=20)).hits
        wanted = sorted(value for value, found in expected.items() if found == word)
        assert sorted(hit.arxiv_id.value for hit in hits) == wanted
    engine.close()


def build_one_by_one(numbers: Sequence[int]) -> SegmentColumns:
    documents = (make_document(number, f"alfa bravo{number % 5}") for number in numbers)
    return build_columns(make_schema(), map(make_fields, documents))


@pytest.mark.parametrize("kernels", [load_bulk_kernels(), NUMPY_KERNELS], ids=["best", "numpy"])
def test_every_commit_writes_what_the_ordinary_builder_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernels: BulkKernels
) -> None:
    monkeypatch.setattr(session, "choose_bulk_kernels", lambda documents: kernels)
    with open_index_writer(tmp_path) as writer:
        for change, numbers in enumerate([range(3), range(3, 40), range(40, 41)]):
            writer.replace(make_document(each, f"alfa bravo{each % 5}") for each in numbers)
            writer.commit(change)
        assert isinstance(writer, WhooshIndexWriter)
        segments = {segment.doc_count(): segment for segment in writer.segments}
    for numbers in (range(3), range(3, 40), range(40, 41)):
        assert_equal_segment(segments[len(numbers)].get_arrays(), build_one_by_one(numbers))


def test_a_large_commit_changes_to_compiled_kernels_once_it_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def choose(documents: int) -> BulkKernels:
        asked.append(documents)
        return load_bulk_kernels() if documents > 2 else NUMPY_KERNELS

    monkeypatch.setattr(session, "choose_bulk_kernels", choose)
    with open_index_writer(tmp_path) as writer:
        for change, numbers in enumerate([range(2), range(2, 9), range(9, 20)]):
            writer.replace(make_document(each, "alfa") for each in numbers)
            assert writer.commit(change).papers == numbers.stop
    assert asked == [2, 7, 11]
