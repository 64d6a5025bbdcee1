"""A paper and its authors, as everybody in the project speaks of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.arxiv_id import ArxivId


class DatePrecision(StrEnum):
    """How exactly the first submission date is known.

    Only `arXivRaw` answers and the snapshot's version list hold the exact time; some sources
    give a day, and for the rest the identifier's year and month remain.
    """

    TIME = "time"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Author:
    """One author, or one collaboration (family name only)."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def name(self) -> str:
        """The name in reading order: `given family suffix`.

        >>> Author("van der Berg", "Anna", "Jr.").name
        'Anna van der Berg Jr.'
        """
        return " ".join(part for part in (self.given, self.family, self.suffix) if part)

    @property
    def sorting_name(self) -> str:
        """The name in index order: `family, given, suffix`.

        >>> Author("Fox", "E.").sorting_name
        'Fox, E.'
        """
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Version:
    """One submitted version of a paper.

    Attributes:
        number: 1 for the first.
        submitted_at: UTC.
        size: as arXiv writes it, e.g. "12kb"; empty when unknown.
        source_type: arXiv's letter code; "I" marks a withdrawal.
    """

    number: int
    submitted_at: datetime
    size: str = ""
    source_type: str = ""


@dataclass(frozen=True, slots=True)
class PaperOutline:
    """What orders and compares papers before any of them is read."""

    arxiv_id: ArxivId
    categories: tuple[str, ...]
    submitted_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, paper: "Paper") -> "PaperOutline":
        """The outline of a paper."""
        return cls(paper.arxiv_id, paper.categories, paper.submitted_at, paper.updated_at)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with its current metadata.

    Text is Unicode (NFC) on one line, TeX accents decoded, TeX mathematics left as written.
    The `*_tex` fields hold arXiv's own spelling where decoding changed it, else None.

    Attributes:
        categories: primary first, never empty.
        submitted_at: first version, UTC, to the precision given by `submitted_precision`.
        updated_at: current version, UTC.
        version: number of the current version; at least 1.
        versions: every known version in order; empty when the source gave none.
        authors_tex: arXiv's own author line where splitting or decoding changed it.
        license_url: empty when unknown.
        change_number: position in the one sequence of all accepted changes; 0 before storing.
        deleted_at: when arXiv withdrew the record itself (a tombstone); None for living papers.
    """

    arxiv_id: ArxivId
    title: str
    authors: tuple[Author, ...]
    abstract: str
    categories: tuple[str, ...]
    submitted_at: datetime
    updated_at: datetime
    submitted_precision: DatePrecision = DatePrecision.TIME
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
    change_number: int = 0
    deleted_at: datetime | None = None

    @property
    def primary_category(self) -> str:
        """The category arXiv lists the paper under first."""
        return self.categories[0]
