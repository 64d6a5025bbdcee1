"""The second process of a bulk build: reads documents from a pipe, writes runs into a folder.

    python -m app.search.whoosh.codec.bulk_worker FOLDER < messages

A message is its length, four bytes, and MessagePack: a batch of documents, or the name under which
to write what came since the last name. The end of the input is the end of the work; without a
name before it, the build was given up and nothing more is written. So the process never outlives
the one that started it.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from app.search.whoosh.codec.bulk_batch import Batch
from app.search.whoosh.codec.bulk_kernels import load_bulk_kernels
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.schema import make_schema

_LENGTH_BYTES = 4


class BulkWorkerError(OSError):
    """The second process ended before its work was done."""


class BulkWorker:
    """The other end of the pipe; used by one thread.

    Args:
        folder: where the runs are written.
    """

    def __init__(self, folder: Path) -> None:
        # The same interpreter finds the same modules, wherever this process found them.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-P", "-m", __name__, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603  # our own module
        self._waiting: deque[bytes | None] = deque()
        self._changed = threading.Condition()
        self._is_broken = False
        self._sender = threading.Thread(target=self._send_all, name="bulk-sender", daemon=True)
        self._sender.start()

    @property
    def waiting_messages(self) -> int:
        """Messages that the other process has not taken yet, all in memory here."""
        return len(self._waiting)

    @property
    def waiting_bytes(self) -> int:
        """Their size."""
        with self._changed:
            return sum(map(len, filter(None, self._waiting)))

    def send(self, batch: Batch) -> None:
        """Give documents to the current run; whoever calls sees to it that few are waiting.

        Raises:
            BulkWorkerError: the other process ended.
        """
        self._put(msgspec.msgpack.encode(batch))

    def end_run(self, segment_id: str) -> None:
        """Let the current run be written under a name.

        Raises:
            BulkWorkerError: the other process ended.
        """
        self._put(msgspec.msgpack.encode(segment_id))

    def take_back(self) -> tuple[str, list[Batch]]:
        """The last run that is not yet begun or half done, and the second half of what waits of it.

        Those batches are no longer part of the run; there are none when too little waits.
        """
        with self._changed:
            messages = [message for message in self._waiting if message]
            if not messages:
                return "", []
            *batches, end = messages
            name = msgspec.msgpack.decode(end, type=str)
            taken: list[Batch] = []
            for message in reversed(batches):
                content = msgspec.msgpack.decode(message, type=Batch | str)
                if isinstance(content, str):
                    break
                taken.append(content)
            taken = taken[: len(taken) // 2]
            if taken:
                kept = messages[: len(messages) - 1 - len(taken)]
                self._waiting = deque([*kept, end])
        return name, taken[::-1]

    def finish(self) -> None:
        """Wait until all runs are written.

        Raises:
            BulkWorkerError: the other process ended before.
        """
        self._append(None)
        self._sender.join()
        if self._process.wait() != 0 or self._is_broken:
            raise self._make_error()

    def kill(self) -> None:
        """End the other process at once, if it still runs."""
        self._process.kill()
        self._process.wait()
        if self._sender.is_alive():
            self._append(None)
            self._sender.join()

    def _put(self, message: bytes) -> None:
        if self._is_broken:
            raise self._make_error()
        self._append(message)

    def _append(self, message: bytes | None) -> None:
        with self._changed:
            self._waiting.append(message)
            self._changed.notify()

    def _take(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) > 0)
            return self._waiting.popleft()

    def _make_error(self) -> BulkWorkerError:
        code = self._process.wait()
        return BulkWorkerError(
            f"the second process of the build ended with code {code}, "
            "perhaps for want of memory; its own message is above"
        )

    def _send_all(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101  # asked for in __init__
        while (message := self._take()) is not None:
            # After a failure the rest is dropped; the next `send` or `finish` says so.
            if not self._is_broken:
                try:
                    pipe.write(len(message).to_bytes(_LENGTH_BYTES, "little"))
                    pipe.write(message)
                except OSError:
                    self._is_broken = True
        try:
            pipe.close()
        except OSError:
            self._is_broken = True


def work(folder: Path, messages: BinaryIO) -> None:
    """Write every run that is named in the messages."""
    # All that is made here dies with its batch or lives to the end: there is nothing to look for.
    gc.disable()
    run = RunBuilder(make_schema(), load_bulk_kernels())
    for message in _iter_messages(messages):
        content = msgspec.msgpack.decode(message, type=Batch | str)
        if isinstance(content, str):
            write_segment(folder, content, run.build(), is_durable=False)
        else:
            run.add(content)


def _iter_messages(messages: BinaryIO) -> Iterator[bytes]:
    while len(head := messages.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        size = int.from_bytes(head, "little")
        message = messages.read(size)
        if len(message) < size:
            return
        yield message


if __name__ == "__main__":
    # Ctrl-C reaches both processes; the first one decides and closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(Path(sys.argv[1]), sys.stdin.buffer)
