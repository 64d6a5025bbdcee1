"""The daily run: announcements, harvest, reconciliation, index; each stage reports by itself.

A stage that fails does not stop the later ones: without today's announcements the harvest is
still worth having, and without a harvest the index may still have something to catch up with.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from app.db import harvests
from app.db.session import Database
from app.domain.errors import PapersiftError
from app.domain.harvest import RunReport
from app.domain.jobs import JobKind

Stage = Callable[[], RunReport]
"""Does one stage's work, stores its own report when it succeeds, raises when it cannot."""

DAILY_STAGES = (JobKind.ANNOUNCEMENTS, JobKind.HARVEST, JobKind.RECONCILE, JobKind.INDEX)

log = structlog.get_logger()


class Pipeline:
    """Runs stages in order and remembers what each of them reported."""

    def __init__(
        self,
        database: Database,
        stages: Mapping[JobKind, Stage],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._stages = stages
        self._now = now

    def run(self, kind: JobKind, *, may_go_on: Callable[[], bool] = lambda: True) -> RunReport:
        """One report over all stages of a kind of job; `RUN` stands for the daily stages.

        Args:
            kind: what to do.
            may_go_on: asked before every stage; False ends the run there (lease lost, stop).
        """
        kinds = DAILY_STAGES if kind is JobKind.RUN else self._stages_for(kind)
        started_at = self._now()
        reports: list[RunReport] = []
        for stage in kinds:
            if not may_go_on():
                reports.append(self._make_stopped_report(stage))
                break
            reports.append(self._run_stage(stage))
        summary = self._summarise(kind, started_at, reports)
        if kind is JobKind.RUN:
            self._store(summary)
        return summary

    @staticmethod
    def _stages_for(kind: JobKind) -> tuple[JobKind, ...]:
        """The stage itself, and the index wherever papers may have changed."""
        if kind in (JobKind.HARVEST, JobKind.RECONCILE):
            return (kind, JobKind.INDEX)
        return (kind,)

    def _run_stage(self, kind: JobKind) -> RunReport:
        started_at = self._now()
        try:
            report = self._stages[kind]()
        except PapersiftError as error:
            report = self._store_failure(kind, started_at, str(error))
        except Exception as error:
            # A defect in one stage must neither end the scheduler nor be run again at once.
            log.exception("stage broke", stage=kind.value)
            message = f"Unforeseen error {type(error).__name__}: {error}. The log shows where."
            report = self._store_failure(kind, started_at, message)
        if report.succeeded:
            log.info("stage finished", stage=kind.value, report=report.message)
        else:
            log.error("stage failed", stage=kind.value, reason=report.message)
        return report

    def _store_failure(self, kind: JobKind, started_at: datetime, message: str) -> RunReport:
        report = RunReport(kind.value, started_at, self._now(), False, message)
        self._store(report)
        return report

    def _make_stopped_report(self, kind: JobKind) -> RunReport:
        moment = self._now()
        return RunReport(
            stage=kind.value,
            started_at=moment,
            finished_at=moment,
            succeeded=False,
            message=f"Stopped before {kind.value}; the next run continues from here.",
        )

    def _summarise(
        self, kind: JobKind, started_at: datetime, reports: Sequence[RunReport]
    ) -> RunReport:
        failed = [report for report in reports if not report.succeeded]
        chosen = failed or reports
        return RunReport(
            stage=kind.value,
            started_at=started_at,
            finished_at=self._now(),
            succeeded=not failed,
            message=" ".join(f"{report.stage}: {report.message}" for report in chosen),
            details={"stages": len(reports), "failed": len(failed)},
        )

    def _store(self, report: RunReport) -> None:
        with self._database.transaction() as tx:
            harvests.add_run(tx, report)
