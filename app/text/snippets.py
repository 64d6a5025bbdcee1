"""The part of an abstract worth showing: the sentences that say most about the query.

Sentences are chosen one after another by the weight of the query terms that the ones before do
not hold yet (their idf: a rare word says more), then filled up with what follows. Nothing is cut
within a formula or a marked span.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import fsum
from typing import NamedTuple

from app.text.marks import Mark
from app.text.tex_spans import Span, find_formulas, find_groups

SNIPPET_CHARS = 320
"""Longest snippet, characters of the source; a longer formula or mark is still kept whole."""

MAX_SNIPPET_PARTS = 2
"""Most separate pieces of a snippet."""

REPEAT_WEIGHT = 0.1
"""What a term counts, of its weight, in a sentence after the one that was chosen for it."""

# The sign comes first, so that the search can jump from one to the next.
_SENTENCE_END = re.compile(r"[.!?。！？](?:(?<=[。！？])|[)\]\"'”’]*\s+(?=[A-Z0-9$\\(\[\"“'À-Þ]))")
_ABBREVIATION = re.compile(
    r"(?:\b(?:al|approx|cf|ca|dr|eq|eqs|etc|e\.g|fig|figs|i\.e|no|prof|ref|refs|resp|sec|sect|st|"
    r"thm|vs|viz|w\.r\.t)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 8
_NO_TERMS: frozenset[str] = frozenset()


class _Piece(NamedTuple):
    """A sentence, or a part of a long one."""

    start: int
    end: int
    terms: frozenset[str]


def choose_snippet(
    text: str,
    marks: Sequence[Mark],
    weights: Mapping[str, float],
    *,
    max_chars: int = SNIPPET_CHARS,
) -> list[Span]:
    """The spans of `text` to show, in order and apart; the whole text where it is short.

    Args:
        marks: from `MarkFinder` over the same text.
        weights: what each term says, above 0; 1 for a term that is not given.
        max_chars: longest sum of the spans, characters.

    >>> choose_snippet("One here. Two there. Three nowhere.", [Mark(10, 13, frozenset({"two"}))],
    ...     {}, max_chars=12)
    [(10, 20)]
    """
    if len(text) <= max_chars:
        return [(0, len(text))] if text else []
    pieces = _split(text, marks, max_chars)
    chosen = _choose(pieces, weights, max_chars)
    _fill_up(pieces, chosen, max_chars)
    return _join_neighbours(pieces, chosen)


def _choose(pieces: Sequence[_Piece], weights: Mapping[str, float], max_chars: int) -> set[int]:
    """Numbers of the pieces with most weight that is new; the first piece where none has any."""
    chosen: set[int] = set()
    seen: set[str] = set()
    room = max_chars
    telling = [(number, piece) for number, piece in enumerate(pieces) if piece.terms]

    def gain(number: int) -> float:
        terms = pieces[number].terms
        # Sets have no order, and the sum of a plain addition would depend on it.
        new = fsum(weights.get(term, 1.0) for term in terms - seen)
        return new + REPEAT_WEIGHT * fsum(weights.get(term, 1.0) for term in terms & seen)

    while _count_parts(chosen) <= MAX_SNIPPET_PARTS:
        fitting = [
            number
            for number, piece in telling
            if number not in chosen
            and not piece.terms <= seen
            and (not chosen or piece.end - piece.start <= room)
            and _count_parts(chosen | {number}) <= MAX_SNIPPET_PARTS
        ]
        if not fitting:
            break
        best = max(fitting, key=lambda number: (gain(number), -number))
        chosen.add(best)
        seen |= pieces[best].terms
        room -= pieces[best].end - pieces[best].start
    return chosen or {0}


def _fill_up(pieces: Sequence[_Piece], chosen: set[int], max_chars: int) -> None:
    """Add what follows the chosen pieces, then what goes before, as far as there is room."""
    room = max_chars - sum(pieces[number].end - pieces[number].start for number in chosen)
    for step in (1, -1):
        for number in sorted(chosen, reverse=step < 0):
            neighbour = number + step
            while 0 <= neighbour < len(pieces) and neighbour not in chosen:
                length = pieces[neighbour].end - pieces[neighbour].start
                if length > room:
                    break
                chosen.add(neighbour)
                room -= length
                neighbour += step


def _join_neighbours(pieces: Sequence[_Piece], chosen: set[int]) -> list[Span]:
    spans: list[Span] = []
    for number in sorted(chosen):
        piece = pieces[number]
        if spans and number - 1 in chosen:
            spans[-1] = (spans[-1][0], piece.end)
        else:
            spans.append((piece.start, piece.end))
    return spans


def _count_parts(chosen: set[int]) -> int:
    return sum(number - 1 not in chosen for number in chosen)


def _split(text: str, marks: Sequence[Mark], max_chars: int) -> list[_Piece]:
    """Sentences without the blanks between them; long ones in parts of at most half the room."""
    kept_whole = _Uncut(text, marks)
    starts = [0]
    for match in _SENTENCE_END.finditer(text):
        sign_end = match.start() + 1
        before = text[max(0, sign_end - _LONGEST_ABBREVIATION) : sign_end]
        if kept_whole.allows(match.end()) and _ABBREVIATION.search(before) is None:
            starts.append(match.end())
    pieces: list[_Piece] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        for span in _split_long(text, (start, end), kept_whole, max_chars):
            first, after = _without_blanks(text, span)
            if first < after:
                pieces.append(_Piece(first, after, _terms_within(marks, first, after)))
    return pieces or [_Piece(0, len(text), frozenset())]


def _without_blanks(text: str, span: Span) -> Span:
    """The span without blanks at its ends; empty where there is nothing else."""
    piece = text[slice(*span)]
    if piece and not (piece[0].isspace() or piece[-1].isspace()):
        return span
    first = span[0] + len(piece) - len(piece.lstrip())
    return first, max(first, span[0] + len(piece.rstrip()))


def _terms_within(marks: Sequence[Mark], start: int, end: int) -> frozenset[str]:
    # A mark is a tuple that begins with its start.
    first, last = bisect_left(marks, (start,)), bisect_left(marks, (end,))
    if first == last:
        return _NO_TERMS
    return _NO_TERMS.union(*[mark.terms for mark in marks[first:last]])


def _split_long(text: str, span: Span, kept_whole: "_Uncut", max_chars: int) -> list[Span]:
    """A sentence; in parts of about half the room when it does not fit."""
    start, end = span
    if end - start <= max_chars:
        return [span]
    size = max(max_chars // 2, 1)
    parts: list[Span] = []
    while end - start > size:
        cut = next(
            (
                place
                for place in range(start + size, start, -1)
                if text[place - 1].isspace() and kept_whole.allows(place)
            ),
            None,
        )
        # No blank: a long formula, or a script without blanks.
        if cut is None:
            cut = kept_whole.move_behind(start + size)
        if cut >= end:
            break
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)]


class _Uncut:
    """Spans of a text that must stay in one piece."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        spans = [*find_formulas(text), *find_groups(text), *((m.start, m.end) for m in marks)]
        self._spans: list[Span] = []
        for start, end in sorted(spans):
            if self._spans and start < self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            else:
                self._spans.append((start, end))

    def allows(self, place: int) -> bool:
        """Whether the text may be cut before this character."""
        return self.move_behind(place) == place

    def move_behind(self, place: int) -> int:
        """The place, or the end of the span that it would cut."""
        number = bisect_left(self._spans, (place,)) - 1
        if number < 0:
            return place
        end = self._spans[number][1]
        return end if place < end else place
