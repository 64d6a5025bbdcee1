"""Pseudo-inverse and truncated SVD (kexue.fm 10366, 10407)."""

import importlib
import pkgutil

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given

from app.operators import low_rank as package
from app.operators.errors import OperatorDomainError
from app.operators.low_rank import (
    best_left_factor,
    best_right_factor,
    factorization_loss,
    pinv,
    pinv_regularized,
    svd_approx,
    svd_floor,
)
from tests.unit.operators.support import (
    PRINTED,
    Array,
    assert_same_derivative,
    matrices,
    run_doctests,
)

# Entries on a grid of 1e-6: squares of smaller ones underflow, which is a case of its own.
grid_matrices = matrices().map(lambda matrix: np.round(matrix, 6))

RANK_ONE = np.array([[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]])


def test_the_pseudo_inverse_of_the_worked_example_and_its_regularised_limit() -> None:
    expected = [[0.04, 0.08, 0], [0.08, 0.16, 0]]
    np.testing.assert_allclose(pinv(RANK_ONE), expected, atol=PRINTED)
    np.testing.assert_allclose(pinv_regularized(RANK_ONE, 1e-8), expected, atol=PRINTED)
    distances = [np.linalg.norm(pinv_regularized(RANK_ONE, e) - expected) for e in (1, 1e-2, 1e-4)]
    assert distances == sorted(distances, reverse=True)


@given(matrix=grid_matrices)
def test_the_pseudo_inverse_fulfils_its_identities(matrix: Array) -> None:
    inverse = pinv(matrix)
    size = max(1.0, float(np.linalg.norm(matrix)))
    # Rounding in A+ is amplified by the condition number of the part that was kept.
    values = scipy.linalg.svdvals(matrix)
    kept = values[values > max(matrix.shape) * np.finfo(float).eps * values[0]]
    condition = float(kept[0] / kept[-1]) if kept.size else 1.0
    tolerance = 1e-13 * condition * size
    np.testing.assert_allclose(matrix @ inverse @ matrix, matrix, atol=tolerance)
    scale = max(1.0, float(np.linalg.norm(inverse)))
    np.testing.assert_allclose(inverse @ matrix @ inverse, inverse, atol=1e-13 * condition * scale)
    if condition < 1e6:
        np.testing.assert_allclose(pinv(inverse), matrix, atol=1e-12 * condition * size)
        np.testing.assert_allclose(inverse, scipy.linalg.pinv(matrix), atol=1e-12 * scale)


def test_the_pseudo_inverse_from_the_eigenvalues_of_the_gram_matrix_agrees() -> None:
    # A+ = U L+ U^T A^T with A^T A = U L U^T, zero eigenvalues left at zero.
    eigenvalues, U = np.linalg.eigh(RANK_ONE.T @ RANK_ONE)
    inverted = np.array([1 / value if value > 1e-10 else 0.0 for value in eigenvalues])
    np.testing.assert_allclose(pinv(RANK_ONE), U @ np.diag(inverted) @ U.T @ RANK_ONE.T, atol=1e-12)


def test_a_stack_of_matrices_is_inverted_one_by_one() -> None:
    stack = np.random.default_rng(0).standard_normal((2, 3, 5, 4))
    result = pinv(stack)
    assert result.shape == (2, 3, 4, 5)
    np.testing.assert_allclose(result[1, 2], scipy.linalg.pinv(stack[1, 2]), atol=1e-12)


def test_the_best_factors_have_zero_gradient_and_match_least_squares() -> None:
    rng = np.random.default_rng(1)
    A, B, M = (rng.standard_normal(shape) for shape in ((7, 3), (3, 6), (7, 6)))
    best_b = best_right_factor(A, M)
    np.testing.assert_allclose(best_b, np.linalg.lstsq(A, M)[0], atol=1e-12)
    np.testing.assert_allclose(factorization_loss(A, best_b, M).gradient_b, 0, atol=1e-12)
    best_a = best_left_factor(B, M)
    np.testing.assert_allclose(best_a, np.linalg.lstsq(B.T, M.T)[0].T, atol=1e-12)
    np.testing.assert_allclose(factorization_loss(best_a, B, M).gradient_a, 0, atol=1e-12)


def test_the_gradients_of_the_factorisation_match_finite_differences() -> None:
    rng = np.random.default_rng(2)
    A, B, M = (rng.standard_normal(shape) for shape in ((4, 2), (2, 3), (4, 3)))
    result = factorization_loss(A, B, M)
    assert result.loss == pytest.approx(float(np.sum((A @ B - M) ** 2)), rel=1e-12)
    assert_same_derivative(result.gradient_a, lambda a: factorization_loss(a, B, M).loss, A)
    assert_same_derivative(result.gradient_b, lambda b: factorization_loss(A, b, M).loss, B)


