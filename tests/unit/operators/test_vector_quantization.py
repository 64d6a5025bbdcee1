"""Codes, losses, straight-through gradients, FSQ and SimVQ (kexue.fm 6760, 9826, 10489, 10519)."""

import importlib
import pkgutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import vector_quantization as package
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization import (
    RECOMMENDED_LEVELS,
    codebook_gradient,
    codebook_usage,
    ema_codebook,
    ema_update,
    fsq,
    fsq_bin_edges,
    fsq_decode,
    fsq_index,
    perplexity,
    rotation_matrix,
    simvq_codebook,
    simvq_effective_step,
    simvq_gradients,
    simvq_nearest,
    ste,
    ste_general,
    vq_losses,
    vq_nearest,
)
from tests.unit.operators.support import PRINTED, assert_same_derivative, numeric_vjp, run_doctests

CODES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])


# Nearest codes


def test_the_nearest_code_of_the_worked_example() -> None:
    found = vq_nearest([0.8, 0.3], CODES)
    assert found.indices == 1
    np.testing.assert_array_equal(found.codes, [1, 0])
    assert found.squared_distances == pytest.approx(0.13, abs=PRINTED)
    others = np.sum((CODES - [0.8, 0.3]) ** 2, axis=1)
    np.testing.assert_allclose(others, [0.73, 0.13, 3.53], atol=PRINTED)


def test_batches_agree_with_brute_force_whatever_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    z, E = rng.standard_normal((3, 5, 4)), rng.standard_normal((7, 4))
    distances = np.sum((z[..., None, :] - E) ** 2, axis=-1)
    whole = vq_nearest(z, E)
    np.testing.assert_array_equal(whole.indices, distances.argmin(axis=-1))
    np.testing.assert_allclose(whole.squared_distances, distances.min(axis=-1), rtol=1e-12)
    assert whole.codes.shape == z.shape
    nearest_module = importlib.import_module(f"{package.__name__}.codebook")
    monkeypatch.setattr(nearest_module, "MAX_DISTANCE_BLOCK", 10)
    np.testing.assert_array_equal(vq_nearest(z, E).indices, whole.indices)


def test_ties_go_to_the_lowest_index() -> None:
    assert vq_nearest([0.5, 0.0], CODES).indices == 0
    assert vq_nearest([1.0, 1.0], [[1.0, 1.0], [1.0, 1.0]]).indices == 0


@given(seed=st.integers(0, 2**16), offset=st.sampled_from([1.0, 1e4, 1e8]))
def test_moving_vectors_and_codes_together_changes_the_rotation_but_not_the_code(
    seed: int, offset: float
) -> None:
    rng = np.random.default_rng(seed)
    z, E = rng.standard_normal(3), rng.standard_normal((6, 3))
    before, after = vq_nearest(z, E), vq_nearest(z + offset, E + offset)
    assert before.indices == after.indices
    moved = rotation_matrix(z + offset, E[before.indices] + offset).matrix
    assert not np.allclose(moved, rotation_matrix(z, E[before.indices]).matrix, atol=1e-6)


# Losses


def test_the_gradients_of_the_losses_match_finite_differences_with_the_other_side_held() -> None:
    rng = np.random.default_rng(1)
    x, xhat, z, q = (rng.standard_normal((2, 3)) for _ in range(4))
    found = vq_losses(x, xhat, z, q, beta=1.5, gamma=0.4)
    assert found.warnings == ()

    def loss(xhat_: object, z_codebook: object, q_codebook: object, z_commit: object) -> object:
        # The stop-gradients written out: each term sees its own copy.
        return np.sum(
            np.sum((x - np.asarray(xhat_)) ** 2)
            + 1.5 * np.sum((np.asarray(q_codebook) - np.asarray(z_codebook)) ** 2)
            + 0.4 * np.sum((np.asarray(z_commit) - q) ** 2)
        )

    assert found.total.sum() == pytest.approx(float(np.asarray(loss(xhat, z, q, z))), rel=1e-12)
    assert_same_derivative(
        found.gradient_reconstruction, lambda v: np.asarray(loss(v, z, q, z)), xhat
    )
    assert_same_derivative(found.gradient_q, lambda v: np.asarray(loss(xhat, z, v, z)), q)
    assert_same_derivative(found.gradient_z, lambda v: np.asarray(loss(xhat, z, q, v)), z)


