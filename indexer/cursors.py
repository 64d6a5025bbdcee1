"""Where a harvest begins and what a complete one promises; pure decisions about cursors.

The promise of a cursor: everything modified before `next_from` is stored. It moves only when a
list was read to its end, and then to the server's day of the *first* answer, since what changed
while the list was read may have been missed. All doubts are decided towards reading more:

* The next run begins `overlap_days` before `next_from`.
* A server clock ahead of ours is not believed: `next_from` never passes our own day. Otherwise
  one answer from the year 2030 would end all harvests until then.
* A server clock that went back is followed, since new datestamps are made by it; but in one run
  never to before that run's own beginning, so that a glitch cannot cause a second full harvest.
* A list answered by `noRecordsMatch` proves nothing and moves nothing: the run counts as
  unfinished, and the next one asks for the same window.
* A window with an end, or one that begins after `next_from`, would leave a gap behind it. It gets
  a cursor of its own, named by its dates, and never moves the main one.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.domain.harvest import HarvestCursor, HarvestWindow
from indexer.oai.client import EARLIEST_DATESTAMP


@dataclass(frozen=True, slots=True)
class HarvestPlan:
    """How one run begins.

    Attributes:
        window: what to ask for; `from_date` is always filled in.
        cursor: the state to begin with; its token is empty for a fresh start.
        is_main: whether completing the list moves `next_from`.
    """

    window: HarvestWindow
    cursor: HarvestCursor
    is_main: bool


def plan_harvest(
    window: HarvestWindow,
    main: HarvestCursor | None,
    side: HarvestCursor | None,
    *,
    overlap_days: int,
) -> HarvestPlan:
    """How to harvest a window, given where earlier runs left off.

    Args:
        window: as asked for; without `from_date` it means "go on".
        main: the cursor of the window's format and set (`window.cursor_key`).
        side: the cursor of exactly these dates (`make_side_key`).
    """
    if _joins_main(window, main):
        cursor = main or HarvestCursor(window.cursor_key)
        return _resume_or_start(window, cursor, overlap_days, is_main=True)
    cursor = side or HarvestCursor(make_side_key(window))
    return _resume_or_start(window, cursor, overlap_days, is_main=False)


def make_side_key(window: HarvestWindow) -> str:
    """The name of the cursor for a window that must not move the main one.

    >>> make_side_key(HarvestWindow(date(2026, 1, 1), date(2026, 1, 31), "cs"))
    'arXivRaw:cs:2026-01-01..2026-01-31'
    """
    return f"{window.cursor_key}:{window.from_date or ''}..{window.until_date or ''}"


def complete_cursor(cursor: HarvestCursor, *, is_main: bool, today: date) -> HarvestCursor:
    """The cursor after its list was read to the end.

    Args:
        cursor: of the run; `window_from` and `response_date` are set.
        is_main: whether `next_from` may move.
        today: our own day, UTC.
    """
    next_from = cursor.next_from
    if is_main and cursor.window_from is not None and cursor.response_date is not None:
        server_day = cursor.response_date.date()
        next_from = max(min(server_day, today), cursor.window_from)
    return HarvestCursor(cursor.key, next_from=next_from)


def advance_cursor(cursor: HarvestCursor, token: str, response_date: datetime) -> HarvestCursor:
    """The cursor after one more page that has a successor; the first answer's date is kept."""
    return replace(
        cursor,
        resumption_token=token,
        pages=cursor.pages + 1,
        response_date=cursor.response_date or response_date,
    )


def rewind_cursor(cursor: HarvestCursor) -> HarvestCursor:
    """The cursor of the same unfinished run, its token given up: the list begins anew."""
    return replace(cursor, resumption_token="", pages=0, response_date=None)


def _joins_main(window: HarvestWindow, main: HarvestCursor | None) -> bool:
    if window.until_date is not None:
        return False
    if window.from_date is None or main is None:
        return True
    promised = main.next_from or main.window_from
    return promised is None or window.from_date <= promised


def _resume_or_start(
    window: HarvestWindow, cursor: HarvestCursor, overlap_days: int, *, is_main: bool
) -> HarvestPlan:
    wanted = None if window.from_date is None else max(window.from_date, EARLIEST_DATESTAMP)
    unfinished = cursor.window_from
    if unfinished is not None and (wanted is None or wanted == unfinished):
        return HarvestPlan(replace(window, from_date=unfinished), cursor, is_main)
    if wanted is None:
        wanted = EARLIEST_DATESTAMP
        if cursor.next_from is not None:
            wanted = max(cursor.next_from - timedelta(days=overlap_days), EARLIEST_DATESTAMP)
    fresh = HarvestCursor(cursor.key, next_from=cursor.next_from, window_from=wanted)
    return HarvestPlan(replace(window, from_date=wanted), fresh, is_main)
