"""Committed states as readers hold them: searchers in a pool, replaced when a newer state appears.

A Whoosh searcher serves one thread at a time, so each search borrows one. A new state always gets
new searchers: `Searcher.refresh()` is wrong in several Whoosh distributions.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.searching import Searcher

from app.domain.errors import IndexDamagedError
from app.search.whoosh import commits, committed
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.commits import Commit
from app.search.whoosh.generations import FolderBusyError, FolderLease, get_current_folder
from app.search.whoosh.latent import LatentModel
from app.search.whoosh.readers import open_reader
from app.search.whoosh.weighting import PaperWeighting
from app.search.whoosh.writer import make_state

OPEN_ATTEMPTS = 20
"""Tries to open the newest state while a writer replaces it under our hands."""

OPEN_RETRY_SECONDS = 0.05
"""Pause between them."""


class Snapshot:
    """One committed state: its segments and idle searchers. Thread-safe.

    Attributes:
        state: what the seam says about it.
        segments: Whoosh's segments, deletions and vectors included.
        model: what the vectors of their papers were made with; None without vectors.
        lacks_vectors: whether vectors that the commit names cannot be read.
    """

    def __init__(
        self, lease: FolderLease, commit: Commit, former: "Snapshot | None" = None
    ) -> None:
        self.folder = lease.folder
        self.commit = commit
        self.state = make_state(lease.folder, commit)
        known = () if former is None else former.segments
        self.segments: list[ColumnSegment] = committed.read_segments(lease.folder, commit, known)
        self.model: LatentModel | None = committed.read_model(
            lease.folder, commit, None if former is None else former.model
        )
        vectors = [each.latent for each in self.segments]
        self.lacks_vectors = commit.model is not None and (self.model is None or None in vectors)
        self._lease = lease
        self._lock = threading.Lock()
        self._idle: list[Any] = [self._open_searcher()]
        self._borrowed = 0
        self._is_retired = False

    @contextmanager
    def borrow(self) -> Iterator[Any]:
        """A searcher of this state, ours alone until the block ends.

        Raises:
            FileNotFoundError: files are gone, since a newer state has replaced this one.
        """
        with self._lock:
            searcher = self._idle.pop() if self._idle else self._open_searcher()
            self._borrowed += 1
        try:
            yield searcher
        finally:
            with self._lock:
                self._borrowed -= 1
                self._idle.append(searcher)
                self._close_if_unused()

    def retire(self) -> None:
        """Close everything as soon as the last borrower is done."""
        with self._lock:
            self._is_retired = True
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._is_retired and self._borrowed == 0:
            while self._idle:
                self._idle.pop().close()
            self._lease.close()

    def _open_searcher(self) -> Any:
        reader = open_reader(self.folder, self.segments, self.commit.generation)
        return Searcher(reader, weighting=PaperWeighting())


class SnapshotSource:
    """The newest committed state, looked for at most every `poll_seconds`, on use.

    Args:
        index_dir: the index; need not exist yet.
        poll_seconds: how long an answer may come from a state that is no longer the newest.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        index_dir: Path,
        poll_seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._index_dir = index_dir
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._current: Snapshot | None = None
        self._looked_at = float("-inf")

    @contextmanager
    def borrow(self) -> Iterator[tuple[Snapshot, Any]]:
        """The newest state and a searcher of it.

        Raises:
            IndexMissingError, IndexOutdatedError, IndexDamagedError: as the seam says.
        """
        for attempt in range(OPEN_ATTEMPTS):
            snapshot = self.get(must_look=attempt > 0)
            borrowing = snapshot.borrow()
            try:
                searcher = borrowing.__enter__()
            except FileNotFoundError:
                continue
            break
        else:
            raise _never_complete(self._index_dir)
        try:
            yield snapshot, searcher
        finally:
            borrowing.__exit__(None, None, None)

    def get(self, *, must_look: bool = False) -> Snapshot:
        """The newest state, or one that was the newest at most `poll_seconds` ago."""
        with self._lock:
            now = self._clock()
            due = now - self._looked_at >= self._poll_seconds
            if self._current is None or due or must_look:
                self._look()
                self._looked_at = now
            assert self._current is not None  # noqa: S101  # _look raises when there is none
            return self._current

    def close(self) -> None:
        """Let go of all files; a later use opens them again."""
        with self._lock:
            if self._current is not None:
                self._current.retire()
                self._current = None

    def _look(self) -> None:
        """Replace the current state when there is a newer one."""
        for _ in range(OPEN_ATTEMPTS):
            folder = get_current_folder(self._index_dir)
            try:
                if self._is_newest(folder):
                    return
                newest = _open_snapshot(folder, self._current)
            except (FileNotFoundError, FolderBusyError):
                # A writer has just replaced what we were about to read.
                time.sleep(OPEN_RETRY_SECONDS)
                continue
            if self._current is not None:
                self._current.retire()
            self._current = newest
            return
        raise _never_complete(self._index_dir)

    def _is_newest(self, folder: Path) -> bool:
        return (
            self._current is not None
            and self._current.folder == folder
            and self._current.commit.generation == commits.find_newest_generation(folder)
        )


def _open_snapshot(folder: Path, former: Snapshot | None) -> Snapshot:
    """The newest state of a folder; segments it shares with the former one stay mapped."""
    shared = former if former is not None and former.folder == folder else None
    lease = FolderLease(folder)
    try:
        return Snapshot(lease, commits.read_commit(folder), shared)
    except BaseException:
        lease.close()
        raise


def _never_complete(index_dir: Path) -> IndexDamagedError:
    return IndexDamagedError(
        f"Files of the search index in {index_dir.name} are missing. "
        "Run `papersift reindex` to build the index anew from the database."
    )
