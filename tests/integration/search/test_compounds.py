"""Compounds are found in each of their spellings, however a paper or a question writes them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.query import RankMode
from app.domain.results import SearchPage
from app.search.factory import open_engine
from app.services.search import SearchLimits, SearchQuestion, SearchService
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record

SPELLINGS = {
    "non": ("non-invasive", "noninvasive", "non invasive"),
    "end": ("end-to-end", "endtoend", "end to end"),
    "wave": ("wave-function", "wavefunction", "wave function"),
    "gpt": ("GPT-4", "GPT4", "GPT 4"),
}
"""By compound: with hyphens, closed, and apart."""

OTHERS = (*["A network of kelp"] * 120, "Net work done by a wind")
"""Papers with a word that is a compound by chance."""

RARE = (
    *["Deep-sea otters"] * 120,
    "Deepsea otters",
    *["A tidepool of otters"] * 400,
    "A tide-pool of otters",
    "A tide pool of otters",
    *["The tide"] * 4,
    *["A pool"] * 4,
)
"""Compounds with spellings that less than one in a hundred papers uses."""

NUMBERS = {
    spelling: number
    for number, spelling in enumerate(
        (each for three in SPELLINGS.values() for each in three), start=1
    )
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchService]:
    titles = [*(f"A {spelling} sonde" for spelling in NUMBERS), *OTHERS]
    with serve(tmp_path_factory.mktemp("compounds"), titles) as opened:
        yield opened


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchService]:
    with serve(tmp_path_factory.mktemp("rare"), RARE) as opened:
        yield opened


@contextmanager
def serve(folder: Path, titles: Sequence[str]) -> Iterator[SearchService]:
    url = make_sqlite_url(folder / "papersift.db")
    upgrade(url)
    database = Database(url)
    records = [
        make_record(make_id(number), title=title, abstract="No more.")
        for number, title in enumerate(titles, start=1)
    ]
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, folder / "index")
    engine = open_engine(folder / "index")
    yield SearchService(database, engine, SearchLimits(max_page_size=500))
    engine.close()
    database.close()


def found(page: SearchPage) -> set[str]:
    return {hit.paper.arxiv_id.value for hit in page.hits}


@pytest.mark.parametrize("query", ["{}", "{} sonde", "sonde {}", "title:({})", "zzyzx OR {}"])
@pytest.mark.parametrize(
    ("asked", "three"), [(each, three) for three in SPELLINGS.values() for each in three]
)
def test_every_spelling_finds_every_other(
    service: SearchService, query: str, asked: str, three: tuple[str, ...]
) -> None:
    page = service.search(SearchQuestion(query.format(asked), limit=100))

    assert found(page) == {make_id(NUMBERS[each]).value for each in three}
    assert not page.relaxed


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("noninvasive sonde", '(noninvasive OR "non invasive") sonde'),
        ("non invasive sonde", "(non invasive OR noninvasive) sonde"),
        ("endtoend", 'endtoend OR "end to end"'),
        ("title:wavefunction", 'ti:wavefunction OR ti:"wave function"'),
    ],
)
def test_the_page_says_what_was_looked_for(
    service: SearchService, query: str, understood: str
) -> None:
    assert service.search(SearchQuestion(query)).understood_as == understood


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ('"noninvasive"', 2),  # hyphenated compounds are indexed in one piece as well
        ("net work", 1),
        ("network", 120),
        ("sonde -noninvasive", 10),
    ],
)
def test_chances_quotes_and_exclusions_are_taken_as_written(
    service: SearchService, query: str, total: int
) -> None:
    page = service.search(SearchQuestion(query))

    assert page.total == total
    assert page.understood_as == query


@pytest.mark.parametrize("query", ["deep sea", "deep-sea", "deepsea"])
def test_a_rare_spelling_finds_the_others_and_is_found(rare: SearchService, query: str) -> None:
    assert rare.search(SearchQuestion(query)).total == 121


@pytest.mark.parametrize("query", ["tide pool", "tide-pool", "tidepool"])
def test_words_apart_that_are_rare_are_found_where_others_write_hyphens(
    rare: SearchService, query: str
) -> None:
    assert rare.search(SearchQuestion(query)).total == 402


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("tidepool", "tidepool"),
        ("tidepool otters", "tidepool otters"),
        ("tidepool quux", "tidepool OR quux"),  # relaxed
        ("tide pool", "tide pool OR tidepool"),
    ],
)
def test_a_spelling_that_hardly_anybody_uses_is_searched_and_not_told(
    rare: SearchService, query: str, understood: str
) -> None:
    page = rare.search(SearchQuestion(query))

    assert page.understood_as == understood
    assert page.total == 402


def test_a_rare_spelling_says_no_more_than_the_word(rare: SearchService) -> None:
    question = SearchQuestion("tidepool", limit=500, rank=RankMode.BM25)
    scores = {hit.paper.title: hit.score for hit in rare.search(question).hits}
    assert 0.0 < scores["A tide pool of otters"] <= scores["A tidepool of otters"]


def test_what_was_learnt_of_one_state_of_the_index_is_remembered(service: SearchService) -> None:
    first, again = (service.search(SearchQuestion("gpt4 endtoend")) for _ in range(2))
    assert first.alternatives == again.alternatives
    assert len(first.alternatives) == 2


def test_strict_searches_take_compounds_as_written(service: SearchService) -> None:
    page = service.search(SearchQuestion("noninvasive", is_strict=True))

    assert found(page) == {make_id(NUMBERS[each]).value for each in ("noninvasive", "non-invasive")}
    assert page.understood_as == "noninvasive"


def test_with_any_of_the_words_the_other_spelling_counts_too(service: SearchService) -> None:
    page = service.search(SearchQuestion("non invasive quux", limit=100))

    assert page.relaxed
    assert page.understood_as == "non OR invasive OR quux OR noninvasive"
    assert make_id(NUMBERS["noninvasive"]).value in found(page)


def test_prose_is_taken_as_written(service: SearchService) -> None:
    prose = "noninvasive " + " ".join(f"quux{letter}" for letter in "abcdefghij")

    assert '"non invasive"' not in service.search(SearchQuestion(prose)).understood_as
    assert '"non invasive"' in service.search(SearchQuestion(prose[:-7])).understood_as
