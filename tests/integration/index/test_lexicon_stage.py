"""The lexicon follows the database: built, updated, healed."""

from pathlib import Path

import pytest

from app.db.session import Database
from app.search.lexicon.lexicon import Lexicon, find_lexicon
from indexer.index import rebuild, update_index
from indexer.lexicon import update_lexicon
from tests.integration.index.catalogue import delete_papers, get_last_change, store_papers


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def get_lexicon(index_dir: Path) -> Lexicon:
    lexicon = find_lexicon(index_dir)
    assert lexicon is not None
    return lexicon


def test_the_first_index_comes_with_a_lexicon(database: Database, index_dir: Path) -> None:
    store_papers(database, range(12), "alfa")
    update_index(database, index_dir)
    lexicon = get_lexicon(index_dir)
    assert lexicon.change_number == get_last_change(database)
    assert lexicon.words.count("alfa") == 12
    assert len(lexicon.authors) > 0


def test_an_update_adds_what_is_new(database: Database, index_dir: Path) -> None:
    store_papers(database, range(12), "alfa")
    update_index(database, index_dir)
    store_papers(database, range(20, 23), "bravo")
    update_index(database, index_dir)
    lexicon = get_lexicon(index_dir)
    assert lexicon.change_number == get_last_change(database)
    assert (lexicon.words.count("alfa"), lexicon.words.count("bravo")) == (12, 3)


def test_a_missing_lexicon_is_made_by_the_next_update(database: Database, index_dir: Path) -> None:
    store_papers(database, range(12), "alfa")
    update_index(database, index_dir)
    (index_dir / "lexicon" / "CURRENT").unlink()
    assert find_lexicon(index_dir) is None
    update_index(database, index_dir)
    assert get_lexicon(index_dir).words.count("alfa") == 12


def test_nothing_is_written_when_nothing_changed(database: Database, index_dir: Path) -> None:
    store_papers(database, range(12), "alfa")
    update_index(database, index_dir)
    before = {path: path.stat().st_mtime_ns for path in (index_dir / "lexicon").rglob("*")}
    update_index(database, index_dir)
    assert before == {path: path.stat().st_mtime_ns for path in (index_dir / "lexicon").rglob("*")}


def test_a_rebuild_counts_only_what_lives(database: Database, index_dir: Path) -> None:
    store_papers(database, range(12), "alfa")
    update_index(database, index_dir)
    delete_papers(database, [3, 4])
    update_lexicon(database, index_dir)
    assert get_lexicon(index_dir).words.count("alfa") == 12
    rebuild(database, index_dir)
    assert get_lexicon(index_dir).words.count("alfa") == 10
