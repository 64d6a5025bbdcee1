"""What is indexed of a paper: one table from `Paper` to engine-neutral fields."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.announcements import AnnounceType, LastAnnouncement
from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.query import PaperFlag
from app.text.code_links import holds_code_address

SCHEMA_VERSION = 4
"""Raised whenever the fields or their analysis change; an index of another version is rebuilt."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One paper as an engine sees it; texts are raw, the engine analyses them."""

    arxiv_id: ArxivId
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    submitted_at: datetime
    updated_at: datetime
    comments: str
    journal_ref: str
    doi: str
    report_no: str
    announced_on: date | None = None
    flags: frozenset[PaperFlag] = frozenset()


def make_index_document(
    paper: Paper, announcement: LastAnnouncement | None = None
) -> IndexDocument:
    """The indexed fields of a living paper.

    Args:
        announcement: its last one in the ledger, if there is any.
    """
    return IndexDocument(
        arxiv_id=paper.arxiv_id,
        title=paper.title,
        abstract=paper.abstract,
        authors=tuple(author.name for author in paper.authors),
        categories=paper.categories,
        submitted_at=paper.submitted_at,
        updated_at=paper.updated_at,
        comments=paper.comments,
        journal_ref=paper.journal_ref,
        doi=paper.doi,
        report_no=paper.report_no,
        announced_on=announcement.announced_on if announcement is not None else None,
        flags=find_flags(paper, announcement),
    )


def find_flags(paper: Paper, announcement: LastAnnouncement | None) -> frozenset[PaperFlag]:
    """The yes-or-no facts of a paper."""
    announced_as = announcement.announce_type if announcement is not None else None
    facts = {
        PaperFlag.HAS_CODE: holds_code_address(f"{paper.abstract} {paper.comments}"),
        PaperFlag.HAS_DOI: bool(paper.doi),
        PaperFlag.HAS_JOURNAL: bool(paper.journal_ref),
        PaperFlag.IS_WITHDRAWN: paper.is_withdrawn,
        PaperFlag.IS_NEW: announced_as is AnnounceType.NEW,
        PaperFlag.IS_CROSS: announced_as is AnnounceType.CROSS,
    }
    return frozenset(flag for flag, holds in facts.items() if holds)
