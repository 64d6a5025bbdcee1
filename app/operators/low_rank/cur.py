"""CUR: M ≈ C U R with C = M[:, S₁] and R = M[S₂, :], in the matrix's own columns and rows.

The optimal U is C⁺ M R⁺. The intersection U = M[S₂, S₁]⁺ needs only the chosen rows and columns,
and reproduces them exactly when the block is invertible: the rest is completed by C A⁻¹ B. S₁ and
S₂ may differ in size; choose them by `deim`, `leverage_scores`, pivoted QR or norms.

Source: kexue.fm 10662; arXiv:1407.5516.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, IntArray
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.matrices import (
    Indices,
    as_indices,
    as_matrix,
    rank_tolerance,
    svd_floor,
)
from app.operators.low_rank.pseudo_inverse import pinv


@dataclass(frozen=True, slots=True)
class CurDecomposition:
    """Chosen columns and rows of M (n × m) and the small matrix between them."""

    columns: IntArray
    """S₁, shape (c,)."""
    rows: IntArray
    """S₂, shape (s,)."""
    u: FloatArray
    """U, shape (c, s)."""
    error: float
    """‖M − C U R‖ in the Frobenius norm."""
    svd_floor: float | None
    """Least possible error at rank min(c, s); None if it was not asked for."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""

    def approximation(self, matrix: npt.ArrayLike) -> FloatArray:
        """Return C U R, shape (n, m), for the decomposed matrix."""
        M = as_matrix(matrix)
        return np.asarray(M[:, self.columns] @ self.u @ M[self.rows])


def cur(
    matrix: npt.ArrayLike,
    columns: Indices,
    rows: Indices,
    mode: Literal["optimal", "intersection"],
    *,
    with_floor: bool = True,
) -> CurDecomposition:
    """Return C U R with the optimal or the intersection U.

    Optimal costs two pseudo-inverses and O(n m c); intersection only one of an s × c block.

    Args:
        matrix: M, shape (n, m).
        columns: S₁, distinct column numbers, shape (c,).
        rows: S₂, distinct row numbers, shape (s,).
        mode: ``optimal`` for the least error, ``intersection`` to reproduce rows and columns.
        with_floor: also compute the SVD floor.

    Raises:
        OperatorDomainError: If M is not a finite matrix, an index is out of range or repeated, or
            the mode is unknown.

    >>> matrix = [[1, 2, 3], [2, 4, 7], [1, 1, 1]]
    >>> round(cur(matrix, [0, 1], [0, 2], "intersection").error ** 2, 9)
    1.0
    """
    M = as_matrix(matrix)
    S1 = as_indices(columns, size=M.shape[1], name="columns")
    S2 = as_indices(rows, size=M.shape[0], name="rows")
    C, R = M[:, S1], M[S2]
    block = M[np.ix_(S2, S1)]
    warnings: tuple[str, ...] = ()
    U: FloatArray
    if mode == "optimal":
        U = pinv(C) @ M @ pinv(R)
    elif mode == "intersection":
        U = pinv(block)
        rank = int(np.linalg.matrix_rank(block, rtol=rank_tolerance(block.shape, block.dtype)))
        if rank < min(block.shape):
            warnings = (
                f"The intersection is singular (rank {rank}): chosen rows may not be reproduced.",
            )
    else:
        raise OperatorDomainError(f"Unknown mode {mode!r}: use optimal or intersection.")
    return CurDecomposition(
        columns=S1,
        rows=S2,
        u=U,
        error=float(np.linalg.norm(M - C @ U @ R)),
        svd_floor=svd_floor(M, min(S1.size, S2.size)) if with_floor else None,
        warnings=warnings,
    )
