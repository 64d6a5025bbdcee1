"""Dates and categories of a segment as arrays, for filters, sorting and facets.

A segment never changes once written (deletions are kept apart), so its arrays are read once and
serve every later state that still has the segment.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.query import DateField, Filters
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.schema import encode_day_range

Seconds = NDArray[np.uint32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SegmentColumns:
    """The columns of one segment of n documents, deleted ones included.

    Attributes:
        submitted: seconds since 1970, shape (n,).
        updated: seconds since 1970, shape (n,).
        categories: document numbers by category code, ascending.
    """

    submitted: Seconds
    updated: Seconds
    categories: dict[str, NDArray[np.int64]]

    @property
    def size(self) -> int:
        """Number of documents, deleted ones included."""
        return len(self.submitted)

    def get_years(self) -> NDArray[np.int64]:
        """Year of submission (UTC), shape (n,)."""
        years = self.submitted.astype("datetime64[s]").astype("datetime64[Y]")
        return years.astype(np.int64) + 1970

    def make_mask(self, filters: Filters) -> Mask | None:
        """Which documents the filters let through, shape (n,); None when all of them."""
        mask: Mask | None = None
        if not filters.dates.is_open:
            first, last = encode_day_range(filters.dates.first, filters.dates.last)
            moments = self.submitted if filters.date_field is DateField.SUBMITTED else self.updated
            mask = (moments >= first) & (moments <= last)
        if filters.categories is not None:
            allowed = self._mark(filters.categories.included)
            allowed &= ~self._mark(filters.categories.excluded)
            mask = allowed if mask is None else mask & allowed
        return mask

    def _mark(self, codes: Iterable[str]) -> Mask:
        mask = np.zeros(self.size, dtype=np.bool_)
        for code in codes:
            numbers = self.categories.get(code)
            if numbers is not None:
                mask[numbers] = True
        return mask


class ColumnCache:
    """Columns by segment, read when first asked for. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._columns: dict[str, SegmentColumns] = {}

    def get(self, reader: Any) -> SegmentColumns:
        """The columns of the segment that a Whoosh segment reader reads."""
        segment_id = str(reader.segment().segment_id())
        with self._lock:
            columns = self._columns.get(segment_id)
            if columns is None:
                columns = self._columns[segment_id] = _read_columns(reader.segment().get_arrays())
            return columns

    def keep_only(self, segments: Iterable[Any]) -> None:
        """Forget segments that are no longer part of the index."""
        living = {str(segment.segment_id()) for segment in segments}
        with self._lock:
            for segment_id in self._columns.keys() - living:
                del self._columns[segment_id]


def _read_columns(arrays: SegmentArrays) -> SegmentColumns:
    codes = arrays.category_codes
    offsets = arrays.category_offsets.astype(np.int64)
    owners = np.repeat(np.arange(arrays.document_count), offsets[1:] - offsets[:-1])
    return SegmentColumns(
        submitted=arrays.submitted_at.astype(np.uint32),
        updated=arrays.updated_at.astype(np.uint32),
        categories={
            name: owners[codes == code] for code, name in enumerate(arrays.facts.category_names)
        },
    )
