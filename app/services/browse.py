"""A day of a category: what arXiv announced where the ledger knows it, else what was submitted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from app.db.announcements import find_latest_day, list_announced, list_announced_days
from app.db.papers import (
    find_missing_ids,
    find_papers,
    get_newest_submission_day,
    list_submitted_on,
)
from app.db.session import Database, Transaction
from app.db.stars import count_stars
from app.domain.announcements import Announcement, AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.categories import CategoryExpression, get_category
from app.domain.errors import LimitExceededError, SearchIndexError
from app.domain.paper import DatePrecision, Paper
from app.domain.query import DateRange, Everything, Filters, SearchRequest, Sort
from app.search.engine import SearchEngine
from app.services.search import SearchLimits

MAX_LINES_OF_DAY = 20_000
"""Most lines of the ledger read for one day; arXiv announces some 3,000 in all."""


NEIGHBOUR_CANDIDATES = 50
"""Papers looked at to find one whose day is known."""


class DaySource(StrEnum):
    """Where a day's list comes from."""

    ANNOUNCED = "announced"
    SUBMITTED = "submitted"


class DayOrder(StrEnum):
    """How a day's list is ordered."""

    LISTED = "listed"
    """As arXiv lists it; by identifier where that is not known."""

    STARS = "stars"
    """Most stars first, equal ones as listed."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One paper of a day.

    Attributes:
        paper: None while an announced paper is not held here.
        announcement: None in lists by submission.
        stars: how many readers gave it.
    """

    arxiv_id: ArxivId
    paper: Paper | None
    announcement: Announcement | None
    stars: int = 0


@dataclass(frozen=True, slots=True)
class DayList:
    """One page of a day's list.

    Attributes:
        expression: None for all of arXiv.
        explanation: one sentence on where the list comes from.
        total: papers of the whole day.
        counts: announced papers by kind; empty in lists by submission.
        missing: announced papers of the whole day that are not held here.
        previous_day: the nearest earlier day that has a list; None when there is none.
        next_day: the nearest later one.
    """

    day: date
    expression: CategoryExpression | None
    source: DaySource
    explanation: str
    lines: tuple[DayLine, ...]
    total: int
    offset: int
    limit: int
    counts: Mapping[AnnounceType, int]
    missing: tuple[ArxivId, ...]
    previous_day: date | None = None
    next_day: date | None = None
    order: DayOrder = DayOrder.LISTED

    @property
    def next_offset(self) -> int | None:
        """Where the page after this one begins; None on the last."""
        following = self.offset + self.limit
        return following if self.limit > 0 and following < self.total else None


