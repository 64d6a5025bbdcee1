"""A whole index built beside the one that answers, and switched to in one step."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import IndexDamagedError
from app.search.whoosh import commits
from app.search.whoosh.bulk_writer import BulkIndexWriter
from app.search.whoosh.durable import sync_folder
from app.search.whoosh.generations import (
    WriteLock,
    find_current_folder,
    make_folder,
    publish_folder,
    sweep_folders,
)
from app.search.whoosh.writer import WhooshIndexWriter


class WhooshIndexRebuild:
    """A new index under way.

    Attributes:
        writer: writes into the new folder; nobody reads it before `publish`.
    """

    def __init__(self, folder: Path, writer: BulkIndexWriter) -> None:
        self._folder = folder
        self.writer = writer

    def publish(self) -> None:
        """Let the last commit of the new index answer in place of the old index.

        Before that, its papers get the vectors of a model trained on them.
        """
        # The service opens indexes without ever training: scipy stays out of its start.
        from app.search.whoosh.latent_training import train_model  # noqa: PLC0415

        model = train_model(self.writer.segments)
        if model is not None:
            self.writer.adopt_model(model)
        self.writer.close()
        publish_folder(self._folder)


@contextmanager
def rebuild_index(index_dir: Path) -> Iterator[WhooshIndexRebuild]:
    """Build an index anew; left without `publish()`, the old one stays and the new is removed.

    The former index is removed when nobody reads it: at once, or by a later writer or sweep.

    Raises:
        IndexLockedError: somebody else is writing.
    """
    _ensure_index_dir(index_dir)
    with WriteLock(index_dir):
        folder = _make_empty_index(index_dir)
        rebuild = WhooshIndexRebuild(folder, BulkIndexWriter(folder))
        try:
            yield rebuild
        finally:
            rebuild.writer.close()
            # The pointer decides, not how far `publish` came: it may fail after the switch.
            if find_current_folder(index_dir) == folder:
                sweep_folders(index_dir)
            else:
                shutil.rmtree(folder, ignore_errors=True)


def open_index_writer(index_dir: Path) -> WhooshIndexWriter:
    """Continue the index, or begin an empty one; the caller closes the writer.

    Raises:
        IndexLockedError: somebody else is writing.
        IndexOutdatedError: the index has another schema version: rebuild.
        IndexDamagedError: the index cannot be read: rebuild.
    """
    _ensure_index_dir(index_dir)
    lock = WriteLock(index_dir)
    try:
        folder = find_current_folder(index_dir)
        if folder is None:
            folder = _make_empty_index(index_dir)
            publish_folder(folder)
        try:
            writer = WhooshIndexWriter(folder, release=lock.close)
        except FileNotFoundError as error:
            raise IndexDamagedError(
                f"The search index lacks {error.filename or folder.name}. "
                "Run `papersift reindex` to build the index anew from the database."
            ) from error
        sweep_folders(index_dir)
    except BaseException:
        lock.close()
        raise
    return writer


def sweep_index(index_dir: Path) -> int:
    """Remove builds that neither answer nor are read; returns how many. Needs the write lock.

    Raises:
        IndexLockedError: somebody is writing, and sweeps when done.
    """
    if not index_dir.is_dir():
        return 0
    with WriteLock(index_dir):
        return sweep_folders(index_dir)


def _ensure_index_dir(index_dir: Path) -> None:
    if not index_dir.is_dir():
        index_dir.mkdir(parents=True, exist_ok=True)
        sync_folder(index_dir.parent)


def _make_empty_index(index_dir: Path) -> Path:
    folder = make_folder(index_dir)
    commits.write_first_commit(folder)
    return folder
