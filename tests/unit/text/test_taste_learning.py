"""Word weights from liked and skipped papers."""

import doctest
import math

from app.text import taste_learning
from app.text.taste_learning import keep_heaviest, learn_by_rocchio, make_unit_vectors
from tests.support.toy_papers import TOY_PAPERS
from tests.unit.text.test_keywords import TOY_STATISTICS


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(taste_learning).failed == 0


def test_vectors_have_unit_length_and_rare_words_count_more() -> None:
    (vector, empty) = make_unit_vectors([TOY_PAPERS["a"], ("", "of the")], TOY_STATISTICS)

    assert math.isclose(sum(value * value for value in vector.values()), 1.0)
    assert vector["kernel"] > vector["context"]
    assert empty == {}


def test_words_of_skipped_papers_lose_against_those_of_liked_ones() -> None:
    liked, skipped = (make_unit_vectors([TOY_PAPERS[name]], TOY_STATISTICS) for name in "ac")

    weights = learn_by_rocchio(liked, skipped)

    assert weights["spars"] > weights["context"]
    assert weights["benchmark"] < 0
    assert list(keep_heaviest(weights, 1).values()) == [1.0]
    assert keep_heaviest({}, 5) == {}
