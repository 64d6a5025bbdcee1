import io

import pytest
from rich.console import Console
from structlog.testing import capture_logs

from indexer.progress import LogProgress, SilentProgress, TerminalProgress, make_progress
from tests.support.harvesting import FakeTime


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def test_a_terminal_gets_a_bar_and_everything_else_gets_log_lines() -> None:
    assert isinstance(make_progress(Terminal()), TerminalProgress)
    assert isinstance(make_progress(io.StringIO()), LogProgress)


def test_log_lines_keep_their_distance_but_the_last_is_never_lost(time: FakeTime) -> None:
    progress = LogProgress(interval_seconds=2.0, monotonic=time.clock.monotonic)
    with capture_logs() as lines:
        progress.start("Harvesting cs", 4)
        progress.advance(1, "page 1")
        time.sleep(1.0)
        progress.advance(1, "page 2")
        time.sleep(1.5)
        progress.advance(1, "page 3")
        progress.advance(1, "page 4")
        progress.finish()
    assert [(line["event"], line.get("at"), line.get("percent")) for line in lines] == [
        ("started", None, None),
        ("working", "page 1", 25),
        ("working", "page 3", 75),
        ("working", "page 4", 100),
    ]


def test_without_a_total_no_share_is_claimed(time: FakeTime) -> None:
    progress = LogProgress(monotonic=time.clock.monotonic)
    with capture_logs() as lines:
        progress.start("Harvesting", None)
        progress.advance(5, "page 1")
        progress.finish()
    assert "percent" not in lines[1]


@pytest.mark.parametrize("total", [None, 10])
def test_the_bar_shows_what_is_done_and_where_the_work_stands(total: int | None) -> None:
    stream = Terminal()
    progress = TerminalProgress(Console(file=stream, force_terminal=True, width=160))
    progress.start("Harvesting cs", total)
    progress.advance(5, "page 2, 5,000 records (1,234/s), last datestamp 2026-11-19")
    progress.finish()
    progress.finish()
    shown = stream.getvalue()
    assert "Harvesting cs" in shown
    assert "last datestamp 2026-11-19" in shown
    assert ("50%" in shown) == (total == 10)


def test_advancing_before_the_start_or_after_the_end_is_harmless() -> None:
    stream = Terminal()
    for progress in (TerminalProgress(Console(file=stream)), SilentProgress()):
        progress.advance(1, "too early")
        progress.start("work", 1)
        progress.finish()
        progress.advance(1, "too late")
    assert "too" not in stream.getvalue()
