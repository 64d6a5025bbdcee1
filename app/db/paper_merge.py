"""What becomes of a paper when another source, or the same one later, tells of it again.

1. A record is *older* than what is held if its version number is lower; at equal or unknown
   versions if its datestamp is earlier. It is never older when neither can be compared: then
   what came last counts. (A tombstone has no version: there the datestamp alone decides.)
2. The newer of the two gives the paper: title, authors, abstract, categories, all of it.
3. The other still fills what the newer one does not know: versions (joined by number, none is
   ever lost), a more exactly known submission date, and the fields that some sources never
   carry (submitter, licence, MSC and ACM classes).

So importing last year's snapshot after this morning's harvest changes no title, but brings the
version history; and a record of format `arXiv`, which tells no versions, keeps those we have.
"""

from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from app.db.paper_rows import NO_VERSIONS, PaperContent, decode_versions, encode_versions
from app.domain.harvest import DeletedRecord, HarvestedRecord
from app.domain.paper import DatePrecision

PRECISION_RANKS = {
    DatePrecision.MONTH.value: 0,
    DatePrecision.DAY.value: 1,
    DatePrecision.TIME.value: 2,
}

FIELDS_SOME_SOURCES_LACK = ("submitter", "license_url", "msc_class", "acm_class")
"""Empty means "not told" in these: `arXiv` has no submitter, the snapshot no classes."""


class KnownFields(Protocol):
    """The fields in which an older source can still complete a newer one."""

    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def versions(self) -> str: ...  # noqa: D102
    @property
    def submitted_at(self) -> datetime: ...  # noqa: D102
    @property
    def submitted_precision(self) -> str: ...  # noqa: D102
    @property
    def updated_at(self) -> datetime: ...  # noqa: D102


class HeldPaper(NamedTuple):
    """The part of a stored row that decides what a record does to it."""

    arxiv_id: str
    content_hash: bytes
    datestamp: date | None
    deleted_at: datetime | None
    version: int
    versions: str
    submitted_at: datetime
    submitted_precision: str
    updated_at: datetime
    submitter: str
    license_url: str
    msc_class: str
    acm_class: str


def is_older(record: HarvestedRecord, held: HeldPaper) -> bool:
    """Whether the record tells of an earlier state than the one held (rule 1)."""
    if not isinstance(record, DeletedRecord) and held.deleted_at is None:
        stated = bool(record.versions) or record.version > 1
        held_stated = held.versions != NO_VERSIONS or held.version > 1
        if stated and held_stated and record.version != held.version:
            return record.version < held.version
    if record.datestamp is None or held.datestamp is None:
        return False
    return record.datestamp < held.datestamp


def complete(newer: PaperContent, older: KnownFields) -> PaperContent:
    """The newer content, completed by what only the older source knows (rule 3)."""
    found: dict[str, Any] = {}
    if PRECISION_RANKS[older.submitted_precision] > PRECISION_RANKS[newer.submitted_precision]:
        found["submitted_at"] = older.submitted_at
        found["submitted_precision"] = older.submitted_precision
    if older.versions not in (NO_VERSIONS, newer.versions):
        found["versions"] = _join_versions(newer.versions, older.versions)
        # Without versions, a source knows the day of the current one at best: never let the
        # day's midnight replace the exact time of the same day.
        if newer.versions == NO_VERSIONS and newer.updated_at.date() <= older.updated_at.date():
            found["updated_at"] = older.updated_at
    if older.version > newer.version:
        found["version"] = older.version
    for name in FIELDS_SOME_SOURCES_LACK:
        if not getattr(newer, name) and (known := getattr(older, name)):
            found[name] = known
    return newer._replace(**found) if found else newer


def _join_versions(newer: str, older: str) -> str:
    joined = {version.number: version for version in decode_versions(older)}
    joined.update((version.number, version) for version in decode_versions(newer))
    return encode_versions(joined[number] for number in sorted(joined))
