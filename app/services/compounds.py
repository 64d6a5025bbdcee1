"""Compounds in each of their spellings: noninvasive, non-invasive and non invasive are one.

The index holds a hyphenated compound in its parts and in one piece, and so does a query that has
it with its hyphen. What is left is a closed word that papers write apart, and words side by side
that papers write as one:

    noninvasive test   ->  (noninvasive OR "non invasive") test
    non invasive test  ->  (non invasive OR noninvasive) test

No list of prefixes says what a compound is, the papers do: both spellings are in use, neither so
rare beside the other that it is a slip of the pen (deeplearning) or an accident (net work). A
spelling that would add no paper is left out. Words of a title: or abs: field are treated alike;
phrases, exclusions and other fields stay as they were written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.query import And, Filters, Not, Phrase, QueryNode, Term
from app.search.engine import SearchEngine
from app.services.word_runs import Words, list_runs
from app.text.tokenize import MAX_JOINED_PARTS, normalise

LEAST_SHARE = 0.01
"""Share of the papers with a compound that a spelling has at least."""

MIN_FIRST_CHARS, MIN_LAST_CHARS = 2, 3
"""Letters of the shortest parts of a closed word: co and re, but few words of two letters follow;
a number may be shorter (GPT4)."""

MAX_CLOSED_CHARS = 32
"""Letters of the longest word that is taken apart."""

MAX_CHECKS = 8
"""Compounds of one query that are looked up in the papers; the others stay as they were written."""

MIDDLE_WORDS = ("to", "by", "of", "and")
"""The middle of a closed compound of three parts, as in endtoend; a query has lost these words."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What words of the query may be.

    Attributes:
        words: one closed word, or two or three side by side.
        closed: the compound in one piece.
        apart: its parts side by side.
    """

    words: tuple[Term, ...]
    closed: Term
    apart: Phrase

    @property
    def other(self) -> QueryNode:
        """The spelling that the query has not."""
        return self.apart if len(self.words) == 1 else self.closed

    def list_terms(self) -> list[str]:
        """The index terms of the closed spelling and of the parts that have one."""
        return [
            term for term in map(normalise, (self.closed.text, *self.apart.text.split())) if term
        ]


class CompoundFinder:
    """Finds other spellings of compounds; safe to share between threads."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    def find(self, tree: QueryNode) -> dict[Words, QueryNode]:
        """Other spellings that papers use, by the words of the query they are of.

        Raises:
            SearchIndexError: there is no usable index.
        """
        runs = list_runs(tree, _is_word)
        candidates = {each: each.list_terms() for run in runs for each in _list_candidates(run)}
        terms = list(dict.fromkeys(term for each in candidates.values() for term in each))
        if not terms:
            return {}
        counts = dict(zip(terms, self._engine.get_document_frequencies(terms), strict=True))
        return {
            each.words: each.other
            for each, closed in _choose(candidates, counts)
            if _is_used(self._engine, each, closed)
        }


def _is_word(word: Term) -> bool:
    """Whether a word is plain: letters and digits."""
    return word.text.isascii() and word.text.isalnum()


def _list_candidates(run: Sequence[Term]) -> Iterator[_Candidate]:
    """All that the words of a run may be, compounds of three parts first."""
    for size in range(MAX_JOINED_PARTS, 1, -1):
        for start in range(len(run) - size + 1):
            words = tuple(run[start : start + size])
            yield from (_make_candidate(words, parts) for parts in _list_parts(words))
    for word in run:
        yield from (_make_candidate((word,), parts) for parts in _split(word.text))


def _make_candidate(words: tuple[Term, ...], parts: Sequence[str]) -> _Candidate:
    field = words[0].field
    closed = words[0] if len(words) == 1 else Term("".join(parts), field)
    return _Candidate(words, closed, Phrase(" ".join(parts), field))


def _list_parts(words: Sequence[Term]) -> Iterator[tuple[str, ...]]:
    """The parts that words side by side may be of a compound."""
    parts = tuple(word.text for word in words)
    if "".join(parts).isdigit():
        return  # two numbers side by side are no number
    yield parts
    if len(parts) == MAX_JOINED_PARTS - 1:
        yield from ((parts[0], middle, parts[1]) for middle in MIDDLE_WORDS)


def _split(word: str) -> Iterator[tuple[str, ...]]:
    """The parts that a closed word may have."""
    if len(word) > MAX_CLOSED_CHARS:
        return
    for place in range(1, len(word)):
        head, tail = word[:place], word[place:]
        if head.isalpha() and tail.isdigit():
            yield head, tail
        if place < MIN_FIRST_CHARS or not word.isalpha():
            continue
        if len(tail) >= MIN_LAST_CHARS:
            yield head, tail
        for middle in MIDDLE_WORDS:
            rest = tail.removeprefix(middle)
            if rest != tail and len(rest) >= MIN_LAST_CHARS:
                yield head, middle, rest


def _choose(
    candidates: Mapping[_Candidate, Sequence[str]], counts: Mapping[str, int]
) -> list[tuple[_Candidate, int]]:
    """The best candidate for each word or words, and how many papers hold its closed spelling."""
    likely: dict[tuple[Term, ...], tuple[int, _Candidate, int]] = {}
    for each, terms in candidates.items():
        if len(terms) < 3:
            continue  # a part that the index does not keep
        closed, rarest = counts[terms[0]], min(counts[term] for term in terms[1:])
        is_closed = len(each.words) == 1
        if rarest < LEAST_SHARE * closed if is_closed else not closed:
            continue
        weight = rarest if is_closed else closed
        if weight > likely.get(each.words, (0,))[0]:
            likely[each.words] = weight, each, closed
    return [(each, closed) for _weight, each, closed in likely.values()][:MAX_CHECKS]


def _is_used(engine: SearchEngine, candidate: _Candidate, closed: int) -> bool:
    """Whether papers use both spellings, and the one that the query has not adds papers.

    Args:
        closed: papers with the closed spelling, those with hyphens among them.
    """
    least = max(1.0, LEAST_SHARE * closed)
    if len(candidate.words) == 1:
        return engine.count(candidate.apart, Filters()) >= least
    # Papers with hyphens hold the parts as well as the whole.
    only_closed = And((candidate.closed, Not(And(candidate.words))))
    if engine.count(only_closed, Filters()) < least:
        return False
    apart = engine.count(candidate.apart, Filters())
    return apart == 0 or apart >= least
