"""What a command says: to people on the terminal, to programs as JSON, errors on one line."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

from app.domain.errors import PapersiftError

FAILURE_EXIT_CODE = 1
INTERRUPTED_EXIT_CODE = 130

P = ParamSpec("P")
R = TypeVar("R")

out = Console(highlight=False, soft_wrap=True)
"""Answers."""

notes = Console(stderr=True, highlight=False, soft_wrap=True)
"""What happens meanwhile, and errors."""


def say(text: str) -> None:
    """One line of what is happening; never part of an answer."""
    notes.print(text, markup=False)


def print_json(value: object) -> None:
    """An answer for programs: indented JSON on standard output, nothing else."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def fail(message: str, exit_code: int = FAILURE_EXIT_CODE) -> typer.Exit:
    """Say on one line what went wrong; the caller raises what is returned."""
    notes.print(f"papersift: {' '.join(message.split())}", markup=False, style="red")
    return typer.Exit(exit_code)


def reporting_errors(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose foreseeable errors are one clear line and a non-zero exit code."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except PapersiftError as error:
            raise fail(str(error)) from error
        except KeyboardInterrupt:
            raise fail(
                "stopped; what was stored stays, and the next run goes on from there",
                INTERRUPTED_EXIT_CODE,
            ) from None

    return wrapped
