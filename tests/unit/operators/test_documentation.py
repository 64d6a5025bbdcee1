"""The examples in the docstrings of the operators run and are true."""

import importlib
import pkgutil

import pytest

import app.operators
from tests.unit.operators.support import run_doctests

MODULES = sorted(
    info.name for info in pkgutil.walk_packages(app.operators.__path__, "app.operators.")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_runs(name: str) -> None:
    assert run_doctests(importlib.import_module(name)).failed == 0


def test_the_public_packages_have_examples() -> None:
    for name in ("nope.attention", "rope.rotation", "softmax.projection", "top_k.threshold"):
        assert run_doctests(importlib.import_module(f"app.operators.{name}")).attempted > 0
