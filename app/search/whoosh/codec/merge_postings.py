"""Merging postings and positions, a run of terms at a time, so that memory stays bounded."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.merge_sources import MergeSource
from app.search.whoosh.codec.merge_terms import MergedTerms
from app.search.whoosh.codec.posting_columns import expand_ranges, make_posting_arrays
from app.search.whoosh.codec.posting_ranges import read_weights, sum_frequencies
from app.search.whoosh.codec.segment_file import NO_POSITIONS
from app.search.whoosh.codec.segment_files import SegmentFiles

Array = NDArray[Any]

CHUNK_POSTINGS = 4_000_000
"""Postings that are moved at a time: about 300 MB with positions. A single term may have more."""

_LARGE_ARRAYS = (layout.DOCS, layout.CODES, layout.POSITIONS)
"""What is read once, run by run: pages that stayed would add up to all postings of all sources."""


@dataclass(frozen=True, slots=True)
class _MergedRun:
    """A run of terms of the result.

    Attributes:
        arrays: all that hold postings and positions; places count from the run's beginning.
        frequencies: int64, exact.
    """

    arrays: dict[str, Array]
    frequencies: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Run:
    """Postings of one source for a run of terms of the result.

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


@dataclass(frozen=True, slots=True)
class MergedTotals:
    """What a merge of postings adds up to, by field of the result.

    Attributes:
        occurrences: sum of all frequencies, int64[F].
        positional: which fields keep positions, bool[F].
    """

    occurrences: NDArray[np.int64]
    positional: NDArray[np.bool_]


def merge_postings(
    sources: Sequence[MergeSource],
    terms: MergedTerms,
    field_count: int,
    files: SegmentFiles,
) -> MergedTotals:
    """Write all arrays that hold postings and positions."""
    positional = find_positional_fields(sources, field_count)
    totals = np.zeros(field_count, np.int64)
    postings = 0
    firsts = [0] * len(sources)
    with ExitStack() as stack:
        writers = files.open_posting_arrays(stack, _bound_items(sources))
        for first, last in _iter_runs(terms.counts):
            lasts = [int(np.searchsorted(_forward(places), last)) for places in terms.places]
            bounds = list(zip(firsts, lasts, strict=True))
            run = _merge_run(
                sources, terms, bounds, (first, last), positional=positional, written=postings
            )
            arrays = run.arrays
            arrays[layout.POSTING_STARTS] = arrays[layout.POSTING_STARTS][:-1] + postings
            arrays[layout.WIDE_POSTINGS] += postings
            arrays[layout.BLOCK_POSITIONS] += int(totals.sum())
            for name, array in arrays.items():
                writers[name].append(array)
            fields = np.repeat(terms.fields[first:last], terms.counts[first:last])
            totals += np.bincount(fields, run.frequencies, field_count).astype(np.int64)
            postings += len(run.frequencies)
            firsts = lasts
            for source in sources:
                source.arrays.release_pages(_LARGE_ARRAYS)
        writers[layout.POSTING_STARTS].append(np.array([postings], np.int64))
    return MergedTotals(totals, positional)


def _bound_items(sources: Sequence[MergeSource]) -> dict[str, int]:
    """What no item of the arrays that may be wide is above."""
    postings = sum(source.arrays.docs.size for source in sources)
    frequencies = sum(sum_frequencies(source.arrays, source.arrays.docs.size) for source in sources)
    is_wide = any(source.arrays.positions.dtype.itemsize > 2 for source in sources)
    return {
        layout.POSTING_STARTS: postings,
        layout.BLOCK_POSITIONS: frequencies,
        layout.POSITIONS: layout.MAX_POSITION if is_wide else 0,
    }


def find_positional_fields(sources: Sequence[MergeSource], field_count: int) -> NDArray[np.bool_]:
    """Which fields keep positions, bool[F]."""
    found = np.zeros(field_count, np.bool_)
    for source in sources:
        shifts = np.array(source.arrays.facts.position_shifts, np.int64)
        found[source.field_numbers[shifts != NO_POSITIONS]] = True
    return found


