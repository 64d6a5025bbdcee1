"""What somebody asks of a search, and what an engine is asked for it."""

from dataclasses import dataclass

from app.domain.categories import parse_category_expression
from app.domain.errors import LimitExceededError
from app.domain.query import (
    DateField,
    DateRange,
    FacetField,
    Filters,
    RankMode,
    SearchRequest,
    Sort,
)
from app.text.date_syntax import parse_period
from app.text.query_syntax import ParsedQuery, parse_query


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """What one question may ask for; the names are those of the settings.

    Attributes:
        max_query_chars: longest query, characters.
        default_page_size: results on a page when nobody says otherwise.
        max_page_size: most results in one answer.
        max_offset: deepest first result of a page.
    """

    max_query_chars: int = 2_000
    default_page_size: int = 25
    max_page_size: int = 200
    max_offset: int = 10_000


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """What somebody asks, in their own spelling.

    Attributes:
        text: the query (`app.text.query_syntax`).
        categories: a category expression; empty for all.
        first: year, month or day from which on; empty for no bound.
        last: year, month or day up to the end of which; empty for no bound.
        limit: papers wanted; None for the default page size.
        corrects_spelling: show what a corrected query finds where a word is certainly misspelt.
        is_strict: refuse a query that has to be guessed at.
    """

    text: str = ""
    categories: str = ""
    first: str = ""
    last: str = ""
    date_field: DateField = DateField.SUBMITTED
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int | None = None
    facets: tuple[FacetField, ...] = ()
    corrects_spelling: bool = True
    is_strict: bool = False
    rank: RankMode = RankMode.DEFAULT


def understand(question: SearchQuestion, limits: SearchLimits) -> tuple[ParsedQuery, SearchRequest]:
    """The question in the engine's terms, checked against the limits.

    Raises:
        InvalidInputError: a date, category, limit or (when strict) query cannot be read.
    """
    limit = limits.default_page_size if question.limit is None else question.limit
    _check_limit(len(question.text), "max_query_chars", limits.max_query_chars, "characters")
    _check_limit(limit, "max_page_size", limits.max_page_size, "results")
    _check_limit(question.offset, "max_offset", limits.max_offset, "results")
    parsed = parse_query(question.text, strict=question.is_strict)
    request = SearchRequest(
        query=parsed.tree,
        filters=make_filters(question),
        sort=question.sort,
        offset=question.offset,
        limit=limit,
        facets=question.facets,
        rank=question.rank,
    )
    return parsed, request


def make_filters(question: SearchQuestion) -> Filters:
    """The category and date filters of a question.

    Raises:
        InvalidCategoryError: `categories` is not an expression.
        InvalidDateError: a date cannot be read, or the range ends before it begins.
    """
    return Filters(
        categories=(
            parse_category_expression(question.categories) if question.categories.strip() else None
        ),
        dates=DateRange(
            first=parse_period(question.first)[0] if question.first.strip() else None,
            last=parse_period(question.last)[1] if question.last.strip() else None,
        ),
        date_field=question.date_field,
    )


def _check_limit(value: int, name: str, limit: int, unit: str) -> None:
    if value > limit:
        raise LimitExceededError(
            f"{value:,} {unit} are asked for or given, at most {limit:,} are allowed ({name}). "
            + _LIMIT_ADVICE[name],
            limit_name=name,
            limit=limit,
            unit=unit,
        )


_LIMIT_ADVICE = {
    "max_query_chars": "Shorten the query.",
    "max_page_size": "Ask for fewer at once and page with offset.",
    "max_offset": "Narrow the search by date or category to reach deeper results.",
}
