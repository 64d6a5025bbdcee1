"""Counts by day: months, and the newest day by category."""

from collections import Counter
from datetime import date, timedelta

from app.db import announcements
from app.db.announced_days import count_announced_by_day
from app.db.announcements import list_announced
from app.db.session import Database
from app.domain.announcements import AnnounceType
from app.domain.categories import parse_category_expression as parse
from app.services.browse import DaySource
from app.services.use_cases import UseCases
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID, make_announcement
from tests.support.library import LEDGER_DAY, Library
from tests.support.services import open_use_cases


def test_a_month_has_all_its_days_and_tells_announced_from_submitted(use_cases: UseCases) -> None:
    month = use_cases.calendar.count_month(LEDGER_DAY)

    assert [each.day.day for each in month.days] == list(range(1, 32))
    by_day = {each.day: each for each in month.days}
    assert (by_day[LEDGER_DAY].papers, by_day[LEDGER_DAY].replaced) == (4, 0)
    assert by_day[LEDGER_DAY].source is DaySource.ANNOUNCED
    # The ledger begins on the third: the days before it are counted by submission.
    assert by_day[date(2024, 5, 2)].source is DaySource.SUBMITTED
    assert by_day[date(2024, 5, 4)].source is None
    assert month.papers == sum(each.papers for each in month.days)


def test_a_month_of_an_expression_counts_its_papers_only(use_cases: UseCases) -> None:
    counts = {
        text: use_cases.calendar.count_month(LEDGER_DAY, parse(text)).days[2].papers
        for text in ("cs.CL", "cs", "cs-cs.CL", "astro-ph.EP", "hep-th", "cs.CL+astro-ph")
    }

    assert counts == {
        "cs.CL": 3, "cs": 3, "cs-cs.CL": 0, "astro-ph.EP": 1, "hep-th": 0, "cs.CL+astro-ph": 4,
    }  # fmt: skip


def test_months_lead_to_their_neighbours_between_arxivs_first_and_today(
    use_cases: UseCases,
) -> None:
    count = use_cases.calendar.count_month

    assert count(date(2024, 4, 9)).next_month == date(2024, 5, 1)
    assert count(date(2024, 4, 9)).previous_month == date(2024, 3, 1)
    assert count(date(2024, 5, 1)).next_month is None
    assert count(date(1991, 7, 31)).previous_month is None


def test_the_newest_day_counts_categories_and_archives(use_cases: UseCases) -> None:
    newest = use_cases.calendar.count_newest_day()

    assert newest.day == LEDGER_DAY
    assert newest.source is DaySource.ANNOUNCED
    assert newest.papers == 4
    assert newest.by_code == {"cs.CL": 3, "cs": 3, "astro-ph.EP": 1, "astro-ph": 1}


def test_lists_that_are_out_and_not_read_are_named(own_library: Library) -> None:
    with open_use_cases(own_library) as use_cases:
        # Noon of Monday: its lists appeared at four.
        before = use_cases.calendar.find_unread_day()
        _announce(own_library, date(2024, 5, 6), "cs.LG", OTTER_ID)
        after = use_cases.calendar.find_unread_day()

    assert (before, after) == (date(2024, 5, 6), None)


def test_counts_are_made_anew_when_lines_are_added(own_library: Library) -> None:
    with open_use_cases(own_library) as use_cases:
        before = use_cases.calendar.count_newest_day()
        _announce(own_library, LEDGER_DAY, "cs.LG", OTTER_ID, AnnounceType.CROSS)
        after = use_cases.calendar.count_newest_day()
        _announce(own_library, LEDGER_DAY + timedelta(days=3), "cs.LG", TEAPOT_ID)
        later = use_cases.calendar.count_newest_day()
        month = use_cases.calendar.count_month(LEDGER_DAY, parse("cs.LG"))

    assert before.by_code["cs.CL"] == after.by_code["cs.CL"] == 3
    assert (after.papers, after.by_code["cs.LG"]) == (4, 1)
    assert (later.day, later.papers) == (LEDGER_DAY + timedelta(days=3), 1)
    assert [each.papers for each in month.days if each.source is DaySource.ANNOUNCED] == [1, 1]


def test_counting_agrees_with_listing(own_library: Library) -> None:
    kinds = list(AnnounceType)
    papers = (OTTER_ID, TEAPOT_ID, COMPASS_ID)
    lists = ("cs.CL", "cs.LG", "cs.CY", "stat.ML")
    for number, arxiv_id in enumerate(papers * 4):
        kind = kinds[number * 7 % 4]
        _announce(own_library, LEDGER_DAY, lists[number % 4], arxiv_id, kind)
    database = Database(own_library.database_url)
    with database.read() as tx:
        for text in ("cs.CL", "cs", "cs-cs.CY", "stat+cs.LG", "cs-stat", "-cs.CL"):
            expression = parse(text)
            lines, _ = list_announced(tx, LEDGER_DAY, expression, offset=0, limit=100)
            counted = count_announced_by_day(tx, expression, LEDGER_DAY, LEDGER_DAY)
            by_kind: Counter[AnnounceType] = counted.get(LEDGER_DAY, Counter())
            for kind in kinds:
                expected = sum(line.announce_type is kind for line in lines)
                assert by_kind[kind] == expected, (text, kind)
    database.close()


def _announce(
    library: Library,
    day: date,
    category: str,
    arxiv_id: str,
    kind: AnnounceType = AnnounceType.NEW,
) -> None:
    database = Database(library.database_url)
    with database.transaction() as tx:
        line = make_announcement(
            arxiv_id, announced_on=day, category=category, announce_type=kind, position=9
        )
        announcements.add_announcements(tx, [line])
    database.close()
