"""Harvest cursors, and the reports of every stage's runs."""

from datetime import datetime

import msgspec
from sqlalchemy import Row, insert, select

from app.db.models import harvest_cursors, runs
from app.db.session import Transaction
from app.db.upserts import make_upsert
from app.domain.harvest import HarvestCursor, RunReport

_decode_details = msgspec.json.Decoder(dict[str, int | str]).decode


def find_cursor(tx: Transaction, key: str) -> HarvestCursor | None:
    """The cursor named `key` (`HarvestWindow.cursor_key`); None before its first harvest."""
    row = tx.execute(
        select(harvest_cursors).where(harvest_cursors.c.cursor_key == key)
    ).one_or_none()
    if row is None:
        return None
    return HarvestCursor(
        key=row.cursor_key,
        next_from=row.next_from,
        window_from=row.window_from,
        resumption_token=row.resumption_token,
        pages=row.pages,
        response_date=row.response_date,
    )


def save_cursor(tx: Transaction, cursor: HarvestCursor) -> None:
    """Store the cursor in place of the one with its key.

    Called last in the transaction that stores the page, it can never be ahead of the papers.
    """
    tx.execute(
        make_upsert(tx.dialect.name, harvest_cursors).values(
            cursor_key=cursor.key,
            next_from=cursor.next_from,
            window_from=cursor.window_from,
            resumption_token=cursor.resumption_token,
            pages=cursor.pages,
            response_date=cursor.response_date,
        )
    )


def add_run(tx: Transaction, report: RunReport) -> int:
    """Store the report and return its number."""
    row_id: int = tx.execute(
        insert(runs)
        .values(
            stage=report.stage,
            started_at=report.started_at,
            finished_at=report.finished_at,
            succeeded=report.succeeded,
            message=report.message,
            details=msgspec.json.encode(report.details).decode(),
        )
        .returning(runs.c.run_id)
    ).scalar_one()
    return row_id


def list_runs(tx: Transaction, *, stage: str | None = None, limit: int = 20) -> list[RunReport]:
    """The last reports, of one stage or of all, the most recently stored first."""
    query = select(runs).order_by(runs.c.run_id.desc()).limit(limit)
    if stage is not None:
        query = query.where(runs.c.stage == stage)
    return [_make_report(row) for row in tx.execute(query)]


def list_runs_between(
    tx: Transaction, stage: str, first: datetime, last: datetime
) -> list[RunReport]:
    """The reports of the runs of a stage that began in a span of time, the oldest first."""
    query = (
        select(runs)
        .where(runs.c.stage == stage, runs.c.started_at.between(first, last))
        .order_by(runs.c.run_id)
    )
    return [_make_report(row) for row in tx.execute(query)]


def _make_report(row: Row[tuple[object, ...]]) -> RunReport:
    return RunReport(
        stage=row.stage,
        started_at=row.started_at,
        finished_at=row.finished_at,
        succeeded=row.succeeded,
        message=row.message,
        details=_decode_details(row.details),
    )
