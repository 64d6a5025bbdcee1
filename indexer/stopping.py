"""Ending work in good order: between two pages, batches or waits, never in a transaction.

Whoever starts work says when it may not go on (a signal came, the lease was lost). Stages need not
know: their progress display and their clock, which every one of them uses after each stored page
and for each wait, ask and raise.
"""

from collections.abc import Callable

from app.domain.errors import WorkStoppedError
from indexer.clock import SYSTEM_CLOCK, Clock
from indexer.progress import Progress

LONGEST_NAP_SECONDS = 0.5
"""A wait is cut into naps of this length, after each of which the question is asked again."""


class StopSignal:
    """Whether work may go on."""

    def __init__(self, may_go_on: Callable[[], bool] = lambda: True) -> None:
        self.may_go_on = may_go_on

    def check(self) -> None:
        """Return quietly while work may go on.

        Raises:
            WorkStoppedError: it may not.
        """
        if not self.may_go_on():
            raise WorkStoppedError(
                "Stopped as asked. What was stored stays, and the next run goes on from there."
            )

    def make_clock(self, clock: Clock = SYSTEM_CLOCK) -> Clock:
        """The same clock with waits that end when work may not go on."""

        def sleep(seconds: float) -> None:
            ends_at = clock.monotonic() + seconds
            self.check()
            while (left := ends_at - clock.monotonic()) > 0:
                clock.sleep(min(left, LONGEST_NAP_SECONDS))
                self.check()

        return Clock(now=clock.now, monotonic=clock.monotonic, sleep=sleep)


class StoppableProgress:
    """A display that ends the work after a step when it may not go on."""

    def __init__(self, shown: Progress, signal: StopSignal) -> None:
        self._shown = shown
        self._signal = signal

    def start(self, what: str, total: int | None) -> None:
        """See `Progress.start`."""
        self._shown.start(what, total)

    def advance(self, amount: int, note: str) -> None:
        """See `Progress.advance`; called when the step is stored.

        Raises:
            WorkStoppedError: the work may not go on.
        """
        self._shown.advance(amount, note)
        self._signal.check()

    def finish(self) -> None:
        """See `Progress.finish`."""
        self._shown.finish()
