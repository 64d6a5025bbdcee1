"""Which of two tellings of a paper is older, and what it still adds."""

from datetime import UTC, date, datetime
from typing import Any

from app.db.paper_merge import HeldPaper, complete, is_older
from app.db.paper_rows import NO_VERSIONS, decode_versions, make_content
from app.domain.harvest import PaperRecord
from app.domain.paper import DatePrecision, Version
from tests.support.factories import NOON, make_deleted, make_record, make_versions

MONDAY, TUESDAY, WEDNESDAY = date(2024, 5, 6), date(2024, 5, 7), date(2024, 5, 8)


def held(record: PaperRecord, **fields: Any) -> HeldPaper:
    content = make_content(record)
    values: dict[str, Any] = {
        name: getattr(content, name) for name in HeldPaper._fields if hasattr(content, name)
    }
    values |= {"arxiv_id": record.arxiv_id.value, "content_hash": b"?" * 16}
    values |= {"datestamp": record.datestamp, "deleted_at": None}
    return HeldPaper(**(values | fields))


def with_versions(*days: date, **fields: Any) -> PaperRecord:
    return make_record(version=len(days), versions=make_versions(*days), **fields)


def test_a_lower_version_is_older_whatever_its_datestamp() -> None:
    ours = held(with_versions(MONDAY, TUESDAY, datestamp=MONDAY))
    assert is_older(with_versions(MONDAY, datestamp=WEDNESDAY), ours)


def test_a_higher_version_is_not_older_whatever_its_datestamp() -> None:
    ours = held(with_versions(MONDAY, datestamp=WEDNESDAY))
    assert not is_older(with_versions(MONDAY, TUESDAY, datestamp=MONDAY), ours)


def test_at_one_version_the_earlier_datestamp_is_older() -> None:
    ours = held(with_versions(MONDAY, datestamp=TUESDAY))
    assert is_older(with_versions(MONDAY, datestamp=MONDAY), ours)
    assert not is_older(with_versions(MONDAY, datestamp=TUESDAY), ours)
    assert not is_older(with_versions(MONDAY, datestamp=WEDNESDAY), ours)


def test_a_record_that_tells_no_version_is_compared_by_datestamp() -> None:
    ours = held(with_versions(MONDAY, TUESDAY, datestamp=TUESDAY))
    assert is_older(make_record(datestamp=MONDAY), ours)
    assert not is_older(make_record(datestamp=WEDNESDAY), ours)


def test_what_cannot_be_compared_is_not_older() -> None:
    assert not is_older(make_record(datestamp=None), held(make_record(datestamp=WEDNESDAY)))
    assert not is_older(make_record(datestamp=MONDAY), held(make_record(datestamp=None)))


def test_a_deletion_is_compared_by_datestamp_alone() -> None:
    ours = held(with_versions(MONDAY, datestamp=TUESDAY))
    assert is_older(make_deleted(datestamp=MONDAY), ours)
    assert not is_older(make_deleted(datestamp=TUESDAY), ours)


def test_only_a_datestamp_since_its_burial_brings_a_tombstone_back() -> None:
    tombstone = held(with_versions(MONDAY, datestamp=TUESDAY), deleted_at=NOON)
    assert is_older(with_versions(MONDAY, TUESDAY, datestamp=MONDAY), tombstone)
    assert not is_older(with_versions(MONDAY, datestamp=TUESDAY), tombstone)


def test_known_versions_are_joined_and_never_erased() -> None:
    merged = complete(make_content(make_record()), make_content(with_versions(MONDAY, TUESDAY)))
    assert decode_versions(merged.versions) == make_versions(MONDAY, TUESDAY)
    assert merged.version == 2
    third = Version(3, datetime(2024, 5, 8, 1, 2, 3, tzinfo=UTC))
    newest = make_content(make_record(version=3, versions=(third,)))
    merged = complete(newest, make_content(with_versions(MONDAY, TUESDAY)))
    assert decode_versions(merged.versions) == (*make_versions(MONDAY, TUESDAY), third)


def test_of_two_tellings_of_one_version_the_newer_counts() -> None:
    newer = make_content(make_record(versions=(Version(1, NOON, "43kb"),)))
    older = make_content(make_record(versions=(Version(1, NOON, ""),)))
    assert complete(newer, older).versions == newer.versions


def test_a_vaguer_submission_date_never_replaces_an_exact_one() -> None:
    exact = make_content(make_record(submitted_at=NOON))
    for precision in (DatePrecision.DAY, DatePrecision.MONTH):
        vague = make_content(
            make_record(
                submitted_at=datetime(2024, 5, 1, tzinfo=UTC), submitted_precision=precision
            )
        )
        merged = complete(vague, exact)
        assert (merged.submitted_at, merged.submitted_precision) == (NOON, DatePrecision.TIME)
        assert complete(exact, vague) == exact


def test_midnight_of_a_day_does_not_replace_the_exact_time_of_that_day() -> None:
    exact = make_content(with_versions(MONDAY, updated_at=NOON))
    midnight = make_content(make_record(updated_at=datetime(2024, 5, 6, tzinfo=UTC)))
    next_day = make_content(make_record(updated_at=datetime(2024, 5, 7, tzinfo=UTC)))
    assert complete(midnight, exact).updated_at == NOON
    assert complete(next_day, exact).updated_at == next_day.updated_at


def test_fields_that_a_source_never_carries_are_kept() -> None:
    full = make_content(make_record(submitter="Ada", license_url="https://x", msc_class="05C45"))
    bare = make_content(make_record(comments="new comment"))
    merged = complete(bare, full)
    assert (merged.submitter, merged.license_url, merged.msc_class) == ("Ada", "https://x", "05C45")
    assert merged.comments == "new comment"


def test_a_comment_that_arxiv_removed_is_removed() -> None:
    assert (
        complete(
            make_content(make_record(comments="")), make_content(make_record(comments="12 pages"))
        ).comments
        == ""
    )


def test_nothing_to_add_changes_nothing() -> None:
    content = make_content(make_record())
    assert content.versions == NO_VERSIONS
    assert complete(content, content) is content
