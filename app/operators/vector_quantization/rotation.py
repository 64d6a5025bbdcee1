"""The rotation trick: carry the gradient from code to encoding by rotation and scaling.

G = (|q|/|z|) R with the rotation R of ẑ to q̂, so z_q = sg[G] z = q forwards and Gᵀ g backwards.
What always holds: |g_z|/|g_q| = |q|/|z| and cos(g_z, z) = cos(g_q, q). Often stated, but true only
for gradients inside span(z, q): the angle between g_q and g_z equals that between z and q. In
general cos(g_q, g_z) = 1 − (1 − cos t) f, with f the squared share of g_q in that plane.

The author's verdict: gains are reported, but where |q| ≪ |z| at the start the reconstruction
gradient shrinks by that factor and the commitment term can pull everything to zero; start the
codebook from k-means of encodings. A rotation also needs an origin, which k-means does not have.

Source: kexue.fm 10489; arXiv:2410.06424.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, IntArray
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization.orthogonal import (
    ANTIPODAL_THRESHOLD,
    half_square,
    unit,
)
from app.operators.vector_quantization.straight_through import as_gradient_like, as_pair

ROTATION, STRAIGHT_THROUGH, REFLECTION = 0, 1, 2
"""Values of `RotationTrick.maps`."""

SMALL_SCALE = 0.1
"""|q|/|z| below which the shrunken gradient is worth a warning."""


@dataclass(frozen=True, slots=True)
class RotationTrick:
    """The value q and the linear map G = scale (I + 2 q̂ ẑᵀ − 2 s sᵀ), kept as vectors: O(d)."""

    value: FloatArray
    """z_q = q, shape (..., d)."""
    cosine: FloatArray
    """cos t of z and q in [−1, 1], shape (...); 0 where one of them is zero."""
    scale: FloatArray
    """|q|/|z|, shape (...); 1 where the map is straight through."""
    maps: IntArray
    """`ROTATION`, `STRAIGHT_THROUGH` or `REFLECTION`, shape (...)."""
    z_direction: FloatArray
    """ẑ, shape (..., d)."""
    q_direction: FloatArray
    """q̂, shape (..., d); zero where the map is not a rotation."""
    mirror: FloatArray
    """s, shape (..., d): the unit bisector of a rotation, the unit normal of a reflection."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""

    def apply(self, vectors: npt.ArrayLike) -> FloatArray:
        """Return G v, shape (..., d); G z = q wherever both have a direction."""
        return self._transported(vectors, self.q_direction, self.z_direction)

    def vjp(self, gradient: npt.ArrayLike) -> FloatArray:
        """Return Gᵀ g, shape (..., d): ∂L/∂z from ∂L/∂z_q."""
        return self._transported(gradient, self.z_direction, self.q_direction)

    def matrix(self) -> FloatArray:
        """Return G, shape (..., d, d), for looking at; the methods above never form it."""
        s = self.mirror
        plane = self.q_direction[..., :, None] * self.z_direction[..., None, :]
        identity = np.eye(s.shape[-1], dtype=s.dtype)
        rotation = identity + 2 * plane - 2 * s[..., :, None] * s[..., None, :]
        return np.asarray(self.scale[..., None, None] * rotation)

    def _transported(self, values: npt.ArrayLike, to: FloatArray, along: FloatArray) -> FloatArray:
        v = as_gradient_like(values, self.value)
        turned = v + 2 * to * _dot(along, v) - 2 * self.mirror * _dot(self.mirror, v)
        return np.asarray(self.scale[..., None] * turned)


def rotation_trick(z: npt.ArrayLike, q: npt.ArrayLike) -> RotationTrick:
    """Return the value q and the map whose transpose carries gradients from q to z. O(d) each.

    Where z or q is zero there is no direction and the map is straight through; where they are
    opposite (1 + cos t < 1e-6) it is the scaled reflection. Both are reported.

    Args:
        z: encodings, shape (..., d).
        q: their codes, the shape of z.

    Raises:
        OperatorDomainError: If numbers are not finite, shapes differ or |q|/|z| overflows.

    >>> trick = rotation_trick([3.0, 4.0], [0.0, 2.0])
    >>> trick.matrix().round(12)
    array([[ 0.32, -0.24],
           [ 0.24,  0.32]])
    >>> trick.vjp([1.0, 0.0]).round(12)
    array([ 0.32, -0.24])
    """
    vectors, codes = as_pair(z, q)
    a, b = unit(vectors), unit(codes)
    directed = np.asarray(vectors.any(axis=-1) & codes.any(axis=-1))
    opposite = np.asarray(directed & (half_square(a + b) < ANTIPODAL_THRESHOLD))
    maps = np.where(directed, np.where(opposite, REFLECTION, ROTATION), STRAIGHT_THROUGH)
    mirror = unit(np.where(opposite[..., None], a - b, a + b))
    scale = np.where(directed, _length_ratio(vectors, codes), 1).astype(vectors.dtype)
    if not np.isfinite(scale).all():
        raise OperatorDomainError("|q|/|z| overflows; rescale the encodings or the codebook.")
    return RotationTrick(
        value=codes.copy(),
        cosine=np.asarray(np.clip(np.einsum("...i,...i->...", a, b), -1, 1)),
        scale=scale,
        maps=maps.astype(np.intp),
        z_direction=a,
        q_direction=np.where((maps == ROTATION)[..., None], b, 0).astype(b.dtype),
        mirror=np.where(directed[..., None], mirror, 0).astype(a.dtype),
        warnings=_warnings(maps, scale),
    )


def _length_ratio(z: FloatArray, q: FloatArray) -> FloatArray:
    z_largest, q_largest = np.abs(z).max(axis=-1), np.abs(q).max(axis=-1)
    z_safe, q_safe = np.where(z_largest > 0, z_largest, 1), np.where(q_largest > 0, q_largest, 1)
    z_length = np.linalg.norm(z / z_safe[..., None], axis=-1)
    q_length = np.linalg.norm(q / q_safe[..., None], axis=-1)
    with np.errstate(over="ignore"):
        ratio = q_safe / z_safe * (q_length / np.where(z_length > 0, z_length, 1))
    return np.asarray(ratio)


def _warnings(maps: IntArray, scale: FloatArray) -> tuple[str, ...]:
    found = []
    straight = int(np.count_nonzero(maps == STRAIGHT_THROUGH))
    if straight:
        found.append(f"{straight} pairs with a zero vector have no direction: straight through.")
    opposite = int(np.count_nonzero(maps == REFLECTION))
    if opposite:
        found.append(f"{opposite} opposite pairs have no unique rotation: reflected instead.")
    if (scale < SMALL_SCALE).any():
        found.append("|q| is below a tenth of |z| somewhere: the gradient shrinks by that factor.")
    return tuple(found)


def _dot(left: FloatArray, right: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("...i,...i->...", left, right)[..., None])
