"""Whether the files of an index still hold what was written into them.

Opening an index checks headers and lengths, which finds truncated and foreign files at once. Single
bytes that a disk has changed show only in checksums, and reading gigabytes before the first answer
would take seconds; so that is done beside the answers, once for each file and process.

A file that is cut short while it is mapped ends the process (SIGBUS); nothing can be done about
that in here, and nothing of ours ever changes a file that was committed.
"""

import logging
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import IndexDamagedError
from app.search.whoosh import commits
from app.search.whoosh.codec.array_file import ARRAY_SUFFIX, verify_array
from app.search.whoosh.snapshots import Snapshot

_log = logging.getLogger(__name__)

_READ_ERRORS = (OSError, EOFError, struct.error, zlib.error)
"""What Whoosh raises when a file is not what it should be."""


@contextmanager
def translate_read_errors() -> Iterator[None]:
    """Inside, what a reader stumbles over is a damaged index."""
    try:
        yield
    except _READ_ERRORS as error:
        raise IndexDamagedError(
            f"The search index cannot be read ({error}). "
            "Run `papersift reindex` to build it anew from the database."
        ) from error


class IndexHealth:
    """What is known of the files that were read through. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sound: set[str] = set()
        self._damage: dict[str, IndexDamagedError] = {}

    def verify(self, snapshot: Snapshot) -> bool:
        """Read all arrays of a state that were not read yet; whether all are as written."""
        names = [name for name in snapshot.commit.file_bytes if name.endswith(ARRAY_SUFFIX)]
        for name in names:
            if name in self._sound:
                continue
            try:
                verify_array(snapshot.folder / name)
            except (IndexDamagedError, FileNotFoundError) as error:
                self._note(snapshot, name, error)
            else:
                with self._lock:
                    self._sound.add(name)
        return not self._damage.keys() & names

    def _note(self, snapshot: Snapshot, name: str, error: Exception) -> None:
        """Remember damage; what a newer state has swept away is none."""
        try:
            newest = commits.find_newest_generation(snapshot.folder)
        except FileNotFoundError:
            return
        if newest == snapshot.commit.generation and isinstance(error, IndexDamagedError):
            _log.error("the search index is damaged: %s", error)
            with self._lock:
                self._damage[name] = error

    def check(self, snapshot: Snapshot) -> None:
        """Refuse a state with a damaged file.

        Raises:
            IndexDamagedError: naming the file.
        """
        for name, error in list(self._damage.items()):
            if name in snapshot.commit.file_bytes:
                # A new one: an error that is raised again and again keeps all its tracebacks.
                raise IndexDamagedError(str(error))
