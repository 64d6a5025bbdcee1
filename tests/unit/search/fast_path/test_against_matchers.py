"""The fast path against Whoosh's matchers, against numpy's kernels, and against BM25 by hand."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.query import And as WhooshAnd
from whoosh.query import Term as WhooshTerm

from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from app.domain.query import (
    And,
    AtLeast,
    AuthorName,
    AuthorPlace,
    Boosted,
    DateField,
    DateRange,
    DateWithin,
    Everything,
    FacetField,
    Filters,
    Flagged,
    InCategories,
    Near,
    Not,
    Or,
    PaperFlag,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    RankMode,
    SearchRequest,
    Sort,
    Term,
    WeightedTerms,
)
from app.domain.results import EngineHit, EngineResult
from app.search.documents import IndexDocument
from app.search.factory import open_index_writer
from app.search.whoosh import engine as engine_module
from app.search.whoosh import merging
from app.search.whoosh.codec.kernels import load_kernels
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.compiled_queries import CompiledQuery
from app.search.whoosh.compiler import compile_query
from app.search.whoosh.engine import WhooshEngine
from app.search.whoosh.exact_forms import list_wanted_forms
from app.search.whoosh.fast_path.answers import Page
from app.search.whoosh.fast_path.planning import make_plan
from app.search.whoosh.query_types import AtLeastOf, TermsLike, WithOptional, Without
from app.search.whoosh.schema import ABSTRACT, TITLE
from app.search.whoosh.term_patterns import BeginsWith, SimilarTo, Wildcard
from app.search.whoosh.unions import any_of
from tests.integration.index.documents import make_document
from tests.support.bm25f import score_by_hand

WORDS = ("alfa", "bravo", "delta", "golf", "hotel")
CATEGORIES = ("cs.LG", "cs.AI", "math.NA", "hep-th")
FACETS = (FacetField.CATEGORY, FacetField.YEAR)
SCORED_SORTS = (Sort.RELEVANCE, Sort.FRESH)
FIRST_DAY = datetime(2017, 3, 1, tzinfo=UTC)

texts = st.lists(st.sampled_from((*WORDS, "the")), max_size=9).map(" ".join)
leaves = st.one_of(
    st.builds(Term, st.sampled_from((*WORDS, "zulu", "the"))),
    st.builds(
        Term, st.sampled_from(WORDS), st.sampled_from([QueryField.TITLE, QueryField.ABSTRACT])
    ),
    st.builds(
        Phrase,
        st.lists(st.sampled_from((*WORDS, "the")), min_size=1, max_size=3).map(" ".join),
        slop=st.integers(0, 2),
    ),
    st.builds(Term, st.sampled_from(["2001.00003", "2001.00007"]), st.just(QueryField.ID)),
    st.just(Everything()),
    st.builds(Near, st.sampled_from(WORDS), st.sampled_from(WORDS), st.integers(1, 4)),
    st.builds(
        Prefix, st.sampled_from(["alf", "d", "hotel"]), st.sampled_from([None, QueryField.TITLE])
    ),
    st.builds(
        AuthorName,
        st.sampled_from(["Lovelace", "A Lovelace", "Turing, A", "Nobody"]),
        st.sampled_from(AuthorPlace),
    ),
    st.builds(
        WeightedTerms,
        st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([0.5, 2.0])), max_size=4).map(
            tuple
        ),
    ),
    st.sampled_from(["cs", "math.NA-cs", "hep-th"])
    .map(parse_category_expression)
    .map(InCategories),
    st.builds(Flagged, st.sampled_from(PaperFlag)),
    st.builds(
        DateWithin, st.sampled_from(DateField), st.just(FIRST_DAY + timedelta(days=250)), st.none()
    ),
)
trees: st.SearchStrategy[QueryNode] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda nodes: And(tuple(nodes))),
        st.lists(inner, min_size=1, max_size=4).map(lambda nodes: Or(tuple(nodes))),
        st.builds(Not, inner),
        st.builds(AtLeast, st.lists(inner, min_size=1, max_size=5).map(tuple), st.integers(0, 4)),
        st.builds(Preferred, inner, inner),
        st.builds(Boosted, inner, st.sampled_from([0.25, 1.0, 3.0])),
    ),
    max_leaves=9,
)
filters = st.builds(
    Filters,
    categories=st.one_of(
        st.none(),
        st.sampled_from(["cs", "cs.LG", "cs-cs.AI", "math.NA+hep-th"]).map(
            parse_category_expression
        ),
    ),
    dates=st.sampled_from(
        [DateRange(), DateRange(first=date(2018, 1, 1)), DateRange(last=date(2018, 6, 30))]
    ),
    date_field=st.sampled_from(DateField),
)


@st.composite
def corpora(draw: Any) -> list[list[IndexDocument]]:
    """One to three batches of documents; later ones replace earlier ones of the same number."""
    batches = []
    for _ in range(draw(st.integers(1, 3))):
        numbers = draw(st.lists(st.integers(0, 11), min_size=1, max_size=8, unique=True))
        batches.append(
            [
                make_document(
                    number,
                    draw(texts),
                    draw(texts),
                    categories=tuple(draw(st.sets(st.sampled_from(CATEGORIES), min_size=1))),
                    submitted_at=FIRST_DAY + timedelta(days=200 * (number % 4)),
                    updated_at=FIRST_DAY + timedelta(days=300 * (number % 3)),
                    authors=("Ada Lovelace", "Alan Turing")[: 1 + number % 2],
                    announced_on=FIRST_DAY.date() + timedelta(days=250 * (number % 3)),
                    flags=frozenset(list(PaperFlag)[number % 4 : number % 4 + 2]),
                )
                for number in numbers
            ]
        )
    return batches


def write(
    index_dir: Path, batches: list[list[IndexDocument]], *, merges: bool = False
) -> dict[ArxivId, IndexDocument]:
    """Commit batch by batch and delete number 11; returns the living documents."""
    with patch.object(merging, "MAX_SEGMENTS", 1 if merges else merging.MAX_SEGMENTS):
        return write_batches(index_dir, batches)


def write_batches(
    index_dir: Path, batches: list[list[IndexDocument]]
) -> dict[ArxivId, IndexDocument]:
    living: dict[ArxivId, IndexDocument] = {}
    for change, batch in enumerate(batches, start=1):
        with open_index_writer(index_dir) as writer:
            writer.replace(batch)
            living |= {document.arxiv_id: document for document in batch}
            gone = [each for each in living if each.value.endswith("00012")]
            writer.delete(gone)
            for each in gone:
                del living[each]
            writer.commit(change)
    return living


@pytest.fixture
def without_plans(monkeypatch: pytest.MonkeyPatch) -> Callable[..., EngineResult]:
    """Lets an engine answer by Whoosh's matchers alone while it is called."""

    def search(engine: WhooshEngine, request: SearchRequest) -> EngineResult:
        with monkeypatch.context() as patch:
            patch.setattr(
                engine_module,
                "compile_tree",
                lambda node: CompiledQuery(compile_query(node), None, list_wanted_forms(node)),
            )
            return engine.search(request)

    return search


