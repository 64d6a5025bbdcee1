"""Everything of Whoosh that is no public interface, in one place.

Whoosh 2.7.4 lets a codec be replaced but does not document how. Other modules of this package
take the classes to derive from, and what they call behind the curtain, from here; the tests of
this module fail when one of them changes in a release.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import (
    Codec,
    FieldCursor,
    FieldWriter,
    PerDocumentReader,
    PerDocumentWriter,
    Segment,
    TermsReader,
)
from whoosh.columns import (
    BitColumn,
    ColumnReader,
    CompressedBytesColumn,
    NumericColumn,
    RefBytesColumn,
    VarBytesColumn,
)
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence, Frequency, Positions
from whoosh.matching import FilterMatcher, LeafMatcher, ReadTooFar
from whoosh.reading import EmptyReader, MultiReader, SegmentReader, TermInfo, TermNotFound
from whoosh.util.numeric import byte_to_length, length_to_byte
from whoosh.writing import SegmentWriter

__all__ = [
    "BitColumn",
    "Codec",
    "ColumnReader",
    "CompressedBytesColumn",
    "EmptyReader",
    "Existence",
    "FieldCursor",
    "FieldWriter",
    "FileStorage",
    "FilterMatcher",
    "Frequency",
    "LeafMatcher",
    "MultiReader",
    "NumericColumn",
    "PerDocumentReader",
    "PerDocumentWriter",
    "Positions",
    "ReadTooFar",
    "RefBytesColumn",
    "Segment",
    "SegmentReader",
    "SegmentWriter",
    "TermNotFound",
    "TermsReader",
    "VarBytesColumn",
    "encode_lengths",
    "get_folder",
    "length_of_byte",
    "make_term_info",
]

LENGTH_OF_BYTE: NDArray[np.int64] = np.array(
    [byte_to_length(code) for code in range(256)], dtype=np.int64
)
"""The field length that each of Whoosh's length bytes stands for, shape (256,)."""

_FIRST_LONGEST = next(
    length for length in range(int(LENGTH_OF_BYTE[-2]), int(LENGTH_OF_BYTE[-1]) + 1)
    if length_to_byte(length) == 255
)  # fmt: skip


def encode_lengths(lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """`whoosh.util.numeric.length_to_byte` of many lengths at once.

    >>> encode_lengths(np.array([0, 3, 11, 10**6])).tolist() == [
    ...     length_to_byte(length) for length in (0, 3, 11, 10**6)
    ... ]
    True
    """
    codes = np.searchsorted(LENGTH_OF_BYTE, lengths, side="left")
    return np.where(np.asarray(lengths) >= _FIRST_LONGEST, 255, codes).astype(np.uint8)


def length_of_byte(code: int) -> int:
    """The field length that a length byte stands for."""
    return int(byte_to_length(code))


def make_term_info(
    *,
    weight: float,
    document_frequency: int,
    min_length: int,
    max_length: int,
    max_weight: float,
    min_id: int,
    max_id: int,
) -> Any:
    """Whoosh's statistics of a term; lengths are decoded from their bytes by the caller."""
    return TermInfo(
        weight=weight,
        df=document_frequency,
        minlength=min_length,
        maxlength=max_length,
        maxweight=max_weight,
        minid=min_id,
        maxid=max_id,
    )


def get_folder(storage: Any) -> Path:
    """Where a storage keeps its files.

    Raises:
        TypeError: it keeps them elsewhere than in a folder, so they cannot be memory-mapped.
    """
    if not isinstance(storage, FileStorage):
        raise TypeError(f"{type(storage).__name__} is no folder; use whoosh's FileStorage")
    return Path(storage.folder)
