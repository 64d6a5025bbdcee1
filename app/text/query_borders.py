"""Where the words and groups of a query begin and end.

A sign at the border of a word may mean something; the same sign inside a word belongs to it.
"""

import re

from app.text.query_repair import MAX_DEPTH
from app.text.query_signs import GROUP_ENDS, IDLE_SIGNS, NEAR, OPERATORS, PREFIX, RUN
from app.text.query_words import find_id

MAX_FORMULA_CHARS = 80
"""Longest formula with blanks that is read as one word."""

_BLANK_BETWEEN_WORDS = re.compile(r"(?<=[^\W_])\s+(?=[^\W_]|\\)")
_BLANK = re.compile(r"\s+")
_VARIABLE = re.compile(r"(?<![^\W_])[^\W_](?![^\W_])")


def is_idle(text: str, start: int) -> bool:
    """Whether a sign before a word means nothing."""
    character = text[start]
    if character not in IDLE_SIGNS or not text[start + 1 : start + 2].strip():
        return False
    return character != "-" or not is_minus(text, start)


def is_minus(text: str, start: int) -> bool:
    """Whether a hyphen takes away: before something, behind a blank or what opens a group."""
    following = text[start + 1 : start + 2]
    before = text[start - 1 : start]
    return (
        bool(following.strip()) and following not in "-)" and (not before.strip() or before == "(")
    )


def is_leading_star(text: str, start: int) -> bool:
    """Whether a star stands where a word begins."""
    if text[start] != "*" or text[start + 1 : start + 2] == ")":
        return False
    run = RUN.match(text, start)
    follows_phrase = text[start + 1 : start + 2] == '"'
    return follows_phrase or (run is not None and any(map(str.isalnum, run[0])))


def begins_group(text: str, start: int) -> bool:
    """Whether an opening parenthesis begins a group: its word does not go on behind its end."""
    depth = 0
    for place in range(start, len(text)):
        character = text[place]
        if character == '"' or character.isspace() or depth > MAX_DEPTH:
            return True
        depth += (character == "(") - (character == ")")
        if depth == 0:
            if find_id(text[start : place + 1]) is not None:
                return False
            ends = RUN.match(text, place)
            return ends is not None and GROUP_ENDS.fullmatch(ends[0]) is not None
    return True


def read_run(text: str, start: int) -> str:
    """The run of characters without blanks and quotation marks, up to what closes groups around it.

    Empty only before such a parenthesis, and at the end of the text.
    """
    match = RUN.match(text, start)
    run = match[0] if match is not None else text[start : start + 1]
    depth = 0
    left = run.count(")")
    for offset, character in enumerate(run if left else ""):
        depth += (character == "(") - (character == ")")
        left -= character == ")"
        # No more groups can be open, and so looking costs no more than the run is long.
        if depth < 0 and left <= MAX_DEPTH and GROUP_ENDS.fullmatch(run, offset):
            return run[:offset]
        depth = max(depth, 0)
    return run


def find_formula_end(text: str, start: int) -> int:
    """The end of a word whose parentheses hold blanks, as in O(n log n) and f(x, y); else 0.

    Words in parentheses are a formula when one of them is a single letter or digit and none is an
    operator, a prefix or negated.
    """
    run = RUN.match(text, start)
    if run is None or "(" not in run[0][1:]:
        return 0
    depth = 0
    for place in range(start, min(len(text), start + MAX_FORMULA_CHARS)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0 and place >= run.end():
            inside = text[text.index("(", start) + 1 : place]
            return place + 1 + len(_read_tail(text, place + 1)) if _is_formula(inside) else 0
        if depth < 0 or text[place] == '"' or (depth == 0 and place == run.end() - 1):
            return 0
    return 0


def join_formula(text: str) -> str:
    """A formula without its blanks.

    >>> join_formula("O(n log n)"), join_formula("f(x, y)")
    ('O(n·log·n)', 'f(x,y)')
    """
    return _BLANK.sub("", _BLANK_BETWEEN_WORDS.sub("·", text))


def _read_tail(text: str, start: int) -> str:
    """What follows a formula without a blank, up to what closes groups around it."""
    match = RUN.match(text, start)
    return "" if match is None or match[0].startswith(")") else read_run(text, start)


def _is_formula(inside: str) -> bool:
    words = inside.split()
    return (
        len(words) > 1
        and _VARIABLE.search(inside) is not None
        and not any(word in OPERATORS or NEAR.fullmatch(word) for word in words)
        and not any(PREFIX.match(word) for word in words)
        and not any(word.startswith("-") and len(word) > 1 for word in words)
    )
