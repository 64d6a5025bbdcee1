"""Sparsemax and entmax: p = relu(beta x - lambda)^(1/beta), beta = alpha - 1 (post 10145).

alpha = 2 is Sparsemax, the Euclidean projection onto the simplex; alpha = 1.5 the usual "entmax";
alpha -> 1 tends to Softmax. The derivation replaces e^t by relu(1 + beta t)^(1/beta).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from app.operators.arrays import (
    BoolArray,
    Float64Array,
    FloatArray,
    as_float_array,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.softmax.exponential import covariance_of_one_hot, softmax
from app.operators.softmax.levels import entmax15_level, entmax_level, sparsemax_level
from app.operators.softmax.result import SimplexPoint

BOUNDARY_WARNING = (
    "An entry lies exactly on the threshold: its probability is 0, gradients are one-sided, and "
    "code with strict inequalities (as in the post) finds no threshold."
)

# Entries this near the threshold, in units of beta x/temperature, count as lying on it.
BOUNDARY_SLACK = 1e-15


def sparsemax(x: npt.ArrayLike, *, temperature: float = 1.0) -> SimplexPoint:
    """Return the point of the simplex nearest to x/temperature: relu(x/temperature - lambda).

    With x sorted in descending order, lambda = (sum_{i<=k} x_i - 1)/k for the largest k with
    x_k >= lambda. Only entries within 1 of the maximum can be in the support.

    Args:
        x: Finite array, shape (..., n).
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n) plus the sort of what is left after discarding entries that can't be in the support.

    >>> sparsemax([0.5, 0.2, 0.1]).p.round(6)
    array([0.566667, 0.266667, 0.166667])
    """
    values = as_float_array(x)
    centred, top = centred_by_maximum(values, temperature)
    level = _per_row(centred, sparsemax_level)
    return _point(values, np.subtract(centred, level, out=centred), 1.0, level + top)


def entmax(x: npt.ArrayLike, alpha: float = 1.5, *, temperature: float = 1.0) -> SimplexPoint:
    """Return relu(beta x/temperature - lambda)^(1/beta), beta = alpha - 1.

    alpha = 1.5 is exact, by sorting; alpha = 2 is `sparsemax`; alpha = 1 is Softmax (without a
    threshold); any other alpha goes through `entmax_bisect`. The support shrinks as alpha grows.

    Args:
        x: Finite array, shape (..., n).
        alpha: 1 <= alpha <= 2.
        temperature: Above 0.

    Returns:
        `p`, `support` and `threshold` (lambda, in units of beta x/temperature).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: as `sparsemax` for 1.5 and 2, O(n) for each step of the search otherwise.

    >>> entmax([1.0, 2.0, 3.0]).p.round(6)
    array([0.      , 0.169281, 0.830719])
    """
    values = as_float_array(x)
    alpha = as_alpha(alpha)
    if alpha == 2.0:
        return sparsemax(values, temperature=temperature)
    if alpha != 1.5:
        return entmax_bisect(values, alpha, temperature=temperature)
    centred, top = centred_by_maximum(values, temperature)
    centred *= 0.5
    level = _per_row(centred, entmax15_level)
    return _point(values, np.subtract(centred, level, out=centred), 0.5, level + 0.5 * top)


def entmax_bisect(x: npt.ArrayLike, alpha: float, *, temperature: float = 1.0) -> SimplexPoint:
    """Return entmax of any alpha by a bracketed search, for alpha = 1.5 and 2 too.

    The unknown is nu = -log max p in [0, log n]: with d = max x - x >= 0,
    p_i = exp(-nu + log1p(-beta d_i e^{beta nu})/beta), which stays precise down to alpha = 1,
    where it becomes Softmax. The bracket is halved unless Newton's step on log sum p does better.

    Args:
        x: Finite array, shape (..., n).
        alpha: 1 <= alpha <= 2.
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n) for each step, usually 3 to 8 steps.

    >>> entmax_bisect([1.0, 2.0, 3.0], 1.2).p.round(6)
    array([0.045791, 0.221458, 0.732751])
    """
    values = as_float_array(x)
    beta = as_alpha(alpha) - 1.0
    if beta == 0.0:
        p = softmax(values, temperature=temperature)
        return SimplexPoint(p=p, support=np.ones(values.shape, dtype=np.bool_))
    centred, top = centred_by_maximum(values, temperature)
    rows = centred.reshape(-1, values.shape[-1])
    log_p, level = entmax_level(rows, beta)
    p = np.exp(log_p).reshape(values.shape)
    margin = (beta * centred) - level.reshape(top.shape)
    return SimplexPoint(
        p=p.astype(values.dtype, copy=False),
        support=np.isfinite(log_p).reshape(values.shape),
        threshold=_threshold(values, level.reshape(top.shape) + beta * top),
        warnings=_boundary(margin),
    )


def sparsemax_jacobian(x: npt.ArrayLike, *, temperature: float = 1.0) -> FloatArray:
    """Return dp_i/dx_j = (delta_ij - 1/|S|)/temperature on the support S, else 0; (..., n, n).

    A projection: symmetric and idempotent (at temperature 1), rows sum to 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n^2).

    >>> sparsemax_jacobian([1.0, 0.9, -3.0])
    array([[ 0.5, -0.5,  0. ],
           [-0.5,  0.5,  0. ],
           [ 0. ,  0. ,  0. ]])
    """
    return entmax_jacobian(x, 2.0, temperature=temperature)


def entmax_jacobian(
    x: npt.ArrayLike, alpha: float = 1.5, *, temperature: float = 1.0
) -> FloatArray:
    """Return the Jacobian diag(s) - s s^T/sum s over temperature, with s_i = p_i^{2 - alpha}.

    s_i is 0 off the support. Symmetric, positive semidefinite, rows sum to 0. Shape (..., n, n).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n^2). Source: 1905.05702, proposition 2.
    """
    values = as_float_array(x)
    alpha = as_alpha(alpha)
    point = entmax(values.astype(np.float64), alpha, temperature=temperature)
    s = np.where(point.support, point.p ** (2.0 - alpha), 0.0)
    total = s.sum(axis=-1)[..., None, None]
    jacobian = total * covariance_of_one_hot(s / total[..., 0])
    return np.asarray((jacobian / temperature).astype(values.dtype))


def as_alpha(alpha: float) -> float:
    """Return alpha as a float in [1, 2].

    Raises:
        OperatorDomainError: If it lies outside, with a word on what to use instead.
    """
    value = float(alpha)
    if not 1.0 <= value <= 2.0:
        raise OperatorDomainError(
            f"alpha must be between 1 (Softmax) and 2 (Sparsemax), but it is {value}."
        )
    return value


def _per_row(centred: Float64Array, level: Callable[[Float64Array], Float64Array]) -> Float64Array:
    rows = centred.reshape(-1, centred.shape[-1])
    return level(rows).reshape(*centred.shape[:-1], 1)


def _point(
    values: FloatArray, margin: Float64Array, beta: float, threshold: Float64Array
) -> SimplexPoint:
    """Return relu(margin)^(1/beta) for beta 1 or 1/2; `margin` is overwritten."""
    warnings = _boundary(margin)
    support: BoolArray = margin > 0.0
    np.maximum(margin, 0.0, out=margin)
    if beta != 1.0:
        np.square(margin, out=margin)
    return SimplexPoint(
        p=margin.astype(values.dtype, copy=False),
        support=support,
        threshold=_threshold(values, threshold),
        warnings=warnings,
    )


def _boundary(margin: Float64Array) -> tuple[str, ...]:
    on_threshold = bool(np.any(np.abs(margin) <= BOUNDARY_SLACK))
    return (BOUNDARY_WARNING,) if on_threshold else ()


def _threshold(values: FloatArray, threshold: Float64Array) -> FloatArray:
    return np.asarray(threshold[..., 0].astype(values.dtype))
