r"""Where the words of a query stand in a text: spans to mark, formulas kept whole.

A word inside a formula marks the whole formula, since half of one can neither be shown nor
copied. Overlapping finds (pairs of Chinese characters) grow together.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.text.marked_terms import WantedPhrase, WantedTerms
from app.text.tex_spans import Span, TexSpans
from app.text.tex_words import has_tex, map_tex_to_words
from app.text.word_scan import Find, WordScan, find_beginning


class Mark(NamedTuple):
    """One span of a text that answers the query.

    Attributes:
        start: offset of the first character.
        end: offset after the last.
        terms: the index terms (or prefixes, with a star) found there.
    """

    start: int
    end: int
    terms: frozenset[str]


class MarkFinder:
    """Finds what is wanted in many texts; spellings it has seen are looked up whole."""

    def __init__(self, wanted: WantedTerms) -> None:
        self._wanted = wanted
        self._finder = _Finder(wanted)

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
        finds = self._finder.find(text if words is None else words.text)
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


class _Finder:
    """Finds words, and those of phrases where there may be a phrase.

    A phrase may have words as short as "de" or "im", and looking at all that begins so takes
    longer than all else. So one word of each phrase is asked for first, the one that fewest words
    begin like; the others only where it stands.
    """

    def __init__(self, wanted: WantedTerms) -> None:
        self._all = WordScan(wanted)
        telling = {
            max(phrase.terms, key=lambda term: len(find_beginning(term)))
            for phrase in wanted.phrases
        }
        self._telling = telling
        self._first = WordScan(WantedTerms(wanted.terms | telling, wanted.prefixes))
        self._texts = self._with_telling = 0

    def find(self, words: str) -> list[Find]:
        """Everything wanted alone, and what phrases are made of; positions where it matters."""
        if not self._telling:
            return self._first.find(words)
        # Where most texts hold the phrase, asking first would be asking twice.
        asks_first = 2 * self._with_telling <= self._texts
        finds = (self._first if asks_first else self._all).find(words)
        is_there = not self._telling.isdisjoint(find.term for find in finds)
        self._texts += 1
        self._with_telling += is_there
        return self._all.find(words) if asks_first and is_there else finds


def _marks_of_words(finds: Iterable[Find], wanted: WantedTerms) -> Iterator[Mark]:
    for find in finds:
        if find.term in wanted.terms or find.term.endswith("*"):
            yield Mark(find.start, find.end, frozenset((find.term,)))


def _marks_of_phrases(finds: list[Find], phrases: tuple[WantedPhrase, ...]) -> Iterator[Mark]:
    """Each word of each place where a phrase stands; close neighbours become one mark."""
    if not phrases:
        return
    by_term: dict[str, list[Find]] = {}
    for find in finds:
        by_term.setdefault(find.term, []).append(find)
    for places in by_term.values():
        places.sort(key=_position)
    for phrase in phrases:
        for first in by_term.get(phrase.terms[0], ()):
            if chain := _follow(first, phrase, by_term):
                yield from _marks_of_chain(chain)


def _follow(first: Find, phrase: WantedPhrase, by_term: dict[str, list[Find]]) -> list[Find] | None:
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


def _position(find: Find) -> int:
    return find.position


def _marks_of_chain(chain: list[Find]) -> Iterator[Mark]:
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


def clip_marks(marks: Sequence[Mark], span: Span) -> Sequence[Mark]:
    """The marks, in order and apart, that lie within a span whose ends cut through none."""
    # A mark is a tuple that begins with its start.
    return marks[bisect_left(marks, (span[0],)) : bisect_left(marks, (span[1],))]
