"""Dates as people write them in a range: a year, a month or a day."""

import calendar
import re
from datetime import date

from app.domain.errors import InvalidDateError

FIRST_YEAR = 1900
LAST_YEAR = 2999
"""Years beyond these are taken for typing mistakes; arXiv began in 1991."""

_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


def parse_period(text: str) -> tuple[date, date]:
    """The first and the last day of a year, a month or a day.

    Raises:
        InvalidDateError: `text` is none of these, or there is no such day.

    >>> parse_period("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise InvalidDateError(
            f'"{text.strip()[:40]}" is not a date. Write 2024, 2024-05 or 2024-05-31.'
        )
    year, month, day = (int(part) if part is not None else None for part in match.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidDateError(
            f"The year {year} is out of range. Years from {FIRST_YEAR} to {LAST_YEAR} are read."
        )
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise InvalidDateError(f"There is no month {month}. Write the date like 2024-05-31.")
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last)
    if not 1 <= day <= last:
        raise InvalidDateError(
            f"{year}-{month:02d} has no day {day}; it ends on {year}-{month:02d}-{last}."
        )
    return date(year, month, day), date(year, month, day)


def parse_day(text: str) -> date:
    """The one day that `text` writes in full.

    Raises:
        InvalidDateError: `text` is not a day, or only a month or a year.

    >>> parse_day("2024-05-31")
    datetime.date(2024, 5, 31)
    """
    first, last = parse_period(text)
    if first != last:
        raise InvalidDateError(
            f'"{text.strip()}" is not one day. Write the date in full, like {first}.'
        )
    return first


def parse_month(text: str) -> date:
    """The first day of the month that `text` writes, as `2024-05`.

    Raises:
        InvalidDateError: `text` is not a month.

    >>> parse_month("2024-05")
    datetime.date(2024, 5, 1)
    """
    first, last = parse_period(text)
    if first.day != 1 or (first.year, first.month) != (last.year, last.month) or first == last:
        raise InvalidDateError(f'"{text.strip()}" is not one month. Write it like {first:%Y-%m}.')
    return first
