"""Compiled: terms looked up in the sorted dictionary of a segment."""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled


@compiled
def _is_before(term_bytes, begin, end, key, key_begin, key_end):  # type: ignore[no-untyped-def]
    """Whether a term sorts before a key; both are ranges of bytes."""
    shared = min(end - begin, key_end - key_begin)
    for at in range(shared):
        ours = term_bytes[begin + at]
        theirs = key[key_begin + at]
        if ours != theirs:
            return ours < theirs
    return end - begin < key_end - key_begin


@compiled
def find_terms(term_bytes, term_offsets, keys, key_offsets):  # type: ignore[no-untyped-def]
    """The number of each key, int64[n]; -1 for those the dictionary does not hold.

    Args:
        keys: uint8, the keys one after another.
        key_offsets: int64[n+1].
    """
    term_count = term_offsets.shape[0] - 1
    found = np.empty(key_offsets.shape[0] - 1, np.int64)
    for k in range(found.shape[0]):
        key_begin, key_end = key_offsets[k], key_offsets[k + 1]
        low, high = np.int64(0), np.int64(term_count)
        while low < high:
            middle = (low + high) >> 1
            begin, end = np.int64(term_offsets[middle]), np.int64(term_offsets[middle + 1])
            if _is_before(term_bytes, begin, end, keys, key_begin, key_end):
                low = middle + 1
            else:
                high = middle
        found[k] = -1
        if low < term_count:
            begin, end = np.int64(term_offsets[low]), np.int64(term_offsets[low + 1])
            # Nothing before it is smaller; if it is not larger either, it is the key.
            if not _is_before(keys, key_begin, key_end, term_bytes, begin, end):
                found[k] = low
    return found
