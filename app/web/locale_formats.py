"""Dates and numbers as a language writes them."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from app.domain.paper import DatePrecision, Paper
from app.web.languages import ENGLISH, LANGUAGES, Language

REMEMBERED_TEXTS = 4_096
"""Formatted days and numbers kept: Babel takes some 20 µs for each, and pages repeat them."""


def format_day(day: date | datetime, language: Language = ENGLISH) -> str:
    """A day in words.

    >>> format_day(date(2024, 5, 3))
    '3 May 2024'
    """
    return _format_date(_as_date(day), language.day_pattern, language.code)


def format_weekday(day: date, language: Language = ENGLISH) -> str:
    """A day in words, with the day of the week.

    >>> format_weekday(date(2024, 5, 3))
    'Friday, 3 May 2024'
    """
    return _format_date(_as_date(day), language.weekday_pattern, language.code)


def format_month(day: date | datetime, language: Language = ENGLISH) -> str:
    """The month of a day in words.

    >>> format_month(date(2024, 5, 3))
    'May 2024'
    """
    return _format_date(_as_date(day), language.month_pattern, language.code)


def format_moment(moment: datetime, language: Language = ENGLISH) -> str:
    """A moment in words, to the minute, UTC."""
    separator = ", " if language is ENGLISH else " "
    return f"{format_day(moment, language)}{separator}{moment:%H:%M} UTC"


def format_submission(paper: Paper, language: Language = ENGLISH) -> str:
    """When the first version came, as exactly as it is known."""
    if paper.submitted_precision is DatePrecision.MONTH:
        return format_month(paper.submitted_at, language)
    return format_day(paper.submitted_at, language)


def format_number(number: int, language: Language = ENGLISH) -> str:
    """A number with its thousands apart.

    >>> format_number(2900000)
    '2,900,000'
    """
    return str(number) if 0 <= number < 1_000 else _format_number(number, language.code)


def _as_date(day: date | datetime) -> date:
    return day.date() if isinstance(day, datetime) else day


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _format_date(day: date, pattern: str, code: str) -> str:
    return format_date(day, pattern, locale=LANGUAGES[code].locale)


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _format_number(number: int, code: str) -> str:
    return format_decimal(number, locale=LANGUAGES[code].locale)
