"""Integration tests run on every database: SQLite always, PostgreSQL where a server is given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from app.db import migrate
from app.db.session import Database
from tests.support.databases import PostgresServer, copy_sqlite_template

POSTGRES_VARIABLE = "PAPERSIFT_TEST_POSTGRES"


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """The server that PAPERSIFT_TEST_POSTGRES names; skips the test where it names none."""
    url = os.environ.get(POSTGRES_VARIABLE)
    if not url:
        pytest.skip(
            f"{POSTGRES_VARIABLE} names no PostgreSQL server; `python tests/with_postgres.py "
            "pytest ...` starts one"
        )
    return PostgresServer(url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a migrated, empty database to copy."""
    with postgres_server.database() as url:
        migrate.upgrade(url)
        name = sqlalchemy.make_url(url).database
        assert name is not None
        yield name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path
) -> Iterator[str]:
    """The address of a fresh, migrated database; each test runs once on each kind."""
    if request.param == "sqlite":
        yield copy_sqlite_template(sqlite_template, tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database; each test runs once on each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()
