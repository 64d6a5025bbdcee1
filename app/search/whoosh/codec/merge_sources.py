"""Segments that are to become one: their living documents, numbered anew, and common names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.joined_texts import ByteColumn
from app.search.whoosh.codec.segment_arrays import SegmentArrays

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class MergeSource:
    """One segment that is merged.

    Attributes:
        arrays: its arrays.
        new_numbers: int64[D], number of each document in the result; -1 for a deleted one.
        living: int64, the documents that stay, ascending.
        field_numbers: int64[F], number of each field in the result.
    """

    arrays: SegmentArrays
    new_numbers: NDArray[np.int64]
    living: NDArray[np.int64]
    field_numbers: NDArray[np.int64]

    @property
    def has_deletions(self) -> bool:
        """Whether any document stays behind."""
        return len(self.living) < self.arrays.document_count

    def iter_renumbered_keys(self, first: int, last: int) -> Iterator[bytes]:
        """Keys of a range of terms with the result's field numbers."""
        arrays = self.arrays
        offsets = arrays.term_offsets[first : last + 1].astype(np.int64)
        data = arrays.term_bytes[offsets[0] : offsets[-1]].tobytes()
        places = (offsets - offsets[0]).tolist()
        if (self.field_numbers == np.arange(len(self.field_numbers))).all():
            yield from (data[a:b] for a, b in pairwise(places))
            return
        head = layout.KEY_FIELD_BYTES
        for a, b in pairwise(places):
            number = int(self.field_numbers[int.from_bytes(data[a : a + head], "big")])
            yield layout.make_term_key(number, data[a + head : b])

    def get_renumbered_keys(self) -> tuple[Array, NDArray[np.int64]]:
        """All keys with the result's field numbers, one after another, and where each begins."""
        offsets = self.arrays.term_offsets.astype(np.int64)
        data = self.arrays.term_bytes
        if not (self.field_numbers == np.arange(len(self.field_numbers))).all():
            data = data.copy()
            data[offsets[:-1]] = self.get_fields_of_terms()
        return data, offsets

    def get_fields_of_terms(self) -> NDArray[np.int64]:
        """Number of the field of every term, in the result's numbers, int64[T]."""
        fields: NDArray[np.int64] = self.field_numbers[
            self._read_field_numbers(0, self.arrays.term_count)
        ]
        return fields

    def get_position_shifts(self, first: int, last: int) -> NDArray[np.int64]:
        """Entries of `position_shifts` for a range of terms."""
        shifts = np.array(self.arrays.facts.position_shifts, np.int64)
        found: NDArray[np.int64] = shifts[self._read_field_numbers(first, last)]
        return found

    def _read_field_numbers(self, first: int, last: int) -> NDArray[np.int64]:
        """Numbers of fields as the source has them."""
        starts = self.arrays.term_offsets[first:last]
        numbers: NDArray[np.int64] = self.arrays.term_bytes[starts].astype(np.int64)
        return numbers


def make_sources(
    segments: Sequence[tuple[SegmentArrays, Array]],
) -> tuple[list[MergeSource], tuple[str, ...]]:
    """Sources in the order given, and the names of all their fields.

    Args:
        segments: each with its deleted documents.
    """
    names = tuple(sorted({name for arrays, _ in segments for name in arrays.facts.field_names}))
    numbers = {name: number for number, name in enumerate(names)}
    sources = []
    base = 0
    for arrays, deleted in segments:
        is_living = np.ones(arrays.document_count, np.bool_)
        is_living[deleted] = False
        living = np.flatnonzero(is_living)
        new_numbers = np.full(arrays.document_count, -1, np.int64)
        new_numbers[living] = base + np.arange(len(living))
        base += len(living)
        field_numbers = np.array([numbers[name] for name in arrays.facts.field_names], np.int64)
        sources.append(MergeSource(arrays, new_numbers, living, field_numbers))
    return sources, names


def select_texts(column: ByteColumn, living: NDArray[np.int64]) -> Iterator[Array]:
    """The bytes of chosen texts, as blocks."""
    offsets = column.offsets.astype(np.int64)
    if len(living) == len(offsets) - 1:
        yield column.data
        return
    # Deleted documents lie far apart, so what stays is a few long stretches.
    breaks = np.flatnonzero(np.diff(living) != 1)
    firsts = living[np.concatenate([[0], breaks + 1])] if len(living) else living
    lasts = living[np.concatenate([breaks, [len(living) - 1]])] if len(living) else living
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        yield column.data[offsets[first] : offsets[last + 1]]


def select_lengths(offsets: Array, living: NDArray[np.int64]) -> NDArray[np.int64]:
    """Length of each chosen text."""
    ends = offsets.astype(np.int64)
    return ends[1:][living] - ends[:-1][living]


def join_offsets(lengths: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Where texts of these lengths begin when they stand one after another, and their end."""
    joined = np.concatenate([np.zeros(1, np.int64), *lengths])
    return np.cumsum(joined)
