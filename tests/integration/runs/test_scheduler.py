from datetime import UTC, datetime, timedelta

import pytest

from app.db import harvests, jobs
from app.db.session import Database
from app.domain.errors import InvalidInputError, UpstreamUnavailableError
from app.domain.harvest import RunReport
from app.domain.jobs import JobKind, JobStatus
from indexer.pipeline import DAILY_STAGES, Pipeline, Stage
from indexer.scheduler import Scheduler, parse_schedule

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RETRY_SECONDS = 1800.0


class FakeClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **kwargs: float) -> None:
        self.moment += timedelta(**kwargs)


class House:
    """A scheduler whose stages only note that they were run."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(MONDAY_NOON)
        self.done: list[str] = []
        self.failing: set[JobKind] = set()
        stages: dict[JobKind, Stage] = {
            kind: self.make_stage(kind) for kind in (*DAILY_STAGES, JobKind.REBUILD)
        }
        pipeline = Pipeline(database, stages, now=self.clock)
        self.scheduler = Scheduler(
            database,
            pipeline,
            schedule="30 5 * * mon-fri",
            owner="here:1:a",
            lease_seconds=60,
            poll_seconds=0.05,
            retry_seconds=RETRY_SECONDS,
            now=self.clock,
        )

    def make_stage(self, kind: JobKind) -> Stage:
        def stage() -> RunReport:
            if kind in self.failing:
                raise UpstreamUnavailableError(f"{kind.value} cannot reach arXiv", status=503)
            self.done.append(kind.value)
            moment = self.clock()
            report = RunReport(kind.value, moment, moment, True, f"{kind.value} done")
            with self.database.transaction() as tx:
                harvests.add_run(tx, report)
            return report

        return stage

    def list_runs(self, stage: str) -> list[RunReport]:
        with self.database.read() as tx:
            return harvests.list_runs(tx, stage=stage, limit=10)


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


DAILY = ["announcements", "harvest", "reconcile", "index"]


def test_a_database_that_was_never_filled_is_filled_at_once(house: House) -> None:
    assert house.scheduler.tick() is True
    assert house.done == DAILY


def test_nothing_is_run_twice_for_one_scheduled_moment(house: House) -> None:
    house.scheduler.tick()

    assert house.scheduler.tick() is False
    assert house.done == DAILY


@pytest.mark.parametrize("days_off", [1, 3])
def test_runs_missed_while_the_machine_was_off_are_caught_up_once(
    house: House, days_off: int
) -> None:
    house.scheduler.tick()
    house.clock.forward(days=days_off)

    assert [house.scheduler.tick() for _ in range(3)] == [True, False, False]
    assert house.done == DAILY * 2


def test_nothing_is_due_on_a_weekend(house: House) -> None:
    house.clock.moment = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)  # Friday, after the run
    house.scheduler.tick()
    house.clock.forward(days=2)

    assert house.scheduler.tick() is False
    house.clock.forward(days=1)
    assert house.scheduler.tick() is True


def test_a_failed_run_is_tried_again_after_the_retry_time_and_not_before(house: House) -> None:
    house.failing = {JobKind.HARVEST}
    house.scheduler.tick()
    house.failing = set()
    house.clock.forward(seconds=RETRY_SECONDS - 1)
    assert house.scheduler.tick() is False
    house.clock.forward(seconds=1)

    assert house.scheduler.tick() is True
    assert [run.succeeded for run in house.list_runs("run")] == [True, False]


def test_a_stage_that_fails_does_not_stop_the_later_ones_and_is_reported(house: House) -> None:
    house.failing = {JobKind.ANNOUNCEMENTS}
    house.scheduler.tick()

    assert house.done == ["harvest", "reconcile", "index"]
    report = house.list_runs("announcements")[0]
    assert (report.succeeded, report.message) == (False, "announcements cannot reach arXiv")
    summary = house.list_runs("run")[0]
    assert summary.message == "announcements: announcements cannot reach arXiv"
    assert summary.details == {"stages": 4, "failed": 1}


def test_a_requested_job_is_run_and_its_outcome_noted(house: House) -> None:
    house.scheduler.tick()
    with house.database.transaction() as tx:
        job = jobs.add_job(tx, JobKind.REBUILD, now=house.clock())

    assert house.scheduler.tick() is True
    with house.database.read() as tx:
        finished = jobs.list_jobs(tx, 1)[0]
    assert house.done[-1] == "rebuild"
    assert (finished.job_id, finished.status, finished.message) == (
        job.job_id,
        JobStatus.DONE,
        "rebuild: rebuild done",
    )


def test_a_requested_harvest_brings_the_index_up_to_date_too(house: House) -> None:
    house.scheduler.tick()
    with house.database.transaction() as tx:
        jobs.add_job(tx, JobKind.HARVEST, now=house.clock())
    house.scheduler.tick()

    assert house.done[4:] == ["harvest", "index"]


def test_a_job_that_fails_is_marked_failed_with_the_reason(house: House) -> None:
    house.scheduler.tick()
    house.failing = {JobKind.REBUILD}
    with house.database.transaction() as tx:
        jobs.add_job(tx, JobKind.REBUILD, now=house.clock())
    house.scheduler.tick()
    with house.database.read() as tx:
        finished = jobs.list_jobs(tx, 1)[0]

    assert finished.status is JobStatus.FAILED
    assert finished.message == "rebuild: rebuild cannot reach arXiv"


def test_a_run_stops_between_stages_when_it_may_not_go_on(house: House) -> None:
    answers = iter([True, True, False])
    house.scheduler.tick(may_go_on=lambda: next(answers))

    assert house.done == ["announcements", "harvest"]
    assert house.list_runs("run")[0].message == (
        "reconcile: Stopped before reconcile; the next run continues from here."
    )


@pytest.mark.parametrize("expression", ["", "every day", "61 5 * * *", "5 * *"])
def test_a_bad_schedule_says_what_to_write(expression: str) -> None:
    with pytest.raises(InvalidInputError, match=r"PAPERSIFT_SCHEDULE='30 5 \* \* mon-fri'"):
        parse_schedule(expression)


def test_the_default_schedule_names_the_weekdays_after_arxivs_announcements(
    house: House,
) -> None:
    house.clock.moment = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)

    assert house.scheduler.get_next_run() == datetime(2026, 11, 30, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekdays", "expected_day"), [("1", 23), ("1-5", 23), ("0", 29), ("7", 29), ("2,6", 24)]
)
def test_numbers_of_weekdays_are_read_as_cron_reads_them(weekdays: str, expected_day: int) -> None:
    """APScheduler counts Monday as 0; cron, and everybody who writes a crontab, as 1."""
    sunday_noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    trigger = parse_schedule(f"30 5 * * {weekdays}")

    expected = datetime(2026, 11, expected_day, 5, 30, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, sunday_noon) == expected
