"""The `SearchEngine` over a Whoosh index."""

import struct
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.reading import TermNotFound

from app.domain.arxiv_id import ArxivId
from app.domain.errors import IndexDamagedError, PaperNotFoundError
from app.domain.query import FacetField, Filters, QueryNode, SearchRequest, Sort
from app.domain.results import (
    EngineResult,
    Explanation,
    IndexState,
    TermStatistics,
)
from app.search.whoosh.columns import ColumnCache
from app.search.whoosh.compiler import compile_query, compile_weighted_terms
from app.search.whoosh.explanation import list_contributions
from app.search.whoosh.matches import (
    collect_matches,
    count_facets,
    count_matches,
    rank_matches,
)
from app.search.whoosh.schema import ARXIV_ID
from app.search.whoosh.snapshots import Snapshot, SnapshotSource
from app.search.whoosh.statistics import (
    choose_most_frequent,
    compute_term_statistics,
    list_prefix_terms,
)

MAX_CACHED_TERMS = 50_000
"""Terms whose statistics are remembered for one state of the index."""


_READ_ERRORS = (OSError, EOFError, struct.error, zlib.error)
"""What Whoosh raises when a file is not what it should be."""


class WhooshEngine:
    """Reads one index folder and never writes into it; see `app.search.engine.SearchEngine`.

    Scores are Whoosh's BM25F (k1 1.2, b 0.75, idf = ln(N / (n + 1)) + 1), added up over title and
    abstract, the title times `schema.TITLE_WEIGHT`; N and n count deleted papers until their
    segment is merged. A match of no word at all (everything, or all but something) scores 1.

    Args:
        index_dir: need not exist yet; until it does, every method raises `IndexMissingError`.
        poll_seconds: how often, at most, a newer commit is looked for.
    """

    def __init__(self, index_dir: Path, *, poll_seconds: float = 1.0) -> None:
        self._source = SnapshotSource(index_dir, poll_seconds)
        self._columns = ColumnCache()
        self._statistics = _StatisticsCache()

    def search(self, request: SearchRequest) -> EngineResult:
        """The hits of one page in final order, with the exact total and facets."""
        return self._find(
            compile_query(request.query),
            request.filters,
            request.sort,
            offset=request.offset,
            limit=request.limit,
            facets=request.facets,
        )

    def count(self, query: QueryNode, filters: Filters) -> int:
        """The exact number of matches."""
        compiled = compile_query(query)
        with self._borrow() as (_snapshot, searcher):
            return count_matches(
                collect_matches(searcher, compiled, filters, self._columns, scored=False)
            )

    def explain(self, query: QueryNode, arxiv_id: ArxivId) -> Explanation:
        """The score of one paper for a query, by term and field; 0 when it does not match.

        Raises:
            PaperNotFoundError: the index does not hold the paper.
        """
        compiled = compile_query(query)
        with self._borrow() as (_snapshot, searcher):
            leaf, number = _get_document(searcher, arxiv_id)
            contributions = list_contributions(leaf, compiled, number) or []
        score = sum(part.weight for part in contributions)
        return Explanation(arxiv_id, score, tuple(contributions))

    def suggest(self, prefix: str, limit: int) -> list[TermStatistics]:
        """Index terms that begin with `prefix`, most frequent first, ties alphabetically."""
        prefix = prefix.strip().casefold()
        if not prefix or limit <= 0:
            return []
        with self._borrow() as (snapshot, searcher):
            bounds = list_prefix_terms(searcher.reader(), prefix)
            candidates = sorted(bounds, key=lambda term: (-bounds[term], term))
            exact = self._statistics.compute(snapshot, searcher, candidates)
            return choose_most_frequent(bounds, limit, exact)

    def get_term_statistics(self, terms: Sequence[str]) -> list[TermStatistics]:
        """Statistics of index terms, in the order asked; frequency 0 for unknown ones."""
        with self._borrow() as (snapshot, searcher):
            return list(self._statistics.compute(snapshot, searcher, terms))

    def find_similar(
        self, weighted_terms: Sequence[tuple[str, float]], filters: Filters, limit: int
    ) -> EngineResult:
        """Papers that score best for an OR of weighted index terms over title and abstract."""
        query = compile_weighted_terms(weighted_terms)
        return self._find(query, filters, Sort.RELEVANCE, offset=0, limit=limit, facets=())

    def get_state(self) -> IndexState:
        """Which index answers now."""
        with _translate_read_errors():
            return self._source.get().state

    def close(self) -> None:
        """Let go of all files."""
        self._source.close()

    def _find(
        self,
        query: Any,
        filters: Filters,
        sort: Sort,
        *,
        offset: int,
        limit: int,
        facets: tuple[FacetField, ...],
    ) -> EngineResult:
        scored = sort is Sort.RELEVANCE
        with self._borrow() as (snapshot, searcher):
            matches = collect_matches(searcher, query, filters, self._columns, scored=scored)
            return EngineResult(
                hits=rank_matches(matches, sort, offset=offset, limit=limit),
                total=count_matches(matches),
                state=snapshot.state,
                facets=count_facets(matches, facets),
            )

    @contextmanager
    def _borrow(self) -> Iterator[tuple[Snapshot, Any]]:
        with _translate_read_errors(), self._source.borrow() as (snapshot, searcher):
            self._columns.keep_only(snapshot.segments)
            yield snapshot, searcher


@contextmanager
def _translate_read_errors() -> Iterator[None]:
    try:
        yield
    except _READ_ERRORS as error:
        raise IndexDamagedError(
            f"The search index cannot be read ({error}). "
            "Run `papersift reindex` to build it anew from the database."
        ) from error


def _get_document(searcher: Any, arxiv_id: ArxivId) -> tuple[Any, int]:
    """The segment searcher that holds a living paper, and its number there."""
    for leaf, _offset in searcher.leaf_searchers():
        reader = leaf.reader()
        if reader.doc_count_all() == 0:
            continue
        try:
            matcher = reader.postings(ARXIV_ID, arxiv_id.value)
        except TermNotFound:
            continue
        if matcher.is_active():
            return leaf, int(matcher.id())
    raise PaperNotFoundError(
        f"The search index does not hold {arxiv_id}. Check the identifier, or run "
        "`papersift index` if the paper was harvested just now."
    )


class _StatisticsCache:
    """Statistics of the terms asked for, for one state of the index. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = -1
        self._known: dict[str, TermStatistics] = {}

    def compute(
        self, snapshot: Snapshot, searcher: Any, terms: Iterable[str]
    ) -> Iterator[TermStatistics]:
        """One by one, so that the caller may stop early."""
        known = self._get_known(snapshot.state.generation)
        for term in terms:
            statistics = known.get(term)
            if statistics is None:
                statistics = compute_term_statistics(searcher.reader(), term)
                if len(known) < MAX_CACHED_TERMS:
                    known[term] = statistics
            yield statistics

    def _get_known(self, generation: int) -> dict[str, TermStatistics]:
        """The terms of this state; a thread on another state gets a dictionary of its own."""
        with self._lock:
            if generation > self._generation:
                self._generation, self._known = generation, {}
            return self._known if generation == self._generation else {}
