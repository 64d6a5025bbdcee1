from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from tests.support.library import Library, build_library
from tests.support.services import open_use_cases


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Read by many tests, written by none."""
    return build_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def client(library: Library) -> Iterator[TestClient]:
    """A browser without scripts; the status is that of noon in May 2024."""
    app = create_app(library.settings)
    with open_use_cases(library) as use_cases, TestClient(app) as opened:
        app.state.use_cases = replace(app.state.use_cases, status=use_cases.status)
        yield opened
