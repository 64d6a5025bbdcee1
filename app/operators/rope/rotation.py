"""Rotary position encoding in one, two and three dimensions (posts 8265, 8397, 10352).

Components are taken in neighbouring pairs (0, 1), (2, 3), ...; pair i is turned by the angle
position * theta_i. In two dimensions pairs take the row and the column position in turn, in three
the row, the column and the frame. If all share one list of frequencies, the 1D encoding at n is the
2D encoding at (n, n) and the 3D encoding at (n, n, n), exactly.

Angles are computed in float64 whatever the type of x: a float32 angle at position 1e5 would be off
by a hundredth.
"""

from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from app.operators.arrays import Float64Array, FloatArray, as_count, as_float_array, as_positive
from app.operators.errors import OperatorDomainError

DEFAULT_BASE = 10000.0


def rope_frequencies(
    dimension: SupportsIndex, *, base: float = DEFAULT_BASE, axes: SupportsIndex = 1
) -> FloatArray:
    """Return theta, shape (d/2,): one frequency for each pair of components.

    Args:
        dimension: d, divisible by 2 * axes.
        base: b, above 0.
        axes: 1 gives theta_i = b^{-2i/d}, the list that 1D, 2D and 3D can share (the author's
            preference); 2 or 3 gives pairs of different axes the same frequency,
            theta_{a j + c} = b^{-2 a j/d}: symmetric in the axes, but text is changed a little.

    Raises:
        OperatorDomainError: If the dimension is not divisible by 2 * axes.

    >>> rope_frequencies(4)
    array([1.  , 0.01])
    >>> rope_frequencies(8, axes=2)
    array([1.  , 1.  , 0.01, 0.01])
    """
    axes = as_count(axes, name="axes", low=1, high=3)
    d = as_count(dimension, name="dimension", low=1)
    _check_dimension(d, axes)
    pairs = np.arange(d // 2)
    return np.asarray(as_positive(base, name="base") ** (-2.0 * (pairs - pairs % axes) / d))


def rope_1d(
    x: npt.ArrayLike, position: npt.ArrayLike, *, theta: npt.ArrayLike | None = None
) -> FloatArray:
    """Return R_n x: every pair of components of x turned by n theta_i.

    Identities: the norm is kept; (R_m q) . (R_n k) = q . R_{n-m} k. R_n is orthogonal, so the
    vector-Jacobian product of a cotangent g is rope_1d(g, -n).

    Args:
        x: Shape (..., d), d even.
        position: n, any real number, of a shape that broadcasts with x's leading axes.
        theta: Frequencies, shape (d/2,); `rope_frequencies(d)` if left out.

    Returns:
        Shape of x broadcast with the positions, in the dtype of x.

    Raises:
        OperatorDomainError: If an input is not finite or the dimension does not fit.

    Cost: O(d) for each vector.

    >>> rope_1d([1.0, 0.0], np.pi / 2).round(6)
    array([0., 1.])
    """
    place = as_float_array(position, name="position", min_ndim=0)
    return _rotate(x, place[..., None], theta)


def rope_2d(
    x: npt.ArrayLike, position: npt.ArrayLike, *, theta: npt.ArrayLike | None = None
) -> FloatArray:
    """Return R_{x,y} x: even pairs turned by the first coordinate, odd pairs by the second.

    Identity: rope_2d(v, (n, n)) = rope_1d(v, n) for the same theta.

    Args:
        x: Shape (..., d), d divisible by 4.
        position: (row, column), shape (..., 2), leading axes broadcast with x's.
        theta: Frequencies, shape (d/2,); `rope_frequencies(d)` if left out.

    Raises:
        OperatorDomainError: If an input is not finite or a shape does not fit.

    Cost: O(d) for each vector.

    >>> rope_2d([1.0, 0.0, 1.0, 0.0], (0.0, 100 * np.pi)).round(6)
    array([ 1.,  0., -1.,  0.])
    """
    return _rotate(x, _coordinates(position, 2), theta)


def rope_3d(
    x: npt.ArrayLike, position: npt.ArrayLike, *, theta: npt.ArrayLike | None = None
) -> FloatArray:
    """Return R_{x,y,z} x: pair i turned by coordinate i mod 3 (row, column, frame).

    Identity: rope_3d(v, (n, n, n)) = rope_1d(v, n) for the same theta.

    Args:
        x: Shape (..., d), d divisible by 6.
        position: Shape (..., 3), leading axes broadcast with x's.
        theta: Frequencies, shape (d/2,); `rope_frequencies(d)` if left out.

    Raises:
        OperatorDomainError: If an input is not finite or a shape does not fit.

    Cost: O(d) for each vector.

    >>> rope_3d([1.0, 0.0, 1.0, 0.0, 1.0, 0.0], (np.pi, 0.0, 0.0)).round(6)
    array([-1.,  0.,  1.,  0.,  1.,  0.])
    """
    return _rotate(x, _coordinates(position, 3), theta)


def rope_matrix(
    dimension: SupportsIndex, position: npt.ArrayLike, *, theta: npt.ArrayLike | None = None
) -> FloatArray:
    """Return R as a (d, d) matrix, for a number or for 2 or 3 coordinates.

    Identities: R_m^T R_n = R_{n-m}; R R^T = 1. For inspection; rotating a vector costs O(d), not
    O(d^2), with `rope_1d`, `rope_2d`, `rope_3d`.

    Raises:
        OperatorDomainError: If the position has another shape or the dimension does not fit.

    >>> rope_matrix(2, np.pi / 2).round(6)
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    d = as_count(dimension, name="dimension", low=1)
    place = np.atleast_1d(as_float_array(position, name="position", min_ndim=0))
    if place.ndim != 1 or place.size > 3:
        raise OperatorDomainError("position must be a number or hold 2 or 3 coordinates.")
    return np.asarray(_rotate(np.eye(d), place, theta).T)


def relative_score(
    query: npt.ArrayLike,
    key: npt.ArrayLike,
    offsets: npt.ArrayLike,
    *,
    theta: npt.ArrayLike | None = None,
) -> FloatArray:
    """Return q . R_offset k for each offset: how attention decays with the distance.

    Args:
        query: q, shape (d,).
        key: k, shape (d,).
        offsets: Shape (..., a) with a = 1, 2 or 3 coordinates.
        theta: Frequencies, shape (d/2,); `rope_frequencies(d)` if left out.

    Returns:
        Shape (...).

    Raises:
        OperatorDomainError: If an input is not finite or a shape does not fit.

    >>> relative_score([1.0, 0.0], [1.0, 0.0], [[0.0], [np.pi]])
    array([ 1., -1.])
    """
    q = as_float_array(query, name="query")
    places = as_float_array(offsets, name="offsets")
    if not 1 <= places.shape[-1] <= 3:
        raise OperatorDomainError("offsets must hold 1, 2 or 3 coordinates along the last axis.")
    return np.asarray((_rotate(key, places, theta) * q).sum(axis=-1))


def _rotate(x: npt.ArrayLike, place: FloatArray, theta: npt.ArrayLike | None) -> FloatArray:
    """Rotate pair i of x, shape (..., d), by coordinate i mod a of `place`, shape (..., a)."""
    vector = as_float_array(x)
    d, axes = vector.shape[-1], place.shape[-1]
    _check_dimension(d, axes)
    frequencies = rope_frequencies(d) if theta is None else as_float_array(theta, name="theta")
    if frequencies.shape != (d // 2,):
        raise OperatorDomainError(f"theta must hold d/2 = {d // 2} frequencies.")
    angle: Float64Array = place.astype(np.float64)[..., np.arange(d // 2) % axes] * frequencies
    try:
        shape = np.broadcast_shapes(vector.shape[:-1], angle.shape[:-1])
    except ValueError as error:
        raise OperatorDomainError(
            f"Positions of shape {place.shape[:-1]} do not fit vectors of shape {vector.shape}."
        ) from error
    cosine, sine = np.cos(angle), np.sin(angle)
    rotated = np.empty((*shape, d), dtype=vector.dtype)
    even, odd = vector[..., 0::2], vector[..., 1::2]
    rotated[..., 0::2] = cosine * even - sine * odd
    rotated[..., 1::2] = sine * even + cosine * odd
    return rotated


def _coordinates(position: npt.ArrayLike, axes: int) -> FloatArray:
    place = as_float_array(position, name="position")
    if place.shape[-1] != axes:
        raise OperatorDomainError(
            f"position must hold {axes} coordinates along the last axis, not {place.shape[-1]}."
        )
    return place


def _check_dimension(d: int, axes: int) -> None:
    if d % (2 * axes):
        raise OperatorDomainError(
            f"The dimension must be divisible by {2 * axes} for {axes}-dimensional positions, "
            f"but it is {d}."
        )
