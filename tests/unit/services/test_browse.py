"""A day of a category, announced or by submission."""

from datetime import date, timedelta

import pytest

from app.db import announcements, harvests
from app.db.session import Database
from app.domain.announcement_times import get_due_moment
from app.domain.announcements import AnnounceType
from app.domain.categories import parse_category_expression as parse
from app.domain.errors import LimitExceededError
from app.domain.harvest import RunReport
from app.services import browse
from app.services.browse import DayList, DayOrder, DaySource, DayState
from app.services.use_cases import UseCases
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID, make_announcement
from tests.support.library import LEDGER_DAY, REVISED_ID, UNHELD_ID, Library, remove_index
from tests.support.services import LIMITS, open_use_cases


def listed(page: DayList) -> list[str]:
    return [line.arxiv_id.value for line in page.lines]


def test_a_recorded_day_is_listed_as_arxiv_announced_it(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(LEDGER_DAY, parse("cs.CL"))

    assert page.source is DaySource.ANNOUNCED
    assert listed(page) == [OTTER_ID, UNHELD_ID, REVISED_ID]
    assert page.total == 3
    assert page.counts == {AnnounceType.NEW: 2, AnnounceType.CROSS: 1}


def test_announced_papers_that_are_not_held_keep_their_place(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(LEDGER_DAY, parse("cs.CL"))

    assert [each.value for each in page.missing] == [UNHELD_ID]
    assert page.lines[1].paper is None
    assert page.lines[0].paper is not None
    assert page.lines[0].paper.title == "Attention is what otters need"


def test_a_quiet_list_of_a_recorded_archive_is_empty_not_replaced(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(LEDGER_DAY, parse("cs.LG"))

    assert page.source is DaySource.ANNOUNCED
    assert page.total == 0


def test_an_archive_that_nobody_recorded_is_listed_by_submission(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(LEDGER_DAY, parse("physics"))

    assert page.source is DaySource.SUBMITTED
    assert "not on record" in page.explanation
    assert listed(page) == ["2405.05036"]
    assert page.lines[0].announcement is None


def test_a_day_without_a_record_is_listed_by_submission(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(date(2024, 5, 2), parse("cs"))

    assert page.source is DaySource.SUBMITTED
    assert listed(page) == [OTTER_ID]
    assert page.missing == ()


def test_kinds_of_announcement_can_be_picked(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(
        LEDGER_DAY, parse("cs.CL"), kinds=frozenset({AnnounceType.CROSS})
    )

    assert listed(page) == [REVISED_ID]
    assert page.total == 1
    assert page.counts == {AnnounceType.NEW: 2, AnnounceType.CROSS: 1}
    assert [each.value for each in page.missing] == [UNHELD_ID]


def test_the_newest_submission_can_come_first(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(LEDGER_DAY, parse("cs.CL"), order=DayOrder.NEWEST)
    by_submission = use_cases.browse.list_day(
        date(2024, 5, 2), order=DayOrder.NEWEST, source=DaySource.SUBMITTED, limit=1
    )

    moments = [line.paper.submitted_at for line in page.lines if line.paper is not None]
    assert moments == sorted(moments, reverse=True)
    # A paper of which nothing is known stands at the end.
    assert page.lines[-1].arxiv_id.value == UNHELD_ID
    assert by_submission.total > 1
    assert len(by_submission.lines) == 1


def test_an_announced_day_can_be_listed_by_submission(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(LEDGER_DAY, source=DaySource.SUBMITTED)

    assert page.state is DayState.ASKED_BY_SUBMISSION
    assert page.lines
    assert {line.paper.submitted_at.date() for line in page.lines if line.paper} == {LEDGER_DAY}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2024, 5, 4), DayState.WEEKEND),
        (date(2024, 5, 5), DayState.WEEKEND),
        # Noon of the 6th: that day's lists appeared at four, and no run has read them.
        (date(2024, 5, 6), DayState.NOT_COLLECTED),
        (date(2024, 5, 7), DayState.NOT_DUE),
        (date(2024, 5, 11), DayState.WEEKEND),
        (date(2024, 5, 1), DayState.NOT_RECORDED),
        (date.max, DayState.NOT_DUE),
        (date.min, DayState.NOT_RECORDED),
    ],
)
def test_a_day_without_lists_says_why(use_cases: UseCases, day: date, state: DayState) -> None:
    page = use_cases.browse.list_day(day, parse("cs.CL"))

    assert page.state is state
    assert page.explanation
    if state is not DayState.NOT_RECORDED:
        assert page.lines == ()
        assert page.source is DaySource.ANNOUNCED


def test_a_holiday_is_known_from_the_run_that_found_the_feeds_empty(own_library: Library) -> None:
    holiday = LEDGER_DAY - timedelta(days=1)
    _announce(own_library, LEDGER_DAY - timedelta(days=2))
    database = Database(own_library.database_url)
    read_at = get_due_moment(holiday) + timedelta(hours=1)
    with database.transaction() as tx:
        harvests.add_run(
            tx,
            RunReport(
                "announcements",
                read_at,
                read_at,
                succeeded=True,
                message="nothing",
                details={"days": str(holiday), "lines": 0},
            ),
        )
    database.close()

    with open_use_cases(own_library) as use_cases:
        page = use_cases.browse.list_day(holiday, parse("cs.CL"))

    assert page.state is DayState.NOTHING_ANNOUNCED
    assert (page.previous_day, page.next_day) == (holiday - timedelta(days=1), LEDGER_DAY)


def test_all_of_arxiv_can_be_listed(use_cases: UseCases) -> None:
    assert use_cases.browse.list_day(LEDGER_DAY).total == 4
    assert use_cases.browse.list_day(date(1999, 1, 1)).lines[0].arxiv_id.value == COMPASS_ID


def test_pages_of_a_day_are_disjoint_and_complete(use_cases: UseCases) -> None:
    first = use_cases.browse.list_day(LEDGER_DAY, parse("cs.CL"), limit=2)
    second = use_cases.browse.list_day(LEDGER_DAY, parse("cs.CL"), offset=2, limit=2)

    assert listed(first) + listed(second) == [OTTER_ID, UNHELD_ID, REVISED_ID]
    assert (first.next_offset, second.next_offset) == (2, None)
    assert first.total == second.total == 3
    assert first.counts == second.counts
    assert first.missing == second.missing


def test_a_page_may_not_be_larger_than_the_limit(use_cases: UseCases) -> None:
    with pytest.raises(LimitExceededError, match="max_page_size"):
        use_cases.browse.list_day(LEDGER_DAY, limit=LIMITS.max_page_size + 1)


def test_neighbours_are_days_that_have_a_list(use_cases: UseCases) -> None:
    recorded = use_cases.browse.list_day(LEDGER_DAY, parse("cs"))
    before = use_cases.browse.list_day(date(2024, 5, 2), parse("cs"))
    long_ago = use_cases.browse.list_day(date(1999, 1, 1), parse("hep-th"))

    assert (recorded.previous_day, recorded.next_day) == (date(2024, 5, 2), None)
    assert before.next_day == LEDGER_DAY
    assert long_ago.previous_day is None
    assert long_ago.next_day == LEDGER_DAY


def test_within_the_ledger_days_of_submission_are_stepped_over(own_library: Library) -> None:
    monday = LEDGER_DAY + timedelta(days=3)
    _announce(own_library, monday)
    _announce(own_library, LEDGER_DAY - timedelta(days=7))

    with open_use_cases(own_library) as use_cases:
        friday = use_cases.browse.list_day(LEDGER_DAY, parse("physics"))
        saturday = use_cases.browse.list_day(LEDGER_DAY + timedelta(days=1), parse("physics"))

    assert (friday.previous_day, friday.next_day) == (LEDGER_DAY - timedelta(days=7), monday)
    assert (saturday.previous_day, saturday.next_day) == (LEDGER_DAY, monday)


def _announce(library: Library, day: date) -> None:
    database = Database(library.database_url)
    with database.transaction() as tx:
        announcements.add_announcements(tx, [make_announcement(TEAPOT_ID, announced_on=day)])
    database.close()


def test_the_latest_day_is_the_ledgers_where_it_covers_the_expression(
    use_cases: UseCases,
) -> None:
    assert use_cases.browse.find_latest_day(parse("cs")) == LEDGER_DAY
    assert use_cases.browse.find_latest_day() == LEDGER_DAY
    assert use_cases.browse.find_latest_day(parse("hep-th")) == date(1999, 1, 1)
    assert use_cases.browse.find_latest_day(parse("stat")) == date(2024, 5, 3)


def test_papers_known_to_the_month_lend_their_day_to_no_link(use_cases: UseCases) -> None:
    page = use_cases.browse.list_day(date(2007, 4, 1), parse("math.CO"))

    assert page.total == 0
    assert page.previous_day is None


def test_papers_known_to_the_month_are_stepped_over_however_many(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "NEIGHBOUR_CANDIDATES", 1)

    page = use_cases.browse.list_day(date(2010, 1, 1))
    long_ago = use_cases.browse.list_day(date(1999, 1, 1), parse("math+hep-th+stat"))

    assert page.previous_day == date(1999, 1, 1)
    assert long_ago.next_day is not None
    assert long_ago.next_day > date(2007, 4, 1)


def test_days_are_listed_without_an_index(own_library: Library) -> None:
    remove_index(own_library)

    with open_use_cases(own_library) as use_cases:
        page = use_cases.browse.list_day(date(2024, 5, 2), parse("cs"))
        latest = use_cases.browse.find_latest_day(parse("hep-th"))

    assert listed(page) == [OTTER_ID]
    assert page.previous_day is None
    assert latest == date(2024, 5, 3)
