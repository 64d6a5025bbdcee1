"""When arXiv announces, as far as there is a rule: holidays follow none and are not guessed at."""

from datetime import UTC, date, datetime, time, timedelta

SATURDAY = 5
_MARCH, _NOVEMBER = 3, 11
_STANDARD, _SUMMER = timedelta(hours=5), timedelta(hours=4)
"""How far New York is behind UTC."""


def is_weekend(day: date) -> bool:
    """Whether arXiv announces nothing on a day by rule: Saturdays and Sundays."""
    return day.weekday() >= SATURDAY


def get_due_moment(day: date) -> datetime:
    """When arXiv's lists of a day appear, UTC: at midnight in New York.

    Counted here by the American rule for summer time, since not every machine has a time zone
    database.

    >>> get_due_moment(date(2024, 5, 3)).isoformat()
    '2024-05-03T04:00:00+00:00'
    """
    begins = _get_sunday(day.year, _MARCH, 2)
    ends = _get_sunday(day.year, _NOVEMBER, 1)
    # The clocks change at two in the morning: midnight of that Sunday is still as before.
    is_summer = begins < day <= ends
    return datetime.combine(day, time(), UTC) + (_SUMMER if is_summer else _STANDARD)


def _get_sunday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))
