"""`phrases` keywords: which phrases, how they are written, and properties of any text."""

import doctest
import itertools
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import acronyms, cjk_phrases, phrase_candidates, phrase_lexicon
from app.text.acronyms import Acronym, find_acronyms
from app.text.keyphrases import extract_keyphrases
from app.text.phrase_candidates import MAX_PHRASE_WORDS, find_candidates
from tests.unit.growth import assert_linear
from tests.unit.text.test_keywords import EMPTY, TEXTS, make_statistics

SVM = (
    "Support vector machines for large graphs",
    r"""We propose a novel support vector machine (SVM) with a sparse $\ell_1$ penalty. The SVM is
    trained on graph kernels. Graph kernels were obtained efficiently.""",
)


def list_texts(title: str, abstract: str) -> list[str]:
    return [each.text for each in extract_keyphrases(title, abstract, EMPTY)]


@pytest.mark.parametrize("module", [acronyms, cjk_phrases, phrase_candidates, phrase_lexicon])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_phrases_stand_between_verbs_and_function_words() -> None:
    assert list_texts(*SVM)[0] == "support vector machines"
    assert {"graph kernels", "sparse l1 penalty"} < set(list_texts(*SVM))
    assert not {"novel", "we", "obtained", "efficiently", "propose"} & set(
        " ".join(list_texts(*SVM)).split()
    )


def test_a_word_may_be_a_noun_here_and_a_verb_there() -> None:
    abstract = (
        "We study Lie algebras. Humans navigate lower bounds, which rarely limit graph kernels. "
        "We also aim to design question answering. A study of limits follows the study design."
    )

    phrases = {each.text for each in extract_keyphrases("", abstract, EMPTY, 50)}

    assert {"Lie algebras", "lower bounds", "graph kernels", "question answering"} <= phrases
    assert {"study design", "limits"} <= phrases
    assert not any("navigate" in phrase or "limit graph" in phrase for phrase in phrases)
    assert not {"study Lie algebras", "design question answering"} & phrases


def test_a_long_phrase_is_not_cut_in_several_ways() -> None:
    phrase = "American sign language fingerspelling recognition"

    found = [each.text for each in extract_keyphrases("", f"We study {phrase}.", EMPTY, 50)]

    assert [each for each in found if len(each.split()) > 2] == [
        "American sign language fingerspelling",
        "American sign language",
    ]
    assert {"sign language", "fingerspelling recognition"} < set(found)


def test_singular_plural_and_acronym_are_one_phrase() -> None:
    first = extract_keyphrases(*SVM, EMPTY)[0]

    assert (first.text, first.acronym, first.tf) == ("support vector machines", "SVM", 4)
    assert "SVM" not in list_texts(*SVM)


def test_rare_words_weigh_more() -> None:
    statistics = make_statistics(["frequent models", "frequent data", "frequent models again"])

    found = extract_keyphrases("", "Frequent models. Narwhal tusks.", statistics)

    assert found[0].text == "narwhal tusks"
    assert {each.text: each.df for each in found}["frequent models"] == 2


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Hawking Radiation of Stars", "Of Hawking it is known.", "Hawking radiation"),
        ("Deep Learning", "Of deep learning.", "deep learning"),
        ("On GPT-4 Agents", "", "GPT-4 agents"),
        ("", "Gas–liquid equilibrium. A gas–liquid equilibrium.", "gas–liquid equilibrium"),
    ],
)
def test_capitals_say_something_only_within_a_sentence(
    title: str, abstract: str, expected: str
) -> None:
    assert expected in list_texts(title, abstract)


def test_chinese_phrases_need_no_spaces() -> None:
    found = list_texts("基于知识蒸馏的图像分类方法", "本文提出知识蒸馏网络,用BERT模型进行图像分类.")

    assert {"知识蒸馏", "图像分类"} < set(found)
    assert not any("基于" in text or "提出" in text for text in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a long short-term memory (LSTM)", [Acronym("LSTM", "long short-term memory")]),
        ("GAN (generative adversarial net)", [Acronym("GAN", "generative adversarial net")]),
        ("the mean (see Fig. 2) of x (A)", []),
        ("words that do not spell it (XYZ)", []),
        ("(SVM)", []),
        ("İİİ İİİ (İİ)", []),
    ],
)
def test_acronyms_are_matched_with_what_spells_them(text: str, expected: list[Acronym]) -> None:
    assert find_acronyms(text) == expected


@given(TEXTS, TEXTS, st.integers(1, 20))
def test_properties_of_any_text(title: str, abstract: str, limit: int) -> None:
    statistics = make_statistics([title, abstract, "alpha beta"])
    found = extract_keyphrases(title, abstract, statistics, limit)

    assert len(found) <= limit
    assert len({each.terms for each in found}) == len(found)
    assert all(a.weight >= b.weight >= 0 for a, b in itertools.pairwise(found))
    assert all(each.text and each.tf >= 1 for each in found)
    assert found == extract_keyphrases(title, abstract, statistics, limit)


PIECES = st.sampled_from(["model ", "sparse ", "the ", "-", "GAN ", "(", ")", "."])


@given(st.lists(PIECES))
def test_phrases_have_one_to_four_words(pieces: list[str]) -> None:
    for candidate in find_candidates("", "".join(pieces)).values():
        assert 1 <= len(candidate.words) <= MAX_PHRASE_WORDS
        assert 0 <= candidate.alone <= candidate.count


@pytest.mark.parametrize(
    "piece", ["model ", "a-", "(A) ", "é", "x知", "知识", "Ab (", "sparse ", "$\\a", "aé"]
)
def test_time_is_linear_in_the_text(piece: str) -> None:
    assert_linear(lambda size: extract_keyphrases("", piece * size, EMPTY), length=5_000)
