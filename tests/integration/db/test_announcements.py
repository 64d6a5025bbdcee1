"""The ledger answers with what arXiv announced, in its order; receipts tell what is missing."""

from dataclasses import replace
from datetime import date, timedelta

from app.db.announced_days import (
    count_announced_by_day,
    find_announced_day_after,
    find_announced_day_before,
    find_first_announced_day,
    has_lines_on,
)
from app.db.announcements import (
    add_announcements,
    find_latest_day,
    list_announced,
    list_announced_ids,
    list_receipts,
    list_unreconciled,
    save_receipt,
)
from app.db.last_announcements import find_last_announcements
from app.db.papers import stream_changes, upsert_records
from app.db.session import Database
from app.domain.announcements import (
    Announcement,
    AnnounceType,
    LastAnnouncement,
    ReconciliationReceipt,
)
from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from tests.support.factories import NOON, make_announcement, make_id, make_record

DAY = date(2024, 5, 3)
NEXT_DAY = date(2024, 5, 6)
NEW, CROSS = AnnounceType.NEW, AnnounceType.CROSS
REPLACE, REPLACE_CROSS = AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS


def line(number: int, category: str, kind: AnnounceType, position: int) -> Announcement:
    return make_announcement(
        make_id(number),
        announced_on=DAY,
        category=category,
        announce_type=kind,
        position=position,
    )


LEDGER = [
    line(4, "cs.CL", REPLACE_CROSS, 3),
    line(1, "cs.CL", NEW, 0),
    line(2, "cs.CL", NEW, 1),
    line(3, "cs.CL", CROSS, 2),
    line(5, "cs.CL", REPLACE, 4),
    line(3, "cs.LG", NEW, 0),
    line(1, "cs.LG", CROSS, 7),
    line(6, "cs.CY", NEW, 0),
    line(2, "cs.CY", CROSS, 1),
]


def store(database: Database, items: list[Announcement]) -> int:
    with database.transaction() as tx:
        return add_announcements(tx, items)


def list_lines(
    database: Database, expression: str | None, *, offset: int = 0, limit: int = 100
) -> tuple[list[tuple[int, str, AnnounceType]], int]:
    parsed = None if expression is None else parse_category_expression(expression)
    with database.read() as tx:
        lines, total = list_announced(tx, DAY, parsed, offset=offset, limit=limit)
    return [
        (int(one.arxiv_id.value.partition(".")[2]), one.category, one.announce_type)
        for one in lines
    ], total


def test_a_line_comes_back_as_it_was(database: Database) -> None:
    item = make_announcement("hep-th/9901001", version=3, position=7, announce_type=REPLACE)
    assert store(database, [item]) == 1
    with database.read() as tx:
        assert list_announced(tx, DAY, None, offset=0, limit=10) == ([item], 1)


def test_reading_a_feed_again_adds_only_what_is_new(database: Database) -> None:
    assert store(database, LEDGER) == 9
    assert store(database, LEDGER) == 0
    assert store(database, [*LEDGER, line(9, "cs.CL", NEW, 5)]) == 1
    assert store(database, []) == 0


def test_a_category_is_listed_in_its_order(database: Database) -> None:
    store(database, LEDGER)
    assert list_lines(database, "cs.CL") == (
        [
            (1, "cs.CL", NEW),
            (2, "cs.CL", NEW),
            (3, "cs.CL", CROSS),
            (4, "cs.CL", REPLACE_CROSS),
            (5, "cs.CL", REPLACE),
        ],
        5,
    )


def test_of_several_categories_a_paper_has_one_line_in_its_foremost_group(
    database: Database,
) -> None:
    store(database, LEDGER)
    lines, total = list_lines(database, "cs.CL+cs.LG")
    assert total == 5
    assert lines[:3] == [(1, "cs.CL", NEW), (3, "cs.LG", NEW), (2, "cs.CL", NEW)]


def test_what_another_category_listed_can_be_taken_away(database: Database) -> None:
    store(database, LEDGER)
    lines, total = list_lines(database, "cs.CL-cs.CY-cs.LG")
    assert [number for number, _, _ in lines] == [4, 5]
    assert total == 2


def test_an_archive_and_the_whole_day_have_one_line_a_paper(database: Database) -> None:
    store(database, LEDGER)
    for expression in ("cs", None):
        lines, total = list_lines(database, expression)
        assert sorted(number for number, _, _ in lines) == [1, 2, 3, 4, 5, 6]
        assert total == 6


def test_a_list_is_paged_with_its_total(database: Database) -> None:
    store(database, LEDGER)
    lines, total = list_lines(database, "cs.CL", offset=1, limit=2)
    assert [number for number, _, _ in lines] == [2, 3]
    assert total == 5
    assert list_lines(database, "math") == ([], 0)


def test_the_ids_of_a_list_are_in_its_order(database: Database) -> None:
    store(database, LEDGER)
    with database.read() as tx:
        assert list_announced_ids(tx, DAY, "cs.CL") == [make_id(n) for n in (1, 2, 3, 4, 5)]
        assert list_announced_ids(tx, NEXT_DAY, "cs.CL") == []


def test_the_latest_day_is_found_among_many(database: Database) -> None:
    with database.read() as tx:
        assert find_latest_day(tx) is None
    days = [DAY - timedelta(days=n) for n in range(4)]
    store(database, [replace(one, announced_on=day) for one in LEDGER for day in days])
    with database.read() as tx:
        assert find_latest_day(tx) == DAY


def receipt(category: str, announced: int, *missing: int) -> ReconciliationReceipt:
    ids: tuple[ArxivId, ...] = tuple(make_id(number) for number in missing)
    return ReconciliationReceipt(DAY, category, announced, announced - len(ids), ids, NOON)


