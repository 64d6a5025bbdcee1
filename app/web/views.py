"""What pages show, computed from what the use cases answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import quote

from app.domain.announcements import AnnounceType
from app.domain.categories import (
    Category,
    CategoryExpression,
    find_category,
    list_archives,
    list_categories,
    list_groups,
)
from app.domain.paper import Author, Paper
from app.domain.paper_history import PaperHistoryEntry
from app.domain.results import SearchPage
from app.services.browse import DayLine, DayList, DayOrder
from app.services.search import SearchLimits, SearchQuestion, find_next_offset, has_next_page
from app.web.languages import translatable
from app.web.search_views import make_question_address

ANNOUNCE_NAMES = {
    AnnounceType.NEW: "new",
    AnnounceType.CROSS: "cross-listed",
    AnnounceType.REPLACE: "replaced",
    AnnounceType.REPLACE_CROSS: "cross-listed, replaced",
}
_GROUP_TITLES = {
    AnnounceType.NEW: "New submissions",
    AnnounceType.CROSS: "Cross-lists",
    # arXiv shows both kinds together.
    AnnounceType.REPLACE: "Replacements",
    AnnounceType.REPLACE_CROSS: "Replacements",
}


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page stands among its neighbours.

    Attributes:
        first: number of its first line, from 1.
        last: number of its last line.
        first_address: the page everything begins on.
        previous_address: None on the first page.
        next_address: None on the last page.
    """

    first: int
    last: int
    total: int
    first_address: str
    previous_address: str | None
    next_address: str | None


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """An archive with its categories; none when it is its own only category."""

    code: str
    name: str
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of archives; `address` leads to the list of all of them."""

    name: str
    address: str
    archives: tuple[ArchiveView, ...]


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines of a day that share a heading; `start` counts within the day."""

    name: str
    start: int
    lines: tuple[DayLine, ...]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A superseded state of a paper, its authors on one line."""

    version: int
    title: str
    authors: tuple[Author, ...]
    author_line: str
    abstract: str
    comments: str
    superseded_at: datetime


def list_group_views() -> list[GroupView]:
    """All open archives with their open categories, in arXiv's order."""
    by_archive: dict[str, list[Category]] = {}
    for category in list_categories():
        if category.code != category.archive:
            by_archive.setdefault(category.archive, []).append(category)
    views = []
    for group, name in list_groups():
        archives = [
            ArchiveView(archive.code, archive.name, tuple(by_archive.get(archive.code, ())))
            for archive in list_archives()
            if archive.group == group
        ]
        is_one = len(archives) == 1
        views.append(GroupView(name, "" if is_one else f"/list/grp_{group}", tuple(archives)))
    return views


def has_filters(question: SearchQuestion) -> bool:
    """Whether a question narrows by category, date or author."""
    return bool(question.categories or question.first or question.last or question.author)


def make_search_paging(page: SearchPage, question: SearchQuestion, limits: SearchLimits) -> Paging:
    """Where a page of results stands among its neighbours."""
    request = page.request
    earlier = max(0, request.offset - request.limit)
    return Paging(
        first=request.offset + 1,
        last=min(request.offset + request.limit, page.total),
        total=page.total,
        first_address=make_question_address(question),
        # Behind a cursor, offsets may no longer reach the page before.
        previous_address=(
            make_question_address(question, offset=earlier)
            if request.offset and earlier <= limits.max_offset
            else None
        ),
        next_address=_make_next_address(page, question, limits),
    )


def make_list_address(expression: CategoryExpression) -> str:
    """The page of an expression's newest list."""
    return f"/list/{quote(str(expression), safe='+')}"


def make_day_paging(page: DayList, expression: CategoryExpression) -> Paging:
    """Where a page of a day's list stands among its neighbours."""
    base = f"{make_list_address(expression)}/{page.day}"
    order = "" if page.order is DayOrder.LISTED else f"sort={page.order}"
    first = f"{base}?{order}" if order else base
    further = f"{base}?{order}&offset=" if order else f"{base}?offset="
    earlier = max(0, page.offset - page.limit)
    previous = f"{further}{earlier}" if earlier else first
    return Paging(
        first=page.offset + 1,
        last=page.offset + len(page.lines),
        total=page.total,
        first_address=first,
        previous_address=previous if page.offset else None,
        next_address=None if page.next_offset is None else f"{further}{page.next_offset}",
    )


def name_expression(expression: CategoryExpression) -> str:
    """The name of an expression that is a single category; empty for composed ones."""
    if len(expression.include) != 1 or expression.exclude:
        return ""
    category = find_category(expression.include[0])
    return category.name if category is not None else ""


def list_counts(page: DayList) -> list[tuple[str, int]]:
    """Names and numbers of the kinds of announcement that occur, in arXiv's order."""
    return [
        (name, page.counts[kind]) for kind, name in ANNOUNCE_NAMES.items() if page.counts.get(kind)
    ]


def group_lines(page: DayList) -> list[LineGroup]:
    """The lines of a page under the headings of arXiv's list; one nameless group without."""
    start = page.offset + 1
    if page.order is DayOrder.STARS:
        return [LineGroup("", start, page.lines)] if page.lines else []
    groups = []
    for title, lines in groupby(page.lines, key=_get_group_title):
        members = tuple(lines)
        groups.append(LineGroup(title, start, members))
        start += len(members)
    return groups


def list_paper_facts(paper: Paper) -> list[tuple[str, str]]:
    """The plain facts about a paper that are known, with their names."""
    facts = [
        (translatable("Comments"), paper.comments),
        (translatable("Published in"), paper.journal_ref),
        (translatable("Report number"), paper.report_no),
        (translatable("MSC class"), paper.msc_class),
        (translatable("ACM class"), paper.acm_class),
        (translatable("Submitted by"), paper.submitter),
    ]
    return [(name, value) for name, value in facts if value]


def make_history_views(history: Sequence[PaperHistoryEntry]) -> list[HistoryView]:
    """Superseded states as the paper's page shows them."""
    return [
        HistoryView(
            version=entry.version,
            title=entry.title,
            authors=entry.authors,
            author_line=", ".join(author.name for author in entry.authors),
            abstract=entry.abstract,
            comments=entry.comments,
            superseded_at=entry.superseded_at,
        )
        for entry in history
    ]


def _make_next_address(
    page: SearchPage, question: SearchQuestion, limits: SearchLimits
) -> str | None:
    """The page behind this one: by offset as far as offsets reach, by cursor beyond."""
    if not has_next_page(page):
        return None
    following = find_next_offset(page, limits)
    if following is None:
        return make_question_address(question, cursor=page.cursor)
    return make_question_address(question, offset=following)


def _get_group_title(line: DayLine) -> str:
    return _GROUP_TITLES[line.announcement.announce_type] if line.announcement else ""
