"""Exchange of skeleton columns until no coefficient exceeds a bound.

If |z_ij| > 1, putting column j in the place of the i-th skeleton column multiplies the volume of
the skeleton by at least |z_ij|; so the exchange ends, with |z| at most the bound that some
definitions of the interpolative decomposition demand. Small coefficients also carry less of the
skeleton's noise into the other columns, so the error usually falls as well.

Source: the bound from kexue.fm 10501; the exchange from Gu and Eisenstat, Efficient algorithms for
computing a strong rank-revealing QR factorization (1996), without the residual term.
"""

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, IntArray, as_count
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.interpolative import (
    InterpolativeDecomposition,
    decompose_by_basis,
    numerical_rank,
)
from app.operators.low_rank.matrices import Indices, as_indices, as_matrix

MAX_REFRESHES = 8
"""Times that the coefficients are computed anew: updating them loses digits where the columns to
start from are nearly dependent, and the bound must hold for the exact ones."""

MAX_EXCHANGES_PER_COLUMN = 50
"""Most exchanges, for each skeleton column; a few per column are usual."""

RELATIVE_SLACK = 1e-6
"""How far above the bound a coefficient may stay, so that rounding can't exchange for ever."""


def id_exchange(
    matrix: npt.ArrayLike, columns: Indices, bound: float = 1.0, *, with_floor: bool = True
) -> InterpolativeDecomposition:
    """Return the decomposition after exchanging skeleton columns until max |z| ≤ bound.

    O(n m r) for the coefficients at the start and at the end, O(m r) for an exchange.

    Args:
        matrix: M, shape (n, m).
        columns: the skeleton to start from, distinct, shape (r,), r ≤ n.
        bound: least upper bound asked for, at least 1.
        with_floor: also compute the SVD floor.

    Raises:
        OperatorDomainError: If M is not a finite matrix, an index is out of range or repeated,
            there are more columns than rows, the bound is below 1, or the columns given are
            linearly dependent.

    >>> matrix = [[1.0, 1.0, 1.0, 3.0], [0.0, 1.0, -1.0, 2.0]]
    >>> found = id_exchange(matrix, [0, 1])
    >>> found.columns, found.max_abs_coefficient
    (array([2, 3]), 1.0)
    """
    M = as_matrix(matrix)
    start = as_indices(columns, size=M.shape[1], name="columns")
    as_count(start.size, name="the number of columns", low=1, high=M.shape[0])
    if not bound >= 1:
        raise OperatorDomainError(f"bound must be at least 1, but it is {bound}.")
    if numerical_rank(scipy.linalg.qr(M[:, start], mode="r", pivoting=True)[0]) < start.size:
        raise OperatorDomainError(
            "The columns are linearly dependent; start from a skeleton of full rank."
        )
    skeleton = exchange_columns(M, start, bound)
    Q, R = scipy.linalg.qr(M[:, skeleton], mode="economic", check_finite=False)
    return decompose_by_basis(M, skeleton, Q, R, with_floor=with_floor)


def exchange_columns(matrix: FloatArray, columns: IntArray, bound: float) -> IntArray:
    """Return the skeleton with max |z| ≤ bound reached from independent columns, shape (r,)."""
    skeleton = columns.copy()
    for _ in range(MAX_REFRESHES):
        Q, R = scipy.linalg.qr(matrix[:, skeleton], mode="economic", check_finite=False)
        Z = scipy.linalg.solve_triangular(R, Q.T @ matrix, check_finite=False)
        if not _exchange_until_bounded(Z, skeleton, bound):
            break
    return skeleton


def _exchange_until_bounded(Z: FloatArray, skeleton: IntArray, bound: float) -> bool:
    """Exchange in place by updating Z, shape (r, m); returns whether anything was exchanged."""
    exchanged = False
    for _ in range(MAX_EXCHANGES_PER_COLUMN * skeleton.size):
        i, j = np.unravel_index(np.argmax(np.abs(Z)), Z.shape)
        if abs(Z[i, j]) <= bound * (1 + RELATIVE_SLACK):
            break
        # The coefficients for column j in the place i: one step of Gauss–Jordan on Z.
        change = Z[:, j].copy()
        change[i] -= 1
        Z -= np.outer(change, Z[i] / Z[i, j])
        skeleton[i] = j
        exchanged = True
    return exchanged
