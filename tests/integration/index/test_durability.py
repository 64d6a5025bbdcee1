"""Every step between two states, made to fail: what remains is the old state or the new one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.domain.errors import SearchIndexError
from app.domain.query import Everything, SearchRequest, Term
from app.search.factory import open_engine, open_index_writer, rebuild_index
from app.search.whoosh import commits
from app.search.whoosh.generations import READERS_NAME, find_current_folder
from tests.integration.index.documents import build_index, commit_documents, make_document

OLD = [make_document(number, "alfa") for number in range(3)]
NEW = [make_document(number, "bravo") for number in range(1, 5)]

Step = Callable[[], None]


class PowerCutError(OSError):
    """Stands for everything that stops a process at a system call."""

    def __init__(self) -> None:
        super().__init__(5, "Input/output error")


@contextmanager
def failing_at(call_number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The n-th sync or rename fails before it takes effect, and so do all later ones.

    Syncs before it do nothing: waiting for the disk would prove nothing here.
    """
    calls: list[str] = []

    def guard(name: str) -> None:
        real = (lambda _descriptor: None) if name == "fsync" else getattr(os, name)

        def guarded(*arguments: object, **options: object) -> object:
            calls.append(name)
            if len(calls) > call_number:
                raise PowerCutError
            return real(*arguments, **options)

        patch.setattr(os, name, guarded)

    with monkeypatch.context() as patch:
        for name in ("fsync", "rename", "replace"):
            guard(name)
        yield calls


def update(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        writer.replace(NEW)
        writer.delete([OLD[0].arxiv_id])
        writer.commit(2)


def rebuild(index_dir: Path) -> None:
    with rebuild_index(index_dir) as building:
        building.writer.replace(NEW)
        building.writer.commit(2)
        building.publish()


def read_state(index_dir: Path) -> tuple[int, int, int]:
    """Change number, papers with `alfa`, papers with `bravo`."""
    engine = open_engine(index_dir)
    try:
        alfa = engine.search(SearchRequest(Term("alfa"))).total
        bravo = engine.search(SearchRequest(Term("bravo"))).total
        state = engine.get_state()
        assert state.papers == engine.search(SearchRequest(Everything())).total == alfa + bravo
        return state.change_number, alfa, bravo
    finally:
        engine.close()


@pytest.mark.parametrize("work", [update, rebuild])
def test_a_failure_at_any_sync_or_rename_leaves_the_old_or_the_new_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], None]
) -> None:
    states = []
    for call_number in range(100):
        index_dir = tmp_path / str(call_number)
        build_index(index_dir, OLD, 1)
        with failing_at(call_number, monkeypatch) as calls, suppress(SearchIndexError, OSError):
            work(index_dir)
        states.append(read_state(index_dir))
        work(index_dir)
        assert read_state(index_dir) == (2, 0, 4)
        check_nothing_left_behind(index_dir)
        if len(calls) <= call_number:
            break
    assert len(states) > 6
    assert states == sorted(states, key=lambda state: state[0])
    assert set(states) == {(1, 3, 0), (2, 0, 4)}


def check_nothing_left_behind(index_dir: Path) -> None:
    folder = find_current_folder(index_dir)
    assert folder is not None
    assert {path.name for path in index_dir.iterdir()} == {"CURRENT", "LOCK", folder.name}
    expected = commits.read_commit(folder).file_names | {READERS_NAME}
    assert {path.name for path in folder.iterdir()} == expected


def test_a_full_disk_is_reported_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index_dir = tmp_path / "index"
    build_index(index_dir, OLD, 1)
    with open_index_writer(index_dir) as writer:
        writer.replace(NEW)
        with (
            failing_at(0, monkeypatch),
            pytest.raises(SearchIndexError, match=r"stays as of change 1\. Check the disk"),
        ):
            writer.commit(2)
        writer.replace(NEW)
        writer.delete([OLD[0].arxiv_id])
        assert writer.commit(2).papers == 4
    assert read_state(index_dir) == (2, 0, 4)


def test_everything_a_commit_names_is_synced_before_the_commit_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tmp_path / "index"
    commit_documents(index_dir, OLD, 1)
    synced: list[int] = []
    checked: list[str] = []
    real_fsync, real_rename, real_replace = os.fsync, os.rename, os.replace

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real_fsync(descriptor)

    def check(source: object, target: object) -> None:
        name, folder = Path(str(target)).name, Path(str(target)).parent
        if name.startswith("commit-"):
            present = {path for path in folder.iterdir() if path.is_file()}
            old = {folder / each for each in commits.read_commit(folder).file_names}
            for path in present - old - {folder / READERS_NAME}:
                assert path.stat().st_ino in synced, path.name
            folder_number = folder.stat().st_ino
            assert folder_number in synced[synced.index(_inode(folder, ".segment.json")) :]
            checked.append(name)

    def rename(source: str, target: str, **options: int) -> None:
        check(source, target)
        real_rename(source, target, **options)

    def replace(source: str, target: str, **options: int) -> None:
        check(source, target)
        real_replace(source, target, **options)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "replace", replace)
    update(index_dir)
    assert checked == ["commit-2.json"]
    folder = find_current_folder(index_dir)
    assert folder is not None
    assert synced[-1] == folder.stat().st_ino


def _inode(folder: Path, suffix: str) -> int:
    newest = max(folder.glob(f"*{suffix}"), key=lambda path: path.stat().st_mtime_ns)
    return newest.stat().st_ino
