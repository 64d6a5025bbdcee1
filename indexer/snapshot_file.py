"""A snapshot file as numbered lines, whatever it is compressed with; no line is ever too long.

Memory stays bounded: the file is read in blocks, and a line beyond the limit is passed on cut
short (its parser then refuses it by name) instead of being collected.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import zstandard
from typing_extensions import Buffer

from app.domain.errors import SnapshotError

MAX_LINE_BYTES = 16 * 2**20
"""Longest line that can hold a paper, bytes; the longest real ones are about 300 kB."""

BLOCK_BYTES = 2**20
FINGERPRINT_BYTES = 2**16
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """One line without its line end.

    Attributes:
        number: 1-based.
        end_offset: bytes of the decompressed file up to and including its line end.
        is_cut: whether it was longer than `MAX_LINE_BYTES`.
    """

    data: bytes
    number: int
    end_offset: int
    is_cut: bool = False


class ZstandardReader(io.RawIOBase):
    """The decompressed bytes of a zstandard file; unlike the library's, it notices a cut file."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._pending = b""

    def readable(self) -> bool:
        """True: this is a source of bytes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill the buffer with the next bytes; 0 at the end.

        Raises:
            EOFError: the file ends inside a frame.
        """
        view = memoryview(buffer).cast("B")
        while not self._pending:
            block = self._frame.unused_data or self._source.read(BLOCK_BYTES)
            if not block and self._frame.eof:
                return 0
            if not block:
                raise EOFError("the file ends inside a compressed block")
            if self._frame.eof:  # several frames may follow each other
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._pending = self._frame.decompress(block)
        size = min(len(view), len(self._pending))
        view[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size


class SnapshotFile:
    """An open snapshot: plain, gzip or zstandard, recognised by its first bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise SnapshotError(
                f"{path} cannot be opened ({error.strerror}). Give the path of a metadata "
                "snapshot: JSON lines, plain or compressed (.gz, .zst)."
            ) from error
        self.size_bytes = path.stat().st_size
        head = self._raw.read(FINGERPRINT_BYTES)
        self._raw.seek(0)
        self.fingerprint = hashlib.blake2b(
            head + str(self.size_bytes).encode(), digest_size=16
        ).hexdigest()
        self._is_plain = not head.startswith((GZIP_MAGIC, ZSTD_MAGIC))
        self._stream = self._open_stream(head)

    def _open_stream(self, head: bytes) -> BinaryIO:
        if head.startswith(GZIP_MAGIC):
            return cast(BinaryIO, gzip.GzipFile(fileobj=self._raw))
        if head.startswith(ZSTD_MAGIC):
            return io.BufferedReader(ZstandardReader(self._raw), BLOCK_BYTES)
        return self._raw

    @property
    def position_bytes(self) -> int:
        """Bytes of the file on disk read so far, for progress against `size_bytes`."""
        return self._raw.tell()

    def read_lines(self, *, skip_lines: int = 0, skip_bytes: int = 0) -> Iterator[SnapshotLine]:
        """The lines after `skip_lines`, which end at decompressed offset `skip_bytes`.

        Empty lines are numbered but not given.

        Raises:
            SnapshotError: the compressed file is damaged or ends too early.
        """
        self._skip(skip_bytes)
        number, offset = skip_lines, skip_bytes
        while data := self._read_line():
            is_cut = len(data) == MAX_LINE_BYTES and not data.endswith(b"\n")
            offset += len(data) + (self._drop_rest_of_line() if is_cut else 0)
            number += 1
            if data := data.strip():
                yield SnapshotLine(data, number, offset, is_cut)

    def _skip(self, skip_bytes: int) -> None:
        if self._is_plain:
            self._stream.seek(skip_bytes)
            return
        with self._naming_damage():
            left = skip_bytes
            while left > 0 and (block := self._stream.read(min(left, BLOCK_BYTES))):
                left -= len(block)

    def _read_line(self) -> bytes:
        with self._naming_damage():
            return self._stream.readline(MAX_LINE_BYTES)

    def _drop_rest_of_line(self) -> int:
        """Bytes passed over up to and including the next line end."""
        dropped = 0
        while piece := self._read_line():
            dropped += len(piece)
            if piece.endswith(b"\n"):
                break
        return dropped

    @contextmanager
    def _naming_damage(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
            raise SnapshotError(
                f"{self.path.name} is damaged or incomplete ({error}). What was read before is "
                "stored; fetch the file again and repeat the import."
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self._raw.close()

    def __enter__(self) -> Self:
        """The file itself."""
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
