r"""What `ProseAnalyzer` and `FormAnalyzer` make of pieces of text, many at once.

The words of all pieces that are new in a batch are looked at together: each distinct one is stemmed
once, and a stemmer that is given a list costs half of one that is asked for each word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress

import Stemmer

from app.search.whoosh.codec.bulk_entries import PieceEntries, PieceTerms, lay_out
from app.text.stop_words import STOP_WORDS
from app.text.tex_words import tex_to_words
from app.text.tokenize import (
    MAX_JOINED_PARTS,
    MAX_TERM_CHARS,
    iter_chunks,
    list_inflected,
    place_chunk,
)

PLAIN_WORD = re.compile("[A-Za-z0-9](?:[A-Za-z0-9.'-]*[A-Za-z0-9])?")
"""Letters and digits, and what glues them together: whatever a piece of plain ASCII text can be."""

_NOTHING: PieceTerms = ((), 1)


def iter_with_parts(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces of text, each compound followed by its parts.

    >>> list(iter_with_parts(["non-invasive", "imaging"]))
    ['non-invasive', 'non', 'invasive', 'imaging']
    """
    for piece in pieces:
        yield piece
        if "-" in piece and _list_bare([piece])[0] is not None:
            yield from piece.split("-")


def _list_bare(pieces: Iterable[str]) -> list[str | None]:
    """Plain words as they are, compounds without their hyphens, None for all else.

    >>> _list_bare(["gpt-4", "models", "3.14", "a--b"])
    ['gpt4', 'models', None, None]
    """
    return [
        bare
        if (bare := piece.replace("-", "")).isalnum() and bare.isascii() and "--" not in piece
        else None
        for piece in pieces
    ]


def analyse_prose(pieces: Sequence[str]) -> PieceEntries:
    """What `ProseAnalyzer` makes of pieces; of compounds the joined spelling alone.

    Args:
        pieces: as `bulk_pieces.PROSE` cuts them, plain ones in lower case.
    """
    bare = _list_bare(pieces)
    terms = iter(stem_plain_words([word for word in bare if word is not None]))
    simple = [None if word is None else next(terms) for word in bare]
    is_whole = [
        word is not None and word != piece for word, piece in zip(bare, pieces, strict=True)
    ]
    for place in compress(range(len(pieces)), is_whole):
        if pieces[place].count("-") >= MAX_JOINED_PARTS:
            simple[place] = ""
    others = [piece for piece, word in zip(pieces, bare, strict=True) if word is None]
    return lay_out(simple, [1 - whole for whole in is_whole], _analyse_others(others))


def analyse_forms(pieces: Sequence[str]) -> PieceEntries:
    """What `FormAnalyzer` makes of pieces; nothing of compounds, whose parts are pieces too.

    Args:
        pieces: as `bulk_pieces.FORMS` cuts them, plain ones in lower case.
    """
    bare = _list_bare(pieces)
    plain = [piece for piece, word in zip(pieces, bare, strict=True) if word == piece]
    pairs = map(_pair, stem_plain_words(plain), plain)
    simple = [
        next(pairs) if word == piece else None if word is None else ""
        for piece, word in zip(pieces, bare, strict=True)
    ]
    others = (
        (tuple(enumerate(words)), len(words))
        for piece, word in zip(pieces, bare, strict=True)
        if word is None
        for words in [list_inflected(piece)]
    )
    return lay_out(simple, [1] * len(pieces), others)


def _pair(term: str, word: str) -> str:
    """A word behind its term; nothing where both are one."""
    return f"{term} {word}" if term and term != word else ""


def _analyse_others(pieces: Sequence[str]) -> list[PieceTerms]:
    """The terms of pieces that are neither plain words nor compounds of them."""
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
    stems = Stemmer.Stemmer("english", 0).stemWords(words)
    return [
        "" if word in STOP_WORDS or len(word) > MAX_TERM_CHARS else stem if word.isalpha() else word
        for word, stem in zip(words, stems, strict=True)
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
