"""What a harvest asks for, what it brings, and what it reports."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Author, DatePrecision, Version


class MetadataFormat(StrEnum):
    """An OAI-PMH metadata prefix we can read."""

    ARXIV = "arXiv"
    ARXIV_RAW = "arXivRaw"


@dataclass(frozen=True, slots=True)
class HarvestWindow:
    """What to ask for: records modified since `from_date`, in one set or the whole archive."""

    from_date: date | None = None
    until_date: date | None = None
    set_spec: str = ""
    metadata_format: MetadataFormat = MetadataFormat.ARXIV_RAW

    @property
    def cursor_key(self) -> str:
        """The name of the cursor this window advances: format and set, not the dates."""
        return f"{self.metadata_format}:{self.set_spec or '*'}"


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """What one source says of one living paper; text already decoded, unknown fields empty.

    Attributes:
        submitted_at: the best that this source knows of version 1's date, UTC.
        submitted_precision: TIME beats DAY beats MONTH when two sources differ.
        updated_at: date of the current version, UTC.
        versions: empty when the source has none; a later source never erases known versions.
    """

    arxiv_id: ArxivId
    title: str
    authors: tuple[Author, ...]
    abstract: str
    categories: tuple[str, ...]
    submitted_at: datetime
    submitted_precision: DatePrecision
    updated_at: datetime
    version: int = 1
    versions: tuple[Version, ...] = ()
    comments: str = ""
    journal_ref: str = ""
    doi: str = ""
    report_no: str = ""
    msc_class: str = ""
    acm_class: str = ""
    license_url: str = ""
    submitter: str = ""
    is_withdrawn: bool = False
    title_tex: str | None = None
    authors_tex: str | None = None
    abstract_tex: str | None = None
    abstract_source: str = ""
    datestamp: date | None = None


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A tombstone: the source says that this record is gone."""

    arxiv_id: ArxivId
    datestamp: date


HarvestedRecord = PaperRecord | DeletedRecord


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What storing a batch did, in papers."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0

    def __add__(self, other: "UpsertCounts") -> "UpsertCounts":
        """Both batches together."""
        return UpsertCounts(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.deleted + other.deleted,
        )

    @property
    def total(self) -> int:
        """Records seen."""
        return self.added + self.changed + self.unchanged + self.deleted


@dataclass(frozen=True, slots=True)
class HarvestCursor:
    """Where a harvest of one format and set stands.

    Attributes:
        key: `HarvestWindow.cursor_key`.
        next_from: where the next complete run begins: the server's day of the last complete run.
        window_from: `from` of the unfinished run; None when none is under way.
        resumption_token: the next page of the unfinished run; empty when none is under way.
        pages: pages stored by the unfinished run.
        response_date: the server's clock on the *first* answer of the unfinished run.
    """

    key: str
    next_from: date | None = None
    window_from: date | None = None
    resumption_token: str = ""
    pages: int = 0
    response_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """One finished or failed run of a stage, as `status` shows it.

    Attributes:
        stage: "harvest", "announcements", "reconcile", "index", "import", "rebuild".
        message: one sentence for people; the error when `succeeded` is False.
        details: counts by name.
    """

    stage: str
    started_at: datetime
    finished_at: datetime
    succeeded: bool
    message: str
    details: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportCheckpoint:
    """How far the import of one snapshot file came; saved in the transaction of its last batch.

    Attributes:
        fingerprint: tells this file, in this state, from every other.
        lines: lines read, good and bad.
        bytes: uncompressed bytes read.
        accepted: lines that became records.
        rejected: lines that did not.
    """

    fingerprint: str
    lines: int
    bytes: int
    accepted: int
    rejected: int


class Holdings(StrEnum):
    """How much of arXiv the database was filled with, so that pages can be honest about it."""

    NOTHING = "nothing"
    SAMPLE = "sample"
    RECENT = "recent"
    ARCHIVE = "archive"


HOLDINGS_STATE = "holdings"
"""Key of the `state` table under which the writing side notes them."""
