"""The documents of a segment as Whoosh reads them: lengths, sortable columns, stored fields."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import stored_fields
from app.search.whoosh.codec.document_columns import PAPER_NUMBERS
from app.search.whoosh.codec.joined_texts import ByteColumn
from app.search.whoosh.codec.name_columns import SEPARATOR, NameList
from app.search.whoosh.codec.paper_ids import PaperIds
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.whoosh_internals import (
    BitColumn,
    ColumnReader,
    PerDocumentReader,
    length_of_byte,
)
from app.search.whoosh.schema import ARXIV_ID, AUTHOR_NAMES, CATEGORIES

Array = NDArray[Any]


class ColumnDocumentReader(PerDocumentReader):  # type: ignore[misc]  # Whoosh has no types
    """What is known of each document of one segment."""

    def __init__(self, segment: ColumnSegment) -> None:
        self._segment = segment
        self._arrays = segment.get_arrays()
        self._lengths: dict[str, Array | None] = {}

    def doc_count(self) -> int:
        """Living documents."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._arrays.document_count

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._segment.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """The deleted documents."""
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        """Sortable fields are kept."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether a field is sortable."""
        facts = self._arrays.facts
        return fieldname in (
            ARXIV_ID, CATEGORIES, AUTHOR_NAMES, *PAPER_NUMBERS,
            *facts.number_columns, *facts.byte_columns,
        )  # fmt: skip

    def list_columns(self) -> list[str]:
        """Sortable fields."""
        facts = self._arrays.facts
        return [
            ARXIV_ID,
            CATEGORIES,
            AUTHOR_NAMES,
            *PAPER_NUMBERS,
            *facts.number_columns,
            *facts.byte_columns,
        ]

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """The sortable values of a field.

        Raises:
            KeyError: the field is not sortable.
        """
        arrays = self._arrays
        if fieldname == ARXIV_ID:
            return IdReader(arrays)
        if fieldname == CATEGORIES:
            names = [name.encode("utf-8") for name in arrays.facts.category_names]
            return NamesReader(arrays.category_offsets, arrays.category_codes, names, b" ")
        if fieldname == AUTHOR_NAMES:
            authors = NameList(arrays.author_names, arrays.author_name_offsets)
            return NamesReader(arrays.author_offsets, arrays.author_codes, authors, SEPARATOR)
        if fieldname in PAPER_NUMBERS:
            return NumberColumnReader(arrays.get(PAPER_NUMBERS[fieldname]))
        numbers = arrays.get_number_column(fieldname)
        if numbers is not None:
            values = numbers.values
            return NumberColumnReader(
                values.astype(np.bool_) if isinstance(column, BitColumn) else values
            )
        texts = arrays.get_byte_column(fieldname)
        if texts is None:
            raise KeyError(fieldname)
        return ByteColumnReader(texts)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Tokens of a field in a document, as exactly as Whoosh's length byte tells."""
        lengths = self._get_lengths(fieldname)
        code = 0 if lengths is None else int(lengths[docnum])
        return length_of_byte(code) if code else default

    def field_length(self, fieldname: str) -> int:
        """Tokens of a field over all documents."""
        number = self._arrays.find_field(fieldname)
        return 0 if number < 0 else self._arrays.facts.field_lengths[number]

    def min_field_length(self, fieldname: str) -> int:
        """Shortest field, 0 where a document lacks it."""
        lengths = self._get_lengths(fieldname)
        return 0 if lengths is None else length_of_byte(int(lengths.min()))

    def max_field_length(self, fieldname: str) -> int:
        """Longest field."""
        lengths = self._get_lengths(fieldname)
        return 0 if lengths is None else length_of_byte(int(lengths.max()))

    def _get_lengths(self, fieldname: str) -> Array | None:
        """The length bytes of a field; None when the segment has none."""
        if fieldname not in self._lengths:
            number = self._arrays.find_field(fieldname)
            found = None if number < 0 else self._arrays.get_lengths(number)
            self._lengths[fieldname] = None if found is None or not found.size else found
        return self._lengths[fieldname]

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The stored fields of a document."""
        offsets = self._arrays.stored_offsets
        if not offsets.size:
            return {}
        data = self._arrays.stored_bytes[int(offsets[docnum]) : int(offsets[docnum + 1])]
        return stored_fields.decode(data.tobytes()) if data.size else {}

    def close(self) -> None:
        """Nothing to let go of: the maps live as long as somebody uses them."""


class NumberColumnReader(ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """Sortable numbers or bits."""

    def __init__(self, numbers: Array) -> None:
        self._numbers = numbers
        self._doccount = len(numbers)
        self._reverse = False

    def __getitem__(self, docnum: int) -> Any:
        return self._numbers[docnum].item()

    def sort_key(self, docnum: int) -> Any:
        """What documents are sorted by."""
        value = self._numbers[docnum].item()
        if isinstance(value, bool):
            return int(value ^ self._reverse)
        return 0 - value if self._reverse else value

    def load(self) -> list[Any]:
        """All values."""
        values: list[Any] = self._numbers.tolist()
        return values

    def set_reverse(self) -> None:
        """Sort from the largest on."""
        self._reverse = True


class IdReader(ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """The identifiers of documents."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._ids = PaperIds(arrays)
        self._doccount = arrays.document_count

    def __getitem__(self, docnum: int) -> bytes:
        (value,) = self._ids.read(np.array([docnum]))
        return value.encode("utf-8")


class ByteColumnReader(ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """Sortable texts."""

    def __init__(self, column: ByteColumn) -> None:
        self._data, self._offsets = column.data, column.offsets
        self._doccount = len(column.offsets) - 1

    def __getitem__(self, docnum: int) -> bytes:
        start, end = int(self._offsets[docnum]), int(self._offsets[docnum + 1])
        return self._data[start:end].tobytes()


class NamesReader(ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """Several names for a document, joined."""

    def __init__(
        self, offsets: Array, codes: Array, names: Sequence[bytes], separator: bytes
    ) -> None:
        self._offsets, self._codes = offsets, codes
        self._names, self._separator = names, separator
        self._doccount = len(offsets) - 1

    def __getitem__(self, docnum: int) -> bytes:
        codes = self._codes[int(self._offsets[docnum]) : int(self._offsets[docnum + 1])]
        return self._separator.join(self._names[code] for code in codes.tolist())
