"""Papers that a query names by arXiv identifier or DOI, looked up directly.

They come from the database rather than from the index, so that a paper is found by its
identifier from the moment it is stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from app.db.last_announcements import find_last_announcements
from app.db.papers import find_papers
from app.db.session import Database
from app.domain.announcements import LastAnnouncement
from app.domain.arxiv_id import ArxivId
from app.domain.notes import say
from app.domain.paper import Paper, PaperOutline
from app.domain.query import AuthorName, DateField, Filters, QueryField, SearchRequest, Sort, Term
from app.search.engine import SearchEngine
from app.text.query_syntax import ParsedQuery

Dated = TypeVar("Dated", Paper, PaperOutline)

MAX_PAPERS_OF_DOI = 10
"""Most papers looked up for one DOI; a few DOIs belong to several papers."""


@dataclass(frozen=True, slots=True)
class NamedPapers:
    """The papers that a query names.

    Attributes:
        papers: those that are held and pass the filters, in the order they are shown.
        notes: sentences about the others.
    """

    papers: tuple[Paper, ...] = ()
    notes: tuple[str, ...] = ()

    def extend(self, papers: Iterable[Paper]) -> "NamedPapers":
        """These papers, and behind them others that are not among them yet."""
        return replace(self, papers=tuple(dict.fromkeys((*self.papers, *papers))))


def find_named_papers(
    database: Database,
    engine: SearchEngine,
    parsed: ParsedQuery,
    request: SearchRequest,
    author: AuthorName | None = None,
) -> NamedPapers:
    """The papers named by `parsed` that pass the filters of `request`.

    Args:
        author: somebody who has to be among their authors.

    Raises:
        SearchIndexError: the query holds a DOI, or there is an author, and there is no usable
            index.
        StorageError: there is no usable database.
    """
    by_doi = {doi: _find_ids_of_doi(engine, doi) for doi in parsed.dois}
    wanted = dict.fromkeys(parsed.arxiv_ids)
    for ids in by_doi.values():
        wanted.update(dict.fromkeys(ids))
    if not parsed.arxiv_ids and not by_doi:
        return NamedPapers()
    with database.read() as tx:
        held = find_papers(tx, list(wanted))
        announced = find_last_announcements(tx, held)
    known = [held[each] for each in wanted if each in held]
    passing = [
        paper
        for paper in known
        if _passes_filters(paper, request.filters, announced.get(paper.arxiv_id))
    ]
    if author is not None:
        theirs = engine.score_papers(author, [paper.arxiv_id for paper in passing])
        passing = [paper for paper in passing if paper.arxiv_id in theirs]
    notes = [
        say(
            "arXiv:{arxiv_id} is not held here; it may be at {address}.",
            arxiv_id=each,
            address=each.abs_url,
        )
        for each in parsed.arxiv_ids
        if each not in held
    ]
    notes += [
        say("No paper with the DOI {doi} is held here.", doi=doi)
        for doi, ids in by_doi.items()
        if not ids
    ]
    if len(passing) < len(known):
        notes.append(
            say(
                "{papers} of the papers named in the query are left out by the category, date or "
                "author filter.",
                papers=len(known) - len(passing),
            )
        )
    return NamedPapers(tuple(sort_papers(passing, request.sort)), tuple(notes))


def _passes_filters(
    paper: Paper, filters: Filters, announcement: LastAnnouncement | None = None
) -> bool:
    """Whether the filters let a paper through; the same answer as an engine's.

    Args:
        announcement: the paper's last one in the ledger.
    """
    if filters.categories is not None and not filters.categories.matches(paper.categories):
        return False
    if filters.dates.is_open:
        return True
    first, last = filters.dates.first, filters.dates.last
    if filters.date_field is not DateField.ANNOUNCED:
        day = _moment(paper, filters.date_field).astimezone(UTC).date()
    elif announcement is None:
        return False
    else:
        day = announcement.announced_on
    return (first is None or first <= day) and (last is None or day <= last)


def _find_ids_of_doi(engine: SearchEngine, doi: str) -> list[ArxivId]:
    request = SearchRequest(Term(doi, QueryField.DOI), limit=MAX_PAPERS_OF_DOI)
    return [hit.arxiv_id for hit in engine.search(request).hits]


def _moment(paper: Paper | PaperOutline, date_field: DateField) -> datetime:
    return paper.updated_at if date_field is DateField.UPDATED else paper.submitted_at


def sort_papers(papers: Sequence[Dated], sort: Sort) -> list[Dated]:
    """As written for relevance and stars, else by the date that sorts everything behind them."""
    if sort in (Sort.RELEVANCE, Sort.FRESH, Sort.STARS):
        return list(papers)
    date_field = DateField.UPDATED if sort is Sort.UPDATED else DateField.SUBMITTED
    return sorted(papers, key=lambda p: _moment(p, date_field), reverse=sort is not Sort.OLDEST)
