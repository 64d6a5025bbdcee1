"""A whole segment in memory, ready to be written."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.joined_texts import ByteColumn
from app.search.whoosh.codec.tie_keys import make_id_keys

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


@dataclass(slots=True, kw_only=True)
class SegmentColumns:
    """All arrays of a segment of D documents; see `layout` for their meaning.

    What is written of ids, lengths, categories and authors follows from what is given: see
    `fill_derived`.

    Attributes:
        length_bytes: given for every field, shape (F * D,).
        id_bytes, id_offsets: ids in ASCII, one after another, and where each begins; not written.
        category_offsets, author_offsets: where those of each document begin; not written.
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
    category_offsets: Array
    category_codes: Array
    author_offsets: Array
    author_codes: Array
    author_names: Array
    author_name_offsets: Array
    id_keys: Array = field(default_factory=_no_items)
    category_counts: Array = field(default_factory=_no_items)
    author_counts: Array = field(default_factory=_no_items)
    stored_bytes: Array = field(default_factory=_no_items)
    stored_offsets: Array = field(default_factory=_no_items)
    category_names: tuple[str, ...] = ()
    number_columns: dict[str, NumberColumn] = field(default_factory=dict)
    byte_columns: dict[str, ByteColumn] = field(default_factory=dict)

    def fill_derived(self) -> None:
        """Set what follows from what is given, and drop the lengths of fields without any."""
        self.id_keys = make_id_keys(self.id_bytes, self.id_offsets)
        self.category_counts = np.diff(np.asarray(self.category_offsets, np.int64))
        self.author_counts = np.diff(np.asarray(self.author_offsets, np.int64))
        has_lengths = np.array(self.field_lengths, np.int64) > 0
        by_field = self.length_bytes.reshape(len(self.field_names), self.document_count)
        self.length_bytes = by_field[has_lengths].reshape(-1)