class BrowseService:
    """Lists days; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine, limits: SearchLimits) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits

    def list_day(
        self,
        day: date,
        expression: CategoryExpression | None = None,
        *,
        offset: int = 0,
        limit: int | None = None,
        order: DayOrder = DayOrder.LISTED,
    ) -> DayList:
        """One page of the papers of `day`, in arXiv's order where it is known, or by stars.

        Raises:
            LimitExceededError: `limit` is larger than a page may be.
            StorageError: there is no usable database.
        """
        limit = self._limits.default_page_size if limit is None else limit
        if limit > self._limits.max_page_size:
            raise LimitExceededError(
                f"{limit:,} papers are asked for, at most {self._limits.max_page_size:,} are "
                "given at once (max_page_size). Page with offset.",
                limit_name="max_page_size",
                limit=self._limits.max_page_size,
                unit="results",
            )
        with self._database.read() as tx:
            is_announced = _is_in_ledger(tx, day, expression)
            make_list = _list_announced_day if is_announced else _list_submitted_day
            page = make_list(tx, day, expression, offset=offset, limit=limit, order=order)
            stars = count_stars(tx, [line.arxiv_id for line in page.lines])
            previous_day, next_day = self._find_neighbours(tx, day, expression)
        lines = tuple(replace(each, stars=stars.get(each.arxiv_id, 0)) for each in page.lines)
        return replace(page, lines=lines, order=order, previous_day=previous_day, next_day=next_day)

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

    def _find_neighbours(
        self, tx: Transaction, day: date, expression: CategoryExpression | None
    ) -> tuple[date | None, date | None]:
        """The days before and after: along the ledger as far as it goes, else by submission.

        Within the ledger, days of submission are stepped over: weekends have some, and their
        papers stand in Monday's list.
        """
        latest = find_latest_day(tx)
        # No more days than these can lie between the latest and the one before `day`.
        span = max(0, (latest - day).days) + 2 if latest is not None else 0
        ledger = list_announced_days(tx, limit=span) if span else []
        earlier = max((each for each in ledger if each < day), default=None)
        later = min((each for each in ledger if each > day), default=None)
        is_within = earlier is not None or day in ledger
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
        if after > date.min:
            dates, sort = DateRange(first=after + timedelta(days=1)), Sort.OLDEST
        elif before < date.max:
            dates, sort = DateRange(last=before - timedelta(days=1)), Sort.NEWEST
        else:
            dates, sort = DateRange(), Sort.NEWEST
        request = SearchRequest(
            Everything(), Filters(expression, dates), sort, limit=NEIGHBOUR_CANDIDATES
        )
        try:
            ids = [hit.arxiv_id for hit in self._engine.search(request).hits]
        except SearchIndexError:
            return None
        papers = find_papers(tx, ids)
        for each in ids:
            paper = papers.get(each)
            # Papers of which only the month is known are on no day's list.
            if paper is not None and paper.submitted_precision is not DatePrecision.MONTH:
                return paper.submitted_at.date()
        return None


def _is_in_ledger(tx: Transaction, day: date, expression: CategoryExpression | None) -> bool:
    """Whether that day's lists of the expression's archives were recorded."""
    if list_announced(tx, day, expression, offset=0, limit=1)[1] > 0:
        return True
    if expression is None:
        return False
    archives = {get_category(code).archive for code in expression.included}
    # Asking whole archives tells a quiet day of one category from lists nobody collected.
    whole = CategoryExpression(tuple(sorted(archives)))
    return list_announced(tx, day, whole, offset=0, limit=1)[1] > 0


def _list_announced_day(
    tx: Transaction,
    day: date,
    expression: CategoryExpression | None,
    *,
    offset: int,
    limit: int,
    order: DayOrder,
) -> DayList:
    announced, total = list_announced(tx, day, expression, offset=0, limit=MAX_LINES_OF_DAY)
    if order is DayOrder.STARS:
        stars = count_stars(tx, [line.arxiv_id for line in announced])
        announced = sorted(announced, key=lambda line: -stars.get(line.arxiv_id, 0))
    on_page = announced[offset : offset + limit]
    papers = find_papers(tx, [line.arxiv_id for line in on_page])
    return DayList(
        day=day,
        expression=expression,
        source=DaySource.ANNOUNCED,
        explanation="As arXiv announced it on this day, in arXiv's order.",
        lines=tuple(DayLine(line.arxiv_id, papers.get(line.arxiv_id), line) for line in on_page),
        total=total,
        offset=offset,
        limit=limit,
        counts=Counter(line.announce_type for line in announced),
        missing=tuple(find_missing_ids(tx, [line.arxiv_id for line in announced])),
    )


def _list_submitted_day(
    tx: Transaction,
    day: date,
    expression: CategoryExpression | None,
    *,
    offset: int,
    limit: int,
    order: DayOrder,
) -> DayList:
    if order is DayOrder.STARS:
        # The whole day is ordered before it is cut into pages.
        papers, total = list_submitted_on(tx, day, expression, offset=0, limit=MAX_LINES_OF_DAY)
        stars = count_stars(tx, [paper.arxiv_id for paper in papers])
        papers.sort(key=lambda paper: -stars.get(paper.arxiv_id, 0))
        papers = papers[offset : offset + limit]
    else:
        papers, total = list_submitted_on(tx, day, expression, offset=offset, limit=limit)
    return DayList(
        day=day,
        expression=expression,
        source=DaySource.SUBMITTED,
        explanation=(
            "arXiv's announcement of this day is not on record here; these papers had their "
            "first version submitted on it (UTC)."
        ),
        lines=tuple(DayLine(paper.arxiv_id, paper, None) for paper in papers),
        total=total,
        offset=offset,
        limit=limit,
        counts={},
        missing=(),
    )
