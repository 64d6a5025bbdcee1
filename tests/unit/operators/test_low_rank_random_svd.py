"""The randomised SVD against the exact one."""

import numpy as np
import pytest
import scipy.sparse

from app.operators.errors import OperatorDomainError
from app.operators.low_rank import svd_approx, svd_random


def make_matrix(n: int = 60, m: int = 40) -> np.ndarray:
    """A matrix whose singular values fall as 0.8^i."""
    chance = np.random.default_rng(3)
    u, v = (np.linalg.qr(chance.normal(size=(size, m)))[0] for size in (n, m))
    matrix: np.ndarray = (u * 0.8 ** np.arange(m)) @ v.T
    return matrix


@pytest.mark.parametrize("r", [1, 5, 20])
def test_leading_triples_are_those_of_the_exact_decomposition(r: int) -> None:
    matrix = make_matrix()
    found = svd_random(matrix, r, np.random.default_rng(0))
    exact = svd_approx(matrix, r)
    np.testing.assert_allclose(found.singular_values, exact.singular_values, rtol=1e-6)
    np.testing.assert_allclose(found.vt @ found.vt.T, np.eye(r), atol=1e-9)
    # Vectors are determined up to a sign.
    np.testing.assert_allclose(abs(np.sum(found.vt * exact.vt, axis=1)), np.ones(r), atol=1e-5)


def test_a_sparse_matrix_gives_what_the_same_dense_one_gives() -> None:
    sparse = scipy.sparse.random_array((50, 30), density=0.2, rng=np.random.default_rng(1))
    of_sparse = svd_random(sparse.tocsr(), 4, np.random.default_rng(2))
    of_dense = svd_random(sparse.toarray(), 4, np.random.default_rng(2))
    np.testing.assert_allclose(of_sparse.singular_values, of_dense.singular_values)


def test_sharpening_brings_a_flat_spectrum_closer() -> None:
    matrix = np.random.default_rng(4).normal(size=(200, 150))
    exact = svd_approx(matrix, 10).singular_values
    errors = [
        np.abs(
            svd_random(matrix, 10, np.random.default_rng(5), iterations=times).singular_values
            - exact
        ).max()
        for times in (0, 2, 8)
    ]
    assert errors[0] > errors[1] > errors[2]


def test_the_same_seed_gives_the_same() -> None:
    first, second = (svd_random(make_matrix(), 3, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first.vt, second.vt)


@pytest.mark.parametrize("options", [{"r": 0}, {"r": 41}, {"r": 2, "oversampling": -1}])
def test_impossible_ranks_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(OperatorDomainError):
        svd_random(make_matrix(), rng=np.random.default_rng(0), **options)
