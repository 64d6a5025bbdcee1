"""A whole segment in memory, ready to be written."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.tie_keys import make_tie_keys

Array = NDArray[Any]


def _no_items() -> Array:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """One number for each document.

    Attributes:
        values: int64, uint64 or float64, or uint8 for bits, shape (D,).
        default: what documents without a value have.
    """

    values: Array
    default: float


@dataclass(frozen=True, slots=True)
class ByteColumn:
    """One text of bytes for each document.

    Attributes:
        data: uint8, the texts one after another.
        offsets: uint64[D+1], where each begins.
    """

    data: Array
    offsets: Array


@dataclass(slots=True, kw_only=True)
class SegmentColumns:
    """All arrays of a segment of D documents; see `layout` for their meaning.

    `years` and `tie_keys` follow from the others: see `fill_derived`.

    Attributes:
        field_names: the indexed fields in alphabetical order; a field's number is its place.
        field_lengths: tokens of each field over all documents, exact, shape (F,).
        position_shifts: see `SegmentFacts`, shape (F,).
        category_names: what `category_codes` stand for.
        number_columns: sortable numbers by field; papers' dates and flags have arrays of their
            own.
        byte_columns: the same for text; ids and categories have arrays of their own.
    """

    document_count: int
    field_names: tuple[str, ...]
    field_lengths: tuple[int, ...]
    position_shifts: tuple[int, ...]
    term_bytes: Array
    term_offsets: Array
    posting_starts: Array
    docs: Array
    codes: Array
    wide_postings: Array = field(default_factory=_no_items)
    wide_weights: Array = field(default_factory=_no_items)
    wide_frequencies: Array = field(default_factory=_no_items)
    positions: Array
    block_positions: Array
    length_bytes: Array
    id_bytes: Array
    id_offsets: Array
    submitted_at: Array
    updated_at: Array
    announced_on: Array
    flags: Array
    years: Array = field(default_factory=_no_items)
    category_offsets: Array
    category_codes: Array
    author_offsets: Array
    author_codes: Array
    author_names: Array
    author_name_offsets: Array
    tie_keys: Array = field(default_factory=_no_items)
    stored_bytes: Array = field(default_factory=_no_items)
    stored_offsets: Array = field(default_factory=_no_items)
    category_names: tuple[str, ...] = ()
    number_columns: dict[str, NumberColumn] = field(default_factory=dict)
    byte_columns: dict[str, ByteColumn] = field(default_factory=dict)

    def fill_derived(self) -> None:
        """Set `years` and `tie_keys` from dates and ids, which are given."""
        moments = self.submitted_at.astype("datetime64[s]").astype("datetime64[Y]")
        self.years = (moments.astype(np.int64) + 1970).astype(layout.ITEM_TYPES[layout.YEARS])
        self.tie_keys = make_tie_keys(self.id_bytes, self.id_offsets, self.submitted_at)
