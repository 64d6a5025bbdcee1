"""What a writer publishes, what it drops, and who may write."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexOutdatedError,
    SearchIndexError,
)
from app.domain.query import Everything, Filters, SearchRequest, Term
from app.search.documents import SCHEMA_VERSION
from app.search.engine import SearchEngine
from app.search.factory import (
    index_exists,
    open_engine,
    open_index_writer,
    rebuild_index,
    sweep_index,
)
from app.search.whoosh import commits, committed
from app.search.whoosh.generations import READERS_NAME, find_current_folder
from tests.integration.index.documents import (
    build_index,
    commit_documents,
    make_document,
    make_id,
)


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index"


def list_found(index_dir: Path, word: str = "") -> list[str]:
    engine = open_engine(index_dir)
    try:
        query = Term(word) if word else Everything()
        hits = engine.search(SearchRequest(query, limit=10_000)).hits
        return sorted(hit.arxiv_id.value for hit in hits)
    finally:
        engine.close()


def find_folder(index_dir: Path) -> Path:
    folder = find_current_folder(index_dir)
    assert folder is not None
    return folder


def test_the_first_writer_begins_an_empty_index(index_dir: Path) -> None:
    assert not index_exists(index_dir)
    with open_index_writer(index_dir) as writer:
        assert writer.state.papers == writer.state.change_number == 0
        assert writer.state.schema_version == SCHEMA_VERSION
    assert index_exists(index_dir)
    assert list_found(index_dir) == []


def test_an_empty_index_answers_every_question(index_dir: Path) -> None:
    with open_index_writer(index_dir):
        pass
    engine = open_engine(index_dir)
    assert engine.search(SearchRequest(Term("alfa"))).total == 0
    assert engine.count(Everything(), Filters()) == 0
    assert engine.suggest("a", 5) == []
    assert engine.get_term_statistics(["alfa"])[0].document_frequency == 0
    assert engine.find_similar([("alfa", 1.0)], Filters(), 5).total == 0
    engine.close()


def test_a_paper_written_again_takes_the_place_of_the_former(index_dir: Path) -> None:
    commit_documents(index_dir, [make_document(1, "alfa"), make_document(2, "alfa")], 5)
    state = commit_documents(index_dir, [make_document(1, "bravo")], 6)
    assert (state.papers, state.change_number) == (2, 6)
    assert list_found(index_dir, "alfa") == [make_id(2).value]
    assert list_found(index_dir, "bravo") == [make_id(1).value]


def test_the_last_of_several_versions_in_one_commit_counts(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        writer.replace([make_document(1, "alfa"), make_document(2, "golf")])
        writer.replace([make_document(1, "bravo"), make_document(1, "delta")])
        writer.delete([make_id(2)])
        assert writer.commit(1).papers == 1
        writer.replace([make_document(1, "hotel")])
        assert writer.commit(2).papers == 1
    assert list_found(index_dir) == [make_id(1).value]
    assert list_found(index_dir, "hotel") == [make_id(1).value]
    assert list_found(index_dir, "delta") == []


def test_unknown_papers_are_deleted_without_complaint(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        writer.delete([make_id(1)])
        assert writer.commit(3).change_number == 3


def test_what_was_not_committed_is_dropped(index_dir: Path) -> None:
    commit_documents(index_dir, [make_document(1, "alfa")], 1)
    with open_index_writer(index_dir) as writer:
        writer.replace([make_document(2, "alfa")])
        writer.delete([make_id(1)])
    assert list_found(index_dir) == [make_id(1).value]
    folder = find_folder(index_dir)
    commit = commits.read_commit(folder)
    assert {path.name for path in folder.iterdir()} == commit.file_names | {READERS_NAME}


def test_a_commit_cannot_go_back(index_dir: Path) -> None:
    commit_documents(index_dir, [], 5)
    with open_index_writer(index_dir) as writer, pytest.raises(SearchIndexError, match="restored"):
        writer.commit(4)


def test_the_generation_grows_with_every_commit_and_rebuild(index_dir: Path) -> None:
    numbers = []
    for change in range(1, 4):
        numbers.append(commit_documents(index_dir, [], change).generation)
        numbers.append(build_index(index_dir, [make_document(1)], change).generation)
    assert numbers == sorted(set(numbers))


def test_a_second_writer_is_refused(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        with pytest.raises(IndexLockedError, match="Another process"):
            open_index_writer(index_dir)
        with pytest.raises(IndexLockedError), rebuild_index(index_dir):
            pass
        with pytest.raises(IndexLockedError):
            sweep_index(index_dir)
        writer.replace([make_document(1)])
        assert writer.commit(1).papers == 1
    with open_index_writer(index_dir) as writer:
        assert writer.state.papers == 1


def test_the_lock_of_a_killed_process_is_free(index_dir: Path) -> None:
    code = (
        "import sys, pathlib, time\n"
        "from app.search.factory import open_index_writer\n"
        "writer = open_index_writer(pathlib.Path(sys.argv[1]))\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(index_dir)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(IndexLockedError):
            open_index_writer(index_dir)
        child.kill()
    with open_index_writer(index_dir) as writer:
        assert writer.state.papers == 0


def test_a_closed_writer_writes_no_more(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        pass
    with pytest.raises(ValueError, match="closed"):
        writer.replace([make_document(1)])


def test_a_rebuild_left_without_publishing_changes_nothing(index_dir: Path) -> None:
    commit_documents(index_dir, [make_document(1)], 1)
    before = sorted(index_dir.iterdir())
    with rebuild_index(index_dir) as building:
        building.writer.replace([make_document(2)])
        building.writer.commit(2)
    assert sorted(index_dir.iterdir()) == before
    assert list_found(index_dir) == [make_id(1).value]


def test_a_rebuild_takes_the_place_of_the_old_index(index_dir: Path) -> None:
    commit_documents(index_dir, [make_document(1)], 9)
    old = find_folder(index_dir)
    build_index(index_dir, [make_document(2), make_document(3)], 4)
    assert list_found(index_dir) == [make_id(2).value, make_id(3).value]
    assert not old.exists()


def test_many_commits_keep_few_segments_and_every_paper(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        for change in range(1, 41):
            batch = [make_document(change * 3 + i, f"alfa bravo{change}") for i in range(4)]
            writer.replace(batch)
            state = writer.commit(change)
    folder = find_folder(index_dir)
    segments = committed.read_segments(folder, commits.read_commit(folder))
    assert len(segments) <= 10
    assert state.papers == len(list_found(index_dir, "alfa")) == 40 * 3 + 1


@pytest.mark.parametrize("constant", ["SCHEMA_VERSION", "ANALYZER_VERSION"])
def test_an_index_of_another_version_is_refused(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    commit_documents(index_dir, [make_document(1)], 1)
    monkeypatch.setattr(commits, constant, 999)
    engine = open_engine(index_dir)
    with pytest.raises(IndexOutdatedError, match="papersift reindex"):
        engine.get_state()
    for _attempt in range(2):  # the lock is let go of each time
        with pytest.raises(IndexOutdatedError, match=f"schema version {SCHEMA_VERSION} .* 999"):
            open_index_writer(index_dir)
    build_index(index_dir, [make_document(2)], 1)
    assert engine.search(SearchRequest(Everything())).total == 1
    engine.close()


@pytest.mark.parametrize("suffix", [".docs.array", ".term_bytes.array", ".segment.json"])
def test_a_truncated_file_is_named(index_dir: Path, suffix: str) -> None:
    commit_documents(index_dir, [make_document(1, "alfa")], 1)
    (path,) = find_folder(index_dir).glob(f"*{suffix}")
    path.write_bytes(path.read_bytes()[:-7])
    check_damage(index_dir, path.name)


@pytest.mark.parametrize(("suffix", "place"), [(".codes.array", 9), (".segment.json", 40)])
def test_an_altered_header_is_named(index_dir: Path, suffix: str, place: int) -> None:
    commit_documents(index_dir, [make_document(1, "alfa")], 1)
    (path,) = find_folder(index_dir).glob(f"*{suffix}")
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(bytes(data))
    check_damage(index_dir, path.name)


def test_a_foreign_file_is_named(index_dir: Path) -> None:
    commit_documents(index_dir, [make_document(1, "alfa")], 1)
    (path,) = find_folder(index_dir).glob("*.positions.array")
    path.write_bytes(bytes(path.stat().st_size))
    check_damage(index_dir, path.name)


@pytest.mark.parametrize("contents", [b"", b"{", b"[]", b'{"schema_version": 1}', b"\xff\xfe"])
def test_an_unreadable_record_is_named(index_dir: Path, contents: bytes) -> None:
    commit_documents(index_dir, [make_document(1, "alfa")], 1)
    (path,) = find_folder(index_dir).glob("commit-*.json")
    path.write_bytes(contents)
    check_damage(index_dir, path.name)


def test_a_missing_file_is_damage(index_dir: Path) -> None:
    commit_documents(index_dir, [make_document(1, "alfa")], 1)
    (path,) = find_folder(index_dir).glob("*.codes.array")
    path.unlink()
    check_damage(index_dir, path.name)


def test_a_pointer_to_nowhere_is_damage(index_dir: Path) -> None:
    commit_documents(index_dir, [], 1)
    (index_dir / "CURRENT").write_text("../elsewhere\n")
    check_damage(index_dir, "CURRENT")


def check_damage(index_dir: Path, name: str) -> None:
    """Both sides refuse the index by the file's name; a rebuild heals it."""
    engine: SearchEngine = open_engine(index_dir)
    with pytest.raises(IndexDamagedError, match=name) as refusal:
        engine.search(SearchRequest(Everything()))
    assert "papersift reindex" in str(refusal.value)
    with pytest.raises(IndexDamagedError, match="papersift reindex"):
        open_index_writer(index_dir)
    build_index(index_dir, [make_document(7)], 1)
    assert engine.search(SearchRequest(Everything())).total == 1
    engine.close()
