"""Scores are sums of what texts share, and near-duplicates are found."""

from math import isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import similarity
from app.text.similarity import (
    Feature,
    LaidOutText,
    Sought,
    compute_idf,
    count_sought,
    count_terms,
    group_near_duplicates,
    list_contributions,
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


def test_the_score_is_bm25_by_hand() -> None:
    idf = {"spars": 2.0, "attent": 3.0}
    seed = count_terms("", "sparse attention")
    profile = weigh_features(measure_importance(seed), idf.__getitem__)
    text = count_terms("", "sparse attention attention otters")

    parts = {c.feature: c.weight for c in list_contributions(profile, text, 2.0)}

    norm = 1.2 * (0.25 + 0.75 * 4 / 2)
    assert parts == pytest.approx(
        {
            ("spars",): 2.0 * 2.2 / (1 + norm),
            ("attent",): 3.0 * 2 * 2.2 / (2 + norm),
            ("spars", "attent"): 0.25 * 5.0 * 2.2 / (1 + norm),
        }
    )
    assert compute_idf(9, 1_000) == pytest.approx(log(100) + 1)
    assert compute_idf(5, 1) == 0.0


def test_what_is_disliked_takes_away() -> None:
    profile: dict[Feature, float] = {("spars",): 2.0, ("otter",): -1.0}

    parts = list_contributions(profile, count_terms("", "sparse otters"), 2.0)

    assert [each.weight > 0 for each in parts] == [True, False]


@given(WORDS, WORDS, WORDS)
def test_only_shared_features_contribute_largest_first(
    title: str, abstract: str, other: str
) -> None:
    seed, text = count_terms(title, abstract), count_terms(other, title)
    profile = weigh_features(measure_importance(seed), lambda _term: 1.5)

    parts = list_contributions(profile, text, 5.0)

    assert {each.feature for each in parts} == set(seed.counts) & set(text.counts)
    weights = [each.weight for each in parts]
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0.0 for weight in weights)


@given(WORDS)
def test_a_longer_text_scores_less_for_the_same_words(words: str) -> None:
    profile = weigh_features(measure_importance(count_terms("", words)), lambda _term: 1.0)
    short, long = count_terms("", words), count_terms("", words + " zebra" * 30)

    def score(text: similarity.TermCounts) -> float:
        return sum(each.weight for each in list_contributions(profile, text, 10.0))

    assert score(long) < score(short) or isclose(score(short), 0.0)


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


@given(WORDS, WORDS, WORDS)
def test_what_is_sought_is_counted_as_among_everything(seed: str, title: str, text: str) -> None:
    wanted = count_terms("", seed).counts

    found = count_sought(LaidOutText.read(title, text), Sought(wanted))

    whole = count_terms(title, text)
    assert found.length == whole.length
    assert found.counts == {each: n for each, n in whole.counts.items() if each in wanted}


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
