"""The shapes of REST answers about papers, days and categories.

Those about the service itself are in `app.api.status_schemas`.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.api.out import Out
from app.api.query_schemas import (
    DoctorOut,
    ExpansionOut,
    ExplanationOut,
    HighlightsOut,
    SpellingOut,
)
from app.domain.paper import Paper, Version
from app.domain.paper_history import PaperHistoryEntry
from app.domain.results import Hit

Score = Annotated[
    float,
    Field(
        description="Unbounded, comparable within one answer only; 0 for papers that the query "
        "names by identifier and for orders other than relevance."
    ),
]


class AuthorOut(Out):
    """One author in parts; a collaboration has a family name only."""

    family: str
    given: str | None
    suffix: str | None


class VersionOut(Out):
    """One submitted version."""

    number: int
    submitted_at: datetime
    size: str | None = Field(description='As arXiv writes it, e.g. "12kb".')
    source_type: str | None


class PaperOut(Out):
    """One paper's metadata; absent facts are null."""

    arxiv_id: str = Field(description="Canonical identifier without version.")
    version: int = Field(description="Number of the current version.")
    title: str
    authors: list[str] = Field(description="Names in reading order, all of them.")
    abstract: str
    categories: list[str] = Field(description="Primary category first.")
    primary_category: str
    submitted_at: datetime = Field(description="First version, UTC.")
    submitted_precision: Literal["time", "day", "month"] = Field(
        description="How exactly `submitted_at` is known."
    )
    updated_at: datetime = Field(description="Current version, UTC.")
    comments: str | None
    journal_ref: str | None
    doi: str | None = Field(description="The publisher's DOI.")
    report_no: str | None
    is_withdrawn: bool
    abstract_source: str | None = Field(
        description="Who wrote the abstract, where it is not the authors' own."
    )
    abs_url: str = Field(description="Abstract page on arXiv.")
    pdf_url: str = Field(description="PDF on arXiv; PDFs are never served from here.")


def _require_nothing(schema: dict[str, Any]) -> None:
    """Say in a schema that any field may be left out."""
    schema.pop("required", None)


class HitOut(PaperOut):
    """One search result; `fields=` leaves out what it does not name."""

    model_config = ConfigDict(json_schema_extra=_require_nothing)

    score: Score
    highlights: HighlightsOut | None = Field(None, description="Only with `highlight=1`.")
    explanation: ExplanationOut | None = Field(
        None, description="Only with `explain=1`; null for papers that the query names."
    )


class FacetOut(Out):
    """How many of all matches carry a value."""

    value: str
    count: int


class SearchOut(Out):
    """One page of results."""

    total: int = Field(description="Exact number of matches.")
    total_relation: Literal["eq"] = "eq"
    took_ms: float = Field(description="Time spent answering, milliseconds.")
    index_version: int = Field(description="Generation of the index that answered.")
    query: str = Field(
        description="The query as it was understood. Spellings that hardly any paper uses are "
        "searched as well, but not named."
    )
    relaxed: bool = Field(
        description="True when no paper holds all the words, so papers with any are shown."
    )
    notes: list[str] = Field(description="What was read or found otherwise than asked.")
    did_you_mean: str | None = Field(
        None, description="A query that finds much more, its spelling corrected; else null."
    )
    spelling: SpellingOut | None = Field(None, description="What was corrected, or might be.")
    expansions: list[ExpansionOut] = Field(
        [], description="Acronyms that were searched with their long forms, and the reverse."
    )
    doctor: DoctorOut | None = Field(
        None, description="Where few or no papers match: why, and what finds more."
    )
    missing: int = Field(description="Hits of this page that the database does not hold (yet).")
    facets: dict[str, list[FacetOut]]
    results: list[HitOut]
    next: str | None = Field(description="Address of the next page, relative to this service.")


class AskedOut(Out):
    """How a paper was asked for."""

    written: str = Field(description="The identifier as it stood in the request.")
    version: int | None = Field(description="The version asked for; null for the latest.")
    note: str | None = Field(description="Said when another version is held than was asked for.")


class PaperDetailOut(PaperOut):
    """Everything held about one paper."""

    asked: AskedOut
    authors_parsed: list[AuthorOut]
    versions: list[VersionOut] = Field(description="Empty when the source gave none.")
    msc_class: str | None
    acm_class: str | None
    license_url: str | None
    submitter: str | None
    title_tex: str | None = Field(description="arXiv's own spelling, where decoding changed it.")
    authors_tex: str | None
    abstract_tex: str | None
    stars: int = Field(description="How many readers gave it.")
    change_number: int = Field(description="Position in the sequence of all accepted changes.")


class HistoryEntryOut(Out):
    """One superseded state of a paper's metadata."""

    version: int
    title: str
    authors: list[str]
    abstract: str
    comments: str | None
    updated_at: datetime
    superseded_at: datetime = Field(description="When the next state was stored here, UTC.")


class HistoryOut(Out):
    """Superseded metadata of one paper, newest first."""

    arxiv_id: str
    history: list[HistoryEntryOut]


class ArchiveOut(Out):
    """One archive."""

    code: str
    name: str
    group: str
    is_active: bool
    subsumed_by: str | None


