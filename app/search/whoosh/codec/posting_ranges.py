"""What follows from the postings of a segment: exact weights, statistics of terms, positions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.layout import BLOCK_POSTINGS
from app.search.whoosh.codec.segment_arrays import SegmentArrays


@dataclass(frozen=True, slots=True)
class TermSummary:
    """Statistics of a term in one segment, deleted documents included.

    Attributes:
        weight: sum of the weights of its postings; its frequency in the collection.
        min_length: smallest length byte among its postings.
        max_length: largest length byte.
        max_weight: largest weight.
    """

    weight: float
    min_length: int
    max_length: int
    max_weight: float


def summarise(arrays: SegmentArrays, term: int) -> TermSummary:
    """The statistics of a term; costs a pass over its postings, 1 ms for a million."""
    start, end = arrays.get_postings(term)
    _, weights = read_weights(arrays, start, end)
    lengths = arrays.codes[start:end] & 0xFF
    return TermSummary(
        float(weights.sum()), int(lengths.min()), int(lengths.max()), float(weights.max())
    )


def read_frequencies(arrays: SegmentArrays, head: int, stop: int) -> NDArray[np.int64]:
    """Exact frequencies of a range of postings."""
    frequencies = (arrays.codes[head:stop] >> 8).astype(np.int64)
    wide, places = find_wide(arrays, head, stop)
    frequencies[places] = arrays.wide_frequencies[wide]
    return frequencies


def read_weights(
    arrays: SegmentArrays, head: int, stop: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Exact frequencies and weights of a range of postings."""
    frequencies = read_frequencies(arrays, head, stop)
    weights = frequencies.astype(np.float64)
    wide, places = find_wide(arrays, head, stop)
    weights[places] = arrays.wide_weights[wide]
    return frequencies, weights


def find_wide(arrays: SegmentArrays, head: int, stop: int) -> tuple[slice, NDArray[np.int64]]:
    """Entries of the wide arrays within a range, and where in the range they belong."""
    table = arrays.wide_postings
    if not table.size:
        return slice(0, 0), np.zeros(0, np.int64)
    first, last = np.searchsorted(table, np.array([head, stop], table.dtype)).tolist()
    return slice(first, last), table[first:last].astype(np.int64) - head


def sum_frequencies(arrays: SegmentArrays, posting: int) -> int:
    """Frequencies of all postings before one; less its field's shift, where its positions begin."""
    block = posting // BLOCK_POSTINGS
    blocks = arrays.block_positions
    if block == len(blocks):  # Behind the last posting, at the end of a full block.
        block -= 1
    if block < 0:
        return 0
    between = read_frequencies(arrays, block * BLOCK_POSTINGS, posting)
    return int(blocks[block]) + int(between.sum())


def sum_blocks(
    codes: NDArray[Any], wide: NDArray[Any], frequencies: NDArray[Any], postings_before: int = 0
) -> NDArray[np.int64]:
    """`layout.BLOCK_POSITIONS` of a run, counted from its beginning.

    Args:
        wide, frequencies: postings whose codes do not hold their frequency, and those.
        postings_before: postings of the segment that come before this run.
    """
    heads = np.arange(-postings_before % BLOCK_POSTINGS, len(codes), BLOCK_POSTINGS)
    if not len(heads):
        return np.zeros(0, np.int64)
    edges = np.append(0, heads) if heads[0] else heads
    sums = np.add.reduceat(codes >> 8, edges, dtype=np.int64)
    more = np.asarray(frequencies, np.int64) - (codes[wide] >> 8)
    np.add.at(sums, np.searchsorted(edges, wide, side="right") - 1, more)
    before: NDArray[np.int64] = np.cumsum(sums) - sums
    return before[len(edges) - len(heads) :]
