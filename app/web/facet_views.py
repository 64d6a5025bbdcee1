"""Facets of a search's page, and what narrows the search now.

A facet value that is a filter goes into the filters where they are free, else into the query, so
that the number beside it is what one finds behind it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.domain.categories import find_category, list_archives
from app.domain.query import (
    And,
    DateField,
    Everything,
    FacetField,
    Not,
    Or,
    Phrase,
    QueryNode,
    join_all,
)
from app.domain.results import Expansion, FacetCount, SearchPage
from app.services.question import SearchQuestion
from app.services.search_help import SearchHelp
from app.text.query_syntax import parse_query, render_query
from app.web.languages import translatable
from app.web.search_addresses import SearchAddresses, make_question_address

VALUES_SHOWN = 8
"""Values of a facet in sight; more come when they are asked for."""

VALUES_FOLDED = 200
"""Most values behind the fold; REST has all of them."""

PAGE_FACETS = (FacetField.CATEGORY, FacetField.ARCHIVE, FacetField.YEAR)
"""What is counted for every page; the engine does so while it searches."""

MORE_FACETS = tuple(FacetField)
"""What is counted when more is asked for, and the keywords: names and phrases are searches of
their own, some thirty, which nobody should wait for to see the results."""

_FACET_NAMES = {
    "cat": translatable("Category"),
    "archive": translatable("Archive"),
    "year": translatable("Year"),
    "author": translatable("Author"),
    "keyword": translatable("Phrase"),
}


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
    """One facet with its values, most frequent first.

    Attributes:
        values: those in sight.
        folded: those behind a fold; none where only the first values are wanted.
        more: how many there are beside both.
    """

    facet: str
    name: str
    values: tuple[FacetValueView, ...]
    folded: tuple[FacetValueView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that narrows the search now; `address` is the search without it."""

    name: str
    label: str
    address: str


def list_facet_views(
    page: SearchPage, search_help: SearchHelp, addresses: SearchAddresses, *, shows_more: bool
) -> list[FacetView]:
    """The facets of a page with their links; those that cannot narrow it are left out.

    Args:
        shows_more: give the values behind the folds as well.
    """
    wanted = VALUES_SHOWN + (VALUES_FOLDED if shows_more else 0)
    counted: dict[str, Sequence[FacetCount]] = {
        facet.value: counts for facet, counts in page.facets.items()
    }
    if search_help.keywords:
        counted["keyword"] = search_help.keywords
    if search_help.authors is not None:
        counted[FacetField.AUTHOR.value] = search_help.authors
    views = []
    for facet, counts in counted.items():
        useful = [each for each in counts if 0 < each.count < page.total]
        if useful:
            listed = [_make_value_view(facet, each, addresses) for each in useful[:wanted]]
            shown, folded = tuple(listed[:VALUES_SHOWN]), tuple(listed[VALUES_SHOWN:])
            more = len(useful) - len(listed)
            views.append(FacetView(facet, _FACET_NAMES[facet], shown, folded, more))
    return views


def list_chips(
    question: SearchQuestion, expansions: Sequence[Expansion], gettext: Callable[[str], str]
) -> list[Chip]:
    """What narrows the search or widens it, each with the search without it."""
    chips = _list_expansion_chips(question, expansions, gettext)
    if question.categories:
        address = make_question_address(replace(question, categories=""))
        chips.append(Chip(translatable("Category"), question.categories, address))
    if question.first or question.last:
        address = make_question_address(replace(question, first="", last=""))
        chips.append(Chip(translatable("Dates"), _name_dates(question), address))
    if question.author:
        address = make_question_address(replace(question, author=""))
        chips.append(Chip(translatable("Author"), question.author, address))
    parts = _list_parts(question.text)
    for number, part in enumerate(parts):
        if not _is_plain_word(part):
            rest = [*parts[:number], *parts[number + 1 :]]
            text = render_query(join_all(rest)) if rest else ""
            address = make_question_address(replace(question, text=text))
            chips.append(Chip(translatable("Query"), render_query(part), address))
    return chips


def _list_expansion_chips(
    question: SearchQuestion, expansions: Sequence[Expansion], gettext: Callable[[str], str]
) -> list[Chip]:
    chips = []
    for each in expansions:
        left_alone = replace(question, as_written=(*question.as_written, each.written))
        label = f"{each.written} = {each.expanded} ({each.papers:,})"
        chips.append(Chip(translatable("Acronym"), label, make_question_address(left_alone)))
    only = gettext("only %(word)s")
    for text in question.as_written:
        others = tuple(each for each in question.as_written if each != text)
        address = make_question_address(replace(question, as_written=others))
        chips.append(Chip(translatable("As written"), only.replace("%(word)s", text), address))
    if not question.expands_acronyms:
        address = make_question_address(replace(question, expands_acronyms=True))
        chips.append(Chip(translatable("As written"), gettext("acronyms as written"), address))
    return chips


def _make_value_view(facet: str, counted: FacetCount, addresses: SearchAddresses) -> FacetValueView:
    value = counted.value
    address = _narrow(facet, value, addresses)
    return FacetValueView(value, counted.count, address, _name_value(facet, value))


def _narrow(facet: str, value: str, addresses: SearchAddresses) -> str:
    question = addresses.question
    if facet in ("cat", "archive"):
        is_free = not question.categories
        return addresses.in_categories(value) if is_free else addresses.with_item(f"cat:{value}")
    if facet == "year":
        is_free = question.date_field is DateField.SUBMITTED and not _has_dates(question)
        return addresses.in_years(value) if is_free else addresses.with_item(f"year:{value}")
    quoted = value.replace('"', " ")
    return addresses.with_item(f'au:"{quoted}"' if facet == "author" else f'"{quoted}"')


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
    parsed = parse_query(text)
    if parsed.arxiv_ids or parsed.dois or isinstance(parsed.tree, Everything | Not | Or):
        return []
    parts = parsed.tree.children if isinstance(parsed.tree, And) else (parsed.tree,)
    return [part for part in parts if not isinstance(part, Everything)]


def _is_plain_word(part: QueryNode) -> bool:
    """Whether the part is easily taken out of the search box by hand."""
    return getattr(part, "field", "") is None and not isinstance(part, Phrase)
