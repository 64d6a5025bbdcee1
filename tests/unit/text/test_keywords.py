"""`literal` keywords: the numbers of the toy corpus, and properties of any text."""

import doctest
import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.keywords import CorpusStatistics
from app.text import keywords as keywords_module
from app.text.keywords import MAX_LITERAL_KEYWORDS, extract_literal_keywords, smooth_idf
from app.text.stop_words import STOP_WORDS
from app.text.tokenize import index_terms, normalise
from tests.support.toy_papers import TOY_PAPERS


def make_statistics(texts: Sequence[str]) -> CorpusStatistics:
    """Counted over texts, each one document."""
    df = Counter(term for text in texts for term in set(index_terms(text)))
    return CorpusStatistics(len(texts), lambda terms: [df[term] for term in terms])


TOY_STATISTICS = make_statistics([" ".join(fields) for fields in TOY_PAPERS.values()])
EMPTY = make_statistics([])


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(keywords_module).failed == 0


def test_the_toy_corpus_gives_its_published_numbers() -> None:
    found = extract_literal_keywords(*TOY_PAPERS["a"], TOY_STATISTICS)

    assert [(each.text, round(each.weight, 6)) for each in found] == [
        ("attention", 5.079442),
        ("sparse", 3.386294),
        ("study", 1.693147),
        ("kernels", 1.693147),
        ("long", 1.287682),
        ("context", 1.287682),
    ]
    assert [(each.tf, each.df) for each in found] == [
        (3, 1),
        (2, 1),
        (1, 1),
        (1, 1),
        (1, 2),
        (1, 2),
    ]


@pytest.mark.parametrize(("df", "idf"), [(1, 1.916291), (2, 1.510826), (3, 1.223144), (4, 1.0)])
def test_the_smooth_idf_of_four_papers(df: int, idf: float) -> None:
    assert smooth_idf(df, 4) == pytest.approx(idf, abs=5e-7)


def test_a_title_may_count_more() -> None:
    found = extract_literal_keywords("Sparse rows", "dense rows", EMPTY, title_weight=3)

    assert {each.text: each.tf for each in found} == {"rows": 4, "sparse": 3, "dense": 1}


def test_singular_and_plural_stay_apart_as_the_original_has_them() -> None:
    found = extract_literal_keywords("ReasonFlux-PRM: trajectory-aware PRMs", "A PRM.", EMPTY)

    assert [each.text for each in found] == ["prm", "reasonflux", "trajectory", "aware", "prms"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"$\ell_2$ and $\mathbb{R}^n$", []),
        ("see https://example.org/a-page.html or www.example.org today", ["see", "today"]),
        ("3 of 17 in 2024, x y z", []),
        ("It isn't Gauss's, they've said", ["gauss", "said"]),
        ("Schrödinger's cat", ["schrödinger", "cat"]),
        ("MATH500 and GPT-4", ["math500", "gpt"]),
        ("知识蒸馏 for BERT", ["知识", "识蒸", "蒸馏", "bert"]),
        ("?!", []),
    ],
)
def test_what_counts_as_a_word(text: str, words: list[str]) -> None:
    assert sorted(each.text for each in extract_literal_keywords("", text, EMPTY)) == sorted(words)


def test_words_that_weigh_the_same_keep_the_order_of_the_text() -> None:
    found = extract_literal_keywords("gamma beta", "alpha beta", EMPTY)

    assert [each.text for each in found] == ["beta", "gamma", "alpha"]


TEXTS = st.text(
    st.sampled_from("aAbé zZ-.,'’$\\{}_^12知识的İßα\n") | st.characters(codec="utf-8"), max_size=200
)


@given(TEXTS, TEXTS, st.integers(1, 20))
def test_properties_of_any_text(title: str, abstract: str, limit: int) -> None:
    statistics = make_statistics([title, abstract, "alpha beta"])
    found = extract_literal_keywords(title, abstract, statistics, limit)
    words = [each.text for each in found]
    whole = f"{title}\n{abstract}".lower()

    assert len(found) <= limit
    assert all(word in whole for word in words)
    assert words == [word.lower() for word in words]
    assert not {normalise(word) for word in words} & STOP_WORDS
    assert len(set(words)) == len(words)
    assert all(a.weight >= b.weight for a, b in itertools.pairwise(found))
    assert found == extract_literal_keywords(title, abstract, statistics, limit)


def test_ten_words_unless_asked_otherwise() -> None:
    text = " ".join(f"word{letter}" for letter in "abcdefghijklmn")

    assert len(extract_literal_keywords(text, "", EMPTY)) == MAX_LITERAL_KEYWORDS == 10
