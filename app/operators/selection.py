"""Which entries of a row are its k largest, ties going to the lowest index."""

import numpy as np

from app.operators.arrays import BoolArray, FloatArray


def largest_mask(x: FloatArray, k: int) -> BoolArray:
    """Return the mask of the k largest entries of each row; exactly k are True.

    Entries that tie with the k-th largest are taken from the lowest index on.

    Args:
        x: Finite array, shape (..., n).
        k: Number of entries, 0 <= k <= n.

    Cost: O(n) for each row (one partition), no sort.

    >>> largest_mask(np.array([3.0, 2.0, 3.0, 3.0]), 2)
    array([ True, False,  True, False])
    """
    n = x.shape[-1]
    if k == 0:
        return np.zeros(x.shape, dtype=np.bool_)
    least_kept = np.partition(x, n - k, axis=-1)[..., n - k, None]
    above = x > least_kept
    level = x == least_kept
    room = k - np.count_nonzero(above, axis=-1, keepdims=True)
    return np.asarray(above | (level & (np.cumsum(level, axis=-1) <= room)))


def has_tie_at_boundary(x: FloatArray, k: int) -> bool:
    """Return whether, in some row, the k-th and the (k+1)-th largest entries are equal.

    Then the set of the k largest is not unique. Never true for k = 0 or k = n.

    >>> has_tie_at_boundary(np.array([3.0, 2.0, 2.0]), 2)
    True
    """
    n = x.shape[-1]
    if k in (0, n):
        return False
    parted = np.partition(x, (n - k - 1, n - k), axis=-1)
    return bool(np.any(parted[..., n - k - 1] == parted[..., n - k]))
