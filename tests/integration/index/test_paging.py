"""Pages behind a hit: disjoint, complete, in one order, whatever the scores; and freshness."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.query import (
    Everything,
    FacetField,
    Flagged,
    Not,
    Or,
    PaperFlag,
    QueryNode,
    RankMode,
    SearchAfter,
    SearchRequest,
    Sort,
    Term,
)
from app.domain.results import EngineHit
from app.search.documents import IndexDocument
from app.search.engine import SearchEngine
from app.search.factory import open_engine, open_index_writer
from tests.integration.index.documents import FIRST_MOMENT, build_index, make_document

QUERIES: tuple[QueryNode, ...] = (
    Everything(),
    Term("alfa"),
    Or((Term("alfa"), Term("bravo"))),
    Not(Term("alfa")),
    Flagged(PaperFlag.HAS_CODE),
)


def make_corpus(shapes: list[tuple[int, int]]) -> list[IndexDocument]:
    """Few texts and few dates, so that scores and dates are often equal."""
    return [
        make_document(
            number,
            ("alfa", "bravo", "alfa bravo", "golf")[text],
            "alfa golf" if text % 2 else "hotel",
            submitted_at=FIRST_MOMENT + timedelta(days=day),
            updated_at=FIRST_MOMENT + timedelta(days=30 - day),
            flags=frozenset([PaperFlag.HAS_CODE] if day % 2 else []),
        )
        for number, (text, day) in enumerate(shapes)
    ]


def walk(engine: SearchEngine, query: QueryNode, sort: Sort, limit: int) -> list[EngineHit]:
    """All hits, page by page, each behind the last hit of the one before."""
    found: list[EngineHit] = []
    after: SearchAfter | None = None
    while True:
        request = SearchRequest(query, sort=sort, limit=limit, after=after)
        result = engine.search(request)
        assert result.total == engine.search(SearchRequest(query)).total
        if not result.hits:
            return found
        assert len(result.hits) <= limit
        found += result.hits
        last = result.hits[-1]
        after = SearchAfter(last.arxiv_id, last.score, last.key)


@settings(max_examples=12, deadline=None)
@given(
    shapes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40),
    cut=st.integers(0, 40),
    limit=st.integers(1, 9),
)
def test_pages_behind_hits_are_disjoint_complete_and_in_one_order(
    tmp_path_factory: pytest.TempPathFactory, shapes: list[tuple[int, int]], cut: int, limit: int
) -> None:
    index_dir: Path = tmp_path_factory.mktemp("paging") / "index"
    corpus = make_corpus(shapes)
    build_index(index_dir, corpus[:cut] or corpus)
    with open_index_writer(index_dir) as writer:
        writer.replace(corpus)
        writer.commit(2)
    engine = open_engine(index_dir)
    try:
        for sort in Sort:
            for query in QUERIES:
                at_once = engine.search(SearchRequest(query, sort=sort, limit=100))
                walked = walk(engine, query, sort, limit)
                assert [hit.arxiv_id for hit in walked] == [hit.arxiv_id for hit in at_once.hits]
                assert len(walked) == at_once.total
    finally:
        engine.close()


def test_totals_and_facets_of_a_page_behind_a_hit_are_those_of_all(tmp_path: Path) -> None:
    build_index(tmp_path / "index", make_corpus([(0, day % 4) for day in range(12)]))
    engine = open_engine(tmp_path / "index")
    first = engine.search(SearchRequest(Term("alfa"), limit=5, facets=tuple(FacetField)))
    last = first.hits[-1]
    after = SearchAfter(last.arxiv_id, last.score, last.key)
    second = engine.search(
        SearchRequest(Term("alfa"), limit=5, facets=tuple(FacetField), after=after)
    )
    engine.close()

    assert second.total == first.total == 12
    assert second.facets == first.facets


def test_a_page_goes_on_sensibly_when_its_last_hit_is_gone(tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    build_index(index_dir, make_corpus([(0, 0)] * 10))
    engine = open_engine(index_dir, poll_seconds=0.0)
    at_once = engine.search(SearchRequest(Term("alfa"), sort=Sort.NEWEST, limit=10)).hits
    with open_index_writer(index_dir) as writer:
        writer.delete([at_once[3].arxiv_id])
        writer.commit(2)
    after = SearchAfter(at_once[3].arxiv_id, at_once[3].score, at_once[3].key)
    rest = engine.search(SearchRequest(Term("alfa"), sort=Sort.NEWEST, limit=10, after=after))
    engine.close()

    assert [hit.arxiv_id for hit in rest.hits] == [hit.arxiv_id for hit in at_once[4:]]


def test_freshness_takes_from_the_scores_of_old_papers_as_documented(tmp_path: Path) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    ages = (0, 365, 730, 36_500)
    documents = [
        make_document(number, "alfa", submitted_at=now - timedelta(days=age))
        for number, age in enumerate(ages)
        if age < 10_000
    ] + [make_document(9, "alfa", submitted_at=datetime(1971, 1, 1, tzinfo=UTC))]
    build_index(tmp_path / "index", documents)
    engine = open_engine(tmp_path / "index")
    request = SearchRequest(Term("alfa"), rank=RankMode.BM25)
    relevance = {hit.arxiv_id: hit.score for hit in engine.search(request).hits}
    fresh = engine.search(SearchRequest(Term("alfa"), sort=Sort.FRESH)).hits
    engine.close()

    shares = [hit.score / relevance[hit.arxiv_id] for hit in fresh]
    assert shares[:3] == pytest.approx([1.0, 0.25 + 0.75 / 2, 0.25 + 0.75 / 4])
    assert shares[3] == pytest.approx(0.25, abs=1e-9)
