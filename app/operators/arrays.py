"""Checked inputs: finite float arrays, temperatures, counts and class indices.

Every operator takes its arguments through these functions, so that a wrong input always ends in an
`OperatorDomainError` with one sentence, never in a NaN.
"""

import math
import operator
from typing import SupportsIndex, TypeAlias

import numpy as np
import numpy.typing as npt

from app.operators.errors import OperatorDomainError

FloatArray: TypeAlias = npt.NDArray[np.floating]
Float64Array: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.intp]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def as_float_array(values: npt.ArrayLike, *, name: str = "x", min_ndim: int = 1) -> FloatArray:
    """Return `values` as a finite, non-empty float array.

    float32 and float64 stay what they are; every other real type becomes float64. The data is
    copied only when its type changes.

    Args:
        values: Anything that numpy can turn into a real array, any shape.
        name: What the sentence of an error calls the argument.
        min_ndim: Least number of axes (1: at least a vector).

    Raises:
        OperatorDomainError: If the values are not real numbers, ragged, empty, NaN or infinite, or
            have fewer than `min_ndim` axes.

    >>> as_float_array([1, 2]).dtype
    dtype('float64')
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise OperatorDomainError(f"{name} must be rectangular, every row as long.") from error
    if array.dtype.kind not in "biuf":
        raise OperatorDomainError(f"{name} must hold real numbers, not values of {array.dtype}.")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if array.ndim < min_ndim:
        raise OperatorDomainError(
            f"{name} must have at least {min_ndim} axes, but it has {array.ndim}."
        )
    if array.size == 0:
        raise OperatorDomainError(f"{name} is empty; give at least one number.")
    if not np.isfinite(array).all():
        raise OperatorDomainError(f"{name} holds NaN or infinity; give finite numbers only.")
    return array


def as_positive(value: float, *, name: str) -> float:
    """Return `value` as a finite float greater than zero.

    Raises:
        OperatorDomainError: If it is zero, negative, NaN or infinite.
    """
    number = float(value)
    if not (math.isfinite(number) and number > 0.0):
        raise OperatorDomainError(f"{name} must be a finite number above 0, but it is {number}.")
    return number


def as_count(value: SupportsIndex, *, name: str, low: int, high: int | None = None) -> int:
    """Return `value` as an integer in `low..high` (both ends included; `None`: no upper end).

    Raises:
        OperatorDomainError: If it is not an integer or lies outside.
    """
    try:
        count = operator.index(value)
    except TypeError as error:
        raise OperatorDomainError(f"{name} must be an integer, but it is {value!r}.") from error
    if count < low or (high is not None and count > high):
        reach = f"at least {low}" if high is None else f"between {low} and {high}"
        raise OperatorDomainError(f"{name} must be {reach}, but it is {count}.")
    return count


def as_class_index(target: npt.ArrayLike, *, shape: tuple[int, ...], classes: int) -> IntArray:
    """Return class indices of the given shape, each in `0..classes-1`.

    A single index is repeated for every row of a batch.

    Raises:
        OperatorDomainError: If an index is not an integer, out of range, or the shape differs.
    """
    indices = np.asarray(target)
    if indices.dtype.kind not in "iu":
        raise OperatorDomainError("target must be an integer class index, or one for each row.")
    if indices.size and (indices.min() < 0 or indices.max() >= classes):
        raise OperatorDomainError(f"target must be between 0 and {classes - 1}.")
    if indices.shape not in ((), shape):
        raise OperatorDomainError(
            f"target has the shape {indices.shape}; give one index, or the shape {shape}."
        )
    return np.broadcast_to(indices.astype(np.intp), shape)


def centred_by_maximum(x: FloatArray, temperature: float) -> tuple[Float64Array, Float64Array]:
    """Return `(x - max x)/temperature` and `max x/temperature` over the last axis, in float64.

    The difference is taken before the division, so that a common offset, however large, costs no
    digit beyond those the input already lost.

    Args:
        x: Finite array, shape (..., n).
        temperature: Above 0.

    Returns:
        The centred values, shape (..., n), all <= 0; and the scaled maximum, shape (..., 1).

    Raises:
        OperatorDomainError: If the temperature is not above 0, or the division overflows.
    """
    temperature = as_positive(temperature, name="temperature")
    top = x.max(axis=-1, keepdims=True).astype(np.float64)
    with np.errstate(over="ignore"):
        centred = np.subtract(x, top, dtype=np.float64)
        if temperature != 1.0:
            centred /= temperature
            top = top / temperature
    # A quarter, so that sums of the two (a threshold, an output in the type of x) stay finite too.
    limit = 0.25 * float(np.finfo(x.dtype).max)
    if not (-limit <= float(centred.min()) and float(np.abs(top).max()) <= limit):
        raise OperatorDomainError(
            "x divided by the temperature overflows; use smaller values or a higher temperature."
        )
    return centred, top
