"""The rotation trick and the orthogonal maps between two directions (kexue.fm 10489, 8453)."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization import (
    REFLECTION,
    ROTATION,
    STRAIGHT_THROUGH,
    householder,
    rotation_matrix,
    rotation_trick,
    symmetric_orth,
)
from tests.unit.operators.support import PRINTED, Array, numeric_vjp

seeds = st.integers(0, 2**16)
dimensions = st.sampled_from([2, 3, 5, 8])


def random_pair(seed: int, d: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(d), rng.standard_normal(d), rng.standard_normal(d)


def cosine(a: Array, b: Array) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_the_worked_example_in_the_plane() -> None:
    trick = rotation_trick([3.0, 4.0], [0.0, 2.0])
    assert trick.cosine == pytest.approx(0.8, abs=PRINTED)
    R = rotation_matrix([3.0, 4.0], [0.0, 2.0]).matrix
    np.testing.assert_allclose(R, [[0.8, -0.6], [0.6, 0.8]], atol=PRINTED)
    np.testing.assert_allclose(trick.matrix(), [[0.32, -0.24], [0.24, 0.32]], atol=PRINTED)
    np.testing.assert_allclose(trick.apply([3.0, 4.0]), [0, 2], atol=PRINTED)
    np.testing.assert_allclose(trick.vjp([1.0, 0.0]), [0.32, -0.24], atol=PRINTED)
    quarter = rotation_trick([1.0, 0.0], [0.0, 2.0])
    np.testing.assert_allclose(quarter.matrix(), [[0, -2], [2, 0]], atol=PRINTED)
    assert quarter.warnings == ()


@given(seed=seeds, d=dimensions)
def test_the_rotation_is_orthogonal_proper_and_leaves_the_complement_alone(
    seed: int, d: int
) -> None:
    z, q, other = random_pair(seed, d)
    R = rotation_matrix(z, q).matrix
    cos_t = cosine(z, q)
    if cos_t < -0.999:
        return
    np.testing.assert_allclose(R @ R.T, np.eye(d), atol=1e-12)
    assert np.linalg.det(R) == pytest.approx(1, abs=1e-12)
    assert np.trace(R) == pytest.approx(d - 2 + 2 * cos_t, abs=1e-12)
    np.testing.assert_allclose(R @ z / np.linalg.norm(z), q / np.linalg.norm(q), atol=1e-12)
    plane = np.linalg.qr(np.stack([z, q], axis=1))[0]
    beside = other - plane @ (plane.T @ other)
    np.testing.assert_allclose(R @ beside, beside, atol=1e-11)


@given(seed=seeds, d=dimensions)
def test_value_and_product_are_those_of_the_matrix_and_of_finite_differences(
    seed: int, d: int
) -> None:
    z, q, g = random_pair(seed, d)
    trick = rotation_trick(z, q)
    G = trick.matrix()
    size = max(1.0, float(trick.scale))
    np.testing.assert_allclose(trick.value, q)
    np.testing.assert_allclose(trick.apply(z), q, atol=1e-11 * size)
    np.testing.assert_allclose(trick.vjp(g), G.T @ g, atol=1e-11 * size)
    # G is held while z moves: that is what the stop-gradient says.
    np.testing.assert_allclose(trick.vjp(g), numeric_vjp(lambda v: G @ v, z, g), atol=1e-8 * size)


@given(seed=seeds, d=dimensions)
def test_erratum_8_what_always_holds_and_what_needs_the_gradient_in_the_plane(
    seed: int, d: int
) -> None:
    z, q, g_q = random_pair(seed, d)
    trick = rotation_trick(z, q)
    assume(trick.maps == ROTATION)  # nearly opposite vectors are reflected instead
    g_z = trick.vjp(g_q)
    ratio = np.linalg.norm(q) / np.linalg.norm(z)
    assert np.linalg.norm(g_z) / np.linalg.norm(g_q) == pytest.approx(ratio, rel=1e-10)
    assert cosine(g_z, z) == pytest.approx(cosine(g_q, q), abs=1e-10)
    plane = np.linalg.qr(np.stack([z, q], axis=1))[0]
    share = float(np.sum((plane.T @ g_q) ** 2) / np.sum(g_q**2))
    expected = 1 - (1 - float(trick.cosine)) * share
    assert cosine(g_q, g_z) == pytest.approx(expected, abs=1e-10)
    inside = plane @ (plane.T @ g_q)
    assert cosine(inside, trick.vjp(inside)) == pytest.approx(float(trick.cosine), abs=1e-8)


def test_erratum_8_a_gradient_off_the_plane_does_not_turn_by_the_angle() -> None:
    trick = rotation_trick([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    beside = np.array([0.0, 0.0, 1.0])
    assert trick.cosine == pytest.approx(0)
    assert cosine(beside, trick.vjp(beside)) == pytest.approx(1)


def test_parallel_vectors_only_scale() -> None:
    z = np.array([1.0, -2.0, 0.5])
    trick = rotation_trick(z, 3 * z)
    np.testing.assert_allclose(trick.matrix(), 3 * np.eye(3), atol=1e-12)
    near = rotation_trick(z, z + 1e-13)
    np.testing.assert_allclose(near.matrix(), np.eye(3), atol=1e-11)
    assert near.maps == ROTATION


@pytest.mark.parametrize(("z", "q"), [((0.0, 0.0), (1.0, 2.0)), ((1.0, 2.0), (0.0, 0.0))])
def test_without_a_direction_the_gradient_goes_straight_through(
    z: tuple[float, ...], q: tuple[float, ...]
) -> None:
    trick = rotation_trick(z, q)
    assert trick.maps == STRAIGHT_THROUGH
    assert "straight through" in trick.warnings[0]
    np.testing.assert_array_equal(trick.value, q)
    np.testing.assert_array_equal(trick.vjp([5.0, 7.0]), [5, 7])


@pytest.mark.parametrize("tilt", [0.0, 1e-4])
def test_opposite_vectors_are_reflected_and_this_is_told(tilt: float) -> None:
    z, q = np.array([2.0, 0.0, 0.0]), np.array([-1.0, tilt, 0.0])
    trick = rotation_trick(z, q)
    assert trick.maps == REFLECTION
    assert "reflected" in trick.warnings[0]
    np.testing.assert_allclose(trick.apply(z), q, atol=1e-12)
    G = trick.matrix()
    assert np.linalg.det(G / float(trick.scale)) == pytest.approx(-1)
    found = rotation_matrix(z, q)
    assert "reflected" in found.warnings[0]
    np.testing.assert_allclose(found.matrix @ [1, 0, 0], q / np.linalg.norm(q), atol=1e-12)


def test_a_batch_mixes_all_three_maps_row_by_row() -> None:
    z = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 0.0]])
    q = np.array([[0.0, 2.0], [1.0, 1.0], [-2.0, 0.0]])
    trick = rotation_trick(z, q)
    assert trick.maps.tolist() == [ROTATION, STRAIGHT_THROUGH, REFLECTION]
    assert len(trick.warnings) == 2
    g = np.ones((3, 2))
    for row in range(3):
        alone = rotation_trick(z[row], q[row])
        np.testing.assert_allclose(trick.vjp(g)[row], alone.vjp(g[row]), rtol=1e-12)
        np.testing.assert_allclose(trick.matrix()[row], alone.matrix(), rtol=1e-12)
    np.testing.assert_allclose(trick.apply(z)[[0, 2]], q[[0, 2]], atol=1e-12)


def test_a_much_shorter_code_shrinks_the_gradient_and_this_is_told() -> None:
    trick = rotation_trick([1.0, 0.0], [0.01, 0.01])
    assert "gradient shrinks" in trick.warnings[0]


def test_extreme_lengths_neither_overflow_nor_vanish() -> None:
    trick = rotation_trick([3e200, 4e200], [0.0, 2e-200])
    assert trick.cosine == pytest.approx(0.8)
    assert trick.scale == pytest.approx(0.0, abs=1e-300)
    with pytest.raises(OperatorDomainError, match="overflows"):
        rotation_trick([1e-200, 0.0], [0.0, 1e200])


def test_float32_is_kept() -> None:
    z = np.array([3.0, 4.0], dtype=np.float32)
    q = np.array([0.0, 2.0], dtype=np.float32)
    trick = rotation_trick(z, q)
    assert trick.vjp(z).dtype == trick.matrix().dtype == trick.scale.dtype == np.float32
    assert rotation_matrix(z, q).matrix.dtype == np.float32
    gradient = np.array([1.0, 0.0], dtype=np.float32)
    np.testing.assert_allclose(trick.vjp(gradient), np.array([0.32, -0.24]), atol=1e-6)


# Other maps between directions


def test_the_symmetric_map_of_the_post_swaps_its_vectors() -> None:
    a = np.array([1.0, 2, 3, 4, 5])
    b = np.array([9.0, 8, 7, 6, 5])
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    T = symmetric_orth(a, b).matrix
    np.testing.assert_allclose(T, T.T, atol=1e-12)
    np.testing.assert_allclose(T @ T.T, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(T @ a, b, atol=1e-12)
    np.testing.assert_allclose(T @ b, a, atol=1e-12)
    assert np.linalg.det(T) == pytest.approx(1, abs=1e-12)


@given(seed=seeds, d=dimensions)
def test_reflections_and_symmetric_maps_swap_directions_with_the_stated_determinants(
    seed: int, d: int
) -> None:
    a, b, _ = random_pair(seed, d)
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    for found, determinant in ((householder(a, b), -1), (symmetric_orth(a, b), (-1) ** (d - 1))):
        T = found.matrix
        if found.warnings:
            continue
        np.testing.assert_allclose(T @ T.T, np.eye(d), atol=1e-11)
        np.testing.assert_allclose(T, T.T, atol=1e-12)
        np.testing.assert_allclose(T @ a, b, atol=1e-11)
        np.testing.assert_allclose(T @ b, a, atol=1e-11)
        assert np.linalg.det(T) == pytest.approx(determinant, abs=1e-10)
    if d > 2 and abs(a @ b) < 0.99:
        assert not np.allclose(householder(a, b).matrix, rotation_matrix(a, b).matrix)


def test_one_direction_leaves_nothing_to_reflect() -> None:
    a = np.array([1.0, 2.0, 3.0])
    found = householder(a, a)
    np.testing.assert_allclose(found.matrix, np.eye(3), atol=1e-12)
    assert "one direction" in found.warnings[0]
    nearly = householder(a, a * (1 + 1e-15) + [1e-15, 0, 0])
    np.testing.assert_allclose(nearly.matrix @ a, a, atol=1e-12)


def test_opposite_directions_have_no_symmetric_map_without_reflection() -> None:
    found = symmetric_orth([1.0, 1.0], [-1.0, -1.0])
    assert "reflected" in found.warnings[0]
    np.testing.assert_allclose(found.matrix @ [1, 1], [-1, -1], atol=1e-12)


def test_a_zero_vector_has_no_direction() -> None:
    for function in (rotation_matrix, householder, symmetric_orth):
        with pytest.raises(OperatorDomainError, match="no direction"):
            function([0.0, 0.0], [1.0, 0.0])
