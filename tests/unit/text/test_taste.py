"""Tastes are means of what is liked less what is disliked; profiles can be written by hand."""

import pytest

from app.text.similarity import count_terms, measure_importance
from app.text.taste import DISLIKE_SHARE, combine_tastes, read_profile


def test_one_liked_text_is_its_own_profile() -> None:
    text = count_terms("Sparse attention", "Sparse kernels")

    assert combine_tastes([text], []) == measure_importance(text)


def test_likes_are_averaged_and_dislikes_taken_away() -> None:
    otters, both = count_terms("", "otters"), count_terms("", "otters beavers")

    importance = combine_tastes([otters, both], [both])

    assert importance[("otter",)] == pytest.approx(1.0 - DISLIKE_SHARE)
    assert importance[("beaver",)] == pytest.approx(0.5 - DISLIKE_SHARE)
    assert combine_tastes([], [otters]) == {("otter",): -DISLIKE_SHARE}
    assert combine_tastes([], []) == {}


def test_lines_of_a_profile_become_terms_and_pairs() -> None:
    weights = read_profile(
        [
            ("sparse attention kernels", 2.0),
            ("Sparse Attention", 1.0),
            ("otters", -1.5),
            ("of", 9.0),
        ]
    )

    assert weights == {
        ("spars", "attent"): 2.0,
        ("attent", "kernel"): 1.0,
        ("otter",): -1.5,
    }
