"""What the page of a search shows around its results: dates, spelling, ways out, reasons.

Every control is a link, since the address is the whole state of a page. Facets are in
`app.web.facet_views`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.notes import Note
from app.domain.query import Sort
from app.domain.results import Explanation, SearchPage
from app.services.author_readings import describe_author
from app.services.doctor import Diagnosis, Relaxation, RelaxationKind
from app.services.explain import list_shares
from app.services.question import SearchQuestion
from app.services.relaxation import describe_relaxation
from app.web.languages import translatable
from app.web.search_addresses import make_question_address

_FIELD_NAMES = {
    "*": translatable("every paper"),
    "latent": translatable("meaning"),
    "title": translatable("title"),
    "title_forms": translatable("title, exact word"),
    "abstract": translatable("abstract"),
    "author": translatable("authors"),
    "comments": translatable("comments"),
    "journal_ref": translatable("journal reference"),
    "report_no": translatable("report number"),
}
"""What people call the fields of the index."""

SORT_NAMES = {
    Sort.RELEVANCE: translatable("relevance"),
    Sort.NEWEST: translatable("newest first"),
    Sort.OLDEST: translatable("oldest first"),
    Sort.UPDATED: translatable("last updated"),
    Sort.FRESH: translatable("relevance and freshness"),
}
"""What the orders of results are called."""

BAR_WIDTH = 100.0
"""Length of the bar of a whole score, in the units of its drawing."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link with what one finds there; None where that was not counted."""

    label: str
    address: str
    total: int | None = None
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class RespellingView:
    """A corrected query: the links to both, and what is shown now."""

    shown: str
    shown_address: str
    other: str
    other_address: str
    other_total: int
    is_applied: bool


@dataclass(frozen=True, slots=True)
class ReasonView:
    """What one term adds to a score in one field.

    Attributes:
        left: where its bar begins, from 0 to `BAR_WIDTH`.
        width: how long its bar is; the bars of a score stand end to end.
    """

    term: str
    field: str
    weight: float
    share: float
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class ReasonsView:
    """A score taken apart.

    Attributes:
        score: what the weights add up to.
        fresh_score: the same times freshness; None where the order does not look at it.
    """

    score: float
    fresh_score: float | None
    reasons: tuple[ReasonView, ...]


def list_sorts(question: SearchQuestion) -> list[LinkView]:
    """The orders of results; the one in force is marked."""
    return [
        LinkView(
            name,
            make_question_address(replace(question, sort=sort)),
            is_active=question.sort is sort,
        )
        for sort, name in SORT_NAMES.items()
    ]


def list_date_presets(question: SearchQuestion, today: date) -> list[LinkView]:
    """The usual ranges up to today; the one in force is marked."""
    ranges = [
        (translatable("7 days"), str(today - timedelta(days=7))),
        (translatable("30 days"), str(today - timedelta(days=30))),
        (translatable("this year"), str(today.year)),
        (translatable("last 2 years"), str(today.year - 1)),
        (translatable("last 5 years"), str(today.year - 4)),
    ]
    return [
        LinkView(
            label,
            make_question_address(replace(question, first=first, last="")),
            is_active=question.first == first and not question.last,
        )
        for label, first in ranges
    ]


def make_respelling_view(page: SearchPage, question: SearchQuestion) -> RespellingView | None:
    """What to say about spelling; None when there is nothing."""
    respelling = page.respelling
    if respelling is None:
        return None
    as_written = make_question_address(replace(question, corrects_spelling=False))
    corrected = make_question_address(replace(question, text=respelling.corrected, author=""))
    if respelling.is_applied:
        return RespellingView(
            respelling.corrected,
            corrected,
            respelling.original,
            as_written,
            respelling.original_total,
            is_applied=True,
        )
    return RespellingView(
        respelling.original,
        as_written,
        respelling.corrected,
        corrected,
        respelling.corrected_total,
        is_applied=False,
    )


def list_notes(page: SearchPage, gettext: Callable[[str], str]) -> list[str]:
    """The notes in the language of `gettext`, but for those that the page itself writes."""
    written = [describe_relaxation(page.holding_all)] if page.relaxed else []
    if page.author is not None:
        written.append(describe_author(page.author))
    return [
        note.translate_with(gettext) if isinstance(note, Note) else note
        for note in page.notes
        if note not in written
    ]


def list_relaxation_links(
    diagnosis: Diagnosis,
    page: SearchPage,
    question: SearchQuestion,
    gettext: Callable[[str], str],
) -> list[LinkView]:
    """The ways out that the doctor offers, in the language of `gettext`.

    A search that was widened already shows as much as most of them would.
    """
    return [
        LinkView(_describe(each, gettext), _make_relaxed_address(each, question), each.total)
        for each in diagnosis.relaxations
        if not page.relaxed or each.total < page.total
    ]


def make_reasons_view(explanation: Explanation, *, fresh_score: float | None = None) -> ReasonsView:
    """The contributions to a score, largest first, with their bars."""
    reasons = []
    left = 0.0
    for each in list_shares(explanation):
        width = BAR_WIDTH * abs(each.share)
        name = _FIELD_NAMES.get(each.field, each.field)
        reasons.append(ReasonView(each.term, name, each.weight, each.share, left, width))
        left += width
    return ReasonsView(explanation.score, fresh_score, tuple(reasons))


def _describe(relaxation: Relaxation, gettext: Callable[[str], str]) -> str:
    sentences = {
        RelaxationKind.BY_AUTHOR: gettext("by an author of that name: %(part)s"),
        RelaxationKind.IN_CATEGORY: gettext("in category %(part)s"),
        RelaxationKind.WITHOUT_PART: gettext("without %(part)s"),
        RelaxationKind.WITHOUT_PARTS: gettext("without %(part)s"),
        RelaxationKind.WITHOUT_EXCLUSION: gettext("also with %(part)s"),
        RelaxationKind.WORDS_OF_PHRASE: gettext("the words of %(part)s anywhere"),
        RelaxationKind.ANY_FIELD: gettext("%(part)s in title or abstract"),
        RelaxationKind.WITHOUT_CATEGORIES: gettext("in all categories"),
        RelaxationKind.WITHOUT_DATES: gettext("of all dates"),
        RelaxationKind.WITHOUT_FILTERS: gettext("in all categories, of all dates"),
    }
    return sentences[relaxation.kind].replace("%(part)s", relaxation.text)


def _make_relaxed_address(relaxation: Relaxation, question: SearchQuestion) -> str:
    # The author beside the words is part of the query by then.
    relaxed = replace(question, text=relaxation.query, author="")
    if not relaxation.keeps_categories:
        relaxed = replace(relaxed, categories="")
    if not relaxation.keeps_dates:
        relaxed = replace(relaxed, first="", last="")
    return make_question_address(relaxed)
