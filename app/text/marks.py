r"""Where the words of a query stand in a text: spans to mark, formulas kept whole.

A word inside a formula marks the whole formula, since half of one can neither be shown nor
copied. Overlapping finds (pairs of Chinese characters) grow together.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from app.text.marked_terms import WantedPhrase, WantedTerms
from app.text.tex_spans import Span, TexSpans
from app.text.tex_words import has_tex, map_tex_to_words
from app.text.tokenize import Token, fold_term, iter_chunks, iter_tokens, normalise, place_chunk


@dataclass(frozen=True, slots=True)
class Mark:
    """One span of a text that answers the query.

    Attributes:
        start: offset of the first character.
        end: offset after the last.
        terms: the index terms (or prefixes, with a star) found there.
    """

    start: int
    end: int
    terms: frozenset[str]


class _Find(NamedTuple):
    start: int
    end: int
    position: int
    term: str


class MarkFinder:
    """Finds what is wanted in many texts; chunks it has seen are looked up whole."""

    def __init__(self, wanted: WantedTerms) -> None:
        self._wanted = wanted
        self._chunks = _ChunkFinds(wanted)

    def find_marks(self, text: str) -> list[Mark]:
        """The spans to mark in order; they neither overlap nor cut through TeX.

        >>> from app.text.marked_terms import WantedTerms
        >>> finder = MarkFinder(WantedTerms(frozenset({"imag"})))
        >>> [(mark.start, mark.end) for mark in finder.find_marks("Images, imaged")]
        [(0, 6), (8, 14)]
        """
        if not self._wanted:
            return []
        is_tex = has_tex(text)
        words = map_tex_to_words(text) if is_tex else None
        finds = self._find(text if words is None else words.text)
        if not finds:
            return []
        found = [
            *_marks_of_words(finds, self._wanted),
            *_marks_of_phrases(finds, self._wanted.phrases),
        ]
        if words is None:
            return _join(found)
        found = [Mark(*words.source_span(m.start, m.end), m.terms) for m in found]
        tex = TexSpans(text)
        widened = _widen(found, tex)
        joined = _join(widened)
        # Two that grew together may cut through a group that neither did.
        return joined if len(joined) == len(widened) else _join(_widen(joined, tex))

    def _find(self, words: str) -> list[_Find]:
        """Every token that is wanted alone or may be part of a phrase."""
        chunks = self._chunks
        finds: list[_Find] = []
        position = 0
        for match in iter_chunks(words):
            found, width = chunks[match[0]]
            if found:
                offset = match.start()
                finds += [
                    _Find(f.start + offset, f.end + offset, f.position + position, f.term)
                    for f in found
                ]
            position += width
        return finds


class _ChunkFinds(dict[str, tuple[tuple[_Find, ...], int]]):
    """What is wanted of each chunk, placed within it; and how many positions it takes."""

    def __init__(self, wanted: WantedTerms) -> None:
        super().__init__()
        self._terms = wanted.all_terms
        self._prefixes = wanted.prefixes
        self._first_letters = frozenset(each[0] for each in (*self._terms, *wanted.prefixes))

    def __missing__(self, chunk: str) -> tuple[tuple[_Find, ...], int]:
        # One plain word is one token, and a term keeps the first letter: most end here.
        if chunk.isascii() and chunk.isalnum() and chunk[0].lower() not in self._first_letters:
            self[chunk] = (), 1
            return (), 1
        terms, width = place_chunk(chunk)
        found: tuple[_Find, ...] = ()
        if self._prefixes or self._holds_wanted(terms):
            found = tuple(find for token in iter_tokens(chunk) for find in self._iter_finds(token))
        self[chunk] = found, width
        return found, width

    def _holds_wanted(self, terms: tuple[tuple[int, str], ...]) -> bool:
        wanted = self._terms
        for _position, term in terms:  # noqa: SIM110 - a generator would take twice the time
            if term in wanted:
                return True
        return False

    def _iter_finds(self, token: Token) -> Iterator[_Find]:
        term = normalise(token.text)
        if term in self._terms:
            yield _Find(token.start, token.end, token.position, term)
        for prefix in self._prefixes:
            if term.startswith(prefix) or fold_term(token.text).startswith(prefix):
                yield _Find(token.start, token.end, token.position, f"{prefix}*")


def _marks_of_words(finds: Iterable[_Find], wanted: WantedTerms) -> Iterator[Mark]:
    for find in finds:
        if find.term in wanted.terms or find.term.endswith("*"):
            yield Mark(find.start, find.end, frozenset((find.term,)))


def _marks_of_phrases(finds: list[_Find], phrases: tuple[WantedPhrase, ...]) -> Iterator[Mark]:
    """Each word of each place where a phrase stands; close neighbours become one mark."""
    if not phrases:
        return
    by_term: dict[str, list[_Find]] = {}
    for find in finds:
        by_term.setdefault(find.term, []).append(find)
    for places in by_term.values():
        places.sort(key=_position)
    for phrase in phrases:
        for first in by_term.get(phrase.terms[0], ()):
            if chain := _follow(first, phrase, by_term):
                yield from _marks_of_chain(chain)


def _follow(
    first: _Find, phrase: WantedPhrase, by_term: dict[str, list[_Find]]
) -> list[_Find] | None:
    """The words of the phrase from its first on, each the nearest that is allowed."""
    chain = [first]
    for term, gap in zip(phrase.terms[1:], phrase.gaps, strict=True):
        lowest = chain[-1].position + gap
        places = by_term.get(term, [])
        nearest = bisect_left(places, lowest, key=_position)
        if nearest == len(places) or places[nearest].position > lowest + phrase.slop:
            return None
        chain.append(places[nearest])
    return chain


def _position(find: _Find) -> int:
    return find.position


def _marks_of_chain(chain: list[_Find]) -> Iterator[Mark]:
    """Neighbouring words in one mark, words further apart each in its own."""
    terms = frozenset(find.term for find in chain)
    start = chain[0].start
    for before, after in pairwise(chain):
        if after.position - before.position > 1:
            yield Mark(start, before.end, terms)
            start = after.start
    yield Mark(start, chain[-1].end, terms)


def _widen(marks: Iterable[Mark], tex: TexSpans) -> list[Mark]:
    return [Mark(*tex.widen((mark.start, mark.end)), mark.terms) for mark in marks]


def _join(marks: Iterable[Mark]) -> list[Mark]:
    """In order, overlapping and touching ones in one."""
    joined: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (each.start, -each.end)):
        if joined and mark.start <= joined[-1].end:
            last = joined.pop()
            joined.append(Mark(last.start, max(last.end, mark.end), last.terms | mark.terms))
        else:
            joined.append(mark)
    return joined


def clip_marks(marks: Iterable[Mark], span: Span) -> list[Mark]:
    """The marks that lie within a span whose ends cut through none."""
    return [mark for mark in marks if span[0] <= mark.start and mark.end <= span[1]]