def sort_hits(
    result: EngineResult, living: dict[ArxivId, IndexDocument], sort: Sort
) -> list[ArxivId]:
    """The final order by plain comparisons."""

    def key(hit: EngineHit) -> tuple[Any, ...]:
        document = living[hit.arxiv_id]
        ends = {
            **dict.fromkeys(SCORED_SORTS, (round(hit.score, 9), document.submitted_at)),
            Sort.UPDATED: (document.updated_at,),
        }
        return (*ends.get(sort, (document.submitted_at,)), hit.arxiv_id.sort_key)

    return [hit.arxiv_id for hit in sorted(result.hits, key=key, reverse=sort is not Sort.OLDEST)]


class Case(NamedTuple):
    """What is written, and what is asked."""

    batches: list[list[IndexDocument]]
    merges: bool
    nodes: list[QueryNode]
    filters: Filters


cases = st.builds(Case, corpora(), st.booleans(), st.lists(trees, min_size=4, max_size=10), filters)


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases)
def test_every_tree_is_answered_alike_by_plans_by_matchers_and_without_numba(
    tmp_path_factory: pytest.TempPathFactory, without_plans: Any, case: Case
) -> None:
    check_trees(tmp_path_factory.mktemp("plans") / "index", case, without_plans)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases)
def test_thousands_of_trees_are_answered_alike(
    tmp_path_factory: pytest.TempPathFactory, without_plans: Any, case: Case
) -> None:
    check_trees(tmp_path_factory.mktemp("plans") / "index", case, without_plans)


def check_trees(index_dir: Path, case: Case, without_plans: Any) -> None:
    chosen = case.filters
    living = write(index_dir, case.batches, merges=case.merges)
    with ExitStack() as opened:
        fast = WhooshEngine(index_dir, kernels=load_kernels())
        plain = WhooshEngine(index_dir, kernels=NumpyKernels())
        opened.callback(fast.close)
        opened.callback(plain.close)
        for node in case.nodes:
            assert make_plan(compile_query(node)) is not None
            for sort in Sort:
                request = SearchRequest(node, chosen, sort, facets=FACETS)
                found, other = fast.search(request), plain.search(request)
                expected = without_plans(fast, request)
                assert found.hits == other.hits
                assert found.total == other.total == expected.total == len(expected.hits)
                assert found.facets == other.facets == expected.facets
                scores = {hit.arxiv_id: hit.score for hit in expected.hits}
                assert {hit.arxiv_id for hit in found.hits} == scores.keys()
                if sort not in SCORED_SORTS:
                    assert all(hit.score == 0.0 for hit in found.hits)
                    assert found.hits == expected.hits
                for hit in found.hits:
                    assert hit.score == pytest.approx(scores[hit.arxiv_id], abs=1e-9)
                assert [hit.arxiv_id for hit in found.hits] == sort_hits(found, living, sort)
            assert_pages_join(fast, SearchRequest(node, chosen))
            assert_explained(fast, node, living)