def test_equal_weights_give_the_gradients_of_the_plain_distance() -> None:
    z, q = np.array([1.0, 2.0]), np.array([0.0, 4.0])
    found = vq_losses([0.0], [0.0], z, q, beta=1.0, gamma=1.0)
    assert_same_derivative(found.gradient_q, lambda v: np.sum((v - z) ** 2), q)
    assert_same_derivative(found.gradient_z, lambda v: np.sum((q - v) ** 2), z)


def test_weights_against_the_advice_are_reported() -> None:
    assert "beta > gamma > 0" in vq_losses([0.0], [0.0], [1.0], [2.0], gamma=0.0).warnings[0]
    assert vq_losses([0.0], [0.0], [1.0], [2.0]).warnings == ()


def test_the_codebook_gradient_is_the_product_with_the_jacobian_of_the_look_up() -> None:
    rng = np.random.default_rng(2)
    E, indices, g = rng.standard_normal((4, 2)), np.array([[1, 3], [1, 1]]), rng.random((2, 2, 2))
    found = codebook_gradient(g, indices, 4)
    np.testing.assert_allclose(found, numeric_vjp(lambda e: e[indices], E, g), atol=1e-9)
    np.testing.assert_array_equal(found[[0, 2]], 0)


def test_the_moving_average_equals_a_gradient_step_on_the_codebook_term() -> None:
    e, z, beta, eta = np.array([1.0, -1.0]), np.array([0.5, 2.0]), 0.8, 0.1
    step = e - eta * vq_losses([0.0], [0.0], z, e, beta=beta).gradient_q
    np.testing.assert_allclose(ema_update(e, z, 1 - 2 * eta * beta), step, rtol=1e-12)


def test_the_codebook_average_moves_chosen_codes_to_the_mean_of_their_vectors() -> None:
    z = np.array([[1.0, 1.0], [3.0, 1.0], [0.0, 5.0]])
    moved = ema_codebook(CODES, z, [1, 1, 2], 0.5)
    np.testing.assert_allclose(moved, np.array([[0, 0], [1.5, 0.5], [0, 3.5]]))
    np.testing.assert_array_equal(ema_codebook(CODES, z, [1, 1, 2], 1.0), CODES)


# Straight through


def test_the_straight_through_rectifier_has_the_gradient_one_everywhere() -> None:
    x = np.array([-2.0, -0.1, 0.0, 3.0])
    pair = ste(x, np.maximum(x, 0))
    np.testing.assert_array_equal(pair.value, [0, 0, 0, 3])
    np.testing.assert_array_equal(pair.vjp(np.ones(4)), 1)


def test_a_general_map_is_transposed_on_the_left_of_the_gradient() -> None:
    rng = np.random.default_rng(3)
    z, q, g = (rng.standard_normal((2, 3)) for _ in range(3))
    G = rng.standard_normal((2, 3, 3))
    pair = ste_general(z, q, G)
    np.testing.assert_array_equal(pair.value, q)
    expected = np.stack([G[i].T @ g[i] for i in range(2)])
    np.testing.assert_allclose(pair.vjp(g), expected, rtol=1e-12)
    # With G held, z_q = G z + const: its Jacobian by finite differences is G.
    held = numeric_vjp(lambda v: np.einsum("bij,bj->bi", G, v), z, g)
    np.testing.assert_allclose(pair.vjp(g), held, atol=1e-9)
    np.testing.assert_allclose(ste_general(z, q, np.eye(3)).vjp(g), ste(z, q).vjp(g))
    np.testing.assert_allclose(ste_general(z, q, G[0]).vjp(g)[1], G[0].T @ g[1], rtol=1e-12)


# Finite scalar quantisation


def test_the_worked_example_and_its_bin_edges() -> None:
    codes = fsq([-3, -1, -0.2, 0, 0.7, 2, 4], 5).codes
    assert codes.tolist() == [0, 1, 2, 2, 3, 4, 4]
    edges = fsq_bin_edges(5)
    np.testing.assert_allclose(edges, [-1.945910, -0.510826, 0.510826, 1.945910], atol=PRINTED)
    for level, edge in enumerate(edges):
        assert fsq([edge - 1e-9, edge + 1e-9], 5).codes.tolist() == [level, level + 1]


def test_erratum_10_even_levels_round_the_half_at_zero_to_the_even_neighbour() -> None:
    assert [int(fsq([0.0], L).codes[0]) for L in (2, 4, 6)] == [0, 2, 2]
    half_up = [int(np.floor((L - 1) * 0.5 + 0.5)) for L in (2, 4, 6)]
    assert half_up == [1, 2, 3]


