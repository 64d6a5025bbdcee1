"""Dates within a query: `2020-2024`, `2024-01..2024-06`, `7d`, `[202401010000 TO 202406302359]`."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta

from app.domain.errors import InvalidDateError
from app.domain.query import DateField, DateWithin
from app.text.date_syntax import FIRST_YEAR, parse_period

MAX_SINCE = 10_000
"""Largest number before the unit of `since:`."""

_YEARS = re.compile(r"([0-9]{4})?\s*(?:-|\.\.|–)\s*([0-9]{4})?|([0-9]{4})")
_AGO = re.compile(r"([0-9]{1,5})\s*([dwmy])", re.IGNORECASE)
_BRACKETS = re.compile(r"[\[{]?\s*(\S+?)[\s+]+TO[\s+]+(\S+?)\s*[\]}]?", re.IGNORECASE)
_STAMP = re.compile(r"([0-9]{4})([0-9]{2})?([0-9]{2})?(?:T?([0-9]{2}):?([0-9]{2})?)?(?:[0-9]{2})?")
_DAY_ENDS = time(23, 59)


def parse_years(text: str) -> DateWithin:
    """Submission in a year, or from one to another: `2020`, `2020-2024`, `2020-`, `-2024`.

    Raises:
        InvalidDateError: `text` is none of these.
    """
    match = _YEARS.fullmatch(text)
    if match is None or not any(match.groups()):
        raise InvalidDateError(f'"{text[:40]}" is not a year. Write 2020 or 2020-2024.')
    first, last, only = match.groups()
    begin, end = only or first, only or last
    return _make(
        DateField.SUBMITTED,
        parse_period(begin)[0] if begin else None,
        parse_period(end)[1] if end else None,
    )


def parse_since(text: str, today: date) -> DateWithin:
    """Submission in the last days, weeks, months or years, today included, or since a date.

    Raises:
        InvalidDateError: `text` is neither.

    >>> parse_since("7d", date(2024, 3, 8)).first
    datetime.datetime(2024, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    match = _AGO.fullmatch(text)
    if match is None:
        return _make(DateField.SUBMITTED, parse_period(text)[0], None)
    number = int(match[1])
    if number > MAX_SINCE:
        raise InvalidDateError(f'"{text}" reaches too far back. Write at most {MAX_SINCE:,}.')
    return _make(DateField.SUBMITTED, _go_back(today, number, match[2].lower()), None)


def parse_dates(text: str, date_field: DateField) -> DateWithin:
    """A period (`2024-05`), a range of them (`2024-01..2024-06`), or arXiv's own brackets.

    Raises:
        InvalidDateError: `text` is none of these, or ends before it begins.
    """
    brackets = _BRACKETS.fullmatch(text)
    if brackets is not None:
        first, last = (_parse_stamp(stamp) for stamp in brackets.groups())
        return DateWithin(
            date_field,
            first[0] if first is not None else None,
            last[1] if last is not None else None,
        )
    begin, dots, end = text.partition("..")
    if not dots:
        first_day, last_day = parse_period(text)
        return _make(date_field, first_day, last_day)
    return _make(
        date_field,
        parse_period(begin)[0] if begin else None,
        parse_period(end)[1] if end else None,
    )


def render_dates(dates: DateWithin) -> str:
    """The dates as `parse_dates` and `parse_years` read them, with the prefix."""
    first, last = dates.first, dates.last
    is_whole = (first is None or first.time() == time(0)) and (
        last is None or last.time() == _DAY_ENDS
    )
    if not is_whole:
        sides = (f"{side:%Y%m%d%H%M}" if side is not None else "*" for side in (first, last))
        return f"{dates.date_field}:[{' TO '.join(sides)}]"
    first_day = first.date() if first is not None else None
    last_day = last.date() if last is not None else None
    if first_day is not None and last_day is not None:
        years = _render_years(dates.date_field, first_day, last_day)
        if years:
            return years
        if first_day == last_day:
            return f"{dates.date_field}:{first_day}"
    return f"{dates.date_field}:{first_day or ''}..{last_day or ''}"


def _render_years(date_field: DateField, first: date, last: date) -> str:
    is_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if date_field is not DateField.SUBMITTED or not is_years:
        return ""
    return f"year:{first.year}" if first.year == last.year else f"year:{first.year}-{last.year}"


def _make(date_field: DateField, first: date | None, last: date | None) -> DateWithin:
    return DateWithin(
        date_field,
        datetime.combine(first, time(0), tzinfo=UTC) if first is not None else None,
        datetime.combine(last, _DAY_ENDS, tzinfo=UTC) if last is not None else None,
    )


def _go_back(today: date, number: int, unit: str) -> date:
    earliest = date(FIRST_YEAR, 1, 1)
    if unit in "dw":
        days = number * (7 if unit == "w" else 1)
        return max(earliest, today - timedelta(days=min(days, (today - earliest).days)))
    months = today.year * 12 + today.month - 1 - number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year < FIRST_YEAR:
        return earliest
    day = min(today.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def _parse_stamp(text: str) -> tuple[datetime, datetime] | None:
    """The first and the last minute of `YYYY[MM[DD[HH[MM]]]]` or of a period; None for `*`."""
    if text == "*":
        return None
    match = _STAMP.fullmatch(text)
    if match is None:
        first, last = parse_period(text)
        day_ends = datetime.combine(last, _DAY_ENDS, tzinfo=UTC)
        return datetime.combine(first, time(0), tzinfo=UTC), day_ends
    year, month, day, hour, minute = match.groups()
    first, last = parse_period("-".join(part for part in (year, month, day) if part))
    if hour is None:
        begin, end = time(0), _DAY_ENDS
    else:
        begin, end = _read_time(hour, minute or "00"), _read_time(hour, minute or "59")
    return datetime.combine(first, begin, tzinfo=UTC), datetime.combine(last, end, tzinfo=UTC)


def _read_time(hour: str, minute: str) -> time:
    if int(hour) > 23 or int(minute) > 59:
        raise InvalidDateError(f"There is no time {hour}:{minute}. Write 0000 to 2359.")
    return time(int(hour), int(minute))
