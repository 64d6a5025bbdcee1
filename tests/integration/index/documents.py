"""Invented papers for index tests: a tiny vocabulary, so that the expected order shows by eye."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.domain.arxiv_id import ArxivId
from app.domain.query import PaperFlag
from app.domain.results import IndexState
from app.search.documents import IndexDocument
from app.search.factory import open_index_writer, rebuild_index

FIRST_MOMENT = datetime(2020, 1, 1, 12, tzinfo=UTC)


def make_id(number: int) -> ArxivId:
    """The number-th identifier of January 2020 and, after 90,000 of them, of later months."""
    month, serial = divmod(number, 90_000)
    return ArxivId(f"20{month + 1:02}.{serial + 1:05}")


def make_document(
    number: int,
    title: str = "",
    abstract: str = "",
    *,
    arxiv_id: str = "",
    authors: tuple[str, ...] = ("Ada Lovelace",),
    categories: tuple[str, ...] = ("cs.LG",),
    submitted_at: datetime | None = None,
    updated_at: datetime | None = None,
    comments: str = "",
    journal_ref: str = "",
    doi: str = "",
    report_no: str = "",
    announced_on: date | None = None,
    flags: frozenset[PaperFlag] = frozenset(),
) -> IndexDocument:
    """A document; number n is submitted n days after the first one unless told otherwise."""
    submitted = submitted_at or FIRST_MOMENT + timedelta(days=number)
    return IndexDocument(
        arxiv_id=ArxivId(arxiv_id) if arxiv_id else make_id(number),
        title=title,
        abstract=abstract,
        authors=authors,
        categories=categories,
        submitted_at=submitted,
        updated_at=updated_at or submitted,
        comments=comments,
        journal_ref=journal_ref,
        doi=doi,
        report_no=report_no,
        announced_on=announced_on,
        flags=flags,
    )


def build_index(
    index_dir: Path, documents: Iterable[IndexDocument], change_number: int = 1
) -> IndexState:
    """Build anew in one commit."""
    with rebuild_index(index_dir) as building:
        building.writer.replace(documents)
        state = building.writer.commit(change_number)
        building.publish()
    return state


def commit_documents(
    index_dir: Path, documents: Iterable[IndexDocument], change_number: int
) -> IndexState:
    """Add to the index, or begin it, in one commit."""
    with open_index_writer(index_dir) as writer:
        writer.replace(documents)
        return writer.commit(change_number)
