"""A recorder of file operations, and the disks that a power cut may leave of them.

What the kernel had in memory at the cut may or may not have reached the disk, in any order, unless
it was synced: the contents of a file by a sync of the file, its name (made, renamed, removed) by a
sync of its folder. `list_disks` gives the states a disk may be in after each operation.
"""

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Names = dict[str, int]
"""Entries of a folder: inode by name."""


@dataclass
class Disk:
    """What is on the disk for certain, and what is only in memory.

    Attributes:
        contents: synced bytes by inode; None for a file that was never synced.
        names: synced entries by folder.
        pending: unsynced changes of names by folder, in order: name, and inode or None.
        current: bytes by inode as they are in memory.
    """

    contents: dict[int, bytes | None] = field(default_factory=dict)
    names: dict[Path, Names] = field(default_factory=dict)
    pending: dict[Path, list[tuple[str, int | None]]] = field(default_factory=dict)
    current: dict[int, bytes] = field(default_factory=dict)

    def copy(self) -> "Disk":
        return Disk(
            dict(self.contents),
            {folder: dict(names) for folder, names in self.names.items()},
            {folder: list(changes) for folder, changes in self.pending.items()},
            dict(self.current),
        )


class Recorder:
    """Keeps the disk's state after every sync, rename and removal below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.states: list[Disk] = []
        self._disk = Disk()
        self._lock = threading.Lock()
        self._keep_all(root)

    def _keep_all(self, folder: Path) -> None:
        """What is there at the beginning is on the disk."""
        names: Names = {}
        for path in folder.iterdir():
            inode = path.stat().st_ino
            names[path.name] = inode
            if path.is_dir():
                self._keep_all(path)
            else:
                self._disk.contents[inode] = path.read_bytes()
        self._disk.names[folder] = names

    def note(self, synced: Path | None = None) -> None:
        """Look at what changed since the last operation; then what a sync brought to the disk."""
        with self._lock:  # several files are synced at a time
            self._note(synced)

    def _note(self, synced: Path | None) -> None:
        self._scan(self.root)
        disk = self._disk
        if synced is not None and synced.is_dir():
            for name, inode in disk.pending.pop(synced, []):
                self._apply(disk.names.setdefault(synced, {}), name, inode)
        elif synced is not None:
            disk.contents[synced.stat().st_ino] = synced.read_bytes()
        self.states.append(disk.copy())

    def _scan(self, folder: Path) -> None:
        disk = self._disk
        known = dict(disk.names.setdefault(folder, {}))
        for name, number in disk.pending.get(folder, []):
            self._apply(known, name, number)
        found: Names = {}
        for path in folder.iterdir():
            found[path.name] = path.stat().st_ino
            if path.is_dir():
                self._scan(path)
            else:
                disk.current[found[path.name]] = path.read_bytes()
        changes: list[tuple[str, int | None]] = [
            (name, number) for name, number in found.items() if known.get(name) != number
        ]
        changes += [(name, None) for name in known if name not in found]
        if changes:
            disk.pending.setdefault(folder, []).extend(changes)

    @staticmethod
    def _apply(names: Names, name: str, inode: int | None) -> None:
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


@contextmanager
def recording(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Record everything that is done below `root`."""
    recorder = Recorder(root)

    def after(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def noted(*arguments: Any, **options: Any) -> Any:
            result = real(*arguments, **options)
            recorder.note()
            return result

        return noted

    def fsync(descriptor: int) -> None:
        recorder.note(synced=Path(f"/proc/self/fd/{descriptor}").readlink())

    with monkeypatch.context() as patch:
        for name in ("rename", "replace", "unlink", "mkdir", "rmdir"):
            patch.setattr(os, name, after(name))
        patch.setattr(os, "fsync", fsync)
        yield recorder


def restore(disk: Disk, root: Path, target: Path, chance: random.Random | None, keep: str) -> None:
    """Make `target` what a power cut leaves of `root`.

    Args:
        keep: "nothing" of what was not synced, "everything", or "some" of it by chance, with
            files cut short or full of zeros.
    """
    target.mkdir()
    names = dict(disk.names.get(root, {}))
    for name, inode in disk.pending.get(root, []):
        if keep == "everything" or (
            keep == "some" and chance is not None and chance.random() < 0.5
        ):
            Recorder._apply(names, name, inode)
    for name, inode in names.items():
        child = root / name
        if child in disk.names or child in disk.pending:
            restore(disk, child, target / name, chance, keep)
        else:
            (target / name).write_bytes(_choose_contents(disk, inode, chance, keep))


def _choose_contents(disk: Disk, inode: int, chance: random.Random | None, keep: str) -> bytes:
    synced = disk.contents.get(inode)
    current = disk.current.get(inode, synced or b"")
    if keep == "everything" or synced == current:
        return current
    if keep == "nothing" or chance is None:
        return synced or b""
    cut = chance.randrange(len(current) + 1)
    return chance.choice(
        [synced or b"", current, current[:cut], current[:cut] + bytes(len(current) - cut)]
    )
