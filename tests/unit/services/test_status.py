"""What the service says about itself."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.db import harvests, jobs, leases, migrate
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.errors import DatabaseUnavailableError, IndexMissingError, SchemaOutOfDateError
from app.domain.harvest import RunReport
from app.domain.jobs import RUNNER_LEASE, JobKind
from app.services.use_cases import UseCases
from tests.support.databases import make_sqlite_url
from tests.support.factories import NOON, make_record
from tests.support.library import LEDGER_DAY, SERIES_SIZE, UNHELD_ID, Library
from tests.support.services import open_use_cases

PAPERS = SERIES_SIZE + 6


def test_the_report_counts_what_is_held_and_what_is_missing(use_cases: UseCases) -> None:
    report = use_cases.status.get_report()

    assert report.papers == PAPERS
    assert report.newest_submission_day == date(2024, 5, 3)
    assert report.latest_announced_day == LEDGER_DAY
    assert [run.stage for run in report.last_runs] == ["harvest"]
    assert [(r.category, r.announced, r.held) for r in report.receipts] == [("cs.CL", 3, 2)]
    assert [each.value for each in report.missing] == [UNHELD_ID]
    assert report.lease is None
    assert report.jobs == ()


def test_the_index_is_compared_with_the_database(use_cases: UseCases) -> None:
    index = use_cases.status.get_report().index

    assert index.state is not None
    assert index.state.papers == PAPERS
    assert index.changes_behind == 0
    assert index.problem == ""


def test_what_the_index_lacks_and_who_is_writing_is_reported(own_library: Library) -> None:
    database = Database(own_library.database_url)
    with database.transaction() as tx:
        upsert_records(tx, [make_record("2405.00001"), make_record("2405.00002")], now=NOON)
        leases.acquire_lease(tx, RUNNER_LEASE, owner="host:1:abc", ttl_seconds=60, now=NOON)
        jobs.add_job(tx, JobKind.HARVEST, now=NOON)
    database.close()

    with open_use_cases(own_library) as use_cases:
        report = use_cases.status.get_report()

    assert report.index.changes_behind == 2
    assert report.lease is not None
    assert report.lease.owner == "host:1:abc"
    assert [job.kind for job in report.jobs] == [JobKind.HARVEST]


def test_the_lease_of_a_dead_runner_is_not_reported(own_library: Library) -> None:
    database = Database(own_library.database_url)
    with database.transaction() as tx:
        long_ago = NOON - timedelta(hours=1)
        leases.acquire_lease(tx, RUNNER_LEASE, owner="ghost", ttl_seconds=60, now=long_ago)
    database.close()

    with open_use_cases(own_library) as use_cases:
        assert use_cases.status.get_report().lease is None


def test_the_line_names_the_last_run_that_brought_papers(own_library: Library) -> None:
    database = Database(own_library.database_url)
    later = NOON + timedelta(days=1)
    with database.transaction() as tx:
        failed = RunReport("harvest", later, later, succeeded=False, message="arXiv was away.")
        harvests.add_run(tx, failed)
    database.close()

    with open_use_cases(own_library) as use_cases:
        line = use_cases.status.get_line()

    assert line.papers == PAPERS
    assert (line.missing, line.is_compared) == (1, True)
    assert line.problem == ""
    assert line.last_run is not None
    assert line.last_run.message == "Harvested 43 records."


def test_a_ready_service_says_which_index_answers(use_cases: UseCases) -> None:
    assert use_cases.status.check_ready().papers == PAPERS


def test_without_an_index_the_service_is_not_ready_but_its_status_is_readable(
    tmp_path: Path,
) -> None:
    library = Library(tmp_path)
    migrate.upgrade(library.database_url)

    with open_use_cases(library) as use_cases:
        with pytest.raises(IndexMissingError, match="papersift"):
            use_cases.status.check_ready()
        report = use_cases.status.get_report()
        line = use_cases.status.get_line()

    assert report.papers == 0
    assert report.index.state is None
    assert "papersift" in report.index.problem
    assert line.problem == report.index.problem
    assert (line.missing, line.is_compared) == (0, False)


def test_what_went_wrong_is_told_without_the_folders_of_the_machine(
    own_library: Library,
) -> None:
    lost = f"[Errno 2] No such file or directory: '{own_library.folder / 'spool' / 'lost.xml'}'"
    database = Database(own_library.database_url)
    with database.transaction() as tx:
        harvests.add_run(tx, RunReport("index", NOON, NOON, False, lost))
        job = jobs.add_job(tx, JobKind.HARVEST, now=NOON)
        jobs.claim_job(tx, owner="host:1:abc", now=NOON)
        jobs.finish_job(tx, job.job_id, succeeded=False, message=lost, now=NOON)
    database.close()

    with open_use_cases(own_library) as use_cases:
        report = use_cases.status.get_report()

    told = [run.message for run in report.last_runs if run.stage == "index"]
    told += [job.message for job in report.jobs]
    assert told == ["[Errno 2] No such file or directory: 'lost.xml'"] * 2


def test_without_tables_or_a_database_the_service_says_what_to_run(tmp_path: Path) -> None:
    with (
        open_use_cases(Library(tmp_path)) as use_cases,
        pytest.raises((SchemaOutOfDateError, DatabaseUnavailableError), match="papersift"),
    ):
        use_cases.status.check_ready()


def test_the_library_is_where_it_says(library: Library) -> None:
    assert library.settings.resolved_index_dir == library.index_dir
    assert library.settings.resolved_database_url == make_sqlite_url(
        library.folder / "papersift.db"
    )
