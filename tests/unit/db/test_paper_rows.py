"""A paper's parts come back from their columns as they went in, and its hash sees every part."""

from dataclasses import fields, replace
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.models import papers
from app.db.paper_rows import (
    NO_VERSIONS,
    PaperContent,
    compute_content_hash,
    decode_authors,
    decode_versions,
    encode_authors,
    encode_versions,
    make_content,
)
from app.domain.harvest import PaperRecord
from app.domain.paper import Author, DatePrecision, Version
from tests.support.factories import ADA, BRUNO, CORAL, NOON, make_record

names = st.text(min_size=1, max_size=12)
authors = st.builds(Author, family=names, given=st.text(max_size=8), suffix=st.text(max_size=4))
moments = st.datetimes(timezones=st.just(UTC))
versions = st.builds(
    Version, number=st.integers(1, 99), submitted_at=moments, size=st.text(), source_type=st.text()
)


@given(st.lists(authors).map(tuple))
def test_authors_survive_their_column(written: tuple[Author, ...]) -> None:
    assert decode_authors(encode_authors(written)) == written


@given(st.lists(versions).map(tuple))
def test_versions_survive_their_column(written: tuple[Version, ...]) -> None:
    assert decode_versions(encode_versions(written)) == written


def test_empty_name_parts_take_no_room() -> None:
    assert encode_authors([ADA, BRUNO, CORAL]) == (
        '[["Quillfeather","Ada"],["van der Zand","Bruno","Jr."],["CORAL Collaboration"]]'
    )


def test_a_paper_without_versions_is_told_by_one_constant() -> None:
    assert make_content(make_record()).versions == NO_VERSIONS == encode_versions(())


def test_tex_that_says_the_same_as_the_text_is_not_stored_twice() -> None:
    record = make_record(title="Teapots", title_tex="Teapots", abstract_tex=r"We count \'etoiles.")
    content = make_content(record)
    assert content.title_tex is None
    assert content.abstract_tex == r"We count \'etoiles."


def test_the_table_ends_with_the_fields_of_the_content_in_their_order() -> None:
    columns = tuple(papers.columns.keys())
    assert columns[-len(PaperContent._fields) :] == PaperContent._fields
    assert columns[: -len(PaperContent._fields)] == (
        "arxiv_id", "change_number", "deleted_at", "datestamp", "changed_at", "content_hash",
    )  # fmt: skip


def test_the_content_holds_every_field_of_a_record_but_id_and_datestamp() -> None:
    told = {field.name for field in fields(PaperRecord)} - {"arxiv_id", "datestamp"}
    assert set(PaperContent._fields) == told


CHANGES: dict[str, Any] = {
    "title": "Teapots",
    "authors": (BRUNO, ADA),
    "abstract": "None.",
    "categories": ("physics.pop-ph", "astro-ph.EP"),
    "submitted_at": NOON,
    "submitted_precision": DatePrecision.DAY,
    "updated_at": NOON,
    "version": 2,
    "versions": (Version(1, NOON),),
    "comments": "9 pages",
    "journal_ref": "J. 1",
    "doi": "10.5555/1",
    "report_no": "R-1",
    "msc_class": "00A09",
    "acm_class": "A.0",
    "license_url": "http://creativecommons.org/publicdomain/zero/1.0/",
    "submitter": "Ada",
    "is_withdrawn": True,
    "title_tex": r"Te\'apots",
    "authors_tex": "A. Q., B. Z.",
    "abstract_tex": r"\'etoiles",
    "abstract_source": "summary",
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_hash_changes_with_each_field(name: str) -> None:
    record = make_record()
    changed = replace(record, **{name: CHANGES[name]})
    before, after = (compute_content_hash(make_content(each)) for each in (record, changed))
    assert len(before) == 16
    assert before != after


def test_every_field_has_a_change_to_try() -> None:
    assert set(CHANGES) == set(PaperContent._fields)


def test_text_that_moves_between_fields_changes_the_hash() -> None:
    one = make_content(make_record(comments="ab", journal_ref="c"))
    other = make_content(make_record(comments="a", journal_ref="bc"))
    assert compute_content_hash(one) != compute_content_hash(other)


def test_the_hash_sees_moments_and_not_how_their_zone_is_written() -> None:
    tokyo = timezone(timedelta(hours=9))
    here, there = make_record(updated_at=NOON), make_record(updated_at=NOON.astimezone(tokyo))
    assert compute_content_hash(make_content(here)) == compute_content_hash(make_content(there))
