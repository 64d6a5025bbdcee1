"""Addresses of searches: the whole state of a page is in them.

A page leads to hundreds of searches that differ from its own in one parameter: `SearchAddresses`
writes the others once.
"""

from dataclasses import replace

from app.domain.query import And, DateField, RankMode
from app.services.question import SearchQuestion
from app.text.percent import quote_form_value
from app.text.query_syntax import parse_query
from app.web.search_questions import get_default_sort


class SearchAddresses:
    """Where the links of one search lead; each begins with the first result."""

    def __init__(self, question: SearchQuestion) -> None:
        self.question = question
        self._written = _write_parameters(question)
        self._text_before = _close_alternatives(question.text.strip())

    def in_categories(self, expression: str) -> str:
        """The search in other categories."""
        return self._change(cat=expression)

    def in_years(self, year: str) -> str:
        """The search within one year instead of its dates."""
        return self._change(**{"from": year, "to": year})

    def with_item(self, item: str) -> str:
        """The search with one more item of a query that is wanted."""
        if self._text_before:
            return self._change(q=f"{self._text_before} {item}")
        # Without words the order that is taken for granted is another one.
        return make_question_address(replace(self.question, text=item))

    def _change(self, **changes: str) -> str:
        changed = {name: _write(name, value) for name, value in changes.items()}
        return _join(self._written | changed)


def make_question_address(
    question: SearchQuestion,
    *,
    offset: int = 0,
    cursor: str = "",
    explains: bool = False,
    shows_more: bool = False,
) -> str:
    """The page of a question, from its first result on unless told otherwise.

    Args:
        explains: each result comes with its reasons.
        shows_more: all facets are there with all their values.

    >>> make_question_address(SearchQuestion('au:"E. Fox"', limit=10), offset=25)
    '/search?q=au%3A%22E.+Fox%22&limit=10&offset=25'
    """
    page = {
        "explain": "1" if explains else "",
        "more": "1" if shows_more else "",
        "offset": str(offset or ""),
        "cursor": cursor,
    }
    written = {name: _write(name, value) for name, value in page.items()}
    return _join(_write_parameters(question) | written)


def _write_parameters(question: SearchQuestion) -> dict[str, str]:
    """What an address says of a question, in its order; what goes without saying is empty."""
    is_submitted = question.date_field is DateField.SUBMITTED
    is_default_sort = question.sort is get_default_sort(question.text)
    values = {
        "q": question.text,
        "cat": question.categories,
        "from": question.first,
        "to": question.last,
        "date": "" if is_submitted else question.date_field.value,
        "sort": "" if is_default_sort else question.sort.value,
        "author": question.author,
        "rank": "" if question.rank is RankMode.DEFAULT else question.rank.value,
        "limit": "" if question.limit is None else str(question.limit),
        "spell": "" if question.corrects_spelling else "0",
        "expand": "" if question.expands_acronyms else "0",
        "as_written": ",".join(question.as_written),
    }
    return {name: _write(name, value) for name, value in values.items()}


def _write(name: str, value: str) -> str:
    return f"{name}={quote_form_value(value)}" if value else ""


def _join(written: dict[str, str]) -> str:
    query = "&".join(filter(None, written.values()))
    return f"/search?{query}" if query else "/search"


def _close_alternatives(text: str) -> str:
    """The query as the first part of a longer one; alternatives are put into parentheses."""
    if not text:
        return ""
    tree = parse_query(text).tree
    is_open = not isinstance(tree, And) and hasattr(tree, "children")
    return f"({text})" if is_open else text
