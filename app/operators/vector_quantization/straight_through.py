"""Straight-through estimators: a value forwards, another map's gradient backwards.

z_q = sg[G] z + sg[q − G z] has the value q and the Jacobian G with respect to z. A stop-gradient
has no meaning in numpy, so value and vector–Jacobian product are returned as a pair. Convention:
gradients are columns, so G acts as Gᵀ g on the left.

Source: kexue.fm 6760 and 10489; arXiv:1308.3432.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, as_float_array
from app.operators.errors import OperatorDomainError


@dataclass(frozen=True, slots=True)
class ValueAndVjp:
    """What a stop-gradient expression is forwards, and what it does to a gradient backwards."""

    value: FloatArray
    """z_q, shape (..., d)."""
    vjp: Callable[[npt.ArrayLike], FloatArray]
    """Takes ∂L/∂z_q, shape (..., d), to ∂L/∂z, shape (..., d); q receives nothing."""


def ste(z: npt.ArrayLike, q: npt.ArrayLike) -> ValueAndVjp:
    """Return z + sg[q − z]: the value q, the gradient of the identity.

    All z of one cell receive the same gradient. With q = f(z) for an element-wise f it gives f the
    slope 1 everywhere.

    Args:
        z: shape (..., d).
        q: the shape of z.

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes differ.

    >>> pair = ste([-1.0, 2.0], [0.0, 2.0])  # the rectifier, straight through
    >>> pair.value, pair.vjp([1.0, 1.0])
    (array([0., 2.]), array([1., 1.]))
    """
    vectors, codes = as_pair(z, q)

    def vjp(gradient: npt.ArrayLike) -> FloatArray:
        return as_gradient_like(gradient, vectors).copy()

    return ValueAndVjp(codes.copy(), vjp)


def ste_general(z: npt.ArrayLike, q: npt.ArrayLike, G: npt.ArrayLike) -> ValueAndVjp:
    """Return sg[G] z + sg[q − G z]: the value q, the gradient Gᵀ g.

    Args:
        z: shape (..., d).
        q: the shape of z.
        G: one matrix, (d, d), or one for each vector, (..., d, d).

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes do not fit.

    >>> ste_general([3.0, 4.0], [0.0, 2.0], [[0, 1], [-1, 0]]).vjp([1.0, 0.0])
    array([0., 1.])
    """
    vectors, codes = as_pair(z, q)
    matrices = as_float_array(G, name="G", min_ndim=2)
    d = vectors.shape[-1]
    if matrices.shape not in ((d, d), (*vectors.shape, d)):
        raise OperatorDomainError(
            f"G must have shape ({d}, {d}) or {(*vectors.shape, d)}; got {matrices.shape}."
        )

    def vjp(gradient: npt.ArrayLike) -> FloatArray:
        g = as_gradient_like(gradient, vectors)
        return np.asarray(np.einsum("...ij,...i->...j", matrices, g))

    return ValueAndVjp(codes.copy(), vjp)


def as_pair(z: npt.ArrayLike, q: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return z and q as float arrays of one shape (..., d).

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes differ.
    """
    vectors, codes = as_float_array(z, name="z"), as_float_array(q, name="q")
    if vectors.shape != codes.shape:
        raise OperatorDomainError(
            f"z and q must have the same shape; got {vectors.shape} and {codes.shape}."
        )
    return vectors, codes


def as_gradient_like(gradient: npt.ArrayLike, vectors: FloatArray) -> FloatArray:
    """Return the gradient as a float array in the shape of the vectors it belongs to.

    Raises:
        OperatorDomainError: If numbers are not finite or the shape differs.
    """
    g = as_float_array(gradient, name="gradient")
    if g.shape != vectors.shape:
        raise OperatorDomainError(
            f"The gradient must have the shape {vectors.shape} of z; got {g.shape}."
        )
    return g
