"""Throw-away databases: migrated once a test process, copied for each test."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import NullPool, text

from app.db import migrate


def make_sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{path}"


def make_sqlite_template(folder: Path) -> Path:
    """A migrated, empty SQLite file to copy, its write-ahead log folded in."""
    path = folder / "template.db"
    migrate.upgrade(make_sqlite_url(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def copy_sqlite_template(template: Path, folder: Path) -> str:
    """The address of a fresh copy of the template."""
    path = folder / "papersift.db"
    shutil.copyfile(template, path)
    return make_sqlite_url(path)


class PostgresServer:
    """A PostgreSQL server on which databases may be made and dropped.

    Args:
        url: address of any of its databases, with the right to create others.
    """

    def __init__(self, url: str) -> None:
        self._url = sqlalchemy.make_url(url)

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The address of a new database, empty or a copy, dropped afterwards."""
        name = f"papersift_test_{uuid.uuid4().hex}"
        like = f" TEMPLATE {template}" if template else ""
        self._execute(f"CREATE DATABASE {name}{like}")
        try:
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = sqlalchemy.create_engine(
            self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()
