"""Writing files so that a power cut leaves either the old or the new state.

Whoosh never syncs. Here every file of a commit is synced, then the folder that names them, and
only then is the one file renamed into place that makes the commit count.
"""

import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage


def sync_file(path: Path) -> None:
    """Bring a file's contents to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Bring a folder's list of names to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, contents: bytes) -> None:
    """Give a file new contents: on any interruption it holds all of the old or all of the new."""
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("wb") as stream:
        stream.write(contents)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


class DurableStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's folder of files, which remembers what it wrote until it is synced."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.path = folder
        self._unsynced: set[str] = set()

    def create_file(self, name: str, **options: Any) -> Any:
        """A new file open for writing."""
        self._unsynced.add(name)
        return super().create_file(name, **options)

    def delete_file(self, name: str) -> None:
        """Remove a file."""
        super().delete_file(name)
        self._unsynced.discard(name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Give a file another name."""
        super().rename_file(oldname, newname, safe=safe)
        if oldname in self._unsynced:
            self._unsynced.discard(oldname)
            self._unsynced.add(newname)

    def sync(self) -> None:
        """Bring all files written since the last call to the disk, and then their names."""
        for name in sorted(self._unsynced):
            sync_file(self.path / name)
        sync_folder(self.path)
        self._unsynced.clear()
