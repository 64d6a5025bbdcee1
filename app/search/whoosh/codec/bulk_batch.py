"""Documents of a bulk build on their way between processes: one block of bytes for each field."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class TextColumn(msgspec.Struct, frozen=True, array_like=True):
    """One text of each document, empty where it lacks the field.

    Attributes:
        data: the texts in UTF-8, one after another.
        end_bytes: int64, where each ends.
    """

    data: bytes
    end_bytes: bytes

    @property
    def ends(self) -> Array:
        """Where each text ends, int64."""
        return np.frombuffer(self.end_bytes, np.int64)


class Batch(msgspec.Struct, frozen=True):
    """Some documents by column.

    Attributes:
        document_count: how many.
        texts: by name of the field; a field that no document has may be missing.
        numbers: int64 by name of the field, as bytes; 0 where a document lacks it.
    """

    document_count: int
    texts: dict[str, TextColumn]
    numbers: dict[str, bytes]

    @property
    def text_bytes(self) -> int:
        """Length of all texts."""
        return sum(len(column.data) for column in self.texts.values())


def make_batch(rows: Sequence[Mapping[str, Any]], numeric: Collection[str]) -> Batch:
    """Documents given as values by field name, by column.

    Args:
        numeric: the fields that hold numbers.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return Batch(
        document_count=len(rows),
        texts={
            name: make_text_column([row.get(name, "") for row in rows])
            for name in names
            if name not in numeric
        },
        numbers={
            name: np.array([row.get(name, 0) for row in rows], np.int64).tobytes()
            for name in numeric
        },
    )


def make_text_column(texts: Sequence[str]) -> TextColumn:
    """One text of each document."""
    encoded = [text.encode("utf-8") for text in texts]
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    return TextColumn(b"".join(encoded), np.cumsum(lengths).tobytes())
