"""The standing test of known items: real titles find their papers first among 100,000."""

import gzip
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db.migrate import upgrade
from app.db.session import Database
from app.search.factory import open_engine
from app.services.known_items import list_title_words
from app.services.search import SearchLimits, SearchQuestion, SearchService
from indexer.index import rebuild
from indexer.progress import SilentProgress
from indexer.snapshot import import_snapshot
from tests.support.databases import make_sqlite_url
from tests.support.title_variants import drop_word, misspell
from tests.unit.real_data import data_file

TITLES = 2_000

pytestmark = [pytest.mark.slow, pytest.mark.data, pytest.mark.timeout(1_800)]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchService]:
    """A library of all the real records there are."""
    packed = data_file("arxiv/papers-100k.jsonl.gz")
    folder: Path = tmp_path_factory.mktemp("real")
    with gzip.open(packed) as source, (folder / "papers.jsonl").open("wb") as target:
        shutil.copyfileobj(source, target)
    url = make_sqlite_url(folder / "papersift.db")
    upgrade(url)
    database = Database(url)
    import_snapshot(
        database,
        folder / "papers.jsonl",
        rejects_dir=folder,
        batch_papers=2_000,
        now=lambda: datetime.now(UTC),
        progress=SilentProgress(),
    )
    rebuild(database, folder / "index")
    engine = open_engine(folder / "index")
    engine.warm_up()
    yield SearchService(database, engine, SearchLimits())
    engine.close()
    database.close()


@pytest.fixture(scope="session")
def titles(service: SearchService) -> list[str]:
    """Titles of papers all over the collection, in the order of chance."""
    found = service.search(SearchQuestion("*", limit=1))
    assert found.total > 90_000
    chance = random.Random(2_024)
    titles: list[str] = []
    for _page in range(600):
        year = str(chance.randrange(1995, 2026))
        papers = service.search(SearchQuestion("*", first=year, last=year, limit=0)).total
        offset = chance.randrange(min(papers, SearchLimits().max_offset))
        page = service.search(SearchQuestion("*", first=year, last=year, offset=offset, limit=10))
        titles += [hit.paper.title for hit in page.hits]
    distinct = list(dict.fromkeys(titles))
    chance.shuffle(distinct)
    assert len(distinct) >= 2 * TITLES
    return distinct


@pytest.mark.parametrize(
    ("change", "bar"),
    [
        (lambda title, _chance: title, 0.99),
        (lambda title, _chance: title.lower().replace(",", "").replace(":", ""), 0.99),
        (drop_word, 0.97),
        (misspell, 0.95),
    ],
    ids=["exact", "plain", "one word dropped", "one typo"],
)
def test_the_paper_with_the_title_comes_first(
    service: SearchService,
    titles: list[str],
    change: Callable[[str, random.Random], str | None],
    bar: float,
) -> None:
    chance = random.Random(7)
    changed = [(title, query) for title in titles if (query := change(title, chance)) is not None]
    missed = [
        (title, query) for title, query in changed[:TITLES] if not is_first(service, title, query)
    ]
    success = 1 - len(missed) / TITLES
    print(f"success@1 {success:.4f}", missed[:20])  # shown when it fails
    assert len(changed) >= TITLES
    assert success >= bar


def is_first(service: SearchService, title: str, query: str) -> bool:
    """Whether a paper of that title, be it under another id, is the first hit."""
    hits = service.search(SearchQuestion(query, limit=1)).hits
    return bool(hits) and list_title_words(hits[0].paper.title) == list_title_words(title)
