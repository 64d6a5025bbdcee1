"""Reading and parsing a snapshot file in a process of its own, so that two cores share an import.

Parsing a record takes about as long as storing one, and both hold the interpreter lock. The child
(`python -m indexer.snapshot_reader`) reads and parses; batches come through a pipe as msgpack
frames, an 8-byte length before each. Nothing outlives anybody: a child whose parent died fails on
its next write, and leaving `read_batches` early ends the child.
"""

import gc
import os
import struct
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec

from app.domain.errors import SnapshotError
from app.domain.harvest import PaperRecord
from indexer.rejects import MAX_KEPT_BYTES
from indexer.snapshot_file import SnapshotFile, SnapshotLine
from indexer.snapshot_record import RejectedLineError, parse_snapshot_line

_FRAME = struct.Struct("<Q")


class Rejection(msgspec.Struct, frozen=True):
    """One line that holds no paper, and why."""

    line: int
    reason: str
    data: bytes


class Batch(msgspec.Struct, frozen=True, tag="batch"):
    """Consecutive lines, parsed: the unit of one transaction.

    Attributes:
        last_line: number of the last line in it, 1-based.
        end_offset: bytes of the decompressed file up to its end.
        position_bytes: bytes of the file on disk read so far.
    """

    records: list[PaperRecord]
    rejections: list[Rejection]
    last_line: int
    end_offset: int
    position_bytes: int


class Damage(msgspec.Struct, frozen=True, tag="damage"):
    """The file cannot be read on; `message` says why and what to do."""

    message: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Batch | Damage)


def read_batches(
    path: Path, *, skip_lines: int, skip_bytes: int, batch_papers: int
) -> Generator[Batch]:
    """The batches of a snapshot file after a line; parsed ahead by a child process.

    Args:
        skip_lines: lines to pass over.
        skip_bytes: where they end in the decompressed file.
        batch_papers: lines in one batch.

    Raises:
        SnapshotError: the file is damaged; what came before it was given.
    """
    command = [sys.executable, "-m", "indexer.snapshot_reader", str(path)]
    places = [str(number) for number in (skip_lines, skip_bytes, batch_papers)]
    packages = str(Path(__file__).resolve().parents[1])
    inherited = os.environ.get("PYTHONPATH", "")
    child = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
        [*command, *places],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [packages, inherited]))},
        # Ctrl-C reaches the parent alone, which then ends the child.
        start_new_session=True,
    )
    assert child.stdout is not None  # noqa: S101 - asked for above
    try:
        with closing(child.stdout):
            yield from _read_frames(child.stdout)
        if child.wait() != 0:
            raise SnapshotError(
                f"Reading {path.name} broke off (exit code {child.returncode}). What was read "
                "before is stored; repeat the import, and it goes on from there."
            )
    finally:
        child.kill()
        child.wait()


def _read_frames(stream: IO[bytes]) -> Iterator[Batch]:
    while head := stream.read(_FRAME.size):
        message = _decoder.decode(stream.read(_FRAME.unpack(head)[0]))
        if isinstance(message, Damage):
            raise SnapshotError(message.message)
        yield message


def _parse_batches(
    snapshot: SnapshotFile, skip_lines: int, skip_bytes: int, batch_papers: int
) -> Iterator[Batch]:
    lines = snapshot.read_lines(skip_lines=skip_lines, skip_bytes=skip_bytes)
    while chunk := list(islice(lines, batch_papers)):
        yield _parse_batch(chunk, snapshot.position_bytes)


def _parse_batch(chunk: list[SnapshotLine], position_bytes: int) -> Batch:
    records: list[PaperRecord] = []
    rejections: list[Rejection] = []
    for line in chunk:
        try:
            records.append(parse_snapshot_line(line.data, is_cut=line.is_cut))
        except RejectedLineError as error:
            rejections.append(Rejection(line.number, str(error), line.data[: MAX_KEPT_BYTES + 1]))
    last = chunk[-1]
    return Batch(records, rejections, last.number, last.end_offset, position_bytes)


def main() -> None:
    """The child: `FILE SKIP_LINES SKIP_BYTES BATCH_PAPERS`, frames to standard output."""
    path, *places = sys.argv[1:]
    # Records hold no cycles; looking for some would be a tenth of the work.
    gc.disable()
    out = sys.stdout.buffer

    def send(message: Batch | Damage) -> None:
        frame = _encoder.encode(message)
        out.write(_FRAME.pack(len(frame)))
        out.write(frame)
        out.flush()

    try:
        with SnapshotFile(Path(path)) as snapshot:
            for batch in _parse_batches(snapshot, *map(int, places)):
                send(batch)
    except SnapshotError as error:
        send(Damage(str(error)))


if __name__ == "__main__":
    main()
