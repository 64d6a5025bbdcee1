"""Fixtures that every room's tests may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from app.db.session import Database
from tests.support.databases import copy_sqlite_template, make_sqlite_template
from tests.support.kernels import compile_kernels_once

# A machine that does something else for 200 ms is no defect; speed is measured by the benches.
settings.register_profile("default", deadline=None)
# A landing must not depend on the luck of the draw: CI tries the same examples every time, and
# developers' machines, which draw anew at each run, find the rare ones.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.items and not session.config.option.collectonly:
        compile_kernels_once()


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
