"""arXiv's author line cut into one piece of text a name; `app.text.names` reads the pieces."""

import re

from app.text.tex import collapse_whitespace, decode_tex_accents, strip_tex_braces

COLLECTIVE_MARK = "\0"
"""Put before a segment that is a group's name whatever its words are."""

_MEMBER_FOR = re.compile(
    r",?\s+(?:for|on behalf of)\s+(?:the\s+)?"
    r"(?=\S.{0,80}?(?:collaboration|consortium|team|group)s?\b)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[,;]\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+", re.IGNORECASE)
_ET_AL = re.compile(r"[,\s]+et\.?\s+al\.?$|^et\.?\s+al\.?$|[,\s]+and others$|^others$")
_INITIALS_ONLY = re.compile(r"(?:[A-Z]\.?[\s-]?){1,4}")
_SPECIAL_CHARACTERS = re.compile(r"[\\(){}:;&~\n\t\r]|  |\s,")
_SPECIAL_PHRASES = (" for ", "ehalf of", "ppendi", "with ", "et al", "et. al", " others", " And ")
_MANY_BACKSLASHES = re.compile(r"\\{2,}(?=[`'^~\"=.A-Za-z])")


def split_author_line(text: str) -> list[str]:
    """The names in `text` as they are written, in order, affiliations left out.

    A group's name known by its colon begins with `COLLECTIVE_MARK`; names given as
    `Last, First` in a whole list are turned round. Pieces may be blank or hold no name.
    """
    if _needs_care(text):
        segments = _split_with_care(text)
    else:
        segments = text.replace(" and ", ",").split(",")
    if len(segments) > 3 and (names := _join_reversed_initials(segments)) is not None:
        return names
    return segments


def _needs_care(text: str) -> bool:
    if _SPECIAL_CHARACTERS.search(text) is not None:
        return True
    return any(phrase in text for phrase in _SPECIAL_PHRASES)


def _split_with_care(text: str) -> list[str]:
    """The names of a line with TeX, parentheses, colons, semicolons or phrases."""
    if "\\" in text:
        # Some harvested copies escape every backslash once or twice more.
        text = decode_tex_accents(_MANY_BACKSLASHES.sub(r"\\", text))
    text = strip_tex_braces(text).replace("~", " ")
    if "(" in text or ")" in text:
        text = _without_parentheses(text)
    # The patterns below are linear because no blank follows another.
    text = collapse_whitespace(text)
    text = _MEMBER_FOR.sub(", for the ", text)
    if ";" in text and (names := _join_reversed_lists(text)) is not None:
        return names
    segments: list[str] = []
    *collectives, members = text.split(":")
    for part in collectives:
        names = [name for name in _SEPARATOR.split(part) if name.strip()]
        segments += names[:-1]
        # What stands before a colon is a group even without the word.
        segments += [f"{COLLECTIVE_MARK}{name}" for name in names[-1:]]
    segments += _SEPARATOR.split(members)
    return [_ET_AL.sub("", segment.strip()) for segment in segments]


def _without_parentheses(text: str) -> str:
    """`text` without what stands in (nested) parentheses, collaborations excepted.

    A closing parenthesis between two names separates them; one after a single word is a
    nickname's. An opening one without a partner hides what follows up to the next comma.
    """
    kept: list[str] = []
    start = depth = opened = 0
    partners = _matched_parentheses(text)
    for position in partners:
        if text[position] == "(":
            if depth == 0:
                kept.append(text[start:position])
                opened = position + 1
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                kept.append(_after_parenthesis("".join(kept[-1:]), text[opened:position]))
                start = position + 1
    kept.append(text[start:])
    return _UNCLOSED.sub(" ", "".join(kept)).replace(")", " ")


def _matched_parentheses(text: str) -> list[int]:
    """Positions of the parentheses that have a partner, in order."""
    open_positions: list[int] = []
    matched: list[int] = []
    for match in re.finditer(r"[()]", text):
        if match[0] == "(":
            open_positions.append(match.start())
        elif open_positions:
            matched += (open_positions.pop(), match.start())
    return sorted(matched)


_UNCLOSED = re.compile(r"\([^,;(]*")
_NAMED_COLLABORATION = re.compile(
    r"\s*(?:for |on behalf of )?(?:the )?([^,;()]{2,80}\b(?:collaborations?|consortium))\s*",
    re.IGNORECASE,
)


def _after_parenthesis(before: str, inside: str) -> str:
    """What replaces a pair of parentheses: a collaboration, a separator or a blank."""
    if collaboration := _NAMED_COLLABORATION.fullmatch(inside):
        names = collaboration[1]
        if names.lower().endswith("collaborations"):
            names = ", ".join(
                f"{name} Collaboration" for name in _SEPARATOR.split(names.rpartition(" ")[0])
            )
        return f", {names}, "
    words = before[-100:].replace(" and ", ",").replace(";", ",").rpartition(",")[2].split()
    return " " if len(words) == 1 and "." not in words[0] else ", "


def _join_reversed_lists(text: str) -> list[str] | None:
    """The names of `Last, First; Last, First`, turned round; None when it is not such a list."""
    entries = [entry.split(",") for entry in text.split(";") if entry.strip(" ,")]
    if not all(len(entry) == 2 and entry[1].strip() for entry in entries):
        return None
    if any("." in family or len(family.split()) > 3 for family, _ in entries):
        return None
    return [f"{given.strip()} {family.strip()}" for family, given in entries]


def _join_reversed_initials(segments: list[str]) -> list[str] | None:
    """The names of `Last, F., Other, O.`, turned round; None when it is not such a list."""
    families, initials = segments[::2], segments[1::2]
    if len(families) != len(initials):
        return None
    if not all(_INITIALS_ONLY.fullmatch(each.strip()) for each in initials):
        return None
    if any(_INITIALS_ONLY.fullmatch(each.strip()) for each in families):
        return None
    return [f"{i.strip()} {f.strip()}" for f, i in zip(families, initials, strict=True)]
