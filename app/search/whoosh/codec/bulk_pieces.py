r"""Which pieces a text is cut into when an index is built of many papers at once.

A piece is a stretch of text across whose ends no token reaches, and that is analysed alike wherever
it stands. What the analyzer makes of a piece is found out once, when the piece is met first; after
that a text costs little more than looking its pieces up:

    "GPT-4 models, and" ── pieces ──> gpt-4 gpt 4 models and ── numbers ──> 17 9 11 4 2

    number   terms at offset   positions taken
    17       gpt4 at 0         0 (the whole of a compound, whose parts follow)
    9        gpt at 0          1
    4        model at 0        1
    2                          1 (a stop word)

Terms and positions are those of the field's own analyzer; the tests compare them. Texts are cut by
`PieceKind.split`, or by a compiled function that follows `PieceKind.classes`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from whoosh.analysis import IDTokenizer, RegexTokenizer

from app.search.whoosh.analyzer import (
    FormAnalyzer,
    NameAnalyzer,
    ProseAnalyzer,
    ReferenceAnalyzer,
)
from app.search.whoosh.codec.bulk_entries import PieceEntries, PieceTerms, keep_pieces, lay_out
from app.search.whoosh.codec.bulk_prose import (
    PLAIN_WORD,
    analyse_forms,
    analyse_prose,
    iter_with_parts,
)
from app.search.whoosh.codec.kernel_bytes import BLANK, BREAK, HYPHEN, SPECIAL, TRIM, WORD
from app.text.author_search import list_line_terms
from app.text.names import fold_name


@dataclass(frozen=True, slots=True)
class PieceKind:
    """How the texts of some fields are cut and analysed.

    Attributes:
        name: fields with the same name share what is known of their pieces.
        split: the pieces of a text.
        analyse: what pieces stand for.
        classes: for each byte of UTF-8 what it means when a text is cut, 256 of them.
        lowers: whether ASCII letters of pieces are put in lower case, special ones apart.
        recurs: whether pieces come again so often that they are worth remembering over runs.
    """

    name: str
    split: Callable[[str], Sequence[str]]
    analyse: Callable[[Sequence[str]], PieceEntries]
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
_TRIMMED = ".'"
_ALPHANUMERIC = "".join(chr(code) for code in range(128) if chr(code).isalnum())

_PROSE_CLASSES = _make_classes(
    {
        WORD: _ALPHANUMERIC,
        BLANK: _ASCII_BLANKS,
        TRIM: _TRIMMED,
        HYPHEN: "-",
        SPECIAL: _MARKS_OF_TEX.encode() + _NOT_ASCII,
    },
    other=BREAK,
)

_SPECIAL_WORD = rf"[^{_ASCII_BLANKS}\\$_^{{}}~\x80-\U0010ffff]*+[\\$_^{{}}~\x80-\U0010ffff]"
_PROSE_PIECE = re.compile(
    # A word with a mark of TeX or a letter beyond ASCII …
    rf"(?<![^{_ASCII_BLANKS}]){_SPECIAL_WORD}[^{_ASCII_BLANKS}]*+"
    # … and the next one where a command, a script, a brace or a blank beyond ASCII may reach over
    # the blanks between.
    rf"(?:(?:(?:(?<=[\\_^{{\x80-\U0010ffff])|(?<=\\.)|(?<=\\[A-Za-z]{{2}}))[{_ASCII_BLANKS}]++"
    rf"|[{_ASCII_BLANKS}]++(?=[{{}}]))[^{_ASCII_BLANKS}]++)*+"
    rf"|{PLAIN_WORD.pattern}",
    re.DOTALL,
)


def _split_prose(text: str) -> list[str]:
    return list(iter_with_parts(_PROSE_PIECE.findall(text)))


PROSE: Final = PieceKind("prose", _split_prose, analyse_prose, _PROSE_CLASSES, lowers=True)
"""What `ProseAnalyzer` indexes."""

FORMS: Final = PieceKind("forms", _split_prose, analyse_forms, _PROSE_CLASSES, lowers=True)
"""What `FormAnalyzer` indexes."""


def _analyse_references(pieces: Sequence[str]) -> PieceEntries:
    # Plain pieces are in lower case already.
    simple = [piece if piece.isascii() and piece.isalnum() else None for piece in pieces]
    others = (
        _place_all(fold_name(piece).split())
        for piece, term in zip(pieces, simple, strict=True)
        if term is None
    )
    return lay_out(simple, [1] * len(pieces), others)


def _place_all(words: Sequence[str]) -> PieceTerms:
    """Words numbered one after another."""
    return tuple(enumerate(words)), len(words)


REFERENCES: Final = PieceKind(
    "references",
    lambda text: re.findall(f"[^{_ASCII_BLANKS}]+", text),
    _analyse_references,
    _make_classes({BLANK: _ASCII_BLANKS}),
    lowers=True,
)
"""What `ReferenceAnalyzer` indexes."""


def _analyse_names(pieces: Sequence[str]) -> PieceEntries:
    size = len(pieces)
    return lay_out([None] * size, [1] * size, map(list_line_terms, pieces))


NAMES: Final = PieceKind(
    "names",
    lambda text: re.findall("[^\n]+", text),
    _analyse_names,
    _make_classes({BLANK: "\n"}),
)
"""What `NameAnalyzer` indexes: a piece is a line, since the words of a name tell their roles."""

_KEYWORD_BLANKS = " \t\r\n"
_KEYWORD_PATTERN = r"[^ \t\r\n]+"
"""What Whoosh's `SpaceSeparatedTokenizer` is made of."""

KEYWORDS: Final = PieceKind(
    "keywords",
    lambda text: re.findall(_KEYWORD_PATTERN, text),
    keep_pieces,
    _make_classes({BLANK: _KEYWORD_BLANKS}),
    recurs=False,
)
"""What Whoosh's keyword fields index."""

IDENTIFIERS: Final = PieceKind(
    "identifiers", lambda text: [text], keep_pieces, _make_classes({}), recurs=False
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
        "for which there is no PieceKind; make one"
    )
