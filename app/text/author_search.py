r"""Author names as search terms, and what people type as patterns of such terms.

A paper's authors are one text, a name to a line, marks before the first and the last one:

    ^           -> "^"
    Ada B. Lee  -> "ada" "b" "lee" ",lee,a" ",lee,ab"
    $           -> "$"
    J. Müller   -> "j" "muller" ",muller,j."

Words keep their order and are folded; terms that begin with a comma tie a family name to the
initials of its given names, with a full stop where the first given name is only an initial.
Families of several words also stand in one piece: del Maestro as "delmaestro".

A pattern is a sequence of terms that one name has to hold in this order. A comma in a query sets
the family name apart; then an initial stands for every given name with it, and a given name also
for its initial alone:

    Lee, A        (",lee,a") or (",lee,a.")
    Lee, Ada      ("ada", "lee") or (",lee,a.") or, family first, ("lee", "ada")
    A Lee, lee_a  as "Lee, A"
    Ada Lee       ("ada", "lee")
    Lee           ("lee")
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain.query import AuthorPlace
from app.text.names import fold_name, split_name

FIRST_MARK = "^"
LAST_MARK = "$"
MARKS = {AuthorPlace.FIRST: FIRST_MARK, AuthorPlace.LAST: LAST_MARK}
"""What stands before the name in which place."""

AUTHOR_GAP = 16
"""Positions between two names, so that no pattern runs from one name into the next."""

NAME_SLOP = AUTHOR_GAP - 2
"""Most places by which the terms of a pattern may be further apart than in the pattern."""

MAX_INITIALS = 3
"""Initials that a term holds; further ones are left out of account."""

Pattern = tuple[str, ...]
Terms = list[tuple[int, str]]

_CACHED_PATTERNS = 1 << 12
_UMLAUT = re.compile(
    r"(?:(?<=[b-df-hj-np-tv-xz])|^(?=[ao]))(?<![gq])([aou])e(?=[b-df-hj-np-tv-xz])"
)
_UMLAUT_PAIRS = ("ae", "oe", "ue")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[-‐ ]?)+")
_CAPITALS = re.compile(r"[A-Z]{2,3}")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_HYPHENS = re.compile(r"[-‐‑]")


def fold_family(text: str) -> str:
    """A family name for comparison: `fold_name`, with ae, oe and ue for umlauts as a, o and u.

    >>> fold_family("Mueller"), fold_family("Müller"), fold_family("Bauer"), fold_family("Ueda")
    ('muller', 'muller', 'bauer', 'ueda')
    """
    folded = fold_name(text)
    if not any(pair in folded for pair in _UMLAUT_PAIRS):
        return folded
    return " ".join(_UMLAUT.sub(r"\1", word) for word in folded.split())


def mark_authors(names: Sequence[str]) -> str:
    r"""The authors of a paper as the text that is indexed.

    >>> mark_authors(["Ada Lee", "J. Fox"])
    '^\nAda Lee\n$\nJ. Fox'
    """
    lines = [name for name in names if name not in (FIRST_MARK, LAST_MARK, "")]
    if not lines:
        return ""
    return "\n".join((FIRST_MARK, *lines[:-1], LAST_MARK, lines[-1]))


def list_line_terms(line: str) -> tuple[Terms, int]:
    """Terms of one line with their offsets, ascending, and how many positions the line takes."""
    if line in (FIRST_MARK, LAST_MARK):
        return [(0, line)], 1
    terms, words = _list_name_terms(line)
    return terms, words + AUTHOR_GAP if words else 0


def _list_name_terms(line: str) -> tuple[Terms, int]:
    name = split_name(line)
    given = _read_given(name.given)
    family = fold_family(name.family).split()
    terms: Terms = list(enumerate(given.words))
    if given.joined:
        terms.append((0, given.joined))
        terms.sort(key=lambda term: term[0])
    start = len(given.words)
    terms += enumerate(family, start=start)
    if family:
        end = start + len(family) - 1
        forms = [family[-1]]
        if len(family) > 1:
            forms.append("".join(family))
            terms.append((end, forms[-1]))
        terms += [
            (end, _tie(form, initials, is_bare=given.is_bare))
            for form in forms
            for initials in dict.fromkeys((given.initials[:1], given.initials))
            if initials
        ]
    return terms, start + len(family)


@dataclass(frozen=True, slots=True)
class _Given:
    """Given names.

    Attributes:
        words: folded, hyphens and initials written together taken apart.
        joined: names with hyphens in one piece: `jeanpierre`.
        initials: of all words, at most `MAX_INITIALS`.
        is_bare: whether the first of them is only an initial.
        are_initials: whether all of them are.
    """

    words: tuple[str, ...]
    joined: str = ""

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words[:MAX_INITIALS])

    @property
    def is_bare(self) -> bool:
        return bool(self.words) and len(self.words[0]) == 1

    @property
    def are_initials(self) -> bool:
        return bool(self.words) and all(len(word) == 1 for word in self.words)


def _read_given(text: str) -> _Given:
    words: list[str] = []
    joined = ""
    for raw in text.split():
        if _CAPITALS.fullmatch(raw):
            words += raw.lower()
            continue
        if len(raw) == 2 and raw[1] == "." and raw[0].isalnum() and raw[0].isascii():
            words.append(raw[0].lower())
            continue
        parts = fold_name(raw).split()
        if len(parts) > 1 and not words and _HYPHENS.search(raw) and len(parts[0]) > 1:
            joined = "".join(parts)
        words += parts
    return _Given(tuple(words), joined)


def _tie(family: str, initials: str, *, is_bare: bool) -> str:
    return f",{family},{initials}" + ("." if is_bare else "")


@lru_cache(_CACHED_PATTERNS)
def make_name_patterns(
    query: str, place: AuthorPlace = AuthorPlace.ANYWHERE
) -> tuple[Pattern, ...]:
    """What one name of a paper has to hold: the terms of any of these patterns, in their order.

    Empty when the query holds no letter or digit.

    >>> make_name_patterns("del maestro"), make_name_patterns("Lee, A", AuthorPlace.FIRST)
    ((('del', 'maestro'),), (('^', ',lee,a'), ('^', ',lee,a.')))
    """
    mark = (MARKS[place],) if place in MARKS else ()
    found = (pattern for pattern in _iter_patterns(query.replace("_", " ")) if pattern)
    return tuple((*mark, *pattern) for pattern in dict.fromkeys(found))


def _iter_patterns(query: str) -> Iterator[Pattern]:
    family_text, comma, rest = query.partition(",")
    if comma:
        given_text = " ".join(
            word for word in rest.replace(",", " ").split() if not _SUFFIX.fullmatch(word)
        )
        yield from _iter_set_apart(family_text, _read_given(given_text))
        return
    words = query.split()
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    leading = _count_initials(words)
    trailing = _count_initials(words[::-1])
    if 0 < leading < len(words):
        yield from _iter_set_apart(
            " ".join(words[leading:]), _read_given(" ".join(words[:leading]))
        )
    elif 0 < trailing < len(words):
        start = len(words) - trailing
        yield from _iter_set_apart(" ".join(words[:start]), _read_given(" ".join(words[start:])))
    else:
        yield from _iter_in_order(" ".join(words))


def _iter_set_apart(family_text: str, given: _Given) -> Iterator[Pattern]:
    """Patterns of a family name and given names that are told apart."""
    family = tuple(fold_family(family_text).split())
    if not family or not given.words:
        yield family or given.words
        return
    *before, last = family
    bare = (*before, _tie(last, given.initials, is_bare=True))
    if given.are_initials:
        yield (*before, _tie(last, given.initials, is_bare=False))
        yield bare
        return
    yield (*given.words, *family)
    if given.joined:
        yield (given.joined, *family)
    elif len(given.words) > 1 and all(len(word) > 1 for word in given.words):
        yield ("".join(given.words), *family)
    yield bare
    if len(family) == 1 and len(given.words) == 1:
        # Written family first, as Chinese and Korean names are, the parts change their roles.
        yield (*fold_name(family_text).split(), fold_family(given.words[0]))


def _iter_in_order(query: str) -> Iterator[Pattern]:
    """Patterns of a name in reading order, or of a part of one."""
    folded = tuple(fold_name(query).split())
    if len(folded) < 2:
        yield folded
        yield tuple(fold_family(query).split())
        return
    name = split_name(query)
    given = _read_given(name.given)
    family = tuple(fold_family(name.family).split())
    yield (*given.words, *family)
    if given.joined:
        yield (given.joined, *family)


def _count_initials(words: Sequence[str]) -> int:
    """How many of the first words are initials."""
    count = 0
    for word in words:
        if not (_INITIALS.fullmatch(word) and _is_initials(word)):
            break
        count += 1
    return count


def _is_initials(word: str) -> bool:
    return all(len(part) == 1 for part in fold_name(word.replace(".", " ")).split())
