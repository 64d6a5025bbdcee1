"""Simulated readers, and the peers that learn beside Rocchio's rule."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from tests.eval.preference_learners import Matrix, learn_by_svm, learn_by_top_k
from tests.eval.preferences import (
    METHODS,
    POOL,
    Paper,
    Reader,
    iter_author_readers,
    iter_category_readers,
    measure_reader,
)

EXAMPLES: Matrix = np.array(
    [[1.0, 0.0, 0.0, 0.2], [0.8, 0.2, 0.0, 0.0], [0.0, 1.0, 0.1, 0.0], [0.1, 0.0, 1.0, 0.0]]
)


def make_papers(count: int) -> list[Paper]:
    """Papers of two archives by a thousand authors, each of one word."""
    categories = ("cs.LG", "cs.CL", "math.CO")
    return [
        Paper(
            {categories[place % 3]: 1.0},
            categories[place % 3],
            f"{place:06}",
            (f"Author Number{place % 600}",),
        )
        for place in range(count)
    ]


@pytest.mark.parametrize("learn", [learn_by_svm, learn_by_top_k])
def test_the_peers_tell_liked_examples_from_skipped_ones(
    learn: Callable[[Matrix, int], Matrix],
) -> None:
    scores = EXAMPLES @ learn(EXAMPLES, 2)

    assert min(scores[:2]) > max(scores[2:])


def test_the_smooth_recall_rises_above_where_it_begins() -> None:
    # The second liked paper looks more like the skipped ones than like the first.
    examples = np.array([[1.0, 0.0, 0.0], [0.3, 0.9, 0.0], [0.0, 1.0, 0.0], [0.0, 0.9, 0.2]])

    scores = examples @ learn_by_top_k(examples, 2)

    assert min(scores[:2]) > max(scores[2:])


def test_readers_are_tested_on_later_papers_only() -> None:
    papers = make_papers(3 * POOL + 900)
    chance = random.Random(1)

    for draw in (iter_category_readers, iter_author_readers):
        reader = next(draw(papers, chance))
        assert max(reader.liked + reader.skipped) < min(reader.pool)
        assert reader.wanted <= set(reader.pool)
        assert not set(reader.liked) & set(reader.skipped)


@pytest.mark.parametrize("name", METHODS)
def test_a_reader_of_one_word_is_understood(name: str) -> None:
    papers = [Paper({word: 1.0}, "cs.LG", "", ()) for word in ("a", "b", "b", "a", "b")]
    reader = Reader([0], [1], [2, 3, 4], frozenset({3}))

    assert measure_reader(papers, reader, METHODS[name]) == (1.0, 1.0)
