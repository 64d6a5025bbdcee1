"""Compiled kernels are kept where there is room for them, and work where there is none."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="numba is not installed; there is nothing to keep")

from app.search.whoosh.codec.kernels_compile import (
    find_cache_folder,
    list_cache_parents,
)

ROOT = Path(__file__).parents[4]
PROGRAM = """
import app.search.whoosh.codec.kernels_compile as kernels_compile
double = kernels_compile.compiled(lambda number: 2 * number)
print(double(21), kernels_compile._IS_CACHED)
"""


def run(program: Path, environment: Mapping[str, str]) -> str:
    """A new process, since numba reads its settings once."""
    program.write_text(PROGRAM)
    result = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return result.stdout.strip()


def test_the_first_writable_folder_is_taken(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.touch()
    writable = tmp_path / "cache"
    found = find_cache_folder(iter([not_a_folder, writable]))
    assert found is not None
    assert found.parent == writable
    assert find_cache_folder(iter([not_a_folder])) is None
    assert find_cache_folder(iter([])) is None


def test_the_configured_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert next(list_cache_parents()) == tmp_path
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert next(list_cache_parents()).name == "__pycache__"


def test_kernels_compile_into_the_configured_folder(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert run(tmp_path / "program.py", {"NUMBA_CACHE_DIR": str(cache)}) == "42 True"
    (folder,) = cache.iterdir()
    assert folder.name.startswith("kernels-")
    assert list(folder.rglob("*.nbc"))
