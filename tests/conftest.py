"""Fixtures that every room's tests may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db.session import Database
from tests.support.databases import copy_sqlite_template, make_sqlite_template


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    return copy_sqlite_template(sqlite_template, tmp_path)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A fresh, migrated SQLite database; under tests/integration, each database in turn."""
    opened = Database(sqlite_url)
    yield opened
    opened.close()
