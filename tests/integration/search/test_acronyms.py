"""Acronyms that abstracts explain are searched with their long forms: shown, and removable."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.query import RankMode
from app.domain.results import Expansion
from app.main import create_app
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.services.search import SearchLimits, SearchQuestion, SearchService
from app.services.use_cases import make_use_cases
from app.settings import Settings
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record
from tests.support.pages import fetch

LONG = "kelp-supported grooming"
EXPLAINED = [f"We study {LONG} (KSG) of otters, part {number}." for number in range(4)]
SHORT_ONLY = "KSG in rivers."
PLURAL_ONLY = "Many KSGs compared."
LONG_ONLY = "On kelp supported grooming at sea."
NEITHER = "Kelp and grooming, unsupported."
AMBIGUOUS = [
    *["Sea otter watching (SOW) by boat."] * 3,
    *["Slow ocean waves (SOW) and wind."] * 3,
]
SET = [*["Single otter tracking (SET) by radio."] * 3, *["A set of teapots."] * 160]
"""A word that hardly any paper with it explains."""

SANDBANKS = [*["Sandbanks (SB) at sea."] * 3, *["A sandbank."] * 160]
"""A long form of one word, which hardly any paper with the word explains."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("acronyms")


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[SearchService]:
    url = make_sqlite_url(folder / "papersift.db")
    upgrade(url)
    database = Database(url)
    abstracts = [
        *EXPLAINED,
        SHORT_ONLY,
        PLURAL_ONLY,
        LONG_ONLY,
        NEITHER,
        *AMBIGUOUS,
        *SET,
        *SANDBANKS,
    ]
    records = [
        make_record(make_id(number), title=f"Part {number}", abstract=abstract)
        for number, abstract in enumerate(abstracts, start=1)
    ]
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, folder / "index")
    engine = open_engine(folder / "index")
    use_cases = make_use_cases(
        database, engine, SearchLimits(), lexicons=LexiconSource(folder / "index")
    )
    yield use_cases.search
    engine.close()
    database.close()


def find(service: SearchService, text: str, **options: object) -> set[str]:
    page = service.search(replace(SearchQuestion(text, limit=200), **options))  # type: ignore[arg-type]
    assert not page.relaxed
    assert page.total == len(page.hits)
    return {hit.paper.abstract for hit in page.hits}


ALL = {*EXPLAINED, SHORT_ONLY, PLURAL_ONLY, LONG_ONLY}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KSG", Expansion("KSG", LONG, 4)),
        ("ksg", Expansion("ksg", LONG, 4)),
        ("KSGs", Expansion("KSGs", LONG, 4)),
        ("Ksg", Expansion("Ksg", LONG, 4)),  # a first capital may be a keyboard's
    ],
)
def test_an_acronym_finds_its_long_form(
    service: SearchService, text: str, expected: Expansion
) -> None:
    page = service.search(SearchQuestion(text))
    assert page.expansions == (expected,)
    assert "kelp-supported grooming" in page.understood_as
    assert find(service, text) == ALL


@pytest.mark.parametrize("text", ["kelp supported grooming", "kelp-supported grooming"])
def test_a_long_form_finds_its_acronym(service: SearchService, text: str) -> None:
    page = service.search(SearchQuestion(text))
    assert page.expansions == (Expansion(text, "KSG", 4),)
    assert find(service, text) == ALL


@pytest.mark.parametrize(
    "options",
    [{"expands_acronyms": False}, {"as_written": ("ksg",)}, {"is_strict": True}],
)
def test_it_can_be_switched_off(service: SearchService, options: dict[str, object]) -> None:
    assert find(service, "KSG", **options) == {*EXPLAINED, SHORT_ONLY}


@pytest.mark.parametrize(
    "text",
    [
        "SOW",  # two meanings, as frequent
        "set",  # a word
        "SB",  # a word hardly ever meant by it
        "sandbanks",
        "otters Ksg",  # written otherwise: Tc is not TC
        '"KSG"',  # as it is written
        "KSG kelp supported grooming",  # both forms are there
        "au:KSG",
        "-KSG otters",
    ],
)
def test_what_is_no_certain_acronym_stays_alone(service: SearchService, text: str) -> None:
    assert service.search(SearchQuestion(text)).expansions == ()


def test_a_rare_way_of_writing_says_no_more_than_the_words(service: SearchService) -> None:
    question = SearchQuestion("KSG", limit=200, rank=RankMode.BM25)
    scores = {hit.paper.abstract: hit.score for hit in service.search(question).hits}
    assert 0.0 < scores[PLURAL_ONLY] <= scores[SHORT_ONLY]


def test_few_papers_with_all_words_as_written_still_give_way(service: SearchService) -> None:
    page = service.search(SearchQuestion("KSG sea"))
    assert page.relaxed
    assert page.expansions == (Expansion("KSG", LONG, 4),)
    assert LONG_ONLY in {hit.paper.abstract for hit in page.hits}


def test_the_scores_of_expanded_searches_add_up(service: SearchService, folder: Path) -> None:
    page = service.search(SearchQuestion("KSG sea"))
    engine = open_engine(folder / "index")
    explained = engine.explain_papers(page.tree, [hit.paper.arxiv_id for hit in page.hits])
    engine.close()
    for hit in page.hits:
        explanation = explained[hit.paper.arxiv_id]
        assert explanation.score == pytest.approx(hit.score, abs=1e-6)
        total = sum(each.weight for each in explanation.contributions)
        assert total == pytest.approx(hit.score, abs=1e-6)


def test_rest_names_expansions_and_the_page_has_a_chip_for_each(
    service: SearchService, folder: Path
) -> None:
    assert service.get_state().papers
    settings = Settings(
        database_url=make_sqlite_url(folder / "papersift.db"),
        data_dir=folder,
        index_dir=folder / "index",
    )
    with TestClient(create_app(settings)) as client:
        answer = client.get("/api/v1/search?q=KSG").json()
        assert answer["expansions"] == [{"written": "KSG", "expanded": LONG, "papers": 4}]
        for switch in ("expand=0", "as_written=KSG", "strict=1"):
            alone = client.get(f"/api/v1/search?q=KSG&{switch}").json()
            assert alone["expansions"] == []
            assert alone["total"] < answer["total"]
        page = fetch(client, "/search?q=KSG")
        (remove,) = page.links("//ul[@class='chips']//a")
        without = fetch(client, remove)
        assert without.texts("//h2[@id='results-title']") == [f"{alone['total']} papers"]
        (again,) = without.links("//ul[@class='chips']//a")
        assert fetch(client, again).texts("//h2[@id='results-title']") == [
            f"{answer['total']} papers"
        ]
