import pytest

from app.domain.errors import WorkStoppedError
from indexer.clock import Clock
from indexer.progress import SilentProgress
from indexer.stopping import LONGEST_NAP_SECONDS, StoppableProgress, StopSignal


class FakeTime:
    def __init__(self) -> None:
        self.moment = 0.0

    def sleep(self, seconds: float) -> None:
        self.moment += seconds

    def make_clock(self) -> Clock:
        return Clock(monotonic=lambda: self.moment, sleep=self.sleep)


def test_work_goes_on_until_it_may_not() -> None:
    answers = iter([True, True, False])
    progress = StoppableProgress(SilentProgress(), StopSignal(lambda: next(answers)))
    progress.start("Harvesting", None)
    progress.advance(1, "page 1")
    progress.advance(1, "page 2")
    with pytest.raises(WorkStoppedError, match="What was stored stays"):
        progress.advance(1, "page 3")
    progress.finish()


def test_a_wait_that_may_go_on_is_as_long_as_asked() -> None:
    time = FakeTime()
    StopSignal().make_clock(time.make_clock()).sleep(3.2)

    assert time.moment == pytest.approx(3.2)


def test_a_long_wait_ends_soon_after_the_signal() -> None:
    time = FakeTime()
    signal = StopSignal(lambda: time.moment < 10)
    with pytest.raises(WorkStoppedError):
        signal.make_clock(time.make_clock()).sleep(900)

    assert time.moment <= 10 + LONGEST_NAP_SECONDS
