"""Candidates score BM25 with the whole profile, and every part of it is told."""

from datetime import UTC, datetime

import numpy as np
import pytest

from app.domain.paper import PaperOutline
from app.domain.results import IndexState
from app.search.candidates import Candidates
from app.services.candidate_scores import CandidateScores
from app.text.similarity import Feature
from tests.support.factories import make_id

MOMENT = datetime(2024, 5, 1, tzinfo=UTC)
FEATURES: list[Feature] = [("spars",), ("attent",), ("spars", "attent"), ("otter",)]
PROFILE = dict(zip(FEATURES, (2.0, 3.0, 1.25, -1.0), strict=True))


def make_candidates(likeness: float = 0.0) -> Candidates:
    """Two papers: "Sparse attention" with another "attention", and an abstract on otters."""
    papers = tuple(PaperOutline(make_id(n), ("cs.LG",), MOMENT, MOMENT) for n in (1, 2))
    return Candidates(
        papers=papers,
        state=IndexState(1, 1, 2, 3),
        rows=np.array([0, 0, 0, 1]),
        features=np.array([0, 1, 2, 3]),
        in_title=np.array([1.0, 1.0, 1.0, 0.0]),
        in_abstract=np.array([0.0, 1.0, 0.0, 2.0]),
        title_lengths=np.array([2.0, 0.0]),
        abstract_lengths=np.array([1.0, 5.0]),
        likeness=np.array([likeness, likeness]),
        vectors=np.zeros((2, 0), np.float32),
    )


def test_the_score_is_bm25_by_hand() -> None:
    scores = CandidateScores(make_candidates(), FEATURES, PROFILE, np.zeros(2))

    norm = 1.2  # both texts have the average length: 2 x 2 + 1 = 5
    expected = {
        ("spars",): 2.0 * 2 * 2.2 / (2 + norm),
        ("attent",): 3.0 * 3 * 2.2 / (3 + norm),
        ("spars", "attent"): 1.25 * 1 * 2.2 / (1 + norm),
    }
    parts = {each.feature: each.weight for each in scores.explain(0).contributions}
    assert parts == pytest.approx(expected)
    assert list(parts) == [("attent",), ("spars",), ("spars", "attent")]
    assert scores.totals[0] == pytest.approx(sum(expected.values()))


def test_what_is_disliked_takes_away_and_earns_no_share() -> None:
    scores = CandidateScores(make_candidates(likeness=1.0), FEATURES, PROFILE, np.ones(2))

    disliked = scores.explain(1)
    assert scores.totals[1] == pytest.approx(-1.0 * 2 * 2.2 / (2 + 1.2))
    assert (disliked.category, disliked.subject) == (0.0, 0.0)
    assert scores.list_best(only_above=0.0) == [0]


def test_categories_and_direction_add_their_share() -> None:
    plain = CandidateScores(make_candidates(), FEATURES, PROFILE, np.zeros(2)).totals[0]

    scores = CandidateScores(make_candidates(0.8), FEATURES, PROFILE, np.array([0.5, 0.0]))

    parts = scores.explain(0)
    assert parts.category == pytest.approx(0.2 * 0.5 * plain)
    assert parts.subject == pytest.approx(0.5 * 0.8 * plain)
    assert scores.totals[0] == pytest.approx(plain + parts.category + parts.subject)


def test_a_vector_that_points_away_takes_nothing() -> None:
    scores = CandidateScores(make_candidates(-0.8), FEATURES, PROFILE, np.zeros(2))

    assert scores.explain(0).subject == 0.0
