r"""TeX accents against an independent decoder, and everything that must stay as written."""

import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from app.text.tex import (
    _ACCENT_START,
    _TEXT_PARTS,
    _decode_part,
    collapse_whitespace,
    decode_tex_accents,
    strip_tex_braces,
)
from tests.unit.growth import assert_linear


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"Schr\"odinger", "Schrödinger"),
        (r"Erd\H{o}s and R\'enyi", "Erdős and Rényi"),
        (r"\'{e} {\'e} \' e {\'{e}} { \'e }", "é é é é é"),
        (r"\v{c} \c c \c{C} \u{g} \k{a} \r{a} \d{s} \b{d}", "č ç Ç ğ ą å ṣ ḏ"),
        (r"\`a \^o \~n \=o \.{I} \.z", "à ô ñ ō İ ż"),
        (r"\^{\i} \'\i \v\i \u\j{}", r"î í ǐ \u\j{}"),
        (r"{\o}rsted S\o ren S{\o}ren \O{} x", "ørsted Søren Søren Ø x"),
        (r"Stra\ss e, \aa rhus, \AE gir, \oe uvre", "Straße, århus, Ægir, œuvre"),
        (r"Y\i ld\i r\i m", "Yıldırım"),
        (r"Bia{\l}ecki, \L{}\'od\'z", "Białecki, Łódź"),
        (r"5 \AA\ wide", "5 Å wide"),
        (r"\'{\^e} \'{\o} \'{\aa}", "ế ǿ ǻ"),
        (r"Poincar\'{e}'s {\`E}tale", "Poincaré's Ètale"),
        (r"\'é", r"\'é"),
    ],
)
def test_accents_and_special_letters_become_unicode(tex: str, expected: str) -> None:
    assert decode_tex_accents(tex) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no backslash {B}races -- dashes --- $x$",
        r"$\'e \"o \o$ and $$\ss$$ and \(\'e\) and \[\"o\]",
        r"\foo \emph{x} \alpha \cite{key} \over \ldots \odot \lambda",
        r"R\&D, 5\% of \$10, a\_b, \#1",
        r"line \\ break \\'e",
        r"http://example.org/\~user",
        r"\'q \v{} \c \' {\Ae} \H",
        "trailing \\",
    ],
)
def test_everything_else_stays_as_written(text: str) -> None:
    assert decode_tex_accents(text) == text


@pytest.mark.parametrize("blank", ["\xa0", "\x1f", "\v", "\u2009", "\u3000"])
def test_any_blank_may_stand_behind_a_command(blank: str) -> None:
    assert decode_tex_accents(rf"\o{blank}rsted, \'{{{blank}e}}") == "ørsted, é"


def test_a_text_without_a_backslash_is_the_same_object() -> None:
    text = "Ein Text ohne alles, $x$ {y}"
    assert decode_tex_accents(text) is text


def test_an_unclosed_formula_is_no_formula() -> None:
    assert decode_tex_accents(r"costs $5, caf\'e \(or \'e") == r"costs $5, café \(or é"
    assert decode_tex_accents(r"\$5 and \$6 caf\'e") == r"\$5 and \$6 café"


ACCENTS = [
    f"\\{mark}{{{base}}}"
    for mark in "`'^~=.\"uvHcdbrk"
    for base in "aAcCdDeEgGhiIjklLnNoOrRsStTuUwyYzZ"
]


@pytest.mark.parametrize("tex", [a for a in ACCENTS if decode_tex_accents(a) != a])
def test_accents_agree_with_an_independent_decoder(tex: str) -> None:
    logging.getLogger("pylatexenc").setLevel(logging.ERROR)
    expected = LatexNodes2Text().latex_to_text(tex)
    assert decode_tex_accents(tex) == unicodedata.normalize("NFC", expected)


def test_nearly_all_precomposed_letters_are_reached() -> None:
    assert sum(decode_tex_accents(accent) != accent for accent in ACCENTS) > 150


tex_like = st.text() | st.lists(
    st.sampled_from([*r"\'`^~=.\"uvHcobrk{}$()[] aeijo", "\\i", "\\o ", "\\'", "\\\\", "é"])
).map("".join)


@given(tex_like)
def test_decoding_twice_is_decoding_once(text: str) -> None:
    decoded = decode_tex_accents(text)
    assert decode_tex_accents(decoded) == decoded


@given(st.text(alphabet=st.characters(exclude_characters="$\\"), max_size=30), st.text(max_size=9))
def test_formulas_survive_unchanged(around: str, inside: str) -> None:
    formula = "$" + inside.replace("$", "").replace("\\", "") + r"\'e \"o$"
    assert formula in decode_tex_accents(f"{around}{formula}{around} \\'e")


@given(tex_like)
def test_whitespace_is_collapsed_to_single_blanks(text: str) -> None:
    line = collapse_whitespace(text)
    assert line == line.strip()
    assert not any(c.isspace() and c != " " for c in line)
    assert "  " not in line
    assert collapse_whitespace(line) == line


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("{B}ayesian {GAN}s and {{N}ested}", "Bayesian GANs and {Nested}"),
        (r"\emph{x}, \frac{a}{b}, $\mathbb{R}^{n}$ and x^{2}", None),
        ("no braces", None),
        ("un{balanced", None),
        ("Boltz{M}ann", "BoltzMann"),
    ],
)
def test_protecting_braces_go_and_arguments_stay(tex: str, expected: str | None) -> None:
    assert strip_tex_braces(tex) == (tex if expected is None else expected)


@given(tex_like)
def test_any_text_can_be_stripped_of_braces(text: str) -> None:
    assert len(strip_tex_braces(text)) <= len(text)


PIECES = [
    "\\(",
    "$",
    "\\",
    "{",
    "\\'",
    "\\'{",
    "$$",
    "\\[",
    "{\\'",
    "\\o ",
    "\\emph{",
    "{a",
    "\\( ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_time_stays_linear_on_a_megabyte(piece: str) -> None:
    def decode(size: int) -> None:
        text = piece * (size // len(piece))
        decode_tex_accents(text)
        strip_tex_braces(text)

    assert_linear(decode, length=1_000_000)


@given(
    text=st.lists(
        st.sampled_from(
            ["\\", "'", '"', "{", "}", "e", "o", " ", "$", "c", "v", "i", "ss", "H", "b", "alpha"]
        ),
        max_size=12,
    ).map("".join)
)
def test_the_quick_look_finds_everything_that_can_be_decoded(text: str) -> None:
    if _ACCENT_START.search(text) is None:
        assert _TEXT_PARTS.sub(_decode_part, text) == text
