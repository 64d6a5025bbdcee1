"""One array a file: a checked header, then the items, ready to be memory-mapped.

    bytes  0- 7  magic "PSIFTARR"
           8- 9  version of this format
          10-11  item type (its place in `ITEM_TYPES`)
          12-15  reserved, zero
          16-23  number of items
          24-27  CRC-32 of the data
          28-31  CRC-32 of the 28 bytes before
          32-63  zero, so that the items begin on a cache line

All numbers are little-endian. Opening checks the header and the length, which finds truncated and
foreign files at once; the data's own checksum is read by `verify`, because reading gigabytes at
every start would cost more than the search itself.
"""

import mmap
import os
import struct
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import IndexDamagedError

Array = NDArray[Any]

MAGIC = b"PSIFTARR"
FORMAT_VERSION = 1
HEADER_BYTES = 64
ARRAY_SUFFIX = ".array"
"""How the names of these files end."""

ITEM_TYPES = ("<u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f4", "<f8", "<i1")
"""Item types in the order of their codes; only ever appended to."""

VERIFY_BLOCK_BYTES = 2**22
_HEADER = struct.Struct("<8sHHIQI")
_MAP_OPTIONS: dict[str, Any] = {"trackfd": False} if sys.version_info >= (3, 13) else {}


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """What the first bytes of an array file say."""

    item_type: np.dtype[Any]
    items: int
    checksum: int

    @property
    def data_bytes(self) -> int:
        """Bytes of the items."""
        return self.items * self.item_type.itemsize


def write_array(path: Path, array: Array, *, is_durable: bool = True) -> None:
    """Write and sync one array of one dimension; the file appears under its name at once.

    Names are never reused within an index, so nobody can have the file open.

    Args:
        is_durable: False where the caller syncs it, with others.
    """
    with ArrayWriter(path, array.dtype, is_durable=is_durable) as writer:
        writer.append(array)


def write_blocks(path: Path, blocks: Iterable[Array], item_type: np.dtype[Any]) -> None:
    """Write and sync consecutive blocks of one array; memory stays at one block."""
    with ArrayWriter(path, item_type) as writer:
        for block in blocks:
            writer.append(block)


class ArrayWriter:
    """Writes one array block by block; several may be under way at once.

    The header is written last, so a file that was not finished is never taken for one that was.

    Args:
        is_durable: False for a file that is synced later, with others, or not at all.

    Attributes:
        items: written so far.
    """

    def __init__(self, path: Path, item_type: np.dtype[Any], *, is_durable: bool = True) -> None:
        self._is_durable = is_durable
        self._item_type = item_type.newbyteorder("<")
        self._checksum = 0
        self.items = 0
        self._file = path.open("wb")
        self._file.write(bytes(HEADER_BYTES))

    def append(self, block: Array) -> None:
        """Write some more items, converted to the array's type."""
        data = np.ascontiguousarray(block, dtype=self._item_type)
        view = data.data.cast("B") if data.size else memoryview(b"")
        self._file.write(view)
        self._checksum = zlib.crc32(view, self._checksum)
        self.items += data.size

    def finish(self) -> None:
        """Write the header, sync, close."""
        with self._file as file:
            file.seek(0)
            file.write(_make_header(self._item_type, self.items, self._checksum))
            if self._is_durable:
                file.flush()
                os.fsync(file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error_type is None:
            self.finish()
        else:
            self._file.close()


def read_header(path: Path) -> ArrayHeader:
    """The header of an array file whose length agrees with it.

    Raises:
        IndexDamagedError: the file is missing, foreign, truncated or of another version.
    """
    with _open(path) as file:
        return _read_header(path, file)


def open_array(path: Path) -> Array:
    """The items of an array file, memory-mapped read-only.

    Raises:
        IndexDamagedError: as `read_header`.
    """
    with _open(path) as file:
        header = _read_header(path, file)
        if header.items == 0:
            return np.empty(0, dtype=header.item_type)
        # The file stays open under the map in Python below 3.13, which is what limits its number.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ, **_MAP_OPTIONS)
    return np.frombuffer(mapped, header.item_type, header.items, HEADER_BYTES)


def release_pages(array: Array) -> None:
    """Let the system take back the memory of a mapped array; reading it again brings it back."""
    buffer: Any = array.base
    mapped = buffer.obj if isinstance(buffer, memoryview) else buffer
    # Not every system gives advice; without it only the figure of used memory is larger.
    if isinstance(mapped, mmap.mmap) and hasattr(mapped, "madvise"):
        mapped.madvise(mmap.MADV_DONTNEED)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise make_damage_error(path, "is missing") from None


def _read_header(path: Path, file: BinaryIO) -> ArrayHeader:
    header = file.read(HEADER_BYTES)
    size = os.fstat(file.fileno()).st_size
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise make_damage_error(path, "is not an array of this index")
    _, version, type_code, _, items, checksum = _HEADER.unpack_from(header)
    (header_checksum,) = struct.unpack_from("<I", header, _HEADER.size)
    if header_checksum != zlib.crc32(header[: _HEADER.size]):
        raise make_damage_error(path, "has a damaged header")
    if version != FORMAT_VERSION or type_code >= len(ITEM_TYPES):
        raise make_damage_error(path, f"has format {version}, not {FORMAT_VERSION}")
    found = ArrayHeader(np.dtype(ITEM_TYPES[type_code]), items, checksum)
    if size != HEADER_BYTES + found.data_bytes:
        expected = HEADER_BYTES + found.data_bytes
        raise make_damage_error(path, f"holds {size:,} bytes instead of {expected:,}")
    return found


def verify_array(path: Path) -> None:
    """Read the whole file and compare its checksum.

    Raises:
        IndexDamagedError: as `read_header`, or the data was changed after it was written.
    """
    header = read_header(path)
    checksum = 0
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        while block := file.read(VERIFY_BLOCK_BYTES):
            checksum = zlib.crc32(block, checksum)
    if checksum != header.checksum:
        raise make_damage_error(path, "does not have the checksum it was written with")


def make_damage_error(path: Path, reason: str) -> IndexDamagedError:
    """The error for one file of the index, with the way out."""
    return IndexDamagedError(
        f"The index file {path.name} {reason}. "
        "Run `papersift reindex` to build the index anew from the database."
    )


def _make_header(item_type: np.dtype[Any], items: int, checksum: int) -> bytes:
    # Single bytes have no order, so numpy calls them "|u1".
    name = f"<{item_type.str[1:]}"
    head = _HEADER.pack(MAGIC, FORMAT_VERSION, ITEM_TYPES.index(name), 0, items, checksum)
    return (head + struct.pack("<I", zlib.crc32(head))).ljust(HEADER_BYTES, b"\0")
