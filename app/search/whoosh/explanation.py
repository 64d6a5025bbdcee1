"""Why one paper has its score: the score of every term and phrase that matches it."""

from typing import Any

from whoosh.query import And, Every, NullQuery, Phrase, Term

from app.domain.results import TermContribution
from app.search.whoosh.query_types import AnyOf, Without


def list_contributions(leaf: Any, query: Any, number: int) -> list[TermContribution] | None:
    """What each leaf of a compiled query adds to the score of a document.

    Args:
        leaf: Whoosh's searcher of the segment that holds the document.
        query: from `app.search.whoosh.compiler`.
        number: the document within its segment.

    Returns:
        Contributions that add up to the score; None when the document does not match.
    """
    match query:
        case Term() | Phrase() | Every():
            return _score_leaf(leaf, query, number)
        case AnyOf():
            return _join_any([list_contributions(leaf, child, number) for child in query])
        case And():
            return _join_all([list_contributions(leaf, child, number) for child in query])
        case Without():
            if list_contributions(leaf, query.b, number) is not None:
                return None
            return list_contributions(leaf, query.a, number)
        case _ if query is NullQuery:
            return None
    raise TypeError(f"the compiler makes no {type(query).__name__}")


def _score_leaf(leaf: Any, query: Any, number: int) -> list[TermContribution] | None:
    matcher = query.matcher(leaf, leaf.context())
    if not matcher.is_active():
        return None
    matcher.skip_to(number)
    if not matcher.is_active() or matcher.id() != number:
        return None
    score = 1.0 if isinstance(query, Every) else float(matcher.score())
    return [TermContribution(query.fieldname or "*", _describe(query), score)]


def _describe(query: Any) -> str:
    match query:
        case Term():
            return str(query.text)
        case Phrase():
            return '"' + " ".join(query.words) + '"'
    return "*"


Parts = list[list[TermContribution] | None]


def _join_any(parts: Parts) -> list[TermContribution] | None:
    matching = [part for part in parts if part is not None]
    return [each for part in matching for each in part] if matching else None


def _join_all(parts: Parts) -> list[TermContribution] | None:
    if any(part is None for part in parts):
        return None
    return _join_any(parts)
