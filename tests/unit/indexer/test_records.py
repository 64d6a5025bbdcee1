from datetime import UTC, date, datetime

import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Author, DatePrecision, Version
from indexer.records import RawMetadata, make_paper_record, parse_version_date


def make_raw(**changes: object) -> RawMetadata:
    values: dict[str, object] = {
        "arxiv_id": ArxivId("1706.03762"),
        "title": "On Alfa",
        "authors": "A. Bravo, C. Delta",
        "abstract": "We study alfa.",
        "categories": "cs.CL cs.LG",
    }
    return RawMetadata(**{**values, **changes})  # type: ignore[arg-type]


FIRST = Version(1, datetime(2017, 6, 12, 17, 57, 34, tzinfo=UTC))
SECOND = Version(2, datetime(2017, 6, 19, 16, 49, 45, tzinfo=UTC))


def test_with_the_version_history_both_dates_are_exact() -> None:
    record = make_paper_record(make_raw(versions=(FIRST, SECOND), created_on=date(2020, 1, 1)))

    assert (record.submitted_at, record.submitted_precision) == (
        FIRST.submitted_at,
        DatePrecision.TIME,
    )
    assert (record.updated_at, record.version) == (SECOND.submitted_at, 2)


def test_a_version_list_without_the_first_does_not_date_the_submission() -> None:
    record = make_paper_record(make_raw(versions=(SECOND,)))

    assert record.submitted_precision is DatePrecision.MONTH
    assert (record.updated_at, record.version) == (SECOND.submitted_at, 2)


def test_a_created_day_in_the_month_of_the_identifier_is_the_first_submission() -> None:
    record = make_paper_record(make_raw(created_on=date(2017, 6, 12)))

    assert record.submitted_at == datetime(2017, 6, 12, tzinfo=UTC)
    assert record.submitted_precision is DatePrecision.DAY


def test_a_later_created_day_belongs_to_a_later_version() -> None:
    record = make_paper_record(make_raw(created_on=date(2026, 8, 19), current_version=7))

    assert record.submitted_at == datetime(2017, 6, 1, tzinfo=UTC)
    assert record.submitted_precision is DatePrecision.MONTH
    assert record.updated_at == datetime(2026, 8, 19, tzinfo=UTC)


def test_a_paper_of_a_months_last_day_may_be_numbered_in_the_next() -> None:
    record = make_paper_record(make_raw(created_on=date(2017, 5, 31)))

    assert record.submitted_at == datetime(2017, 5, 31, tzinfo=UTC)
    assert record.submitted_precision is DatePrecision.DAY


def test_without_any_date_the_month_of_the_identifier_remains() -> None:
    record = make_paper_record(make_raw(arxiv_id=ArxivId("hep-th/9901001")))

    assert record.submitted_at == datetime(1999, 1, 1, tzinfo=UTC)
    assert record.updated_at == record.submitted_at


def test_accents_are_decoded_for_display_and_the_original_is_kept() -> None:
    record = make_paper_record(
        make_raw(title='The Schr\\"odinger\n  equation', authors='E. Schr\\"odinger')
    )

    assert (record.title, record.title_tex) == (
        "The Schrödinger equation",
        'The Schr\\"odinger equation',
    )
    assert (record.authors, record.authors_tex) == (
        (Author("Schrödinger", "E."),),
        'E. Schr\\"odinger',
    )
    assert record.abstract_tex is None


def test_an_author_line_that_says_no_more_than_the_names_is_not_kept_twice() -> None:
    assert make_paper_record(make_raw()).authors_tex is None
    assert make_paper_record(make_raw(authors="A. Bravo and C. Delta")).authors_tex is not None


def test_authors_split_by_the_source_are_believed() -> None:
    split = (Author("van der Berg", "A."),)
    record = make_paper_record(make_raw(authors_split=split))

    assert record.authors == split


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"versions": (FIRST, Version(2, SECOND.submitted_at, "1kb", "I"))}, True),
        ({"comments": "This paper has been withdrawn by the author"}, True),
        ({"comments": "Withdrawn due to an error in Lemma 3"}, True),
        ({"comments": "The submission has been withdrawn"}, True),
        ({"comments": "12 pages; an earlier claim is withdrawn"}, False),
        ({"comments": "We study withdrawn consent"}, False),
        ({}, False),
    ],
)
def test_withdrawals_are_recognised(changes: dict[str, object], expected: bool) -> None:
    assert make_paper_record(make_raw(**changes)).is_withdrawn is expected


def test_an_old_identifier_names_the_archive_where_the_categories_are_lost() -> None:
    record = make_paper_record(make_raw(arxiv_id=ArxivId("quant-ph/9508027"), categories=""))

    assert record.categories == ("quant-ph",)


def test_control_characters_are_dropped_everywhere() -> None:
    texts = ("title", "authors", "abstract", "comments", "journal_ref", "doi", "report_no",
             "msc_class", "acm_class", "license_url", "submitter", "abstract_source")  # fmt: skip
    record = make_paper_record(make_raw(**dict.fromkeys(texts, "Al\x00fa\x1b \x7fbravo")))

    assert "\\x" not in repr(record)
    assert record.title == "Alfa bravo"


@pytest.mark.parametrize("missing", ["title", "categories"])
def test_a_paper_without_title_or_category_is_refused_by_name(missing: str) -> None:
    with pytest.raises(ValueError, match=rf"1706\.03762: the {missing} (is|are) empty"):
        make_paper_record(make_raw(**{missing: " "}))


def test_a_category_listed_twice_counts_once() -> None:
    assert make_paper_record(make_raw(categories="cs.CL cs.CL cs.LG")).categories == (
        "cs.CL",
        "cs.LG",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 12 Jun 2017 17:57:34 GMT",
        "Mon, 12 Jun 2017 17:57:34 +0000",
        "Mon, 12 Jun 2017 13:57:34 -0400",
        "12 Jun 2017 17:57:34 GMT",
        "2017-06-12 17:57:34",
        "2017-06-12T17:57:34Z",
    ],
)
def test_version_dates_are_read_in_every_spelling(text: str) -> None:
    assert parse_version_date(text) == FIRST.submitted_at


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 31 Feb 2017 00:00:00 GMT"])
def test_a_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_version_date(text)
