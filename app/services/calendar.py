"""How many papers each day brought: months of an expression, and the newest day by category."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.db.announced_days import (
    count_announced_by_day,
    count_lines_on,
    find_first_announced_day,
    has_lines_on,
    iter_lines_on,
)
from app.db.announcements import find_latest_day
from app.db.papers import (
    count_submitted_by_day,
    get_last_change_number,
    get_newest_submission_day,
    iter_categories_submitted_on,
)
from app.db.session import Database, Transaction
from app.domain.announcement_times import get_due_moment, is_weekend
from app.domain.announcements import AnnounceType
from app.domain.categories import CategoryExpression, find_category
from app.services.day_lists import DaySource, DayState
from app.services.day_states import find_state_without_lists
from app.services.recent_memory import RecentMemory

MAX_REMEMBERED_MONTHS = 512
"""Months whose counts are remembered, each of one expression; some 2 KB each."""

LOOK_BACK_DAYS = 4
"""Days that hold one whose lists are there: two may be a weekend, and today's come later."""

ADDED_KINDS = frozenset({AnnounceType.NEW, AnnounceType.CROSS})
"""What a list brings; replacements are papers it had before."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day of a calendar.

    Attributes:
        papers: new and cross-listed ones; by submission, all.
        replaced: 0 in lists by submission.
        source: None where there is no list.
    """

    day: date
    papers: int = 0
    replaced: int = 0
    source: DaySource | None = None


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """One month of an expression, every day of it.

    Attributes:
        previous_month: first day of the month before; None where nothing can be older.
        next_month: first day of the month after; None where all of it lies ahead.
    """

    month: date
    days: tuple[DayCount, ...]
    previous_month: date | None
    next_month: date | None

    @property
    def papers(self) -> int:
        """All papers that the month brought."""
        return sum(each.papers for each in self.days)


@dataclass(frozen=True, slots=True)
class NewestDay:
    """The newest day with a list, counted.

    Attributes:
        day: None while nothing is held.
        papers: new and cross-listed ones, each once; by submission, all.
        by_code: of these, how many each category and each archive has.
    """

    day: date | None
    source: DaySource = DaySource.SUBMITTED
    papers: int = 0
    by_code: Mapping[str, int] = field(default_factory=dict)


FIRST_MONTH = date(1991, 7, 1)
"""arXiv began in August 1991."""

_Version = tuple[int, date | None, int]


class CalendarService:
    """Counts papers by day, and remembers the counts; safe to share between threads.

    Args:
        now: the moment an answer is given, UTC.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._now = now
        self._months: RecentMemory[tuple[_Version, str, date], tuple[DayCount, ...]] = RecentMemory(
            MAX_REMEMBERED_MONTHS
        )
        self._newest: RecentMemory[_Version, NewestDay] = RecentMemory(size=1)

    def count_month(self, month: date, expression: CategoryExpression | None = None) -> MonthCounts:
        """Every day of the month of `month`, with its numbers of papers.

        Raises:
            StorageError: there is no usable database.
        """
        first = month.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        last = following - timedelta(days=1)
        with self._database.read() as tx:
            key = (_get_version(tx), str(expression or ""), first)
            days = self._months.get(key, lambda: _count_days(tx, expression, first, last))
        return MonthCounts(
            month=first,
            days=days,
            previous_month=(
                (first - timedelta(days=1)).replace(day=1) if first > FIRST_MONTH else None
            ),
            next_month=following if following <= self._now().date() else None,
        )

    def find_unread_day(self) -> date | None:
        """The day whose lists arXiv gave out last, where they have not been read here yet.

        None where they have, on holidays as far as those are known, and without any ledger.

        Raises:
            StorageError: there is no usable database.
        """
        now = self._now()
        recent = (now.date() - timedelta(days=back) for back in range(LOOK_BACK_DAYS))
        day = next(each for each in recent if not is_weekend(each) and get_due_moment(each) <= now)
        with self._database.read() as tx:
            if has_lines_on(tx, day):
                return None
            state = find_state_without_lists(tx, day, now)
        return day if state is DayState.NOT_COLLECTED else None

    def count_newest_day(self) -> NewestDay:
        """The newest day that any list is on record for, else the newest day of submissions.

        Raises:
            StorageError: there is no usable database.
        """
        with self._database.read() as tx:
            return self._newest.get(_get_version(tx), lambda: _count_newest(tx))


def _get_version(tx: Transaction) -> _Version:
    """What differs when papers changed or lines were added: feeds only tell of the newest day."""
    latest = find_latest_day(tx)
    return get_last_change_number(tx), latest, count_lines_on(tx, latest) if latest else 0


def _count_days(
    tx: Transaction, expression: CategoryExpression | None, first: date, last: date
) -> tuple[DayCount, ...]:
    ledger_begins = find_first_announced_day(tx)
    announced = {}
    if ledger_begins is not None and ledger_begins <= last:
        announced = count_announced_by_day(tx, expression, first, last)
    submitted: Mapping[date, int] = {}
    last_before = last if ledger_begins is None else min(last, ledger_begins - timedelta(days=1))
    if first <= last_before:
        submitted = count_submitted_by_day(tx, expression, first, last_before)
    span = (last - first).days + 1
    days = (first + timedelta(days=number) for number in range(span))
    return tuple(
        _make_day_count(each, announced.get(each), submitted.get(each, 0)) for each in days
    )


def _make_day_count(day: date, announced: Counter[AnnounceType] | None, submitted: int) -> DayCount:
    if announced is not None:
        added = sum(announced[kind] for kind in ADDED_KINDS)
        return DayCount(day, added, announced.total() - added, DaySource.ANNOUNCED)
    return DayCount(day, submitted, 0, DaySource.SUBMITTED if submitted else None)


def _count_newest(tx: Transaction) -> NewestDay:
    announced, submitted = find_latest_day(tx), get_newest_submission_day(tx)
    if announced is not None:
        papers_of: dict[str, set[str]] = {}
        for arxiv_id, category, kind in iter_lines_on(tx, announced):
            if kind in ADDED_KINDS:
                papers_of.setdefault(arxiv_id, set()).add(category)
        codes = Counter(code for lists in papers_of.values() for code in _with_archives(lists))
        return NewestDay(announced, DaySource.ANNOUNCED, len(papers_of), codes)
    if submitted is None:
        return NewestDay(None)
    listed = [_with_archives(set(each)) for each in iter_categories_submitted_on(tx, submitted)]
    codes = Counter(code for each in listed for code in each)
    return NewestDay(submitted, DaySource.SUBMITTED, len(listed), codes)


def _with_archives(categories: set[str]) -> set[str]:
    known = (find_category(code) for code in categories)
    return categories | {category.archive for category in known if category is not None}
