"""What the service holds, how fresh it is, and what is missing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from app.db.announcements import find_latest_day, list_receipts
from app.db.harvests import list_runs
from app.db.jobs import list_jobs
from app.db.leases import find_lease
from app.db.papers import count_papers, get_last_change_number, get_newest_submission_day
from app.db.session import Database, Transaction
from app.db.state import get_state
from app.domain.announcements import ReconciliationReceipt
from app.domain.arxiv_id import ArxivId
from app.domain.errors import PapersiftError, SearchIndexError
from app.domain.harvest import HOLDINGS_STATE, Holdings, RunReport
from app.domain.jobs import RUNNER_LEASE, Job, Lease
from app.domain.results import IndexState
from app.search.engine import SearchEngine
from app.text.server_paths import hide_folders

STAGES = ("run", "announcements", "harvest", "reconcile", "index", "import", "rebuild")
"""The stages of the writing side, in the order of a daily run, imports and rebuilds last."""

RECEIPT_DAYS = 14
"""How far back reconciliation receipts are shown, days."""

MAX_RECEIPTS = 1_000
MAX_JOBS = 10


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The search index next to the database.

    Attributes:
        state: None when there is no usable index.
        problem: what is wrong and what to do; empty while `state` is there.
        changes_behind: accepted changes that the index does not hold yet; None without an index.
    """

    state: IndexState | None
    problem: str
    changes_behind: int | None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Everything an operator, or a reader who wonders about a gap, wants to know.

    Everybody may read it: its messages name no folders of the machine.

    Attributes:
        papers: living papers in the database.
        last_change_number: number of the newest accepted change.
        newest_submission_day: day of the newest first version held.
        latest_announced_day: newest day of the announcement ledger.
        last_runs: the newest run of each stage that ever ran, in the order of `STAGES`.
        receipts: announced against held, newest first, for the last `RECEIPT_DAYS` days.
        missing: papers that these receipts still miss, each once.
        lease: who writes now; None when nobody does.
        jobs: newest first.
        holdings: how much of arXiv was ever fetched.
    """

    papers: int
    last_change_number: int
    newest_submission_day: date | None
    latest_announced_day: date | None
    index: IndexStatus
    last_runs: tuple[RunReport, ...]
    receipts: tuple[ReconciliationReceipt, ...]
    missing: tuple[ArxivId, ...]
    lease: Lease | None
    jobs: tuple[Job, ...]
    holdings: Holdings


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The state of the service in one line, for the head of pages.

    Attributes:
        papers: papers that can be searched; those stored, when there is no index.
        last_run: the newest harvest or import that succeeded; None before the first.
        missing: announced papers that are not held.
        is_compared: whether announcements were compared with what is held of late; without
            that nobody knows what is missing.
        problem: why searching does not work; empty when it does.
        holdings: how much of arXiv was ever fetched.
    """

    papers: int
    last_run: RunReport | None
    missing: int
    is_compared: bool
    problem: str
    holdings: Holdings


class StatusService:
    """Reports on the service; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._engine = engine
        self._now = now

    def check_ready(self) -> IndexState:
        """Return quietly when database and index can be used.

        Raises:
            StorageError: the database cannot; the message says what to do.
            SearchIndexError: the index cannot; the message says what to do.
        """
        self._database.check()
        return self._engine.get_state()

    def get_report(self) -> StatusReport:
        """The full report.

        Raises:
            StorageError: there is no usable database.
        """
        with self._database.read() as tx:
            receipts = self._list_receipts(tx)
            last_change_number = get_last_change_number(tx)
            return StatusReport(
                papers=count_papers(tx),
                last_change_number=last_change_number,
                newest_submission_day=get_newest_submission_day(tx),
                latest_announced_day=find_latest_day(tx),
                index=self._describe_index(last_change_number),
                last_runs=_list_last_runs(tx),
                receipts=receipts,
                missing=_list_missing(receipts),
                lease=self._find_living_lease(tx),
                jobs=tuple(
                    replace(job, message=hide_folders(job.message))
                    for job in list_jobs(tx, MAX_JOBS)
                ),
                holdings=_find_holdings(tx),
            )

    def get_line(self) -> StatusLine:
        """The state in one line.

        Raises:
            StorageError: there is no usable database.
        """
        try:
            papers, problem = self._engine.get_state().papers, ""
        except SearchIndexError as error:
            papers, problem = None, hide_folders(str(error))
        with self._database.read() as tx:
            receipts = self._list_receipts(tx)
            return StatusLine(
                papers=count_papers(tx) if papers is None else papers,
                last_run=_find_last_fill(tx),
                missing=len(_list_missing(receipts)),
                is_compared=bool(receipts),
                problem=problem,
                holdings=_find_holdings(tx),
            )

    def _list_receipts(self, tx: Transaction) -> tuple[ReconciliationReceipt, ...]:
        since = self._now().date() - timedelta(days=RECEIPT_DAYS)
        receipts = list_receipts(tx, since=since, limit=MAX_RECEIPTS)
        return tuple(sorted(receipts, key=lambda r: (-r.announced_on.toordinal(), r.category)))

    def _describe_index(self, last_change_number: int) -> IndexStatus:
        try:
            state = self._engine.get_state()
        except PapersiftError as error:
            return IndexStatus(None, hide_folders(str(error)), None)
        return IndexStatus(state, "", max(0, last_change_number - state.change_number))

    def _find_living_lease(self, tx: Transaction) -> Lease | None:
        lease = find_lease(tx, RUNNER_LEASE)
        return lease if lease is not None and lease.expires_at > self._now() else None


def _find_holdings(tx: Transaction) -> Holdings:
    return Holdings(get_state(tx, HOLDINGS_STATE) or Holdings.NOTHING)


def _list_last_runs(tx: Transaction) -> tuple[RunReport, ...]:
    newest = (list_runs(tx, stage=stage, limit=1) for stage in STAGES)
    return tuple(replace(run, message=hide_folders(run.message)) for runs in newest for run in runs)


def _find_last_fill(tx: Transaction) -> RunReport | None:
    """The newest run that brought papers and succeeded."""
    runs = [
        run
        for stage in ("harvest", "import")
        for run in list_runs(tx, stage=stage, limit=5)
        if run.succeeded
    ]
    return max(runs, key=lambda run: run.finished_at, default=None)


def _list_missing(receipts: tuple[ReconciliationReceipt, ...]) -> tuple[ArxivId, ...]:
    return tuple(dict.fromkeys(each for receipt in receipts for each in receipt.missing))
