"""Interpolative decompositions (kexue.fm 10501)."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.linalg.interpolative
from hypothesis import given
from hypothesis import strategies as st

from app.operators.errors import OperatorDomainError
from app.operators.low_rank import (
    InterpolativeDecomposition,
    id_best_greedy,
    id_best_single,
    id_colsample,
    id_cpqr_to_rank,
    id_cpqr_to_tolerance,
    id_exchange,
    id_project,
    pinv,
    svd_floor,
)
from tests.unit.operators.support import PRINTED, Array

SMALL = np.array([[1.0, 0, 1, 2], [0, 2, 2, 0], [0, 0, 0, 0.1]])
NORM_IS_NOT_MERIT = np.array([[1.0, 1, 1, 1, 0], [0, 0.1, -0.1, 0, 1.5]])

Method = Callable[[Array, int], InterpolativeDecomposition]
METHODS: dict[str, Method] = {
    "cpqr": id_cpqr_to_rank,
    "project": lambda M, r: id_project(M, r, M.shape[0], np.random.default_rng(1)),
    "colsample": lambda M, r: id_colsample(M, r, M.shape[1], np.random.default_rng(1)),
    "exchange": lambda M, r: id_colsample(
        M, r, M.shape[1], np.random.default_rng(1), exchange_bound=1.0
    ),
    "greedy": id_best_greedy,
}


def low_rank_plus_noise(seed: int, n: int, m: int, rank: int, noise: float) -> Array:
    rng = np.random.default_rng(seed)
    signal = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, m))
    return np.asarray(signal + noise * rng.standard_normal((n, m)))


def test_the_worked_example_at_rank_one_and_two() -> None:
    one = id_cpqr_to_rank(SMALL, 1)
    assert one.columns.tolist() == [2]
    np.testing.assert_allclose(one.coefficients, [[0.2, 0.8, 1, 0.4]], atol=PRINTED)
    assert one.error**2 == pytest.approx(4.81, abs=PRINTED)
    assert one.svd_floor is not None
    assert one.svd_floor**2 == pytest.approx(4.772733, abs=PRINTED)
    two = id_cpqr_to_rank(SMALL, 2)
    assert two.columns.tolist() == [2, 3]
    assert two.error**2 == pytest.approx(0.004984, abs=PRINTED)
    assert two.svd_floor is not None
    assert two.svd_floor**2 == pytest.approx(0.002723, abs=PRINTED)
    three = id_cpqr_to_rank(SMALL, 3)
    assert three.columns.tolist() == [2, 3, 1]
    assert three.error == pytest.approx(0, abs=1e-12)
    assert two.error / np.sqrt(2) == pytest.approx(0.0499, abs=1e-4)  # two equal entries of row 3


def test_a_large_norm_is_not_merit() -> None:
    pivoted = id_cpqr_to_rank(NORM_IS_NOT_MERIT, 1)
    assert pivoted.columns.tolist() == [4]
    assert pivoted.error**2 == pytest.approx(4.0, abs=PRINTED)
    best = id_best_single(NORM_IS_NOT_MERIT)
    assert best.error**2 == pytest.approx(2.27, abs=PRINTED)
    errors = [
        np.sum((NORM_IS_NOT_MERIT - c[:, None] @ (pinv(c[:, None]) @ NORM_IS_NOT_MERIT)) ** 2)
        for c in NORM_IS_NOT_MERIT.T
    ]
    assert best.error**2 == pytest.approx(min(errors), rel=1e-12)


def test_a_kahan_like_matrix_breaks_the_usual_bound_and_the_exchange_mends_it() -> None:
    c = 0.285
    powers = np.sqrt(1 - c**2) ** np.arange(10)
    kahan = powers[:, None] * (np.eye(10) - c * np.triu(np.ones((10, 10)), 1))
    found = id_cpqr_to_rank(kahan, 9)
    assert found.max_abs_coefficient == pytest.approx(2.1187, abs=5e-5)
    assert "above the usual bound" in found.warnings[0]
    mended = id_exchange(kahan, found.columns)
    assert mended.max_abs_coefficient <= 1 + 1e-6
    assert mended.warnings == ()


@pytest.mark.parametrize("name", METHODS)
@given(seed=st.integers(0, 2**16), r=st.integers(1, 4))
def test_every_method_keeps_its_promises(name: str, seed: int, r: int) -> None:
    M = low_rank_plus_noise(seed, 6, 8, 3, 0.1)
    found = METHODS[name](M, r)
    assert found.coefficients.shape == (r, 8)
    assert np.unique(found.columns).size == r
    np.testing.assert_allclose(found.coefficients[:, found.columns], np.eye(r), atol=1e-12)
    approximation = found.approximation(M)
    np.testing.assert_allclose(approximation[:, found.columns], M[:, found.columns], atol=1e-12)
    size = float(np.linalg.norm(M))
    assert found.error == pytest.approx(np.linalg.norm(M - approximation), abs=1e-10 * size)
    assert found.svd_floor == pytest.approx(svd_floor(M, r), abs=1e-12 * size)
    assert found.error >= svd_floor(M, r) - 1e-10 * size
    C = M[:, found.columns]
    best = float(np.linalg.norm(M - C @ (pinv(C) @ M)))
    assert found.error == pytest.approx(best, abs=1e-8 * size)
    assert found.max_abs_coefficient == np.abs(found.coefficients).max()


@pytest.mark.parametrize("name", METHODS)
def test_the_rank_of_the_matrix_is_enough_for_an_exact_decomposition(name: str) -> None:
    M = low_rank_plus_noise(1, 15, 12, 5, 0.0)
    found = METHODS[name](M, 5)
    assert found.error < 1e-11 * np.linalg.norm(M)
    assert not any("numerical rank" in warning for warning in found.warnings)


@pytest.mark.parametrize("name", METHODS)
def test_a_rank_beyond_that_of_the_matrix_is_truncated_with_a_warning(name: str) -> None:
    M = low_rank_plus_noise(2, 9, 10, 3, 0.0)
    found = METHODS[name](M, 6)
    assert "above the numerical rank 3" in found.warnings[0]
    assert found.error < 1e-11 * np.linalg.norm(M)
    assert found.max_abs_coefficient < 100
    np.testing.assert_allclose(found.coefficients[:, found.columns], np.eye(6), atol=1e-12)


@pytest.mark.parametrize("name", METHODS)
def test_zero_and_duplicate_columns_do_no_harm(name: str) -> None:
    M = low_rank_plus_noise(3, 6, 4, 4, 0.1)
    M = np.hstack([np.zeros((6, 2)), M, M])
    found = METHODS[name](M, 5)
    assert found.error < 1e-11 * np.linalg.norm(M)
    assert not set(found.columns[:4].tolist()) & {0, 1}
    distinct = {(column - 2) % 4 for column in found.columns[:4].tolist()}
    assert len(distinct) == 4


@pytest.mark.parametrize("name", METHODS)
def test_a_zero_matrix_is_decomposed_exactly(name: str) -> None:
    found = METHODS[name](np.zeros((3, 4)), 2)
    assert (found.error, found.svd_floor) == (0.0, 0.0)
    assert "numerical rank 0" in found.warnings[0]
    assert np.isfinite(found.coefficients).all()


def test_pivoted_columns_and_coefficients_equal_those_of_scipy() -> None:
    M = low_rank_plus_noise(4, 40, 30, 6, 0.01)
    order, projection = scipy.linalg.interpolative.interp_decomp(M, 6, rand=False)
    found = id_cpqr_to_rank(M, 6)
    assert found.columns.tolist() == order[:6].tolist()
    expected = scipy.linalg.interpolative.reconstruct_interp_matrix(order, projection)
    np.testing.assert_allclose(found.coefficients, expected, atol=1e-10)


def test_the_tolerance_is_met_by_the_shortest_prefix() -> None:
    M = low_rank_plus_noise(5, 30, 25, 8, 1e-3)
    size = float(np.linalg.norm(M))
    for tolerance in (0.5, 0.1, 1e-2, 1e-4):
        found = id_cpqr_to_tolerance(M, tolerance)
        r = found.columns.size
        assert found.error <= tolerance * size
        if r > 1:
            assert id_cpqr_to_rank(M, r - 1).error > tolerance * size
        same = id_cpqr_to_rank(M, r)
        np.testing.assert_array_equal(found.coefficients, same.coefficients)


def test_a_tolerance_below_rounding_stops_at_the_numerical_rank() -> None:
    M = low_rank_plus_noise(6, 12, 12, 4, 0.0)
    found = id_cpqr_to_tolerance(M, 1e-30)
    assert found.columns.size == 4
    assert "below rounding" in found.warnings[0]
    assert id_cpqr_to_tolerance(np.zeros((2, 3)), 0.5).columns.size == 1
    assert id_cpqr_to_tolerance(np.eye(3), 1e-9).columns.size == 3


def test_greedy_by_merit_beats_pivoting_on_average() -> None:
    ratios = [
        id_best_greedy(M, 4).error / id_cpqr_to_rank(M, 4).error
        for M in (low_rank_plus_noise(seed, 20, 30, 10, 0.1) for seed in range(30))
    ]
    assert np.mean(ratios) < 0.97


@given(seed=st.integers(0, 2**16))
def test_the_best_single_column_is_the_best_by_brute_force(seed: int) -> None:
    M = np.random.default_rng(seed).standard_normal((5, 7))
    errors = [np.linalg.norm(M - np.outer(c, c @ M) / (c @ c)) for c in M.T]
    assert id_best_single(M).columns[0] == np.argmin(errors)
    assert id_best_single(M).error == pytest.approx(min(errors), rel=1e-10)


@given(seed=st.integers(0, 2**16))
def test_merit_does_not_depend_on_the_length_of_a_column(seed: int) -> None:
    # A column is as good a direction when it is short; its own share of the error is small anyway.
    M = np.random.default_rng(seed).standard_normal((5, 6))
    M[:, 3] = 1e-6 * M[:, :3].sum(axis=1)
    first = id_best_greedy(M, 2)
    scaled = M.copy()
    scaled[:, 3] *= 1e-2
    assert first.columns.tolist() == id_best_greedy(scaled, 2).columns.tolist()


@given(seed=st.integers(0, 2**16))
def test_exchange_ends_below_its_bound_and_keeps_the_best_coefficients(seed: int) -> None:
    M = low_rank_plus_noise(seed, 8, 20, 5, 0.01)
    start = np.random.default_rng(seed).choice(20, size=5, replace=False)
    found = id_exchange(M, start.tolist(), 1.5)
    assert found.max_abs_coefficient <= 1.5 * (1 + 1e-5)
    volume = np.prod(np.linalg.svd(M[:, found.columns], compute_uv=False))
    assert volume >= np.prod(np.linalg.svd(M[:, start], compute_uv=False)) * (1 - 1e-9)
    C = M[:, found.columns]
    np.testing.assert_allclose(found.coefficients, pinv(C) @ M, atol=1e-8)


def test_sampling_with_exchange_comes_to_the_error_of_full_pivoting() -> None:
    M = low_rank_plus_noise(7, 200, 300, 20, 1e-3)
    full = id_cpqr_to_rank(M, 20).error
    rng = np.random.default_rng(8)
    sampled, plain = (
        [
            id_colsample(M, 20, 60, rng, exchange_bound=bound, with_floor=False).error
            for _ in range(10)
        ]
        for bound in (1.0, None)
    )
    assert np.mean(sampled) < 1.1 * full
    assert np.mean(plain) > np.mean(sampled)


def test_weights_steer_the_sample_and_zero_columns_stay_out() -> None:
    M = low_rank_plus_noise(9, 6, 8, 3, 0.1)
    M[:, 5] = 0
    weights = np.array([0, 0, 0, 1.0, 1.0, 1.0, 1.0, 0])
    found = id_colsample(M, 3, 5, np.random.default_rng(0), probabilities=weights)
    assert set(found.columns.tolist()) == {3, 4, 6}
    few = id_colsample(M, 3, 3, np.random.default_rng(0), probabilities=[1.0] + [0.0] * 7)
    assert few.columns[0] == 0
    assert "numerical rank 1" in few.warnings[0]


def test_a_seed_makes_random_methods_reproducible() -> None:
    M = low_rank_plus_noise(10, 20, 30, 6, 0.1)
    for random_method, size in ((id_colsample, 10), (id_project, 8)):
        first, second = (random_method(M, 4, size, np.random.default_rng(3)) for _ in range(2))
        np.testing.assert_array_equal(first.coefficients, second.coefficients)


def test_the_floor_is_left_out_on_request() -> None:
    assert id_cpqr_to_rank(SMALL, 1, with_floor=False).svd_floor is None
    assert id_best_greedy(SMALL, 1, with_floor=False).svd_floor is None


def test_float32_is_kept_and_large_offsets_do_not_break() -> None:
    M = low_rank_plus_noise(11, 10, 12, 3, 0.0).astype(np.float32)
    for method in METHODS.values():
        found = method(M, 3)
        assert found.coefficients.dtype == np.float32
        assert found.error < 1e-4 * np.linalg.norm(M)
        for offset in (1e4, 1e8):
            moved = method(M.astype(np.float64) + offset, 4)
            assert moved.error < 1e-7 * offset
            assert np.isfinite(moved.coefficients).all()


def test_wrong_arguments_are_refused_with_a_sentence() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(OperatorDomainError, match="r must be between 1 and 3"):
        id_cpqr_to_rank(SMALL, 4)
    with pytest.raises(OperatorDomainError, match="relative_error"):
        id_cpqr_to_tolerance(SMALL, 1.0)
    with pytest.raises(OperatorDomainError, match="d must be between 2 and 3"):
        id_project(SMALL, 2, 1, rng)
    with pytest.raises(OperatorDomainError, match="k must be between 2 and 4"):
        id_colsample(SMALL, 2, 1, rng)
    with pytest.raises(OperatorDomainError, match="probabilities must hold 4"):
        id_colsample(SMALL, 2, 2, rng, probabilities=[1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="no column that is not zero"):
        id_colsample(SMALL, 2, 2, rng, probabilities=[0.0] * 4)
    with pytest.raises(OperatorDomainError, match="exchange_bound"):
        id_colsample(SMALL, 2, 2, rng, exchange_bound=0.9)
    with pytest.raises(OperatorDomainError, match="bound must be"):
        id_exchange(SMALL, [0], 0.5)
    with pytest.raises(OperatorDomainError, match="linearly dependent"):
        id_exchange(np.ones((2, 2)), [0, 1])
    with pytest.raises(OperatorDomainError, match="number of columns"):
        id_exchange(SMALL, [0, 1, 2, 3])
