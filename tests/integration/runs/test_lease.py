import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db import leases
from app.db.session import Database
from app.domain.errors import AlreadyRunningError
from indexer.lease import RUNNER_LEASE, hold_lease, make_owner_name

ROOT = Path(__file__).parents[3]

HOLDER = """
import sys, time
from app.db.session import Database
from indexer.lease import hold_lease
with hold_lease(Database(sys.argv[1]), owner="there:2:b", ttl_seconds=float(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


def find_owner(database: Database) -> str | None:
    with database.read() as tx:
        lease = leases.find_lease(tx, RUNNER_LEASE)
    return lease.owner if lease else None


def test_a_second_runner_is_refused_and_told_who_holds_the_lease(database: Database) -> None:
    with (
        hold_lease(database, owner="here:1:a", ttl_seconds=30),
        pytest.raises(AlreadyRunningError, match=r"held by here:1:a until \d\d:\d\d:\d\d UTC"),
        hold_lease(database, owner="there:2:b", ttl_seconds=30),
    ):
        pass


def test_the_lease_is_given_back_at_the_end(database: Database) -> None:
    with hold_lease(database, owner="here:1:a", ttl_seconds=30):
        assert find_owner(database) == "here:1:a"
    assert find_owner(database) is None


def test_the_heartbeat_keeps_a_lease_beyond_its_time(database: Database) -> None:
    with hold_lease(database, owner="here:1:a", ttl_seconds=0.6) as lease:
        time.sleep(1.5)
        with database.read() as tx:
            row = leases.find_lease(tx, RUNNER_LEASE)
        assert row is not None
        assert row.expires_at > datetime.now(UTC)
        assert not lease.is_lost


def test_a_lease_taken_over_is_noticed(database: Database) -> None:
    with hold_lease(database, owner="here:1:a", ttl_seconds=0.6) as lease:
        with database.transaction() as tx:
            leases.release_lease(tx, RUNNER_LEASE, owner="here:1:a")
            leases.acquire_lease(
                tx, RUNNER_LEASE, owner="there:2:b", ttl_seconds=30, now=datetime.now(UTC)
            )
        deadline = time.monotonic() + 10
        while not lease.is_lost and time.monotonic() < deadline:
            time.sleep(0.05)
        assert lease.is_lost
    assert find_owner(database) == "there:2:b"


def test_the_lease_of_a_killed_process_expires_and_is_taken_over(tmp_path: Path) -> None:
    from app.db.migrate import upgrade

    url = f"sqlite:///{tmp_path / 'papersift.db'}"
    upgrade(url)
    database = Database(url)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, "1.5"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError), hold_lease(database, owner="a", ttl_seconds=1):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    time.sleep(1.6)
    with hold_lease(database, owner="here:1:a", ttl_seconds=1):
        assert find_owner(database) == "here:1:a"
    database.close()


def test_owner_names_differ_even_within_one_process() -> None:
    assert make_owner_name() != make_owner_name()