def test_the_svd_of_the_worked_example() -> None:
    best = svd_approx([[3, 0], [4, 5]], 1)
    full = svd_approx([[3, 0], [4, 5]], 2)
    np.testing.assert_allclose(full.singular_values, [6.708204, 2.236068], atol=PRINTED)
    np.testing.assert_allclose(best.approximation(), [[1.5, 1.5], [4.5, 4.5]], atol=PRINTED)
    assert best.error**2 == pytest.approx(5.0, abs=PRINTED)
    assert best.spectral_error == pytest.approx(2.236068, abs=PRINTED)
    assert (full.error, full.spectral_error) == (0.0, 0.0)


@given(matrix=grid_matrices)
def test_the_svd_error_is_the_tail_in_both_norms(matrix: Array) -> None:
    r = (min(matrix.shape) + 1) // 2
    best = svd_approx(matrix, r)
    residual = matrix - best.approximation()
    size = max(1.0, float(np.linalg.norm(matrix)))
    assert np.linalg.norm(residual) == pytest.approx(best.error, abs=1e-12 * size)
    assert np.linalg.norm(residual, 2) == pytest.approx(best.spectral_error, abs=1e-12 * size)
    assert svd_floor(matrix, r) == pytest.approx(best.error, abs=1e-12 * size)
    squares = scipy.linalg.svdvals(matrix) ** 2
    assert squares.sum() == pytest.approx(np.linalg.norm(matrix) ** 2, abs=1e-11 * size**2)


def test_no_random_matrix_of_the_rank_beats_the_svd() -> None:
    rng = np.random.default_rng(3)
    M = rng.standard_normal((6, 5))
    floor = svd_approx(M, 2).error
    for _ in range(200):
        A = rng.standard_normal((6, 2))
        assert np.linalg.norm(A @ best_right_factor(A, M) - M) >= floor


def test_the_svd_tells_when_the_answer_is_rounding_or_not_unique() -> None:
    assert "numerical rank 1" in svd_approx(RANK_ONE, 2).warnings[0]
    assert "not unique" in svd_approx(np.eye(3), 1).warnings[0]
    assert svd_approx([[3, 0], [4, 5]], 1).warnings == ()


def test_wrong_matrices_are_refused_with_a_sentence() -> None:
    with pytest.raises(OperatorDomainError, match="between 1 and 2"):
        svd_approx(RANK_ONE, 3)
    with pytest.raises(OperatorDomainError, match="one matrix"):
        svd_approx(np.ones((2, 2, 2)), 1)
    with pytest.raises(OperatorDomainError, match="NaN"):
        pinv([[np.nan]])
    with pytest.raises(OperatorDomainError, match="rescale"):
        svd_approx([[1e200, 0.0], [0.0, 1.0]], 1)
    with pytest.raises(OperatorDomainError, match="rescale"):
        svd_approx([[1e-200, 0.0]], 1)
    with pytest.raises(OperatorDomainError, match="at least 0"):
        svd_floor(RANK_ONE, -1)
    with pytest.raises(OperatorDomainError, match="rows"):
        best_right_factor(np.ones((2, 1)), np.ones((3, 1)))
    with pytest.raises(OperatorDomainError, match="columns"):
        best_left_factor(np.ones((1, 2)), np.ones((3, 3)))
    with pytest.raises(OperatorDomainError, match="shape of target"):
        factorization_loss(np.ones((2, 1)), np.ones((1, 2)), np.ones((3, 2)))
    with pytest.raises(OperatorDomainError, match="ridge"):
        pinv_regularized(RANK_ONE, 1e-300)


def test_float32_is_kept() -> None:
    single = RANK_ONE.astype(np.float32)
    assert pinv(single).dtype == np.float32
    np.testing.assert_allclose(pinv(single), pinv(RANK_ONE), atol=1e-6)
    assert svd_approx(single, 1).approximation().dtype == np.float32
    assert pinv_regularized(single, 0.1).dtype == np.float32


@pytest.mark.parametrize("name", [info.name for info in pkgutil.iter_modules(package.__path__)])
def test_the_docstring_examples_run(name: str) -> None:
    module = importlib.import_module(f"{package.__name__}.{name}")
    assert run_doctests(module).failed == 0
