"""GradTopK: the gradient of the smooth top-k sum, log of the sum over all k-subsets.

Z_k = sum over k-subsets S of e^{sum of x over S} is the k-th elementary symmetric polynomial of
e^x, and p_i = (sum over the S that contain i)/Z_k is the chance that i is in a subset drawn with
weight e^{sum}. Source: post 10373, section on gradients.

How it is computed. Subtracting any lambda from x leaves p unchanged. With
pi_i = sigmoid(x_i - lambda), Z_k becomes, up to a known factor, P(S = k) for S a sum of independent
coins with chances pi_i; with sum pi_i = k that probability sits at the mode of S and can't
underflow. Then p_i = pi_i P(S without i = k - 1)/P(S = k). The distributions of S over growing
blocks, and of "all but this block" over shrinking ones, form a binary tree: only products and sums
of numbers in [0, 1] occur, no logarithm, no subtraction, so every p_i has nearly full relative
precision at any spread or offset of x.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit

from app.operators.arrays import (
    Float64Array,
    FloatArray,
    as_count,
    as_float_array,
    centred_by_maximum,
)
from app.operators.top_k.levels import sigmoid_level
from app.operators.top_k.result import TopK
from app.operators.top_k.threshold import EMPTY_WARNING, FULL_WARNING

# The tilt need not be exact, any lambda gives the same p; this keeps P(S = k) at the mode.
TILT_TOLERANCE = 1e-3

# A recursion further from the stable form than this is reported.
RECURSION_DRIFT = 1e-6

# Entries of the reduced problems that the Jacobian solves at once. Their trees hold some 20 times
# as many numbers: about 40 MiB.
JACOBIAN_BLOCK_ENTRIES = 1 << 18


def grad_top_k(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> TopK:
    """Return GradTopK: p_i = Z_{k,i}/Z_k, the gradient of log Z_k; for k = 1 this is Softmax.

    Identities: rows sum to k; p(x, k) = 1 - p(-x, n - k); p(x + c, k) = p(x, k).

    Args:
        x: Finite array, shape (..., n).
        k: Integer, 0 <= k <= n. At k = n all are ones, at k = 0 all zeros (with a warning).
        temperature: Above 0; the operator is applied to x/temperature.

    Returns:
        `p` in (0, 1) for 0 < k < n (up to rounding), without a threshold.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n min(k, n - k)) time and O(n log n) memory for each row.

    >>> grad_top_k([3.0, 2.0, 1.0, 4.0], 2).p.round(6)
    array([0.694413, 0.305587, 0.119203, 0.880797])
    """
    values = as_float_array(x)
    n = values.shape[-1]
    k = as_count(k, name="k", low=0, high=n)
    centred, _ = centred_by_maximum(values, temperature)
    if k in (0, n):
        warning = FULL_WARNING if k else EMPTY_WARNING
        return TopK(p=np.full_like(values, float(k > 0)), warnings=(warning,))
    p = _inclusion(centred.reshape(-1, n), k).reshape(values.shape)
    return TopK(p=p.astype(values.dtype, copy=False))


def log_partition_top_k(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> FloatArray:
    """Return log Z_k = log e_k(e^{x/temperature}), shape (...): the smooth sum of the k largest.

    Its gradient is `grad_top_k(x, k).p / temperature`; for k = 1 it is logsumexp, for k = n the
    sum of x/temperature. Bounds: top-k sum <= log Z_k <= top-k sum + log C(n, k).

    Raises:
        OperatorDomainError: If x is not finite or k is not an integer in 1..n.

    Cost: O(n min(k, n - k)) for each row.

    >>> round(float(log_partition_top_k([3.0, 2.0, 1.0, 4.0], 1)), 6)
    4.44019
    """
    values = as_float_array(x)
    n = values.shape[-1]
    k = as_count(k, name="k", low=1, high=n)
    centred, top = centred_by_maximum(values, temperature)
    if k == n:
        return np.asarray((centred.sum(axis=-1) + n * top[..., 0]).astype(values.dtype))
    rows = centred.reshape(-1, n)
    level = sigmoid_level(rows, k, tolerance=TILT_TOLERANCE)
    event, count = _rarer_side(rows - level, k)
    chance = _block_distributions(event, count)[-1][count, :, 0]
    normaliser = log_expit(level - rows).sum(axis=-1)
    log_z = np.log(chance) - normaliser + k * level[:, 0]
    return np.asarray((log_z.reshape(top.shape[:-1]) + k * top[..., 0]).astype(values.dtype))


def grad_top_k_jacobian(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> FloatArray:
    """Return dp/dx of GradTopK, shape (..., n, n): the covariance of the subset indicator.

    Symmetric, positive semidefinite, rows sum to 0 (before division by the temperature too).
    J_ii = p_i (1 - p_i), and J_ij = p_i (P(j | i) - p_j), where P(. | i) is GradTopK of the other
    entries with k - 1.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n^2 min(k, n - k)) time for each row.

    >>> grad_top_k_jacobian([3.0, 2.0, 1.0, 4.0], 2)[0].round(6)
    array([ 0.212203, -0.132905, -0.053604, -0.025695])
    """
    values = as_float_array(x)
    n = values.shape[-1]
    k = as_count(k, name="k", low=0, high=n)
    centred, _ = centred_by_maximum(values, temperature)
    rows = centred.reshape(-1, n)
    jacobian = np.zeros((rows.shape[0], n, n))
    if 0 < k < n:
        for row, target in zip(rows, jacobian, strict=True):
            target[...] = _covariance(row, k)
    scaled = (jacobian / temperature).reshape(*values.shape, n)
    return scaled.astype(values.dtype, copy=False)


def grad_top_k_recursive(x: npt.ArrayLike, k: int, *, temperature: float = 1.0) -> TopK:
    """Return GradTopK by the post's recursion, kept to show where it breaks.

    log Z_{j,i} = x_i + log(e^{log Z_{j-1}} - e^{log Z_{j-1,i}}). The difference cancels: for 100
    normal entries at k = 20, digits are lost at standard deviation 3 and NaN appears at 5.
    `grad_top_k` has none of this.

    Returns:
        `p`, which may hold NaN; then, or where a row's sum is off k by more than 1e-6, `warnings`
        says so.

    Raises:
        OperatorDomainError: If x is not finite or k is not an integer in 1..n.

    Cost: O(nk).
    """
    values = as_float_array(x)
    n = values.shape[-1]
    k = as_count(k, name="k", low=1, high=n)
    centred, _ = centred_by_maximum(values, temperature)
    with np.errstate(invalid="ignore", divide="ignore"):
        containing = centred
        total = np.logaddexp.reduce(containing, axis=-1, keepdims=True)
        for size in range(2, k + 1):
            containing = centred + total + np.log1p(-np.exp(containing - total))
            total = np.logaddexp.reduce(containing, axis=-1, keepdims=True) - np.log(size)
        p = np.exp(containing - total)
    warnings = []
    if not np.isfinite(p).all():
        warnings.append("The recursion cancelled to NaN; use GradTopK's stable form.")
    elif bool(np.any(np.abs(_recursion_error(p, centred, k)) > RECURSION_DRIFT)):
        warnings.append("The recursion has lost digits; use GradTopK's stable form.")
    return TopK(p=p.astype(values.dtype, copy=False), warnings=tuple(warnings))


def _recursion_error(p: Float64Array, centred: Float64Array, k: int) -> Float64Array:
    n = centred.shape[-1]
    if k == n:
        return p - 1.0
    return p - _inclusion(centred.reshape(-1, n), k).reshape(p.shape)


def _rarer_side(shifted: Float64Array, k: int) -> tuple[Float64Array, int]:
    """Return log-odds and number of the rarer outcome, "taken" or "not taken"; count <= n/2."""
    n = shifted.shape[-1]
    return (shifted, k) if 2 * k <= n else (-shifted, n - k)


def _inclusion(rows: Float64Array, k: int) -> Float64Array:
    """Return p for rows of shape (rows, n), 0 < k < n."""
    shifted = rows - sigmoid_level(rows, k, tolerance=TILT_TOLERANCE)
    event, count = _rarer_side(shifted, k)
    # i is taken and, of the others, k - 1 are taken; or counted the other way, n - k are not.
    others = k - 1 if 2 * k <= rows.shape[-1] else count
    blocks = _block_distributions(event, count)
    chance = blocks[-1][count, :, 0]
    without = _leave_one_out(blocks, others)[:, : rows.shape[-1]]
    return np.asarray(expit(shifted) * without / chance[:, None])


def _covariance(row: Float64Array, k: int) -> Float64Array:
    n = row.size
    p = _inclusion(row[None, :], k)[0]
    covariance = np.empty((n, n))
    block = max(1, JACOBIAN_BLOCK_ENTRIES // n)
    for first in range(0, n, block):
        taken = np.arange(first, min(first + block, n))
        others = np.arange(n - 1) + (np.arange(n - 1) >= taken[:, None])
        given = _given(row[others], k - 1)
        covariance[taken[:, None], others] = p[taken, None] * (given - p[others])
    covariance = 0.5 * (covariance + covariance.T)
    np.fill_diagonal(covariance, p * (1.0 - p))
    return covariance


def _given(rows: Float64Array, k: int) -> Float64Array:
    if k in (0, rows.shape[-1]):
        return np.full_like(rows, float(k > 0))
    return _inclusion(rows, k)


def _block_distributions(log_odds: Float64Array, count: int) -> list[Float64Array]:
    """Return, for blocks of 1, 2, 4, ... entries, the distribution of the number of events.

    Table t has shape (min(2^t, count) + 1, rows, blocks): entry [j, r, b] is the chance of j events
    in block b of row r. The number of blocks is kept even (but for the last table) by blocks
    without any event.
    """
    table = np.stack([expit(-log_odds), expit(log_odds)])
    tables = []
    while table.shape[-1] > 1:
        if table.shape[-1] % 2:
            idle = np.zeros((*table.shape[:-1], 1))
            idle[0] = 1.0
            table = np.concatenate([table, idle], axis=-1)
        tables.append(table)
        left, right = table[..., 0::2], table[..., 1::2]
        size = min(2 * (table.shape[0] - 1), count) + 1
        table = np.zeros((size, *left.shape[1:]))
        right = np.ascontiguousarray(right)
        for j, weight in enumerate(np.ascontiguousarray(left)):
            table[j : j + right.shape[0]] += weight * right[: size - j]
    tables.append(table)
    return tables


def _leave_one_out(blocks: list[Float64Array], target: int) -> Float64Array:
    """Return, for each entry, the chance of exactly `target` events among all others; (rows, n').

    Descends the tree: entry [j] of a block's table is the chance of target - j events outside it.
    n' >= n because of the blocks added to even out the tree.
    """
    rows = blocks[-1].shape[1]
    outside = np.zeros((target + 1, rows, 1))
    outside[target] = 1.0
    size = 2 ** (len(blocks) - 1)
    for table in reversed(blocks[:-1]):
        size //= 2
        outside = outside[..., : table.shape[-1] // 2]
        inside = np.empty((min(size - 1, target) + 1, rows, table.shape[-1]))
        for child, sibling in ((0, 1), (1, 0)):
            inside[..., child::2] = _correlate(outside, table[..., sibling::2], inside.shape[0])
        outside = inside
    return np.asarray(outside[0])


def _correlate(outside: Float64Array, sibling: Float64Array, size: int) -> Float64Array:
    """Return sum_j outside[i + j] sibling[j] for i < size, for each row and block."""
    weights = np.ascontiguousarray(sibling[: outside.shape[0]])
    inside = np.zeros((size, *outside.shape[1:]))
    for j, weight in enumerate(weights):
        reach = min(size, outside.shape[0] - j)
        inside[:reach] += weight * outside[j : j + reach]
    return inside
