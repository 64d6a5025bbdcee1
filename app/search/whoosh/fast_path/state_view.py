"""One state of the index: all its segments, which documents live, and masks that are remembered."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.query import Filters, QueryNode, Sort
from app.search.whoosh.codec.kernel_types import U8, Order, freeze
from app.search.whoosh.fast_path.conditions import mark_condition
from app.search.whoosh.fast_path.segments import NO_MASK, SegmentView

MASK_CACHE_BYTES = 64 * 2**20
"""Filter masks that one state of the index remembers, and as much again of masks for conditions of
queries, bytes; one byte for a paper and filter."""


class StateView:
    """All segments of one state of the index. Thread-safe.

    Args:
        segments: in the order of the state's document numbers.
        deleted: deleted documents of each.
        vectors: the vectors of the papers of each, int8[D, r]; empty when one has none.
    """

    def __init__(
        self,
        segments: Sequence[SegmentView],
        deleted: Sequence[NDArray[Any]],
        vectors: Sequence[NDArray[np.int8]] = (),
    ) -> None:
        self.segments = tuple(segments)
        counts = [segment.document_count for segment in segments]
        self.document_count = sum(counts)
        self.doc_bases = tuple(int(base) for base in np.cumsum([0, *counts]))
        self._vectors = tuple(vectors)
        self._living = tuple(map(_make_living, segments, deleted))
        self._lock = threading.Lock()
        self._masks: OrderedDict[Filters, tuple[U8, ...]] = OrderedDict()
        self._conditions: OrderedDict[tuple[QueryNode, int], U8] = OrderedDict()
        self._cached_masks = max(1, MASK_CACHE_BYTES // max(1, self.document_count))

    @cached_property
    def newest_submission(self) -> int:
        """When the newest paper was submitted, seconds since 1970; deleted ones count."""
        moments = [segment.arrays.submitted_at for segment in self.segments]
        return max((int(each.max()) for each in moments if len(each)), default=0)

    @property
    def papers(self) -> int:
        """Living documents."""
        return sum(
            segment.document_count if not len(mask) else int(np.count_nonzero(mask))
            for segment, mask in zip(self.segments, self._living, strict=True)
        )

    def get_masks(self, filters: Filters) -> tuple[U8, ...]:
        """The living documents that pass the filters, by segment; empty arrays let all through."""
        if filters.categories is None and filters.dates.is_open:
            return self._living
        with self._lock:
            masks = self._masks.get(filters)
            if masks is not None:
                self._masks.move_to_end(filters)
                return masks
        masks = tuple(
            _join(segment.make_mask(filters), living)
            for segment, living in zip(self.segments, self._living, strict=True)
        )
        with self._lock:
            self._masks[filters] = masks
            while len(self._masks) > self._cached_masks:
                self._masks.popitem(last=False)
        return masks

    def narrow_mask(self, mask: U8, condition: QueryNode | None, place: int) -> U8:
        """A mask of one segment without the documents that miss a condition."""
        if condition is None:
            return mask
        key = (condition, place)
        with self._lock:
            marked = self._conditions.get(key)
        if marked is None:
            marked = freeze(mark_condition(self.segments[place], condition).view(np.uint8))
            with self._lock:
                self._conditions[key] = marked
                room = len(self.segments) * self._cached_masks
                while len(self._conditions) > room:
                    self._conditions.popitem(last=False)
        return freeze(mask & marked) if len(mask) else marked

    def find_segment(self, number: int) -> tuple[int, int]:
        """The place of the segment that holds a document, and the document's number there."""
        place = bisect_right(self.doc_bases, number) - 1
        return place, number - self.doc_bases[place]

    def split(
        self, numbers: NDArray[np.int64]
    ) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """The segments that hold documents: place, which of them, and their numbers there."""
        if len(self.segments) == 1:
            yield 0, np.arange(len(numbers)), numbers
            return
        places = np.searchsorted(self.doc_bases, numbers, side="right") - 1
        for place in np.unique(places).tolist():
            at = np.flatnonzero(places == place)
            yield place, at, numbers[at] - self.doc_bases[place]

    def make_orders(self, sort: Sort) -> list[Order]:
        """How the matches of each segment are sorted."""
        return [
            segment.make_order(sort, base)
            for segment, base in zip(self.segments, self.doc_bases, strict=False)
        ]

    def read_ids(self, numbers: NDArray[np.int64]) -> list[str]:
        """The identifiers of documents."""
        ids = [""] * len(numbers)
        for place, rows, local in self.split(numbers):
            for row, text in zip(rows.tolist(), self.segments[place].ids.read(local), strict=True):
                ids[row] = text
        return ids

    def read_vectors(self, numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int8] | None:
        """The vectors of documents, int8[n, r]; None when this state has none."""
        if not self._vectors:
            return None
        wanted = np.asarray(numbers, np.int64)
        found = np.empty((len(wanted), self._vectors[0].shape[1]), np.int8)
        for place, rows, local in self.split(wanted):
            found[rows] = self._vectors[place][local]
        return found

    def compute_field_length(self, field: str) -> int:
        """Tokens of a field over all documents."""
        total = 0
        for segment in self.segments:
            number = segment.arrays.find_field(field)
            if number >= 0:
                total += segment.arrays.facts.field_lengths[number]
        return total


def _make_living(segment: SegmentView, deleted: NDArray[Any]) -> U8:
    if not len(deleted):
        return NO_MASK
    mask = np.ones(segment.document_count, np.uint8)
    mask[deleted] = 0
    return freeze(mask)


def _join(mask: NDArray[np.bool_] | None, living: U8) -> U8:
    if mask is None:
        return living
    allowed = mask.view(np.uint8)
    return freeze(allowed & living if len(living) else allowed)
