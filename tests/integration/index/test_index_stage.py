"""The index stage against a real database: updates, rebuilds, and what heals what."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.db import harvests, papers
from app.db.announcements import add_announcements
from app.db.session import Database
from app.domain.announcements import AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.errors import IndexLockedError, SearchIndexError
from app.domain.paper import Paper
from app.domain.query import (
    DateField,
    DateRange,
    Everything,
    Filters,
    Flagged,
    PaperFlag,
    QueryNode,
    SearchRequest,
    Term,
)
from app.search.documents import IndexDocument, make_index_document
from app.search.factory import open_engine, open_index_writer
from app.search.whoosh import bulk_writer, commits
from app.search.whoosh.codec import bulk
from app.search.whoosh.generations import find_current_folder
from app.text.query_syntax import parse_query
from indexer.index import rebuild, update_index
from tests.integration.index.catalogue import (
    delete_papers,
    get_last_change,
    list_living,
    store_papers,
)
from tests.integration.index.documents import build_index, make_document
from tests.support.factories import make_announcement


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def check_agreement(database: Database, index_dir: Path) -> None:
    """The index holds the database's living papers and its last change, and nothing else."""
    engine = open_engine(index_dir)
    try:
        result = engine.search(SearchRequest(Everything(), limit=100_000))
        assert {hit.arxiv_id for hit in result.hits} == list_living(database)
        assert result.total == result.state.papers == len(list_living(database))
        assert result.state.change_number == get_last_change(database)
    finally:
        engine.close()


def count_words(index_dir: Path, word: str) -> int:
    engine = open_engine(index_dir)
    try:
        return engine.search(SearchRequest(Term(word))).total
    finally:
        engine.close()


def test_the_first_run_builds_the_index(database: Database, index_dir: Path) -> None:
    store_papers(database, range(25), "alfa")
    delete_papers(database, [3])
    report = update_index(database, index_dir, batch_papers=10)
    assert report.stage == "rebuild"
    assert report.succeeded
    assert report.message == ("Index built anew because there was no index; it holds 24 papers.")
    check_agreement(database, index_dir)


def test_an_empty_database_gives_an_empty_index(database: Database, index_dir: Path) -> None:
    assert update_index(database, index_dir).details["papers"] == 0
    check_agreement(database, index_dir)


def test_later_runs_take_in_changes_additions_and_deletions(
    database: Database, index_dir: Path
) -> None:
    store_papers(database, range(40), "alfa")
    update_index(database, index_dir)
    store_papers(database, range(5), "bravo")
    store_papers(database, range(40, 50), "bravo")
    delete_papers(database, [7, 8, 45])
    report = update_index(database, index_dir, batch_papers=4)
    assert (report.stage, report.details["indexed"], report.details["deleted"]) == ("index", 14, 3)
    assert report.message == "14 papers indexed, 3 taken out; the index holds 47."
    check_agreement(database, index_dir)
    assert count_words(index_dir, "bravo") == 14
    again = update_index(database, index_dir)
    assert (again.details["indexed"], again.details["deleted"]) == (0, 0)
    assert again.details["generation"] == report.details["generation"]


def test_reports_are_stored_with_their_times(database: Database, index_dir: Path) -> None:
    moments = iter(datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(10))
    first = update_index(database, index_dir, now=lambda: next(moments))
    second = update_index(database, index_dir, now=lambda: next(moments))
    with database.read() as tx:
        assert harvests.list_runs(tx) == [second, first]
    assert first.started_at.hour < first.finished_at.hour < second.started_at.hour


def test_progress_counts_up_to_the_total(database: Database, index_dir: Path) -> None:
    store_papers(database, range(20), "alfa")
    update_index(database, index_dir)
    store_papers(database, range(5, 15), "bravo")
    calls: list[tuple[str, object]] = []

    class Recorder:
        def start(self, what: str, total: int | None) -> None:
            calls.append((what, total))

        def advance(self, amount: int, note: str) -> None:
            calls.append((note, amount))

        def finish(self) -> None:
            calls.append(("finish", None))

    update_index(database, index_dir, batch_papers=4, progress=Recorder())
    assert calls == [
        ("Updating the index", 10),
        ("4 changed papers", 4),
        ("8 changed papers", 4),
        ("10 changed papers", 2),
        ("finish", None),
    ]


def test_an_index_ahead_of_a_restored_database_is_built_anew(
    database: Database, index_dir: Path
) -> None:
    store_papers(database, range(3), "alfa")
    build_index(index_dir, [make_document(number) for number in range(9)], change_number=500)
    report = update_index(database, index_dir)
    assert "held change 500, the database ends at 3" in report.message
    check_agreement(database, index_dir)


