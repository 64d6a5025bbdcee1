"""The one analyzer: tokens with offsets, and the terms that index and queries share."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.stop_words import STOP_WORDS
from app.text.tokenize import (
    MAX_TERM_CHARS,
    Token,
    fold_term,
    index_terms,
    iter_tokens,
    normalise,
    placed_index_terms,
)
from tests.unit.growth import assert_linear
from tests.unit.real_data import data_file


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Image images IMAGES", ["imag", "imag", "imag"]),
        ("The cat is on the mat", ["cat", "mat"]),
        ("non-invasive", ["non", "invas", "noninvas"]),
        ("noninvasive", ["noninvas"]),
        ("state-of-the-art", ["state", "art"]),
        ("end-to-end", ["end", "end", "endtoend"]),
        ("GPT-4, GPT-4.5 and GPT4", ["gpt", "4", "gpt4", "gpt", "4.5", "gpt4.5", "gpt4"]),
        ("math500 ResNet50 v1.2.3 3.5B", ["math500", "resnet50", "v1.2.3", "3.5b"]),
        ("end.Begin U.S.", ["end", "begin", "u", "s"]),
        ("Schrödinger's cat's", ["schroding", "cat"]),
        ("D’Alembert don't", ["dalembert", "dont"]),
        ("naïve Øre Łódź Straße", ["naiv", "ore", "lodz", "strass"]),
        (r"$\alpha$-divergence", ["alpha", "diverg", "alphadiverg"]),
        ("α-divergence", ["alpha", "diverg", "alphadiverg"]),
        (r"$\beta_1$ β1", ["beta1", "beta1"]),
        (r"$\ell_1$ norm", ["l1", "norm"]),
        (r"Schr\"odinger", ["schroding"]),
        ("深度学习", ["深度", "度学", "学习"]),
        ("量", ["量"]),
        ("用BERT模型", ["用", "bert", "模型"]),
        ("file_name", ["file", "name"]),
        ("x" * (MAX_TERM_CHARS + 1), []),
        ("", []),
        ("?! -- $ ' ", []),
    ],
)
def test_text_becomes_terms(text: str, terms: list[str]) -> None:
    assert index_terms(text) == terms


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("non-invasive", "noninvasive"),
        ("non-invasive", "non invasive"),
        ("GPT4", "GPT-4"),
        (r"Schr\"odinger", "schrodinger"),
        ("Erdős", "Erd\\H{o}s"),
        (r"$\alpha$", "α"),
        ("Learning", "learned"),
        ("SCHRÖDINGER", "schrödinger"),
        ("e\u0301tale", "étale"),
    ],
)
def test_a_spelling_is_found_by_the_other(written: str, asked: str) -> None:
    assert set(index_terms(asked)) & set(index_terms(written))


def test_tokens_point_into_the_text_as_given() -> None:
    text = r"A non-invasive $\ell_1$ test"
    assert list(iter_tokens(text)) == [
        Token("A", 0, 1, 0),
        Token("non", 2, 5, 1),
        Token("invasive", 6, 14, 2),
        Token("noninvasive", 2, 14, 1),
        Token("l1", 16, 22, 3),
        Token("test", 24, 28, 4),
    ]
    assert text[16:22] == r"\ell_1"


texts = st.text() | st.lists(
    st.sampled_from([*"ab1-.'’_ $\\{}", "word ", "GPT-4 ", "\\alpha", "深度", "é", "the ", "β"])
).map("".join)


@given(texts)
def test_terms_are_the_normalised_tokens(text: str) -> None:
    tokens = list(iter_tokens(text))
    assert index_terms(text) == [term for t in tokens if (term := normalise(t.text))]


@given(texts)
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    tokens = list(iter_tokens(text))
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
    positions = sorted({token.position for token in tokens})
    assert positions == list(range(len(positions)))
    assert [t.end for t in tokens] == sorted(t.end for t in tokens)


@given(texts)
def test_terms_are_lower_case_short_and_no_stop_words(text: str) -> None:
    for term in index_terms(text):
        assert 0 < len(term) <= MAX_TERM_CHARS
        assert not any(character.isspace() for character in term)
        assert term == fold_term(term) or not term.isascii()


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once_for_words(text: str) -> None:
    for token in iter_tokens(text):
        folded = fold_term(token.text)
        if "'" not in token.text and "’" not in token.text:
            assert fold_term(folded) == folded


def test_stop_words_are_folded_words() -> None:
    assert {word for word in STOP_WORDS if fold_term(word) != word} == set()
    assert "the" in STOP_WORDS
    assert "learning" not in STOP_WORDS


def test_threads_share_the_analyzer_safely() -> None:
    words = [f"running{chr(97 + i % 26)} studies{chr(97 + i % 26)}" for i in range(400)]
    expected = [index_terms(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(index_terms, words)) == expected


@pytest.mark.parametrize(
    "piece", ["a", "a-", "-", "'", "a.", "1.", "深", "\u0301", "a'", "$a", "\\a "]
)
def test_time_stays_linear_on_a_long_text(piece: str) -> None:
    assert_linear(lambda size: index_terms(piece * (size // len(piece))), length=300_000)


@pytest.mark.data
def test_real_abstracts_leave_no_tex_in_their_terms() -> None:
    commands = {"mathbb", "mathcal", "frac", "rightarrow", "leq", "textbf", "emph", "cdot"}
    with gzip.open(data_file("arxiv/papers-100k.jsonl.gz"), "rt") as lines:
        abstracts = [
            json.loads(line)["abstract"] for line, _ in zip(lines, range(5_000), strict=False)
        ]
    terms = [term for abstract in abstracts for term in index_terms(abstract)]
    assert len(terms) > 300_000
    assert commands.isdisjoint(terms)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["non-invasive", "GPT-4.5", r"$\ell_1$-norm", "深度学习", "the", "x" * 70]
            ),
        ),
        max_size=8,
    ).map(" ".join)
)
def test_placed_terms_are_those_of_the_tokens_one_by_one(text: str) -> None:
    expected = [
        (token.position, term) for token in iter_tokens(text) if (term := normalise(token.text))
    ]
    expected.sort(key=lambda placed: placed[0])
    assert placed_index_terms(text) == expected
