"""The second stage over a corpus large enough to be analysed: what it does, and what it leaves."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from app.domain.query import (
    DateRange,
    Filters,
    Or,
    Phrase,
    QueryNode,
    RankMode,
    SearchAfter,
    SearchRequest,
    Sort,
    Term,
)
from app.domain.results import LATENT_FIELD
from app.search.documents import IndexDocument
from app.search.engine import SearchEngine
from app.search.factory import open_engine, open_index_writer, rebuild_index
from app.search.whoosh.latent_training import MIN_PAPERS
from app.search.whoosh.schema import TITLE_FORMS
from tests.integration.index.documents import make_document, make_id

TOPICS = {
    "boats": "boat harbour sail keel anchor rudder mast tide wharf hull",
    "bread": "bread flour yeast oven dough crust loaf knead baker grain",
    "stars": "star nebula quasar orbit comet eclipse galaxy telescope pulsar corona",
}
PAPERS = MIN_PAPERS + 200
SECOND_STAGE = (LATENT_FIELD, TITLE_FORMS)
"""The fields under which explanations name what the second stage adds."""


def make_corpus() -> list[IndexDocument]:
    """Papers of three topics; every paper holds a common word, hardly any two the same others."""
    chance = random.Random(7)
    documents = []
    for number in range(PAPERS):
        topic = list(TOPICS)[number % len(TOPICS)]
        words = [*chance.choices(TOPICS[topic].split(), k=6), "common"]
        noise = [f"noise{chance.randrange(150)}" for _ in range(4)]
        chance.shuffle(words)
        documents.append(make_document(number, " ".join(words[:2]), " ".join([*words[2:], *noise])))
    return documents


@pytest.fixture(scope="module")
def corpus() -> list[IndexDocument]:
    return make_corpus()


@pytest.fixture(scope="module")
def index_dir(corpus: list[IndexDocument], tmp_path_factory: pytest.TempPathFactory) -> Path:
    index_dir: Path = tmp_path_factory.mktemp("second") / "index"
    with rebuild_index(index_dir) as build:
        build.writer.replace(corpus)
        build.writer.commit(1)
        build.publish()
    return index_dir


@pytest.fixture
def engine(index_dir: Path) -> Iterator[SearchEngine]:
    engine = open_engine(index_dir)
    yield engine
    engine.close()


QUERIES: list[QueryNode] = [
    Or((Term("common"), Term("harbour"))),
    Or((Term("boat"), Term("common"), Term("noise7"))),
    Or((Term("bread"), Phrase("star orbit"))),
]


def topic_of(arxiv_id: ArxivId) -> str:
    numbers = {make_id(number): number for number in range(PAPERS)}
    return list(TOPICS)[numbers[arxiv_id] % len(TOPICS)]


def test_papers_about_the_same_come_before_papers_with_the_same_common_word(
    engine: SearchEngine,
) -> None:
    query = Or((Term("harbour"), Term("common")))
    request = SearchRequest(query, limit=300)
    full = engine.search(request).hits
    plain = engine.search(SearchRequest(query, limit=300, rank=RankMode.BM25)).hits
    assert {hit.arxiv_id for hit in full} == {hit.arxiv_id for hit in plain}

    def count_boats(hits: tuple[object, ...]) -> int:
        return sum(topic_of(hit.arxiv_id) == "boats" for hit in hits)  # type: ignore[attr-defined]

    holding = engine.search(SearchRequest(Term("harbour"), limit=0)).total
    assert count_boats(full[: holding + 20]) > count_boats(plain[: holding + 20])


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("size", [7, 100, 299, 301])
def test_pages_are_disjoint_complete_and_stable(
    engine: SearchEngine, query: QueryNode, size: int
) -> None:
    whole = engine.search(SearchRequest(query, limit=PAPERS))
    pages = [
        engine.search(SearchRequest(query, offset=at, limit=size)).hits
        for at in range(0, min(whole.total, 700), size)
    ]
    joined = [hit for page in pages for hit in page]
    assert joined == list(whole.hits[: len(joined)])
    assert len({hit.arxiv_id for hit in whole.hits}) == whole.total
    scores = [hit.score for hit in whole.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("query", QUERIES)
def test_pages_behind_a_hit_join_to_the_same_order(engine: SearchEngine, query: QueryNode) -> None:
    whole = engine.search(SearchRequest(query, limit=PAPERS)).hits[:500]
    joined = list(engine.search(SearchRequest(query, limit=60)).hits)
    while len(joined) < len(whole):
        last = joined[-1]
        after = SearchAfter(last.arxiv_id, last.score, last.key)
        joined += engine.search(SearchRequest(query, limit=60, after=after)).hits
    assert joined[: len(whole)] == list(whole)


@pytest.mark.parametrize("query", QUERIES)
def test_only_the_best_are_ordered_anew(engine: SearchEngine, query: QueryNode) -> None:
    full = engine.search(SearchRequest(query, limit=PAPERS))
    plain = engine.search(SearchRequest(query, limit=PAPERS, rank=RankMode.BM25))
    assert full.total == plain.total
    assert {hit.arxiv_id for hit in full.hits[:300]} == {hit.arxiv_id for hit in plain.hits[:300]}
    assert full.hits[300:] == plain.hits[300:]
    assert full.hits != plain.hits


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.UPDATED])
def test_other_orders_are_left_alone(engine: SearchEngine, sort: Sort) -> None:
    request = SearchRequest(QUERIES[1], sort=sort, limit=400)
    plain = SearchRequest(QUERIES[1], sort=sort, limit=400, rank=RankMode.BM25)
    assert engine.search(request) == engine.search(plain)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(dates=DateRange(first=datetime(2000, 1, 1, tzinfo=UTC).date())),
        Filters(categories=parse_category_expression("cs")),
    ],
)
def test_explanations_cover_both_stages_and_add_up(
    engine: SearchEngine, query: QueryNode, filters: Filters
) -> None:
    hits = engine.search(SearchRequest(query, filters, limit=PAPERS)).hits
    for hit in (*hits[:5], *hits[290:310]):
        parts = engine.explain(query, hit.arxiv_id, filters=filters).contributions
        assert sum(part.weight for part in parts) == pytest.approx(hit.score, abs=1e-6)
        words_alone = engine.explain(
            query, hit.arxiv_id, filters=filters, rank=RankMode.BM25
        ).contributions
        assert words_alone == tuple(part for part in parts if part.field not in SECOND_STAGE)
    assert any(
        part.field == LATENT_FIELD
        for part in engine.explain(query, hits[0].arxiv_id, filters=filters).contributions
    )


def test_commits_reuse_the_model_for_new_papers(
    corpus: list[IndexDocument], tmp_path: Path
) -> None:
    with rebuild_index(tmp_path) as build:
        build.writer.replace(corpus[:-100])
        build.writer.commit(1)
        build.publish()
    with open_index_writer(tmp_path) as writer:
        writer.replace(corpus[-100:])
        writer.commit(2)
    engine = open_engine(tmp_path)
    full = engine.search(SearchRequest(QUERIES[1], limit=50))
    plain = engine.search(SearchRequest(QUERIES[1], limit=50, rank=RankMode.BM25))
    engine.close()
    assert full.notes == ()
    assert full.hits[0].score > plain.hits[0].score


def test_too_few_papers_are_ordered_by_words_and_their_forms_alone(tmp_path: Path) -> None:
    with rebuild_index(tmp_path) as build:
        build.writer.replace(make_corpus()[:100])
        build.writer.commit(1)
        build.publish()
    engine = open_engine(tmp_path)
    full = engine.search(SearchRequest(QUERIES[0], limit=50))
    explained = engine.explain_papers(QUERIES[0], [hit.arxiv_id for hit in full.hits])
    engine.close()
    fields = {part.field for each in explained.values() for part in each.contributions}
    assert full.notes == ()
    assert fields == {"title", "abstract", TITLE_FORMS}
