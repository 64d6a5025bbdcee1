"""Interpolative decomposition: M ≈ M[:, S] Z, every column a combination of r skeleton columns.

With C = M[:, S] the best Z is C⁺ M; choosing S is the hard part (NP-hard). Column-pivoted QR
takes, step by step, the column with the largest residual. From M Π = Q R:
Z = [I, R[:r,:r]⁻¹ R[:r,r:]] Πᵀ, with error ‖R[r:,r:]‖. Some definitions demand |z| ≤ 1 or ≤ 2;
pivoted QR does not promise it but nearly always keeps 2. In theory its error may exceed the SVD's
by 2^r; in practice it is close.

Source: kexue.fm 10501. The same decomposition as `scipy.linalg.interpolative.interp_decomp` with
``rand=False``, whose one argument for both rank and tolerance is two functions here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, IntArray, as_count
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.matrices import as_matrix, rank_tolerance, svd_floor

USUAL_COEFFICIENT_BOUND = 2.0
"""The relaxed bound on |z_ij| that most definitions of the decomposition ask for."""


@dataclass(frozen=True, slots=True)
class InterpolativeDecomposition:
    """Skeleton columns S of M (n × m) and coefficients Z with M ≈ M[:, S] Z."""

    columns: IntArray
    """S in the order of choice, shape (r,)."""
    coefficients: FloatArray
    """Z, shape (r, m); Z[:, S] = I."""
    error: float
    """‖M − M[:, S] Z‖ in the Frobenius norm."""
    svd_floor: float | None
    """Least possible error at this rank; None if it was not asked for."""
    max_abs_coefficient: float
    """max |z_ij|, at least 1."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""

    def approximation(self, matrix: npt.ArrayLike) -> FloatArray:
        """Return M[:, S] Z, shape (n, m), for the decomposed matrix."""
        return np.asarray(as_matrix(matrix)[:, self.columns] @ self.coefficients)


def id_cpqr_to_rank(
    matrix: npt.ArrayLike, r: int, *, with_floor: bool = True
) -> InterpolativeDecomposition:
    """Return the interpolative decomposition of rank r by column-pivoted QR.

    O(n m min(n, m)): scipy's routine, which is blocked and factorises in full, and one triangular
    solve. Zero columns come last; r above the numerical rank is truncated there with a warning
    (the remaining skeleton columns then serve themselves alone).

    Args:
        matrix: M, shape (n, m).
        r: rank, 1 ≤ r ≤ min(n, m).
        with_floor: also compute the SVD floor, which costs more than the decomposition itself.

    Raises:
        OperatorDomainError: If M is not a finite matrix or r is out of range.

    >>> found = id_cpqr_to_rank([[1, 0, 1, 2], [0, 2, 2, 0], [0, 0, 0, 0.1]], 1)
    >>> found.columns, found.coefficients.round(12)
    (array([2]), array([[0.2, 0.8, 1. , 0.4]]))
    """
    M = as_matrix(matrix)
    as_count(r, name="r", low=1, high=min(M.shape))
    R, order = scipy.linalg.qr(M, mode="r", pivoting=True, check_finite=False)
    return _from_pivoted(M, R, order, r, with_floor=with_floor)


def id_cpqr_to_tolerance(
    matrix: npt.ArrayLike, relative_error: float, *, with_floor: bool = True
) -> InterpolativeDecomposition:
    """Return the shortest pivoted-QR decomposition with error at most relative_error · ‖M‖.

    The error is that of the Frobenius norm, read off R exactly. Cost as `id_cpqr_to_rank`.

    Args:
        matrix: M, shape (n, m).
        relative_error: in (0, 1); asked for less than rounding, the numerical rank is used.
        with_floor: also compute the SVD floor, which costs more than the decomposition itself.

    Raises:
        OperatorDomainError: If M is not a finite matrix or the tolerance is outside (0, 1).

    >>> found = id_cpqr_to_tolerance([[1, 0, 1, 2], [0, 2, 2, 0], [0, 0, 0, 0.1]], 0.1)
    >>> found.columns
    array([2, 3])
    """
    M = as_matrix(matrix)
    if not 0 < relative_error < 1:
        raise OperatorDomainError(f"relative_error must be in (0, 1), but it is {relative_error}.")
    R, order = scipy.linalg.qr(M, mode="r", pivoting=True, check_finite=False)
    pivots = min(M.shape)
    row_squares = np.einsum("ij,ij->i", R[:pivots], R[:pivots])
    tails = np.sqrt(np.cumsum(row_squares[::-1])[::-1])  # tails[k]: the error of rank k
    reached = np.flatnonzero(tails <= relative_error * tails[0])
    r = int(reached[0]) if reached.size else pivots
    warnings: tuple[str, ...] = ()
    rank = numerical_rank(R)
    if r > max(rank, 1):
        r = max(rank, 1)
        warnings = ("relative_error is below rounding: stopped at the numerical rank.",)
    return _from_pivoted(M, R, order, max(r, 1), with_floor=with_floor, warnings=warnings)


