"""Cursors, runs, import checkpoints, stars and state come back as they were stored."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.db.harvests import add_run, find_cursor, list_runs, save_cursor
from app.db.imports import clear_checkpoint, find_checkpoint, save_checkpoint
from app.db.papers import upsert_records
from app.db.session import Database
from app.db.stars import add_star, count_stars, list_most_starred
from app.db.state import get_state, set_state
from app.domain.arxiv_id import ArxivId
from app.domain.errors import PaperNotFoundError
from app.domain.harvest import HarvestCursor, ImportCheckpoint, RunReport
from tests.support.factories import (
    COMPASS_ID,
    NOON,
    OTTER_ID,
    TEAPOT_ID,
    make_catalogue,
    make_deleted,
)

TEAPOT, OTTER, COMPASS = map(ArxivId.parse, (TEAPOT_ID, OTTER_ID, COMPASS_ID))
DAY = date(2024, 5, 6)


def test_a_cursor_replaces_its_forerunner(database: Database) -> None:
    cursor = HarvestCursor(
        key="arXivRaw:physics:hep-th",
        next_from=date(2024, 5, 1),
        window_from=date(2024, 4, 29),
        resumption_token="verb%3DListRecords%26skip%3D514",
        pages=3,
        response_date=NOON,
    )
    with database.transaction() as tx:
        assert find_cursor(tx, cursor.key) is None
        save_cursor(tx, cursor)
        save_cursor(tx, HarvestCursor("arXiv:*"))
        assert find_cursor(tx, cursor.key) == cursor
        finished = HarvestCursor(cursor.key, next_from=date(2024, 5, 6))
        save_cursor(tx, finished)
        assert find_cursor(tx, cursor.key) == finished
        assert find_cursor(tx, "arXiv:*") == HarvestCursor("arXiv:*")


def test_runs_are_listed_from_the_latest_of_one_stage_or_all(database: Database) -> None:
    first = RunReport(
        stage="harvest",
        started_at=NOON,
        finished_at=NOON + timedelta(seconds=90),
        succeeded=False,
        message="arXiv answered 503; try again later — “später”.",
        details={"pages": 3, "last": "2024-05-06"},
    )
    second = replace(first, stage="index", succeeded=True, details={})
    third = replace(first, succeeded=True, message="2 pages")
    with database.transaction() as tx:
        numbers = [add_run(tx, report) for report in (first, second, third)]
        assert numbers == sorted(set(numbers))
        assert list_runs(tx) == [third, second, first]
        assert list_runs(tx, stage="harvest") == [third, first]
        assert list_runs(tx, stage="harvest", limit=1) == [third]
        assert list_runs(tx, stage="rebuild") == []


def test_a_checkpoint_is_kept_until_its_import_is_finished(database: Database) -> None:
    checkpoint = ImportCheckpoint("sha:otter", 2_000, 4_100_000_000, 1_990, 10)
    with database.transaction() as tx:
        assert find_checkpoint(tx, checkpoint.fingerprint) is None
        save_checkpoint(tx, checkpoint)
        save_checkpoint(tx, ImportCheckpoint("sha:teapot", 1, 2, 1, 0))
        further = replace(checkpoint, lines=4_000, accepted=3_990)
        save_checkpoint(tx, further)
        assert find_checkpoint(tx, checkpoint.fingerprint) == further
        clear_checkpoint(tx, checkpoint.fingerprint)
        assert find_checkpoint(tx, checkpoint.fingerprint) is None
        assert find_checkpoint(tx, "sha:teapot") is not None


def test_stars_are_counted_by_paper(database: Database) -> None:
    with database.transaction() as tx:
        upsert_records(tx, make_catalogue(), now=NOON)
        assert [add_star(tx, TEAPOT), add_star(tx, TEAPOT), add_star(tx, OTTER)] == [1, 2, 1]
        assert count_stars(tx, [TEAPOT, OTTER, COMPASS]) == {TEAPOT: 2, OTTER: 1}
        assert count_stars(tx, []) == {}
        assert list_most_starred(tx, 5) == [(TEAPOT, 2), (OTTER, 1)]
        assert list_most_starred(tx, 1) == [(TEAPOT, 2)]


def test_only_papers_that_are_held_can_be_starred(database: Database) -> None:
    with database.transaction() as tx:
        upsert_records(tx, [*make_catalogue(), make_deleted(OTTER)], now=NOON)
        for arxiv_id in (OTTER, ArxivId.parse("2405.99999")):
            with pytest.raises(PaperNotFoundError, match="cannot be starred"):
                add_star(tx, arxiv_id)


def test_state_is_kept_by_key(database: Database) -> None:
    with database.transaction() as tx:
        assert get_state(tx, "filled_from") is None
        set_state(tx, "filled_from", "sample")
        set_state(tx, "other", "")
        set_state(tx, "filled_from", "harvest")
        assert get_state(tx, "filled_from") == "harvest"
        assert get_state(tx, "other") == ""
