"""The command line with real processes against a server on loopback: harvest, schedule, status."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.db import harvests, jobs, leases, papers
from app.db.migrate import upgrade
from app.db.session import Database
from app.domain.errors import StorageError
from app.domain.jobs import JobKind, JobStatus
from indexer.lease import RUNNER_LEASE
from tests.support.feeds import Update, make_items, render_rss
from tests.support.oai_catalogue import Catalogue, make_server_record
from tests.support.oai_server import OaiServer, refused

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60.0
PAPERS = 10


class House:
    """A data folder, a server of records, and the commands that work on both."""

    def __init__(self, folder: Path, server: OaiServer) -> None:
        self.folder = folder
        self.server = server
        self.url = f"sqlite:///{folder / 'data' / 'papersift.db'}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PAPERSIFT_")}
        self.environment = {
            **kept,
            "PAPERSIFT_DATA_DIR": str(folder / "data"),
            "PAPERSIFT_OAI_URL": server.oai_url,
            "PAPERSIFT_RSS_URL": server.address,
            "PAPERSIFT_RSS_ARCHIVES": "cs",
            "PAPERSIFT_PACING_SECONDS": "0",
            "PAPERSIFT_PACING_FILE": str(folder / "pacing"),
            "PAPERSIFT_MAX_ATTEMPTS": "1",
            "PAPERSIFT_JOB_POLL_SECONDS": "0.2",
            "PAPERSIFT_LEASE_SECONDS": "3",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "300",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "indexer", *arguments],
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    @contextmanager
    def scheduler(self) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "indexer", "schedule"],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    @contextmanager
    def database(self) -> Iterator[Database]:
        database = Database(self.url)
        try:
            yield database
        finally:
            database.close()

    def wait_for(self, condition: Callable[[Database], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if (self.folder / "data" / "papersift.db").exists():
                with self.database() as database:
                    if condition(database):
                        return
            time.sleep(0.1)
        raise AssertionError("it never happened")


def has_run(stage: str, at_least: int = 1) -> Callable[[Database], bool]:
    def check(database: Database) -> bool:
        try:
            with database.read() as tx:
                return len(harvests.list_runs(tx, stage=stage, limit=at_least)) >= at_least
        except StorageError:  # the tables may not be there yet
            return False

    return check


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    catalogue = Catalogue()
    catalogue.now = datetime.now(UTC)
    today = catalogue.today
    for number in range(1, PAPERS + 1):
        catalogue.put(make_server_record(number, today))
    with OaiServer(catalogue) as server:
        updates = [
            Update(f"2609.{number:05d}", 1, "new", ("cs.CL",), ("cs.CL",))
            for number in range(1, PAPERS + 1)
        ]
        server.feeds["/rss/cs"] = render_rss(today, make_items(updates, "cs"))
        yield House(tmp_path, server)


def test_an_empty_database_is_harvested_where_arxiv_answers(house: House) -> None:
    done = house.run("harvest", "--days", "3", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["succeeded"] is True
    found = json.loads(house.run("search", "invented", "--json").stdout)
    assert found["total"] == PAPERS


def test_one_whole_run_reads_announcements_papers_and_gaps(house: House) -> None:
    withheld = "2609.00007"
    record = next(each for each in house.server.catalogue.records if each.arxiv_id == withheld)
    hidden = house.server.catalogue._records.pop(withheld)
    first = house.run("harvest", "--once")
    status: dict[str, Any] = json.loads(house.run("status", "--json").stdout)

    assert first.returncode == 0, first.stderr
    assert status["papers"] == PAPERS - 1
    assert status["missing"] == [withheld]
    assert status["receipts"][0]["announced"] == PAPERS

    house.server.catalogue._records[withheld] = hidden
    house.run("harvest", "--once")
    healed: dict[str, Any] = json.loads(house.run("status", "--json").stdout)
    assert healed["papers"] == PAPERS
    assert healed["missing"] == []
    assert healed["receipts"][0]["repaired_at"] is not None
    assert record.arxiv_id in house.run("search", "invented", "--limit", "20").stdout


def test_a_failed_harvest_is_one_clear_line_and_a_failing_exit_code(house: House) -> None:
    house.server.faults.extend([refused(503)] * 3)
    done = house.run("harvest", "--days", "3")

    assert done.returncode == 1
    assert "503" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_scheduler_fills_an_empty_database_and_stops_when_told(house: House) -> None:
    with house.scheduler() as process:
        house.wait_for(has_run("run"))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0
    assert said.rstrip().endswith("Stopped.")
    with house.database() as database, database.read() as tx:
        assert papers.count_papers(tx) == PAPERS
        assert leases.find_lease(tx, RUNNER_LEASE) is None


def test_a_requested_run_is_done_by_the_running_scheduler(house: House) -> None:
    with house.scheduler():
        house.wait_for(has_run("run"))
        with house.database() as database, database.transaction() as tx:
            jobs.add_job(tx, JobKind.REBUILD, now=datetime.now(UTC))

        def is_done(database: Database) -> bool:
            with database.read() as tx:
                return jobs.list_jobs(tx, 1)[0].status is JobStatus.DONE

        house.wait_for(is_done)


def test_a_second_scheduler_stands_by_and_takes_over_from_a_killed_one(house: House) -> None:
    with house.scheduler() as first:
        house.wait_for(has_run("run"))
        with house.database() as database, database.read() as tx:
            owner = leases.find_lease(tx, RUNNER_LEASE)
        assert owner is not None
        with house.scheduler():
            refused_run = house.run("harvest", "--days", "1")
            first.kill()
            first.wait()

            def is_taken_over(database: Database) -> bool:
                with database.read() as tx:
                    lease = leases.find_lease(tx, RUNNER_LEASE)
                return lease is not None and lease.owner != owner.owner

            house.wait_for(is_taken_over)

    assert refused_run.returncode == 1
    assert f"held by {owner.owner}" in refused_run.stderr


def test_a_health_check_tells_a_living_scheduler_from_a_dead_one(house: House) -> None:
    upgrade(house.url)
    assert house.run("status", "--check-scheduler").returncode == 1
    with house.scheduler():
        house.wait_for(has_run("run"))
        assert house.run("status", "--check-scheduler").returncode == 0


def test_a_killed_harvest_goes_on_and_ends_complete(house: House) -> None:
    for number in range(PAPERS + 1, 60):
        house.server.catalogue.put(
            make_server_record(number, house.server.catalogue.today - timedelta(days=1))
        )
    house.server.before_answer = lambda _: time.sleep(0.15)
    process = subprocess.Popen(
        [sys.executable, "-m", "indexer", "harvest", "--all"],
        cwd=house.folder,
        env={**house.environment, "PAPERSIFT_LEASE_SECONDS": "1.5"},
        stderr=subprocess.DEVNULL,
    )
    with process:

        def has_some(database: Database) -> bool:
            try:
                with database.read() as tx:
                    return papers.count_papers(tx) > 0
            except StorageError:  # the tables may not be there yet
                return False

        house.wait_for(has_some)
        process.kill()
    house.server.before_answer = lambda _: None
    time.sleep(1.6)  # until the dead one's lease is over
    done = house.run("harvest")

    assert done.returncode == 0, done.stderr
    with house.database() as database, database.read() as tx:
        assert papers.count_papers(tx) == 59
