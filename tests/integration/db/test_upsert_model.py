"""Any sequence of batches leaves the tables equal to a plain Python model of the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db.papers import (
    count_papers,
    get_last_change_number,
    list_history,
    stream_all_papers,
    stream_changes,
    upsert_records,
)
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import DeletedRecord, HarvestedRecord, PaperRecord
from app.domain.paper import DatePrecision, Paper
from tests.support.factories import (
    ADA,
    BRUNO,
    COMPASS_ID,
    NOON,
    OTTER_ID,
    TEAPOT_ID,
    make_record,
    make_versions,
)

DAYS = [date(2024, 5, day) for day in (1, 2, 3, 4)]
IDS = [ArxivId.parse(text) for text in (TEAPOT_ID, OTTER_ID, COMPASS_ID)]
RANKS = [DatePrecision.MONTH, DatePrecision.DAY, DatePrecision.TIME]


@dataclass
class ModelPaper:
    """A held paper, as the rules of `app.db.paper_merge` put it in words."""

    record: PaperRecord
    change_number: int
    deleted_on: date | None = None


@dataclass
class Model:
    """What the database should hold."""

    papers: dict[ArxivId, ModelPaper] = field(default_factory=dict)
    history: list[tuple[ArxivId, int, str]] = field(default_factory=list)
    last_number: int = 0

    def tell(self, record: HarvestedRecord) -> None:
        held = self.papers.get(record.arxiv_id)
        if isinstance(record, DeletedRecord):
            if held and not self.is_older(record, held):
                if held.deleted_on is None:
                    held.deleted_on, held.change_number = record.datestamp, self.next_number()
                held.record = replace(held.record, datestamp=record.datestamp)
            return
        if held is None:
            self.papers[record.arxiv_id] = ModelPaper(record, self.next_number())
            return
        older = self.is_older(record, held)
        if older and held.deleted_on:
            return
        newest = max(filter(None, (record.datestamp, held.record.datestamp)), default=None)
        merged = merge(held.record, record) if older else merge(record, held.record)
        merged = replace(merged, datestamp=newest)
        if replace(held.record, datestamp=newest) != merged or held.deleted_on:
            if wording(held.record) != wording(merged):
                self.history.append((record.arxiv_id, held.change_number, held.record.title))
            held.deleted_on, held.change_number = None, self.next_number()
        held.record = merged

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number

    @staticmethod
    def is_older(record: HarvestedRecord, held: ModelPaper) -> bool:
        ours = held.record
        if isinstance(record, PaperRecord) and held.deleted_on is None:
            told = [one.version for one in (record, ours) if one.versions or one.version > 1]
            if len(told) == 2 and told[0] != told[1]:
                return told[0] < told[1]
        return bool(record.datestamp and ours.datestamp and record.datestamp < ours.datestamp)

    def list_papers(self) -> list[tuple[ArxivId, int, date | None, PaperRecord]]:
        return sorted(
            (
                (
                    arxiv_id,
                    held.change_number,
                    held.deleted_on,
                    replace(held.record, datestamp=None),
                )
                for arxiv_id, held in self.papers.items()
            ),
            key=lambda paper: paper[1],
        )


def merge(newer: PaperRecord, older: PaperRecord) -> PaperRecord:
    versions = {one.number: one for one in (*older.versions, *newer.versions)}
    exact = max((newer, older), key=lambda one: RANKS.index(one.submitted_precision))
    updated_at = newer.updated_at
    if older.versions and not newer.versions and updated_at.date() <= older.updated_at.date():
        updated_at = older.updated_at
    return replace(
        newer,
        versions=tuple(versions[number] for number in sorted(versions)),
        version=max(newer.version, older.version),
        updated_at=updated_at,
        submitted_at=exact.submitted_at,
        submitted_precision=exact.submitted_precision,
        submitter=newer.submitter or older.submitter,
        license_url=newer.license_url or older.license_url,
    )


def wording(record: PaperRecord) -> tuple[object, ...]:
    return record.title, record.abstract, record.authors, record.comments


def as_record(paper: Paper) -> PaperRecord:
    names = [name for name in PaperRecord.__slots__ if name != "datestamp"]
    return PaperRecord(**{name: getattr(paper, name) for name in names})


@st.composite
def records(draw: st.DrawFn) -> HarvestedRecord:
    arxiv_id, datestamp = draw(st.sampled_from(IDS)), draw(st.sampled_from(DAYS))
    if draw(st.integers(0, 5)) == 0:
        return DeletedRecord(arxiv_id, datestamp)
    versions = make_versions(*DAYS[: draw(st.integers(0, 3))])
    day = datetime.combine(draw(st.sampled_from(DAYS)), datetime.min.time(), UTC)
    return make_record(
        arxiv_id,
        title=draw(st.sampled_from(["Teapots", "Otters"])),
        authors=draw(st.sampled_from([(ADA,), (ADA, BRUNO)])),
        comments=draw(st.sampled_from(["", "12 pages"])),
        doi=draw(st.sampled_from(["", "10.5555/1"])),
        submitter=draw(st.sampled_from(["", "Ada"])),
        versions=versions,
        version=len(versions) or draw(st.sampled_from([1, 2])),
        submitted_at=day,
        submitted_precision=draw(st.sampled_from(RANKS)),
        updated_at=draw(st.sampled_from([day, *(one.submitted_at for one in versions)])),
        datestamp=draw(st.sampled_from([datestamp, None])),
    )


batches = st.lists(st.lists(records(), max_size=8), max_size=6)


@contextmanager
def emptied(database: Database) -> Iterator[None]:
    """The tables, empty for one example."""
    with database.transaction() as tx:
        for statement in (
            "DELETE FROM paper_history",
            "DELETE FROM papers",
            "UPDATE change_counter SET last_number = 0, living_papers = 0",
        ):
            tx.execute(text(statement))
    yield


def read_rows(database: Database) -> dict[str, tuple[object, ...]]:
    """Every column but the datestamp, which moves without counting as a change."""
    with database.read() as tx:
        result = tx.execute(text("SELECT * FROM papers"))
        kept = [name for name in result.keys() if name != "datestamp"]  # noqa: SIM118
        return {row.arxiv_id: tuple(getattr(row, name) for name in kept) for row in result}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches)
def test_the_tables_equal_the_model(database: Database, told: list[list[HarvestedRecord]]) -> None:
    model = Model()
    with emptied(database):
        for batch in told:
            rows_before, last_before = read_rows(database), model.last_number
            with database.transaction() as tx:
                counts = upsert_records(tx, batch, now=NOON)
            for record in batch:
                model.tell(record)
            assert counts.total == len(batch)
            assert counts.added + counts.changed + counts.deleted == model.last_number - last_before
            assert_equal(database, model)
            for arxiv_id, row in read_rows(database).items():
                number = model.papers[ArxivId(arxiv_id)].change_number
                assert number > last_before or row == rows_before[arxiv_id]


def assert_equal(database: Database, model: Model) -> None:
    with database.read() as tx:
        stored = [
            (paper.arxiv_id, paper.change_number, paper.deleted_at, as_record(paper))
            for paper in stream_changes(tx, 0, 100)
        ]
        expected = [
            (arxiv_id, number, gone and datetime.combine(gone, datetime.min.time(), UTC), record)
            for arxiv_id, number, gone, record in model.list_papers()
        ]
        assert stored == expected
        assert get_last_change_number(tx) == model.last_number
        living = [held for held in model.papers.values() if held.deleted_on is None]
        assert count_papers(tx) == len(living)
        assert sum(len(batch) for batch in stream_all_papers(tx, 2)) == len(living)
        history = [
            (entry.arxiv_id, entry.change_number, entry.title)
            for arxiv_id in IDS
            for entry in list_history(tx, arxiv_id)
        ]
        assert sorted(history, key=str) == sorted(model.history, key=str)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches, st.integers(1, 3))
def test_a_reader_that_follows_the_changes_holds_what_the_database_holds(
    database: Database, told: list[list[HarvestedRecord]], limit: int
) -> None:
    followed: dict[ArxivId, Paper] = {}
    position = 0
    with emptied(database):
        for batch in told:
            with database.transaction() as tx:
                upsert_records(tx, batch, now=NOON)
            with database.read() as tx:
                for paper in stream_changes(tx, position, limit):
                    position = paper.change_number
                    followed[paper.arxiv_id] = paper
        with database.read() as tx:
            while changes := stream_changes(tx, position, limit):
                position = changes[-1].change_number
                followed |= {paper.arxiv_id: paper for paper in changes}
            living = {paper.arxiv_id: paper for page in stream_all_papers(tx, 2) for paper in page}
            assert position == get_last_change_number(tx)
    assert {key: paper for key, paper in followed.items() if not paper.deleted_at} == living
