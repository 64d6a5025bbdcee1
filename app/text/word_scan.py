"""Where the words that a query wants stand among plain words, found without reading every word.

A word and its index term begin alike: but for a letter or two at its end a term is the beginning of
each of its words. So one compiled pattern of beginnings jumps from one candidate to
the next, and only those are taken apart by the tokenizer, each spelling once. A compound is a
candidate also where it would begin so in one piece, and so is whatever is not ASCII.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.text.marked_terms import WantedTerms
from app.text.tokenize import Token, fold_term, iter_chunks, iter_tokens, normalise, place_chunk

UNSURE_CHARS = 2
"""Letters at the end of a term that its word may lack: sensibility is `sensibl`."""

UNSURE_CHARS_OF_SHORT = 1
"""The same for terms of up to three letters, as in aging, which is `age`."""

_IRREGULAR = frozenset({"die", "hie", "lie", "pie", "tie", "vie"})
"""Short terms whose words may lack two letters, as dying does."""

MAX_REMEMBERED_CHARS = 64
"""Longer pieces of text without a blank hardly recur."""

_GLUE = ("-", "'")
"""What stands within the compounds and possessives of ASCII texts."""

_FOREIGN = r"[^\x00-\x7f]"
"""Letters that folding may move, and signs that stand for those of `_GLUE`: always looked at."""


class Find(NamedTuple):
    """A token that is wanted, or begins as is wanted (`term` ends with a star then).

    `position` counts tokens, but from one find to another beyond the reach of every phrase it is
    only known to be beyond; it is 0 throughout where no phrase is looked for.
    """

    start: int
    end: int
    position: int
    term: str


_Placed = tuple[tuple[Find, ...], int]
"""What is wanted of a piece of text, placed within it, and how many positions it takes."""


class WordScan:
    """Finds the wanted words of one query in many texts, and remembers spellings it has seen."""

    def __init__(self, wanted: WantedTerms) -> None:
        self._wanted = _WantedOfChunks(wanted)
        self._runs: dict[str, _Placed] = {}
        self._widths = _Widths()
        self._reach = max((max(each.gaps) + each.slop for each in wanted.phrases), default=0)
        beginnings = _list_beginnings(wanted)
        self._beginnings = re.compile("|".join(beginnings))
        # Apart, since the search jumps to first letters only where all are known.
        self._beginnings_or_foreign = re.compile("|".join([*beginnings, _FOREIGN]))

    def find(self, words: str) -> list[Find]:
        """Every token that is wanted alone or may be part of a phrase, in order.

        Args:
            words: text without TeX (`app.text.tex_words`).
        """
        finds: list[Find] = []
        position = read = 0
        for start, end in self._iter_runs(words):
            found, width = self._scan(words[start:end])
            if not found:
                continue
            if self._reach:
                position += self._widths.measure(words, read, start, self._reach + 1)
            finds += [
                Find(each.start + start, each.end + start, each.position + position, each.term)
                for each in found
            ]
            position, read = position + width, end
        return finds

    def _iter_runs(self, words: str) -> Iterator[tuple[int, int]]:
        """The pieces between blanks that may hold something; all other text holds nothing."""
        lower = words.lower()
        if len(lower) != len(words):  # a letter like the dotted capital I: places would lie
            yield 0, len(words)
            return
        pattern = self._beginnings if words.isascii() else self._beginnings_or_foreign
        end = glued = 0
        for match in pattern.finditer(lower):
            place = match.start()
            is_glue = match[0] in _GLUE
            if place < (max(end, glued) if is_glue else end):
                continue
            start = words.rfind(" ", end, place) + 1 or end
            stop = words.find(" ", place)
            if stop < 0:
                stop = len(words)
            if is_glue and not self._may_close_up(lower[start:stop]):
                glued = stop  # asked once for all its signs
            else:
                yield start, stop
                end = stop

    def _may_close_up(self, run: str) -> bool:
        """Whether something wanted may begin where a compound is written in one piece."""
        for sign in _GLUE:
            run = run.replace(sign, "")
        return self._beginnings.search(run) is not None

    def _scan(self, run: str) -> _Placed:
        known = self._runs.get(run)
        if known is None:
            known = self._wanted.scan(run)
            if len(run) <= MAX_REMEMBERED_CHARS:
                self._runs[run] = known
        return known


def find_beginning(term: str) -> str:
    """What every word of an index term begins with, in small letters; a letter at least.

    >>> find_beginning("sensibl"), find_beginning("age"), find_beginning("die")
    ('sensi', 'ag', 'd')
    """
    is_short = len(term) <= 3 and term not in _IRREGULAR
    unsure = UNSURE_CHARS_OF_SHORT if is_short else UNSURE_CHARS
    return term[: max(1, len(term) - unsure)]


def _list_beginnings(wanted: WantedTerms) -> list[str]:
    """Patterns of what stands, in small letters, where something wanted may begin."""
    texts = {*wanted.all_terms, *wanted.prefixes}
    beginnings = {find_beginning(text) for text in texts if text.isascii()}
    # The look behind follows the letters, so that the search can jump to the first of them.
    parts = [rf"{re.escape(each)}(?<!\w{re.escape(each)})" for each in sorted(beginnings)]
    return [*map(re.escape, _GLUE), *parts]


class _WantedOfChunks:
    """What is wanted, looked for chunk by chunk."""

    def __init__(self, wanted: WantedTerms) -> None:
        self._terms = wanted.all_terms
        self._prefixes = wanted.prefixes

    def scan(self, text: str) -> _Placed:
        finds: list[Find] = []
        position = 0
        for match in iter_chunks(text):
            chunk, offset = match[0], match.start()
            terms, width = place_chunk(chunk)
            if self._prefixes or self._holds_wanted(terms):
                finds += self._read_chunk(chunk, offset, position, terms)
            position += width
        return tuple(finds), position

    def _read_chunk(
        self, chunk: str, offset: int, position: int, terms: tuple[tuple[int, str], ...]
    ) -> list[Find]:
        if not self._prefixes and chunk.isascii() and chunk.isalnum():  # one word, one token
            return [Find(offset, offset + len(chunk), position, terms[0][1])]
        return [
            Find(find.start + offset, find.end + offset, find.position + position, find.term)
            for token in iter_tokens(chunk)
            for find in self._iter_finds(token)
        ]

    def _holds_wanted(self, terms: tuple[tuple[int, str], ...]) -> bool:
        wanted = self._terms
        for _place, term in terms:  # noqa: SIM110 - a generator would take twice the time
            if term in wanted:
                return True
        return False

    def _iter_finds(self, token: Token) -> Iterator[Find]:
        term = normalise(token.text)
        if term in self._terms:
            yield Find(token.start, token.end, token.position, term)
        for prefix in self._prefixes:
            if term.startswith(prefix) or fold_term(token.text).startswith(prefix):
                yield Find(token.start, token.end, token.position, f"{prefix}*")


class _Widths(dict[str, int]):
    """How many positions a chunk takes."""

    def __missing__(self, chunk: str) -> int:
        is_plain = chunk.isascii() and chunk.isalnum()
        width = self[chunk] = 1 if is_plain else place_chunk(chunk)[1]
        return width

    def measure(self, words: str, start: int, end: int, enough: int) -> int:
        """The positions of a span that begins and ends between chunks, counted up to `enough`."""
        positions = 0
        for chunk in iter_chunks(words, start, end):
            positions += self[chunk[0]]
            if positions >= enough:
                break
        return positions
