"""When the daily run happens, and who does it.

One loop, no hidden queue: every few seconds the runner asks whether a run is due and whether
somebody requested one. Because "due" is computed from the last run in the database, runs missed
while the machine was off are caught up once, however many were missed.
"""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.triggers.cron import CronTrigger

from app.db import harvests, jobs
from app.db.session import Database
from app.domain.errors import AlreadyRunningError, InvalidInputError, StorageError
from app.domain.jobs import Job, JobKind
from indexer.lease import hold_lease
from indexer.pipeline import Pipeline

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WEEKDAY_RANGE = re.compile(r"(?<![/\w])([0-7])(?:-([0-7]))?(?![\w])")

log = structlog.get_logger()


def parse_schedule(expression: str) -> CronTrigger:
    """The trigger of a five-field cron expression, in UTC; weekday 0 and 7 are Sunday.

    Raises:
        InvalidInputError: the expression cannot be read.
    """
    try:
        *fields, weekdays = expression.split()
        named = _WEEKDAY_RANGE.sub(_name_weekdays, weekdays)
        return CronTrigger.from_crontab(" ".join([*fields, named]), timezone=UTC)
    except ValueError as error:
        raise InvalidInputError(
            f"The schedule {expression!r} is not a cron expression ({error}). Write five fields "
            "(minute hour day month weekday), e.g. PAPERSIFT_SCHEDULE='30 5 * * mon-fri'."
        ) from error


def _name_weekdays(match: re.Match[str]) -> str:
    """Weekday numbers as names: APScheduler counts from Monday, cron from Sunday."""
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise ValueError(f"weekdays {match[0]} run backwards")
    return ",".join(_WEEKDAYS[number % 7] for number in range(first, last + 1))


def find_missed_run(trigger: CronTrigger, last: datetime, now: datetime) -> datetime | None:
    """The first moment after `last` when a run was due, if that moment has come."""
    due: datetime | None = trigger.get_next_fire_time(last, last + timedelta(microseconds=1))
    return due if due is not None and due <= now else None


class Scheduler:
    """Runs the pipeline when it is due or requested, while holding the runner's lease."""

    def __init__(
        self,
        database: Database,
        pipeline: Pipeline,
        *,
        schedule: str,
        owner: str,
        lease_seconds: float,
        poll_seconds: float,
        retry_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._pipeline = pipeline
        self._trigger = parse_schedule(schedule)
        self._owner = owner
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._retry_after = timedelta(seconds=retry_seconds)
        self._now = now
        self._is_waiting_logged = False

    def run_forever(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; a database that is away for a while is waited for."""
        while not stop.is_set():
            try:
                self._hold_and_serve(stop)
            except AlreadyRunningError as error:
                if not self._is_waiting_logged:
                    log.info("standing by", reason=str(error))
                    self._is_waiting_logged = True
            except StorageError as error:
                log.error("database not usable, trying again", reason=str(error))
            stop.wait(self._poll_seconds)

    def _hold_and_serve(self, stop: threading.Event) -> None:
        with hold_lease(
            self._database, owner=self._owner, ttl_seconds=self._lease_seconds, now=self._now
        ) as lease:
            self._is_waiting_logged = False
            log.info("scheduler runs", owner=self._owner, next_run=str(self.get_next_run()))
            with self._database.transaction() as tx:
                jobs.requeue_orphans(tx, living_owner=self._owner, now=self._now())
            while not stop.is_set() and not lease.is_lost:
                self.tick(may_go_on=lambda: not (stop.is_set() or lease.is_lost))
                stop.wait(self._poll_seconds)

    def tick(self, *, may_go_on: Callable[[], bool] = lambda: True) -> bool:
        """Do at most one run: the one that is due, else the oldest requested job.

        Returns:
            Whether anything was run.
        """
        if self._is_due():
            self._pipeline.run(JobKind.RUN, may_go_on=may_go_on)
            return True
        job = self._claim_job()
        if job is None:
            return False
        report = self._pipeline.run(job.kind, may_go_on=may_go_on)
        with self._database.transaction() as tx:
            jobs.finish_job(
                tx,
                job.job_id,
                succeeded=report.succeeded,
                message=report.message,
                now=self._now(),
            )
        return True

    def get_next_run(self) -> datetime | None:
        """The next moment the schedule names, UTC."""
        moment: datetime | None = self._trigger.get_next_fire_time(None, self._now())
        return moment

    def _claim_job(self) -> Job | None:
        # Look before locking: an idle scheduler must not take the write lock every few seconds.
        with self._database.read() as tx:
            if not jobs.has_queued_job(tx):
                return None
        with self._database.transaction() as tx:
            return jobs.claim_job(tx, owner=self._owner, now=self._now())

    def _is_due(self) -> bool:
        """Whether a run was missed, has to be retried, or nothing was ever harvested."""
        now = self._now()
        with self._database.read() as tx:
            runs = harvests.list_runs(tx, stage=JobKind.RUN.value, limit=1)
            fills = harvests.list_runs(tx, stage=JobKind.HARVEST.value, limit=1)
        if not runs and not fills:
            return True
        last = runs[0] if runs else fills[0]
        if not last.succeeded and now - last.finished_at >= self._retry_after:
            return True
        return find_missed_run(self._trigger, last.started_at, now) is not None
