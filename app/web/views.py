"""What pages show, computed from what the use cases answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.paper import Author, Paper
from app.domain.paper_history import PaperHistoryEntry
from app.domain.results import SearchPage
from app.services.search import SearchLimits, SearchQuestion, find_next_offset, has_next_page
from app.web.languages import translatable
from app.web.search_addresses import make_question_address


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
class HistoryView:
    """A superseded state of a paper, its authors on one line."""

    version: int
    title: str
    authors: tuple[Author, ...]
    author_line: str
    abstract: str
    comments: str
    superseded_at: datetime


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
