"""The thresholds lambda of Sparsemax and entmax, for rows already centred by their maximum.

Every function takes rows of shape (rows, n), entries <= 0 with a maximum of 0, and returns lambda
of shape (rows, 1); it lies in [-1, 0). Source: post 10145; 1602.02068; 1905.05702.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from app.operators.arrays import Float64Array
from app.operators.root_finding import find_decreasing_root

# Up to this length a row is sorted as it is; longer ones first lose what can't be in the support.
SORT_LENGTH = 2048

# Rounds of discarding before what is left is sorted after all; 5 to 15 settle usual rows.
MAX_DISCARDS = 50

# The search for nu = -log max p ends when its step is below this.
NU_TOLERANCE = 1e-14


def sparsemax_level(rows: Float64Array) -> Float64Array:
    """Return lambda with sum relu(z - lambda) = 1."""
    return _on_candidates(rows, _sorted_sparsemax, _next_sparsemax_bound)


def entmax15_level(rows: Float64Array) -> Float64Array:
    """Return lambda with sum relu(z - lambda)^2 = 1; the rows are z = x/2."""
    return _on_candidates(rows, _sorted_entmax15, _next_entmax15_bound)


def entmax_level(rows: Float64Array, beta: float) -> tuple[Float64Array, Float64Array]:
    """Return log p, shape (rows, n), and lambda = -e^{-beta nu} relative to beta x's maximum."""

    def log_p(nu: Float64Array) -> Float64Array:
        fall = np.maximum(beta * rows * np.exp(beta * nu), -1.0)
        return np.asarray(np.log1p(fall) / beta - nu)

    def propose(nu: Float64Array) -> tuple[Float64Array, Float64Array]:
        logs = log_p(nu)
        p = np.exp(logs)
        total = p.sum(axis=-1, keepdims=True)
        # dp/dnu = -e^{-beta nu} p^{1-beta}; Newton on log total, which is nearly linear in nu.
        powers = np.where(p > 0.0, np.exp((1.0 - beta) * logs), 0.0).sum(axis=-1, keepdims=True)
        excess = np.log(total)
        return excess, nu + excess * total / (np.exp(-beta * nu) * powers)

    low = np.zeros((rows.shape[0], 1))
    high = np.full_like(low, np.log(rows.shape[-1]))
    nu = find_decreasing_root(propose, low, high, start=0.5 * high, tolerance=NU_TOLERANCE)
    with np.errstate(divide="ignore"):
        return log_p(nu), -np.exp(-beta * nu)


def _on_candidates(
    rows: Float64Array,
    exact: Callable[[Float64Array], Float64Array],
    next_bound: Callable[[Float64Array, float], float],
) -> Float64Array:
    if rows.shape[-1] <= SORT_LENGTH:
        return exact(rows)
    return np.vstack([exact(_candidates(row, next_bound)) for row in rows])


def _candidates(
    row: Float64Array, next_bound: Callable[[Float64Array, float], float]
) -> Float64Array:
    """Return, as one row, the entries that can be in the support: those above a bound of lambda.

    lambda >= -1, because the largest probability is at most 1. From a lower bound, Newton's step on
    a convex decreasing function leads to a better lower bound, and so on.
    """
    bound = -1.0
    kept = row[row > bound]
    for _ in range(MAX_DISCARDS):
        if kept.size <= SORT_LENGTH:
            break
        bound, last = next_bound(kept, bound), bound
        if bound <= last:
            break
        kept = kept[kept > bound]
    return kept[None, :]


def _next_sparsemax_bound(kept: Float64Array, bound: float) -> float:
    return bound + (float((kept - bound).sum()) - 1.0) / kept.size


def _next_entmax15_bound(kept: Float64Array, bound: float) -> float:
    # Newton on the norm of relu(z - lambda), which is closer to linear than its square.
    above = kept - bound
    norm = float(np.sqrt(np.dot(above, above)))
    return bound + norm * (norm - 1.0) / float(above.sum())


def _sorted_sparsemax(rows: Float64Array) -> Float64Array:
    whole = (rows.sum(axis=-1, keepdims=True) - 1.0) / rows.shape[-1]
    if bool(np.all(rows.min(axis=-1, keepdims=True) >= whole)):
        return np.asarray(whole)
    ordered = np.sort(rows, axis=-1)[:, ::-1]
    sizes = np.arange(1, rows.shape[-1] + 1)
    sums = np.cumsum(ordered, axis=-1)
    # Excess over the k-th entry grows with k; the support ends where it passes 1.
    size = np.count_nonzero(sums - sizes * ordered <= 1.0, axis=-1)[:, None]
    return np.asarray((np.take_along_axis(sums, size - 1, axis=-1) - 1.0) / size)


def _sorted_entmax15(rows: Float64Array) -> Float64Array:
    n = rows.shape[-1]
    least = rows.min(axis=-1, keepdims=True)
    if bool(np.all(np.square(rows - least).sum(axis=-1) <= 1.0)):
        return _entmax15_of_support(
            rows.sum(axis=-1, keepdims=True), np.square(rows).sum(axis=-1, keepdims=True), n
        )
    ordered = np.sort(rows, axis=-1)[:, ::-1]
    sizes = np.arange(1, n + 1)
    sums = np.cumsum(ordered, axis=-1)
    squares = np.cumsum(ordered * ordered, axis=-1)
    # The sum of squares over the k-th entry grows with k: unlike the test "z_k >= lambda_k" it
    # picks one k, and a k always exists, because at k = 1 that sum is 0.
    excess = squares - 2.0 * ordered * sums + sizes * ordered * ordered
    size = np.count_nonzero(excess <= 1.0, axis=-1)[:, None]
    return _entmax15_of_support(
        np.take_along_axis(sums, size - 1, axis=-1),
        np.take_along_axis(squares, size - 1, axis=-1),
        size,
    )


def _entmax15_of_support(
    total: Float64Array, squares: Float64Array, size: npt.NDArray[np.intp] | int
) -> Float64Array:
    """Return mean - sqrt(1/k - variance) of the k entries in the support."""
    mean = total / size
    variance = squares / size - mean * mean
    return np.asarray(mean - np.sqrt(np.maximum(1.0 / size - variance, 0.0)))
