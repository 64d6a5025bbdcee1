r"""Author names: arXiv's author line split into authors; folding and initials.

`arXivRaw`, the snapshot and the daily feeds give all authors in one line:

    A. B. Last, C. D. van der Berg, and E. Fox Jr. (for the XYZ Collaboration)
    ATLAS Collaboration: G. Aad, … ; names (1), other names (1 and 2) ((1) CERN, (2) DESY)

`parse_author_list` reads it as arXiv's own code does (arXiv/arxiv-base, `arxiv.authors`) and goes
beyond it for capitalised particles (P. Di Francesco), `and` within suffixes, `Last, First; …`
lists and collaborations anywhere in the line. Affiliations in parentheses are left out.
"""

import re
import unicodedata
from functools import lru_cache

from app.domain.paper import Author
from app.text.author_line import COLLECTIVE_MARK, split_author_line
from app.text.name_words import (
    AMBIGUOUS_PARTICLES,
    CAPITAL_PARTICLES,
    EAST_ASIAN_FAMILIES,
    PARTICLES,
    word_set,
)

NAME_CACHE_SIZE = 1 << 15
"""Peculiar names remembered: papers of one field repeat their authors."""

_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "II.", "III.", "jr", "jr."})
_TITLES = frozenset({"Prof", "Prof.", "Dr", "Dr."})
_DEGREES = frozenset({"phd", "md", "msc", "bsc"})
_LEAD_IN_WORDS = word_set("a an and appendix by for joint on the with &")
_LEAD_IN = re.compile(
    # Small letters tell the phrase from a name: "An Wang" and "A Last" keep their first word.
    r"(?:and\s+|&\s+)?(?:[Ww]ith\s+)?(?:(?:[Aa]n?\s+)?(?:joint\s+)?[Aa]ppendi(?:x|ces)\s+)?"
    r"(?:(?:written\s+)?by\s+|with\s+)?"
    r"(?:[Ff]or\s+the\s+|[Oo]n\s+behalf\s+of\s+(?:the\s+)?|for\s+)?"
)
_COLLECTIVES = word_set(
    "alliance collaboration collaborations committee community consortia consortium experiment "
    "experiments group groups initiative network observatory project projects team teams"
)
"""Last words that make a name a group's."""

_PECULIAR_WORDS = (
    (PARTICLES | CAPITAL_PARTICLES | _SUFFIXES | _TITLES | _LEAD_IN_WORDS | _COLLECTIVES)
    | {word.capitalize() for word in _COLLECTIVES | _LEAD_IN_WORDS | _DEGREES}
    | {word.upper() for word in _COLLECTIVES | _LEAD_IN_WORDS | _DEGREES if len(word) > 1}
    | {"PhD", "MSc", "BSc"}
)
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_FOOTNOTE_MARKS = re.compile(r"(?:[*†‡§¶#$^_]+|(?<=[a-z])[0-9]{1,2})+$")
_DOT_WITHOUT_BLANK = re.compile(r"\.(?=[^\W\d_])")
_SPACED_HYPHEN = re.compile(r"\. -(?=[^\W\d_])")


def parse_author_list(text: str) -> tuple[Author, ...]:
    r"""The authors of arXiv's author line, in order.

    A collaboration is an author with a family name only, also where the line sets it in
    parentheses; so is a person of one name, and a name written in Chinese characters. Texts that
    hold no name give an empty tuple; no text raises.

    >>> authors = parse_author_list("A. Last, C. van der Berg and E. Fox Jr.")
    >>> [author.sorting_name for author in authors]
    ['Last, A.', 'van der Berg, C.', 'Fox, E., Jr.']
    >>> parse_author_list(r"ATLAS Collaboration: G. Aad")[0].family
    'ATLAS Collaboration'
    """
    authors: list[Author] = []
    for segment in split_author_line(text):
        name = segment.strip()
        author = _parse_plain_name(name) or _parse_name(name)
        if author is None:
            continue
        if not author.family:
            if authors:
                authors[-1] = Author(authors[-1].family, authors[-1].given, author.suffix)
            continue
        authors.append(author)
    return tuple(authors)


def split_name(name: str) -> Author:
    """One name in reading order, taken apart; the family name alone where nothing else is known.

    >>> split_name("Anna van der Berg Jr.")
    Author(family='van der Berg', given='Anna', suffix='Jr.')
    """
    author = _parse_plain_name(name) or _parse_name(name)
    return author if author is not None and author.family else Author(name)


