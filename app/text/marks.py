r"""Where the words of a query stand in a text: spans to mark, formulas kept whole.

A word inside a formula marks the whole formula, since half of one can neither be shown nor
copied. Overlapping finds (pairs of Chinese characters) grow together.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from app.text.marked_terms import WantedPhrase, WantedTerms
from app.text.tex_spans import Span, TexSpans
from app.text.tex_words import has_tex, map_tex_to_words
from app.text.word_scan import Find, WordScan


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
        self._scan = WordScan(wanted)

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
        finds = self._scan.find(text if words is None else words.text)
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


def clip_marks(marks: Iterable[Mark], span: Span) -> list[Mark]:
    """The marks that lie within a span whose ends cut through none."""
    return [mark for mark in marks if span[0] <= mark.start and mark.end <= span[1]]
