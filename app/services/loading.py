"""What a page of results shows of its matches: papers, and counts over all of them."""

from collections import Counter
from collections.abc import Sequence

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.paper import Paper
from app.domain.query import FacetField, SearchRequest
from app.domain.results import EngineResult, FacetCount, Hit
from app.domain.taxonomy import find_archive_code


def load_hits(
    database: Database, request: SearchRequest, named: Sequence[Paper], result: EngineResult
) -> tuple[tuple[Hit, ...], int]:
    """The hits of the page with their papers, and how many the database does not hold.

    Raises:
        StorageError: there is no usable database.
    """
    hits = [Hit(paper, 0.0) for paper in named[request.offset : request.offset + request.limit]]
    if not result.hits:
        return tuple(hits), 0
    with database.read() as tx:
        papers = find_papers(tx, [hit.arxiv_id for hit in result.hits])
    hits += [Hit(papers[hit.arxiv_id], hit.score) for hit in result.hits if hit.arxiv_id in papers]
    return tuple(hits), sum(hit.arxiv_id not in papers for hit in result.hits)


def count_facets(
    request: SearchRequest, result: EngineResult, named: Sequence[Paper]
) -> dict[FacetField, tuple[FacetCount, ...]]:
    """The engine's facets with the named papers counted in, highest first."""
    counted = {}
    for facet in request.facets:
        counts = Counter({each.value: each.count for each in result.facets.get(facet, ())})
        for paper in named:
            counts.update(_facet_values(paper, facet))
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        counted[facet] = tuple(FacetCount(value, count) for value, count in ordered)
    return counted


def _facet_values(paper: Paper, facet: FacetField) -> tuple[str, ...]:
    match facet:
        case FacetField.CATEGORY:
            return paper.categories
        case FacetField.ARCHIVE:
            return tuple(dict.fromkeys(map(find_archive_code, paper.categories)))
        case FacetField.AUTHOR:
            return tuple(dict.fromkeys(author.name for author in paper.authors))
        case FacetField.YEAR:
            return (str(paper.submitted_at.year),)
