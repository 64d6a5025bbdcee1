"""What is written of a document."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.arxiv_id import ArxivId
from app.search.documents import IndexDocument
from app.search.whoosh.schema import (
    MAX_SECONDS,
    encode_day_range,
    encode_moment,
    make_fields,
    make_schema,
)

MOMENT = datetime(2020, 5, 6, 7, 8, 9, tzinfo=UTC)


def make_document(**fields: str) -> IndexDocument:
    return IndexDocument(
        arxiv_id=ArxivId("hep-th/9901001"),
        title=fields.get("title", ""),
        abstract="",
        authors=("Ada Lovelace", "Charles Babbage"),
        categories=("hep-th", "math-ph"),
        submitted_at=MOMENT,
        updated_at=MOMENT,
        comments="",
        journal_ref="",
        doi=fields.get("doi", ""),
        report_no="",
    )


def test_a_document_fills_fields_of_the_schema_and_leaves_empty_ones_out() -> None:
    fields = make_fields(make_document(title="Graphs", doi="doi:10.1/AB"))
    assert fields == {
        "arxiv_id": "hep-th/9901001",
        "bare_ids": "9901001",
        "title": "Graphs",
        "title_forms": "Graphs",
        "authors": "^\nAda Lovelace\n$\nCharles Babbage",
        "author_names": "Ada Lovelace\nCharles Babbage",
        "categories": "hep-th math-ph",
        "doi": "10.1/ab",
        "submitted": encode_moment(MOMENT),
        "updated": encode_moment(MOMENT),
        "announced": 0,
        "flags": 0,
    }
    assert fields.keys() <= set(make_schema().names())


def test_no_text_is_stored() -> None:
    assert [name for name, field in make_schema().items() if field.stored] == []


@given(st.dates(date(1991, 1, 1), date(2100, 1, 1)), st.datetimes(timezones=st.just(UTC)))
def test_a_day_holds_its_own_moments_and_no_others(day: date, moment: datetime) -> None:
    first, last = encode_day_range(day, day)
    if datetime(1971, 1, 1, tzinfo=UTC) < moment < datetime(2105, 1, 1, tzinfo=UTC):
        assert (first <= encode_moment(moment) <= last) == (moment.date() == day)


@pytest.mark.parametrize("year", [1, 1900, 2200, 9999])
def test_moments_outside_the_columns_range_are_held_at_its_ends(year: int) -> None:
    seconds = encode_moment(datetime(year, 1, 1, tzinfo=UTC))
    assert seconds == (0 if year < 1970 else MAX_SECONDS)


def test_an_open_side_of_a_range_has_no_end() -> None:
    assert encode_day_range(None, None) == (0, MAX_SECONDS)
    assert encode_day_range(None, date.max) == (0, MAX_SECONDS)
