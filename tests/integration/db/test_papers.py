"""Papers are read by id, by day, by change, and from the oldest to the newest."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.db.papers import (
    count_papers,
    find_missing_ids,
    find_papers,
    find_titles,
    get_last_change_number,
    get_newest_submission_day,
    get_paper,
    list_submitted_on,
    stream_all_papers,
    stream_changes,
    upsert_records,
)
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from app.domain.errors import PaperNotFoundError
from app.domain.paper import DatePrecision
from tests.support.factories import (
    COMPASS_ID,
    LIGHTHOUSE_ID,
    NOON,
    OTTER_ID,
    TEAPOT_ID,
    make_catalogue,
    make_deleted,
    make_id,
    make_record,
)

TEAPOT, OTTER, COMPASS, LIGHTHOUSE = map(
    ArxivId.parse, (TEAPOT_ID, OTTER_ID, COMPASS_ID, LIGHTHOUSE_ID)
)
UNKNOWN = ArxivId.parse("2405.99999")
DAY = date(2024, 5, 6)


@pytest.fixture
def catalogue(database: Database) -> Database:
    with database.transaction() as tx:
        upsert_records(tx, make_catalogue(), now=NOON)
    return database


def test_an_empty_database_says_so(database: Database) -> None:
    with database.read() as tx:
        assert count_papers(tx) == get_last_change_number(tx) == 0
        assert get_newest_submission_day(tx) is None
        assert stream_changes(tx, 0, 10) == []
        assert list(stream_all_papers(tx, 10)) == []
        assert find_papers(tx, []) == {}
        assert list_submitted_on(tx, DAY, None, offset=0, limit=10) == ([], 0)


def test_a_paper_is_got_by_its_id(catalogue: Database) -> None:
    with catalogue.read() as tx:
        assert get_paper(tx, COMPASS).title == "Schrödinger's compass and the missing pole"
        with pytest.raises(PaperNotFoundError, match=r"2405\.99999 is not held here"):
            get_paper(tx, UNKNOWN)


def test_papers_are_found_where_they_are_held_and_living(catalogue: Database) -> None:
    with catalogue.transaction() as tx:
        upsert_records(tx, [make_deleted(OTTER)], now=NOON)
    with catalogue.read() as tx:
        found = find_papers(tx, [OTTER, COMPASS, UNKNOWN, COMPASS, TEAPOT])
        assert found.keys() == {COMPASS, TEAPOT}
        assert found[COMPASS].arxiv_id == COMPASS


def test_missing_ids_keep_their_order_and_tombstones_are_not_missing(catalogue: Database) -> None:
    with catalogue.transaction() as tx:
        upsert_records(tx, [make_deleted(OTTER)], now=NOON)
    other = ArxivId.parse("hep-th/9901002")
    with catalogue.read() as tx:
        assert find_missing_ids(tx, [UNKNOWN, OTTER, other, TEAPOT]) == [UNKNOWN, other]


def test_changes_are_streamed_after_a_number_and_up_to_a_limit(catalogue: Database) -> None:
    with catalogue.read() as tx:
        assert [p.change_number for p in stream_changes(tx, 1, 2)] == [2, 3]
        assert stream_changes(tx, 4, 10) == []


@pytest.mark.parametrize("batch_size", [1, 3, 4, 100])
def test_all_papers_are_streamed_from_the_oldest(catalogue: Database, batch_size: int) -> None:
    with catalogue.read() as tx:
        batches = list(stream_all_papers(tx, batch_size))
    assert [p.arxiv_id for batch in batches for p in batch] == [COMPASS, LIGHTHOUSE, TEAPOT, OTTER]
    assert all(len(batch) == batch_size for batch in batches[:-1])


def test_papers_of_one_moment_are_all_streamed_once(database: Database) -> None:
    records = [make_record(make_id(number)) for number in range(1, 8)]
    with database.transaction() as tx:
        upsert_records(tx, records, now=NOON)
    with database.read() as tx:
        streamed = [p.arxiv_id for batch in stream_all_papers(tx, 3) for p in batch]
    assert streamed == [record.arxiv_id for record in records]


def test_the_newest_day_is_that_of_a_known_day(catalogue: Database) -> None:
    with catalogue.transaction() as tx:
        vague = make_record(
            make_id(5),
            submitted_at=datetime(2024, 9, 1, tzinfo=UTC),
            submitted_precision=DatePrecision.MONTH,
        )
        upsert_records(tx, [vague], now=NOON)
    with catalogue.read() as tx:
        assert get_newest_submission_day(tx) == date(2024, 5, 2)


@pytest.fixture
def day_of_papers(database: Database) -> Database:
    midnight = datetime(2024, 5, 6, tzinfo=UTC)
    moments = {
        1: midnight - timedelta(microseconds=1),
        2: midnight,
        3: midnight + timedelta(hours=9),
        4: midnight + timedelta(hours=8),
        5: midnight + timedelta(days=1, microseconds=-1),
        6: midnight + timedelta(days=1),
    }
    categories = {2: ("cs.CL",), 3: ("math.NA", "cs.NA"), 4: ("cs.CL", "cs.AI"), 5: ("hep-th",)}
    records = [
        make_record(
            make_id(number), submitted_at=moment, categories=categories.get(number, ("cs.CL",))
        )
        for number, moment in moments.items()
    ]
    vague = make_record(make_id(7), submitted_at=midnight, submitted_precision=DatePrecision.MONTH)
    gone = make_record(make_id(8), submitted_at=midnight)
    with database.transaction() as tx:
        upsert_records(tx, [*records, vague, gone, make_deleted(make_id(8))], now=NOON)
    return database


def list_numbers(
    database: Database, expression: str | None, *, offset: int = 0, limit: int = 10
) -> tuple[list[int], int]:
    parsed = None if expression is None else parse_category_expression(expression)
    with database.read() as tx:
        page, total = list_submitted_on(tx, DAY, parsed, offset=offset, limit=limit)
    return [int(paper.arxiv_id.value.partition(".")[2]) for paper in page], total


def test_a_day_goes_from_midnight_to_midnight_utc_and_lists_the_newest_id_first(
    day_of_papers: Database,
) -> None:
    assert list_numbers(day_of_papers, None) == ([5, 4, 3, 2], 4)


def test_a_day_is_narrowed_by_categories(day_of_papers: Database) -> None:
    assert list_numbers(day_of_papers, "cs.CL") == ([4, 2], 2)
    assert list_numbers(day_of_papers, "cs.CL-cs.AI") == ([2], 1)
    assert list_numbers(day_of_papers, "cs.NA+hep-th") == ([5, 3], 2)
    assert list_numbers(day_of_papers, "q-bio") == ([], 0)


def test_a_day_is_paged_with_its_total(day_of_papers: Database) -> None:
    assert list_numbers(day_of_papers, None, offset=1, limit=2) == ([4, 3], 4)
    assert list_numbers(day_of_papers, None, offset=9) == ([], 4)


def test_one_view_of_the_database_does_not_move(catalogue: Database) -> None:
    with catalogue.read() as reader:
        assert count_papers(reader) == 4
        with catalogue.transaction() as writer:
            upsert_records(writer, [make_record(make_id(9))], now=NOON)
        assert count_papers(reader) == 4
        assert find_papers(reader, [make_id(9)]) == {}
    with catalogue.read() as reader:
        assert count_papers(reader) == 5


def test_titles_are_found_of_living_papers_only(database: Database) -> None:
    ids = [make_id(1), make_id(2), make_id(3)]
    with database.transaction() as tx:
        upsert_records(
            tx, [make_record(each, title=f"Title of {each}") for each in ids[:2]], now=NOON
        )
        upsert_records(tx, [make_deleted(ids[1])], now=NOON)
        found = find_titles(tx, ids)

    assert found == {ids[0]: f"Title of {ids[0]}"}
