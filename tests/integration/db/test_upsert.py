"""What storing records does to papers, change numbers and history."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db.papers import (
    count_papers,
    get_last_change_number,
    get_paper,
    list_history,
    stream_changes,
    upsert_records,
)
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.errors import PaperNotFoundError
from app.domain.harvest import HarvestedRecord, UpsertCounts
from app.domain.paper import DatePrecision, Paper
from tests.support.factories import (
    ADA,
    BRUNO,
    NOON,
    OTTER_ID,
    TEAPOT_ID,
    make_catalogue,
    make_deleted,
    make_id,
    make_record,
    make_versions,
)

TEAPOT = ArxivId.parse(TEAPOT_ID)
LATER = date(2024, 5, 9)
EARLIER = date(2024, 4, 1)


def store(database: Database, *records: HarvestedRecord, now: datetime = NOON) -> UpsertCounts:
    with database.transaction() as tx:
        return upsert_records(tx, records, now=now)


def read(database: Database, arxiv_id: ArxivId = TEAPOT) -> Paper:
    with database.read() as tx:
        return get_paper(tx, arxiv_id)


def read_numbers(database: Database) -> dict[str, int]:
    with database.read() as tx:
        return {p.arxiv_id.value: p.change_number for p in stream_changes(tx, 0, 10_000)}


def test_every_field_of_a_record_comes_back_as_it_was(database: Database) -> None:
    record = make_record(
        versions=make_versions(date(2024, 5, 1), date(2024, 5, 2)),
        version=2,
        comments="12 pages",
        journal_ref="J. Imag. Phys. 7",
        doi="10.5555/12",
        report_no="R-1",
        msc_class="00A09",
        acm_class="A.0",
        license_url="http://creativecommons.org/licenses/by/4.0/",
        submitter="Ada Quillfeather",
        is_withdrawn=True,
        title_tex=r"Te\'apots",
        authors_tex="Ada Quillfeather, Bruno van der Zand Jr",
        abstract_tex=r"\'Etoiles",
        abstract_source="summary",
        submitted_precision=DatePrecision.DAY,
        submitted_at=datetime(2024, 5, 1, tzinfo=UTC),
        updated_at=datetime(2024, 5, 2, 23, 59, 59, 999_999, tzinfo=UTC),
    )
    assert store(database, record) == UpsertCounts(added=1)
    paper = read(database)
    for name in (
        "title", "authors", "abstract", "categories", "submitted_at", "submitted_precision",
        "updated_at", "version", "versions", "comments", "journal_ref", "doi", "report_no",
        "msc_class", "acm_class", "license_url", "submitter", "is_withdrawn", "title_tex",
        "authors_tex", "abstract_tex", "abstract_source",
    ):  # fmt: skip
        assert getattr(paper, name) == getattr(record, name), name
    assert paper.updated_at.tzinfo is UTC
    assert (paper.change_number, paper.deleted_at) == (1, None)


def test_changes_are_numbered_in_the_order_of_the_records(database: Database) -> None:
    catalogue = make_catalogue()
    assert store(database, *catalogue) == UpsertCounts(added=4)
    assert read_numbers(database) == {
        record.arxiv_id.value: number for number, record in enumerate(catalogue, start=1)
    }
    with database.read() as tx:
        assert get_last_change_number(tx) == count_papers(tx) == 4


def test_an_unchanged_record_leaves_its_row_alone(database: Database) -> None:
    store(database, *make_catalogue())
    with database.read() as tx:
        before = tx.execute(text("SELECT * FROM papers ORDER BY arxiv_id")).all()
    counts = store(database, *make_catalogue(), now=NOON + timedelta(days=1))
    assert counts == UpsertCounts(unchanged=4)
    with database.read() as tx:
        assert tx.execute(text("SELECT * FROM papers ORDER BY arxiv_id")).all() == before
        assert get_last_change_number(tx) == 4


def test_a_later_datestamp_alone_is_no_change_but_is_remembered(database: Database) -> None:
    store(database, make_record())
    touched = store(database, make_record(datestamp=LATER))
    assert touched == UpsertCounts(unchanged=1)
    assert read(database).change_number == 1
    stale = store(database, make_record(title="Stale teapots", datestamp=date(2024, 5, 8)))
    assert stale == UpsertCounts(unchanged=1)
    assert read(database).title == make_record().title


def test_a_changed_record_gets_the_next_number(database: Database) -> None:
    store(database, *make_catalogue())
    counts = store(database, make_record(doi="10.5555/teapots", datestamp=LATER))
    assert counts == UpsertCounts(changed=1)
    assert read(database).change_number == 5
    with database.read() as tx:
        assert [p.arxiv_id for p in stream_changes(tx, 4, 10)] == [TEAPOT]
        assert count_papers(tx) == 4


@pytest.mark.parametrize(
    "new",
    [
        {"title": "Teapots, revisited"},
        {"authors": (BRUNO, ADA)},
        {"abstract": "We find two."},
        {"comments": "13 pages"},
    ],
    ids=lambda new: next(iter(new)),
)
def test_the_former_wording_is_kept(database: Database, new: dict[str, Any]) -> None:
    first = make_record(title_tex=r"T\'eapots", comments="12 pages")
    store(database, first)
    moment = NOON + timedelta(days=3)
    changed: dict[str, Any] = {"comments": "12 pages", "datestamp": LATER} | new
    store(database, make_record(**changed), now=moment)
    with database.read() as tx:
        (entry,) = list_history(tx, TEAPOT)
    assert (entry.title, entry.authors, entry.abstract, entry.comments) == (
        first.title, first.authors, first.abstract, "12 pages",
    )  # fmt: skip
    assert (entry.change_number, entry.version) == (1, 1)
    assert (entry.datestamp, entry.superseded_at) == (first.datestamp, moment)
    assert entry.title_tex == r"T\'eapots"


def test_other_changes_leave_no_history(database: Database) -> None:
    store(database, make_record())
    store(database, make_record(doi="10.5555/1", categories=("cs.CL",), datestamp=LATER))
    with database.read() as tx:
        assert list_history(tx, TEAPOT) == []


def test_of_one_batch_the_last_record_of_a_paper_counts_and_the_rest_is_history(
    database: Database,
) -> None:
    counts = store(
        database,
        make_record(title="First"),
        make_record(OTTER_ID, title="Otters"),
        make_record(title="Second", datestamp=LATER),
        make_record(title="Third", datestamp=LATER),
    )
    assert counts == UpsertCounts(added=2, changed=2)
    assert read(database).title == "Third"
    assert read_numbers(database) == {OTTER_ID: 2, TEAPOT_ID: 4}
    with database.read() as tx:
        assert [entry.title for entry in list_history(tx, TEAPOT)] == ["Second", "First"]


def test_an_old_snapshot_adds_the_versions_and_leaves_the_text(database: Database) -> None:
    store(
        database,
        make_record(
            title="Current",
            submitted_at=datetime(2024, 5, 1, tzinfo=UTC),
            submitted_precision=DatePrecision.DAY,
            datestamp=LATER,
        ),
    )
    versions = make_versions(date(2024, 5, 1), date(2024, 5, 3))
    counts = store(
        database,
        make_record(
            title="Former",
            submitter="Ada",
            submitted_at=versions[0].submitted_at,
            versions=versions,
            version=2,
            datestamp=EARLIER,
        ),
    )
    assert counts == UpsertCounts(changed=1)
    paper = read(database)
    assert (paper.title, paper.submitter) == ("Current", "Ada")
    assert (paper.versions, paper.version) == (versions, 2)
    assert paper.submitted_at == versions[0].submitted_at
    assert paper.submitted_precision is DatePrecision.TIME
    with database.read() as tx:
        assert list_history(tx, TEAPOT) == []


def test_a_record_without_versions_updates_text_and_keeps_versions(database: Database) -> None:
    versions = make_versions(date(2024, 5, 1), date(2024, 5, 3))
    store(database, make_record(versions=versions, version=2, updated_at=versions[1].submitted_at))
    store(
        database,
        make_record(
            title="Reworded",
            categories=("cs.CL",),
            submitted_at=datetime(2024, 5, 1, tzinfo=UTC),
            submitted_precision=DatePrecision.MONTH,
            updated_at=datetime(2024, 5, 3, tzinfo=UTC),
            datestamp=LATER,
        ),
    )
    paper = read(database)
    assert (paper.title, paper.categories) == ("Reworded", ("cs.CL",))
    assert (paper.versions, paper.version) == (versions, 2)
    assert paper.updated_at == versions[1].submitted_at
    assert paper.submitted_precision is DatePrecision.TIME


def test_a_deletion_leaves_a_tombstone_that_is_a_change(database: Database) -> None:
    store(database, *make_catalogue())
    counts = store(database, make_deleted(datestamp=date(2024, 6, 1)))
    assert counts == UpsertCounts(deleted=1)
    with database.read() as tx:
        (tombstone,) = stream_changes(tx, 4, 10)
        assert tombstone.arxiv_id == TEAPOT
        assert tombstone.title == make_record().title
        assert tombstone.deleted_at == datetime(2024, 6, 1, tzinfo=UTC)
        assert count_papers(tx) == 3
        with pytest.raises(PaperNotFoundError, match=r"withdrew the record .* on 2024-06-01"):
            get_paper(tx, TEAPOT)


def test_a_repeated_deletion_is_no_change(database: Database) -> None:
    store(database, make_record(), make_deleted())
    assert store(database, make_deleted(datestamp=date(2024, 7, 1))) == UpsertCounts(unchanged=1)
    with database.read() as tx:
        assert get_last_change_number(tx) == 2
        assert count_papers(tx) == 0


def test_deletions_of_unknown_papers_and_stale_ones_do_nothing(database: Database) -> None:
    assert store(database, make_deleted()) == UpsertCounts(unchanged=1)
    store(database, make_record(datestamp=LATER))
    assert store(database, make_deleted(datestamp=EARLIER)) == UpsertCounts(unchanged=1)
    assert read(database).deleted_at is None


def test_a_record_that_comes_back_revives_its_tombstone(database: Database) -> None:
    store(database, make_record(), make_deleted(datestamp=date(2024, 6, 1)))
    stale = store(database, make_record(datestamp=date(2024, 5, 30)))
    assert stale == UpsertCounts(unchanged=1)
    counts = store(database, make_record(datestamp=date(2024, 6, 2)))
    assert counts == UpsertCounts(changed=1)
    assert read(database).change_number == 3
    with database.read() as tx:
        assert count_papers(tx) == 1


def test_an_empty_batch_does_nothing(database: Database) -> None:
    assert store(database) == UpsertCounts()


def test_a_batch_larger_than_the_limit_of_parameters_is_stored(database: Database) -> None:
    # PostgreSQL takes 65,535 parameters in a statement, SQLite 32,766.
    many = [make_record(make_id(number), title=f"Teapot {number}") for number in range(1, 33_001)]
    assert store(database, *many) == UpsertCounts(added=33_000)
    assert store(database, *many) == UpsertCounts(unchanged=33_000)


def test_nothing_counts_when_the_transaction_fails(database: Database) -> None:
    store(database, make_record())

    def fail_late() -> None:
        with database.transaction() as tx:
            upsert_records(tx, make_catalogue(), now=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    with database.read() as tx:
        assert (get_last_change_number(tx), count_papers(tx)) == (1, 1)
    assert store(database, make_record(OTTER_ID)) == UpsertCounts(added=1)
    assert read_numbers(database) == {TEAPOT_ID: 1, OTTER_ID: 2}
