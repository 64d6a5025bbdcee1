"""What running engines see while others write."""

import threading
from pathlib import Path

import pytest

from app.domain.errors import IndexMissingError
from app.domain.query import Everything, Filters, SearchRequest, Term
from app.search.engine import SearchEngine
from app.search.factory import open_engine, open_index_writer, sweep_index
from app.search.whoosh.generations import find_current_folder
from app.search.whoosh.snapshots import SnapshotSource
from tests.integration.index.documents import build_index, commit_documents, make_document


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def count(engine: SearchEngine) -> int:
    return engine.search(SearchRequest(Everything())).total


def test_without_an_index_every_method_says_so_until_there_is_one(index_dir: Path) -> None:
    engine = open_engine(index_dir, poll_seconds=3600.0)
    for ask in (
        lambda: engine.search(SearchRequest(Everything())),
        lambda: engine.count(Everything(), Filters()),
        lambda: engine.explain(Everything(), make_document(1).arxiv_id),
        lambda: engine.suggest("a", 1),
        lambda: engine.get_term_statistics(["a"]),
        lambda: engine.find_similar([("a", 1.0)], Filters(), 1),
        engine.get_state,
    ):
        with pytest.raises(IndexMissingError, match="papersift index"):
            ask()
    commit_documents(index_dir, [make_document(1)], 1)
    assert count(engine) == 1
    engine.close()


def test_a_running_engine_sees_commits_and_rebuilds(index_dir: Path) -> None:
    engine = open_engine(index_dir, poll_seconds=0.0)
    states = []
    for change in range(1, 4):
        commit_documents(index_dir, [make_document(change)], change)
        states.append(engine.get_state())
        assert count(engine) == change
    build_index(index_dir, [make_document(1)], 4)
    states.append(engine.get_state())
    assert count(engine) == 1
    assert [state.change_number for state in states] == [1, 2, 3, 4]
    assert [state.papers for state in states] == [1, 2, 3, 1]
    assert [each.generation for each in states] == sorted({each.generation for each in states})
    engine.close()


def test_the_newest_state_is_looked_for_no_more_often_than_asked(index_dir: Path) -> None:
    seconds = [0.0]
    source = SnapshotSource(index_dir, 2.0, clock=lambda: seconds[0])
    commit_documents(index_dir, [make_document(1)], 1)
    assert source.get().state.change_number == 1
    commit_documents(index_dir, [make_document(2)], 2)
    seconds[0] = 1.9
    assert source.get().state.change_number == 1
    seconds[0] = 2.0
    assert source.get().state.change_number == 2
    source.close()


def test_a_search_under_way_ends_on_the_state_it_began_with(index_dir: Path) -> None:
    source = SnapshotSource(index_dir, 0.0)
    build_index(index_dir, [make_document(1, "alfa")], 1)
    old = find_current_folder(index_dir)
    assert old is not None
    with source.borrow() as (snapshot, searcher):
        build_index(index_dir, [make_document(number, "alfa") for number in range(3)], 2)
        assert source.get().state.papers == 3
        assert old.exists()
        assert sweep_index(index_dir) == 0
        assert snapshot.state.papers == searcher.doc_count() == 1
        assert searcher.reader().doc_frequency("title", "alfa") == 1
    assert sweep_index(index_dir) == 1
    assert not old.exists()
    source.close()


def test_a_merge_does_not_disturb_a_search_under_way(index_dir: Path) -> None:
    source = SnapshotSource(index_dir, 0.0)
    commit_documents(index_dir, [make_document(0, "alfa")], 1)
    with source.borrow() as (_snapshot, searcher):
        for change in range(2, 20):
            commit_documents(index_dir, [make_document(change, "alfa")], change)
        assert list(searcher.reader().postings("title", "alfa").all_ids()) == [0]
    assert source.get().state.papers == 19
    source.close()


def test_the_next_writer_removes_builds_that_nobody_reads_any_more(index_dir: Path) -> None:
    engine = open_engine(index_dir, poll_seconds=3600.0)
    build_index(index_dir, [make_document(1)], 1)
    assert count(engine) == 1
    old = find_current_folder(index_dir)
    assert old is not None
    build_index(index_dir, [make_document(1)], 2)
    assert old.exists()
    engine.close()
    with open_index_writer(index_dir):
        assert not old.exists()


def test_reading_writes_nothing(index_dir: Path) -> None:
    build_index(index_dir, [make_document(1, "alfa")], 1)
    paths = [index_dir, *index_dir.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.stat().st_mtime_ns for path in paths}
    try:
        engine = open_engine(index_dir)
        assert engine.search(SearchRequest(Term("alfa"))).total == 1
        engine.close()
        assert {path: path.stat().st_mtime_ns for path in [index_dir, *index_dir.rglob("*")]} == (
            before
        )
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_an_engine_that_was_closed_opens_again_when_used(index_dir: Path) -> None:
    build_index(index_dir, [make_document(1)], 1)
    engine = open_engine(index_dir)
    assert count(engine) == 1
    engine.close()
    assert count(engine) == 1
    engine.close()


def test_threads_get_whole_answers_while_a_writer_commits_and_rebuilds(index_dir: Path) -> None:
    """Every state holds as many papers as its change number says, and readers see no other."""
    build_index(index_dir, [make_document(0, "alfa")], 1)
    engine = open_engine(index_dir, poll_seconds=0.0)
    stop = threading.Event()
    failures: list[object] = []

    def ask() -> None:
        try:
            while not stop.is_set():
                result = engine.search(SearchRequest(Term("alfa"), limit=100))
                if not result.total == len(result.hits) == result.state.change_number:
                    failures.append(result)
                engine.suggest("a", 3)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for change in range(2, 26):
            if change % 8 == 0:
                build_index(
                    index_dir, [make_document(each, "alfa") for each in range(change)], change
                )
            else:
                commit_documents(index_dir, [make_document(change - 1, "alfa")], change)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert engine.get_state().papers == 25
    engine.close()
    with open_index_writer(index_dir):
        assert len([path for path in index_dir.iterdir() if path.is_dir()]) == 1
