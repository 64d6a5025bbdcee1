"""Compounds in each of their spellings: noninvasive, non-invasive and non invasive are one.

The index holds a hyphenated compound in its parts and in one piece, and so does a query that has
it with its hyphen. What is left is a closed word that papers write apart, and words side by side
that papers write as one:

    noninvasive test   ->  (noninvasive OR "non invasive") test
    non invasive test  ->  (non invasive OR noninvasive) test

No list of prefixes says what a compound is, the papers do: a spelling is looked for when any paper
uses it and its parts do not stand side by side by chance (net work). A spelling that would add no
paper is left out. Words of a title: or abs: field are treated alike; phrases, exclusions and other
fields stay as they were written.

A spelling that few papers use says no more than the words do: by its own rarity, one "trans-former"
broken at the end of a line would stand before every paper on transformers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.query import And, Filters, Not, Phrase, QueryNode, Term
from app.search.engine import SearchEngine
from app.services.variant_weights import compute_telling, weigh_other
from app.services.word_runs import Words, list_runs
from app.text.tokenize import MAX_JOINED_PARTS, normalise

LEAST_SHARE = 0.01
"""Share of the papers with a compound that its parts have at least; rarer ones stand side by side
by chance, unless their hyphen says otherwise."""

HYPHENED_SHARE = 0.5
"""Share of the papers with the parts side by side that write a hyphen between them, for a rarer
spelling to be the compound all the same."""

MIN_FIRST_CHARS, MIN_LAST_CHARS = 2, 3
"""Letters of the shortest parts of a closed word: co and re, but few words of two letters follow;
a number may be shorter (GPT4)."""

MAX_CLOSED_CHARS = 32
"""Letters of the longest word that is taken apart."""

MAX_CHECKS = 8
"""Compounds of one query that are looked up in the papers; others stay as they were written until
somebody asks again."""

MAX_REMEMBERED = 50_000
"""Words and pairs of words whose other spelling is remembered, about 200 bytes each."""

MIDDLE_WORDS = ("to", "by", "of", "and")
"""The middle of a closed compound of three parts, as in endtoend; a query has lost these words."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another spelling of words.

    Attributes:
        node: what is searched for.
        weight: what its score counts, at most 1, so that it says no more than the words.
        is_familiar: whether so many papers write it that readers know it as a spelling; the rest
            is searched all the same, but would puzzle them ("diffus ion").
    """

    node: QueryNode
    weight: float = 1.0
    is_familiar: bool = True


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What words of the query may be.

    Attributes:
        words: one closed word, or two or three side by side.
        closed: the compound in one piece.
        apart: its parts side by side.
        weight: of the spelling that the query has not.
    """

    words: tuple[Term, ...]
    closed: Term
    apart: Phrase
    weight: float

    def spell(self, *, closed: int, apart: int) -> Spelling:
        """The spelling that the query has not, where so many papers have either."""
        if len(self.words) == 1:
            return Spelling(self.apart, self.weight, is_familiar=apart >= LEAST_SHARE * closed)
        return Spelling(self.closed, self.weight, is_familiar=closed >= LEAST_SHARE * apart)


