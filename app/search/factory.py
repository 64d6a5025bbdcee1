"""Opens the engine that is configured; the only place that chooses one.

Callers see the protocols of `app.search.engine` and `IndexRebuild`, never an engine's own types.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from app.search.engine import IndexWriter, SearchEngine
from app.search.whoosh import rebuild
from app.search.whoosh.engine import WhooshEngine
from app.search.whoosh.generations import POINTER_NAME


class IndexRebuild(Protocol):
    """A new index under way beside the one that answers."""

    @property
    def writer(self) -> IndexWriter:
        """Writes into the new index; nobody sees its commits before `publish`."""
        ...

    def publish(self) -> None:
        """Let the new index answer, in one step."""
        ...


def open_engine(index_dir: Path, *, poll_seconds: float = 1.0) -> SearchEngine:
    """The engine over an index, which need not exist yet.

    It only reads: the folder may be mounted read-only. A newer commit or rebuild is looked for
    on use, at most every `poll_seconds`.
    """
    return WhooshEngine(index_dir, poll_seconds=poll_seconds)


def open_index_writer(index_dir: Path) -> IndexWriter:
    """A writer that continues the index, or begins an empty one; use it with `with`.

    What a writer that died left behind is removed.

    Raises:
        IndexLockedError: somebody else is writing.
        IndexOutdatedError: the index has another schema version: rebuild.
        IndexDamagedError: the index cannot be read: rebuild.
    """
    return rebuild.open_index_writer(index_dir)


def rebuild_index(index_dir: Path) -> AbstractContextManager[IndexRebuild]:
    """A new index beside the old; left without `publish()`, the old one stays.

    Raises:
        IndexLockedError: somebody else is writing.
    """
    return rebuild.rebuild_index(index_dir)


def sweep_index(index_dir: Path) -> int:
    """Remove former and unfinished builds that nobody reads any more; returns how many.

    Raises:
        IndexLockedError: somebody else is writing, and sweeps when done.
    """
    return rebuild.sweep_index(index_dir)


def index_exists(index_dir: Path) -> bool:
    """Whether there is an index, be it empty; says nothing about its state."""
    return (index_dir / POINTER_NAME).is_file()
