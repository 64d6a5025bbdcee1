"""TeX as plain words, and the way back to the source."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.text.tex_words import has_tex, map_tex_to_words, tex_to_words
from tests.unit.growth import assert_linear


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"$\alpha$-divergence", "alpha-divergence"),
        (r"$\ell_1$ and $\ell_{2}$", "l1 and l2"),
        (r"O(n\log n)", "O(n log n)"),
        (r"$\mathbb{R}^n$ and \mathbb{Z}_2", "R n and Z2"),
        (r"H$_2$O and L^2", "H2O and L2"),
        (r"$x_i$ and $x_{ij}$", "x i and x ij"),
        (r"$10^5$ and $10^{-3}$", "10 5 and 10 -3"),
        (r"$\varepsilon$-net", "epsilon-net"),
        (r"$\sqrt{n}$ and $\frac{a}{b}$", "sqrt n and a b"),
        (r"$\sin\theta$", "sin theta"),
        (r"$\hat{\beta}_1$", "beta1"),
        (r"{\it foo} \emph{bar} \textbf{b}az", " foo bar baz"),
        (r"$\R \Ham$", "R Ham"),
        (r"82.6$\%$ R\&D", "82.6% R&D"),
        (r"a\,b~c\\d file_name a\_b", "a b c d file name a b"),
        (r"Schr\"odinger Erd\H{o}s {\o}", "Schrödinger Erdős ø"),
        (r"\frac{a", "a"),
        ("$", ""),
        ("trailing \\", "trailing \\"),
    ],
)
def test_tex_is_read_as_words(tex: str, words: str) -> None:
    assert tex_to_words(tex) == words


def test_a_text_without_tex_is_the_same_object() -> None:
    text = "plain words, 5 of them"
    assert not has_tex(text)
    assert tex_to_words(text) is text


def test_words_lead_back_to_their_source() -> None:
    text = r"The $\ell_1$ norm of \emph{Schr\"odinger}"
    words = map_tex_to_words(text)

    def source(word: str) -> str:
        start = words.text.index(word)
        begin, end = words.source_span(start, start + len(word))
        return text[begin:end]

    assert source("l1") == r"\ell_1"
    assert source("norm") == "norm"
    assert source("Schrödinger") == r"Schr\"odinger"
    assert source("The") == "The"


tex_like = st.text() | st.lists(
    st.sampled_from([*r"\'^_~{}$()[] ab19-", "\\alpha", "\\frac", "\\mathbb", "\\ell", "word", "é"])
).map("".join)


@given(tex_like)
def test_any_text_gives_words_whose_spans_ascend_within_the_source(text: str) -> None:
    words = map_tex_to_words(text)
    previous = (0, 0)
    for offset in range(len(words.text)):
        begin, end = words.source_span(offset, offset + 1)
        assert 0 <= begin <= end <= len(text)
        assert (begin, end) >= previous
        previous = begin, end


@given(tex_like)
@example(r"é\'e1\frac{a}{b}_2 \mathbb{R}_3x")
def test_words_without_a_way_back_are_the_same(text: str) -> None:
    assert tex_to_words(text) == map_tex_to_words(text).text


@given(st.text(alphabet=st.characters(exclude_characters="\\$_^{}~")))
def test_other_text_is_kept_to_the_letter(text: str) -> None:
    words = map_tex_to_words(text)
    assert words.text == text
    for offset in range(len(text)):
        assert words.source_span(offset, offset + 1) == (offset, offset + 1)


@pytest.mark.parametrize("piece", ["\\", "$", "{", "}{", "_", "^{1", "\\a", "\\'{", "~", "_{12345"])
def test_time_stays_linear_on_a_long_text(piece: str) -> None:
    assert_linear(lambda size: tex_to_words(piece * (size // len(piece))), length=300_000)