class CompoundFinder:
    """Finds other spellings of compounds; safe to share between threads.

    What papers write is remembered for each state of the index, word by word, so that a question
    pays for words that nobody asked for before.
    """

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._memory: tuple[int, dict[Words, Spelling | None]] = (-1, {})

    def find(self, tree: QueryNode) -> dict[Words, Spelling]:
        """Other spellings that papers use, by the words of the query they are of.

        Raises:
            SearchIndexError: there is no usable index.
        """
        asked = [words for run in list_runs(tree, _is_word) for words in _list_compounds(run)]
        known = self._recall()
        new = [words for words in dict.fromkeys(asked) if words not in known]
        known |= self._look_up(new)
        return {words: other for words in asked if (other := known.get(words)) is not None}

    def _recall(self) -> dict[Words, Spelling | None]:
        """What is known of this state of the index; a new memory where that is too much."""
        generation = self._engine.get_state().generation
        memory = self._memory
        if memory[0] != generation or len(memory[1]) >= MAX_REMEMBERED:
            memory = self._memory = (generation, {})
        return memory[1]

    def _look_up(self, asked: Sequence[Words]) -> dict[Words, Spelling | None]:
        """The other spelling of each compound, None where there is none; at most `MAX_CHECKS`."""
        found: dict[Words, Spelling | None] = dict.fromkeys(asked)
        likely = self._choose(asked)
        for each, closed in likely[:MAX_CHECKS]:
            apart = self._engine.count(each.apart, Filters())
            if _is_used(self._engine, each, closed=closed, apart=apart):
                found[each.words] = each.spell(closed=closed, apart=apart)
        for each, _closed in likely[MAX_CHECKS:]:
            del found[each.words]  # nothing was learnt of it
        return found

    def _choose(self, asked: Sequence[Words]) -> list[tuple[_Candidate, int]]:
        """The best candidate for each compound, and how many papers hold its closed spelling."""
        closed = [(words, parts, _close(parts)) for words in asked for parts in _list_parts(words)]
        counts = self._count([term for _words, _parts, term in closed])
        # Words that nobody writes as one are most of all pairs: their parts are not looked at.
        possible = [
            (words, parts, term, [each for each in map(normalise, parts) if each])
            for words, parts, term in closed
            if counts.get(term) or len(words) == 1
        ]
        counts |= self._count([each for *_, terms in possible for each in terms])
        likely: dict[Words, tuple[int, _Candidate, int]] = {}
        for words, parts, term, terms in possible:
            if not term or len(terms) < 2:
                continue  # a part that the index does not keep
            weight = counts[term]
            if len(words) == 1:
                weight = min(counts[each] for each in terms)
                if weight < LEAST_SHARE * counts[term]:
                    continue  # syllables, as in struc tured
            if weight > likely.get(words, (0,))[0]:
                share = self._weigh(words, (term, terms), counts)
                likely[words] = weight, _make_candidate(words, parts, share), counts[term]
        return [(each, papers) for _weight, each, papers in likely.values()]

    def _weigh(
        self, words: Words, spelt: tuple[str, Sequence[str]], counts: Mapping[str, int]
    ) -> float:
        """What the other spelling counts, of a compound in one piece and in its parts."""
        papers = self._engine.get_state().papers
        closed = compute_telling(counts[spelt[0]], papers)
        apart = sum(compute_telling(counts[each], papers) for each in spelt[1])
        asked, other = (closed, apart) if len(words) == 1 else (apart, closed)
        return weigh_other(asked, other)

    def _count(self, terms: Sequence[str]) -> dict[str, int]:
        """How many papers hold each term."""
        distinct = [term for term in dict.fromkeys(terms) if term]
        if not distinct:
            return {}
        return dict(zip(distinct, self._engine.get_document_frequencies(distinct), strict=True))


def _is_word(word: Term) -> bool:
    """Whether a word is plain: letters and digits."""
    return word.text.isascii() and word.text.isalnum()


def _list_compounds(run: Sequence[Term]) -> Iterator[Words]:
    """The words of a run that may be one compound, those of three parts first."""
    for size in range(MAX_JOINED_PARTS, 0, -1):
        for start in range(len(run) - size + 1):
            yield tuple(run[start : start + size])


def _list_parts(words: Words) -> Iterator[tuple[str, ...]]:
    """The parts of all that words side by side, or a single one, may be."""
    return _split(words[0].text) if len(words) == 1 else _join(words)


def _close(parts: Sequence[str]) -> str:
    """The index term of a compound in one piece."""
    return normalise("".join(parts))


def _make_candidate(words: tuple[Term, ...], parts: Sequence[str], weight: float) -> _Candidate:
    field = words[0].field
    closed = words[0] if len(words) == 1 else Term("".join(parts), field)
    return _Candidate(words, closed, Phrase(" ".join(parts), field), weight)


def _join(words: Words) -> Iterator[tuple[str, ...]]:
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


def _is_used(engine: SearchEngine, candidate: _Candidate, *, closed: int, apart: int) -> bool:
    """Whether papers use the other spelling, and the parts do not stand together by chance.

    Args:
        closed: papers with the closed spelling, those with hyphens among them.
        apart: papers with the parts side by side, those with hyphens among them.
    """
    if 0 < apart < LEAST_SHARE * closed:
        hyphened = engine.count(And((candidate.closed, candidate.apart)), Filters())
        if hyphened < HYPHENED_SHARE * apart:
            return False
    if len(candidate.words) == 1:
        return apart > 0
    # Papers with hyphens hold the parts as well as the whole.
    only_closed = And((candidate.closed, Not(And(candidate.words))))
    return engine.count(only_closed, Filters()) > 0
