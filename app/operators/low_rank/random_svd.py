"""The first terms of the singular value decomposition of a large, possibly sparse matrix.

Source: kexue.fm 10427 and 10501 for what low rank is good for; Halko, Martinsson, Tropp (2011),
algorithms 4.4 and 5.1. Only products with the matrix are needed, so a sparse one stays sparse.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import scipy.linalg

from app.operators.arrays import FloatArray, as_count


class MatrixLike(Protocol):
    """What is needed of a matrix: numpy's arrays and scipy's sparse ones have it."""

    shape: tuple[int, ...]

    @property
    def T(self) -> Any:  # noqa: N802  # numpy's name
        """The transpose."""
        ...

    def __matmul__(self, other: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class RandomSvd:
    """Approximate leading singular values and right vectors of M (n × m)."""

    singular_values: FloatArray
    """σ₁ ≥ … ≥ σ_r, shape (r,); each at most the true one, but for rounding."""
    vt: FloatArray
    """Right singular vectors as orthonormal rows, shape (r, m)."""


def svd_random(
    matrix: MatrixLike,
    r: int,
    rng: np.random.Generator,
    *,
    oversampling: int = 16,
    iterations: int = 3,
) -> RandomSvd:
    """Return the leading r singular values and right vectors, by subspace iteration.

    The range of M is found from M Ω with a Gaussian Ω (m × (r + oversampling)) and sharpened by
    products with MᵀM, orthonormalised each time. 2 (iterations + 1) products with M.

    Args:
        matrix: M, shape (n, m), of float32 or float64.
        r: number of triples, 1 ≤ r ≤ min(n, m).
        rng: source of Ω.
        oversampling: further columns of Ω, which make the last triples more exact.
        iterations: how often the range is sharpened; 0 when the spectrum falls fast.

    Raises:
        OperatorDomainError: If r, oversampling or iterations are out of range.

    >>> low = svd_random(np.diag([3.0, 2.0, 0.0, 0.0]), 2, np.random.default_rng(0))
    >>> low.singular_values.round(12)
    array([3., 2.])
    """
    n, m = matrix.shape
    as_count(r, name="r", low=1, high=min(n, m))
    as_count(oversampling, name="oversampling", low=0, high=10_000)
    as_count(iterations, name="iterations", low=0, high=1_000)
    width = min(r + oversampling, n, m)
    start = rng.standard_normal((m, width), dtype=np.float32)
    basis = _orthonormalise(matrix @ start)
    for _ in range(iterations):
        basis = _orthonormalise(matrix @ _orthonormalise(matrix.T @ basis))
    _u, values, vt = scipy.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return RandomSvd(singular_values=values[:r], vt=vt[:r])


def _orthonormalise(columns: Any) -> FloatArray:
    basis: FloatArray = scipy.linalg.qr(np.asarray(columns), mode="economic")[0]
    return basis
