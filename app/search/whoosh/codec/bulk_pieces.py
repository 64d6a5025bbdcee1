r"""Which pieces a text is cut into when an index is built of many papers at once.

A piece is a stretch of text across whose ends no token reaches, and that is analysed alike wherever
it stands. What the analyzer makes of a piece is found out once, when the piece is met first; after
that a text costs little more than looking its pieces up:

    "GPT-4 models, and" ── pieces ──> gpt-4 models and ── numbers ──> 17 4 2

    number   terms at offset                positions taken
    17       gpt at 0, gpt4 at 0, 4 at 1    2
    4        model at 0                     1
    2                                       1 (a stop word)

Terms and positions are those of the field's own analyzer; the tests compare them. Texts are cut by
`PieceKind.split`, or by a compiled function that follows `PieceKind.classes`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import Stemmer
from whoosh.analysis import IDTokenizer, RegexTokenizer

from app.search.whoosh.analyzer import (
    FormAnalyzer,
    NameAnalyzer,
    ProseAnalyzer,
    ReferenceAnalyzer,
)
from app.search.whoosh.codec.kernel_bytes import BLANK, BREAK, SPECIAL, TRIM, WORD
from app.text.author_search import list_line_terms
from app.text.names import fold_name
from app.text.stop_words import STOP_WORDS
from app.text.tex_words import tex_to_words
from app.text.tokenize import (
    MAX_JOINED_PARTS,
    MAX_TERM_CHARS,
    iter_chunks,
    list_inflected,
    normalise,
    pair_inflected,
    place_chunk,
)

PieceTerms = tuple[Sequence[tuple[int, str]], int]
"""Terms of a piece with their offsets, ascending, and how many positions the piece takes."""


@dataclass(frozen=True, slots=True)
class PieceKind:
    """How the texts of some fields are cut and analysed.

    Attributes:
        name: fields with the same name share what is known of their pieces.
        split: the pieces of a text.
        find_plain: for each of some pieces its only term, which takes one position; empty where
            there is none, None for a piece that has to be analysed.
        analyse: the terms of any piece.
        classes: for each byte of UTF-8 what it means when a text is cut, 256 of them.
        lowers: whether ASCII letters of pieces are put in lower case, special ones apart.
        recurs: whether pieces come again so often that they are worth remembering over runs.
    """

    name: str
    split: Callable[[str], Sequence[str]]
    find_plain: Callable[[Sequence[str]], Iterable[str | None]]
    analyse: Callable[[str], PieceTerms]
    classes: bytes
    lowers: bool = False
    recurs: bool = True

    def lower(self, piece: str) -> str:
        """The piece as it is kept."""
        is_plain = piece.isascii() and not any(
            self.classes[byte] == SPECIAL for byte in piece.encode("ascii")
        )
        return piece.lower() if self.lowers and is_plain else piece


def _make_classes(groups: dict[int, str | bytes], *, other: int = WORD) -> bytes:
    classes = bytearray([other]) * 256
    for byte_class, members in groups.items():
        for member in members.encode() if isinstance(members, str) else members:
            classes[member] = byte_class
    return bytes(classes)


_ASCII_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f "
_NOT_ASCII = bytes(range(128, 256))
_MARKS_OF_TEX = "\\$_^{}~"
_TRIMMED = "-.'"
_ALPHANUMERIC = "".join(chr(code) for code in range(128) if chr(code).isalnum())

_PROSE_CLASSES = _make_classes(
    {
        WORD: _ALPHANUMERIC,
        BLANK: _ASCII_BLANKS,
        TRIM: _TRIMMED,
        SPECIAL: _MARKS_OF_TEX.encode() + _NOT_ASCII,
    },
    other=BREAK,
)

_SPECIAL_WORD = rf"[^{_ASCII_BLANKS}\\$_^{{}}~\x80-\U0010ffff]*+[\\$_^{{}}~\x80-\U0010ffff]"
_PLAIN_WORD = re.compile("[A-Za-z0-9](?:[A-Za-z0-9.'-]*[A-Za-z0-9])?")
_PROSE_PIECE = re.compile(
    # A word with a mark of TeX or a letter beyond ASCII …
    rf"(?<![^{_ASCII_BLANKS}]){_SPECIAL_WORD}[^{_ASCII_BLANKS}]*+"
    # … and the next one where a command, a script, a brace or a blank beyond ASCII may reach over
    # the blanks between.
    rf"(?:(?:(?:(?<=[\\_^{{\x80-\U0010ffff])|(?<=\\.)|(?<=\\[A-Za-z]{{2}}))[{_ASCII_BLANKS}]++"
    rf"|[{_ASCII_BLANKS}]++(?=[{{}}]))[^{_ASCII_BLANKS}]++)*+"
    rf"|{_PLAIN_WORD.pattern}",
    re.DOTALL,
)


def _find_plain_prose(pieces: Sequence[str]) -> list[str | None]:
    """What `normalise` makes of words of ASCII letters and digits in lower case, many at once."""
    words = [piece for piece in pieces if piece.isascii() and piece.isalpha()]
    stems = iter(Stemmer.Stemmer("english", 0).stemWords(words))
    terms: list[str | None] = []
    for piece in pieces:
        if not (piece.isascii() and piece.isalnum()):
            terms.append(None)
            continue
        term = next(stems) if piece.isalpha() else piece
        terms.append("" if piece in STOP_WORDS or len(piece) > MAX_TERM_CHARS else term)
    return terms


def _analyse_prose(piece: str) -> PieceTerms:
    words = tex_to_words(piece)
    if not words.isascii():
        return _analyse_tokens(words)
    terms: list[tuple[int, str]] = []
    position = 0
    for word in _PLAIN_WORD.findall(words):
        parts = word.split("-")
        found, width = (
            _analyse_compound(parts) if all(map(str.isalnum, parts)) else _analyse_tokens(word)
        )
        terms += [(position + offset, term) for offset, term in found]
        position += width
    return terms, position


def _analyse_tokens(words: str) -> PieceTerms:
    r"""The terms of plain words; what looks like TeX in them is none, as in `\\$f(x)`."""
    terms: list[tuple[int, str]] = []
    position = 0
    for chunk in iter_chunks(words):
        found, width = place_chunk(chunk[0])
        terms += [(position + offset, term) for offset, term in found]
        position += width
    return terms, position


def _analyse_compound(parts: list[str]) -> PieceTerms:
    words = [(place, normalise(part)) for place, part in enumerate(parts)]
    if 2 <= len(parts) <= MAX_JOINED_PARTS:  # a compound, not a word
        words.insert(1, (0, normalise("".join(parts))))
    return [(place, term) for place, term in words if term], len(parts)


PROSE: Final = PieceKind(
    "prose", _PROSE_PIECE.findall, _find_plain_prose, _analyse_prose, _PROSE_CLASSES, lowers=True
)
"""What `ProseAnalyzer` indexes."""


def _find_plain_forms(pieces: Sequence[str]) -> list[str | None]:
    return [
        (pair_inflected(piece) if piece.isalnum() else None) if piece.isascii() else None
        for piece in pieces
    ]


def _analyse_forms(piece: str) -> PieceTerms:
    forms = list_inflected(piece)
    return tuple(enumerate(forms)), len(forms)


FORMS: Final = PieceKind(
    "forms", _PROSE_PIECE.findall, _find_plain_forms, _analyse_forms, _PROSE_CLASSES, lowers=True
)
"""What `FormAnalyzer` indexes."""


def _find_plain_folded(pieces: Sequence[str]) -> list[str | None]:
    return [
        piece if piece.isascii() and piece.isalnum() and piece.islower() else None
        for piece in pieces
    ]


def _analyse_folded(piece: str) -> PieceTerms:
    words = fold_name(piece).split()
    return tuple(enumerate(words)), len(words)


REFERENCES: Final = PieceKind(
    "references",
    lambda text: re.findall(f"[^{_ASCII_BLANKS}]+", text),
    _find_plain_folded,
    _analyse_folded,
    _make_classes({BLANK: _ASCII_BLANKS}),
    lowers=True,
)
"""What `ReferenceAnalyzer` indexes."""


def _find_no_plain(pieces: Sequence[str]) -> list[str | None]:
    return [None] * len(pieces)


NAMES: Final = PieceKind(
    "names",
    lambda text: re.findall("[^\n]+", text),
    _find_no_plain,
    list_line_terms,
    _make_classes({BLANK: "\n"}),
)
"""What `NameAnalyzer` indexes: a piece is a line, since the words of a name tell their roles."""


def _keep_all(pieces: Sequence[str]) -> Sequence[str]:
    return pieces


def _keep(piece: str) -> PieceTerms:
    return ((0, piece),), 1


_KEYWORD_BLANKS = " \t\r\n"
_KEYWORD_PATTERN = r"[^ \t\r\n]+"
"""What Whoosh's `SpaceSeparatedTokenizer` is made of."""

