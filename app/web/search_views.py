"""What the page of a search shows around its results: facets, dates, spelling, ways out, reasons.

Every control is a link, since the address is the whole state of a page. A facet value that is a
filter goes into the filters where they are free, else into the query, so that the number beside it
is what one finds behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.categories import find_category, list_archives
from app.domain.query import And, DateField, FacetField, Phrase, QueryNode
from app.domain.results import Explanation, FacetCount, SearchPage
from app.services.doctor import Diagnosis, Relaxation
from app.services.explain import ContributionShare, list_shares
from app.services.question import SearchQuestion
from app.services.search_help import SearchHelp
from app.text.query_syntax import parse_query, render_query
from app.web.presentation import make_search_address

VALUES_SHOWN = 8
"""Values of a facet on the page; REST has all of them."""

PAGE_FACETS = tuple(FacetField)
"""What is counted for the page, and the keywords."""

_FACET_NAMES = {
    "cat": "Category",
    "archive": "Archive",
    "year": "Year",
    "author": "Author",
    "keyword": "Phrase",
}
_DATE_NAMES = {
    DateField.SUBMITTED: "Submitted",
    DateField.UPDATED: "Updated",
    DateField.ANNOUNCED: "Announced",
}
_FIELD_NAMES = {"*": "every paper", "latent": "meaning"}


@dataclass(frozen=True, slots=True)
class FacetValueView:
    """One value of a facet.

    Attributes:
        count: results that carry it.
        address: the search narrowed to it.
        title: what the value stands for; empty when that is plain.
    """

    label: str
    count: int
    address: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet with its most frequent values."""

    name: str
    values: tuple[FacetValueView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that narrows the search now; `address` is the search without it."""

    name: str
    label: str
    address: str


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


def list_facet_views(
    page: SearchPage, search_help: SearchHelp, question: SearchQuestion
) -> list[FacetView]:
    """The facets of a page with their links; those that cannot narrow it are left out."""
    counted: dict[str, Sequence[FacetCount]] = {
        facet.value: counts for facet, counts in page.facets.items()
    }
    if search_help.keywords:
        counted["keyword"] = search_help.keywords
    views = []
    for facet, counts in counted.items():
        useful = [each for each in counts if 0 < each.count < page.total]
        if useful:
            shown = useful[:VALUES_SHOWN]
            values = tuple(_make_value_view(facet, each, question) for each in shown)
            views.append(FacetView(_FACET_NAMES[facet], values, len(useful) - len(values)))
    return views


def list_chips(question: SearchQuestion) -> list[Chip]:
    """What narrows the search, each with the search without it."""
    chips = []
    if question.categories:
        address = make_question_address(replace(question, categories=""))
        chips.append(Chip("Category", question.categories, address))
    if question.first or question.last:
        address = make_question_address(replace(question, first="", last=""))
        chips.append(Chip("Dates", _name_dates(question), address))
    parts = _list_parts(question.text)
    for number, part in enumerate(parts):
        if len(parts) > 1 and not _is_plain_word(part):
            rest = [*parts[:number], *parts[number + 1 :]]
            text = render_query(And(tuple(rest)) if len(rest) > 1 else rest[0])
            address = make_question_address(replace(question, text=text))
            chips.append(Chip("Query", render_query(part), address))
    return chips


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
    corrected = make_question_address(replace(question, text=respelling.corrected))
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


def make_question_address(question: SearchQuestion, *, explains: bool = False) -> str:
    """The page of a question, from its first result on."""
    is_default_date = question.date_field is DateField.SUBMITTED
    return make_search_address(
        q=question.text,
        cat=question.categories,
        from_=question.first,
        to=question.last,
        date=None if is_default_date else question.date_field.value,
        sort=question.sort.value,
        limit=question.limit,
        spell=None if question.corrects_spelling else 0,
        explain=1 if explains else None,
    )


def _make_value_view(facet: str, counted: FacetCount, question: SearchQuestion) -> FacetValueView:
    value = counted.value
    narrowed = _narrow(facet, value, question)
    return FacetValueView(
        value, counted.count, make_question_address(narrowed), _name_value(facet, value)
    )


def _narrow(facet: str, value: str, question: SearchQuestion) -> SearchQuestion:
    if facet in ("cat", "archive"):
        if not question.categories:
            return replace(question, categories=value)
        return _add(question, f"cat:{value}")
    if facet == "year":
        is_free = question.date_field is DateField.SUBMITTED and not _has_dates(question)
        if is_free:
            return replace(question, first=value, last=value)
        return _add(question, f"year:{value}")
    quoted = value.replace('"', " ")
    return _add(question, f'au:"{quoted}"' if facet == "author" else f'"{quoted}"')


def _add(question: SearchQuestion, item: str) -> SearchQuestion:
    """The question with one more item that is wanted; alternatives are put into parentheses."""
    text = question.text.strip()
    tree = parse_query(text).tree if text else None
    if tree is not None and not isinstance(tree, And) and hasattr(tree, "children"):
        text = f"({text})"
    return replace(question, text=f"{text} {item}".strip())


def _has_dates(question: SearchQuestion) -> bool:
    return bool(question.first or question.last)


def _name_value(facet: str, value: str) -> str:
    if facet == "cat":
        category = find_category(value)
        return category.name if category is not None else ""
    if facet == "archive":
        return next((each.name for each in list_archives() if each.code == value), "")
    return ""


def _name_dates(question: SearchQuestion) -> str:
    first, last = question.first or "…", question.last or "…"
    text = first if first == last else f"{first} – {last}"
    is_default = question.date_field is DateField.SUBMITTED
    return text if is_default else f"{question.date_field.value} {text}"


def _list_parts(text: str) -> list[QueryNode]:
    """What the query wants at once; nothing where it holds identifiers or cannot be taken apart."""
    if not text.strip():
        return []
    parsed = parse_query(text)
    if parsed.arxiv_ids or parsed.dois or not isinstance(parsed.tree, And):
        return []
    return list(parsed.tree.children)


def _is_plain_word(part: QueryNode) -> bool:
    """Whether the part is easily taken out of the search box by hand."""
    return getattr(part, "field", "") is None and not isinstance(part, Phrase)


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
    relaxed = replace(question, text=relaxation.query)
    if not relaxation.keeps_categories:
        relaxed = replace(relaxed, categories="")
    if not relaxation.keeps_dates:
        relaxed = replace(relaxed, first="", last="")
    return make_question_address(relaxed)
