"""Column-row approximation of a product (kexue.fm 10427)."""

from itertools import combinations

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from app.operators.errors import OperatorDomainError
from app.operators.low_rank import (
    ColumnRowSelection,
    cr_error,
    cr_gram,
    cr_greedy,
    cr_lambda_diag,
    cr_lambda_full,
    cr_norms,
    cr_probabilities,
    cr_product,
    cr_sample,
    cr_sampling_error,
    cr_top_norm,
    cr_top_norm_from_norms,
)
from tests.unit.operators.support import PRINTED, Array

X2, Y2 = np.diag([1.0, 2.0]), np.diag([3.0, 4.0])


def gaussian_pair(seed: int, n: int, inner: int, m: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, inner)), rng.standard_normal((inner, m))


def squared_error(X: Array, Y: Array, selection: ColumnRowSelection) -> float:
    return float(np.sum((X @ Y - cr_product(X, Y, selection)) ** 2))


def test_the_worked_example_of_the_post() -> None:
    np.testing.assert_allclose(cr_norms(X2, Y2), [3, 8], atol=PRINTED)
    np.testing.assert_allclose(cr_probabilities(X2, Y2), [0.272727, 0.727273], atol=PRINTED)
    assert cr_sampling_error(X2, Y2, 1) == pytest.approx(48, abs=PRINTED)
    # Orthogonal terms: keeping the largest is the exact optimum.
    assert squared_error(X2, Y2, cr_top_norm(X2, Y2, 1)) == pytest.approx(9, abs=PRINTED)
    assert squared_error(X2, Y2, cr_greedy(X2, Y2, 1, 1)) == pytest.approx(9, abs=PRINTED)


def test_the_random_example_matches_its_printed_errors_and_their_order() -> None:
    X, Y = gaussian_pair(0, 20, 30, 25)
    top = cr_top_norm(X, Y, 10)
    plain = squared_error(X, Y, top)
    diagonal = squared_error(X, Y, cr_lambda_diag(X, Y, top.indices))
    C, R = X[:, top.indices], Y[top.indices]
    full = float(np.sum((X @ Y - C @ cr_lambda_full(C, R, X @ Y) @ R) ** 2))
    floor = cr_error(X, Y, top).svd_floor ** 2
    assert plain == pytest.approx(7121.8, abs=0.05)
    assert diagonal == pytest.approx(6846.2, abs=0.05)
    assert full == pytest.approx(5760.6, abs=0.05)
    assert floor == pytest.approx(953.9, abs=0.05)
    assert cr_error(X, Y, top).error == pytest.approx(np.sqrt(plain), rel=1e-12)
    uniform = cr_sampling_error(X, Y, 10, probabilities=np.full(30, 1 / 30))
    assert uniform == pytest.approx(40132, abs=0.5)


def test_erratum_9_sampling_is_unbiased_but_worse_than_dropping_everything() -> None:
    X, Y = gaussian_pair(0, 20, 30, 25)
    theory = cr_sampling_error(X, Y, 10)
    assert theory == pytest.approx(38393, abs=0.5)
    total = float(np.sum((X @ Y) ** 2))
    assert total == pytest.approx(13.6e3, rel=0.01)
    rng = np.random.default_rng(1)
    draws = 2000
    mean = np.zeros((20, 25))
    errors = np.empty(draws)
    for draw in range(draws):
        product = cr_product(X, Y, cr_sample(X, Y, 10, rng))
        mean += product / draws
        errors[draw] = np.sum((product - X @ Y) ** 2)
    standard_error = errors.std() / np.sqrt(draws)
    assert abs(errors.mean() - theory) < 5 * standard_error
    # The mean of the draws closes in on XY like theory / draws.
    assert np.sum((mean - X @ Y) ** 2) < 2 * theory / draws
    top = squared_error(X, Y, cr_top_norm(X, Y, 10))
    assert top < total < theory


