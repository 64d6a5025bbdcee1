"""Years, months and days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidDateError
from app.text.date_syntax import parse_day, parse_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-2", date(2023, 2, 1), date(2023, 2, 28)),
        (" 2024-05-31 ", date(2024, 5, 31), date(2024, 5, 31)),
        ("2024-5-3", date(2024, 5, 3), date(2024, 5, 3)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    assert parse_period(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "is not a date"),
        ("", "is not a date"),
        ("2024/05/01", "is not a date"),
        ("24-05-01", "is not a date"),
        ("٢٠٢٤", "is not a date"),
        ("2024-13", "no month 13"),
        ("2024-00-01", "no month 0"),
        ("2023-02-29", "ends on 2023-02-28"),
        ("2024-05-00", "no day 0"),
        ("0001", "out of range"),
        ("9999-12-31", "out of range"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidDateError, match=reason):
        parse_period(text)


def test_one_day_has_to_be_written_in_full() -> None:
    with pytest.raises(InvalidDateError, match="not one day"):
        parse_day("2024-05")


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_period(f"{day:%Y-%m}")[0].day == 1
    assert parse_period(f"{day:%Y-%m}")[1] >= day
