"""Where the words and groups of a query begin and end.

A sign at the border of a word may mean something; the same sign inside a word belongs to it.
"""

from app.text.query_repair import MAX_DEPTH
from app.text.query_signs import GROUP_ENDS, IDLE_SIGNS, RUN
from app.text.query_words import find_id


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
