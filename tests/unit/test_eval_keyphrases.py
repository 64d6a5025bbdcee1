"""The evaluation of keyphrases: its measure by hand, and its baseline on a small text."""

import doctest

import pytest

from tests.eval import keyphrases
from tests.eval.keyphrase_parameters import list_choices
from tests.eval.keyphrase_peers import make_tfidf
from tests.eval.keyphrases import (
    JudgedText,
    compute_f1,
    count_statistics,
    fold_phrase,
    measure,
)


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(keyphrases).failed == 0


def test_f1_by_hand() -> None:
    chosen = ["Graph kernels", "graph kernel", "trees", "noise"]

    # Two of three distinct phrases are right, two of the four wanted are found.
    assert compute_f1(chosen, ["graph kernel", "tree", "a", "b"], 5) == pytest.approx(4 / 7)
    assert compute_f1(chosen, ["graph kernel", "tree", "a", "b"], 1) == pytest.approx(2 / 5)
    assert compute_f1(chosen, ["graph kernel", "tree"], 5, fold_phrase) == pytest.approx(2 / 6)
    assert compute_f1(["a"], ["a", "b", "c"], 1, is_reach=True) == 1.0
    assert compute_f1([], ["a"], 5) == 0.0


def test_a_perfect_list_is_worth_a_hundred() -> None:
    text = JudgedText("Graph kernels", "", ("graph kernels",))

    assert measure([text], lambda title, _abstract: [title]) == (100, 100, 100, 100, 100)


def test_the_shipped_constants_are_among_those_tried() -> None:
    stage = list_choices()

    assert stage.shipped in stage.settings
    assert len(stage.names) == len(stage.shipped)


def test_the_baseline_prefers_rare_words() -> None:
    statistics = count_statistics([("common words", ""), ("common words", "again")])

    assert make_tfidf(statistics)("narwhal of common words", "")[0] == "narwhal"
