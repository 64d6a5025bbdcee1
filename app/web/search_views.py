"""What the page of a search shows around its results: dates, spelling, ways out, reasons.

Every control is a link, since the address is the whole state of a page. Facets are in
`app.web.facet_views`.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.query import DateField, RankMode
from app.domain.results import Explanation, SearchPage
from app.services.doctor import Diagnosis, Relaxation
from app.services.explain import ContributionShare, list_shares
from app.services.question import SearchQuestion
from app.web.presentation import make_search_address

_DATE_NAMES = {
    DateField.SUBMITTED: "Submitted",
    DateField.UPDATED: "Updated",
    DateField.ANNOUNCED: "Announced",
}
_FIELD_NAMES = {"*": "every paper", "latent": "meaning", "title_forms": "title, exact word"}


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


def name_dates(question: SearchQuestion) -> str:
    """Which date of a paper the ranges look at."""
    return _DATE_NAMES[question.date_field]


def list_date_presets(question: SearchQuestion, today: date) -> list[LinkView]:
    """The usual ranges up to today; the one in force is marked."""
    ranges = [
        ("7 days", str(today - timedelta(days=7))),
        ("30 days", str(today - timedelta(days=30))),
        ("this year", str(today.year)),
        ("last 2 years", str(today.year - 1)),
        ("last 5 years", str(today.year - 4)),
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


def list_relaxation_links(diagnosis: Diagnosis, question: SearchQuestion) -> list[LinkView]:
    """The ways out that the doctor offers."""
    return [
        LinkView(_describe(each), _make_relaxed_address(each, question), each.total)
        for each in diagnosis.relaxations
    ]


def list_reasons(explanation: Explanation) -> list[ContributionShare]:
    """The contributions to a score, fields named for people."""
    return [
        replace(each, field=_FIELD_NAMES.get(each.field, each.field))
        for each in list_shares(explanation)
    ]


def make_question_address(
    question: SearchQuestion, *, offset: int = 0, cursor: str = "", explains: bool = False
) -> str:
    """The page of a question, from its first result on unless told otherwise."""
    is_submitted = question.date_field is DateField.SUBMITTED
    return make_search_address(
        q=question.text,
        cat=question.categories,
        from_=question.first,
        to=question.last,
        date=None if is_submitted else question.date_field.value,
        sort=question.sort.value,
        author=question.author,
        rank=None if question.rank is RankMode.DEFAULT else question.rank.value,
        limit=question.limit,
        spell=None if question.corrects_spelling else "0",
        expand=None if question.expands_acronyms else "0",
        as_written=",".join(question.as_written),
        explain="1" if explains else None,
        offset=offset or None,
        cursor=cursor,
    )


def split_as_written(text: str) -> tuple[str, ...]:
    """The words of an address that are searched as they are written."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _describe(relaxation: Relaxation) -> str:
    return {
        "without_part": f"without {relaxation.text}",
        "without_parts": f"without {relaxation.text}",
        "without_exclusion": f"also with {relaxation.text}",
        "words_of_phrase": f"the words of {relaxation.text} anywhere",
        "any_field": f"{relaxation.text} in title or abstract",
        "without_categories": "in all categories",
        "without_dates": "of all dates",
        "without_filters": "in all categories, of all dates",
    }[relaxation.kind.value]


def _make_relaxed_address(relaxation: Relaxation, question: SearchQuestion) -> str:
    # The author beside the words is part of the query by then.
    relaxed = replace(question, text=relaxation.query, author="")
    if not relaxation.keeps_categories:
        relaxed = replace(relaxed, categories="")
    if not relaxation.keeps_dates:
        relaxed = replace(relaxed, first="", last="")
    return make_question_address(relaxed)
