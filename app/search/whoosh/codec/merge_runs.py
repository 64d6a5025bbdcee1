"""One run of terms of a merge: what it takes in, and moving it with numpy alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.merge_sources import MergeSource
from app.search.whoosh.codec.posting_columns import expand_ranges, make_posting_arrays
from app.search.whoosh.codec.posting_ranges import read_weights, sum_frequencies

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class PartOfRun:
    """What one source has of the terms of a run.

    Attributes:
        starts: int64[n+1], where the postings of each of its n terms begin, and their end.
        targets: int64[n], the place of each within the run; negative for one that is dropped.
        counts: int64[n], their living postings.
        position_shifts: int64[n], entries of `SegmentFacts.position_shifts`.
    """

    source: MergeSource
    starts: NDArray[np.int64]
    targets: NDArray[np.int64]
    counts: NDArray[np.int64]
    position_shifts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RunOfTerms:
    """Some terms of the result, one behind the other.

    Attributes:
        counts: int64[n], living postings of each, at least 1.
        has_positions: bool[n].
        parts: in the order of the sources.
        postings_before: postings of the result before these.
        position_type: what the result keeps positions in.
    """

    counts: NDArray[np.int64]
    has_positions: NDArray[np.bool_]
    parts: Sequence[PartOfRun]
    postings_before: int
    position_type: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class MergedRun:
    """A run of terms of the result.

    Attributes:
        arrays: all that hold postings and positions; places count from the run's beginning.
        occurrences: int64[n], sum of the frequencies of each term.
    """

    arrays: dict[str, Array]
    occurrences: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Postings:
    """Postings of one source for a run.

    Attributes:
        targets: int64, where each living posting goes within the run.
        docs: new document numbers.
        frequencies, weights, lengths: exact, and as a byte.
        position_starts: int64, where the positions of each begin in the source.
    """

    targets: NDArray[np.int64]
    docs: NDArray[np.int64]
    frequencies: NDArray[np.int64]
    weights: NDArray[np.float64]
    lengths: NDArray[np.uint8]
    position_starts: NDArray[np.int64]


def merge_with_numpy(run: RunOfTerms) -> MergedRun:
    """The postings of a run, moved with whole arrays."""
    next_places = np.cumsum(run.counts) - run.counts
    size = int(run.counts.sum())
    docs = np.empty(size, np.uint32)
    frequencies = np.empty(size, np.int64)
    weights = np.empty(size, np.float64)
    lengths = np.empty(size, np.uint8)
    parts = []
    for source in run.parts:
        part = _read_part(source, next_places)
        docs[part.targets] = part.docs
        frequencies[part.targets] = part.frequencies
        weights[part.targets] = part.weights
        lengths[part.targets] = part.lengths
        parts.append(part)
    position_counts = np.where(np.repeat(run.has_positions, run.counts), frequencies, 0)
    arrays = make_posting_arrays(
        counts=run.counts,
        docs=docs,
        frequencies=frequencies,
        weights=weights,
        lengths=lengths,
        postings_before=run.postings_before,
    )
    starts = np.cumsum(run.counts) - run.counts
    return MergedRun(
        {**arrays, layout.POSITIONS: _merge_positions(run.parts, parts, position_counts)},
        np.add.reduceat(frequencies, starts),
    )


def _read_part(part: PartOfRun, next_places: NDArray[np.int64]) -> _Postings:
    """The living postings of a source's terms; moves `next_places` behind them.

    Args:
        next_places: where the next posting of each term of the run goes.
    """
    source, arrays = part.source, part.source.arrays
    head, stop = int(part.starts[0]), int(part.starts[-1])
    frequencies, weights = read_weights(arrays, head, stop)
    before = sum_frequencies(arrays, head) + np.cumsum(frequencies) - frequencies
    position_starts = before - np.repeat(part.position_shifts, np.diff(part.starts))
    docs = source.new_numbers[arrays.docs[head:stop]]
    lengths = (arrays.codes[head:stop] & 0xFF).astype(np.uint8)
    if source.has_deletions:
        lives = docs >= 0
        docs, frequencies, weights = docs[lives], frequencies[lives], weights[lives]
        lengths, position_starts = lengths[lives], position_starts[lives]
    kept = part.counts > 0
    kept_places, kept_counts = part.targets[kept], part.counts[kept]
    targets = expand_ranges(next_places[kept_places], kept_counts)
    next_places[kept_places] += kept_counts
    return _Postings(targets, docs, frequencies, weights, lengths, position_starts)


def _merge_positions(
    sources: Sequence[PartOfRun], parts: Sequence[_Postings], counts: NDArray[np.int64]
) -> Array:
    """Positions of a run in the order of its postings.

    Args:
        counts: positions of each posting of the run.
    """
    starts = np.cumsum(counts) - counts
    merged = np.empty(int(counts.sum()), np.uint32)
    for source, part in zip(sources, parts, strict=True):
        part_counts = counts[part.targets]
        targets = expand_ranges(starts[part.targets], part_counts)
        found = source.source.arrays.positions
        merged[targets] = found[expand_ranges(part.position_starts, part_counts)]
    return merged
