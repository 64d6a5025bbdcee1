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
from app.search.whoosh.codec.segment_arrays import SegmentFiles

Array = NDArray[Any]

CHUNK_POSTINGS = 4_000_000
"""Postings that are moved at a time: about 300 MB with positions. A single term may have more."""

_SHIFTED = {
    layout.POSTING_STARTS: layout.DOCS,
    layout.WIDE_POSTINGS: layout.DOCS,
    layout.BLOCK_STARTS: layout.BLOCK_POSITIONS,
    layout.BLOCK_POSITIONS: layout.POSITIONS,
}
"""Arrays that hold places in another; in a later run they count from what was written before."""

_WITH_END = (layout.POSTING_STARTS, layout.BLOCK_STARTS)
"""Arrays with one entry more than terms: its last is the first of the next run."""


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


def merge_postings(
    sources: Sequence[MergeSource],
    terms: MergedTerms,
    field_count: int,
    files: SegmentFiles,
) -> NDArray[np.int64]:
    """Write all arrays that hold postings and positions, and the statistics of terms.

    Returns:
        Occurrences of all terms by field, int64[F].
    """
    has_positions = find_positional_fields(sources, field_count)
    is_wide = any(source.arrays.positions.dtype.itemsize > 2 for source in sources)
    totals = np.zeros(field_count, np.int64)
    written = dict.fromkeys(_SHIFTED.values(), 0)
    firsts = [0] * len(sources)
    with ExitStack() as stack:
        writers = files.open_posting_arrays(stack, wide_positions=is_wide)
        for first, last in _iter_runs(terms.counts):
            lasts = [int(np.searchsorted(_forward(places), last)) for places in terms.places]
            bounds = list(zip(firsts, lasts, strict=True))
            arrays, positions = _merge_run(sources, terms, bounds, (first, last), has_positions)
            fields = np.repeat(terms.fields[first:last], terms.counts[first:last])
            frequencies = arrays.pop("frequencies")
            totals += np.bincount(fields, frequencies, field_count).astype(np.int64)
            arrays[layout.POSITIONS] = positions
            for name, array in arrays.items():
                shifted = array + written[_SHIFTED[name]] if name in _SHIFTED else array
                writers[name].append(shifted[:-1] if name in _WITH_END else shifted)
            for name in written:
                written[name] += len(arrays[name])
            firsts = lasts
        for name in _WITH_END:
            writers[name].append(np.array([written[_SHIFTED[name]]], np.int64))
    return totals


def find_positional_fields(sources: Sequence[MergeSource], field_count: int) -> NDArray[np.bool_]:
    """Which fields keep positions, bool[F]: those whose terms have blocks of them."""
    found = np.zeros(field_count, np.bool_)
    for source in sources:
        blocks = np.diff(source.arrays.block_starts.astype(np.int64))
        found[source.get_fields_of_terms()[blocks > 0]] = True
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
    has_positions: NDArray[np.bool_],
) -> tuple[dict[str, Array], Array]:
    """All arrays of a run of terms of the result, places counting from its beginning."""
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
    positional = has_positions[terms.fields[first:last]]
    position_counts = np.where(np.repeat(positional, counts), frequencies, 0)
    positions = _merge_positions(sources, parts, position_counts)
    arrays = make_posting_arrays(
        counts=counts,
        docs=docs,
        frequencies=frequencies,
        weights=weights,
        lengths=lengths,
        has_positions=positional,
    )
    return {**arrays, "frequencies": frequencies}, positions


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
    positional = np.diff(arrays.block_starts[begin : end + 1].astype(np.int64)) > 0
    in_source = np.where(np.repeat(positional, all_counts), frequencies, 0)
    position_starts = _first_position(arrays, begin) + np.cumsum(in_source) - in_source
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


def read_weights(
    arrays: Any, head: int, stop: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Exact frequencies and weights of a range of postings."""
    frequencies = (arrays.codes[head:stop] >> 8).astype(np.int64)
    weights = frequencies.astype(np.float64)
    table = arrays.wide_postings
    if table.size:
        low, high = np.searchsorted(table, np.array([head, stop], table.dtype)).tolist()
        places = table[low:high].astype(np.int64) - head
        frequencies[places] = arrays.wide_frequencies[low:high]
        weights[places] = arrays.wide_weights[low:high]
    return frequencies, weights


def _first_position(arrays: Any, term: int) -> int:
    """Where the positions of a term and those behind it begin."""
    block = int(arrays.block_starts[term])
    blocks = arrays.block_positions
    return int(blocks[block]) if block < len(blocks) else len(arrays.positions)


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
