"""Folders of an index, the pointer to one of them, and locks."""

from pathlib import Path

import pytest

from app.domain.errors import IndexDamagedError, IndexLockedError, IndexMissingError
from app.search.whoosh import generations
from app.search.whoosh.generations import (
    FolderBusyError,
    FolderLease,
    WriteLock,
    compute_generation,
    find_current_folder,
    get_current_folder,
    make_folder,
    publish_folder,
    sweep_folders,
)


def test_without_a_pointer_there_is_no_index(tmp_path: Path) -> None:
    assert find_current_folder(tmp_path) is None
    with pytest.raises(IndexMissingError, match="papersift index"):
        get_current_folder(tmp_path)


def test_the_published_folder_answers(tmp_path: Path) -> None:
    first, second = make_folder(tmp_path), make_folder(tmp_path)
    publish_folder(first)
    assert get_current_folder(tmp_path) == first
    publish_folder(second)
    assert get_current_folder(tmp_path) == second
    assert (tmp_path / "CURRENT").read_text() == f"{second.name}\n"


@pytest.mark.parametrize("contents", [b"", b"g1", b"../g1-00", b"g1-00/..", b"\xff\xfe\x00"])
def test_a_pointer_that_names_no_folder_is_damage(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / "CURRENT").write_bytes(contents)
    with pytest.raises(IndexDamagedError, match="CURRENT"):
        get_current_folder(tmp_path)
    make_folder(tmp_path)


def test_numbers_of_folders_grow_even_when_the_last_one_is_lost(tmp_path: Path) -> None:
    first = make_folder(tmp_path)
    publish_folder(first)
    for path in first.iterdir():
        path.unlink()
    first.rmdir()
    second = make_folder(tmp_path)
    assert compute_generation(second, 0) > compute_generation(first, 999_999_999)


def test_generations_stay_exact_in_json_numbers() -> None:
    assert compute_generation(Path("g9000000-00"), generations.COMMITS_PER_FOLDER - 1) < 2**53


def test_a_sweep_spares_what_answers_and_what_is_read(tmp_path: Path) -> None:
    current, read, unread, unmarked = (make_folder(tmp_path) for _ in range(4))
    publish_folder(current)
    (unread / "MAIN_x.seg").write_bytes(b"x")
    (unread / "MAIN.tmp").mkdir()
    (unmarked / "READERS").unlink()
    (tmp_path / "notes.txt").touch()
    lease, second_lease = FolderLease(read), FolderLease(read)
    assert sweep_folders(tmp_path) == 2
    assert {path.name for path in tmp_path.iterdir()} == {
        "CURRENT",
        "notes.txt",
        current.name,
        read.name,
    }
    lease.close()
    assert sweep_folders(tmp_path) == 0
    second_lease.close()
    assert sweep_folders(tmp_path) == 1


def test_readers_and_the_remover_exclude_each_other(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    reader = FolderLease(folder)
    with pytest.raises(FolderBusyError):
        FolderLease(folder, exclusive=True)
    reader.close()
    remover = FolderLease(folder, exclusive=True)
    with pytest.raises(FolderBusyError):
        FolderLease(folder)
    remover.close()
    remover.close()
    FolderLease(folder).close()


def test_only_one_may_write(tmp_path: Path) -> None:
    with WriteLock(tmp_path), pytest.raises(IndexLockedError, match="Another process"):
        WriteLock(tmp_path)
    WriteLock(tmp_path).close()
