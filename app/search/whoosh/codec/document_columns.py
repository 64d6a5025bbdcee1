"""What is known of each document, gathered one by one: lengths, ids, dates, stored fields."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout, stored_fields
from app.search.whoosh.codec.joined_texts import ByteColumn, join_texts
from app.search.whoosh.codec.name_columns import make_name_arrays
from app.search.whoosh.codec.segment_columns import NumberColumn
from app.search.whoosh.codec.whoosh_internals import (
    BitColumn,
    CompressedBytesColumn,
    NumericColumn,
    RefBytesColumn,
    VarBytesColumn,
    encode_lengths,
)
from app.search.whoosh.schema import (
    ANNOUNCED,
    ARXIV_ID,
    AUTHOR_NAMES,
    CATEGORIES,
    FLAGS,
    SUBMITTED,
    UPDATED,
)

Array = NDArray[Any]

_BYTE_COLUMNS = (VarBytesColumn, RefBytesColumn, CompressedBytesColumn)
PAPER_NUMBERS: Final = {
    SUBMITTED: layout.SUBMITTED_AT,
    UPDATED: layout.UPDATED_AT,
    ANNOUNCED: layout.ANNOUNCED_ON,
    FLAGS: layout.FLAGS,
}
"""Numbers that every paper has, by field, and their arrays."""


class DocumentColumns:
    """Values of documents that are added in ascending order."""

    def __init__(self) -> None:
        self.document_count = 0
        self._lengths: dict[str, tuple[array[int], array[int]]] = defaultdict(
            lambda: (array("I"), array("Q"))
        )
        self._column_types: dict[str, Any] = {}
        self._values: dict[str, dict[int, Any]] = defaultdict(dict)
        self._stored: list[bytes] = []
        self._stored_bytes = 0

    def start_document(self) -> int:
        """Begin the next document; its number."""
        self.document_count += 1
        return self.document_count - 1

    @property
    def field_names(self) -> set[str]:
        """Fields with a length."""
        return set(self._lengths)

    def add_length(self, field_name: str, length: int) -> None:
        """How many tokens a field of the current document has, at least 1."""
        documents, lengths = self._lengths[field_name]
        documents.append(self.document_count - 1)
        lengths.append(length)

    def add_value(self, field_name: str, column_type: Any, value: Any) -> None:
        """The sortable value of a field of the current document.

        Raises:
            ValueError: Whoosh's column type has no array here.
        """
        if field_name not in self._column_types:
            if not isinstance(column_type, (NumericColumn, BitColumn, *_BYTE_COLUMNS)):
                raise ValueError(
                    f"field {field_name} has a {type(column_type).__name__}; "
                    "an index keeps numbers, bits and bytes as columns"
                )
            self._column_types[field_name] = column_type
        self._values[field_name][self.document_count - 1] = value

    def add_stored(self, fields: dict[str, Any]) -> None:
        """The stored fields of the current document.

        Raises:
            ValueError: one is of a type that is not stored.
        """
        missing = self.document_count - 1 - len(self._stored)
        self._stored += [b""] * missing + [stored_fields.encode(fields)]

    def make_length_bytes(self, field_names: Sequence[str]) -> NDArray[np.uint8]:
        """Whoosh's length bytes, shape (F, D)."""
        found = np.zeros((len(field_names), self.document_count), np.uint8)
        for number, name in enumerate(field_names):
            if name in self._lengths:
                documents, lengths = self._lengths[name]
                found[number, np.asarray(documents)] = encode_lengths(
                    np.asarray(lengths, dtype=np.int64)
                )
        return found

    def make_paper_arrays(self) -> tuple[dict[str, Array], tuple[str, ...]]:
        """Ids, dates, flags, categories as `SegmentColumns` takes them, and categories' names."""
        ids = join_texts(self._list_values(ARXIV_ID, b""))
        categories, names = _number_categories(self._list_values(CATEGORIES, b""))
        arrays: dict[str, Array] = {
            "id_bytes": ids.data,
            "id_offsets": ids.offsets,
            **categories,
            **make_name_arrays(self._list_values(AUTHOR_NAMES, b"")),
            **{
                array_name: np.array(
                    self._list_values(name, 0), dtype=layout.ITEM_TYPES[array_name]
                )
                for name, array_name in PAPER_NUMBERS.items()
            },
        }
        return arrays, names

    def make_stored_arrays(self) -> dict[str, Array]:
        """Stored fields; nothing when no document has any."""
        if not self._stored:
            return {}
        missing = self.document_count - len(self._stored)
        stored = join_texts([*self._stored, *[b""] * missing])
        return {layout.STORED_BYTES: stored.data, layout.STORED_OFFSETS: stored.offsets}

    def make_number_columns(self) -> dict[str, NumberColumn]:
        """Sortable numbers of other fields."""
        return {
            name: self._make_numbers(name, column_type)
            for name, column_type in sorted(self._column_types.items())
            if name not in PAPER_NUMBERS and _holds_numbers(column_type)
        }

    def _make_numbers(self, field_name: str, column_type: Any) -> NumberColumn:
        default = column_type.default_value()
        values = self._list_values(field_name, default)
        return NumberColumn(np.array(values, dtype=choose_number_type(column_type)), default)

    def make_byte_columns(self) -> dict[str, ByteColumn]:
        """Sortable texts of fields that have no arrays of their own."""
        return {
            name: join_texts(self._list_values(name, column_type.default_value()))
            for name, column_type in sorted(self._column_types.items())
            if name not in (ARXIV_ID, CATEGORIES, AUTHOR_NAMES) and not _holds_numbers(column_type)
        }

    def _list_values(self, field_name: str, default: Any) -> list[Any]:
        values = self._values.get(field_name, {})
        return [values.get(number, default) for number in range(self.document_count)]


def _holds_numbers(column_type: Any) -> bool:
    # Whoosh derives its columns of numbers from those of bytes.
    return isinstance(column_type, (NumericColumn, BitColumn))


def choose_number_type(column_type: Any) -> np.dtype[Any]:
    """The item type that holds every value of a Whoosh column of numbers."""
    if isinstance(column_type, BitColumn):
        return np.dtype("<u1")
    typecode = column_type._typecode
    if typecode in "fd":
        return np.dtype("<f8")
    return np.dtype("<u8" if typecode == "Q" else "<i8")


def _number_categories(values: Iterable[bytes]) -> tuple[dict[str, Array], tuple[str, ...]]:
    numbers: dict[bytes, int] = {}
    offsets, codes = array("I", [0]), array("H")
    for value in values:
        for name in value.split():
            codes.append(numbers.setdefault(name, len(numbers)))
        offsets.append(len(codes))
    arrays: dict[str, Array] = {
        "category_offsets": np.array(offsets, np.uint32),
        layout.CATEGORY_CODES: np.array(codes, np.uint16),
    }
    return arrays, tuple(name.decode("utf-8") for name in numbers)