@given(
    seed=st.integers(0, 2**16),
    r=st.integers(1, 6),
)
def test_free_weights_beat_diagonal_ones_and_these_beat_none(seed: int, r: int) -> None:
    X, Y = gaussian_pair(seed, 5, 7, 4)
    selection = cr_top_norm(X, Y, r)
    C, R = X[:, selection.indices], Y[selection.indices]
    plain = squared_error(X, Y, selection)
    diagonal = squared_error(X, Y, cr_lambda_diag(X, Y, selection.indices))
    full = float(np.sum((X @ Y - C @ cr_lambda_full(C, R, X @ Y) @ R) ** 2))
    floor = cr_error(X, Y, selection).svd_floor ** 2
    slack = 1e-9 * float(np.sum((X @ Y) ** 2))
    assert floor - slack <= full <= diagonal + slack
    assert diagonal <= plain + slack


def test_the_diagonal_weights_solve_the_least_squares_over_the_terms() -> None:
    X, Y = gaussian_pair(4, 4, 6, 5)
    S = [1, 4, 5]
    terms = np.stack([np.outer(X[:, i], Y[i]).ravel() for i in range(6)], axis=1)
    expected = np.linalg.lstsq(terms[:, S], terms.sum(axis=1))[0]
    np.testing.assert_allclose(cr_lambda_diag(X, Y, S).weights, expected, rtol=1e-9)
    np.testing.assert_allclose(cr_gram(X, Y), terms.T @ terms, atol=1e-12)
    np.testing.assert_allclose(cr_norms(X, Y), np.linalg.norm(terms, axis=0), rtol=1e-12)


def test_dependent_terms_get_the_shortest_weights_and_a_warning() -> None:
    X = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 1.0]])
    Y = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    weighted = cr_lambda_diag(X, Y, [0, 1])
    assert "linearly dependent" in weighted.warnings[0]
    np.testing.assert_allclose(weighted.weights, [1, 1], rtol=1e-12)


# Greedy


def test_greedy_tuples_reproduce_the_printed_example() -> None:
    X, Y = gaussian_pair(3, 8, 8, 8)
    errors = {k: squared_error(X, Y, cr_greedy(X, Y, 4, k)) for k in (1, 2, 4)}
    assert errors[1] == pytest.approx(147.64, abs=0.005)
    assert errors[2] == pytest.approx(147.64, abs=0.005)
    assert errors[4] == pytest.approx(107.60, abs=0.005)


@given(seed=st.integers(0, 2**16), r=st.integers(1, 5))
def test_one_tuple_of_all_dropped_terms_is_the_exact_optimum(seed: int, r: int) -> None:
    X, Y = gaussian_pair(seed, 3, 6, 3)
    best = min(
        float(np.sum((X @ Y - X[:, list(kept)] @ Y[list(kept)]) ** 2))
        for kept in combinations(range(6), r)
    )
    found = cr_greedy(X, Y, r, 6 - r)
    assert squared_error(X, Y, found) == pytest.approx(best, rel=1e-9)


def test_single_drops_keep_the_largest_norms() -> None:
    X, Y = gaussian_pair(5, 4, 9, 4)
    top, greedy = cr_top_norm(X, Y, 4), cr_greedy(X, Y, 4, 1)
    assert set(top.indices) == set(greedy.indices)


@given(seed=st.integers(0, 2**16))
def test_with_orthogonal_terms_the_largest_norms_are_the_exact_optimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    X, Y = Q * rng.random(6), rng.standard_normal((6, 4))
    top, exact = cr_top_norm(X, Y, 2), cr_greedy(X, Y, 2, 4)
    assert squared_error(X, Y, top) == pytest.approx(squared_error(X, Y, exact), rel=1e-9)


def test_greedy_refuses_what_it_can_not_do() -> None:
    X, Y = gaussian_pair(6, 3, 9, 3)
    with pytest.raises(OperatorDomainError, match="k must divide"):
        cr_greedy(X, Y, 4, 2)
    X, Y = gaussian_pair(6, 3, 60, 3)
    with pytest.raises(OperatorDomainError, match="choose a smaller k"):
        cr_greedy(X, Y, 10, 50)
    np.testing.assert_array_equal(cr_greedy(X, Y, 60, 1).indices, np.arange(60))


