"""Stars are counted, and a database that cannot be written harms nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pytest

from app.db.session import Database
from app.domain.errors import PaperDeletedError, PaperNotFoundError, RateLimitError
from app.services.browse import DayOrder, DaySource
from app.services.star_memory import StarLimits
from app.services.stars import StarService
from tests.support.factories import NOON, OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID, LEDGER_DAY, Library
from tests.support.services import open_use_cases

HOME = "203.0.113.7"


@contextmanager
def open_stars(library: Library, limits: StarLimits | None = None) -> Iterator[StarService]:
    with (
        closing(Database(library.database_url)) as database,
        closing(Database(library.database_url, busy_timeout_seconds=0.05)) as writable,
    ):
        yield StarService(
            database,
            writable,
            limits or StarLimits(),
            clock=lambda: 0.0,
            today=NOON.date,
        )


def test_stars_add_up_over_clients(own_library: Library) -> None:
    with open_stars(own_library) as stars:
        first = stars.star(f"arXiv:{TEAPOT_ID}v1", HOME)
        again = stars.star(TEAPOT_ID, HOME)
        other = stars.star(TEAPOT_ID, "198.51.100.20")

        assert (first.stars, first.is_counted, first.note) == (1, True, "")
        assert (again.stars, again.is_counted) == (1, False)
        assert "today" in again.note
        assert (other.stars, other.is_counted) == (2, True)
        ids = [first.arxiv_id]
        assert stars.count(ids) == {first.arxiv_id: 2}


def test_a_paper_that_is_not_held_gets_no_star(own_library: Library) -> None:
    with open_stars(own_library) as stars:
        with pytest.raises(PaperDeletedError):
            stars.star(GONE_ID, HOME)
        with pytest.raises(PaperNotFoundError):
            stars.star("2401.00001", HOME)


def test_asking_too_often_is_refused_with_the_limit(own_library: Library) -> None:
    with open_stars(own_library, StarLimits(stars_per_minute=1)) as stars:
        stars.star(TEAPOT_ID, HOME)
        with pytest.raises(RateLimitError, match="stars_per_minute") as caught:
            stars.star(OTTER_ID, HOME)
        assert caught.value.retry_after_seconds == 60


def test_a_busy_database_loses_the_star_and_nothing_else(own_library: Library) -> None:
    with open_stars(own_library) as stars:
        with closing(sqlite3.connect(own_library.folder / "papersift.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            declined = stars.star(TEAPOT_ID, HOME)
            other.rollback()

        assert (declined.stars, declined.is_counted) == (0, False)
        assert "later" in declined.note
        assert stars.star(TEAPOT_ID, HOME).is_counted


def test_a_day_can_be_listed_by_stars(own_library: Library) -> None:
    with open_use_cases(own_library) as use_cases:
        listed = use_cases.browse.list_day(LEDGER_DAY)
        last = next(line for line in reversed(listed.lines) if line.paper is not None)
        use_cases.stars.star(last.arxiv_id.value, HOME)
        by_stars = use_cases.browse.list_day(LEDGER_DAY, order=DayOrder.STARS)
        second = use_cases.browse.list_day(LEDGER_DAY, order=DayOrder.STARS, offset=1, limit=2)

    assert (by_stars.lines[0].arxiv_id, by_stars.lines[0].stars) == (last.arxiv_id, 1)
    others = [line.arxiv_id for line in listed.lines if line.arxiv_id != last.arxiv_id]
    assert [line.arxiv_id for line in by_stars.lines[1:]] == others
    assert [line.arxiv_id for line in second.lines] == others[:2]
    assert by_stars.total == listed.total


def test_a_day_of_submissions_can_be_listed_by_stars(own_library: Library) -> None:
    day = date(2024, 5, 1)
    with open_use_cases(own_library) as use_cases:
        listed = use_cases.browse.list_day(day)
        last = listed.lines[-1].arxiv_id
        use_cases.stars.star(last.value, HOME)
        by_stars = use_cases.browse.list_day(day, order=DayOrder.STARS)
        answer = use_cases.papers.get_paper(last.value)

    assert listed.source is DaySource.SUBMITTED
    assert len(listed.lines) > 1
    assert by_stars.lines[0].arxiv_id == last
    assert by_stars.total == listed.total
    assert answer.stars == 1
