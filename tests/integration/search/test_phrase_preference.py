"""Short searches put papers first that hold the words side by side, and find the same papers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.query import RankMode
from app.domain.results import SearchPage
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.services.search import SearchLimits, SearchQuestion
from app.services.search_help import HelpWanted
from app.services.use_cases import UseCases, make_use_cases
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record

APART = "Kelp kelp of forests forests and otters"
TOGETHER = "Otters live in a kelp forest by day and by night and sleep among its leaves"
STOPPED = "A forest of kelp is what some otters live in by day and by night and by noon"
ABSTRACTS = (*[APART] * 3, TOGETHER, STOPPED, *["Nothing of the sort."] * 20)


@dataclass(frozen=True, slots=True)
class Searching:
    use_cases: UseCases

    def search(self, text: str, **options: object) -> SearchPage:
        question = SearchQuestion(text, **options)  # type: ignore[arg-type]
        return self.use_cases.search.search(question)


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searching]:
    folder = tmp_path_factory.mktemp("phrases")
    url = make_sqlite_url(folder / "papersift.db")
    upgrade(url)
    database = Database(url)
    records = [
        make_record(make_id(number), title=f"Part {number}", abstract=abstract)
        for number, abstract in enumerate(ABSTRACTS, start=1)
    ]
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, folder / "index")
    engine = open_engine(folder / "index")
    lexicons = LexiconSource(folder / "index")
    yield Searching(make_use_cases(database, engine, SearchLimits(), lexicons=lexicons))
    engine.close()
    database.close()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("kelp forest", TOGETHER),
        ("forest of kelp", STOPPED),  # the stop word stands inside
        ("kelp forest -teapots", TOGETHER),
        ("kelp forest otters unheard", APART),  # not side by side in any paper
    ],
)
def test_papers_with_the_words_side_by_side_come_first(
    searching: Searching, text: str, first: str
) -> None:
    page = searching.search(text)

    assert page.hits[0].paper.abstract == first
    assert page.total == 5


def test_the_first_stage_alone_has_no_preference(searching: Searching) -> None:
    page = searching.search("kelp forest", rank=RankMode.BM25)

    assert page.hits[0].paper.abstract == APART
    assert page.total == 5


@pytest.mark.parametrize("text", ["kelp forest", "kelp forest unheard", "kelp -teapots forest"])
def test_what_the_phrase_adds_is_explained(searching: Searching, text: str) -> None:
    page = searching.search(text)
    wanted = HelpWanted(explanations=True)
    explained = searching.use_cases.search_help.help_with(page, wanted).explanations

    for hit in page.hits:
        explanation = explained[hit.paper.arxiv_id]
        assert explanation.score == pytest.approx(hit.score, abs=1e-6)
    if "unheard" not in text:
        parts = explained[page.hits[0].paper.arxiv_id].contributions
        assert ("abstract", '"kelp forest"') in {(part.field, part.term) for part in parts}
    assert "PREFERABLY" not in page.understood_as