# Why selections and not general maps


@given(seed=st.integers(0, 2**16))
def test_an_element_wise_function_commutes_with_a_selection_only(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, W = rng.standard_normal((4, 5)), rng.standard_normal((5, 6))
    S = np.eye(6)[:, [4, 1]]
    np.testing.assert_allclose(np.tanh(X @ W) @ S, np.tanh(X @ (W @ S)), atol=1e-12)
    general = rng.standard_normal((6, 2))
    assert not np.allclose(np.tanh(X @ W) @ general, np.tanh(X @ (W @ general)), atol=1e-6)


# Pitfalls of sampling


def test_a_zero_term_is_never_sampled_and_kept_last() -> None:
    X, Y = gaussian_pair(7, 3, 5, 3)
    X[:, 2] = 0
    rng = np.random.default_rng(2)
    assert all(2 not in cr_sample(X, Y, 4, rng).indices for _ in range(100))
    kept = cr_top_norm(X, Y, 5)
    assert kept.indices[-1] == 2
    assert "Only 4 terms" in kept.warnings[0]


def test_repeated_draws_are_one_term_with_the_sum_of_their_weights() -> None:
    drawn = cr_sample(X2, Y2, 50, np.random.default_rng(3))
    assert drawn.indices.tolist() == [0, 1]
    assert "2 different terms" in drawn.warnings[0]
    counts = drawn.weights * 50 * cr_probabilities(X2, Y2)
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)
    assert counts.sum() == pytest.approx(50)


def test_probabilities_that_would_bias_the_sum_are_refused() -> None:
    rng = np.random.default_rng(4)
    with pytest.raises(OperatorDomainError, match="bias"):
        cr_sample(X2, Y2, 1, rng, probabilities=[1.0, 0.0])
    with pytest.raises(OperatorDomainError, match="sum 1"):
        cr_sample(X2, Y2, 1, rng, probabilities=[0.9, 0.3])
    with pytest.raises(OperatorDomainError, match="nothing to sample"):
        cr_sample(np.zeros((2, 2)), Y2, 1, rng)
    allowed = cr_sample(np.diag([1.0, 0.0]), Y2, 1, rng, probabilities=[1.0, 0.0])
    assert allowed.indices.tolist() == [0]


@given(seed=st.integers(0, 2**16))
def test_no_probabilities_have_a_smaller_expected_error_than_the_optimal(seed: int) -> None:
    X, Y = gaussian_pair(seed, 4, 6, 4)
    other = np.random.default_rng(seed).dirichlet(np.ones(6)) * 0.99 + 0.01 / 6
    best = cr_sampling_error(X, Y, 3)
    assert best <= cr_sampling_error(X, Y, 3, probabilities=other) * (1 + 1e-12)
    assert best == pytest.approx(cr_sampling_error(X, Y, 1) / 3, rel=1e-12)


