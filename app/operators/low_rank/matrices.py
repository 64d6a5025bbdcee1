"""Checked matrices, their column norms, and the Eckart–Young floor that no method can go below."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, IntArray, as_float_array
from app.operators.errors import OperatorDomainError

Indices: TypeAlias = Sequence[int] | IntArray


def as_matrix(values: npt.ArrayLike, *, name: str = "matrix") -> FloatArray:
    """Return a finite, non-empty matrix whose squared Frobenius norm is a normal number.

    Raises:
        OperatorDomainError: If it is not a matrix, not finite, or its squares overflow or vanish.
    """
    matrix = as_float_array(values, name=name, min_ndim=2)
    if matrix.ndim != 2:
        raise OperatorDomainError(f"{name} must be one matrix, but it has {matrix.ndim} axes.")
    with np.errstate(over="ignore", under="ignore"):
        squared_norm = float(np.vdot(matrix, matrix))
    vanishes = squared_norm < float(np.finfo(matrix.dtype).tiny) and bool(matrix.any())
    if vanishes or not np.isfinite(squared_norm):
        raise OperatorDomainError(
            f"The squares of {name} overflow or vanish; rescale it to entries around 1."
        )
    return matrix


def as_indices(values: Indices, *, size: int, name: str) -> IntArray:
    """Return distinct indices of 0..size−1, shape (r,), r ≥ 1.

    Raises:
        OperatorDomainError: If one is not an integer, out of range or repeated, or there is none.
    """
    indices = np.asarray(values)
    if indices.ndim != 1 or indices.size == 0 or indices.dtype.kind not in "iu":
        raise OperatorDomainError(f"{name} must be a non-empty list of integer indices.")
    if indices.min() < 0 or indices.max() >= size:
        raise OperatorDomainError(f"{name} must hold indices between 0 and {size - 1}.")
    if np.unique(indices).size != indices.size:
        raise OperatorDomainError(f"{name} repeats an index; give each one once.")
    return indices.astype(np.intp)


def column_norms(matrix: FloatArray) -> FloatArray:
    """Return the Euclidean norm of every column, shape (m,)."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", matrix, matrix)))


def rank_tolerance(shape: tuple[int, ...], dtype: npt.DTypeLike) -> float:
    """Return the relative size below which a pivot or singular value is rounding: max(n, m) ε."""
    return max(shape) * float(np.finfo(dtype).eps)


def svd_floor(matrix: npt.ArrayLike, r: int) -> float:
    """Return √(Σ_{i>r} σ_i²), the least Frobenius error of any rank-r approximation.

    O(n m min(n, m)) operations. Source: Eckart–Young–Mirsky; kexue.fm 10407.

    Args:
        matrix: M, shape (n, m).
        r: rank of the approximation, at least 0; above min(n, m) the floor is 0.

    Raises:
        OperatorDomainError: If M is not a finite matrix or r is negative.

    >>> round(svd_floor([[3, 0], [4, 5]], 1) ** 2, 12)
    5.0
    """
    if r < 0:
        raise OperatorDomainError(f"r must be at least 0, but it is {r}.")
    values = scipy.linalg.svdvals(as_matrix(matrix), check_finite=False)
    return float(np.linalg.norm(values[r:]))
