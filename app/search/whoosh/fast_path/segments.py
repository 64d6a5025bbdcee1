"""A segment as the kernels take it, and what is computed from it.

What belongs to a segment alone (keys by which it is sorted) is kept as long as any state has the
segment; what depends on deletions or on other segments belongs to a state, see `state_view`.
"""

from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.query import DateField, Filters, PaperFlag, Sort
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
from app.search.whoosh.schema import encode_day, encode_day_range, encode_flags

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
