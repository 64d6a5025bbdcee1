"""Names typed without au: are read as authors where the texts hardly hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.paper import Author
from app.domain.query import AuthorName, Filters, SearchRequest, Sort
from app.search.factory import open_engine
from app.services.doctor import Doctor, RelaxationKind
from app.services.search import SearchLimits, SearchQuestion, SearchService
from app.text.query_syntax import parse_query
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record

PAPERS = (
    *[("Otters of kelp", "Ottilie Seabright")] * 3,
    ("The Seabright otter", "Nobody Else"),
    ("Drift ice", "Wei He"),
    ("Monte drift", "Carlo Monte"),
    *[("Monte Carlo drift", "Nobody Else")] * 2,
)
"""Titles and their authors, given name first."""

SEABRIGHT = {make_id(number).value for number in (1, 2, 3)}


@dataclass(frozen=True, slots=True)
class Searching:
    service: SearchService
    doctor: Doctor

    def find(self, text: str, **options: object) -> set[str]:
        page = self.service.search(SearchQuestion(text, **options))  # type: ignore[arg-type]
        assert page.total == len(page.hits)
        return {hit.paper.arxiv_id.value for hit in page.hits}


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searching]:
    folder = tmp_path_factory.mktemp("names")
    url = make_sqlite_url(folder / "papersift.db")
    upgrade(url)
    database = Database(url)
    records = [
        make_record(
            make_id(number),
            title=title,
            abstract="No more.",
            authors=(Author(name.split()[1], name.split()[0]),),
        )
        for number, (title, name) in enumerate(PAPERS, start=1)
    ]
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, folder / "index")
    engine = open_engine(folder / "index")
    yield Searching(SearchService(database, engine, SearchLimits()), Doctor(engine))
    engine.close()
    database.close()


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
@pytest.mark.parametrize("text", ["Ottilie Seabright", "o seabright", "ottilie seabright kelp"])
def test_a_full_name_finds_the_papers_of_its_author(
    searching: Searching, text: str, sort: Sort
) -> None:
    assert searching.find(text, sort=sort) == SEABRIGHT


def test_the_page_says_how_a_name_was_read(searching: Searching) -> None:
    page = searching.service.search(SearchQuestion("ottilie seabright"))

    assert page.understood_as == 'au:"ottilie seabright"'
    assert page.author == AuthorName("ottilie seabright")
    assert 'au:"ottilie seabright"' in page.notes[0]


def test_words_beside_a_name_order_its_papers(searching: Searching) -> None:
    page = searching.service.search(SearchQuestion("seashells ottilie seabright"))

    assert page.understood_as == 'au:"ottilie seabright" PREFERABLY seashells'
    assert {hit.paper.arxiv_id.value for hit in page.hits} == SEABRIGHT


def test_a_name_that_is_a_stop_word_is_read_too(searching: Searching) -> None:
    assert searching.find("Wei He") == {make_id(5).value}


def test_words_that_texts_hold_more_often_stay_words(searching: Searching) -> None:
    assert searching.find("monte carlo") == {make_id(7).value, make_id(8).value}


def test_quotes_and_strict_searches_are_taken_as_written(searching: Searching) -> None:
    assert searching.find('"ottilie seabright"') == set()
    assert not SEABRIGHT & searching.find("ottilie seabright", is_strict=True)


@pytest.mark.parametrize(
    ("text", "query"),
    [("seabright", "au:seabright"), ("seabright otters", "au:seabright PREFERABLY otters")],
)
def test_a_single_name_is_offered(searching: Searching, text: str, query: str) -> None:
    diagnosis = searching.doctor.examine(SearchRequest(parse_query(text).tree, Filters()), 1)
    assert diagnosis is not None
    first = diagnosis.relaxations[0]
    assert (first.kind, first.query, first.total) == (RelaxationKind.BY_AUTHOR, query, 3)


def test_a_word_that_texts_hold_more_often_is_not_offered(searching: Searching) -> None:
    diagnosis = searching.doctor.examine(SearchRequest(parse_query("monte").tree, Filters()), 3)
    assert diagnosis is not None
    assert all(each.kind is not RelaxationKind.BY_AUTHOR for each in diagnosis.relaxations)
