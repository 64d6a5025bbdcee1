from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.harvest import HarvestCursor, HarvestWindow
from indexer.cursors import HarvestPlan, complete_cursor, plan_harvest, rewind_cursor
from indexer.oai.client import EARLIEST_DATESTAMP

KEY = "arXivRaw:*"
DAY = date(2026, 11, 20)
UNFINISHED = HarvestCursor(KEY, date(2026, 11, 10), date(2026, 11, 8), "token", 3)


def plan(window: HarvestWindow, main: HarvestCursor | None = None) -> HarvestPlan:
    return plan_harvest(window, main, None, overlap_days=2)


def test_without_any_cursor_a_harvest_begins_at_the_first_datestamp() -> None:
    made = plan(HarvestWindow())
    assert made.window.from_date == EARLIEST_DATESTAMP
    assert made.is_main
    assert made.cursor == HarvestCursor(KEY, None, EARLIEST_DATESTAMP)


def test_after_a_complete_run_the_next_overlaps_it() -> None:
    assert plan(HarvestWindow(), HarvestCursor(KEY, DAY)).window.from_date == date(2026, 11, 18)


def test_the_overlap_does_not_reach_before_the_first_datestamp() -> None:
    cursor = HarvestCursor(KEY, EARLIEST_DATESTAMP)
    assert plan(HarvestWindow(), cursor).window.from_date == EARLIEST_DATESTAMP


@pytest.mark.parametrize("from_date", [None, date(2026, 11, 8)])
def test_an_unfinished_run_goes_on_with_its_token(from_date: date | None) -> None:
    made = plan(HarvestWindow(from_date), UNFINISHED)
    assert made.cursor == UNFINISHED
    assert made.window.from_date == date(2026, 11, 8)


def test_an_earlier_beginning_takes_the_main_cursor_over() -> None:
    made = plan(HarvestWindow(date(2026, 1, 1)), UNFINISHED)
    assert made.is_main
    assert made.cursor == HarvestCursor(KEY, date(2026, 11, 10), date(2026, 1, 1))


def test_a_later_beginning_would_leave_a_gap_so_it_gets_a_cursor_of_its_own() -> None:
    made = plan(HarvestWindow(date(2026, 11, 15)), HarvestCursor(KEY, date(2026, 11, 10)))
    assert not made.is_main
    assert made.cursor.key == "arXivRaw:*:2026-11-15.."


def test_a_window_with_an_end_gets_a_cursor_of_its_own() -> None:
    made = plan(HarvestWindow(date(2020, 1, 1), date(2020, 12, 31)), None)
    assert not made.is_main
    assert complete_cursor(made.cursor, is_main=False, today=DAY).next_from is None


def test_a_rewound_run_keeps_its_beginning_and_its_promise() -> None:
    rewound = rewind_cursor(UNFINISHED)
    assert rewound == HarvestCursor(KEY, date(2026, 11, 10), date(2026, 11, 8))


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(server=days, today=days, window_from=days, promised=st.none() | days)
def test_a_promise_never_passes_either_clock_nor_falls_behind_what_was_read(
    server: date, today: date, window_from: date, promised: date | None
) -> None:
    cursor = HarvestCursor(
        KEY,
        promised,
        window_from,
        "token",
        1,
        datetime(server.year, server.month, server.day, 5, tzinfo=UTC),
    )
    done = complete_cursor(cursor, is_main=True, today=today)
    assert done.next_from is not None
    assert done.next_from >= window_from
    assert done.next_from <= max(min(server, today), window_from)
    assert (done.window_from, done.resumption_token) == (None, "")
