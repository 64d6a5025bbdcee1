"""The house is as ARCHITECTURE.md draws it; what import-linter cannot say is said here."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "indexer", "migrations")
LONGEST_MODULE = 400
TABLES_OF_DATA = {"app/domain/taxonomy.py"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "misc"}


def list_modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def test_modules_are_short() -> None:
    for path in list_modules():
        name = path.relative_to(ROOT).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LONGEST_MODULE or name in TABLES_OF_DATA, f"{name} has {lines} lines"


def test_no_module_has_a_name_that_says_nothing() -> None:
    for path in list_modules():
        assert path.stem not in FORBIDDEN_NAMES, path


def test_packages_only_export() -> None:
    for path in list_modules():
        if path.name == "__init__.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
                is_export = isinstance(node, ast.Import | ast.ImportFrom | ast.Assign)
                assert is_text or is_export, f"{path} does work at line {node.lineno}"


def test_the_domain_stands_on_the_standard_library_alone() -> None:
    for path in sorted((ROOT / "app" / "domain").glob("*.py")):
        for module in imported_modules(path):
            root = module.split(".")[0]
            allowed = root in sys.stdlib_module_names or module.startswith("app.domain")
            assert allowed, f"{path.name} imports {module}"


def test_only_composition_roots_read_settings() -> None:
    allowed = {"app/main.py", "app/api/deps.py", "migrations/env.py"}
    for path in list_modules():
        name = path.relative_to(ROOT).as_posix()
        if name in allowed or name.startswith(("indexer/cli/", "indexer/__main__")):
            continue
        assert "app.settings" not in imported_modules(path), name


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_web_process_passes_its_tests_without_the_indexer(tmp_path: Path) -> None:
    for name in ("app", "migrations", "static", "tests", "pyproject.toml", "alembic.ini"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    # An editable install would find the real indexer: the copy must come first and alone. Without
    # numba the search runs on numpy, as it must; compiling it anew for a copy would take a minute.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.abc, sys\n"
        "class Absent(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('indexer', 'numba'):\n"
        "            raise ModuleNotFoundError(f'{name} is deleted', name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-m", "not slow and not postgres", "-k", "not fuzz", "tests/api"],
        cwd=tmp_path, check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
