"""The arrays of one segment: written once, then memory-mapped when first asked for."""

import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.array_file import (
    ArrayWriter,
    make_damage_error,
    open_array,
    verify_array,
)
from app.search.whoosh.codec.segment_columns import ByteColumn, NumberColumn, SegmentColumns
from app.search.whoosh.codec.segment_file import (
    SegmentFacts,
    make_array_name,
    read_facts,
    write_facts,
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


class SegmentFiles:
    """Writes a segment array by array; it counts once a commit names it.

    Arrays may be written in blocks, so that a large segment never is in memory as a whole.
    """

    def __init__(self, folder: Path, segment_id: str) -> None:
        self._folder = folder
        self._segment_id = segment_id
        self._writers: dict[str, ArrayWriter] = {}

    def write(self, name: str, *blocks: Array) -> None:
        """Write and sync one array of `layout.ITEM_TYPES` given as consecutive blocks."""
        largest = 0
        if name in layout.WIDER_TYPES:
            largest = max((int(block.max()) for block in blocks if block.size), default=0)
        self.write_blocks(name, blocks, layout.choose_item_type(name, largest))

    def write_blocks(
        self, name: str, blocks: Iterable[Array], item_type: np.dtype[Any] | None = None
    ) -> None:
        """Write and sync one array.

        Args:
            item_type: where it is not the one in `layout.ITEM_TYPES`.
        """
        with self.open(name, item_type) as writer:
            for block in blocks:
                writer.append(block)

    def open(self, name: str, item_type: np.dtype[Any] | None = None) -> ArrayWriter:
        """One array to be written little by little; the caller leaves its `with` block."""
        path = self._folder / make_array_name(self._segment_id, name)
        writer = ArrayWriter(path, layout.ITEM_TYPES[name] if item_type is None else item_type)
        self._writers[name] = writer
        return writer

    def open_posting_arrays(
        self, stack: ExitStack, largest: Mapping[str, int]
    ) -> dict[str, ArrayWriter]:
        """All arrays that hold postings and positions, at once.

        Args:
            stack: closes them.
            largest: a bound of the items of arrays that may be wider than usual.
        """
        return {
            name: stack.enter_context(
                self.open(name, layout.choose_item_type(name, largest.get(name, 0)))
            )
            for name in layout.POSTING_ARRAYS
        }

    def finish(
        self,
        *,
        documents: int,
        field_names: tuple[str, ...],
        field_lengths: tuple[int, ...],
        position_shifts: tuple[int, ...],
        category_names: tuple[str, ...] = (),
        number_columns: tuple[str, ...] = (),
        number_defaults: tuple[float, ...] = (),
        byte_columns: tuple[str, ...] = (),
    ) -> SegmentFacts:
        """Write and sync the facts; the folder itself is synced by the commit.

        Raises:
            ValueError: an array of the layout was not written.
        """
        missing = layout.ITEM_TYPES.keys() - self._writers.keys()
        if missing:
            raise ValueError(f"segment {self._segment_id} lacks {', '.join(sorted(missing))}")
        facts = SegmentFacts(
            segment_id=self._segment_id,
            documents=documents,
            field_names=field_names,
            field_lengths=field_lengths,
            position_shifts=position_shifts,
            category_names=category_names,
            number_columns=number_columns,
            number_defaults=number_defaults,
            byte_columns=byte_columns,
            item_counts={name: writer.items for name, writer in self._writers.items()},
        )
        write_facts(self._folder, facts)
        return facts


def write_segment(folder: Path, segment_id: str, columns: SegmentColumns) -> SegmentFacts:
    """Write and sync all files of a segment that is in memory."""
    files = SegmentFiles(folder, segment_id)
    for name in layout.ITEM_TYPES:
        files.write(name, getattr(columns, name))
    for place, numbers in enumerate(columns.number_columns.values()):
        files.write_blocks(number_column_name(place), [numbers.values], numbers.values.dtype)
    for place, texts in enumerate(columns.byte_columns.values()):
        data_name, offsets_name = byte_column_names(place)
        files.write_blocks(data_name, [texts.data], np.dtype("<u1"))
        files.write_blocks(offsets_name, [texts.offsets], np.dtype("<u8"))
    return files.finish(
        documents=columns.document_count,
        field_names=columns.field_names,
        field_lengths=columns.field_lengths,
        position_shifts=columns.position_shifts,
        category_names=columns.category_names,
        number_columns=tuple(columns.number_columns),
        number_defaults=tuple(each.default for each in columns.number_columns.values()),
        byte_columns=tuple(columns.byte_columns),
    )


class SegmentArrays:
    """The arrays of one segment, read-only and shared between threads.

    Every array of `layout.ITEM_TYPES` is an attribute, mapped when first used and kept.

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
        return self.get(name)

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

    def seek_key(self, key: bytes) -> int:
        """The first term whose key is `key` or behind it; `term_count` when there is none."""
        # Views give Python's own numbers, which costs half as much as numpy's.
        offsets, data = self.term_offsets.data, self.term_bytes.data
        low, high = 0, self.term_count
        while low < high:
            middle = (low + high) >> 1
            if bytes(data[offsets[middle] : offsets[middle + 1]]) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def find_term(self, field_number: int, text: bytes) -> int:
        """The number of a term; -1 when the segment does not hold it. O(log T)."""
        if field_number < 0:
            return -1
        key = layout.make_term_key(field_number, text)
        term = self.seek_key(key)
        return term if term < self.term_count and self.get_term_key(term) == key else -1

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

    def get_lengths(self, field_number: int) -> Array:
        """The length bytes of a field, uint8[D]."""
        start = field_number * self.document_count
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
