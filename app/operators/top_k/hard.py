"""Hard top-k: the multi-hot vector of the k largest entries, and the sum of those entries."""

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, as_count, as_float_array
from app.operators.selection import has_tie_at_boundary, largest_mask
from app.operators.top_k.result import TopK

TIE_WARNING = (
    "The k-th and the next entry are equal, so the k largest are not unique; "
    "the lowest indices were taken."
)


def hard_top_k(x: npt.ArrayLike, k: int) -> TopK:
    """Return the multi-hot vector T_k(x): 1 at the k largest entries, 0 elsewhere.

    Args:
        x: Finite array, shape (..., n).
        k: Integer, 0 <= k <= n.

    Returns:
        `p` of shape (..., n) with exactly k ones in each row. Ties go to the lowest index, and
        a tie at the boundary is reported in `warnings`.

    Raises:
        OperatorDomainError: If x is not finite or k is not an integer in 0..n.

    Cost: O(n) for each row.
    Source: post 10373; every smooth operator tends to it as the temperature tends to 0.

    >>> hard_top_k([3.0, 2.0, 1.0, 4.0], 2).p
    array([1., 0., 0., 1.])
    """
    values = as_float_array(x)
    k = as_count(k, name="k", low=0, high=values.shape[-1])
    warnings = (TIE_WARNING,) if has_tie_at_boundary(values, k) else ()
    return TopK(p=largest_mask(values, k).astype(values.dtype), warnings=warnings)


def top_k_sum(x: npt.ArrayLike, k: int) -> FloatArray:
    """Return the sum of the k largest entries of each row, shape (...).

    Identity: equals the minimum over lambda of `top_k_sum_bound(x, k, lambda)`; its gradient,
    where the k largest are unique, is `hard_top_k(x, k).p`.

    Raises:
        OperatorDomainError: If x is not finite or k is not an integer in 0..n.

    Source: post 10373, the key identity T_k(x) = grad of the sum over the k largest.

    >>> float(top_k_sum([3.0, 2.0, 1.0, 4.0], 2))
    7.0
    """
    values = as_float_array(x)
    k = as_count(k, name="k", low=0, high=values.shape[-1])
    return np.asarray(np.where(largest_mask(values, k), values, 0.0).sum(axis=-1))


def top_k_sum_bound(x: npt.ArrayLike, k: float, threshold: npt.ArrayLike) -> FloatArray:
    """Return sum_i max(x_i - lambda, 0) + k lambda, an upper bound of the top-k sum.

    Equality holds for every lambda between the (k+1)-th and the k-th largest entry.

    Args:
        x: Finite array, shape (..., n).
        k: Number of entries.
        threshold: lambda, shape (...).

    Source: post 10373, comments.

    >>> [float(top_k_sum_bound([3.0, 2.0, 1.0, 4.0], 2, level)) for level in (1.0, 2.5, 4.0)]
    [8.0, 7.0, 8.0]
    """
    values = as_float_array(x)
    level = as_float_array(threshold, name="threshold", min_ndim=0)
    excess = np.maximum(values - level[..., None], 0.0)
    return np.asarray(excess.sum(axis=-1) + k * level)
