"""Why a day has no lists in the ledger."""

from datetime import date, datetime, timedelta

from app.db.announced_days import find_first_announced_day
from app.db.announcements import find_latest_day
from app.db.harvests import list_runs_between
from app.db.session import Transaction
from app.domain.announcement_times import get_due_moment, is_weekend
from app.services.day_lists import DayState

READING_DAYS = 3
"""How long after it appeared a day's feed can be read, at most; the next day's replaces it."""


def find_state_without_lists(tx: Transaction, day: date, now: datetime) -> DayState:
    """What a day without any line in the ledger is.

    Holidays are known from what arXiv itself answered: a run that read the day's feeds and found
    them empty. None are listed here, since arXiv's own list of them changes.
    """
    first, latest = find_first_announced_day(tx), find_latest_day(tx)
    if get_due_moment(day) > now:
        return DayState.WEEKEND if is_weekend(day) else DayState.NOT_DUE
    if first is None or latest is None or day < first:
        return DayState.NOT_RECORDED
    if is_weekend(day):
        return DayState.WEEKEND
    if _was_found_empty(tx, day):
        return DayState.NOTHING_ANNOUNCED
    is_last_day = get_due_moment(day + timedelta(days=1)) > now
    return DayState.NOT_COLLECTED if day > latest and is_last_day else DayState.NOT_RECORDED


def _was_found_empty(tx: Transaction, day: date) -> bool:
    due = get_due_moment(day)
    runs = list_runs_between(tx, "announcements", due, due + timedelta(days=READING_DAYS))
    return any(
        run.succeeded
        and run.details.get("lines") == 0
        and str(day) in str(run.details.get("days", "")).split(", ")
        for run in runs
    )
