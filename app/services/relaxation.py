"""How "all of the words" gives way when few papers hold them all.

All bare words are wanted. Where fewer than `ENOUGH_PAPERS` (or one in a hundred) hold them all,
papers with any of them are shown, those with more and rarer ones first; a word said twice counts
twice. On eight collections this loses nothing against asking for any word at once, at any length
of question, while insisting on all words until none is found loses 6 to 18 % of nDCG@10.

An order by date would put papers with one common word first, so there all words stay wanted as
long as any paper holds them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.query import And, Boosted, Or, QueryNode, Sort, Term
from app.text.tokenize import index_terms

ENOUGH_PAPERS = 25
"""Papers that hold all the words: with so many, nobody misses those that hold fewer."""

ENOUGH_SHARE = 0.01
"""The same as a share of all papers, for small libraries."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A query that asks for less.

    Attributes:
        query: what is searched for.
        shown: the same without the weights of repeated words, for people.
    """

    query: QueryNode
    shown: QueryNode


def find_relaxation(tree: QueryNode) -> Relaxation | None:
    """The tree that wants any of the bare words instead of all; None where that changes nothing.

    Phrases, fields and exclusions are asked for on purpose and stay wanted.
    """
    if not isinstance(tree, And):
        return None
    words = [c for c in tree.children if isinstance(c, Term) and c.field is None]
    counts = Counter(tuple(index_terms(word.text)) for word in words)
    firsts = {tuple(index_terms(word.text)): word for word in reversed(words)}
    distinct = [firsts[terms] for terms in counts if terms]
    if len(distinct) < 2:
        return None
    weighted = [_weigh(word, counts[tuple(index_terms(word.text))]) for word in distinct]
    others = [child for child in tree.children if child not in words]
    return Relaxation(_join(weighted, others), _join(distinct, others))


def is_enough(total: int, papers: int, sort: Sort) -> bool:
    """Whether so many papers with all the words are enough, of so many in the index."""
    if sort is not Sort.RELEVANCE:
        return total > 0
    return total >= min(ENOUGH_PAPERS, max(1.0, ENOUGH_SHARE * papers))


def describe_relaxation(total: int) -> str:
    """The note for people, when so many papers hold all the words."""
    if total == 0:
        return (
            "No title and abstract hold all of these words, so papers with any of them are shown. "
            "For names write au:, as in au:vaswani."
        )
    held = "Only one paper holds" if total == 1 else f"Only {total:,} papers hold"
    return (
        f"{held} all of these words, so papers with any of them are shown, those with more and "
        "rarer ones first."
    )


def _weigh(word: QueryNode, count: int) -> QueryNode:
    return word if count == 1 else Boosted(word, float(count))


def _join(words: Sequence[QueryNode], others: Sequence[QueryNode]) -> QueryNode:
    any_word = Or(tuple(words))
    return And((any_word, *others)) if others else any_word
