"""Lists for other programs: every list page, up to one stated number of papers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from app.db.announced_days import count_lines_on, find_announced_day_before
from app.db.announcements import find_latest_day
from app.db.harvests import list_runs
from app.db.last_announcements import find_last_announcements
from app.db.papers import find_papers, get_last_change_number
from app.db.session import Database
from app.domain.announcements import AnnounceType
from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.categories import CategoryExpression
from app.domain.errors import NotFoundError, SearchIndexError
from app.domain.paper import Paper
from app.domain.related import RelatedMethod
from app.domain.results import IndexState
from app.search.engine import SearchEngine
from app.services.browse import BrowseService, DayLine, DayList, DayOrder, DaySource
from app.services.calendar import ADDED_KINDS
from app.services.limits import check_limit
from app.services.related import RelatedService
from app.services.search import SearchQuestion, SearchService, find_next_offset

DEFAULT_MAX_EXPORT_PAPERS = 2_000

FEED_PAPERS = 100
"""Most papers of one answer of a feed; the rest is asked for by offset."""

STANDING_FEED_DAYS = 7
"""Most days that the standing feed of a category reaches back."""

STANDING_FEED_PAPERS = 300
"""Papers from which on no further day joins a standing feed; the newest day is always whole.

Who follows a category with a reader that knows no further pages shall miss nothing of a day.
"""


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """One paper of a list.

    Attributes:
        entered_at: when it came into the list, UTC.
        kind: why it was announced; None in lists that are no day's.
    """

    paper: Paper
    entered_at: datetime
    kind: AnnounceType | None = None


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list up to the stated number of papers.

    Attributes:
        total: papers of the whole list.
        offset: of the first paper given.
        next_offset: where the list goes on; None where it cannot be asked for, or ends.
        missing: papers of the list whose metadata are not held here.
        notes: sentences about what the list is.
    """

    papers: tuple[ListedPaper, ...]
    total: int
    offset: int = 0
    next_offset: int | None = None
    missing: tuple[ArxivId, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LibraryVersion:
    """What differs whenever any list may differ.

    Attributes:
        index: None when there is no usable index.
        changed_at: when the last run of any stage ended; None before the first.
    """

    index: IndexState | None
    change_number: int
    latest_day: date | None
    latest_lines: int
    changed_at: datetime | None


class ExportService:
    """Gives out whole lists; safe to share between threads.

    Args:
        search: what the pages of results come from, whatever a page may hold; so lists and pages
            agree.
        related: likewise.
        browse: likewise.
        max_papers: most papers of one list.
    """

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        *,
        search: SearchService,
        related: RelatedService,
        browse: BrowseService,
        max_papers: int = DEFAULT_MAX_EXPORT_PAPERS,
    ) -> None:
        self._database = database
        self._engine = engine
        self._search = search.allow_pages_of(max_papers)
        self._related = related.allow_pages_of(max_papers)
        self._browse = browse.allow_pages_of(max_papers)
        self.max_papers = max_papers

    def get_version(self) -> LibraryVersion:
        """The state of everything that lists are made of.

        Raises:
            StorageError: there is no usable database.
        """
        try:
            index = self._engine.get_state()
        except SearchIndexError:
            index = None
        with self._database.read() as tx:
            latest = find_latest_day(tx)
            runs = list_runs(tx, limit=1)
            return LibraryVersion(
                index=index,
                change_number=get_last_change_number(tx),
                latest_day=latest,
                latest_lines=count_lines_on(tx, latest) if latest is not None else 0,
                changed_at=runs[0].finished_at if runs else None,
            )

    def list_day(
        self,
        day: date,
        expression: CategoryExpression | None,
        *,
        offset: int = 0,
        order: DayOrder = DayOrder.LISTED,
        kinds: frozenset[AnnounceType] = frozenset(),
        source: DaySource | None = None,
        limit: int | None = None,
    ) -> ExportedList:
        """A day's list as its page shows it.

        Args:
            limit: most papers given, `max_papers` unless told.

        Raises:
            StorageError: there is no usable database.
        """
        page = self._browse.list_day(
            day,
            expression,
            offset=offset,
            limit=self._bound(limit),
            order=order,
            kinds=kinds,
            source=source,
        )
        return ExportedList(
            papers=tuple(_list_held(page.lines, day)),
            total=page.total,
            offset=offset,
            next_offset=page.next_offset,
            missing=page.missing,
            notes=(page.explanation,),
        )

    def list_newest_days(
        self, expression: CategoryExpression | None, kinds: frozenset[AnnounceType] = ADDED_KINDS
    ) -> ExportedList:
        """The newest days' papers, the newest day first: what a standing feed holds.

        Earlier days follow while fewer than `STANDING_FEED_PAPERS` papers are there, so that a
        reader who asks every few days misses nothing.

        Raises:
            NotFoundError: no papers are held at all.
            StorageError: there is no usable database.
        """
        day = self._browse.find_latest_day(expression)
        if day is None:
            raise NotFoundError(
                "No papers are held here yet. Fill the database with `papersift harvest` or "
                "`papersift import FILE`."
            )
        papers: dict[ArxivId, ListedPaper] = {}
        missing: dict[ArxivId, None] = {}
        pages: list[DayList] = []
        while day is not None and len(pages) < STANDING_FEED_DAYS:
            page = self._browse.list_day(day, expression, limit=self.max_papers, kinds=kinds)
            if pages and len(papers) + len(page.lines) > STANDING_FEED_PAPERS:
                break
            pages.append(page)
            missing.update(dict.fromkeys(page.missing))
            for each in _list_held(page.lines, day):
                papers.setdefault(each.paper.arxiv_id, each)
            day = self._find_day_before(day, pages[0].source)
        return ExportedList(
            papers=tuple(papers.values()),
            total=len(papers),
            missing=tuple(missing),
            notes=(pages[0].explanation,),
        )

    def list_search(self, question: SearchQuestion) -> ExportedList:
        """The results of a search from its offset on, as many as its limit and `max_papers` allow.

        Raises:
            InvalidInputError: the question cannot be read.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        page = self._search.search(
            replace(question, cursor="", limit=self._bound(question.limit), facets=())
        )
        papers = [hit.paper for hit in page.hits]
        return ExportedList(
            papers=self._date(papers),
            total=page.total,
            offset=question.offset,
            next_offset=find_next_offset(page, self._search.limits),
            notes=page.notes,
        )

    def list_related(
        self, written_id: str, question: SearchQuestion, method: RelatedMethod
    ) -> ExportedList:
        """The papers related to one, as many as the question's limit and `max_papers` allow.

        Raises:
            PaperNotFoundError: the paper is not held here.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        wanted = replace(question, limit=self._bound(question.limit))
        page = self._related.find_related(written_id, wanted, method)
        following = page.offset + page.limit
        return ExportedList(
            papers=self._date([each.paper for each in page.papers]),
            total=page.total,
            offset=page.offset,
            next_offset=following if following < page.total else None,
        )

    def list_named(self, written_ids: Sequence[str]) -> ExportedList:
        """Papers by their identifiers, each once, in the order given.

        Raises:
            InvalidArxivIdError: one of them is no identifier.
            LimitExceededError: there are more than one list may hold.
            StorageError: there is no usable database.
        """
        check_limit(len(written_ids), "max_export_papers", self.max_papers, "papers")
        ids = list(dict.fromkeys(parse_arxiv_id(each).arxiv_id for each in written_ids))
        with self._database.read() as tx:
            held = find_papers(tx, ids)
        papers = [held[each] for each in ids if each in held]
        missing = tuple(each for each in ids if each not in held)
        return ExportedList(self._date(papers), len(ids), missing=missing)

    def _bound(self, limit: int | None) -> int:
        return self.max_papers if limit is None else min(limit, self.max_papers)

    def _date(self, papers: Sequence[Paper]) -> tuple[ListedPaper, ...]:
        """The papers with the day they were last announced as new, or came, by what is known."""
        with self._database.read() as tx:
            announced = find_last_announcements(tx, [paper.arxiv_id for paper in papers])
        dated = []
        for paper in papers:
            last = announced.get(paper.arxiv_id)
            is_arrival = last is not None and last.announce_type is AnnounceType.NEW
            entered = _get_midnight(last.announced_on) if last and is_arrival else None
            dated.append(ListedPaper(paper, entered or paper.submitted_at))
        return tuple(dated)

    def _find_day_before(self, day: date, source: DaySource) -> date | None:
        # Without a ledger the newest day of submissions stands for itself.
        if source is not DaySource.ANNOUNCED:
            return None
        with self._database.read() as tx:
            return find_announced_day_before(tx, day)


def _list_held(lines: Iterable[DayLine], day: date) -> Iterable[ListedPaper]:
    for line in lines:
        if line.paper is not None:
            kind = line.announcement.announce_type if line.announcement is not None else None
            entered = _get_midnight(day) if kind is not None else line.paper.submitted_at
            yield ListedPaper(line.paper, entered, kind)


def _get_midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
