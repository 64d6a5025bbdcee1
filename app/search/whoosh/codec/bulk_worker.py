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
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from app.search.whoosh.codec.bulk_batch import Batch
from app.search.whoosh.codec.bulk_kernels import load_bulk_kernels
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.schema import make_schema

_LENGTH_BYTES = 4

INVERTING_SHARE = 0.5
"""What inverting and writing the documents of a run takes of the time to cut them into words."""


class BulkWorkerError(OSError):
    """The second process ended before its work was done."""


class _Message(NamedTuple):
    """What waits to be sent.

    Attributes:
        data: MessagePack.
        documents: of a batch, or of the run that ends here.
        batches: of that run; 0 for a batch.
    """

    data: bytes
    documents: int
    batches: int = 0


class TakenBatches(NamedTuple):
    """Documents that are no longer for the other process.

    Attributes:
        run_name: the run whose rear they are.
        is_whole: whether that run has no others, so that the other process never hears of it.
    """

    run_name: str
    batches: list[Batch]
    is_whole: bool


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
        self._waiting: deque[_Message | None] = deque()
        self._run_documents = 0
        self._run_batches = 0
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
            return sum(len(message.data) for message in self._waiting if message)

    def send(self, batch: Batch) -> None:
        """Give documents to the current run; whoever calls sees to it that few are waiting.

        Raises:
            BulkWorkerError: the other process ended.
        """
        self._run_documents += batch.document_count
        self._run_batches += 1
        self._put(_Message(msgspec.msgpack.encode(batch), batch.document_count))

    def end_run(self, segment_id: str) -> None:
        """Let the current run be written under a name.

        Raises:
            BulkWorkerError: the other process ended.
        """
        data = msgspec.msgpack.encode(segment_id)
        self._put(_Message(data, self._run_documents, self._run_batches))
        self._run_documents = self._run_batches = 0

    def take_back(self) -> TakenBatches | None:
        """A share of the last run, so that both processes end about the same time; None for none.

        Nothing may be sent afterwards, and the last run must have ended.
        """
        with self._changed:
            waiting = [message for message in self._waiting if message]
            if not waiting or not waiting[-1].batches:
                return None
            *before, end = waiting
            behind = takewhile(lambda message: not message.batches, reversed(before))
            taken = _choose_share(list(behind), before, end)
            if not taken:
                return None
            kept = before[: -len(taken)]
            is_whole = len(taken) == end.batches
            rest = end._replace(
                documents=end.documents - sum(each.documents for each in taken),
                batches=end.batches - len(taken),
            )
            self._waiting = deque(kept if is_whole else [*kept, rest])
        batches = [msgspec.msgpack.decode(each.data, type=Batch) for each in reversed(taken)]
        return TakenBatches(msgspec.msgpack.decode(end.data, type=str), batches, is_whole)

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

    def _put(self, message: _Message) -> None:
        if self._is_broken:
            raise self._make_error()
        self._append(message)

    def _append(self, message: _Message | None) -> None:
        with self._changed:
            self._waiting.append(message)
            self._changed.notify()

    def _take(self) -> _Message | None:
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
                    pipe.write(len(message.data).to_bytes(_LENGTH_BYTES, "little"))
                    pipe.write(message.data)
                except OSError:
                    self._is_broken = True
        try:
            pipe.close()
        except OSError:
            self._is_broken = True


def _choose_share(
    of_run: Sequence[_Message], before: Sequence[_Message], end: _Message
) -> Sequence[_Message]:
    """Which batches of the last run, from its rear on, leave both processes as much to do.

    Args:
        of_run: its batches that wait, the last one first.
        before: all that waits before `end`, which ends it.
    """
    left = sum(
        each.documents * (INVERTING_SHARE if each.batches else 1.0) for each in (*before, end)
    )
    ours = 0.0
    for count, batch in enumerate(of_run):
        cost = batch.documents * (1.0 + INVERTING_SHARE)
        if ours + cost > left - cost:
            return of_run[:count]
        ours, left = ours + cost, left - cost
    return of_run


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
    # All files are closed; taking the memory apart word by word would only keep others waiting.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
