"""Writers at the same time: numbers appear in order, nobody's work is lost, waiting ends."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text

from app.db.papers import (
    count_papers,
    get_last_change_number,
    get_paper,
    list_history,
    stream_changes,
    upsert_records,
)
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.errors import DatabaseUnavailableError
from app.domain.harvest import UpsertCounts
from tests.support.factories import NOON, TEAPOT_ID, make_id, make_record

PATIENCE_SECONDS = 30


def test_a_second_writer_waits_so_that_numbers_appear_in_order(database: Database) -> None:
    took_numbers, may_commit = threading.Event(), threading.Event()

    def write_first() -> None:
        with database.transaction() as tx:
            upsert_records(tx, [make_record(make_id(1)), make_record(make_id(2))], now=NOON)
            took_numbers.set()
            assert may_commit.wait(PATIENCE_SECONDS)

    def write_second() -> None:
        assert took_numbers.wait(PATIENCE_SECONDS)
        with database.transaction() as tx:
            upsert_records(tx, [make_record(make_id(3))], now=NOON)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(write_first), pool.submit(write_second)
        assert took_numbers.wait(PATIENCE_SECONDS)
        # The first has numbers 1 and 2 and has not committed: the second must not overtake it.
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        with database.read() as tx:
            assert stream_changes(tx, 0, 10) == []
        may_commit.set()
        first.result(PATIENCE_SECONDS)
        second.result(PATIENCE_SECONDS)
    with database.read() as tx:
        numbers = {p.arxiv_id: p.change_number for p in stream_changes(tx, 0, 10)}
    assert numbers == {make_id(1): 1, make_id(2): 2, make_id(3): 3}


def test_a_second_writer_of_the_same_paper_sees_what_the_first_stored(database: Database) -> None:
    took_numbers, may_commit = threading.Event(), threading.Event()

    def write(title: str, datestamp: date, *, goes_first: bool) -> UpsertCounts:
        if not goes_first:
            assert took_numbers.wait(PATIENCE_SECONDS)
        with database.transaction() as tx:
            counts = upsert_records(tx, [make_record(title=title, datestamp=datestamp)], now=NOON)
            took_numbers.set()
            assert may_commit.wait(PATIENCE_SECONDS)
        return counts

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(write, "Newer", date(2024, 5, 9), goes_first=True)
        second = pool.submit(write, "Older", date(2024, 5, 8), goes_first=False)
        assert took_numbers.wait(PATIENCE_SECONDS)
        may_commit.set()
        assert first.result(PATIENCE_SECONDS) == UpsertCounts(added=1)
        assert second.result(PATIENCE_SECONDS) == UpsertCounts(unchanged=1)
    with database.read() as tx:
        assert get_paper(tx, ArxivId(TEAPOT_ID)).title == "Newer"
        assert list_history(tx, ArxivId(TEAPOT_ID)) == []


def test_a_reader_beside_four_writers_never_misses_a_change(database: Database) -> None:
    batches, batch_size = 12, 5

    def write(writer: int) -> None:
        for batch in range(batches):
            first = (writer * batches + batch) * batch_size + 1
            records = [make_record(make_id(first + i)) for i in range(batch_size)]
            with database.transaction() as tx:
                upsert_records(tx, records, now=NOON)

    followed: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        while len(followed) < 4 * batches * batch_size:
            finished = all(writer.done() for writer in writers)
            with database.read() as tx:
                changes = stream_changes(tx, followed[-1] if followed else 0, 7)
            followed += [paper.change_number for paper in changes]
            if finished and not changes:
                break
        for writer in writers:
            writer.result(PATIENCE_SECONDS)
    assert followed == list(range(1, 4 * batches * batch_size + 1))
    with database.read() as tx:
        assert get_last_change_number(tx) == count_papers(tx) == len(followed)


def test_waiting_for_a_writer_ends_with_a_clear_error(
    database: Database, database_url: str
) -> None:
    hasty = Database(database_url, busy_timeout_seconds=0.2)

    def write_hastily() -> None:
        with hasty.transaction() as tx:
            upsert_records(tx, [make_record()], now=NOON)

    with database.transaction() as tx:
        upsert_records(tx, [make_record(make_id(1))], now=NOON)
        with pytest.raises(DatabaseUnavailableError, match="kept writing"):
            write_hastily()
    write_hastily()
    hasty.close()


def test_readers_do_not_wait_for_writers(database: Database) -> None:
    with database.transaction() as writer:
        upsert_records(writer, [make_record()], now=NOON)
        with database.read() as reader:
            assert count_papers(reader) == 0


def test_sqlite_is_set_up_for_several_processes(sqlite_url: str) -> None:
    opened = Database(sqlite_url, busy_timeout_seconds=1.5)
    with opened.read() as tx:
        found = {
            name: tx.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in (
                "journal_mode",
                "foreign_keys",
                "synchronous",
                "busy_timeout",
                "page_size",
            )
        }
    opened.close()
    normal = 1
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": normal,
        "busy_timeout": 1500,
        "page_size": 8192,
    }