@given(t=st.floats(-12, 12), L=st.integers(2, 9))
def test_the_gradient_is_that_of_the_scaled_sigmoid(t: float, L: int) -> None:
    found = fsq([t], L)
    assert_same_derivative(
        found.vjp([1.0]), lambda v: np.sum((L - 1) / (1 + np.exp(-v))), [t], rtol=1e-5
    )
    assert found.codes[0] == np.rint(found.bounded[0])
    assert 0 <= found.codes[0] <= L - 1


def test_a_saturated_coordinate_is_reported_and_learns_nothing() -> None:
    found = fsq([[40.0, 0.0], [-800.0, 800.0]], [5, 3])
    assert "3 coordinates saturate" in found.warnings[0]
    assert found.vjp(np.ones((2, 2)))[0, 0] < 1e-15
    assert found.codes.tolist() == [[4, 1], [0, 2]]


def test_mixed_radix_numbers_match_the_worked_example() -> None:
    levels = [8, 5, 5, 5]
    assert fsq_index([3, 0, 4, 2], levels) == 563
    assert fsq_index(np.eye(4, dtype=int), levels).tolist() == [1, 8, 40, 200]
    codes = fsq_decode(np.arange(1000), levels)
    assert codes.shape == (1000, 4)
    np.testing.assert_array_equal(fsq_index(codes, levels), np.arange(1000))
    assert np.unique(codes, axis=0).shape == (1000, 4)


@given(
    levels=st.lists(st.integers(2, 9), min_size=1, max_size=6),
    seed=st.integers(0, 2**16),
)
def test_numbering_is_invertible_for_any_levels(levels: list[int], seed: int) -> None:
    z = 3 * np.random.default_rng(seed).standard_normal((4, len(levels)))
    codes = fsq(z, levels).codes
    np.testing.assert_array_equal(fsq_decode(fsq_index(codes, levels), levels), codes)


def test_recommended_levels_come_close_to_their_number_of_codes() -> None:
    for size, levels in RECOMMENDED_LEVELS.items():
        assert np.prod(levels) == pytest.approx(size, rel=0.07)
    assert np.prod(RECOMMENDED_LEVELS[2**10]) == 1000


# SimVQ


def test_simvq_chooses_among_the_transformed_codes() -> None:
    rng = np.random.default_rng(4)
    z, E, W = rng.standard_normal((5, 3)), rng.standard_normal((8, 4)), rng.standard_normal((4, 3))
    found = simvq_nearest(z, E, W)
    np.testing.assert_array_equal(found.indices, vq_nearest(z, E @ W).indices)
    np.testing.assert_allclose(found.codes, (E @ W)[found.indices])
    np.testing.assert_allclose(simvq_codebook(E, [1, 2, 3, 4]), E * [1, 2, 3, 4])


def test_simvq_gradients_match_finite_differences() -> None:
    rng = np.random.default_rng(5)
    E, W, G = rng.standard_normal((4, 2)), rng.standard_normal((2, 3)), rng.standard_normal((4, 3))
    found = simvq_gradients(E, W, G)
    assert_same_derivative(found.base, lambda e: np.sum((e @ W) * G), E)
    assert_same_derivative(found.transform, lambda w: np.sum((E @ w) * G), W)


def test_a_simvq_step_moves_unselected_codes_as_the_first_order_formula_says() -> None:
    rng = np.random.default_rng(6)
    E, W = rng.standard_normal((5, 3)), rng.standard_normal((3, 3))
    G = np.zeros((5, 3))
    G[1] = rng.standard_normal(3)  # only code 1 was chosen
    gradients = simvq_gradients(E, W, G)
    for eta, tolerance in ((1e-3, 1e-4), (1e-5, 1e-8)):
        stepped = (E - eta * gradients.base) @ (W - eta * gradients.transform)
        np.testing.assert_allclose(simvq_effective_step(E, W, G, eta), stepped, atol=tolerance)
    moved = np.linalg.norm(simvq_effective_step(E, W, G, 0.1) - E @ W, axis=1)
    assert (moved > 1e-3).all()
    plain = codebook_gradient(G[1:2], [1], 5)
    np.testing.assert_array_equal(plain[[0, 2, 3, 4]], 0)


# Usage


def test_usage_and_perplexity_of_even_and_collapsed_codebooks() -> None:
    even = codebook_usage(np.arange(8), 8)
    assert (even.used_fraction, even.warnings) == (1.0, ())
    assert even.perplexity == pytest.approx(8, rel=1e-12)
    collapsed = codebook_usage([3, 3, 3], 8)
    assert collapsed.counts.tolist() == [0, 0, 0, 3, 0, 0, 0, 0]
    assert collapsed.perplexity == pytest.approx(1, rel=1e-12)
    assert "collapsed" in collapsed.warnings[0]
    assert codebook_usage([0], 1).warnings == ()


