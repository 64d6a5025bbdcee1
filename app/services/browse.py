"""A day of a category: what arXiv announced where the ledger knows it, else what was submitted."""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Self

from app.db.announced_days import (
    find_announced_day_after,
    find_announced_day_before,
    has_lines_on,
)
from app.db.announcements import find_latest_day, list_announced
from app.db.papers import (
    find_missing_ids,
    find_papers,
    find_submission_moments,
    get_newest_submission_day,
    list_submitted_on,
)
from app.db.session import Database, Transaction
from app.db.stars import count_stars
from app.domain.announcement_times import get_due_moment
from app.domain.announcements import AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.categories import CategoryExpression, get_category
from app.domain.errors import SearchIndexError
from app.domain.paper import DatePrecision, Paper
from app.domain.query import DateRange, Everything, Filters, SearchRequest, Sort
from app.search.engine import SearchEngine
from app.services.day_lists import DayLine, DayList, DayOrder, DaySource, DayState
from app.services.day_states import find_state_without_lists
from app.services.search import SearchLimits

__all__ = ["BrowseService", "DayLine", "DayList", "DayOrder", "DaySource", "DayState"]

MAX_LINES_OF_DAY = 20_000
"""Most lines of the ledger read for one day; arXiv announces some 3,000 in all."""

NEIGHBOUR_CANDIDATES = 50
"""Papers looked at in one go to find one whose day is known."""
NEIGHBOUR_MONTHS = 24
"""How often papers of which only the month is known are stepped over on the way."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which part of which list is wanted."""

    day: date
    expression: CategoryExpression | None
    offset: int
    limit: int
    order: DayOrder
    kinds: frozenset[AnnounceType]


class BrowseService:
    """Lists days; safe to share between threads.

    Args:
        now: the moment an answer is given, UTC.
    """

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        limits: SearchLimits,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits
        self._now = now

    def allow_pages_of(self, most: int) -> Self:
        """The same service, which gives up to so many papers at once."""
        wide = copy(self)
        wide._limits = replace(self._limits, max_page_size=most)
        return wide

    def list_day(
        self,
        day: date,
        expression: CategoryExpression | None = None,
        *,
        offset: int = 0,
        limit: int | None = None,
        order: DayOrder = DayOrder.LISTED,
        kinds: frozenset[AnnounceType] = frozenset(),
        source: DaySource | None = None,
    ) -> DayList:
        """One page of the papers of `day`, in arXiv's order where it is known, or another one.

        Args:
            kinds: of announcement; empty for all. Lists by submission know none.
            source: SUBMITTED asks for the papers submitted on that day whatever was announced;
                None for what was announced, as far as that is on record.

        Raises:
            LimitExceededError: `limit` is larger than a page may be.
            StorageError: there is no usable database.
        """
        size = self._limits.choose_page_size(limit)
        wanted = _Wanted(day, expression, offset, size, order, kinds)
        with self._database.read() as tx:
            page = self._list(tx, wanted, source)
            stars = count_stars(tx, [line.arxiv_id for line in page.lines])
            previous_day, next_day = self._find_neighbours(tx, day, expression)
        lines = tuple(replace(each, stars=stars.get(each.arxiv_id, 0)) for each in page.lines)
        return replace(page, lines=lines, previous_day=previous_day, next_day=next_day)

    def find_latest_day(self, expression: CategoryExpression | None = None) -> date | None:
        """The newest day that has a list for the expression; None when nothing is held.

        Raises:
            StorageError: there is no usable database.
        """
        with self._database.read() as tx:
            announced = find_latest_day(tx)
            if announced is not None and _is_in_ledger(tx, announced, expression):
                return announced
            newest = get_newest_submission_day(tx)
            return self._find_submission_day(tx, expression) or newest

    def _list(self, tx: Transaction, wanted: _Wanted, source: DaySource | None) -> DayList:
        if source is DaySource.SUBMITTED:
            return _list_submitted_day(tx, wanted, DayState.ASKED_BY_SUBMISSION)
        if _is_in_ledger(tx, wanted.day, wanted.expression):
            return _list_announced_day(tx, wanted)
        state = find_state_without_lists(tx, wanted.day, self._now())
        if state is DayState.NOT_RECORDED:
            return _list_submitted_day(tx, wanted, state)
        return _make_page(wanted, DaySource.ANNOUNCED, state, [])

    def _find_neighbours(
        self, tx: Transaction, day: date, expression: CategoryExpression | None
    ) -> tuple[date | None, date | None]:
        """The days before and after: along the ledger as far as it goes, else by submission.

        Within the ledger, days of submission are stepped over: weekends have some, and their
        papers stand in Monday's list.
        """
        earlier = find_announced_day_before(tx, day)
        later = find_announced_day_after(tx, day)
        is_within = earlier is not None or has_lines_on(tx, day)
        if earlier is None:
            earlier = self._find_submission_day(tx, expression, before=day)
        if later is None or not is_within:
            submitted = self._find_submission_day(tx, expression, after=day)
            later = min((each for each in (later, submitted) if each is not None), default=None)
        return earlier, later

    def _find_submission_day(
        self,
        tx: Transaction,
        expression: CategoryExpression | None,
        *,
        before: date = date.max,
        after: date = date.min,
    ) -> date | None:
        """The last submission day before a day, or the first after one, by the index.

        None without such a paper, and without an index: a list that lacks its neighbours is
        worth more than no list.
        """
        is_forward = after > date.min
        for _ in range(NEIGHBOUR_MONTHS):
            if after == date.max or before == date.min:
                return None
            papers = self._list_beside(tx, expression, before, after)
            # Papers of which only the month is known are on no day's list; all of a month stand
            # at its first day, which is stepped over when they are all that was seen.
            for paper in papers:
                if paper.submitted_precision is not DatePrecision.MONTH:
                    return paper.submitted_at.date()
            if not papers:
                return None
            last = papers[-1].submitted_at.date()
            before, after = (before, last) if is_forward else (last, after)
        return None

    def _list_beside(
        self, tx: Transaction, expression: CategoryExpression | None, before: date, after: date
    ) -> list[Paper]:
        """Some papers submitted next after one day, or else last before another."""
        if after > date.min:
            dates, sort = DateRange(first=after + timedelta(days=1)), Sort.OLDEST
        else:
            last = before - timedelta(days=1) if before < date.max else None
            dates, sort = DateRange(last=last), Sort.NEWEST
        request = SearchRequest(
            Everything(), Filters(expression, dates), sort, limit=NEIGHBOUR_CANDIDATES
        )
        try:
            ids = [hit.arxiv_id for hit in self._engine.search(request).hits]
        except SearchIndexError:
            return []
        papers = find_papers(tx, ids)
        return [papers[each] for each in ids if each in papers]