def test_a_seed_makes_the_sample_reproducible() -> None:
    X, Y = gaussian_pair(8, 4, 9, 4)
    first, second = (cr_sample(X, Y, 5, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first.indices, second.indices)
    np.testing.assert_array_equal(first.weights, second.weights)


# Inputs


def test_sparse_factors_give_the_dense_answers() -> None:
    rng = np.random.default_rng(10)
    X = scipy.sparse.random_array((40, 12), density=0.3, rng=rng, format="csr")
    Y = scipy.sparse.random_array((12, 30), density=0.3, rng=rng, format="coo")
    dense = X.toarray(), Y.toarray()
    np.testing.assert_allclose(cr_norms(X, Y), cr_norms(*dense), rtol=1e-12)
    np.testing.assert_array_equal(cr_top_norm(X, Y, 5).indices, cr_top_norm(*dense, 5).indices)
    np.testing.assert_array_equal(cr_greedy(X, Y, 8, 2).indices, cr_greedy(*dense, 8, 2).indices)
    weighted = cr_lambda_diag(X, Y, [3, 1, 7])
    np.testing.assert_allclose(weighted.weights, cr_lambda_diag(*dense, [3, 1, 7]).weights)
    np.testing.assert_allclose(cr_product(X, Y, weighted), cr_product(*dense, weighted), atol=1e-12)
    assert cr_error(X, Y, weighted).error == pytest.approx(cr_error(*dense, weighted).error)
    assert cr_sampling_error(X, Y, 4) == pytest.approx(cr_sampling_error(*dense, 4))
    counts = scipy.sparse.csr_array(np.array([[1, 0], [2, 3]]))
    np.testing.assert_allclose(cr_norms(counts, np.eye(2)), [np.sqrt(5), 3])
    assert counts.dtype.kind == "i"  # the caller's matrix is not touched


def test_known_norms_choose_the_same_terms() -> None:
    X, Y = gaussian_pair(11, 6, 20, 6)
    found = cr_top_norm_from_norms(np.linalg.norm(X, axis=0), np.linalg.norm(Y, axis=1), 7)
    np.testing.assert_array_equal(found.indices, cr_top_norm(X, Y, 7).indices)
    assert cr_top_norm_from_norms([2, 1, 2, 1], [1, 2, 1, 2], 3).indices.tolist() == [0, 1, 2]


def test_wrong_factors_are_refused_with_a_sentence() -> None:
    with pytest.raises(OperatorDomainError, match="needs them equal"):
        cr_norms(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(OperatorDomainError, match="between 1 and 2"):
        cr_top_norm(X2, Y2, 3)
    with pytest.raises(OperatorDomainError, match="NaN"):
        cr_norms(scipy.sparse.csr_array(np.array([[np.nan]])), np.ones((1, 1)))
    with pytest.raises(OperatorDomainError, match="empty"):
        cr_norms(scipy.sparse.csr_array((0, 3)), np.ones((3, 1)))
    with pytest.raises(OperatorDomainError, match="negative"):
        cr_top_norm_from_norms([1, -1], [1, 1], 1)
    with pytest.raises(OperatorDomainError, match="same length"):
        cr_top_norm_from_norms([1, 1], [1], 1)
    with pytest.raises(OperatorDomainError, match="overflows"):
        cr_top_norm_from_norms([1e200], [1e200], 1)
    with pytest.raises(OperatorDomainError, match="longer inner dimension"):
        cr_product(np.ones((2, 1)), np.ones((1, 2)), cr_top_norm(X2, Y2, 2))
    with pytest.raises(OperatorDomainError, match="repeats"):
        cr_lambda_diag(X2, Y2, [0, 0])
    with pytest.raises(OperatorDomainError, match="between 0 and 1"):
        cr_lambda_diag(X2, Y2, [2])
    with pytest.raises(OperatorDomainError, match="integer"):
        cr_lambda_diag(X2, Y2, [0.5])  # type: ignore[list-item]
    with pytest.raises(OperatorDomainError, match="shape of product"):
        cr_lambda_full(X2, Y2, np.ones((3, 2)))


def test_float32_and_large_offsets_are_kept() -> None:
    X, Y = (np.asarray(m, dtype=np.float32) for m in gaussian_pair(12, 5, 6, 5))
    top = cr_top_norm(X, Y, 3)
    assert cr_norms(X, Y).dtype == np.float32
    assert cr_product(X, Y, top).dtype == np.float32
    assert cr_lambda_diag(X, Y, top.indices).weights.dtype == np.float32
    shifted = cr_norms(X + np.float32(1e8), Y)
    assert np.isfinite(shifted).all()
    sparse = cr_norms(scipy.sparse.csr_array(X), scipy.sparse.csr_array(Y))
    assert sparse.dtype == np.float32
