"""Merging dictionaries: which terms of several segments are one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.joined_texts import join_texts
from app.search.whoosh.codec.kernels import has_numba
from app.search.whoosh.codec.merge_sources import MergeSource, join_offsets
from app.search.whoosh.codec.segment_files import SegmentFiles

Array = NDArray[Any]

CHUNK_TERMS = 250_000
"""Terms of the largest dictionary that are compared at a time; bounds memory, about 100 MB."""


COMPILED_TERMS = 200_000
"""For fewer the compiler, half a second until it is loaded, is not worth it."""


@dataclass(frozen=True, slots=True)
class MergedTerms:
    """The terms of the result.

    Attributes:
        counts: living postings of each, int64[T].
        fields: number of the field of each, int64[T].
        places: for each source the number of its terms in the result, int64[T of the source];
            -1 for a term none of whose documents lives.
        source_counts: for each source the living postings of its terms.
    """

    counts: NDArray[np.int64]
    fields: NDArray[np.int64]
    places: list[NDArray[np.int64]]
    source_counts: list[NDArray[np.int64]]


def merge_terms(sources: Sequence[MergeSource], files: SegmentFiles) -> MergedTerms:
    """Write the dictionary of the result; terms without a living document are left out."""
    source_counts = [_count_living(source) for source in sources]
    places = [np.full(len(counts), -1, np.int64) for counts in source_counts]
    if sum(each.arrays.term_count for each in sources) < COMPILED_TERMS or not has_numba():
        base = _merge_keys(sources, source_counts, places, files)
    else:
        base = _merge_keys_compiled(sources, source_counts, places, files)
    counts = np.zeros(base, np.int64)
    fields = np.zeros(base, np.int64)
    for source, source_places, living in zip(sources, places, source_counts, strict=True):
        kept = source_places >= 0
        counts[source_places[kept]] += living[kept]
        fields[source_places[kept]] = source.get_fields_of_terms()[kept]
    return MergedTerms(counts, fields, places, source_counts)


def _merge_keys(
    sources: Sequence[MergeSource],
    source_counts: Sequence[NDArray[np.int64]],
    places: Sequence[NDArray[np.int64]],
    files: SegmentFiles,
) -> int:
    """Write the keys of living terms and fill in their places; returns how many there are."""
    blobs: list[Array] = []
    lengths: list[Array] = []
    base = 0
    for bounds in _iter_bounds(sources):
        keys = _place_chunk(sources, bounds, source_counts, places, base)
        joined = join_texts(keys)
        blobs.append(joined.data)
        lengths.append(np.diff(joined.offsets.astype(np.int64)))
        base += len(keys)
    files.write(layout.TERM_BYTES, *blobs)
    files.write(layout.TERM_OFFSETS, join_offsets(lengths))
    return base


def _merge_keys_compiled(
    sources: Sequence[MergeSource],
    source_counts: Sequence[NDArray[np.int64]],
    places: Sequence[NDArray[np.int64]],
    files: SegmentFiles,
) -> int:
    """The same as `_merge_keys` in a tenth of its time."""
    from app.search.whoosh.codec.merge_texts import choose_texts, unite_texts  # noqa: PLC0415

    lists = [
        choose_texts(source.get_renumbered_keys(), counts > 0)
        for source, counts in zip(sources, source_counts, strict=True)
    ]
    (data, ends), found = unite_texts(lists)
    for numbers, counts, source_places in zip(found, source_counts, places, strict=True):
        source_places[counts > 0] = numbers
    files.write(layout.TERM_BYTES, data)
    files.write(layout.TERM_OFFSETS, ends)
    return len(ends) - 1


def _count_living(source: MergeSource) -> NDArray[np.int64]:
    """Postings of living documents by term, int64[T]."""
    starts = source.arrays.posting_starts.astype(np.int64)
    if not source.has_deletions:
        return np.diff(starts)
    if len(starts) == 1:
        return np.zeros(0, np.int64)
    is_living = source.new_numbers >= 0
    living_before = np.zeros(int(starts[-1]) + 1, np.uint32)
    np.cumsum(is_living[source.arrays.docs], out=living_before[1:], dtype=np.uint32)
    before = living_before[starts].astype(np.int64)
    return before[1:] - before[:-1]


def _iter_bounds(sources: Sequence[MergeSource]) -> list[list[tuple[int, int]]]:
    """Ranges of terms of every source that together hold the same stretch of keys."""
    largest = max(sources, key=lambda source: source.arrays.term_count)
    firsts = [0] * len(sources)
    chunks = []
    for edge in range(CHUNK_TERMS, largest.arrays.term_count, CHUNK_TERMS):
        (key,) = largest.iter_renumbered_keys(edge, edge + 1)
        lasts = [_seek(source, key) for source in sources]
        chunks.append(list(zip(firsts, lasts, strict=True)))
        firsts = lasts
    ends = [source.arrays.term_count for source in sources]
    chunks.append(list(zip(firsts, ends, strict=True)))
    return chunks


def _seek(source: MergeSource, key: bytes) -> int:
    """The first term of a source at or behind a key that has the result's field numbers."""
    number = int.from_bytes(key[: layout.KEY_FIELD_BYTES], "big")
    place = int(np.searchsorted(source.field_numbers, number))
    if place < len(source.field_numbers) and source.field_numbers[place] == number:
        text = key[layout.KEY_FIELD_BYTES :]
    else:
        text = b""
    return source.arrays.seek_key(layout.make_term_key(place, text))


def _place_chunk(
    sources: Sequence[MergeSource],
    bounds: Sequence[tuple[int, int]],
    source_counts: Sequence[NDArray[np.int64]],
    places: Sequence[NDArray[np.int64]],
    base: int,
) -> list[bytes]:
    """The distinct living keys of a chunk in order; fills in `places`."""
    living_keys: list[list[bytes]] = []
    for source, (first, last), counts in zip(sources, bounds, source_counts, strict=True):
        is_living = (counts[first:last] > 0).tolist()
        keys = source.iter_renumbered_keys(first, last)
        living_keys.append(list(compress(keys, is_living)))
    # Sorting runs that are in order already costs one comparison a key and run.
    merged = list(dict.fromkeys(sorted(chain.from_iterable(living_keys))))
    numbers = {key: base + place for place, key in enumerate(merged)}
    for found_keys, (first, last), counts, found in zip(
        living_keys, bounds, source_counts, places, strict=True
    ):
        chosen = first + np.flatnonzero(counts[first:last] > 0)
        found[chosen] = np.fromiter(map(numbers.__getitem__, found_keys), np.int64)
    return merged
