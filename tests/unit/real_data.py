"""Real records that stay outside the repository: found, or the test is skipped with a reason."""

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]


def data_file(name: str) -> Path:
    """The path of `name` below PAPERSIFT_DATA or ../shared/data; skips where it is absent."""
    folder = os.environ.get("PAPERSIFT_DATA") or _REPOSITORY.parent / "shared" / "data"
    path = Path(folder) / name
    if not path.exists():
        pytest.skip(f"{name} is not here: set PAPERSIFT_DATA to the folder of real records")
    return path
