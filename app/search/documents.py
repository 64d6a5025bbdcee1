"""What is indexed of a paper: one table from `Paper` to engine-neutral fields."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper

SCHEMA_VERSION = 2
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


def make_index_document(paper: Paper) -> IndexDocument:
    """The indexed fields of a living paper."""
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
    )
