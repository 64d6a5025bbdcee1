r"""What `ProseAnalyzer` makes of pieces of text, many at once.

The words of all pieces that are new in a batch are looked at together: each distinct one is stemmed
once, and a stemmer that is given a list costs half of one that is asked for each word.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

import Stemmer

from app.text.stop_words import STOP_WORDS
from app.text.tex_words import tex_to_words
from app.text.tokenize import (
    MAX_JOINED_PARTS,
    MAX_TERM_CHARS,
    iter_chunks,
    place_chunk,
)

PieceTerms = tuple[Sequence[tuple[int, str]], int]
"""Terms of a piece with their offsets, ascending, and how many positions the piece takes."""

PLAIN_WORD = re.compile("[A-Za-z0-9](?:[A-Za-z0-9.'-]*[A-Za-z0-9])?")
"""Letters and digits, and what glues them together: whatever a piece of plain ASCII text can be."""

_NOTHING: PieceTerms = ((), 1)


def analyse_prose(pieces: Sequence[str]) -> list[PieceTerms]:
    """The terms of each piece.

    Args:
        pieces: as `bulk_pieces.PROSE` cuts them, plain ones in lower case.
    """
    texts = list(map(tex_to_words, pieces))
    words_of = [PLAIN_WORD.findall(text.lower()) if text.isascii() else None for text in texts]
    distinct = dict.fromkeys(chain.from_iterable(words for words in words_of if words))
    known = dict(zip(distinct, _analyse_words(list(distinct)), strict=True))
    return [
        _analyse_tokens(text)
        if words is None
        else known[words[0]]
        if len(words) == 1
        else _join([known[word] for word in words])
        for text, words in zip(texts, words_of, strict=True)
    ]


def stem_plain_words(words: Sequence[str]) -> list[str]:
    """What `normalise` makes of words of ASCII letters and digits in lower case."""
    stems = iter(
        Stemmer.Stemmer("english", 0).stemWords([word for word in words if word.isalpha()])
    )
    terms = (next(stems) if word.isalpha() else word for word in words)
    return [
        "" if word in STOP_WORDS or len(word) > MAX_TERM_CHARS else term
        for word, term in zip(words, terms, strict=True)
    ]


def _analyse_words(words: Sequence[str]) -> Iterable[PieceTerms]:
    """The terms of distinct words in lower case, each a match of `PLAIN_WORD`."""
    parts_of = [_split_compound(word) for word in words]
    asked = dict.fromkeys(
        chain.from_iterable((*parts, "".join(parts)) for parts in parts_of if parts)
    )
    terms = dict(zip(asked, stem_plain_words(list(asked)), strict=True))
    for word, parts in zip(words, parts_of, strict=True):
        yield _place_parts(parts, terms) if parts else _analyse_tokens(word)


def _split_compound(word: str) -> list[str]:
    """The parts of a word that hyphens divide; nothing if anything else does."""
    if word.isalnum():
        return [word]
    parts = word.split("-")
    return parts if all(map(str.isalnum, parts)) else []


def _place_parts(parts: Sequence[str], terms: dict[str, str]) -> PieceTerms:
    if len(parts) == 1:
        term = terms[parts[0]]
        return (((0, term),), 1) if term else _NOTHING
    placed = [(place, term) for place, part in enumerate(parts) if (term := terms[part])]
    if len(parts) <= MAX_JOINED_PARTS and (joined := terms["".join(parts)]):
        placed.insert(1 if placed and placed[0][0] == 0 else 0, (0, joined))
    return placed, len(parts)


def _analyse_tokens(words: str) -> PieceTerms:
    r"""The terms of plain words; what looks like TeX in them is none, as in `\\$f(x)`."""
    return _join([place_chunk(chunk[0]) for chunk in iter_chunks(words)])


def _join(found: Sequence[PieceTerms]) -> PieceTerms:
    """The terms of words that follow one another."""
    terms: list[tuple[int, str]] = []
    position = 0
    for placed, width in found:
        terms += [(position + offset, term) for offset, term in placed]
        position += width
    return terms, position
