"""The thresholds lambda of the three ThreTopK steps, for rows already centred by their maximum.

Every function takes rows of shape (rows, n), whose entries are <= 0 with a maximum of 0, and
returns lambda of shape (rows, 1), for 0 < k < n. Source: post 10373, section on threshold top-k.
"""

import math

import numpy as np
from scipy.special import expit, logit

from app.operators.arrays import Float64Array
from app.operators.root_finding import MAX_ITERATIONS, find_decreasing_root

# A step of the root search this small, in units of x/temperature, ends it.
DEFAULT_TOLERANCE = 1e-12

# A and B come from their sum and difference; below this share of the sum, digits are missing.
DROWNED = 1e-6


def exp_level(centred: Float64Array, k: float) -> Float64Array:
    """Return lambda of the exp step, by its closed form."""
    n = centred.shape[-1]
    taken = math.ceil(k)
    parted = np.partition(centred, n - taken, axis=-1) if taken < n else centred
    rest = _log_sum_exp(parted[:, : n - taken])
    largest = np.sort(parted[:, n - taken :], axis=-1)
    # Entry j adds the j+1 smallest of the taken ones: m = taken - 1 - j entries stay at weight 1.
    sums = np.logaddexp.accumulate(np.hstack([rest, largest]), axis=-1)[:, 1:]
    sums -= np.log(k - taken + np.arange(1, taken + 1))
    # The first valid m is the last valid j. The first j is always valid, because LSE >= max and
    # k - taken + 1 <= 1, so the search can't come up empty.
    valid = sums >= largest
    last = taken - 1 - np.argmax(valid[:, ::-1], axis=-1)[:, None]
    # The running sum has lost digits to up to n roundings; add the same terms once more, directly.
    direct = _log_sum_exp(np.where(np.arange(taken) <= last, largest, -np.inf))
    return np.asarray(np.logaddexp(rest, direct) - np.log(k - taken + 1 + last))


def sigmoid_level(
    centred: Float64Array,
    k: float,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Float64Array:
    """Return lambda of the sigmoid step; Newton's method in the bracket of the post."""

    def propose(level: Float64Array) -> tuple[Float64Array, Float64Array]:
        weight = expit(centred - level)
        excess = weight.sum(axis=-1, keepdims=True) - k
        steepness = (weight * (1.0 - weight)).sum(axis=-1, keepdims=True)
        return excess, level + excess / steepness

    offset = float(logit(k / centred.shape[-1]))
    return find_decreasing_root(
        propose,
        centred.min(axis=-1, keepdims=True) - offset,
        centred.max(axis=-1, keepdims=True) - offset,
        start=centred.mean(axis=-1, keepdims=True) - offset,
        tolerance=tolerance,
        max_iterations=max_iterations,
    )


def laplace_level(centred: Float64Array, k: float) -> Float64Array:
    """Return lambda of the Laplace step, by steps from closed form to closed form."""
    n = centred.shape[-1]
    shifted, tails = np.empty_like(centred), np.empty_like(centred)

    def propose(level: Float64Array) -> tuple[Float64Array, Float64Array]:
        np.subtract(centred, level, out=shifted)
        count = np.count_nonzero(shifted >= 0.0, axis=-1, keepdims=True)
        np.exp(np.negative(np.abs(shifted, out=tails), out=tails), out=tails)
        both = tails.sum(axis=-1, keepdims=True)
        difference = np.copysign(tails, shifted, out=tails).sum(axis=-1, keepdims=True)
        A, B = 0.5 * (both + difference), 0.5 * (both - difference)
        step = _laplace_step(np.asarray(k - count), A, B)
        # B (or A) has drowned in the rounding of their sum: only for m = k does the step need it.
        drowned = ((count == k) & (np.minimum(A, B) < DROWNED * both))[:, 0]
        if drowned.any():
            step[drowned] = _laplace_gap_step(shifted[drowned])
        return (count - k) - 0.5 * difference, level + step

    share = k / n
    # The step's inverse at the mean weight: lambda lies this far from within the entries' range.
    offset = math.log(2.0 * share) if share < 0.5 else -math.log(2.0 * (1.0 - share))
    return find_decreasing_root(
        propose,
        centred.min(axis=-1, keepdims=True) - offset,
        centred.max(axis=-1, keepdims=True) - offset,
        start=_laplace_start(centred, k),
        tolerance=DEFAULT_TOLERANCE,
    )


def _laplace_start(centred: Float64Array, k: float) -> Float64Array:
    """Return a first lambda: the closed form of m = 0 where it holds, else the k-th largest entry.

    For entries far apart lambda stays near the k-th largest; for entries close together either is
    a few steps away.
    """
    above_all = _log_sum_exp(centred) - math.log(2.0 * k)
    if bool(np.all(above_all >= 0.0)):
        return above_all
    rank = centred.shape[-1] - math.ceil(k)
    ranked = np.partition(centred, rank, axis=-1)[:, rank, None]
    return np.where(above_all >= 0.0, above_all, ranked)


def _laplace_gap_step(shifted: Float64Array) -> Float64Array:
    """Return (log B - log A)/2, the step for m = k, with A and B summed each on its own scale."""
    above = shifted >= 0.0
    log_a = _log_sum_exp(np.where(above, -shifted, -np.inf))
    log_b = _log_sum_exp(np.where(above, -np.inf, shifted))
    return 0.5 * (log_b - log_a)


def _laplace_step(c: Float64Array, A: Float64Array, B: Float64Array) -> Float64Array:
    """Return delta with A e^{2 delta} + 2 c e^delta - B = 0, for A, B >= 0 (not both 0)."""
    root = np.sqrt(c * c + A * B)
    return np.where(c >= 0.0, np.log(B / (root + c)), np.log((root - c) / A))


def _log_sum_exp(rows: Float64Array) -> Float64Array:
    """Return log sum exp of each row of (rows, n), shape (rows, 1); -inf for empty rows."""
    if rows.shape[-1] == 0:
        return np.full((rows.shape[0], 1), -np.inf)
    top = rows.max(axis=-1, keepdims=True)
    return np.asarray(top + np.log(np.exp(rows - top).sum(axis=-1, keepdims=True)))