def numerical_rank(R: FloatArray) -> int:
    """Return how many leading pivots of a pivoted R stand above rounding."""
    pivots = np.abs(np.diagonal(R))
    below = np.flatnonzero(pivots <= rank_tolerance(R.shape, R.dtype) * pivots[0])
    return int(below[0]) if below.size else int(pivots.size)


def interpolation_coefficients(R: FloatArray, order: IntArray, r: int) -> tuple[FloatArray, int]:
    """Return Z, shape (r, m), from the pivoted M[:, order] = Q R, and the rank it really uses.

    Where R[:r, :r] is singular to rounding, only its leading block is solved: the skeleton columns
    beyond it depend on the others and get no weight but in themselves.
    """
    used = min(r, numerical_rank(R))
    Z = np.zeros((r, R.shape[1]), dtype=R.dtype)
    Z[np.arange(r), order[:r]] = 1
    if used:
        Z[:used, order[r:]] = scipy.linalg.solve_triangular(
            R[:used, :used], R[:used, r:], check_finite=False
        )
    return Z, used


def decompose_by_basis(
    matrix: FloatArray, columns: IntArray, Q: FloatArray, R: FloatArray, *, with_floor: bool
) -> InterpolativeDecomposition:
    """Return the decomposition with Z = C⁺ M from the QR of the independent skeleton columns.

    Args:
        matrix: M, shape (n, m).
        columns: S, shape (r,); the first `used` are independent, the others add nothing.
        Q: orthonormal basis of those, shape (n, used).
        R: upper triangular with M[:, S[:used]] = Q R, shape (used, used).
        with_floor: also compute the SVD floor.
    """
    used, r = R.shape[0], columns.size
    weights = Q.T @ matrix  # (used, m)
    residual = Q @ weights
    np.subtract(matrix, residual, out=residual)
    residual[:, columns] = 0
    Z = np.zeros((r, matrix.shape[1]), dtype=matrix.dtype)
    if used:
        Z[:used] = scipy.linalg.solve_triangular(R, weights, check_finite=False)
    Z[:, columns] = np.eye(r, dtype=matrix.dtype)
    return finish_decomposition(
        matrix,
        columns,
        Z,
        error=float(np.linalg.norm(residual)),
        used=used,
        with_floor=with_floor,
    )


def padded_columns(columns: IntArray, r: int, m: int) -> IntArray:
    """Return r distinct indices below m: those given, then the first unused ones."""
    unused = np.setdiff1d(np.arange(m, dtype=np.intp), columns)
    return np.concatenate([columns, unused[: r - columns.size]]).astype(np.intp)


def finish_decomposition(
    matrix: FloatArray,
    columns: IntArray,
    coefficients: FloatArray,
    *,
    error: float,
    used: int,
    with_floor: bool,
    warnings: tuple[str, ...] = (),
) -> InterpolativeDecomposition:
    """Return the result with the floor beside its error and the warnings that every method shares.

    Args:
        matrix: M, shape (n, m).
        columns: S, shape (r,).
        coefficients: Z, shape (r, m).
        error: achieved Frobenius error.
        used: how many skeleton columns are independent to rounding.
        with_floor: also compute the SVD floor.
        warnings: those of the method itself.
    """
    r = columns.size
    largest = float(np.abs(coefficients).max())
    if used < r:
        warnings += (f"r = {r} is above the numerical rank {used}: the last columns add nothing.",)
    if largest > USUAL_COEFFICIENT_BOUND:
        warnings += (f"max |z| = {largest:.4g} is above the usual bound of 2.",)
    return InterpolativeDecomposition(
        columns=columns,
        coefficients=coefficients,
        error=error,
        svd_floor=svd_floor(matrix, r) if with_floor else None,
        max_abs_coefficient=largest,
        warnings=warnings,
    )


def _from_pivoted(
    M: FloatArray,
    R: FloatArray,
    order: IntArray,
    r: int,
    *,
    with_floor: bool,
    warnings: tuple[str, ...] = (),
) -> InterpolativeDecomposition:
    Z, used = interpolation_coefficients(R, order, r)
    return finish_decomposition(
        M,
        np.asarray(order[:r], dtype=np.intp),
        Z,
        error=float(np.linalg.norm(R[used:, r:])),
        used=used,
        with_floor=with_floor,
        warnings=warnings,
    )