def test_a_receipt_comes_back_and_replaces_its_forerunner(database: Database) -> None:
    gap = receipt("cs.CL", 5, 3, 1)
    repaired = replace(receipt("cs.CL", 5), repaired_at=NOON + timedelta(hours=1))
    with database.transaction() as tx:
        save_receipt(tx, gap)
        assert list_receipts(tx) == [gap]
        save_receipt(tx, repaired)
        save_receipt(tx, receipt("cs.AI", 0))
        assert list_receipts(tx) == [receipt("cs.AI", 0), repaired]
        assert list_receipts(tx, since=NEXT_DAY) == []
        assert list_receipts(tx, since=DAY, limit=1) == [receipt("cs.AI", 0)]


def test_lists_without_a_valid_receipt_are_unreconciled(database: Database) -> None:
    store(database, LEDGER)
    with database.transaction() as tx:
        save_receipt(tx, receipt("cs.CL", 5))
        save_receipt(tx, receipt("cs.LG", 2, 3))
        assert list_unreconciled(tx, since=DAY) == [(DAY, "cs.CY"), (DAY, "cs.LG")]
        assert list_unreconciled(tx, since=NEXT_DAY) == []
        add_announcements(tx, [line(8, "cs.CL", NEW, 6)])
        assert (DAY, "cs.CL") in list_unreconciled(tx, since=DAY)


def make_stored(database: Database, numbers: list[int]) -> None:
    records = [make_record(make_id(number)) for number in numbers]
    with database.transaction() as tx:
        upsert_records(tx, records, now=NOON)


def list_numbers(database: Database) -> dict[ArxivId, int]:
    with database.read() as tx:
        return {each.arxiv_id: each.change_number for each in stream_changes(tx, 0, 1_000)}


def test_the_last_announcement_is_of_the_latest_day_and_the_foremost_kind(
    database: Database,
) -> None:
    later = replace(line(3, "cs.CL", REPLACE, 0), announced_on=NEXT_DAY)
    store(database, [*LEDGER, later])

    with database.read() as tx:
        found = find_last_announcements(tx, [make_id(n) for n in (1, 2, 3, 4, 9)])

    assert {int(each.value.partition(".")[2]): last for each, last in found.items()} == {
        1: LastAnnouncement(DAY, NEW),
        2: LastAnnouncement(DAY, NEW),
        3: LastAnnouncement(NEXT_DAY, REPLACE),
        4: LastAnnouncement(DAY, REPLACE_CROSS),
    }


def test_a_new_day_raises_the_change_numbers_of_the_papers_it_names(database: Database) -> None:
    make_stored(database, [1, 2, 3])
    before = list_numbers(database)

    store(
        database, [line(1, "cs.CL", NEW, 0), line(2, "cs.CL", CROSS, 1), line(9, "cs.CL", NEW, 2)]
    )
    announced = list_numbers(database)
    # Another list of the same day changes the kind of one paper only; reading again, nothing.
    store(database, [line(1, "cs.LG", CROSS, 0), line(2, "cs.LG", NEW, 1)])
    again = list_numbers(database)
    store(database, [line(2, "cs.LG", NEW, 1)])

    one, two, three = (make_id(number) for number in (1, 2, 3))
    highest = max(before.values())
    assert {announced[one], announced[two]} == {highest + 1, highest + 2}
    assert announced[three] == before[three]
    assert again == {**announced, two: highest + 3}
    assert list_numbers(database) == again


def test_an_older_day_that_is_filled_in_later_changes_no_paper(database: Database) -> None:
    make_stored(database, [1])
    store(database, [replace(line(1, "cs.CL", REPLACE, 0), announced_on=NEXT_DAY)])
    before = list_numbers(database)

    store(database, [line(1, "cs.CL", NEW, 0)])

    assert list_numbers(database) == before


def test_days_are_counted_as_they_are_listed(database: Database) -> None:
    store(database, LEDGER)
    store(database, [make_announcement(make_id(7), announced_on=NEXT_DAY, category="cs.CL")])

    with database.read() as tx:
        for text in ("cs.CL", "cs.LG", "cs", "cs-cs.CY", "cs.CL-cs.LG", "-cs.CL", "math"):
            expression = parse_category_expression(text)
            counted = count_announced_by_day(tx, expression, DAY, NEXT_DAY)
            for day in (DAY, NEXT_DAY):
                lines, _ = list_announced(tx, day, expression, offset=0, limit=100)
                kinds = [line.announce_type for line in lines]
                assert counted.get(day, {}) == {kind: kinds.count(kind) for kind in set(kinds)}
        everything = count_announced_by_day(tx, None, DAY, NEXT_DAY)

    assert {day: kinds.total() for day, kinds in everything.items()} == {DAY: 6, NEXT_DAY: 1}


def test_neighbours_and_lists_of_days_are_found(database: Database) -> None:
    store(database, LEDGER)
    store(database, [make_announcement(make_id(7), announced_on=NEXT_DAY, category="math.CO")])

    with database.read() as tx:
        assert find_first_announced_day(tx) == DAY
        assert find_announced_day_before(tx, NEXT_DAY) == DAY
        assert find_announced_day_before(tx, DAY) is None
        assert find_announced_day_after(tx, DAY) == NEXT_DAY
        assert find_announced_day_after(tx, NEXT_DAY) is None
        assert has_lines_on(tx, DAY)
        assert has_lines_on(tx, DAY, parse_category_expression("cs"))
        assert not has_lines_on(tx, DAY, parse_category_expression("math"))
        assert not has_lines_on(tx, date(2024, 5, 4))
