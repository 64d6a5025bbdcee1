"""When arXiv's lists appear."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from app.domain.announcement_times import get_due_moment, is_weekend


def test_lists_appear_at_midnight_in_new_york_whatever_the_clocks_say() -> None:
    try:
        new_york = ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database")
    first = date(2008, 1, 1)
    for number in range(20 * 366):
        day = first + timedelta(days=number)
        expected = datetime.combine(day, time(), new_york).astimezone(UTC)
        assert get_due_moment(day) == expected, day


def test_weekends_are_saturdays_and_sundays() -> None:
    monday = date(2024, 5, 6)

    assert [is_weekend(monday + timedelta(days=n)) for n in range(7)] == [False] * 5 + [True] * 2
