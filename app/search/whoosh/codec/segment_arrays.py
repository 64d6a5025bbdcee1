"""The arrays of one segment, memory-mapped when first asked for."""

import secrets
import threading
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.array_file import (
    make_damage_error,
    open_array,
    release_pages,
    verify_array,
)
from app.search.whoosh.codec.joined_texts import ByteColumn, find_text, iter_texts, seek_text
from app.search.whoosh.codec.segment_columns import NumberColumn
from app.search.whoosh.codec.segment_file import (
    SegmentFacts,
    make_array_name,
    read_facts,
)

Array = NDArray[Any]

INDEX_NAME = "MAIN"
"""Whoosh's name of our index within its folder; segment ids begin with it."""


def make_segment_id() -> str:
    """A name no other segment has.

    >>> make_segment_id().startswith("MAIN_")
    True
    """
    return f"{INDEX_NAME}_{secrets.token_hex(8)}"


def number_column_name(place: int) -> str:
    """The array of a sortable number that is no date of a paper."""
    return f"number_column_{place}"


def byte_column_names(place: int) -> tuple[str, str]:
    """The two arrays of a sortable text: its bytes and its offsets."""
    return f"byte_column_{place}", f"byte_column_{place}_offsets"


class SegmentArrays:
    """The arrays of one segment, read-only and shared between threads.

    Every array of `layout.ITEM_TYPES` is an attribute, mapped when first used and kept; so are
    `category_offsets` and `author_offsets`, where those of each document begin.

    Attributes:
        facts: what the segment is.
    """

    def __init__(self, folder: Path, facts: SegmentFacts) -> None:
        self.facts = facts
        self._folder = folder
        self._lock = threading.Lock()
        self._arrays: dict[str, Array] = {}
        self._field_numbers = {name: place for place, name in enumerate(facts.field_names)}

    @classmethod
    def open(cls, folder: Path, segment_id: str) -> "SegmentArrays":
        """The segment of that name.

        Raises:
            IndexDamagedError: its facts are missing or damaged; arrays are checked when used.
        """
        return cls(folder, read_facts(folder, segment_id))

    @property
    def document_count(self) -> int:
        """Documents, deleted ones included."""
        return self.facts.documents

    @property
    def term_count(self) -> int:
        """Terms of all fields."""
        return self.facts.item_counts[layout.TERM_OFFSETS] - 1

    def get(self, name: str) -> Array:
        """One array by name, mapped.

        Raises:
            IndexDamagedError: the file is missing, truncated, foreign, or of another length.
        """
        array = self._arrays.get(name)
        if array is not None:
            return array
        with self._lock:
            if name not in self._arrays:
                # A plain array over the map: indexing a memmap object costs ten times as much.
                self._arrays[name] = np.asarray(self._open(name))
            return self._arrays[name]

    def __getattr__(self, name: str) -> Array:
        if name not in layout.ITEM_TYPES:
            raise AttributeError(name)
        array = self.get(name)
        # From now on a plain attribute, which is found without coming here.
        self.__dict__[name] = array
        return array

    @cached_property
    def category_offsets(self) -> Array:
        """Where the categories of each document begin, uint32[D+1]."""
        return _add_up(self.category_counts)

    @cached_property
    def author_offsets(self) -> Array:
        """Where the authors of each document begin, uint32[D+1], or uint64."""
        return _add_up(self.author_counts)

    def release_pages(self, names: Iterable[str]) -> None:
        """Stop counting as our memory what was read of some arrays; they stay mapped."""
        for name in names:
            release_pages(self.get(name))

    def map_all(self) -> None:
        """Map every array now, so that nothing is missed when the files are removed later.

        Raises:
            IndexDamagedError: as `get`.
        """
        for name in self.facts.item_counts:
            self.get(name)

    def _open(self, name: str) -> Array:
        path = self._folder / make_array_name(self.facts.segment_id, name)
        array = open_array(path)
        expected = self.facts.item_counts[name]
        if array.size != expected:
            raise make_damage_error(path, f"holds {array.size:,} items instead of {expected:,}")
        return array

    def verify(self) -> None:
        """Read every file of the segment and compare its checksum.

        Raises:
            IndexDamagedError: naming the first file that is not as it was written.
        """
        for name in self.facts.item_counts:
            verify_array(self._folder / make_array_name(self.facts.segment_id, name))

    def find_field(self, field_name: str) -> int:
        """The number of an indexed field; -1 when the segment has no such field."""
        return self._field_numbers.get(field_name, -1)

    def get_term_key(self, term: int) -> bytes:
        """Field number and text of a term."""
        offsets = self.term_offsets
        return self.term_bytes[int(offsets[term]) : int(offsets[term + 1])].tobytes()

    def iter_term_keys(self, first: int, last: int) -> Iterator[bytes]:
        """The keys of a half-open range of terms."""
        return iter_texts(self.term_bytes, self.term_offsets, first, last)

    def seek_key(self, key: bytes) -> int:
        """The first term whose key is `key` or behind it; `term_count` when there is none."""
        return seek_text(self.term_bytes, self.term_offsets, key)

    def find_term(self, field_number: int, text: bytes) -> int:
        """The number of a term; -1 when the segment does not hold it. O(log T)."""
        if field_number < 0:
            return -1
        key = layout.make_term_key(field_number, text)
        return find_text(self.term_bytes, self.term_offsets, key)

    def get_field_terms(self, field_number: int) -> tuple[int, int]:
        """The terms of a field, as a half-open range."""
        return (
            self.seek_key(layout.make_term_key(field_number, b"")),
            self.seek_key(layout.make_term_key(field_number + 1, b"")),
        )

    def get_postings(self, term: int) -> tuple[int, int]:
        """Where the postings of a term stand in `docs` and `codes`, half-open."""
        starts = self.posting_starts
        return int(starts[term]), int(starts[term + 1])

    def get_lengths(self, field_number: int) -> Array | None:
        """The length bytes of a field, uint8[D]; None where lengths are not counted."""
        lengths = self.facts.field_lengths
        if lengths[field_number] == 0:
            return None
        start = sum(length > 0 for length in lengths[:field_number]) * self.document_count
        return self.length_bytes[start : start + self.document_count]

    def get_number_column(self, field_name: str) -> NumberColumn | None:
        """The sortable numbers of a field that is no date of a paper; None without such a field."""
        if field_name not in self.facts.number_columns:
            return None
        place = self.facts.number_columns.index(field_name)
        values = self.get(number_column_name(place))
        return NumberColumn(values, self.facts.number_defaults[place])

    def get_byte_column(self, field_name: str) -> ByteColumn | None:
        """The sortable texts of a field; None without such a field."""
        if field_name not in self.facts.byte_columns:
            return None
        data, offsets = byte_column_names(self.facts.byte_columns.index(field_name))
        return ByteColumn(self.get(data), self.get(offsets))


def _add_up(counts: Array) -> Array:
    """Where the items of each document begin, and the end of the last."""
    ends = np.cumsum(counts, dtype=np.uint64)
    is_small = not len(ends) or int(ends[-1]) < 2**32
    offsets = np.zeros(len(counts) + 1, np.uint32 if is_small else np.uint64)
    offsets[1:] = ends
    return offsets
