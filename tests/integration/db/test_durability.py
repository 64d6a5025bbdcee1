"""A writer killed at any moment leaves whole pages behind, and nothing else."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.harvests import find_cursor
from app.db.papers import (
    count_papers,
    get_last_change_number,
    get_paper,
    list_history,
    stream_changes,
    upsert_records,
)
from app.db.session import Database
from app.domain.harvest import UpsertCounts
from tests.integration.db.write_forever import CURSOR_KEY
from tests.support.factories import NOON, make_id, make_record

ROOT = Path(__file__).parents[3]
BATCH_SIZE = 50
STEPS = ["papers stored", "history stored", "cursor stored", "committed"]


def write_and_kill(url: str, *, after_lines: int, then_wait_seconds: float = 0.0) -> int:
    """Kill -9 the writer after it printed so many lines; returns the pages it committed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.db.write_forever", url, str(BATCH_SIZE)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline().strip() for _ in range(after_lines)]
        time.sleep(then_wait_seconds)
        child.kill()
        lines += child.stdout.read().splitlines()
    return lines.count("committed")


def check_whole_pages(database: Database, committed: int) -> None:
    with database.read() as tx:
        cursor = find_cursor(tx, CURSOR_KEY)
        pages = cursor.pages if cursor else 0
        # The last commit may have been made and not yet told.
        assert pages in (committed, committed + 1)
        assert count_papers(tx) == pages * BATCH_SIZE
        # Every page adds its papers and rewords the first.
        assert get_last_change_number(tx) == pages * (BATCH_SIZE + 1)
        changes = stream_changes(tx, 0, 100_000)
        assert len(changes) == pages * BATCH_SIZE
        if pages:
            assert get_paper(tx, make_id(1)).title == f"Reworded on page {pages}"
            assert len(list_history(tx, make_id(1))) == pages
        if database.dialect == "sqlite":
            assert tx.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert tx.execute(text("PRAGMA foreign_key_check")).all() == []


@pytest.mark.parametrize("step", range(len(STEPS)), ids=STEPS)
def test_nothing_is_half_written_wherever_the_writer_dies(
    database: Database, database_url: str, step: int
) -> None:
    committed = write_and_kill(database_url, after_lines=2 * len(STEPS) + step + 1)
    assert committed >= 2
    check_whole_pages(database, committed)
    with database.transaction() as tx:
        assert upsert_records(tx, [make_record("1001.0001")], now=NOON) == UpsertCounts(added=1)


@pytest.mark.slow
@pytest.mark.parametrize("attempt", range(15))
def test_nothing_is_half_written_when_the_writer_dies_at_random(
    database: Database, database_url: str, attempt: int
) -> None:
    pause = random.Random(attempt).uniform(0, 0.3)
    committed = write_and_kill(database_url, after_lines=1, then_wait_seconds=pause)
    check_whole_pages(database, committed)
