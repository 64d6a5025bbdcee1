"""`kill -9` at any moment: a real child process, killed at random, again and again.

After each kill the index answers, agrees with itself and is no older than before; after the last
one, the next run brings it up to the database with nothing left behind.
"""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.db.session import Database
from app.domain.query import Everything, SearchRequest, Term
from app.search.factory import open_engine
from app.search.lexicon.lexicon import FOLDER_NAME as LEXICON_FOLDER
from app.search.lexicon.lexicon import find_lexicon_name
from app.search.whoosh import commits
from app.search.whoosh.generations import READERS_NAME, find_current_folder
from indexer.index import update_index
from tests.integration.index import kill_child
from tests.integration.index.catalogue import get_last_change, list_living, store_papers

LONGEST_LIFE_SECONDS = 0.6
"""A child is killed at a random moment within this time of its first finished turn."""


@pytest.mark.parametrize("work", ["update", "rebuild"])
def test_an_index_survives_its_writer_being_killed(
    sqlite_url: str, tmp_path: Path, work: str
) -> None:
    check_kills(sqlite_url, tmp_path / "index", work, kills=4)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("work", ["update", "rebuild"])
def test_an_index_survives_its_writer_being_killed_fifty_times(
    sqlite_url: str, tmp_path: Path, work: str
) -> None:
    check_kills(sqlite_url, tmp_path / "index", work, kills=50)


def check_kills(url: str, index_dir: Path, work: str, *, kills: int) -> None:
    database = Database(url)
    chance = random.Random(f"{work} {kills}")
    store_papers(database, range(kill_child.PAPERS), "alfa")
    update_index(database, index_dir)
    engine = open_engine(index_dir, poll_seconds=0.0)
    generation = change_number = 0
    for turn in range(kills):
        run_and_kill(url, index_dir, work, turn, chance)
        result = engine.search(SearchRequest(Everything(), limit=10_000))
        assert result.total == result.state.papers == len(set(result.hits))
        # Every paper is on alfa: a paper half replaced would be missing here, or there twice.
        assert engine.search(SearchRequest(Term("alfa"))).total == result.total
        assert result.state.generation >= generation
        assert change_number <= result.state.change_number <= get_last_change(database)
        generation, change_number = result.state.generation, result.state.change_number
    update_index(database, index_dir)
    result = engine.search(SearchRequest(Everything(), limit=10_000))
    assert {hit.arxiv_id for hit in result.hits} == list_living(database)
    assert result.state.change_number == get_last_change(database)
    engine.close()
    update_index(database, index_dir)
    check_nothing_left_behind(index_dir)
    database.close()


def run_and_kill(url: str, index_dir: Path, work: str, turn: int, chance: random.Random) -> None:
    """Kill a child at a random moment after its first turn, so that it surely got to work."""
    seed = str(turn * 1_000)
    command = [sys.executable, "-m", kill_child.__name__, url, str(index_dir), work, seed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        if not child.stdout.readline():
            pytest.fail(child.stderr.read().decode())
        time.sleep(chance.uniform(0.0, LONGEST_LIFE_SECONDS))
        child.kill()


def check_nothing_left_behind(index_dir: Path) -> None:
    folder = find_current_folder(index_dir)
    assert folder is not None
    names = {path.name for path in index_dir.iterdir()}
    assert names == {"CURRENT", "LOCK", LEXICON_FOLDER, folder.name}
    lexicons = {path.name for path in (index_dir / LEXICON_FOLDER).iterdir()}
    assert lexicons == {"CURRENT", find_lexicon_name(index_dir)}
    expected = commits.read_commit(folder).file_names | {READERS_NAME}
    assert {path.name for path in folder.iterdir()} == expected