def test_an_outdated_index_is_built_anew(
    database: Database, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_papers(database, range(3), "alfa")
    update_index(database, index_dir)
    monkeypatch.setattr(commits, "SCHEMA_VERSION", 999)
    assert "of another version" in update_index(database, index_dir).message
    check_agreement(database, index_dir)


def test_a_damaged_index_is_built_anew(database: Database, index_dir: Path) -> None:
    store_papers(database, range(3), "alfa")
    update_index(database, index_dir)
    folder = find_current_folder(index_dir)
    assert folder is not None
    next(folder.glob("*.codes.array")).write_bytes(b"")
    assert "was damaged" in update_index(database, index_dir).message
    check_agreement(database, index_dir)


def test_when_most_papers_are_new_the_index_is_built_anew(
    database: Database, index_dir: Path
) -> None:
    update_index(database, index_dir)
    store_papers(database, range(12), "alfa")
    assert "most papers are new" in update_index(database, index_dir, batch_papers=10).message
    check_agreement(database, index_dir)


def test_a_rebuild_holds_its_snapshot_and_the_next_update_what_came_since(
    database: Database, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_papers(database, range(10), "alfa")
    stored: list[int] = []

    def make_while_a_harvest_goes_on(paper: Paper, *announced: Any) -> IndexDocument:
        if not stored and database.dialect == "sqlite":
            stored.append(1)
            store_papers(database, range(8, 15), "bravo")
        return make_index_document(paper, *announced)

    monkeypatch.setattr("indexer.index.make_index_document", make_while_a_harvest_goes_on)
    report = rebuild(database, index_dir, batch_papers=3)
    assert (report.details["papers"], report.details["change_number"]) == (10, 10)
    if not stored:
        store_papers(database, range(8, 15), "bravo")
    assert update_index(database, index_dir).details["indexed"] == 7
    check_agreement(database, index_dir)


def test_a_rebuild_of_many_runs_holds_every_paper(
    database: Database, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_writer, "BATCH_DOCUMENTS", 4)
    monkeypatch.setattr(bulk, "SMALL_BUILD_DOCUMENTS", 4)
    monkeypatch.setattr(bulk, "RUN_DOCUMENTS", 8)
    store_papers(database, range(30), "alfa")
    rebuild(database, index_dir, batch_papers=3)
    check_agreement(database, index_dir)


def test_a_rebuild_with_another_count_is_not_published(
    database: Database, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_papers(database, range(5), "alfa")
    update_index(database, index_dir)
    before = find_current_folder(index_dir)
    monkeypatch.setattr(papers, "count_papers", lambda _tx: 6)
    with pytest.raises(SearchIndexError, match="holds 5 papers, the database 6; the old index"):
        rebuild(database, index_dir)
    assert find_current_folder(index_dir) == before
    monkeypatch.undo()
    check_agreement(database, index_dir)


def test_while_somebody_else_writes_nothing_is_done(database: Database, index_dir: Path) -> None:
    store_papers(database, range(5), "alfa")
    with open_index_writer(index_dir):
        with pytest.raises(IndexLockedError):
            update_index(database, index_dir)
        with pytest.raises(IndexLockedError):
            rebuild(database, index_dir)
    update_index(database, index_dir)
    check_agreement(database, index_dir)


def test_a_new_announcement_reaches_the_index_with_its_day_and_kind(
    database: Database, index_dir: Path
) -> None:
    store_papers(database, range(3), "alfa")
    update_index(database, index_dir)
    with database.read() as tx:
        held = [each.arxiv_id for each in papers.stream_changes(tx, 0, 10)]
    day = date(2024, 5, 3)

    with database.transaction() as tx:
        add_announcements(
            tx, [make_announcement(held[0].value, announced_on=day, announce_type=AnnounceType.NEW)]
        )
    report = update_index(database, index_dir)

    assert report.details["indexed"] == 1
    check_agreement(database, index_dir)
    within = Filters(dates=DateRange(day, day), date_field=DateField.ANNOUNCED)
    for query, filters in (
        (Everything(), within),
        (Flagged(PaperFlag.IS_NEW), Filters()),
        (parse_query("announced:2024-05-03").tree, Filters()),
    ):
        assert list_found(index_dir, query, filters) == [held[0]]
    rebuild(database, index_dir)
    assert list_found(index_dir, Everything(), within) == [held[0]]


def list_found(index_dir: Path, query: QueryNode, filters: Filters) -> list[ArxivId]:
    engine = open_engine(index_dir)
    try:
        return [hit.arxiv_id for hit in engine.search(SearchRequest(query, filters)).hits]
    finally:
        engine.close()
