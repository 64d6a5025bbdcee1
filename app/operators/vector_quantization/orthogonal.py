"""Orthogonal matrices that take one direction to another: rotation, reflection, symmetric map.

They agree on where a goes and differ elsewhere. All formulas divide by |a + b|² or |a − b|² of
unit vectors, computed as such, because 1 ± cos t loses its digits where they matter.

Source: kexue.fm 8453 (arXiv:1905.12752, 1812.01608) and 10489.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.operators.arrays import BoolArray, FloatArray
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization.straight_through import as_pair

ANTIPODAL_THRESHOLD = 1e-6
"""1 + cos t below which the rotation is not determined: every plane through z would do."""


@dataclass(frozen=True, slots=True)
class OrthogonalMap:
    """Orthogonal matrices T with T a/|a| = b/|b|."""

    matrix: FloatArray
    """T, shape (..., d, d)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def rotation_matrix(z: npt.ArrayLike, q: npt.ArrayLike) -> OrthogonalMap:
    """Return R = I + 2 q̂ ẑᵀ − (q̂ + ẑ)(q̂ + ẑ)ᵀ/(1 + cos t), the rotation in the plane of z and q.

    R ẑ = q̂, RᵀR = I, det R = 1, tr R = d − 2 + 2 cos t, identity on the complement of span(z, q).
    Opposite vectors (1 + cos t < 1e-6) get the reflection instead, with a warning.

    Args:
        z: shape (..., d), not zero.
        q: the shape of z, not zero.

    Raises:
        OperatorDomainError: If numbers are not finite, shapes differ or a vector is zero.

    >>> rotation_matrix([3.0, 4.0], [0.0, 2.0]).matrix.round(12)
    array([[ 0.8, -0.6],
           [ 0.6,  0.8]])
    """
    a, b = _as_directions(z, q)
    total = a + b
    opposite = np.asarray(half_square(total) < ANTIPODAL_THRESHOLD)
    rotation = _identity(a) + 2 * _outer(b, a) - 2 * _outer(*_twice(unit(total)))
    return _either(rotation, _reflection(a, b), opposite, "rotation")


def householder(a: npt.ArrayLike, b: npt.ArrayLike) -> OrthogonalMap:
    """Return I − (â − b̂)(â − b̂)ᵀ/(1 − cos t), the symmetric reflection that swaps a and b.

    det = −1. Where a and b have the same direction there is nothing to reflect: the identity is
    returned, with a warning.

    Args:
        a: shape (..., d), not zero.
        b: the shape of a, not zero.

    Raises:
        OperatorDomainError: If numbers are not finite, shapes differ or a vector is zero.

    >>> householder([1.0, 0.0], [0.0, 1.0]).matrix.round(12) + 0.0
    array([[0., 1.],
           [1., 0.]])
    """
    start, end = _as_directions(a, b)
    same = int(np.count_nonzero(~_normal(start, end).any(axis=-1)))
    warnings = (f"{same} pairs have one direction: the identity.",) if same else ()
    return OrthogonalMap(_reflection(start, end), warnings)


def symmetric_orth(a: npt.ArrayLike, b: npt.ArrayLike) -> OrthogonalMap:
    """Return (â + b̂)(â + b̂)ᵀ/(1 + cos t) − I, the simplest symmetric map that swaps a and b.

    det = (−1)^(d−1). Opposite vectors (1 + cos t < 1e-6) get the reflection, with a warning.

    Args:
        a: shape (..., d), not zero.
        b: the shape of a, not zero.

    Raises:
        OperatorDomainError: If numbers are not finite, shapes differ or a vector is zero.

    >>> symmetric_orth([1.0, 0.0], [0.0, 1.0]).matrix.round(12) + 0.0
    array([[0., 1.],
           [1., 0.]])
    """
    start, end = _as_directions(a, b)
    total = start + end
    opposite = np.asarray(half_square(total) < ANTIPODAL_THRESHOLD)
    symmetric = 2 * _outer(*_twice(unit(total))) - _identity(start)
    return _either(symmetric, _reflection(start, end), opposite, "symmetric map")


def unit(vectors: FloatArray) -> FloatArray:
    """Return the vectors divided by their length; zero vectors stay zero."""
    # Divided by the largest entry first, so that squares neither overflow nor vanish.
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    scaled = vectors / np.where(largest > 0, largest, 1)
    length = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return np.asarray(scaled / np.where(length > 0, length, 1))


def half_square(vectors: FloatArray) -> FloatArray:
    """Return ‖v‖²/2, shape (...), which for v = â ± b̂ is 1 ± cos t without cancellation."""
    return np.asarray(np.einsum("...i,...i->...", vectors, vectors) / 2)


def _as_directions(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    start, end = as_pair(a, b)
    if not (start.any(axis=-1).all() and end.any(axis=-1).all()):
        raise OperatorDomainError("A zero vector has no direction; give vectors that are not zero.")
    return unit(start), unit(end)


def _reflection(a: FloatArray, b: FloatArray) -> FloatArray:
    return _identity(a) - 2 * _outer(*_twice(_normal(a, b)))


def _normal(a: FloatArray, b: FloatArray) -> FloatArray:
    # a − b is orthogonal to a + b in theory; enforced, because rounding rules where a ≈ b.
    difference, bisector = a - b, unit(a + b)
    along = np.einsum("...i,...i->...", bisector, difference)[..., None]
    return unit(difference - bisector * along)


def _either(
    regular: FloatArray, reflection: FloatArray, opposite: BoolArray, name: str
) -> OrthogonalMap:
    if not opposite.any():
        return OrthogonalMap(regular)
    warning = (
        f"{np.count_nonzero(opposite)} opposite pairs have no unique {name}: reflected instead."
    )
    return OrthogonalMap(np.where(opposite[..., None, None], reflection, regular), (warning,))


def _identity(vectors: FloatArray) -> FloatArray:
    return np.eye(vectors.shape[-1], dtype=vectors.dtype)


def _outer(left: FloatArray, right: FloatArray) -> FloatArray:
    return np.asarray(left[..., :, None] * right[..., None, :])


def _twice(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    return vectors, vectors
