"""Top-k by repeated Softmax: the author's iteration, and a weighted one that is wrong.

Both are kept to be looked at, not to be relied on: neither keeps its promises, and `warnings` says
which one was broken on the input at hand. Source: post 10373, first section; post 6620.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from app.operators.arrays import (
    Float64Array,
    as_count,
    as_float_array,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.top_k.result import TopK

OUT_OF_RANGE_WARNING = "Some weight lies outside [0, 1], which a smooth top-k must not leave."
FULL_LIMIT_WARNING = (
    "At k = n the limit is wrong: the least entry is 0 after the shift and ties with the entries "
    "already taken."
)
COUNTER_EXAMPLE_WARNING = (
    "The weighted iteration is a counter-example: its limit is not the hard top-k for k >= 2."
)
ROUNDING_WARNING = (
    "The result looks right only because 1 - p of the largest entry was rounded to 0."
)
ORDER_WARNING = "A larger entry got a smaller weight than a smaller entry."

# Weights further than this outside [0, 1], or out of order by more, are reported.
ROUNDING_SLACK = 1e-12


def iterated_softmax_top_k(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> TopK:
    """Return the author's iteration: k times, add the Softmax of (1 - p) (x - min x).

    For k = 1 this is Softmax. Each row sums to k; weights may leave [0, 1].

    Args:
        x: Finite array, shape (..., n).
        k: Integer, 0 <= k <= n; from k = n - 1 on the limit for small temperatures is unreliable,
            at k = n it is wrong.
        temperature: Above 0; the operator is applied to x/temperature.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(kn).

    >>> iterated_softmax_top_k([3.0, 2.0, 1.0, 4.0], 3).p.round(4)
    array([0.9717, 0.6291, 0.2818, 1.1175])
    """
    values = as_float_array(x)
    n = values.shape[-1]
    k = as_count(k, name="k", low=0, high=n)
    centred, _ = centred_by_maximum(values, temperature)
    raised = centred - centred.min(axis=-1, keepdims=True)
    p = np.zeros_like(raised)
    for _ in range(k):
        p += softmax((1.0 - p) * raised, axis=-1)
    warnings = [FULL_LIMIT_WARNING] if k == n and n > 1 else []
    warnings += _broken_promises(p, centred)
    return TopK(p=p.astype(values.dtype, copy=False), warnings=tuple(warnings))


def weighted_softmax_top_k(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> TopK:
    """Return the weighted iteration, a counter-example: k times, add softmax(x; 1 - p).

    softmax(x; w)_i = w_i e^{x_i}/sum_j w_j e^{x_j}. It fails because 1 - p of the largest entry is
    of the order of e^{x_2 - x_max}, so that w e^x of the largest stays as large as the second: at
    k = 2 the limit is 1.5 and 0.5. In float64, at temperatures so low that 1 - p rounds to 0, it
    looks right all the same.

    Args:
        x: Finite array, shape (..., n).
        k: Integer, 0 <= k <= n.
        temperature: Above 0; the operator is applied to x/temperature.

    Raises:
        OperatorDomainError: If an argument is outside its domain, or the weights cancel to 0.

    Cost: O(kn).

    >>> weighted_softmax_top_k([3.0, 2.0, 1.0, 4.0], 2, temperature=0.1).p.round(6)
    array([5.000230e-01, 2.300000e-05, 0.000000e+00, 1.499955e+00])
    """
    values = as_float_array(x)
    k = as_count(k, name="k", low=0, high=values.shape[-1])
    centred, _ = centred_by_maximum(values, temperature)
    p = np.zeros_like(centred)
    rounded = False
    for _ in range(k):
        p += _weighted_softmax(centred, 1.0 - p)
        rounded |= bool(np.any(p == 1.0))
    warnings = [COUNTER_EXAMPLE_WARNING] if k > 1 else []
    if k > 1 and rounded:
        warnings.append(ROUNDING_WARNING)
    warnings += _broken_promises(p, centred)
    return TopK(p=p.astype(values.dtype, copy=False), warnings=tuple(warnings))


def _weighted_softmax(x: Float64Array, weight: Float64Array) -> Float64Array:
    # Shifted by the largest entry that still has weight: otherwise all the others underflow to 0.
    top = np.where(weight != 0.0, x, -np.inf).max(axis=-1, keepdims=True)
    terms = weight * np.exp(np.where(weight != 0.0, x - top, 0.0))
    total = terms.sum(axis=-1, keepdims=True)
    if not np.all(np.isfinite(total) & (total != 0.0)):
        raise OperatorDomainError(
            "The weights of the weighted iteration cancelled to 0; use a higher temperature."
        )
    return np.asarray(terms / total)


def _broken_promises(p: Float64Array, x: Float64Array) -> list[str]:
    """Return a warning for each property of a smooth top-k that p breaks."""
    warnings = []
    if p.min() < -ROUNDING_SLACK or p.max() > 1.0 + ROUNDING_SLACK:
        warnings.append(OUT_OF_RANGE_WARNING)
    in_order = np.take_along_axis(p, np.argsort(x, axis=-1, kind="stable"), axis=-1)
    if bool(np.any(np.diff(in_order, axis=-1) < -ROUNDING_SLACK)):
        warnings.append(ORDER_WARNING)
    return warnings
