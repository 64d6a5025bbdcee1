"""`sort=stars`: matches by how many readers starred them, then all others by relevance.

Stars are in the database and change with every click, so they are no column of the index: those of
the most starred papers that match are put before the engine's hits.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.db.session import Database
from app.db.stars import list_most_starred
from app.domain.arxiv_id import ArxivId
from app.domain.query import SearchRequest, Sort
from app.domain.results import EngineHit, EngineResult
from app.search.engine import SearchEngine

MAX_STARRED = 1_000
"""Papers that stars put first, the most starred of all: each of them is looked at in each search.
Others, with fewer stars, stand by relevance."""


class StarOrder:
    """Searches in the order of stars; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine) -> None:
        self._database = database
        self._engine = engine

    def search(self, request: SearchRequest) -> EngineResult:
        """The engine's answer to a request by stars; any other is the engine's own.

        Raises:
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        if request.sort is not Sort.STARS:
            return self._engine.search(request)
        by_relevance = replace(request, sort=Sort.RELEVANCE)
        if request.after is None:
            reach = request.offset + request.limit
            by_relevance = replace(by_relevance, offset=0, limit=reach if request.limit else 0)
        result = self._engine.search(by_relevance)
        if not request.limit:
            return result
        starred = self._list_starred(request)
        known = {hit.arxiv_id: hit for hit in result.hits if hit.arxiv_id not in starred}
        if request.after is not None:
            # So deep that all starred papers were shown before.
            return replace(result, hits=tuple(known.values()))
        page = [*starred, *known][request.offset : request.offset + request.limit]
        known |= self._score(request, [each for each in page if each in starred])
        return replace(result, hits=tuple(known[each] for each in page if each in known))

    def _score(self, request: SearchRequest, ids: Sequence[ArxivId]) -> dict[ArxivId, EngineHit]:
        """Some matches with the score that they have in the order by relevance."""
        if not ids:
            return {}
        explained = self._engine.explain_papers(
            request.query, ids, filters=request.filters, rank=request.rank
        )
        return {each: EngineHit(each, one.score) for each, one in explained.items()}

    def _list_starred(self, request: SearchRequest) -> dict[ArxivId, None]:
        """The starred papers that match, most stars first, equal ones as their words score."""
        with self._database.read() as tx:
            stars = dict(list_most_starred(tx, MAX_STARRED))
        if not stars:
            return {}
        scores = self._engine.score_papers(request.query, list(stars), request.filters)
        order = sorted(scores, key=lambda each: (-stars[each], -scores[each], each.value))
        return dict.fromkeys(order)
