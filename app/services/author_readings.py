"""Names among the words of a search: whoever types "Terence Tao" wants his papers.

A query searches titles and abstracts, which hardly name authors. Where few papers hold all of its
words, words side by side that are an author's full name are read as that name, provided that at
least as many papers are by such authors as hold the words: so Monte Carlo stays a method. Single
words are only offered (`app.services.doctor`): many family names are words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.query import And, AuthorName, Filters, Preferred, QueryNode, Term, join_any
from app.search.engine import SearchEngine
from app.text.query_syntax import render_query
from app.text.query_words import make_author

MAX_NAME_WORDS = 4
"""Words of the longest name that is looked up."""

MAX_WORDS = 6
"""Longer queries are looked at up to here."""


@dataclass(frozen=True, slots=True)
class AuthorReading:
    """A query with words in it read as a name.

    Attributes:
        author: whom they name.
        query: the papers by that author, those with the other words first.
    """

    author: AuthorName
    query: QueryNode


def find_author_reading(engine: SearchEngine, tree: QueryNode, text: str) -> AuthorReading | None:
    """The tree with a full name among its bare words read as an author; None without one.

    Args:
        text: the query as it was typed: He and An are names, though no words of a tree.

    Raises:
        SearchIndexError: there is no usable index.
    """
    typed = [Term(word) for word in text.split()]
    words = tree.children if isinstance(tree, And) else (tree,)
    if len(words) < len(typed) <= MAX_NAME_WORDS and set(words) <= set(typed):
        names = _iter_readings(engine, And(tuple(typed)), least_words=len(typed))
        if (name := next(names, None)) is not None:
            return name
    return next(_iter_readings(engine, tree, least_words=2), None)


def list_author_readings(engine: SearchEngine, tree: QueryNode) -> list[AuthorReading]:
    """The same for every name, single words too; full names first.

    Raises:
        SearchIndexError: there is no usable index.
    """
    return list(_iter_readings(engine, tree, least_words=1))


def describe_author(author: AuthorName) -> str:
    """The note for people, where papers by the author are shown instead."""
    return (
        "Few papers hold all of these words, so papers by authors of that name are shown: "
        f'{render_query(author)}. To search texts for it, write "{author.name}".'
    )


def _iter_readings(
    engine: SearchEngine, tree: QueryNode, *, least_words: int
) -> Iterator[AuthorReading]:
    children = tree.children if isinstance(tree, And) else (tree,)
    for start, words in _list_spans(children[:MAX_WORDS], least_words):
        author = make_author(" ".join(word.text for word in words))
        if author is None:
            continue
        theirs = engine.count(author, Filters())
        if theirs and theirs >= engine.count(And(tuple(words)), Filters()):
            others = [*children[:start], *children[start + len(words) :]]
            yield AuthorReading(author, _join(author, others))


def _join(author: AuthorName, others: Sequence[QueryNode]) -> QueryNode:
    """The author's papers; words beside the name order them, all else narrows them."""
    wishes = [each for each in others if isinstance(each, Term) and each.field is None]
    conditions = [each for each in others if each not in wishes]
    wanted = And((author, *conditions)) if conditions else author
    return Preferred(wanted, join_any(wishes)) if wishes else wanted


def _list_spans(
    children: Sequence[QueryNode], least_words: int
) -> Iterator[tuple[int, list[Term]]]:
    """Bare words side by side that may be a name, the longest first, each with where it begins."""
    for size in range(min(MAX_NAME_WORDS, len(children)), least_words - 1, -1):
        for start in range(len(children) - size + 1):
            words = [each for each in children[start : start + size] if _is_bare(each)]
            if len(words) == size:
                yield start, [each for each in words if isinstance(each, Term)]


def _is_bare(node: QueryNode) -> bool:
    """Whether a node is a word as names have them."""
    if not isinstance(node, Term) or node.field is not None:
        return False
    return not any(map(str.isdigit, node.text)) and any(map(str.isalpha, node.text))
