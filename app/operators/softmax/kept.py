"""Sparse Softmax: Softmax inside a kept set of the largest entries, 0 outside (post 10145)."""

import numpy as np
import numpy.typing as npt

from app.operators.arrays import (
    BoolArray,
    FloatArray,
    as_count,
    as_float_array,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.selection import has_tie_at_boundary, largest_mask
from app.operators.softmax.exponential import covariance_of_one_hot, normalised_exponential
from app.operators.softmax.result import SimplexPoint

TIE_WARNING = (
    "The k-th and the next entry are equal, so the kept set is not unique; "
    "the lowest indices were kept."
)


def sparse_softmax(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> SimplexPoint:
    """Return Softmax over Omega_k, the k largest entries, and 0 outside.

    Entries outside Omega_k get no gradient: made for fine-tuning, slow to train from scratch.

    Args:
        x: Finite array, shape (..., n).
        k: Integer, 1 <= k <= n. Ties go to the lowest index.
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> sparse_softmax([3.0, 2.0, 1.0, 4.0], 2).p.round(6)
    array([0.268941, 0.      , 0.      , 0.731059])
    """
    values = as_float_array(x)
    k = as_count(k, name="k", low=1, high=values.shape[-1])
    warnings = (TIE_WARNING,) if has_tie_at_boundary(values, k) else ()
    return _inside(values, largest_mask(values, k), temperature, warnings)


def sparse_softmax_top_p(
    x: npt.ArrayLike, mass: float, *, temperature: float = 1.0
) -> SimplexPoint:
    """Return Softmax over the fewest largest entries that hold at least `mass` of it.

    Args:
        x: Finite array, shape (..., n).
        mass: Share of the full Softmax to keep, 0 < mass <= 1.
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n log n).

    >>> sparse_softmax_top_p([3.0, 2.0, 1.0, 4.0], 0.7).support
    array([ True, False, False,  True])
    """
    values = as_float_array(x)
    mass = float(mass)
    if not 0.0 < mass <= 1.0:
        raise OperatorDomainError(f"mass must be above 0 and at most 1, but it is {mass}.")
    centred, _ = centred_by_maximum(values, temperature)
    p = normalised_exponential(centred)
    order = np.argsort(-values, axis=-1, kind="stable")
    before = np.cumsum(np.take_along_axis(p, order, axis=-1), axis=-1)
    kept_in_order = np.ones(values.shape, dtype=np.bool_)
    kept_in_order[..., 1:] = before[..., :-1] < mass
    kept = np.empty_like(kept_in_order)
    np.put_along_axis(kept, order, kept_in_order, axis=-1)
    return _inside(values, kept, temperature, ())


def sparse_softmax_jacobian(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> FloatArray:
    """Return the Jacobian of `sparse_softmax`, shape (..., n, n): Softmax's inside Omega_k, else 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n^2).
    """
    values = as_float_array(x)
    p = sparse_softmax(values, k, temperature=temperature).p.astype(np.float64)
    return (covariance_of_one_hot(p) / temperature).astype(values.dtype, copy=False)


def _inside(
    values: FloatArray, kept: BoolArray, temperature: float, warnings: tuple[str, ...]
) -> SimplexPoint:
    # The maximum is always kept, so the centred values need no second shift.
    centred, _ = centred_by_maximum(values, temperature)
    p = normalised_exponential(np.where(kept, centred, -np.inf))
    return SimplexPoint(p=p.astype(values.dtype, copy=False), support=kept, warnings=warnings)