@given(indices=st.lists(st.integers(0, 9), min_size=1, max_size=50))
def test_perplexity_lies_between_one_and_the_number_of_used_codes(indices: list[int]) -> None:
    value = perplexity(indices, 10)
    assert 1 - 1e-12 <= value <= len(set(indices)) + 1e-9


# Inputs, precision, documentation


def test_float32_is_kept() -> None:
    z = np.array([[0.8, 0.3]], dtype=np.float32)
    E = CODES.astype(np.float32)
    found = vq_nearest(z, E)
    assert found.codes.dtype == found.squared_distances.dtype == np.float32
    assert fsq(z, 5).vjp(z).dtype == np.float32
    assert ste(z, z).vjp(z).dtype == np.float32
    assert ema_codebook(E, z, [0], 0.9).dtype == np.float32
    assert vq_losses(z, z, z, z).gradient_q.dtype == np.float32
    assert simvq_codebook(E, np.eye(2, dtype=np.float32)).dtype == np.float32


def test_wrong_arguments_are_refused_with_a_sentence() -> None:
    with pytest.raises(OperatorDomainError, match=r"codebook must have shape \(K, 2\)"):
        vq_nearest([0.0, 0.0], [[1.0]])
    with pytest.raises(OperatorDomainError, match="empty"):
        vq_nearest([0.0, 0.0], np.zeros((0, 2)))
    with pytest.raises(OperatorDomainError, match="equal shapes"):
        vq_losses([0.0], [0.0, 1.0], [0.0], [0.0])
    with pytest.raises(OperatorDomainError, match="leading axes"):
        vq_losses([[0.0]], [[0.0]], [0.0], [0.0])
    with pytest.raises(OperatorDomainError, match="at least 0"):
        vq_losses([0.0], [0.0], [0.0], [0.0], beta=-1)
    with pytest.raises(OperatorDomainError, match="shape of gradient_q"):
        codebook_gradient([[1.0]], [0, 1], 2)
    with pytest.raises(OperatorDomainError, match="between 0 and 1"):
        codebook_usage([2], 2)
    with pytest.raises(OperatorDomainError, match="K must be at least 1"):
        codebook_usage([0], 0)
    with pytest.raises(OperatorDomainError, match="integer code number"):
        codebook_usage([], 2)
    with pytest.raises(OperatorDomainError, match=r"alpha must be in \[0, 1\]"):
        ema_update([0.0], [0.0], 1.5)
    with pytest.raises(OperatorDomainError, match="same last axis"):
        ema_update([0.0, 1.0, 2.0], [0.0, 1.0], 0.5)
    with pytest.raises(OperatorDomainError, match="same shape"):
        ste([0.0], [0.0, 1.0])
    with pytest.raises(OperatorDomainError, match=r"shape .* of z"):
        ste([0.0], [0.0]).vjp([1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="G must have shape"):
        ste_general([0.0], [0.0], np.eye(2))
    with pytest.raises(OperatorDomainError, match="at least 2 levels"):
        fsq([0.0], 1)
    with pytest.raises(OperatorDomainError, match="3 numbers for 2"):
        fsq([0.0, 0.0], [5, 5, 5])
    with pytest.raises(OperatorDomainError, match="one integer"):
        fsq([0.0], [2.5])  # type: ignore[list-item]
    with pytest.raises(OperatorDomainError, match="between 0 and L - 1"):
        fsq_index([5], [5])
    with pytest.raises(OperatorDomainError, match="integer levels"):
        fsq_index([0.5], [5])
    with pytest.raises(OperatorDomainError, match="product of levels"):
        fsq_decode(5, [5])
    with pytest.raises(OperatorDomainError, match="integer code number"):
        fsq_decode(0.5, [5])
    with pytest.raises(OperatorDomainError, match="63 bits"):
        fsq_index([[0] * 70], [2] * 70)
    with pytest.raises(OperatorDomainError, match="base must have shape"):
        simvq_codebook([[1.0, 2.0]], [[1.0]])
    with pytest.raises(OperatorDomainError, match="effective codebook"):
        simvq_gradients([[1.0]], [[1.0]], [[1.0, 2.0]])


@pytest.mark.parametrize("name", [info.name for info in pkgutil.iter_modules(package.__path__)])
def test_the_docstring_examples_run(name: str) -> None:
    module = importlib.import_module(f"{package.__name__}.{name}")
    assert run_doctests(module).failed == 0
