"""Scores are sums of what texts share, and near-duplicates are found."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.similarity import (
    Feature,
    TermCounts,
    compute_idf,
    count_terms,
    group_near_duplicates,
    measure_importance,
    weigh_features,
)
from app.text.surfaces import find_surfaces

WORDS = st.lists(
    st.sampled_from(
        ["sparse", "attention", "kernel", "otter", "the", "non-linear", "in-house", "$\\alpha$"]
    ),
    max_size=20,
).map(" ".join)


def test_terms_and_neighbours_are_counted_the_title_twice() -> None:
    text = count_terms("Sparse attention", "Sparse attention of the otters")

    assert text.counts == {
        ("spars",): 3.0,
        ("attent",): 3.0,
        ("otter",): 1.0,
        ("spars", "attent"): 2.0,
    }
    assert text.length == 7.0


def test_parts_of_a_compound_are_neighbours_and_its_joined_spelling_a_term() -> None:
    counts = count_terms("", "non-linear kernels").counts

    assert set(counts) == {
        ("non",), ("linear",), ("nonlinear",), ("kernel",),
        ("non", "linear"), ("linear", "kernel"),
    }  # fmt: skip


def test_profiles_weigh_saturated_counts_by_rarity_and_pairs_less() -> None:
    idf = {"spars": 2.0, "attent": 3.0}
    counts = count_terms("", "sparse attention attention").counts

    profile = weigh_features(measure_importance(TermCounts(counts, 3.0)), idf.__getitem__)

    assert profile == pytest.approx(
        {("spars",): 2.0, ("attent",): 3.0 * 2 * 2.2 / 3.2, ("spars", "attent"): 0.25 * 5.0}
    )
    assert compute_idf(9, 1_000) == pytest.approx(log(100) + 1)
    assert compute_idf(5, 1) == 0.0


def test_surfaces_are_the_words_of_the_text() -> None:
    text = "Non-linear $\\alpha$ kernels of Otters, non-linear again"
    wanted: list[Feature] = [("linear",), ("non", "linear"), ("otter",), ("alpha", "kernel")]

    assert find_surfaces(text, wanted) == {
        ("linear",): "linear",
        ("non", "linear"): "Non-linear",
        ("otter",): "Otters",
        ("alpha", "kernel"): "alpha kernels",
    }


@given(WORDS, WORDS)
def test_every_feature_of_a_text_has_a_surface_in_it(title: str, abstract: str) -> None:
    features = count_terms(title, abstract).counts

    surfaces = find_surfaces(title, features) | find_surfaces(abstract, features)

    assert set(surfaces) == set(features)


def test_a_joined_spelling_is_shown_with_its_hyphen() -> None:
    wanted: list[Feature] = [("englishfrench",), ("english", "french"), ("positionwis",)]

    surfaces = find_surfaces("An English-French task, position-wise", wanted)

    assert surfaces == {
        ("englishfrench",): "English-French",
        ("english", "french"): "English-French",
        ("positionwis",): "position-wise",
    }


def test_a_pair_is_shown_without_half_a_bracket() -> None:
    wanted: list[Feature] = [("co", "homolog"), ("machin", "svm")]

    assert find_surfaces("The (co)homology of a machine (SVM)", wanted) == {
        ("co", "homolog"): "co homology",
        ("machin", "svm"): "machine SVM",
    }


def test_near_duplicates_join_the_first_of_them() -> None:
    long = " ".join(f"word{number}" for number in range(40))
    texts = [
        count_terms("Otters", long),
        count_terms("Kernels of sparse attention", "quite another text"),
        count_terms("Otters", long + " revised"),
        count_terms("OTTERS!", long),
        count_terms("Otters", " ".join(f"word{number}" for number in range(10, 60))),
    ]

    assert group_near_duplicates(texts) == [0, 1, 0, 0, 4]


def test_texts_of_one_word_repeat_nothing() -> None:
    assert group_near_duplicates([count_terms("Otter", "")] * 3) == [0, 1, 2]
    assert group_near_duplicates([]) == []