KEYWORDS: Final = PieceKind(
    "keywords",
    lambda text: re.findall(_KEYWORD_PATTERN, text),
    _keep_all,
    _keep,
    _make_classes({BLANK: _KEYWORD_BLANKS}),
    recurs=False,
)
"""What Whoosh's keyword fields index."""

IDENTIFIERS: Final = PieceKind(
    "identifiers", lambda text: [text], _keep_all, _keep, _make_classes({}), recurs=False
)
"""What Whoosh's identifier fields index: the whole text."""


def choose_kind(field_name: str, field: Any) -> PieceKind:
    """How the texts of an indexed field are cut.

    Raises:
        ValueError: no kind gives the terms of the field's analyzer.
    """
    analyzer = field.analyzer
    for analyzer_type, kind in (
        (ProseAnalyzer, PROSE),
        (FormAnalyzer, FORMS),
        (NameAnalyzer, NAMES),
        (ReferenceAnalyzer, REFERENCES),
        (IDTokenizer, IDENTIFIERS),
    ):
        if type(analyzer) is analyzer_type:
            return kind
    if type(analyzer) is RegexTokenizer and analyzer.expression.pattern == _KEYWORD_PATTERN:
        return KEYWORDS
    raise ValueError(
        f"field {field_name} is analysed by {type(analyzer).__name__}, "
        "which the bulk build does not know; write it with a SegmentBuilder"
    )