def _is_in_ledger(tx: Transaction, day: date, expression: CategoryExpression | None) -> bool:
    """Whether that day's lists of the expression's archives were recorded.

    Asking whole archives tells a quiet day of one category from lists nobody collected.
    """
    if expression is None:
        return has_lines_on(tx, day)
    archives = {get_category(code).archive for code in expression.included}
    return has_lines_on(tx, day, CategoryExpression(tuple(sorted(archives))))


def _list_announced_day(tx: Transaction, wanted: _Wanted) -> DayList:
    announced, _ = list_announced(
        tx, wanted.day, wanted.expression, offset=0, limit=MAX_LINES_OF_DAY
    )
    ids = [line.arxiv_id for line in announced]
    chosen = [line for line in announced if not wanted.kinds or line.announce_type in wanted.kinds]
    by_id = {line.arxiv_id: line for line in chosen}
    arranged = _arrange(tx, list(by_id), wanted.order)
    on_page = arranged[wanted.offset : wanted.offset + wanted.limit]
    papers = find_papers(tx, on_page)
    lines = [DayLine(each, papers.get(each), by_id[each]) for each in on_page]
    page = _make_page(wanted, DaySource.ANNOUNCED, DayState.ANNOUNCED, lines)
    return replace(
        page,
        total=len(chosen),
        counts=Counter(line.announce_type for line in announced),
        missing=tuple(find_missing_ids(tx, ids)),
    )


def _list_submitted_day(tx: Transaction, wanted: _Wanted, state: DayState) -> DayList:
    day, expression = wanted.day, wanted.expression
    if wanted.order is DayOrder.LISTED:
        papers, total = list_submitted_on(
            tx, day, expression, offset=wanted.offset, limit=wanted.limit
        )
    else:
        # The whole day is ordered before it is cut into pages.
        papers, total = list_submitted_on(tx, day, expression, offset=0, limit=MAX_LINES_OF_DAY)
        by_id = {paper.arxiv_id: paper for paper in papers}
        arranged = _arrange(tx, list(by_id), wanted.order)
        papers = [by_id[each] for each in arranged[wanted.offset : wanted.offset + wanted.limit]]
    lines = [DayLine(paper.arxiv_id, paper, None) for paper in papers]
    return replace(_make_page(wanted, DaySource.SUBMITTED, state, lines), total=total)


def _arrange(tx: Transaction, ids: Sequence[ArxivId], order: DayOrder) -> list[ArxivId]:
    """The papers of a whole day in an order; what is equal stays as listed."""
    if order is DayOrder.STARS:
        stars = count_stars(tx, ids)
        return sorted(ids, key=lambda each: -stars.get(each, 0))
    if order is DayOrder.NEWEST:
        moments = find_submission_moments(tx, ids)
        unknown = datetime.min.replace(tzinfo=UTC)
        return sorted(ids, key=lambda each: moments.get(each, unknown), reverse=True)
    return list(ids)


def _make_page(
    wanted: _Wanted, source: DaySource, state: DayState, lines: Sequence[DayLine]
) -> DayList:
    return DayList(
        day=wanted.day,
        expression=wanted.expression,
        source=source,
        state=state,
        lines=tuple(lines),
        total=len(lines),
        offset=wanted.offset,
        limit=wanted.limit,
        counts={},
        missing=(),
        due_at=get_due_moment(wanted.day),
        order=wanted.order,
        kinds=wanted.kinds,
    )
