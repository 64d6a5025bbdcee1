"""Merging postings and positions, a run of terms at a time, so that memory stays bounded."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.in_order import map_in_order
from app.search.whoosh.codec.kernels import has_numba
from app.search.whoosh.codec.merge_runs import MergedRun, PartOfRun, RunOfTerms, merge_with_numpy
from app.search.whoosh.codec.merge_sources import MergeSource
from app.search.whoosh.codec.merge_terms import MergedTerms
from app.search.whoosh.codec.posting_ranges import sum_frequencies
from app.search.whoosh.codec.segment_file import NO_POSITIONS
from app.search.whoosh.codec.segment_files import SegmentFiles

Array = NDArray[Any]

CHUNK_POSTINGS = 2_000_000
"""Postings that each thread moves at a time: up to 150 MB with positions. A single term may have
more."""

COMPILED_POSTINGS = 4_000_000
"""For fewer the compiler, half a second until it is loaded, is not worth it."""

_LARGE_ARRAYS = (layout.DOCS, layout.CODES, layout.POSITIONS)
"""What is read once, run by run: pages that stayed would add up to all postings of all sources."""


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
    threads: int = 1,
) -> MergedTotals:
    """Write all arrays that hold postings and positions, which so many threads move."""
    positional = find_positional_fields(sources, field_count)
    totals = np.zeros(field_count, np.int64)
    postings = 0
    merge_run = _choose_way(terms)
    with ExitStack() as stack:
        largest = _bound_items(sources)
        writers = files.open_posting_arrays(stack, largest)
        position_type = layout.choose_item_type(layout.POSITIONS, largest[layout.POSITIONS])
        ranges = _list_ranges(terms.counts)
        before = np.cumsum(terms.counts) - terms.counts
        runs = (
            RunOfTerms(
                terms.counts[first:last],
                positional[terms.fields[first:last]],
                parts,
                int(before[first]),
                position_type,
            )
            for (first, last), parts in zip(
                ranges, _iter_parts(sources, terms, ranges), strict=True
            )
        )
        merged_runs = map_in_order(merge_run, runs, threads)
        for (first, last), merged in zip(ranges, merged_runs, strict=True):
            fields = terms.fields[first:last]
            arrays = merged.arrays
            arrays[layout.POSTING_STARTS] = arrays[layout.POSTING_STARTS][:-1] + postings
            arrays[layout.WIDE_POSTINGS] += postings
            arrays[layout.BLOCK_POSITIONS] += int(totals.sum())
            for name, array in arrays.items():
                writers[name].append(array)
            totals += np.bincount(fields, merged.occurrences, field_count).astype(np.int64)
            postings += len(arrays[layout.DOCS])
            for source in sources:
                source.arrays.release_pages(_LARGE_ARRAYS)
        writers[layout.POSTING_STARTS].append(np.array([postings], np.int64))
    return MergedTotals(totals, positional)


def _choose_way(terms: MergedTerms) -> Callable[[RunOfTerms], MergedRun]:
    """Compiled code, where moving the postings takes longer than loading it."""
    if int(terms.counts.sum()) < COMPILED_POSTINGS or not has_numba():
        return merge_with_numpy
    from app.search.whoosh.codec.merge_runs_compiled import merge_compiled  # noqa: PLC0415

    return merge_compiled


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


def _list_ranges(counts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Ranges of terms with at most `CHUNK_POSTINGS` postings, or a single term."""
    ends = np.cumsum(counts)
    runs, first = [], 0
    while first < len(counts):
        before = int(ends[first] - counts[first])
        last = int(np.searchsorted(ends, before + CHUNK_POSTINGS, side="right"))
        runs.append((first, max(last, first + 1)))
        first = runs[-1][1]
    return runs


def _iter_parts(
    sources: Sequence[MergeSource], terms: MergedTerms, runs: Sequence[tuple[int, int]]
) -> Iterator[list[PartOfRun]]:
    """What the sources have of each run."""
    # A term that is dropped stands with the one before it.
    forward = [np.maximum.accumulate(places) for places in terms.places]
    firsts = [0] * len(sources)
    for first, last in runs:
        lasts = [int(np.searchsorted(places, last)) for places in forward]
        yield [
            PartOfRun(
                source,
                source.arrays.posting_starts[begin : end + 1].astype(np.int64),
                terms.places[number][begin:end] - first,
                terms.source_counts[number][begin:end],
                source.get_position_shifts(begin, end),
            )
            for number, (source, begin, end) in enumerate(zip(sources, firsts, lasts, strict=True))
            if end > begin
        ]
        firsts = lasts
