"""The statements that write papers, many rows in one."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Insert,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.db.models import paper_history, papers
from app.db.paper_rows import PaperContent
from app.db.parameters import is_one_of, make_postgresql_rows, make_postgresql_table
from app.db.session import Transaction
from app.db.types import UtcDateTime, render_sqlite_datetime
from app.db.upserts import replace_on_conflict


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
    than to run. On PostgreSQL the rows travel as one parameter and a single
    `INSERT … SELECT … ON CONFLICT` stores them: one message, one plan.
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
    tx.execute(_make_postgresql_insert(), make_postgresql_rows(papers.columns.keys(), flat))


def copy_to_history(tx: Transaction, ids: Sequence[str], *, now: datetime) -> None:
    """Keep the present texts of these papers, which are about to be replaced."""
    if not ids:
        return
    kept = [one.name for one in paper_history.columns if one.name != "superseded_at"]
    present = select(*(papers.c[name] for name in kept), literal(now, UtcDateTime())).where(
        is_one_of(tx.dialect.name, papers.c.arxiv_id, ids)
    )
    tx.execute(insert(paper_history).from_select([*kept, "superseded_at"], present))


def bury(tx: Transaction, tombstones: Sequence[Tombstone], *, now: datetime) -> None:
    """Turn papers into tombstones; their metadata stays."""
    _update_rows(tx, Tombstone._fields, tombstones, {"changed_at": now})


def touch(tx: Transaction, touches: Sequence[Touch]) -> None:
    """Move the datestamps of papers that did not change otherwise; no change is counted.

    Without it, a record older than the one that told nothing new could later pass for newer.
    """
    _update_rows(tx, Touch._fields, touches, {})


def _update_rows(
    tx: Transaction,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    constants: dict[str, datetime],
) -> None:
    """Set some columns of the papers whose ids come first in the rows; see `write_living`."""
    if not rows:
        return
    key, *changed = names
    if tx.dialect.name == "postgresql":
        told = make_postgresql_table([papers.c[name] for name in names])
        statement = (
            update(papers)
            .where(papers.c[key] == told.c[key])
            .values({name: told.c[name] for name in changed} | constants)
        )
        tx.execute(statement, make_postgresql_rows(names, rows))
        return
    # A column's own name is reserved for what SET assigns, so the parameters have others.
    statement = (
        update(papers)
        .where(papers.c[key] == bindparam(f"told_{key}"))
        .values({name: bindparam(f"told_{name}") for name in changed} | constants)
    )
    told_names = [f"told_{name}" for name in names]
    tx.execute(statement, [dict(zip(told_names, row, strict=True)) for row in rows])


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
    told = make_postgresql_table(list(papers.columns))
    hash_bytes = func.decode(told.c.content_hash, "base64")
    values = [hash_bytes if one.name == "content_hash" else one for one in told.columns]
    statement = postgresql.insert(papers).from_select(papers.columns.keys(), select(*values))
    return replace_on_conflict(statement, papers)
