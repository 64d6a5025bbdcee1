"""One line of the metadata snapshot as a paper record; pure, no files, no clock."""

from datetime import date

import msgspec

from app.domain.arxiv_id import ArxivId
from app.domain.errors import InvalidArxivIdError
from app.domain.harvest import PaperRecord
from app.domain.paper import Author, Version
from indexer.records import RawMetadata, make_paper_record, parse_version_date

DAY_CHARS = len("YYYY-MM-DD")


class RejectedLineError(ValueError):
    """A line that holds no paper; the message is the reason for the reject file."""


class SnapshotVersion(msgspec.Struct):
    """One entry of `versions`, e.g. `{"version": "v1", "created": "Mon, 2 Apr 2007 ... GMT"}`."""

    version: str
    created: str


class SnapshotRow(msgspec.Struct):
    """The fields of a line that we read; others are ignored.

    `created`, `last_version` and `abstract_source` are not in the snapshot itself: some
    collections derived from it have the first two, the bundled sample has the last.
    """

    id: str
    title: str
    abstract: str
    categories: str
    authors: str | None = None
    submitter: str | None = None
    comments: str | None = None
    journal_ref: str | None = msgspec.field(default=None, name="journal-ref")
    doi: str | None = None
    report_no: str | None = msgspec.field(default=None, name="report-no")
    msc_class: str | None = msgspec.field(default=None, name="msc-class")
    acm_class: str | None = msgspec.field(default=None, name="acm-class")
    license: str | None = None
    versions: list[SnapshotVersion] = []
    update_date: str | None = None
    created: str | None = None
    last_version: str | None = None
    authors_parsed: list[list[str]] = []
    abstract_source: str | None = None


_decoder = msgspec.json.Decoder(SnapshotRow)


def parse_snapshot_line(data: bytes, *, is_cut: bool = False) -> PaperRecord:
    """The paper of one JSON line.

    Raises:
        RejectedLineError: the line is cut, not JSON, or lacks what a paper needs.
    """
    if is_cut:
        raise RejectedLineError("the line is longer than any paper's metadata")
    try:
        row = _decoder.decode(data)
        return make_paper_record(_make_raw(row))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RejectedLineError(f"not a paper in JSON: {error}") from error
    except (InvalidArxivIdError, ValueError) as error:
        raise RejectedLineError(str(error)) from error


def _make_raw(row: SnapshotRow) -> RawMetadata:
    versions = tuple(
        Version(int(entry.version.removeprefix("v")), parse_version_date(entry.created))
        for entry in row.versions
    )
    return RawMetadata(
        arxiv_id=ArxivId.parse(row.id),
        title=row.title,
        authors=row.authors or "",
        authors_split=tuple(_make_author(parts) for parts in row.authors_parsed if parts),
        abstract=row.abstract,
        categories=row.categories,
        versions=versions,
        current_version=int((row.last_version or "v1").removeprefix("v")),
        created_on=_parse_day(row.created),
        updated_on=_parse_day(row.update_date),
        comments=row.comments or "",
        journal_ref=row.journal_ref or "",
        doi=row.doi or "",
        report_no=row.report_no or "",
        msc_class=row.msc_class or "",
        acm_class=row.acm_class or "",
        license_url=row.license or "",
        submitter=row.submitter or "",
        abstract_source=row.abstract_source or "",
    )


def _make_author(parts: list[str]) -> Author:
    family, given, suffix = (*parts, "", "", "")[:3]
    return Author(family=family, given=given, suffix=suffix)


def _parse_day(text: str | None) -> date | None:
    """The day of "2011-02-02"; derived collections also write "2011-02-02 16:19:22"."""
    return date.fromisoformat(text[:DAY_CHARS]) if text else None
