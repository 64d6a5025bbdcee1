"""Papersift over a test collection: what a plain `q=` gives, through a real database and index."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.db.migrate import upgrade
from app.db.paper_upsert import upsert_records
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord
from app.domain.paper import Author, DatePrecision
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.services.search import SearchLimits, SearchQuestion, SearchService
from app.services.use_cases import make_use_cases
from indexer.index import rebuild
from tests.eval.collections import Collection, JudgedDocument

BATCH_RECORDS = 2_000
FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
AUTHORS = (Author("Nobody"),)


class Papersift:
    """Asks a service as the search page does; names documents as the collection does."""

    def __init__(self, service: SearchService, names: dict[ArxivId, str]) -> None:
        self._service = service
        self._names = names

    def search(self, text: str, limit: int, **options: Any) -> list[str]:
        """Names of the best documents for a plain `q=`; `options` are those of a question."""
        return [name for name, _score in self.score(text, limit, **options)]

    def score(self, text: str, limit: int, **options: Any) -> list[tuple[str, float]]:
        """The same with their scores."""
        question = SearchQuestion(
            text=shorten(text, self._service.limits.max_query_chars),
            limit=limit,
            **options,
        )
        hits = self._service.search(question).hits
        return [(self._names[hit.paper.arxiv_id], hit.score) for hit in hits]


@dataclass(frozen=True, slots=True)
class Library:
    """A collection that is stored and indexed."""

    database: Database
    index_dir: Path
    names: dict[ArxivId, str]

    @contextmanager
    def open(self) -> Iterator[Papersift]:
        """A service over it, with an engine of its own."""
        engine = open_engine(self.index_dir)
        engine.warm_up()
        lexicons = LexiconSource(self.index_dir)
        use_cases = make_use_cases(self.database, engine, SearchLimits(), lexicons=lexicons)
        try:
            yield Papersift(use_cases.search, self.names)
        finally:
            engine.close()


@contextmanager
def build(collection: Collection) -> Iterator[Library]:
    """The collection in a throw-away database and index, each document as a made-up paper."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'papersift.db'}"
        upgrade(url)
        database = Database(url)
        names = _store(database, collection)
        rebuild(database, folder / "index")
        try:
            yield Library(database, folder / "index", names)
        finally:
            database.close()


def make_arxiv_id(number: int) -> ArxivId:
    """A valid identifier for the `number`-th document, from 0: 99,999 to a month from 2001 on.

    >>> make_arxiv_id(0).value, make_arxiv_id(99_999).value
    ('2001.00001', '2002.00001')
    """
    month, place = divmod(number, 99_999)
    return ArxivId.parse(f"{20 + month // 12}{1 + month % 12:02d}.{place + 1:05d}")


def shorten(text: str, limit: int) -> str:
    """The text cut after a whole word, at most `limit` characters.

    >>> shorten("one two three", 9)
    'one two'
    """
    return text if len(text) <= limit else text[: limit + 1].rpartition(" ")[0]


def _store(database: Database, collection: Collection) -> dict[ArxivId, str]:
    names: dict[ArxivId, str] = {}
    for start in range(0, len(collection.documents), BATCH_RECORDS):
        batch = collection.documents[start : start + BATCH_RECORDS]
        records = [_make_record(start + place, each) for place, each in enumerate(batch)]
        names.update(zip((r.arxiv_id for r in records), (d.name for d in batch), strict=True))
        with database.transaction() as tx:
            upsert_records(tx, records, now=FIRST_DAY)
    return names


def _make_record(number: int, document: JudgedDocument) -> PaperRecord:
    moment = FIRST_DAY + timedelta(minutes=number)
    return PaperRecord(
        arxiv_id=make_arxiv_id(number),
        title=document.title,
        authors=AUTHORS,
        abstract=document.text,
        categories=("cs.IR",),
        submitted_at=moment,
        submitted_precision=DatePrecision.TIME,
        updated_at=moment,
        datestamp=moment.date(),
    )
