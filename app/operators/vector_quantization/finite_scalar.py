"""Finite scalar quantisation: each coordinate rounded to one of L levels; no codebook, no loss.

round((L − 1) σ(t)) in {0..L−1}, with the sigmoid the post prefers to the paper's tanh. The rounding
rule is numpy's: halves go to the even neighbour. It shows where L is even and t = 0: L = 2 gives 0
and L = 6 gives 2, while "half up" (JavaScript, C) would give 1 and 3.

Advice of the post: L ≥ 5; d = log_L K is usually a single digit; about equal to a codebook at
K ≈ 1000, better far above, worse below.

Source: kexue.fm 9826; arXiv:2309.15505.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import scipy.special

from app.operators.arrays import FloatArray, IntArray, as_float_array
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization.straight_through import as_gradient_like

RECOMMENDED_LEVELS = MappingProxyType(
    {
        2**8: (8, 6, 5),
        2**10: (8, 5, 5, 5),
        2**12: (7, 5, 5, 5, 5),
        2**14: (8, 8, 8, 6, 5),
        2**16: (8, 8, 8, 5, 5, 5),
    }
)
"""Level sets of about K codes, from arXiv:2309.15505, table 1."""

SATURATED_SLOPE = 1e-6
"""σ'(t) below which a coordinate learns nothing any more: |t| > 13.8."""

Levels = int | Sequence[int] | IntArray


@dataclass(frozen=True, slots=True)
class FsqCodes:
    """Levels of each coordinate, and the gradient straight through the rounding."""

    codes: IntArray
    """round((L − 1) σ(t)), shape (..., d)."""
    bounded: FloatArray
    """(L − 1) σ(t) before rounding, shape (..., d)."""
    slope: FloatArray
    """(L − 1) σ'(t), shape (..., d)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""

    def vjp(self, gradient: npt.ArrayLike) -> FloatArray:
        """Return (L − 1) σ'(t) g, shape (..., d): the gradient of (L−1)σ(t) + sg[round − same]."""
        return self.slope * as_gradient_like(gradient, self.slope)


def fsq(z: npt.ArrayLike, levels: Levels) -> FsqCodes:
    """Return the levels of every coordinate and the gradient straight through. O(d).

    Args:
        z: t, shape (..., d).
        levels: L ≥ 2 for all coordinates, or one for each, shape (d,).

    Raises:
        OperatorDomainError: If z is not finite, a level is below 2 or their number is not d.

    >>> fsq([-3, -1, -0.2, 0, 0.7, 2, 4], 5).codes
    array([0, 1, 2, 2, 3, 4, 4])
    """
    t = as_float_array(z, name="z")
    top = (as_levels(levels, t.shape[-1]) - 1).astype(t.dtype)
    sigmoid = scipy.special.expit(t)
    # σ' as σ(t) σ(−t): 1 − σ would lose all its digits where σ is near 1.
    derivative = sigmoid * scipy.special.expit(-t)
    bounded = np.asarray(top * sigmoid)
    warnings: tuple[str, ...] = ()
    saturated = int(np.count_nonzero(derivative < SATURATED_SLOPE))
    if saturated:
        warnings = (f"{saturated} coordinates saturate the sigmoid: their gradient is zero.",)
    return FsqCodes(
        codes=np.rint(bounded).astype(np.intp),
        bounded=bounded,
        slope=np.asarray(top * derivative),
        warnings=warnings,
    )


def fsq_bin_edges(L: int) -> FloatArray:
    """Return the t at which the level changes, logit((j + ½)/(L − 1)), shape (L − 1,).

    Raises:
        OperatorDomainError: If L is below 2.

    >>> fsq_bin_edges(5).round(6)
    array([-1.94591 , -0.510826,  0.510826,  1.94591 ])
    """
    top = int(as_levels(L, 1)[0]) - 1
    return np.asarray(scipy.special.logit((np.arange(top) + 0.5) / top))


def fsq_index(code: npt.ArrayLike, levels: Levels) -> IntArray:
    """Return the number of each code in mixed radix, first coordinate fastest, shape (...).

    The inverse of `fsq_decode`. With L = [8, 5, 5, 5] the basis is [1, 8, 40, 200].

    Args:
        code: levels of each coordinate, shape (..., d).
        levels: L ≥ 2 for all coordinates, or one for each, shape (d,).

    Raises:
        OperatorDomainError: If a coordinate is no integer or not in 0..L−1, or the number of codes
            does not fit 63 bits.

    >>> int(fsq_index([3, 0, 4, 2], [8, 5, 5, 5]))
    563
    """
    coordinates = np.asarray(code)
    if coordinates.ndim == 0 or coordinates.size == 0 or coordinates.dtype.kind not in "iu":
        raise OperatorDomainError("code must hold integer levels, at least one coordinate.")
    radices = as_levels(levels, coordinates.shape[-1])
    if (coordinates < 0).any() or (coordinates >= radices).any():
        raise OperatorDomainError("A level is not between 0 and L - 1 of its coordinate.")
    return np.asarray(coordinates.astype(np.int64) @ _basis(radices))


def fsq_decode(index: npt.ArrayLike, levels: Sequence[int] | IntArray) -> IntArray:
    """Return the levels of each coordinate from a code number, shape (...) gives (..., d).

    Args:
        index: code numbers in 0..ΠL−1, any shape.
        levels: L ≥ 2 of each coordinate, shape (d,).

    Raises:
        OperatorDomainError: If a number is no integer or out of range, a level is below 2 or the
            number of codes does not fit 63 bits.

    >>> fsq_decode(563, [8, 5, 5, 5])
    array([3, 0, 4, 2])
    """
    radices = as_levels(levels, np.size(levels))
    numbers = np.asarray(index)
    if numbers.size == 0 or numbers.dtype.kind not in "iu":
        raise OperatorDomainError("index must hold at least one integer code number.")
    basis = _basis(radices)
    if (numbers < 0).any() or (numbers >= int(basis[-1]) * int(radices[-1])).any():
        raise OperatorDomainError("A code number is not between 0 and the product of levels - 1.")
    return np.asarray(numbers.astype(np.int64)[..., None] // basis % radices)


def as_levels(levels: Levels, d: int) -> IntArray:
    """Return one level count per coordinate, shape (d,).

    Raises:
        OperatorDomainError: If one is no integer or below 2, or there are not d of them.
    """
    counts = np.asarray(levels)
    if counts.ndim > 1 or counts.size == 0 or counts.dtype.kind not in "iu":
        raise OperatorDomainError("levels must be one integer, or one for each coordinate.")
    if (counts < 2).any():
        raise OperatorDomainError("A coordinate needs at least 2 levels; 5 or more are advised.")
    if counts.ndim == 1 and counts.size != d:
        raise OperatorDomainError(f"levels holds {counts.size} numbers for {d} coordinates.")
    return np.broadcast_to(counts, (d,)).astype(np.int64)


def _basis(radices: IntArray) -> IntArray:
    powers = [1]
    for radix in radices.tolist():
        powers.append(powers[-1] * radix)
    if powers[-1] > np.iinfo(np.int64).max:
        raise OperatorDomainError("The product of levels does not fit 63 bits; use fewer levels.")
    return np.asarray(powers[:-1], dtype=np.int64)
