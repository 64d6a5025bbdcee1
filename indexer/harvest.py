"""Stage 1: records of arXiv's OAI-PMH service become papers; one transaction a page.

The cursor is saved last in the transaction that stores a page, so it is never ahead of the papers,
wherever the process dies. Nothing is ever deleted because it is absent: only a record that says
`status="deleted"` becomes a tombstone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from app.db import harvests
from app.db.session import Database
from app.domain.harvest import HarvestWindow, RunReport
from indexer.clock import SYSTEM_CLOCK
from indexer.harvest_ids import harvest_ids
from indexer.harvest_run import HarvestRun
from indexer.oai.client import OaiClient
from indexer.progress import Progress, SilentProgress

__all__ = ["DEFAULT_OVERLAP_DAYS", "harvest", "harvest_ids", "harvest_sets"]

DEFAULT_OVERLAP_DAYS = 2
"""Days before the last harvest that are asked for again."""

MAX_REPORTED_RECORDS = 20
"""Skipped records named in a report; all are logged and counted."""


def harvest(
    database: Database,
    client: OaiClient,
    window: HarvestWindow,
    *,
    overlap_days: int = DEFAULT_OVERLAP_DAYS,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> RunReport:
    """The stored report of harvesting one window to its end.

    Goes on where the last run of the same format and set stopped, also in the middle of a list; a
    window with dates of its own is handled as `indexer.cursors` explains.

    Raises:
        UpstreamError: arXiv gave no usable answer. All pages before are stored with the cursor;
            calling again goes on from there.
        StorageError: the database failed; the last page was rolled back with its cursor.
    """
    started_at = now()
    shown = progress or SilentProgress()
    run = HarvestRun(database, client, window, overlap_days=overlap_days, now=now, progress=shown)
    shown.start(f"Harvesting {window.set_spec or 'all of arXiv'}", _count_days(run, started_at))
    try:
        run.read_to_the_end()
    finally:
        shown.finish()
    report = _make_report(run, started_at, now())
    with database.transaction() as tx:
        harvests.add_run(tx, report)
    return report


def harvest_sets(
    database: Database,
    client: OaiClient,
    windows: Sequence[HarvestWindow],
    *,
    overlap_days: int = DEFAULT_OVERLAP_DAYS,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> list[RunReport]:
    """The stored reports of several windows, e.g. one a set, harvested in order.

    Raises:
        UpstreamError: as `harvest`; the windows before are complete.
        StorageError: likewise.
    """
    return [
        harvest(database, client, each, overlap_days=overlap_days, now=now, progress=progress)
        for each in windows
    ]


def _count_days(run: HarvestRun, moment: datetime) -> int | None:
    """Days from the window's beginning to its end: arXiv tells no number of records."""
    first, last = run.window.from_date, run.window.until_date or moment.date()
    return (last - first).days + 1 if first is not None and first <= last else None


def _make_report(run: HarvestRun, started_at: datetime, finished_at: datetime) -> RunReport:
    counts, window = run.counts, run.window
    name = window.set_spec or "all of arXiv"
    message = (
        f"{name} since {window.from_date}: {counts.added:,} papers added, {counts.changed:,} "
        f"changed, {counts.unchanged:,} unchanged, {counts.deleted:,} deleted, {run.pages:,} pages"
    )
    if run.skipped:
        message += f", {len(run.skipped):,} records skipped"
    return RunReport(
        stage="harvest",
        started_at=started_at,
        finished_at=finished_at,
        succeeded=True,
        message=message + ".",
        details={
            "format": window.metadata_format.value,
            "set": window.set_spec,
            "from": str(window.from_date),
            "until": str(window.until_date or ""),
            "pages": run.pages,
            "records": counts.total,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "deleted": counts.deleted,
            "skipped": len(run.skipped),
            "skipped_records": "; ".join(
                f"{each.identifier}: {each.reason}" for each in run.skipped[:MAX_REPORTED_RECORDS]
            ),
            "last_datestamp": str(run.newest or ""),
        },
    )
