"""Telling linear work from quadratic, whatever else the machine is doing."""

import time
from collections.abc import Callable

_SMALLEST_SECONDS = 0.01
"""Below this the clock's grain decides; shorter runs count as this long."""


def assert_linear(work: Callable[[int], object], *, length: int) -> None:
    """Fails when ten times the length takes more than forty times as long.

    Quadratic work would take a hundred times as long. Both are this thread's processor time, the
    best of three, so that a busy machine changes nothing.
    """

    def seconds(size: int) -> float:
        best = float("inf")
        for _ in range(3):
            begin = time.thread_time()
            work(size)
            best = min(best, time.thread_time() - begin)
        return best

    short = max(seconds(length // 10), _SMALLEST_SECONDS)
    assert seconds(length) < 40 * short
