"""One pace for the whole machine: a lock file that every request to arXiv passes through.

arXiv asks for one connection and one request per three seconds from all of a user's machines
together. Processes of one machine (scheduler, a harvest at the command line, a first fill) agree
by this file: whoever holds its lock may talk; the file tells from when on the next one may.

The file holds two numbers, the wall-clock time of writing and a delay in seconds from then. The
delay is kept apart so that a clock set back, or a damaged file, can never make anybody wait
longer than the delay itself.
"""

import contextlib
import fcntl
import math
import os
from collections.abc import Iterator
from pathlib import Path

from app.domain.errors import StorageError, UpstreamUnavailableError
from indexer.clock import SYSTEM_CLOCK, Clock

LOCK_POLL_SECONDS = 0.1
"""How often a waiting process looks whether the talking one is done."""

MAX_STORED_DELAY_SECONDS = 86_400.0
"""A larger delay in the file is taken for damage; arXiv's patience is counted in minutes."""


class MachinePace:
    """Turns of talking to arXiv, one at a time and `pacing_seconds` apart.

    >>> import tempfile
    >>> pace = MachinePace(Path(tempfile.mkdtemp()) / "pace", pacing_seconds=0)
    >>> with pace.turn():
    ...     "the one request of this machine"
    'the one request of this machine'
    """

    def __init__(self, path: Path, *, pacing_seconds: float, clock: Clock = SYSTEM_CLOCK) -> None:
        self._path = path
        self._pacing_seconds = pacing_seconds
        self._clock = clock

    @contextlib.contextmanager
    def turn(self, *, max_wait_seconds: float = float("inf")) -> Iterator[None]:
        """Wait for the turn and hold it while the block runs.

        The pace counts from the end of the block: a long answer is not followed by the next
        request at once.

        Args:
            max_wait_seconds: rather give up than wait longer.

        Raises:
            UpstreamUnavailableError: the turn does not come within `max_wait_seconds`.
            StorageError: the lock file cannot be opened or written.
        """
        gives_up_at = self._clock.monotonic() + max_wait_seconds
        descriptor = self._open()
        try:
            self._lock(descriptor, gives_up_at)
            self._wait_out(self._read_wait(descriptor), gives_up_at)
            try:
                yield
            finally:
                self._write_delay(descriptor, self._pacing_seconds)
        finally:
            os.close(descriptor)  # which also unlocks

    def postpone(self, delay_seconds: float) -> None:
        """Let nobody on this machine talk to arXiv for so long; a longer wait stays in force.

        Raises:
            StorageError: the lock file cannot be opened or written.
        """
        descriptor = self._open()
        try:
            self._lock(descriptor, float("inf"))
            if delay_seconds > self._read_wait(descriptor):
                self._write_delay(descriptor, min(delay_seconds, MAX_STORED_DELAY_SECONDS))
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
            try:
                # Without O_CREAT: in a shared folder Linux refuses it for another user's file.
                return os.open(self._path, flags)
            except FileNotFoundError:
                descriptor = os.open(self._path, flags | os.O_CREAT, 0o666)
                # Every user of the machine keeps the same pace, whatever this one's umask is.
                os.fchmod(descriptor, 0o666)
                return descriptor
        except OSError as error:
            raise StorageError(
                f"The pacing file {self._path} cannot be opened ({error.strerror}). "
                "Point PAPERSIFT_PACING_FILE to a file that this user may write."
            ) from error

    def _lock(self, descriptor: int, gives_up_at: float) -> None:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._clock.monotonic() >= gives_up_at:
                    raise UpstreamUnavailableError(
                        "Another process of this machine is talking to arXiv, and only one may "
                        "at a time. Try again when it is done."
                    ) from None
                self._clock.sleep(LOCK_POLL_SECONDS)
            else:
                return

    def _wait_out(self, wait_seconds: float, gives_up_at: float) -> None:
        if self._clock.monotonic() + wait_seconds > gives_up_at:
            raise UpstreamUnavailableError(
                f"arXiv is to be left alone for another {wait_seconds:.0f} s (one request per "
                f"{self._pacing_seconds:g} s, or its own Retry-After). Try again later."
            )
        if wait_seconds > 0:
            self._clock.sleep(wait_seconds)

    def _read_wait(self, descriptor: int) -> float:
        """Seconds still to wait, from 0 to the stored delay; 0 when the file says nothing."""
        text = os.pread(descriptor, 100, 0).decode("ascii", "replace")
        try:
            written_at, delay = map(float, text.split())
        except ValueError:
            return 0.0
        if not (math.isfinite(written_at) and 0 <= delay <= MAX_STORED_DELAY_SECONDS):
            return 0.0
        elapsed = self._clock.now().timestamp() - written_at
        return min(max(delay - elapsed, 0.0), delay)

    def _write_delay(self, descriptor: int, delay_seconds: float) -> None:
        line = f"{self._clock.now().timestamp():.3f} {delay_seconds:.3f}\n".encode()
        try:
            os.pwrite(descriptor, line.ljust(40), 0)
        except OSError as error:
            raise StorageError(
                f"The pacing file {self._path} cannot be written ({error.strerror}). "
                "Point PAPERSIFT_PACING_FILE to a disk with room."
            ) from error
