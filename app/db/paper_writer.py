"""The statements that write papers, many rows in one."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Date,
    Insert,
    String,
    Text,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
    update,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.db.batches import in_batches
from app.db.models import paper_history, papers
from app.db.paper_rows import PaperContent
from app.db.session import Transaction
from app.db.types import UtcDateTime, render_sqlite_datetime
from app.db.upserts import replace_on_conflict

MAX_VALUES_ROWS = 1_000
"""Rows of one `VALUES` list, which is compiled anew each time."""


class LivingRow(NamedTuple):
    """A paper to be stored, in place of what is held under its id."""

    arxiv_id: str
    change_number: int
    datestamp: date | None
    content_hash: bytes
    content: PaperContent


class Tombstone(NamedTuple):
    """What becomes of a paper's row when its record is deleted."""

    arxiv_id: str
    change_number: int
    datestamp: date
    deleted_at: datetime


class Touch(NamedTuple):
    """A record that says nothing new, at a later date."""

    arxiv_id: str
    datestamp: date


def write_living(tx: Transaction, rows: Sequence[LivingRow], *, now: datetime) -> None:
    """Insert the rows, each in place of the row with its id, living from now on.

    On SQLite one prepared statement runs over all rows inside the library (`executemany`): a
    `VALUES` list of 2,000 rows would pass the limit of parameters, and take longer to compile
    than to run. On PostgreSQL the columns travel as one array each, and a single
    `INSERT … SELECT … FROM unnest(…)` stores them: one message, one plan.
    """
    if not rows:
        return
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(_make_sqlite_insert(), _make_sqlite_parameters(rows, now))
        return
    # In the order of the table's columns; a test holds the two together.
    flat = (
        (row.arxiv_id, row.change_number, None, row.datestamp, now, row.content_hash, *row.content)
        for row in rows
    )
    arrays = map(list, zip(*flat, strict=True))
    tx.execute(_make_postgresql_insert(), dict(zip(papers.columns.keys(), arrays, strict=True)))


def copy_to_history(tx: Transaction, ids: Sequence[str], *, now: datetime) -> None:
    """Keep the present texts of these papers, which are about to be replaced."""
    kept = [one.name for one in paper_history.columns if one.name != "superseded_at"]
    for batch in in_batches(ids):
        present = select(*(papers.c[name] for name in kept), literal(now, UtcDateTime())).where(
            papers.c.arxiv_id.in_(batch)
        )
        tx.execute(insert(paper_history).from_select([*kept, "superseded_at"], present))


def bury(tx: Transaction, tombstones: Sequence[Tombstone], *, now: datetime) -> None:
    """Turn papers into tombstones; their metadata stays."""
    for batch in in_batches(tombstones, MAX_VALUES_ROWS):
        told = values(
            column("arxiv_id", String),
            column("change_number", BigInteger),
            column("datestamp", Date),
            column("deleted_at", UtcDateTime),
        )
        tombstone = told.data(list(batch)).cte("tombstone")
        tx.execute(
            update(papers)
            .where(papers.c.arxiv_id == tombstone.c.arxiv_id)
            .values(
                change_number=tombstone.c.change_number,
                datestamp=tombstone.c.datestamp,
                deleted_at=tombstone.c.deleted_at,
                changed_at=now,
            )
        )


def touch(tx: Transaction, touches: Sequence[Touch]) -> None:
    """Move the datestamps of papers that did not change otherwise; no change is counted.

    Without it, a record older than the one that told nothing new could later pass for newer.
    """
    for batch in in_batches(touches, MAX_VALUES_ROWS):
        told = values(column("arxiv_id", String), column("datestamp", Date))
        touched = told.data(list(batch)).cte("touched")
        tx.execute(
            update(papers)
            .where(papers.c.arxiv_id == touched.c.arxiv_id)
            .values(datestamp=touched.c.datestamp)
        )


@lru_cache(maxsize=1)
def _make_sqlite_insert() -> str:
    statement = replace_on_conflict(sqlite.insert(papers), papers)
    return str(statement.compile(dialect=sqlite.dialect()))


def _make_sqlite_parameters(rows: Sequence[LivingRow], now: datetime) -> list[tuple[Any, ...]]:
    # The rows go to the driver past SQLAlchemy, whose handling of the parameters would cost as
    # much as storing them; only dates and moments need a conversion.
    changed_at = render_sqlite_datetime(now)
    return [
        (
            row.arxiv_id,
            row.change_number,
            None,
            None if row.datestamp is None else row.datestamp.isoformat(),
            changed_at,
            row.content_hash,
            render_sqlite_datetime(row.content.submitted_at),
            row.content.submitted_precision,
            render_sqlite_datetime(row.content.updated_at),
            *row.content[3:],
        )
        for row in rows
    ]


@lru_cache(maxsize=1)
def _make_postgresql_insert() -> Insert:
    arrays = [
        bindparam(one.name, type_=postgresql.ARRAY(Text() if _is_text(one.type) else one.type))
        for one in papers.columns
    ]
    names = papers.columns.keys()
    incoming = func.unnest(*arrays).table_valued(*names).render_derived(name="incoming")
    statement = postgresql.insert(papers).from_select(
        names, select(*(incoming.c[name] for name in names))
    )
    return replace_on_conflict(statement, papers)


def _is_text(type_: object) -> bool:
    # An array of VARCHAR(32) would carry the length and collation of its column along.
    return isinstance(type_, String)
