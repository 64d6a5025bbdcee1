"""The segments of one state of the index as the kernels take them, and what is computed from them.

What belongs to a segment alone (keys by which it is sorted) is kept as long as any state has the
segment; what depends on deletions or on other segments (masks, averages) belongs to one state.
"""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.query import DateField, Filters, PaperFlag, QueryNode, Sort
from app.domain.taxonomy import find_archive_code
from app.search.whoosh.codec.kernel_types import (
    BLOCK_DOCS,
    I64,
    U8,
    U16,
    U32,
    Emission,
    Order,
    Places,
    Postings,
    freeze,
)
from app.search.whoosh.codec.name_columns import NameList
from app.search.whoosh.codec.paper_ids import PaperIds
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.tie_keys import ID_BITS, ID_MASK, make_tie_keys
from app.search.whoosh.fast_path.conditions import mark_condition
from app.search.whoosh.schema import encode_day, encode_day_range, encode_flags

MASK_CACHE_BYTES = 64 * 2**20
"""Filter masks that one state of the index remembers, and as much again of masks for conditions of
queries, bytes; one byte for a paper and filter."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2106
"""Years that a moment of 32 bits can lie in."""

NO_DOCS = freeze(np.zeros(0, np.uint32))
NO_SCORES = freeze(np.zeros(0))
NO_MASK = freeze(np.zeros(0, np.uint8))


class SegmentView:
    """One segment as the kernels take it; immutable and shared by all states that hold it."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self.arrays = arrays
        self.document_count = arrays.document_count
        self._orders: dict[Sort, Order] = {}

    @cached_property
    def postings(self) -> Postings:
        """Its postings, without any lists."""
        docs, codes = freeze(self.arrays.docs), freeze(self.arrays.codes)
        return Postings(docs, codes, NO_DOCS, NO_SCORES)

    @cached_property
    def places(self) -> Places:
        """Where its postings stand in the texts; `shift` is that of the first field."""
        arrays = self.arrays
        return Places(
            freeze(arrays.positions),
            freeze(arrays.block_positions),
            freeze(arrays.wide_postings),
            freeze(arrays.wide_frequencies),
            0,
        )

    @cached_property
    def terms(self) -> tuple[U8, NDArray[Any]]:
        """Its dictionary: bytes and offsets."""
        return freeze(self.arrays.term_bytes), freeze(self.arrays.term_offsets)

    @cached_property
    def has_wide_postings(self) -> bool:
        """Whether a posting's weight is not in its code; hardly ever."""
        return len(self.arrays.wide_postings) > 0

    @cached_property
    def ids(self) -> PaperIds:
        """The identifiers of its documents."""
        return PaperIds(self.arrays)

    @cached_property
    def tie_keys(self) -> I64:
        """What orders its documents among equal scores."""
        return freeze(make_tie_keys(self.arrays.id_keys, self.arrays.submitted_at))

    @cached_property
    def categories(self) -> tuple[U32, U16]:
        """The categories of its documents: offsets and codes."""
        return freeze(self.arrays.category_offsets), freeze(self.arrays.category_codes)

    @cached_property
    def archives(self) -> tuple[U32, U16, tuple[str, ...]]:
        """The archives of its documents, each once: offsets, codes, names."""
        offsets, codes = self.categories
        of_category = list(map(find_archive_code, self.arrays.facts.category_names))
        names = tuple(dict.fromkeys(of_category))
        numbers = np.array([names.index(name) for name in of_category], np.uint16)
        found = numbers[codes]
        sizes = (offsets[1:] - offsets[:-1]).astype(np.int64)
        owners = np.repeat(np.arange(self.document_count), sizes)
        # A document and an archive as one number: the first of equal ones is kept.
        _, firsts = np.unique(owners * len(names) + found, return_index=True)
        kept = np.zeros(self.document_count + 1, np.uint32)
        np.cumsum(np.bincount(owners[firsts], minlength=self.document_count), out=kept[1:])
        return freeze(kept), freeze(found[firsts]), names

    @cached_property
    def authors(self) -> tuple[U32, U32, NameList]:
        """The authors of its documents: offsets, codes, names."""
        arrays = self.arrays
        names = NameList(freeze(arrays.author_names), freeze(arrays.author_name_offsets))
        return freeze(arrays.author_offsets), freeze(arrays.author_codes), names

    @cached_property
    def years(self) -> U16:
        """The year in which each of its documents was submitted."""
        # Looking up where years begin takes half the time of asking each moment for its year.
        years = np.arange(_FIRST_YEAR, _LAST_YEAR + 1)
        begins = (years - _FIRST_YEAR).astype("datetime64[Y]").astype("datetime64[s]")
        places = np.searchsorted(begins.astype(np.int64), self.arrays.submitted_at, side="right")
        return freeze((places + (_FIRST_YEAR - 1)).astype(np.uint16))

    def make_order(self, sort: Sort, doc_base: int) -> Order:
        """How its matches are sorted."""
        order = self._orders.get(sort)
        if order is None:
            # Two threads may both make it; they make the same.
            order = self._orders[sort] = self._make_order(sort)
        return order._replace(doc_base=doc_base)

    def _make_order(self, sort: Sort) -> Order:
        keys = self.tie_keys
        if sort is Sort.UPDATED:
            keys = (self.arrays.updated_at.astype(np.int64) << ID_BITS) | (keys & ID_MASK)
        sign = -1 if sort is Sort.OLDEST else 1
        by_score = sort in (Sort.RELEVANCE, Sort.FRESH)
        firsts = np.arange(0, self.document_count, BLOCK_DOCS)
        reduce = np.minimum if sign < 0 else np.maximum
        peaks = sign * reduce.reduceat(keys, firsts) if len(firsts) else np.zeros(0, np.int64)
        return Order(
            emission=int(Emission.BEST_BY_SCORE if by_score else Emission.BEST_BY_KEY),
            keys=freeze(keys),
            sign=sign,
            peaks=np.asarray(peaks, np.int64),
            # Documents mostly in ascending order are best read from their end.
            is_backward=bool(2 * np.count_nonzero(np.diff(peaks) > 0) > len(peaks)),
            doc_base=0,
        )

    def make_mask(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Which documents the filters let through, bool[D]; None when all of them."""
        mask: NDArray[np.bool_] | None = None
        if not filters.dates.is_open:
            dates = filters.dates
            if filters.date_field is DateField.ANNOUNCED:
                mask = self.mark_announced(dates.first, dates.last)
            else:
                mask = self.mark_dates(
                    filters.date_field, encode_day_range(dates.first, dates.last)
                )
        if filters.categories is not None:
            allowed = self.mark_categories(filters.categories.included)
            if filters.categories.excluded:
                allowed &= ~self.mark_categories(filters.categories.excluded)
            mask = allowed if mask is None else mask & allowed
        return mask

    def mark_dates(self, date_field: DateField, seconds: tuple[int, int]) -> NDArray[np.bool_]:
        """Documents submitted or updated between two seconds since 1970, both included."""
        by_submission = date_field is DateField.SUBMITTED
        moments = self.arrays.submitted_at if by_submission else self.arrays.updated_at
        marked: NDArray[np.bool_] = (moments >= seconds[0]) & (moments <= seconds[1])
        return marked

    def mark_announced(self, first: date | None, last: date | None) -> NDArray[np.bool_]:
        """Documents last announced between two days, both included; a known day in any case."""
        days = self.arrays.announced_on
        marked: NDArray[np.bool_] = days >= max(encode_day(first), 1)
        if last is not None:
            marked &= days <= encode_day(last)
        return marked

    def mark_flag(self, flag: PaperFlag) -> NDArray[np.bool_]:
        """Documents of which a fact holds."""
        marked: NDArray[np.bool_] = (self.arrays.flags & encode_flags([flag])) != 0
        return marked

    def mark_categories(self, codes: frozenset[str]) -> NDArray[np.bool_]:
        """Documents that have at least one of the categories."""
        wanted = np.array([name in codes for name in self.arrays.facts.category_names], np.bool_)
        if not wanted.any():
            return np.zeros(self.document_count, np.bool_)
        held = np.flatnonzero(wanted[self.arrays.category_codes])
        # How many of them stand before each document's categories begin.
        before = np.searchsorted(held, self.arrays.category_offsets)
        marked: NDArray[np.bool_] = before[1:] > before[:-1]
        return marked


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
