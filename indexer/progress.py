"""How long work shows that it is alive: a bar on a terminal, log lines elsewhere."""

import time
from collections.abc import Callable
from typing import Protocol, TextIO

import structlog
from rich.console import Console
from rich.progress import (
    BarColumn,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

LOG_INTERVAL_SECONDS = 2.0
"""Without a terminal at most one line in this time is logged, the first and the last always.

Pages of a harvest are 3 s apart, so each of them gets its line.
"""

log = structlog.get_logger()


class Progress(Protocol):
    """What a stage tells about its work while it works."""

    def start(self, what: str, total: int | None) -> None:
        """Begin: what is being done, and how many units of it where that is known."""
        ...

    def advance(self, amount: int, note: str) -> None:
        """So many units more are done; `note` says where the work stands."""
        ...

    def finish(self) -> None:
        """The work ended, well or not."""
        ...


class SilentProgress:
    """Shows nothing: for tests and callers that report by themselves."""

    def start(self, what: str, total: int | None) -> None:
        """See `Progress.start`."""

    def advance(self, amount: int, note: str) -> None:
        """See `Progress.advance`."""

    def finish(self) -> None:
        """See `Progress.finish`."""


class TerminalProgress:
    """A bar with percentage, elapsed and remaining time where the total is known."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: RichProgress | None = None
        self._task = TaskID(0)

    def start(self, what: str, total: int | None) -> None:
        """See `Progress.start`."""
        self.finish()
        columns = [SpinnerColumn(), TextColumn("{task.description}")]
        if total is not None:
            columns += [BarColumn(), TaskProgressColumn(), TimeRemainingColumn()]
        self._bar = RichProgress(
            *columns, TimeElapsedColumn(), TextColumn("{task.fields[note]}"), console=self._console
        )
        self._task = self._bar.add_task(what, total=total, note="")
        self._bar.start()

    def advance(self, amount: int, note: str) -> None:
        """See `Progress.advance`."""
        if self._bar is not None:
            self._bar.update(self._task, advance=amount, note=note)

    def finish(self) -> None:
        """See `Progress.finish`."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class LogProgress:
    """Log lines, for cron, containers and files.

    Args:
        interval_seconds: least time between two lines; 0 logs every step.
        monotonic: the clock, injected.
    """

    def __init__(
        self,
        *,
        interval_seconds: float = LOG_INTERVAL_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval_seconds = interval_seconds
        self._monotonic = monotonic
        self._what = ""
        self._total: int | None = None
        self._done = 0
        self._unlogged_note = ""
        self._next_line_at = float("-inf")

    def start(self, what: str, total: int | None) -> None:
        """See `Progress.start`."""
        self._what, self._total, self._done = what, total, 0
        self._unlogged_note = ""
        self._next_line_at = float("-inf")
        log.info("started", work=what)

    def advance(self, amount: int, note: str) -> None:
        """See `Progress.advance`."""
        self._done += amount
        self._unlogged_note = note
        if self._monotonic() >= self._next_line_at:
            self._write_line()

    def finish(self) -> None:
        """See `Progress.finish`."""
        if self._unlogged_note:
            self._write_line()

    def _write_line(self) -> None:
        share = {}
        if self._total:
            share = {"percent": min(round(100 * self._done / self._total), 100)}
        log.info("working", work=self._what, at=self._unlogged_note, **share)
        self._unlogged_note = ""
        self._next_line_at = self._monotonic() + self._interval_seconds


def make_progress(stream: TextIO) -> Progress:
    """The display that suits a stream: a bar on a terminal, log lines elsewhere."""
    if stream.isatty():
        return TerminalProgress(Console(file=stream))
    return LogProgress()
