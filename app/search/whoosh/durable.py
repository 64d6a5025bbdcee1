"""Writing files so that a power cut leaves either the old or the new state.

Every file of a commit is synced as it is written, then the folder that names them, and only then
is the one file renamed into place that makes the commit count. Whoosh itself never syncs.
"""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SYNC_THREADS = 4
"""Files that are synced at the same time: a disk's journal takes them together."""


def sync_file(path: Path) -> None:
    """Bring a file's contents to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_files(paths: Collection[Path]) -> None:
    """Bring the contents of files to the disk, several at a time.

    Raises:
        OSError: one of them cannot be synced.
    """
    if len(paths) < 2:
        for path in paths:
            sync_file(path)
        return
    with ThreadPoolExecutor(min(SYNC_THREADS, len(paths)), "sync") as pool:
        for done in [pool.submit(sync_file, path) for path in paths]:
            done.result()


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
