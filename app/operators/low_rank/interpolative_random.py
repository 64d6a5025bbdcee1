"""Randomised interpolative decompositions: fewer rows by projection, or fewer columns by sampling.

Source: kexue.fm 10501; projection as in Halko, Martinsson, Tropp (2011), section 5.2; column
sampling from arXiv:2105.07076. SciPy's own random method uses a subsampled Fourier transform.
"""

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, IntArray, as_count, as_float_array
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.interpolative import (
    InterpolativeDecomposition,
    decompose_by_basis,
    numerical_rank,
    padded_columns,
)
from app.operators.low_rank.interpolative_exchange import exchange_columns
from app.operators.low_rank.matrices import as_matrix, column_norms


def id_project(
    matrix: npt.ArrayLike, r: int, d: int, rng: np.random.Generator, *, with_floor: bool = True
) -> InterpolativeDecomposition:
    """Return the decomposition whose skeleton pivoted QR picks in d random combinations of rows.

    S comes from Ω M with a Gaussian Ω (d × n); Z = C⁺ M is then solved for M itself, which costs
    no more than measuring the error of the Z of Ω M and is never worse. O(n m d) for the
    projection, O(m d²) for its QR, O(n m r) for Z.

    Args:
        matrix: M, shape (n, m).
        r: rank, 1 ≤ r ≤ min(n, m).
        d: rows of the projection, r ≤ d ≤ n; r + 10 is a usual choice.
        rng: source of Ω.
        with_floor: also compute the SVD floor, which costs far more than the decomposition.

    Raises:
        OperatorDomainError: If M is not a finite matrix, or r or d is out of range.
    """
    M = as_matrix(matrix)
    n = M.shape[0]
    as_count(r, name="r", low=1, high=min(M.shape))
    as_count(d, name="d", low=r, high=n)
    projected = rng.standard_normal((d, n)).astype(M.dtype, copy=False) @ M
    pivoted, order = scipy.linalg.qr(projected, mode="r", pivoting=True, check_finite=False)
    skeleton = np.asarray(order[: min(r, numerical_rank(pivoted))], dtype=np.intp)
    Q, R = scipy.linalg.qr(M[:, skeleton], mode="economic", check_finite=False)
    columns = padded_columns(skeleton, r, M.shape[1])
    return decompose_by_basis(M, columns, Q, R, with_floor=with_floor)


def id_colsample(
    matrix: npt.ArrayLike,
    r: int,
    k: int,
    rng: np.random.Generator,
    *,
    probabilities: npt.ArrayLike | None = None,
    exchange_bound: float | None = None,
    with_floor: bool = True,
) -> InterpolativeDecomposition:
    """Return the decomposition whose skeleton pivoted QR picks among k sampled columns.

    Z is then solved for all of M (Z = C⁺ M), which often beats a random projection, at the price of
    slightly more |z| > 2. O(n k min(n, k) + n m r). With an exchange bound, columns of all of M may
    replace the sampled ones (see `id_exchange`), which as a rule brings a small sample to the
    error of the full pivoted QR.

    Args:
        matrix: M, shape (n, m).
        r: rank, 1 ≤ r ≤ min(n, m).
        k: columns to sample without replacement, r ≤ k ≤ m; zero columns are never sampled.
        rng: source of the sample.
        probabilities: weight of each column, shape (m,), at least 0; None: uniform.
        exchange_bound: exchange columns until max |z| is at most this, at least 1; None: don't.
        with_floor: also compute the SVD floor, which costs far more than the decomposition.

    Raises:
        OperatorDomainError: If M is not a finite matrix, r or k is out of range, the bound is below
            1, or the weights are negative, not (m,) or positive for zero columns only.
    """
    M = as_matrix(matrix)
    as_count(r, name="r", low=1, high=min(M.shape))
    as_count(k, name="k", low=r, high=M.shape[1])
    if exchange_bound is not None and not exchange_bound >= 1:
        raise OperatorDomainError(f"exchange_bound must be at least 1, but it is {exchange_bound}.")
    sampled = _sample_columns(M, k, rng, probabilities)
    pivoted, order = scipy.linalg.qr(M[:, sampled], mode="r", pivoting=True, check_finite=False)
    skeleton = sampled[order[: min(r, numerical_rank(pivoted))]]
    if exchange_bound is not None and skeleton.size:
        skeleton = exchange_columns(M, skeleton, exchange_bound)
    Q, R = scipy.linalg.qr(M[:, skeleton], mode="economic", check_finite=False)
    columns = padded_columns(skeleton, r, M.shape[1])
    return decompose_by_basis(M, columns, Q, R, with_floor=with_floor)


def _sample_columns(
    M: FloatArray, k: int, rng: np.random.Generator, probabilities: npt.ArrayLike | None
) -> IntArray:
    eligible = column_norms(M) > 0
    if probabilities is None:
        weights = eligible.astype(np.float64)
    else:
        weights = as_float_array(probabilities, name="probabilities").astype(np.float64)
        if weights.shape != (M.shape[1],) or (weights < 0).any():
            raise OperatorDomainError(
                f"probabilities must hold {M.shape[1]} numbers of at least 0, one per column."
            )
        weights = np.where(eligible, weights, 0.0)
        if not weights.any() and eligible.any():
            raise OperatorDomainError("probabilities leave no column that is not zero.")
    candidates = np.flatnonzero(weights)
    if candidates.size == 0:
        return np.arange(1, dtype=np.intp)  # all columns are zero: any one stands for them
    chosen = rng.choice(
        candidates,
        size=min(k, candidates.size),
        replace=False,
        p=weights[candidates] / weights[candidates].sum(),
    )
    return np.asarray(chosen, dtype=np.intp)
