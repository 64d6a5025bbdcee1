r"""TeX in titles, names and abstracts: accents to Unicode, protecting braces away.

arXiv's metadata writes `Schr\"odinger`, `Erd\H{o}s`, `{\o}rsted`. `decode_tex_accents` turns these
into Unicode and touches nothing else; mathematics (`$…$`, `$$…$$`, `\(…\)`, `\[…\]`) stays as it
is written. `app.text.tex_words` turns mathematics into words for the index.

All patterns take time linear in the text.
"""

import re
import unicodedata

_COMBINING = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
"""TeX accent command -> the combining character that follows its letter in Unicode."""

_LETTERS = {
    "aa": "å",
    "AA": "Å",
    "ae": "æ",
    "AE": "Æ",
    "dh": "ð",
    "DH": "Ð",
    "dj": "đ",
    "DJ": "Đ",
    "i": "ı",
    "j": "ȷ",
    "l": "ł",
    "L": "Ł",
    "ng": "ŋ",
    "NG": "Ŋ",
    "o": "ø",
    "O": "Ø",
    "oe": "œ",
    "OE": "Œ",
    "ss": "ß",
    "SS": "ẞ",
    "th": "þ",
    "TH": "Þ",
}
"""TeX command -> the letter it stands for."""

MATH_PATTERN = (
    r"\$\$(?:\\.|[^$\\])*+\$\$|\$(?:\\.|[^$\\])*+\$"
    # No second opening inside: otherwise a row of openings would take quadratic time.
    r"|\\\((?:[^\\]|\\[^()])*+\\\)|\\\[(?:[^\\]|\\[^\[\]])*+\\\]"
)
"""One piece of TeX mathematics with its delimiters; a lone `$` is none."""

_LETTER_COMMAND = rf"\\(?:{'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])"
_BASE = rf"(?:[^\W\d_]|{_LETTER_COMMAND})"
_ACCENT = (
    # `\'e`, `\' e`, `\'{e}`, `\'\i`; after a slash `\~` is part of an address.
    rf"\\(?:[`'^=.\"]|(?<!/\\)~)(?:[ ]?{_BASE}|\s?\{{\s?{_BASE}\s?\}})"
    # `\c c`, `\c{c}`, `\v\i`: a letter glued to the command would make another command.
    rf"|\\[uvHcdbrk](?:[ ]{_BASE}|{_LETTER_COMMAND}|\s?\{{\s?{_BASE}\s?\}})"
)
# `\o{}`, `{\o}` and `\o\ ` end the command, otherwise TeX swallows the blanks after it.
_LETTER = rf"{_LETTER_COMMAND}(?:\{{\}}|\\(?=\s)|\s+(?=\S))?"
ACCENT_PATTERN = rf"\{{\s?(?:{_ACCENT})\s?\}}|\{{\s?{_LETTER_COMMAND}\s?\}}|(?:{_ACCENT})|{_LETTER}"
"""One accented or special letter, alone or in a pair of braces of its own."""

_TEXT_PARTS = re.compile(
    rf"(?P<kept>{MATH_PATTERN}|\\\\)|(?P<accent>{ACCENT_PATTERN})|\\.", re.DOTALL
)
_ACCENT_START = re.compile(rf"\\[`'^=.\"~]|\\[uvHcdbrk](?![A-Za-z])|{_LETTER_COMMAND}")
"""A quick look for anything that might be decoded: most texts with TeX hold formulas only."""

_PADDING = "{}" + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What may stand around a letter within a match: braces, and all that `\\s` matches."""

_COMMAND_OF_LETTER = re.compile(r"\\([A-Za-z]+)")
_MAX_NESTED_ACCENTS = 4


def decode_tex_accents(text: str) -> str:
    r"""`text` with TeX accents and special letters as Unicode letters (NFC).

    Mathematics, unknown commands and accents on what has no such letter in Unicode stay as they
    are written. Identity: decoding twice is decoding once; a text without a backslash comes back
    as the same object.

    >>> decode_tex_accents(r'Schr\"odinger, Erd\H{o}s, {\O}rsted, $\"o$ \foo')
    'Schrödinger, Erdős, Ørsted, $\\"o$ \\foo'
    """
    if "\\" not in text or _ACCENT_START.search(text) is None:
        return text
    for _ in range(_MAX_NESTED_ACCENTS):
        decoded = _TEXT_PARTS.sub(_decode_part, text)
        if decoded == text:
            break
        text = decoded
    return text


def _decode_part(match: re.Match[str]) -> str:
    if match["accent"] is None:
        return match[0]
    return compose_accent(match["accent"])


def compose_accent(source: str) -> str:
    r"""The letter written by one match of `ACCENT_PATTERN`; `source` where Unicode has none.

    >>> compose_accent(r"{\'{\i}}"), compose_accent(r"\ss "), compose_accent(r"\'q")
    ('í', 'ß', "\\'q")
    """
    body = source.strip(_PADDING).rstrip("\\")
    if _COMMAND_OF_LETTER.fullmatch(body) and body[1:] in _LETTERS:
        return _LETTERS[body[1:]]
    mark, base = body[1], body[2:].strip(_PADDING)
    if base.startswith("\\"):
        # Under an accent the dotless i and j are the ordinary letters.
        base = base[1:] if base in {"\\i", "\\j"} else _LETTERS[base[1:]]
    composed = unicodedata.normalize("NFC", base + _COMBINING[mark])
    return composed if len(composed) == 1 else source


def collapse_whitespace(text: str) -> str:
    r"""`text` on one line, every run of white space one blank, none at the ends.

    >>> collapse_whitespace("  two\n  lines ")
    'two lines'
    """
    if text.isascii() and not _needs_collapsing(text):
        return text
    return " ".join(text.split())


def _needs_collapsing(text: str) -> bool:
    """Whether ASCII text has other white space than single blanks between words.

    A handful of searches at memory speed: most abstracts come on one line already, and splitting
    and joining them would be a quarter of an import's time.
    """
    return (
        "  " in text
        or "\n" in text
        or text[:1] == " "
        or text[-1:] == " "
        or not text.isprintable()
    )


_BRACED = re.compile(
    rf"(?P<kept>{MATH_PATTERN}|\\[A-Za-z]++\*?(?:\s?\{{[^{{}}]*+\}})*+|\\.|[_^]\{{[^{{}}]*+\}})"
    r"|\{(?P<inner>[^{}\\$]*+)\}",
    re.DOTALL,
)


def strip_tex_braces(text: str) -> str:
    r"""`text` without the braces that only protect capitals, outside mathematics.

    Arguments of commands and of `_` and `^` keep theirs.

    >>> strip_tex_braces(r"{B}ayesian {GAN}s, \emph{x} and $\mathbb{R}$")
    'Bayesian GANs, \\emph{x} and $\\mathbb{R}$'
    """
    if "{" not in text:
        return text
    return _BRACED.sub(lambda match: match["kept"] or match["inner"] or "", text)
