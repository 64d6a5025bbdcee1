"""Toy training of codebooks: who collapses, who does not, and what every training keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import vector_quantization as vq
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization.toy_training import (
    TrainingMethod,
    TrainingPlan,
    TrainingStart,
    toy_points,
    train_codebook,
)

METHODS: tuple[TrainingMethod, ...] = ("vq", "ema", "simvq", "fsq")
SHORT = TrainingPlan(steps=20, looks=5)


def train(
    method: TrainingMethod, start: TrainingStart, *, seed: int = 0, plan: TrainingPlan | None = None
) -> vq.CodebookTraining:
    rng = np.random.default_rng(seed)
    points = toy_points(400, 8, 0.1, rng)
    return train_codebook(points, (4, 4), method, rng, start=start, plan=plan)


@pytest.mark.parametrize("method", ["vq", "ema"])
@pytest.mark.parametrize("seed", range(3))
def test_a_start_far_from_the_points_collapses_where_the_winner_takes_all(
    method: TrainingMethod, seed: int
) -> None:
    trained = train(method, "corner", seed=seed)

    assert trained.used_fraction[-1] < 0.5
    assert trained.warnings[0].startswith("Collapse: only")


@pytest.mark.parametrize("method", ["simvq", "fsq"])
@pytest.mark.parametrize("seed", range(3))
def test_simvq_and_fsq_do_not_collapse_from_the_same_start(
    method: TrainingMethod, seed: int
) -> None:
    trained = train(method, "corner", seed=seed)

    assert trained.used_fraction[-1] > 0.6
    assert trained.warnings == ()


@pytest.mark.parametrize("method", ["vq", "ema"])
def test_a_start_from_the_points_themselves_is_the_remedy(method: TrainingMethod) -> None:
    trained = train(method, "data")

    assert trained.used_fraction[-1] == 1.0
    assert trained.loss[-1] < 0.25 * trained.loss[0]


def test_codes_that_nothing_chose_stay_where_they_were_unless_w_moves_them() -> None:
    plain = train("vq", "corner", plan=TrainingPlan(steps=1, looks=2))
    moved = np.any(plain.codebooks[1] != plain.codebooks[0], axis=1)
    shared = train("simvq", "corner", plan=TrainingPlan(steps=1, looks=2))

    assert 1 <= np.count_nonzero(moved) <= 3
    assert np.all(np.any(shared.codebooks[1] != shared.codebooks[0], axis=1))


def test_a_step_of_ema_is_that_of_the_moving_average() -> None:
    rng = np.random.default_rng(4)
    points = toy_points(50, 3, 0.2, rng)
    plan = TrainingPlan(steps=1, batch_size=30, alpha=0.7, looks=2)
    trained = train_codebook(points, (2, 2), "ema", np.random.default_rng(5), plan=plan)

    # The start takes two draws, then the batch is drawn.
    again = np.random.default_rng(5)
    again.standard_normal((4, 2))
    again.choice(50, size=4)
    batch = points[again.integers(50, size=30)]
    start = trained.codebooks[0]
    expected = vq.ema_codebook(start, batch, vq.vq_nearest(batch, start).indices, 0.7)

    np.testing.assert_allclose(trained.codebooks[1], expected)


@pytest.mark.parametrize("method", METHODS)
@given(seed=st.integers(0, 1_000), start=st.sampled_from(["data", "normal", "corner"]))
def test_every_training_keeps_its_shape_and_its_seed(
    method: TrainingMethod, seed: int, start: TrainingStart
) -> None:
    first, again = (train(method, start, seed=seed, plan=SHORT) for _ in range(2))

    assert first.steps.tolist() == [0, 5, 10, 15, 20]
    assert first.codebooks.shape == (5, 16, 2)
    assert first.counts.sum() == 400
    np.testing.assert_array_equal(np.bincount(first.indices, minlength=16), first.counts)
    assert np.all(first.perplexity <= 16 * first.used_fraction * (1 + 1e-12))
    np.testing.assert_array_equal(first.codebooks, again.codebooks)


def test_the_loss_is_that_of_the_nearest_codes() -> None:
    rng = np.random.default_rng(8)
    points = toy_points(100, 4, 0.1, rng)
    trained = train_codebook(points, (2, 3), "vq", rng, plan=SHORT)

    nearest = vq.vq_nearest(points, trained.codebooks[-1])

    np.testing.assert_array_equal(trained.indices, nearest.indices)
    assert trained.loss[-1] == pytest.approx(nearest.squared_distances.mean())


def test_points_on_a_ring_have_the_spread_that_was_asked_for() -> None:
    points = toy_points(20_000, 4, 0.01, np.random.default_rng(1))

    radii = np.hypot(points[:, 0], points[:, 1])

    assert radii.mean() == pytest.approx(1.0, abs=1e-3)
    assert radii.std() == pytest.approx(0.01, rel=0.05)


def test_a_rate_that_diverges_is_refused_with_advice() -> None:
    plan = TrainingPlan(steps=300, rate=50.0)

    with pytest.raises(OperatorDomainError, match=r"diverged at step \d+; use a lower rate"):
        train("fsq", "data", plan=plan)


@pytest.mark.parametrize(
    ("points", "levels", "plan", "reason"),
    [
        ([[0.0, 0.0, 0.0]], (2, 2), SHORT, r"shape \(n, 2\)"),
        ([[0.0, 0.0], [1.0, 0.0]], (2, 2), SHORT, "differ along both axes"),
        ([[0.0, 0.0], [1.0, 1.0]], (1, 2), SHORT, "each level"),
        ([[0.0, 0.0], [1.0, 1.0]], (2, 2), TrainingPlan(steps=0), "steps"),
        ([[0.0, 0.0], [1.0, 1.0]], (2, 2), TrainingPlan(steps=3, looks=9), "looks"),
        ([[0.0, 0.0], [1.0, 1.0]], (2, 2), TrainingPlan(alpha=2.0), "alpha"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    points: list[list[float]], levels: tuple[int, int], plan: TrainingPlan, reason: str
) -> None:
    with pytest.raises(OperatorDomainError, match=reason):
        train_codebook(points, levels, "vq", np.random.default_rng(0), plan=plan)


def test_an_unknown_method_or_start_is_refused() -> None:
    points = [[0.0, 0.0], [1.0, 1.0]]
    with pytest.raises(OperatorDomainError, match="method must be one of vq, ema"):
        train_codebook(points, (2, 2), "rest", np.random.default_rng(0))  # type: ignore[arg-type]
