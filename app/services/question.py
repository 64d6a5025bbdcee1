"""What somebody asks of a search, and what an engine is asked for it."""

from dataclasses import dataclass, replace
from datetime import date

from app.domain.categories import parse_category_filter
from app.domain.errors import InvalidCursorError, InvalidInputError
from app.domain.query import (
    AuthorName,
    DateField,
    DateRange,
    FacetField,
    Filters,
    RankMode,
    SearchRequest,
    Sort,
    narrow,
)
from app.services.cursors import make_digest, read_cursor
from app.services.limits import check_limit
from app.text.date_syntax import parse_period
from app.text.query_syntax import NOTHING, ParsedQuery, parse_query
from app.text.query_words import make_author

SECOND_STAGE_REACH = 1_000
"""Hits among which the second stage of relevance may change the order of the first; behind them a
hit's score tells where to go on."""


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

    def choose_page_size(self, wanted: int | None) -> int:
        """How many results a page has, when nobody or somebody says how many are wanted.

        Raises:
            LimitExceededError: a page may not have so many.
        """
        size = self.default_page_size if wanted is None else wanted
        advice = "Ask for fewer at once and go on page by page."
        check_limit(size, "max_page_size", self.max_page_size, "results", advice=advice)
        return size


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
        expands_acronyms: search acronyms with their long forms as well, and the reverse.
        as_written: those that are searched as they are written all the same.
        is_strict: refuse a query that has to be guessed at; words are searched as written.
        author: a name beside the words, as behind `au:`; empty for anybody.
        rank: which stages the order by relevance has.
        cursor: where the page before ended (`app.services.cursors`), instead of an offset; `*` for
            the first page.
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
    expands_acronyms: bool = True
    as_written: tuple[str, ...] = ()
    is_strict: bool = False
    author: str = ""
    rank: RankMode = RankMode.DEFAULT
    cursor: str = ""


def understand(
    question: SearchQuestion, limits: SearchLimits, today: date
) -> tuple[ParsedQuery, SearchRequest]:
    """The question in the engine's terms, checked against the limits.

    Args:
        today: the day that `since:` counts from.

    Raises:
        InvalidInputError: a date, category, limit or (when strict) query cannot be read.
    """
    limit = limits.choose_page_size(question.limit)
    check_limit(
        len(question.text),
        "max_query_chars",
        limits.max_query_chars,
        "characters",
        advice="Shorten the query.",
    )
    check_limit(
        question.offset,
        "max_offset",
        limits.max_offset,
        "results",
        advice="Go deeper with the cursor in `next` of an answer, or narrow the search.",
    )
    parsed = parse_query(question.text, strict=question.is_strict, today=today)
    author = read_author(question)
    if author is not None and parsed.tree != NOTHING:
        parsed = replace(parsed, tree=narrow(parsed.tree, author))
    request = SearchRequest(
        query=parsed.tree,
        filters=make_filters(question),
        sort=question.sort,
        offset=question.offset,
        limit=limit,
        facets=question.facets,
        rank=question.rank,
    )
    return parsed, _go_to_cursor(request, question, limits)


def digest_question(question: SearchQuestion) -> str:
    """What the pages of one question have in common, and no other question has."""
    return make_digest(
        question.text,
        question.categories,
        question.first,
        question.last,
        question.date_field,
        question.sort,
        question.author,
        question.rank,
        str(question.corrects_spelling),
        str(question.expands_acronyms),
        *question.as_written,
    )


def read_author(question: SearchQuestion) -> AuthorName | None:
    """Whoever a question asks for beside its words; None for anybody.

    Raises:
        InvalidInputError: that is no name.
    """
    if not question.author.strip():
        return None
    author = make_author(question.author)
    if author is None:
        raise InvalidInputError(
            f'"{question.author[:40]}" is no name. Write author=Lee, author="Lee, A" or '
            "author=^Lee."
        )
    return author


def _go_to_cursor(
    request: SearchRequest, question: SearchQuestion, limits: SearchLimits
) -> SearchRequest:
    """The request for the page that begins at the question's cursor, if it has one."""
    if not question.cursor:
        return request
    if question.offset:
        raise InvalidCursorError("A cursor and an offset were given. Leave the offset out.")
    cursor = read_cursor(question.cursor, digest_question(question))
    reach = limits.max_offset
    if question.sort is Sort.RELEVANCE and question.rank is RankMode.DEFAULT:
        reach = max(reach, SECOND_STAGE_REACH)
    if cursor.position > reach and cursor.after is None:
        raise InvalidCursorError(
            "The cursor does not say where to go on. Ask for the first page with cursor=*."
        )
    return replace(
        request,
        offset=cursor.position,
        after=cursor.after if cursor.position > reach else None,
    )


def make_filters(question: SearchQuestion) -> Filters:
    """The category and date filters of a question.

    Raises:
        InvalidCategoryError: `categories` is not an expression.
        InvalidDateError: a date cannot be read, or the range ends before it begins.
    """
    return Filters(
        categories=parse_category_filter(question.categories),
        dates=DateRange(
            first=parse_period(question.first)[0] if question.first.strip() else None,
            last=parse_period(question.last)[1] if question.last.strip() else None,
        ),
        date_field=question.date_field,
    )