pattern_leaves = st.one_of(
    st.builds(
        TermsLike,
        st.sampled_from([TITLE, ABSTRACT]),
        st.one_of(
            st.sampled_from(["", "a", "d", "golf", "z"]).map(BeginsWith),
            st.sampled_from(["*l*", "?olf", "h*l", "zz*"]).map(Wildcard),
            st.builds(SimilarTo, st.sampled_from(["delat", "gol", "zulu"]), st.integers(1, 2)),
        ),
        st.sampled_from([0.5, 2.0]),
    ),
    st.builds(WhooshTerm, st.sampled_from([TITLE, ABSTRACT]), st.sampled_from(WORDS)),
)
pattern_queries = st.recursive(
    pattern_leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(any_of),
        st.lists(inner, min_size=2, max_size=4).map(WhooshAnd),
        st.builds(AtLeastOf, st.lists(inner, min_size=3, max_size=4), st.just(2)),
        st.builds(Without, inner, inner),
        st.builds(WithOptional, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None)
@given(batches=corpora(), queries=st.lists(pattern_queries, min_size=3, max_size=8))
def test_patterns_of_terms_are_answered_alike_by_plans_and_by_matchers(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[IndexDocument]], queries: list[Any]
) -> None:
    index_dir = tmp_path_factory.mktemp("patterns") / "index"
    write(index_dir, batches)
    page = Page(limit=20)
    for kernels in (load_kernels(), NumpyKernels()):
        with closing(WhooshEngine(index_dir, kernels=kernels)) as engine:
            for query in queries:
                plan = make_plan(query)
                assert plan is not None
                found, expected = (
                    engine._answer(CompiledQuery(query, plan), page),
                    engine._answer(CompiledQuery(query, None), page),
                )
                assert found.total == expected.total
                assert {hit.arxiv_id: hit.score for hit in found.hits} == pytest.approx(
                    {hit.arxiv_id: hit.score for hit in expected.hits}, abs=1e-9
                )


def assert_pages_join(engine: WhooshEngine, request: SearchRequest) -> None:
    whole = engine.search(request).hits
    pages = [
        engine.search(SearchRequest(request.query, request.filters, offset=at, limit=2)).hits
        for at in range(0, len(whole) + 2, 2)
    ]
    assert tuple(hit for page in pages for hit in page) == whole
    nothing = engine.search(SearchRequest(request.query, request.filters, limit=0))
    assert nothing.hits == ()
    assert nothing.total == len(whole) == engine.count(request.query, request.filters)


def assert_explained(
    engine: WhooshEngine, node: QueryNode, living: dict[ArxivId, IndexDocument]
) -> None:
    """Scores of given papers are those of the search, and so are the sums of their parts."""
    plain, scores = (
        {hit.arxiv_id: hit.score for hit in engine.search(SearchRequest(node, rank=rank)).hits}
        for rank in (RankMode.BM25, RankMode.DEFAULT)
    )
    assert engine.score_papers(node, living) == pytest.approx(plain, abs=1e-9)
    for arxiv_id in living:
        explanation = engine.explain(node, arxiv_id)
        assert explanation.score == pytest.approx(scores.get(arxiv_id, 0.0), abs=1e-9)
        parts = sum(part.weight for part in explanation.contributions)
        assert parts == pytest.approx(explanation.score, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(batches=corpora(), words=st.sets(st.sampled_from(WORDS), min_size=1))
def test_scores_of_a_bag_of_words_are_bm25_by_hand(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[IndexDocument]], words: set[str]
) -> None:
    index_dir = tmp_path_factory.mktemp("bm25") / "index"
    living = write(index_dir, batches[:1])  # Deleted papers count until they are merged away.
    if any(document.arxiv_id not in living for document in batches[0]):
        return
    engine = WhooshEngine(index_dir, kernels=load_kernels())
    result = engine.search(SearchRequest(Or(tuple(map(Term, sorted(words))))))
    engine.close()
    texts = {each.arxiv_id: (each.title, each.abstract) for each in living.values()}
    expected = score_by_hand(words, texts)
    assert {hit.arxiv_id for hit in result.hits} == expected.keys()
    for hit in result.hits:
        assert hit.score == pytest.approx(expected[hit.arxiv_id], abs=1e-9)
