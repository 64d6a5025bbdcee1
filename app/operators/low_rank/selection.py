"""Which columns or rows to keep: leverage scores, and the DEIM points of a basis.

For rows give the transpose. Both depend on the singular vectors only through squares or absolute
values, so their signs do not matter. Source: kexue.fm 10662; DEIM-CUR: arXiv:1407.5516.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, IntArray, as_count
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.matrices import as_matrix, rank_tolerance


@dataclass(frozen=True, slots=True)
class LeverageScores:
    """How much each column takes part in the dominant right singular space of M (n × m)."""

    scores: FloatArray
    """‖V[i, :g]‖² in [0, 1], shape (m,); their sum is g."""
    rank: int
    """g, the number of singular vectors used."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


@dataclass(frozen=True, slots=True)
class DeimPoints:
    """The interpolation points of the columns of a basis."""

    indices: IntArray
    """Distinct row numbers in the order of choice, shape (r,)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def leverage_scores(matrix: npt.ArrayLike, g: int | None = None) -> LeverageScores:
    """Return the diagonal of H = V_g V_gᵀ, which is M⁺ M when g is the rank of M.

    Take the columns of the largest scores, or sample with p = scores / g. O(n m min(n, m)).

    Args:
        matrix: M, shape (n, m).
        g: number of dominant singular vectors; None: the numerical rank.

    Raises:
        OperatorDomainError: If M is not finite or zero, or g is below 1 or above the numerical
            rank, where singular vectors are arbitrary.

    >>> leverage_scores([[3.0, 0.0, 0.0], [0.0, 2.0, 0.0]]).scores
    array([1., 1., 0.])
    """
    M = as_matrix(matrix)
    _, values, vt = scipy.linalg.svd(M, full_matrices=False, check_finite=False)
    threshold = rank_tolerance(M.shape, M.dtype) * values[0]
    rank = int(np.sum(values > threshold))
    if rank == 0:
        raise OperatorDomainError("The matrix is zero: none of its columns has any leverage.")
    used = rank if g is None else as_count(g, name="g", low=1, high=rank)
    warnings: tuple[str, ...] = ()
    if used < values.size and values[used - 1] - values[used] <= threshold:
        warnings = (f"σ_{used} = σ_{used + 1}: the scores are not unique for g = {used}.",)
    return LeverageScores(np.einsum("ij,ij->j", vt[:used], vt[:used]), used, warnings)


def deim(basis: npt.ArrayLike, r: int) -> DeimPoints:
    """Return the rows where each column of V deviates most from what the columns before explain.

    Starts with argmax |V[:, 0]|; then, for the residual V[:, k] − V[:, :k] V[S, :k]⁻¹ V[S, k],
    which is zero on S, adds the argmax of its size: greedily a large |det V[S, :r]|. The residuals
    of all columns are updated at once, as in Gaussian elimination: O(m r²) in place of
    O(m r² + r⁴). Where a block is singular its dependent column is left out of the solution, as
    the pseudo-inverse does, and the lowest unused row stands in.

    Args:
        basis: V, shape (m, c), columns in order of importance (singular vectors).
        r: points, 1 ≤ r ≤ min(m, c).

    Raises:
        OperatorDomainError: If V is not a finite matrix or r is out of range.

    >>> deim([[0.6, 0.8], [0.8, -0.6], [0.0, 0.0]], 2).indices
    array([1, 0])
    """
    V = as_matrix(basis, name="basis")
    as_count(r, name="r", low=1, high=min(V.shape))
    residual = V[:, :r].copy()
    scale = np.abs(residual).max(axis=0)  # (r,)
    tolerance = rank_tolerance(V.shape, V.dtype)
    free = np.ones(V.shape[0], dtype=np.bool_)
    indices: list[int] = []
    dependent = 0
    for k in range(r):
        sizes = np.where(free, np.abs(residual[:, k]), -1.0)
        point = int(np.argmax(sizes))
        if sizes[point] > tolerance * scale[k]:
            factors = residual[point, k + 1 :] / residual[point, k]
            residual[:, k + 1 :] -= np.outer(residual[:, k], factors)
        else:
            point = int(np.argmax(free))
            dependent += 1
        free[point] = False
        indices.append(point)
    warnings: tuple[str, ...] = ()
    if dependent:
        warnings = (f"{dependent} columns depend on those before; rows were filled in for them.",)
    return DeimPoints(np.asarray(indices, dtype=np.intp), warnings)
