"""How "all of the words" gives way when few papers hold them all.

All bare words are wanted. Where fewer than `ENOUGH_PAPERS` (or one in a hundred) hold them all,
papers with any of them are shown, those with more and rarer ones first; a word said n times counts
1 + ln n times. On eight collections this loses nothing against asking for any word at once, at any
length of question, while insisting on all words until none is found loses 6 to 18 % of nDCG@10.
Papers are counted without filters of categories and dates, unless those leave none: so the number
beside a filter is the number behind it.

A compound is a phrase, all or nothing; its parts are therefore words beside it there.

A question of many words is prose, and its quotation marks quote: there a phrase counts where it is
found, and so do its words. Insisting on it lost every third of such questions in two collections.

An order by date would put papers with one common word first, so there all words stay wanted as
long as any paper holds them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log

from app.domain.query import And, Boosted, Or, Phrase, QueryNode, Sort, Term
from app.text.tokenize import index_terms, iter_parts, normalise

ENOUGH_PAPERS = 25
"""Papers that hold all the words: with so many, nobody misses those that hold fewer."""

ENOUGH_SHARE = 0.01
"""The same as a share of all papers, for small libraries."""

COMPOUND_WEIGHT = 0.3
"""What a compound as a whole scores where any word suffices, and each of its parts: a paper that
holds the whole holds the parts too, and must not have the same words counted in full twice."""

PROSE_WORDS = 10
"""With more bare words a question is prose, and a phrase in it is no condition."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A query that asks for less.

    Attributes:
        query: what is searched for.
        shown: the same for people: without weights and what would puzzle them.
    """

    query: QueryNode
    shown: QueryNode


def find_relaxation(
    tree: QueryNode, further: Sequence[QueryNode] = (), *, untold: Collection[QueryNode] = ()
) -> Relaxation | None:
    """The tree that wants any of the bare words instead of all; None where that changes nothing.

    Phrases, fields and exclusions are asked for on purpose and stay wanted; phrases without a
    field only when the question is no prose.

    Args:
        further: what may stand in the place of words, weighed.
        untold: those of them that people are not shown.
    """
    if not isinstance(tree, And):
        return None
    words = [c for c in tree.children if isinstance(c, Term) and c.field is None]
    others = [child for child in tree.children if child not in words]
    quoted: list[QueryNode] = []
    if len(words) > PROSE_WORDS:
        quoted = [child for child in others if isinstance(child, Phrase) and child.field is None]
        others = [child for child in others if child not in quoted]
        words += [Term(word) for phrase in quoted for word in _list_words(phrase)]
    distinct = _weigh(words)
    if len(distinct) < 2:  # a single word cannot be asked less of
        return None
    weighed = _take_apart(distinct)
    wanted = [*weighed, *quoted, *further]
    shown = [each.child if isinstance(each, Boosted) else each for each in wanted]
    told = [each for each in shown if each not in untold]
    return Relaxation(_join(wanted, others), _join(told, others))


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


def _weigh(words: Sequence[Term]) -> dict[Term, float]:
    """Each distinct word with an index term once, as heavy as it is frequent."""
    counts: Counter[tuple[str, ...]] = Counter()
    firsts: dict[tuple[str, ...], Term] = {}
    for word in words:
        terms = tuple(index_terms(word.text))
        if terms:
            counts[terms] += 1
            firsts.setdefault(terms, word)
    return {word: 1.0 + log(counts[terms]) for terms, word in firsts.items()}


def _take_apart(words: Mapping[Term, float]) -> list[QueryNode]:
    """The words, and behind them the parts of compounds that are not among them."""
    wholes: list[QueryNode] = []
    parts: list[QueryNode] = []
    known = {tuple(index_terms(word.text)) for word in words}
    for word, weight in words.items():
        texts = [part.text for part in iter_parts(word.text) if normalise(part.text)]
        if len(texts) < 2:
            wholes.append(_boost(word, weight))
            continue
        wholes.append(_boost(word, COMPOUND_WEIGHT * weight))
        for text in texts:
            terms = (normalise(text),)
            if terms not in known:
                known.add(terms)
                parts.append(_boost(Term(text), COMPOUND_WEIGHT * weight))
    return wholes + parts


def _boost(word: Term, weight: float) -> QueryNode:
    return word if weight == 1.0 else Boosted(word, weight)


def _list_words(phrase: QueryNode) -> list[str]:
    return phrase.text.split() if isinstance(phrase, Phrase) else []


def _join(words: Sequence[QueryNode], others: Sequence[QueryNode]) -> QueryNode:
    any_word = Or(tuple(words))
    return And((any_word, *others)) if others else any_word
