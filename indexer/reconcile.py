"""Announced against held: gaps in recent lists are shown, fetched by id, and shown as repaired."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.db import announcements, harvests, papers
from app.db.session import Database
from app.domain.announcements import ReconciliationReceipt
from app.domain.arxiv_id import ArxivId
from app.domain.errors import UpstreamError
from app.domain.harvest import MetadataFormat, RunReport
from indexer.clock import SYSTEM_CLOCK
from indexer.harvest_ids import FetchedIds, store_by_id
from indexer.oai.client import OaiClient
from indexer.progress import Progress

RECONCILED_DAYS = 14
"""Days back that are looked at; what arXiv does not give in that time is not there."""

MAX_FETCHES_PER_RUN = 500
"""Papers fetched by id in one run: 25 minutes at arXiv's pace. The next run takes the rest."""

MAX_RECEIPTS_READ = 10_000
"""Enough for all lists of `RECONCILED_DAYS`."""


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The state of all unreconciled lists at one moment."""

    receipts: tuple[ReconciliationReceipt, ...]
    announced: int

    @property
    def missing(self) -> list[ArxivId]:
        """Missing papers, each once, the newest day first."""
        newest_first = sorted(self.receipts, key=lambda each: each.announced_on, reverse=True)
        return list(dict.fromkeys(one for each in newest_first for one in each.missing))


def reconcile(
    database: Database,
    client: OaiClient,
    *,
    days: int = RECONCILED_DAYS,
    max_fetches: int = MAX_FETCHES_PER_RUN,
    metadata_format: MetadataFormat = MetadataFormat.ARXIV_RAW,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> RunReport:
    """The stored report of comparing recent lists with the papers held, and filling the gaps.

    Every list without a complete receipt is counted first, so that a gap is on record before it
    is repaired; then missing papers are fetched by id, and the receipts written anew.

    Args:
        days: how many days back lists are looked at.
        max_fetches: most papers asked for; the rest stays on the receipts for the next run.

    Raises:
        UpstreamError: arXiv gave no usable answer; receipts show what was repaired until then.
    """
    started_at = now()
    since = started_at.date() - timedelta(days=days)
    before = _take_stock(database, since, now())
    wanted = before.missing[:max_fetches]
    fetched: FetchedIds | None = None
    failure: UpstreamError | None = None
    if wanted:
        try:
            fetched = store_by_id(
                database, client, wanted, metadata_format=metadata_format, now=now,
                progress=progress,
            )  # fmt: skip
        except UpstreamError as error:
            failure = error
    after = _take_stock(database, since, now()) if wanted else before
    if failure is not None:
        raise failure
    report = _make_report(before, after, fetched, started_at, now())
    with database.transaction() as tx:
        harvests.add_run(tx, report)
    return report


def _take_stock(database: Database, since: date, moment: datetime) -> _Gaps:
    """Count every unreconciled list and store its receipt."""
    receipts: list[ReconciliationReceipt] = []
    announced: set[tuple[date, ArxivId]] = set()
    with database.transaction() as tx:
        earlier = {
            (each.announced_on, each.category): each
            for each in announcements.list_receipts(tx, since=since, limit=MAX_RECEIPTS_READ)
        }
        for day, category in announcements.list_unreconciled(tx, since=since):
            ids = list(dict.fromkeys(announcements.list_announced_ids(tx, day, category)))
            receipt = ReconciliationReceipt(
                announced_on=day,
                category=category,
                announced=len(ids),
                held=len(ids),
                missing=tuple(papers.find_missing_ids(tx, ids)),
                checked_at=moment,
            )
            receipt = replace(receipt, held=receipt.announced - len(receipt.missing))
            receipt = _mark_repair(receipt, earlier.get((day, category)), moment)
            announcements.save_receipt(tx, receipt)
            receipts.append(receipt)
            announced.update((day, each) for each in ids)
    return _Gaps(tuple(receipts), len(announced))


def _mark_repair(
    receipt: ReconciliationReceipt, earlier: ReconciliationReceipt | None, moment: datetime
) -> ReconciliationReceipt:
    """The receipt with the time of its repair, where an earlier one showed a gap."""
    if receipt.missing or earlier is None:
        return receipt
    repaired_at = moment if earlier.missing else earlier.repaired_at
    return replace(receipt, repaired_at=repaired_at)


def _make_report(
    before: _Gaps,
    after: _Gaps,
    fetched: FetchedIds | None,
    started_at: datetime,
    finished_at: datetime,
) -> RunReport:
    gaps, left = before.missing, after.missing
    unknown = fetched.unknown if fetched is not None else ()
    repaired = len(gaps) - len(left)
    message = f"{before.announced:,} announced in {len(before.receipts):,} lists to check"
    if gaps:
        message += f", {len(gaps):,} missing, {repaired:,} fetched by id, {len(left):,} left"
    else:
        message += ", all held"
    if unknown:
        message += f"; arXiv does not know {_list_ids(unknown)}"
    return RunReport(
        stage="reconcile",
        started_at=started_at,
        finished_at=finished_at,
        succeeded=True,
        message=message + ".",
        details={
            "lists": len(before.receipts),
            "announced": before.announced,
            "missing": len(gaps),
            "repaired": repaired,
            "still_missing": len(left),
            "missing_ids": _list_ids(gaps),
            "still_missing_ids": _list_ids(left),
        },
    )


def _list_ids(ids: Sequence[ArxivId], limit: int = 20) -> str:
    shown = ", ".join(map(str, ids[:limit]))
    return f"{shown} and {len(ids) - limit:,} more" if len(ids) > limit else shown