def _parse_plain_name(name: str) -> Author | None:
    """The author of a name without any peculiarity, as nine of ten are; None for the others."""
    given, _, family = name.rpartition(" ")
    if (
        family.isalpha()
        and _PECULIAR_WORDS.isdisjoint(name.split())
        and name.count(".") == name.count(". ")
        and " -" not in name
        and "  " not in name
        and COLLECTIVE_MARK not in name
    ):
        return Author(family, given)
    return None


@lru_cache(NAME_CACHE_SIZE)
def _parse_name(segment: str) -> Author | None:
    """One author; None for no name; an author without family for a suffix that stands alone."""
    if segment.startswith(COLLECTIVE_MARK):
        return Author(_ARTICLE.sub("", segment[1 + _lead_in_length(segment[1:]) :]))
    if "." in segment:
        segment = _SPACED_HYPHEN.sub(".-", _DOT_WITHOUT_BLANK.sub(". ", segment))
    words = _words_of_name(segment)
    if not any(character.isalpha() for word in words for character in word):
        return None
    if _is_collective(words):
        return Author(_ARTICLE.sub("", " ".join(words)))
    if words[0] in _TITLES and len(words) > 2:
        del words[0]
    suffix = words.pop() if words[-1] in _SUFFIXES else ""
    if not words:
        return Author("", suffix=suffix)
    if len(words) <= 2 and "".join(words).replace(".", "").lower() in _DEGREES:
        return None
    start = _family_start(words)
    return Author(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _words_of_name(segment: str) -> list[str]:
    """The words of one name, phrases before and footnote marks after it removed."""
    words = segment.split()
    if words and (words[0].lower() in _LEAD_IN_WORDS or not segment[-1].isalpha()):
        name = " ".join(words)
        words = _FOOTNOTE_MARKS.sub("", name[_lead_in_length(name) :]).split()
        if words and len(words[-1].rstrip(".")) > 3 and not words[-1].startswith("Jr"):
            words[-1] = words[-1].rstrip(".")
    return words


def _is_collective(words: list[str]) -> bool:
    *before, last = words[-1].lower().split("-")
    return (last in _COLLECTIVES and len(words) + len(before) > 1) or (
        len(words) > 1 and words[0].lower() == "team"
    )


def _lead_in_length(segment: str) -> int:
    match = _LEAD_IN.match(segment)
    return match.end() if match is not None and match.end() < len(segment) else 0


def _family_start(words: list[str]) -> int:
    """Index of the word that begins the family name; particles belong to it."""
    start = len(words) - 1
    while start > 0 and words[start - 1].lower() in PARTICLES and words[start - 1] in PARTICLES:
        start -= 1
        if words[start] in {"y", "e"} and start > 1:
            start -= 1
    while start > 1 and _is_capital_particle(words, start - 1):
        start -= 1
    if start == 1 and words[0] in PARTICLES:
        start = 0
    return start


def _is_capital_particle(words: list[str], index: int) -> bool:
    word = words[index]
    if word not in CAPITAL_PARTICLES:
        return False
    if word not in AMBIGUOUS_PARTICLES:
        return True
    neighbours = {words[index + 1], words[index - 1], words[0]}
    return neighbours.isdisjoint(EAST_ASIAN_FAMILIES)


_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "n"}
)
_NOT_IN_NAMES = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """A name for comparison: lower case, no accents, words separated by one blank.

    Identity: folding twice is folding once.

    >>> fold_name("Ørsted"), fold_name("D'Amico"), fold_name("Jean-Marc Aza\u00efs")
    ('orsted', 'damico', 'jean marc azais')
    """
    if name.isalnum() and name.isascii():
        return name.lower()  # As most words of names are; what follows would change nothing.
    lowered = name.casefold()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered.translate(_UNDECOMPOSED)).casefold()
        lowered = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_IN_NAMES.sub(" ", lowered.replace("'", "").replace("’", "")).strip()


def make_initials(given: str) -> str:
    """The initials of given names, hyphens kept.

    >>> make_initials("Jean-Marc Alain"), make_initials("C. D."), make_initials("")
    ('J.-M. A.', 'C. D.', '')
    """
    words = (_initial_of_word(word) for word in given.split())
    return " ".join(word for word in words if word)


def _initial_of_word(word: str) -> str:
    parts = (part.lstrip("'’(\"") for part in word.split("-"))
    return "-".join(f"{part[0].upper()}." for part in parts if part)