class CategoryOut(Out):
    """One category."""

    code: str
    name: str
    archive: str
    group: str
    is_active: bool
    alias_of: str | None = Field(description="The category that this code is another name of.")


class GroupOut(Out):
    """One group of archives."""

    code: str
    name: str


class CategoriesOut(Out):
    """arXiv's taxonomy."""

    groups: list[GroupOut]
    archives: list[ArchiveOut]
    categories: list[CategoryOut]
    aliases: dict[str, str] = Field(description="Alias -> canonical category.")


class DayLineOut(Out):
    """One paper of a day."""

    arxiv_id: str
    announce_type: Literal["new", "cross", "replace", "replace-cross"] | None = Field(
        description="Null in lists by submission."
    )
    position: int | None = Field(description="Place in arXiv's own list.")
    stars: int = Field(description="How many readers gave it.")
    paper: PaperOut | None = Field(description="Null while an announced paper is not held here.")


class DayCountOut(Out):
    """One day of a month."""

    day: date
    papers: int = Field(description="New and cross-listed ones; by submission, all.")
    replaced: int
    source: Literal["announced", "submitted"] | None = Field(
        description="Null where there is no list."
    )


class MonthOut(Out):
    """The days of a month, counted."""

    month: str = Field(examples=["2024-05"])
    category: str | None = Field(description="The expression as it was understood; null: all.")
    papers: int = Field(description="All that the month brought.")
    days: list[DayCountOut]


class DayOut(Out):
    """One page of a day's list."""

    day: date
    category: str | None = Field(description="The expression as it was understood; null: all.")
    source: Literal["announced", "submitted"] = Field(
        description="`announced`: arXiv's own list. `submitted`: by date of version 1."
    )
    state: Literal[
        "announced",
        "not-recorded",
        "asked-by-submission",
        "weekend",
        "nothing-announced",
        "not-due",
        "not-collected",
    ] = Field(description="What is known about the day; `explanation` says it in a sentence.")
    explanation: str
    due_at: datetime = Field(description="When arXiv's lists of the day appear, UTC.")
    total: int
    counts: dict[str, int] = Field(description="Announced papers by type.")
    missing: list[str] = Field(description="Announced papers of the day that are not held here.")
    results: list[DayLineOut]
    previous_day: date | None
    next_day: date | None
    next: str | None


def make_paper_out(paper: Paper) -> PaperOut:
    """The metadata of a paper as REST gives it."""
    return PaperOut.model_validate(_paper_facts(paper))


def make_hit_out(
    hit: Hit,
    highlights: HighlightsOut | None = None,
    explanation: ExplanationOut | None = None,
) -> HitOut:
    """A search result as REST gives it."""
    extras = {"score": hit.score, "highlights": highlights, "explanation": explanation}
    return HitOut.model_validate(_paper_facts(hit.paper) | extras)


def make_paper_detail_out(paper: Paper, asked: AskedOut, *, stars: int) -> PaperDetailOut:
    """Everything about a paper as REST gives it."""
    return PaperDetailOut.model_validate(
        _paper_facts(paper)
        | {
            "asked": asked,
            "authors_parsed": [
                AuthorOut(family=a.family, given=a.given or None, suffix=a.suffix or None)
                for a in paper.authors
            ],
            "versions": [_make_version_out(each) for each in paper.versions],
            "msc_class": paper.msc_class or None,
            "acm_class": paper.acm_class or None,
            "license_url": paper.license_url or None,
            "submitter": paper.submitter or None,
            "title_tex": paper.title_tex,
            "authors_tex": paper.authors_tex,
            "abstract_tex": paper.abstract_tex,
            "stars": stars,
            "change_number": paper.change_number,
        }
    )


def make_history_entry_out(entry: PaperHistoryEntry) -> HistoryEntryOut:
    """A superseded state as REST gives it."""
    return HistoryEntryOut(
        version=entry.version,
        title=entry.title,
        authors=[author.name for author in entry.authors],
        abstract=entry.abstract,
        comments=entry.comments or None,
        updated_at=entry.updated_at,
        superseded_at=entry.superseded_at,
    )


def _make_version_out(version: Version) -> VersionOut:
    return VersionOut(
        number=version.number,
        submitted_at=version.submitted_at,
        size=version.size or None,
        source_type=version.source_type or None,
    )


def _paper_facts(paper: Paper) -> dict[str, object]:
    return {
        "arxiv_id": paper.arxiv_id.value,
        "version": paper.version,
        "title": paper.title,
        "authors": [author.name for author in paper.authors],
        "abstract": paper.abstract,
        "categories": list(paper.categories),
        "primary_category": paper.primary_category,
        "submitted_at": paper.submitted_at,
        "submitted_precision": paper.submitted_precision.value,
        "updated_at": paper.updated_at,
        "comments": paper.comments or None,
        "journal_ref": paper.journal_ref or None,
        "doi": paper.doi or None,
        "report_no": paper.report_no or None,
        "is_withdrawn": paper.is_withdrawn,
        "abstract_source": paper.abstract_source or None,
        "abs_url": paper.arxiv_id.abs_url,
        "pdf_url": paper.arxiv_id.pdf_url,
    }
