"""What the database cannot do is said in one sentence, in our own errors."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from app.db.papers import count_papers, upsert_records
from app.db.session import Database
from app.domain.errors import SchemaOutOfDateError, StorageError
from tests.support.factories import NOON, make_record


def test_missing_tables_ask_for_a_migration(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("DROP TABLE change_counter"))

    def count() -> int:
        with database.read() as tx:
            return count_papers(tx)

    with pytest.raises(SchemaOutOfDateError, match="papersift migrate"):
        count()


def test_values_that_break_a_rule_are_refused(database: Database) -> None:
    def store_without_categories() -> None:
        with database.transaction() as tx:
            upsert_records(tx, [make_record(categories=())], now=NOON)

    with pytest.raises(StorageError, match="refused a value"):
        store_without_categories()


def test_a_reader_cannot_write_on_postgresql(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no read-only transactions")

    def write() -> None:
        with database.read() as tx:
            tx.execute(text("DELETE FROM state"))

    with pytest.raises(StorageError, match="read-only"):
        write()


def test_a_connection_that_read_can_write_next(database: Database) -> None:
    for _ in range(3):
        with database.read() as tx:
            before = count_papers(tx)
        with database.transaction() as tx:
            upsert_records(tx, [make_record(f"2405.{before + 1:05d}")], now=NOON)
    with database.read() as tx:
        assert count_papers(tx) == 3


def test_a_closed_database_opens_again(database: Database) -> None:
    database.check()
    database.close()
    database.check()


def test_a_file_restored_without_its_write_ahead_log_mode_gets_it_back(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    opened = Database(sqlite_url)
    with opened.read() as tx:
        assert tx.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    opened.close()
