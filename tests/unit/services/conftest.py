from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.use_cases import UseCases
from tests.support.library import Library, build_library, copy_library
from tests.support.services import open_use_cases


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Read by many tests, written by none."""
    return build_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def own_library(library: Library, tmp_path: Path) -> Library:
    """A copy that the test may change."""
    return copy_library(library, tmp_path / "library")


@pytest.fixture(scope="session")
def use_cases(library: Library) -> Iterator[UseCases]:
    with open_use_cases(library) as cases:
        yield cases
