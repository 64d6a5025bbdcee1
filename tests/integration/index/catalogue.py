"""A database filled with invented papers, for tests of the index stage."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from app.db import papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import DeletedRecord, PaperRecord
from app.domain.paper import Author, DatePrecision
from tests.integration.index.documents import FIRST_MOMENT, make_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make_record(number: int, words: str) -> PaperRecord:
    """A living paper whose title and abstract are the words."""
    moment = FIRST_MOMENT + timedelta(minutes=number)
    return PaperRecord(
        arxiv_id=make_id(number),
        title=f"{words} {number}",
        authors=(Author("Lovelace", "Ada"),),
        abstract=f"On {words}.",
        categories=("cs.LG",),
        submitted_at=moment,
        submitted_precision=DatePrecision.TIME,
        updated_at=moment,
    )


def store_papers(database: Database, numbers: Iterable[int], words: str) -> None:
    """Add or change the papers of these numbers."""
    with database.transaction() as tx:
        papers.upsert_records(tx, [make_record(number, words) for number in numbers], now=NOW)


def delete_papers(database: Database, numbers: Iterable[int]) -> None:
    """Make tombstones of the papers of these numbers."""
    records = [DeletedRecord(make_id(number), date(2026, 1, 1)) for number in numbers]
    with database.transaction() as tx:
        papers.upsert_records(tx, records, now=NOW)


def list_living(database: Database) -> set[ArxivId]:
    """The identifiers of all living papers."""
    with database.read() as tx:
        return {paper.arxiv_id for batch in papers.stream_all_papers(tx, 500) for paper in batch}


def get_last_change(database: Database) -> int:
    """The number of the last accepted change."""
    with database.read() as tx:
        return papers.get_last_change_number(tx)