def _iter_runs(counts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Ranges of terms with at most `CHUNK_POSTINGS` postings, or a single term."""
    ends = np.cumsum(counts)
    runs, first = [], 0
    while first < len(counts):
        before = int(ends[first] - counts[first])
        last = int(np.searchsorted(ends, before + CHUNK_POSTINGS, side="right"))
        runs.append((first, max(last, first + 1)))
        first = runs[-1][1]
    return runs


def _forward(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places without gaps: a term that is dropped stands with the one before it."""
    forward: NDArray[np.int64] = np.maximum.accumulate(places)
    return forward


def _merge_run(
    sources: Sequence[MergeSource],
    terms: MergedTerms,
    bounds: Sequence[tuple[int, int]],
    run: tuple[int, int],
    *,
    positional: NDArray[np.bool_],
    written: int,
) -> _MergedRun:
    """Merge a run of terms of the result; `written` postings come before it."""
    first, last = run
    counts = terms.counts[first:last]
    next_places = np.cumsum(counts) - counts
    size = int(counts.sum())
    docs = np.empty(size, np.uint32)
    frequencies = np.empty(size, np.int64)
    weights = np.empty(size, np.float64)
    lengths = np.empty(size, np.uint8)
    parts = []
    for number, source in enumerate(sources):
        part = _read_run(
            source,
            bounds[number],
            places=terms.places[number][slice(*bounds[number])] - first,
            counts=terms.source_counts[number][slice(*bounds[number])],
            next_places=next_places,
        )
        docs[part.targets] = part.docs
        frequencies[part.targets] = part.frequencies
        weights[part.targets] = part.weights
        lengths[part.targets] = part.lengths
        parts.append(part)
    has_positions = np.repeat(positional[terms.fields[first:last]], counts)
    position_counts = np.where(has_positions, frequencies, 0)
    positions = _merge_positions(sources, parts, position_counts)
    arrays = make_posting_arrays(
        counts=counts,
        docs=docs,
        frequencies=frequencies,
        weights=weights,
        lengths=lengths,
        postings_before=written,
    )
    return _MergedRun({**arrays, layout.POSITIONS: positions}, frequencies)


def _read_run(
    source: MergeSource,
    bounds: tuple[int, int],
    *,
    places: NDArray[np.int64],
    counts: NDArray[np.int64],
    next_places: NDArray[np.int64],
) -> _Run:
    """The living postings of a range of a source's terms; moves `next_places` behind them.

    Args:
        bounds: the range.
        places: of each of these terms within the run.
        counts: their living postings; a term without is dropped.
        next_places: where the next posting of each term of the run goes.
    """
    begin, end = bounds
    arrays = source.arrays
    starts = arrays.posting_starts[begin : end + 1].astype(np.int64)
    head, stop = int(starts[0]), int(starts[-1])
    frequencies, weights = read_weights(arrays, head, stop)
    all_counts = np.diff(starts)
    before = sum_frequencies(arrays, head) + np.cumsum(frequencies) - frequencies
    position_starts = before - np.repeat(source.get_position_shifts(begin, end), all_counts)
    docs = source.new_numbers[arrays.docs[head:stop]]
    lengths = (arrays.codes[head:stop] & 0xFF).astype(np.uint8)
    if source.has_deletions:
        lives = docs >= 0
        docs, frequencies, weights = docs[lives], frequencies[lives], weights[lives]
        lengths, position_starts = lengths[lives], position_starts[lives]
    kept = counts > 0
    kept_places, kept_counts = places[kept], counts[kept]
    targets = expand_ranges(next_places[kept_places], kept_counts)
    next_places[kept_places] += kept_counts
    return _Run(targets, docs, frequencies, weights, lengths, position_starts)


def _merge_positions(
    sources: Sequence[MergeSource], parts: Sequence[_Run], counts: NDArray[np.int64]
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
        merged[targets] = source.arrays.positions[expand_ranges(part.position_starts, part_counts)]
    return merged
