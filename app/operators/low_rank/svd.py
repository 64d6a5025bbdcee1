"""The best low-rank approximation: the first terms of the singular value decomposition.

Source: kexue.fm 10407; Eckart–Young–Mirsky.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, as_count
from app.operators.low_rank.matrices import as_matrix, rank_tolerance


@dataclass(frozen=True, slots=True)
class TruncatedSvd:
    """The first r singular triples of M (n × m) and what they leave out."""

    u: FloatArray
    """Left singular vectors, shape (n, r); each pair (u_i, v_i) is determined up to a sign."""
    singular_values: FloatArray
    """σ₁ ≥ … ≥ σ_r, shape (r,)."""
    vt: FloatArray
    """Right singular vectors as rows, shape (r, m)."""
    error: float
    """√(Σ_{i>r} σ_i²), the Frobenius error; no matrix of rank r does better."""
    spectral_error: float
    """σ_{r+1}, the error in the spectral norm, also the least possible; 0 if r = min(n, m)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""

    def approximation(self) -> FloatArray:
        """Return U_r Σ_r V_rᵀ, shape (n, m)."""
        return (self.u * self.singular_values) @ self.vt


def svd_approx(matrix: npt.ArrayLike, r: int) -> TruncatedSvd:
    """Return the best rank-r approximation of M in the Frobenius and in the spectral norm.

    ‖M‖_F² = Σ σ_i² and ‖M‖₂ = σ₁ ≤ ‖M‖_F. O(n m min(n, m)).

    Args:
        matrix: M, shape (n, m).
        r: number of triples, 1 ≤ r ≤ min(n, m).

    Raises:
        OperatorDomainError: If M is not a finite matrix or r is out of range.

    >>> best = svd_approx([[3, 0], [4, 5]], 1)
    >>> best.approximation().round(12)
    array([[1.5, 1.5],
           [4.5, 4.5]])
    >>> round(best.error**2, 12)
    5.0
    """
    M = as_matrix(matrix)
    as_count(r, name="r", low=1, high=min(M.shape))
    u, values, vt = scipy.linalg.svd(M, full_matrices=False, check_finite=False)
    warnings: tuple[str, ...] = ()
    threshold = rank_tolerance(M.shape, M.dtype) * values[0]
    if values[r - 1] <= threshold:
        rank = int(np.sum(values > threshold))
        warnings = (f"r = {r} is above the numerical rank {rank}: the last terms are rounding.",)
    elif r < values.size and values[r - 1] - values[r] <= threshold:
        warnings = (f"σ_{r} = σ_{r + 1}: the best approximation of rank {r} is not unique.",)
    return TruncatedSvd(
        u=u[:, :r],
        singular_values=values[:r],
        vt=vt[:r],
        error=float(np.linalg.norm(values[r:])),
        spectral_error=float(values[r]) if r < values.size else 0.0,
        warnings=warnings,
    )
