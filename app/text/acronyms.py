"""Acronyms that a text explains: "support vector machine (SVM)" and "SVM (support vector machine)".

Source: A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", PSB 2003: every letter of the short form is found in the long
form in order, from the right, and the first one begins a word of it. Words whose first letters
spell the short form are taken before that: PPO is "proximal policy optimization", though "policy
optimization" has its letters too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_SHORT_CHARS = 10
MIN_SHORT_CHARS = 2
EXTRA_LONG_WORDS = 5
"""The long form has at most so many words more than the short form has characters."""

MAX_LONG_CHARS = 200
"""How far before a parenthesis its long form may begin, characters."""

_PARENTHESIS = re.compile(r"\(([^()]{2,120})\)")
_WORD = re.compile(r"\S+")
_NAMED_WORD = re.compile(r"[^\W_]+")
_EDGES = " \t\n,;:.\"'“”‘’"
_SEPARATORS = re.compile(r"[,;]|\bor\b|\bi\.e\.")
_SENTENCE_END = re.compile(r"[.;:!?]\s|[()]")


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and what it stands for, both as written."""

    short: str
    long: str


def find_acronyms(text: str) -> list[Acronym]:
    """The acronyms explained in `text`, in order, each short form once.

    >>> find_acronyms("A support vector machine (SVM) and a CNN (convolutional neural network).")
    [Acronym(short='SVM', long='support vector machine'), Acronym(short='CNN', \
long='convolutional neural network')]
    """
    found: dict[str, Acronym] = {}
    for acronym in _iter_acronyms(text):
        found.setdefault(acronym.short, acronym)
    return list(found.values())


def _iter_acronyms(text: str) -> Iterator[Acronym]:
    for match in _PARENTHESIS.finditer(text):
        before = _SENTENCE_END.split(text[max(0, match.start() - MAX_LONG_CHARS) : match.start()])[
            -1
        ]
        inside = _SEPARATORS.split(match[1])[0].strip(_EDGES)
        if _is_short_form(inside):
            found = _match_long_form(inside, before)
            if found:
                yield Acronym(inside, found)
            continue
        outside = [word.strip(_EDGES) for word in _WORD.findall(before)[-1:]]
        if outside and _is_short_form(outside[0]):
            found = _match_long_form(outside[0], inside)
            if found and len(inside.split()) <= len(outside[0]) + EXTRA_LONG_WORDS:
                yield Acronym(outside[0], found)


def _is_short_form(text: str) -> bool:
    """Two to ten characters in at most two words, a capital among them, beginning like a word."""
    return (
        MIN_SHORT_CHARS <= len(text) <= MAX_SHORT_CHARS
        and len(text.split()) <= 2
        and text[0].isalnum()
        and any(map(str.isupper, text))
    )


def _match_long_form(short: str, before: str) -> str:
    """The shortest end of `before` that spells `short`; empty where there is none."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    words = _WORD.findall(before)[-min(len(letters) + EXTRA_LONG_WORDS, 2 * len(letters)) :]
    candidate = " ".join(words).rstrip(_EDGES)
    lower = candidate.lower()
    # Lower case may be longer than what was written; then offsets would lie.
    if len(lower) != len(candidate):
        return ""
    if (initial := _find_initials(lower, letters)) is not None:
        return candidate[initial:]
    place = len(lower)
    for number in range(len(letters) - 1, -1, -1):
        place = _find_letter(lower, letters[number], place, begins_word=number == 0)
        if place < 0:
            return ""
    long = candidate[place:]
    # A long form that only repeats the short one explains nothing.
    is_longer = len(long) > len(short) and short not in long.split()
    return long if is_longer else ""


def _find_initials(text: str, letters: Sequence[str]) -> int | None:
    """Where the last words of `text` begin when their first letters are these; None if not."""
    words = list(_NAMED_WORD.finditer(text))[-len(letters) :]
    if [word[0][0] for word in words] != letters:
        return None
    return words[0].start()


def _find_letter(text: str, letter: str, end: int, *, begins_word: bool) -> int:
    """The last place of `letter` before `end`; -1 where there is none."""
    place = text.rfind(letter, 0, end)
    while begins_word and place > 0 and text[place - 1].isalnum():
        place = text.rfind(letter, 0, place)
    return place
