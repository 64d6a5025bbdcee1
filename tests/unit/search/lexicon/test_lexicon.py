"""The lexicon's files: written in one step, mapped, replaced while somebody reads."""

from pathlib import Path

import pytest

from app.domain.errors import SearchIndexError
from app.search.lexicon.lexicon import (
    FOLDER_NAME,
    Lexicon,
    find_lexicon,
    find_lexicon_name,
    make_lexicon,
    save_lexicon,
)
from app.search.lexicon.source import LexiconSource


def make(change_number: int, **words: int) -> Lexicon:
    return make_lexicon(
        change_number,
        words=sorted(words.items()),
        phrases=[("deep sea", 3)],
        authors=[("fox e\tE. Fox", 2)],
    )


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    save_lexicon(tmp_path, make(7, otter=3, heron=2))
    lexicon = find_lexicon(tmp_path)
    assert lexicon is not None
    assert lexicon.change_number == 7
    assert list(lexicon.words) == [("heron", 2), ("otter", 3)]
    assert list(lexicon.phrases) == [("deep sea", 3)]
    assert list(lexicon.authors) == [("fox e\tE. Fox", 2)]
    assert [lexicon.words.read(n) for n in lexicon.deletions.find("ottre", 1)] == ["otter"]


def test_a_word_of_one_title_corrects_nothing() -> None:
    lexicon = make(1, otter=1)
    assert lexicon.deletions.find("ottre", 1) == set()


def test_without_a_lexicon_there_is_none(tmp_path: Path) -> None:
    assert find_lexicon(tmp_path / "nowhere") is None
    assert len(LexiconSource(tmp_path / "nowhere").get().words) == 0


def test_a_newer_one_is_seen_and_the_older_files_stay_readable(tmp_path: Path) -> None:
    save_lexicon(tmp_path, make(1, otter=3))
    source = LexiconSource(tmp_path, poll_seconds=0.0)
    before = source.get()
    save_lexicon(tmp_path, make(2, heron=5))
    assert list(source.get().words) == [("heron", 5)]
    assert list(before.words) == [("otter", 3)]
    folders = [path for path in (tmp_path / FOLDER_NAME).iterdir() if path.is_dir()]
    assert len(folders) == 1


def test_it_is_not_looked_for_more_often_than_asked(tmp_path: Path) -> None:
    now = [0.0]
    source = LexiconSource(tmp_path, poll_seconds=10.0, clock=lambda: now[0])
    assert source.get().change_number == 0
    save_lexicon(tmp_path, make(4, otter=3))
    assert source.get().change_number == 0
    now[0] = 11.0
    assert source.get().change_number == 4


@pytest.mark.parametrize("name", ["facts.json", "words-text.npy", "deletions-hashes.npy"])
def test_a_damaged_one_counts_as_none(tmp_path: Path, name: str) -> None:
    save_lexicon(tmp_path, make(1, otter=3))
    folder = tmp_path / FOLDER_NAME / find_lexicon_name(tmp_path)
    (folder / name).write_bytes(b"garbage")
    assert find_lexicon(tmp_path) is None
    assert len(LexiconSource(tmp_path).get().words) == 0


def test_a_pointer_elsewhere_is_not_followed(tmp_path: Path) -> None:
    save_lexicon(tmp_path, make(1, otter=3))
    (tmp_path / FOLDER_NAME / "CURRENT").write_text("../../etc", encoding="ascii")
    assert find_lexicon(tmp_path) is None


def test_what_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FOLDER_NAME).write_text("a file in the way", encoding="ascii")
    with pytest.raises(SearchIndexError, match="papersift index"):
        save_lexicon(tmp_path, make(1, otter=3))
