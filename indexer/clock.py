"""Time, handed in: what waits or dates something takes a `Clock`, so that tests need not wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The three faces of time.

    Attributes:
        now: the date and time, UTC; may jump when the machine's clock is set.
        monotonic: seconds since some fixed moment; never goes back.
        sleep: waits the given number of seconds.
    """

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


SYSTEM_CLOCK = Clock()
"""The machine's own clock."""
