"""The folders of an index: which one answers, who still reads the others, who may write.

    index/
      LOCK                 held (flock) by the one process that writes
      CURRENT              name of the folder that answers
      g3-5f0c21aa/         one build: commits, segments, and READERS
      g4-91be07d3/         a rebuild under way, or the former build while somebody reads it

All locks are `flock`s, which the kernel drops with their process: nobody waits for the dead.
Readers open files for reading only, so they work where the folder is mounted read-only.
"""

import fcntl
import os
import re
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.errors import IndexDamagedError, IndexLockedError, IndexMissingError
from app.search.whoosh.durable import replace_file, sync_file, sync_folder

POINTER_NAME = "CURRENT"
WRITE_LOCK_NAME = "LOCK"
READERS_NAME = "READERS"
_FOLDER_NAME = re.compile(r"g([0-9]+)-[0-9a-f]+")

COMMITS_PER_FOLDER = 10**9
"""Room between the generations of two folders; with it they stay below 2**53 for 9 million
rebuilds, which JSON numbers can hold."""


def compute_generation(folder: Path, commit_generation: int) -> int:
    """One number that grows with every commit and every rebuild.

    >>> compute_generation(Path("index/g3-5f0c21aa"), 12)
    3000000012
    """
    return _folder_number(folder.name) * COMMITS_PER_FOLDER + commit_generation


def find_current_folder(index_dir: Path) -> Path | None:
    """The folder that answers; None when there is no index.

    Raises:
        IndexDamagedError: the pointer does not hold the name of a folder.
    """
    try:
        name = (index_dir / POINTER_NAME).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    if _FOLDER_NAME.fullmatch(name) is None:
        raise IndexDamagedError(
            f"The index file {POINTER_NAME} does not name a folder. "
            "Run `papersift reindex` to build the index anew from the database."
        )
    return index_dir / name


def get_current_folder(index_dir: Path) -> Path:
    """The folder that answers.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: the pointer does not hold the name of a folder.
    """
    folder = find_current_folder(index_dir)
    if folder is None:
        raise IndexMissingError(
            "There is no search index yet. Run `papersift index` to build it from the database."
        )
    return folder


def make_folder(index_dir: Path) -> Path:
    """A new, empty folder with a number above all others; durable, and not yet answering."""
    numbers = [
        int(match[1])
        for path in index_dir.iterdir()
        if (match := _FOLDER_NAME.fullmatch(path.name)) is not None
    ]
    numbers.append(_read_pointed_number(index_dir))
    folder = index_dir / f"g{max(numbers) + 1}-{secrets.token_hex(4)}"
    folder.mkdir()
    (folder / READERS_NAME).touch()
    sync_file(folder / READERS_NAME)
    sync_folder(folder)
    sync_folder(index_dir)
    return folder


def publish_folder(folder: Path) -> None:
    """Make a folder the one that answers, atomically and durably."""
    replace_file(folder.parent / POINTER_NAME, f"{folder.name}\n".encode("ascii"))


def sweep_folders(index_dir: Path) -> int:
    """Remove folders that do not answer and that nobody reads; returns how many.

    The caller holds the write lock, so none of them is being written.
    """
    current = find_current_folder(index_dir)
    removed = 0
    for path in index_dir.iterdir():
        if path != current and _FOLDER_NAME.fullmatch(path.name) is not None:
            removed += _remove_unread(path)
    return removed


def _remove_unread(folder: Path) -> bool:
    try:
        lease = FolderLease(folder, exclusive=True)
    except FolderBusyError:
        return False
    except FileNotFoundError:
        # Made by a process that died before it could mark the folder, or already half removed.
        shutil.rmtree(folder, ignore_errors=True)
        return True
    try:
        # READERS goes last: a folder without it is known to be nobody's.
        for path in folder.iterdir():
            if path.name != READERS_NAME:
                remove_path(path)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        lease.close()
    return True


def remove_path(path: Path) -> None:
    """Remove a file, or a folder with all it holds; what is gone already is fine."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _read_pointed_number(index_dir: Path) -> int:
    try:
        current = find_current_folder(index_dir)
    except IndexDamagedError:
        return 0
    return 0 if current is None else _folder_number(current.name)


def _folder_number(name: str) -> int:
    match = _FOLDER_NAME.fullmatch(name)
    return int(match[1]) if match is not None else 0


class FolderBusyError(Exception):
    """Somebody holds the folder in a way that excludes us; tried again or left alone here."""


class FolderLease:
    """Keeps a folder from being removed while it is read; `exclusive` is the remover's side.

    Raises:
        FolderBusyError: the other side holds it.
        FileNotFoundError: the folder is gone.
    """

    def __init__(self, folder: Path, *, exclusive: bool = False) -> None:
        self.folder = folder
        self._descriptor: int | None = os.open(folder / READERS_NAME, os.O_RDONLY | os.O_CLOEXEC)
        try:
            mode = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
            fcntl.flock(self._descriptor, mode | fcntl.LOCK_NB)
            if os.fstat(self._descriptor).st_nlink == 0:
                raise FileNotFoundError(f"{folder.name} was removed")
        except BlockingIOError as error:
            self.close()
            raise FolderBusyError(folder.name) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class WriteLock:
    """The right to change an index; held until closed or until the process ends.

    Raises:
        IndexLockedError: another process, or another writer of this one, holds it.
    """

    def __init__(self, index_dir: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._descriptor: int | None = os.open(index_dir / WRITE_LOCK_NAME, flags, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise IndexLockedError(
                "Another process is writing to the search index. Try again when it has finished."
            ) from error

    def close(self) -> None:
        """Let others write."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
