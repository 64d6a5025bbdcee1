"""Damaged files of every kind are refused by name, with the way out."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import IndexDamagedError
from app.domain.query import Or, Phrase, SearchRequest, Term
from app.search.factory import open_engine, open_index_writer
from app.search.whoosh.generations import READERS_NAME, find_current_folder
from tests.integration.index.documents import build_index, commit_documents, make_document

QUERY = Or((Phrase("alfa bravo"), Term("golf")))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two segments, a deleted and a replaced paper."""
    index_dir = tmp_path_factory.mktemp("damage") / "index"
    build_index(index_dir, [make_document(n, "alfa bravo", "golf golf") for n in range(5)], 1)
    commit_documents(index_dir, [make_document(number, "golf") for number in (3, 7)], 2)
    with open_index_writer(index_dir) as writer:
        writer.delete([make_document(1).arxiv_id])
        writer.commit(3)
    return index_dir


def iter_damaged(sound: Path, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """For each file of the index a copy of all, and the file in it."""
    folder = find_current_folder(sound)
    assert folder is not None
    for path in sorted(folder.iterdir()):
        if path.name != READERS_NAME:
            copy = tmp_path / path.name
            shutil.copytree(sound, copy)
            yield copy, copy / folder.name / path.name


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def exchange(path: Path) -> None:
    """A foreign file of the same length."""
    path.write_bytes(b"GIF89a".ljust(path.stat().st_size, b"."))


@pytest.mark.parametrize("damage", [cut, exchange, Path.unlink])
def test_a_file_that_is_cut_foreign_or_missing_is_refused_by_name(
    sound: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    refused = 0
    for index_dir, path in iter_damaged(sound, tmp_path):
        if path.name.startswith("commit-") and damage is Path.unlink:
            continue  # Without its only commit a folder has no name of a file to tell.
        damage(path)
        with closing(open_engine(index_dir)) as engine:
            with pytest.raises(IndexDamagedError, match="papersift reindex") as caught:
                engine.search(SearchRequest(QUERY))
            assert path.name in str(caught.value)
            assert not engine.verify()
        with (
            pytest.raises(IndexDamagedError, match="papersift reindex"),
            open_index_writer(index_dir),
        ):
            pass
        refused += 1
    assert refused > 20


def test_a_byte_that_changed_is_found_by_reading_all_files(sound: Path, tmp_path: Path) -> None:
    found = 0
    for index_dir, path in iter_damaged(sound, tmp_path):
        data = bytearray(path.read_bytes())
        if not path.name.endswith(".array") or len(data) <= 64:
            continue
        data[64 + (len(data) - 64) // 2] ^= 0x40
        path.write_bytes(data)
        with closing(open_engine(index_dir)) as engine:
            state = engine.get_state()
            assert not engine.verify()
            assert not engine.verify()
            for ask in (engine.get_state, lambda: engine.search(SearchRequest(QUERY))):
                with pytest.raises(IndexDamagedError, match="papersift reindex") as caught:
                    ask()
                assert path.name in str(caught.value)
            # A new index is answered from at once.
            build_index(index_dir, [make_document(1, "golf")], state.change_number)
            with closing(open_engine(index_dir)) as again:
                assert again.search(SearchRequest(QUERY)).total == 1
                assert again.verify()
        found += 1
    assert found > 10


def test_a_sound_index_and_no_index_pass(sound: Path, tmp_path: Path) -> None:
    with closing(open_engine(sound)) as engine:
        assert engine.verify()
        assert engine.search(SearchRequest(QUERY)).total == 5
        assert engine.verify()
    with closing(open_engine(tmp_path / "nothing")) as engine:
        assert engine.verify()
