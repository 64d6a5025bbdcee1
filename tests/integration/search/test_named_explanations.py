"""Explanations say what the search did, also when papers are named and left out of it."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.search.whoosh.latent_training import MIN_PAPERS
from app.services.search import SearchLimits, SearchQuestion
from app.services.search_help import HelpWanted
from app.services.use_cases import make_use_cases
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record

NAMED = "Boat harbour"
TOPICS = (
    "boat harbour sail keel anchor",
    "bread flour yeast oven dough",
    "star nebula orbit comet",
)
PAPERS = MIN_PAPERS + 10


def test_scores_behind_a_named_title_are_explained_exactly(tmp_path: Path) -> None:
    url = make_sqlite_url(tmp_path / "papersift.db")
    upgrade(url)
    database = Database(url)
    chance = random.Random(7)
    records = []
    for number in range(1, PAPERS):
        words = chance.choices(TOPICS[number % len(TOPICS)].split(), k=6)
        noise = " ".join(f"noise{chance.randrange(150)}" for _ in range(4))
        title = f"{words[0]} and {words[1]} of {noise}"
        records.append(make_record(make_id(number), title=title, abstract=" ".join(words)))
    # The best hit of all, and about other things than the others.
    records[0] = make_record(make_id(1), title=NAMED, abstract="Boat harbour star comet " * 4)
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, tmp_path / "index")
    engine = open_engine(tmp_path / "index")
    use_cases = make_use_cases(
        database, engine, SearchLimits(), lexicons=LexiconSource(tmp_path / "index")
    )

    page = use_cases.search.search(SearchQuestion(NAMED))
    explained = use_cases.search_help.help_with(page, HelpWanted(explanations=True)).explanations
    engine.close()
    database.close()

    assert page.hits[0].paper.title == NAMED
    assert {part.field for each in explained.values() for part in each.contributions} >= {"latent"}
    for hit in page.hits[1:]:
        assert explained[hit.paper.arxiv_id].score == pytest.approx(hit.score, abs=1e-6)
