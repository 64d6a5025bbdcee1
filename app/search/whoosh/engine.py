"""The `SearchEngine` over a Whoosh index."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from pathlib import Path
from typing import Any

from app.domain.arxiv_id import ArxivId
from app.domain.errors import (
    IndexMissingError,
    PaperNotFoundError,
    SearchIndexError,
)
from app.domain.notes import say
from app.domain.query import Filters, QueryField, QueryNode, RankMode, SearchRequest, Sort
from app.domain.results import (
    EngineResult,
    Explanation,
    IndexState,
    TermContribution,
    TermStatistics,
)
from app.search.candidates import CandidateQuestion, Candidates
from app.search.documents import IndexDocument
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.compiled_queries import CompiledQuery, compile_tree
from app.search.whoosh.compiler import compile_weighted_terms, get_index_field
from app.search.whoosh.fast_path import statistics
from app.search.whoosh.fast_path.answers import (
    EVERY_PAPER,
    Answer,
    Page,
    answer,
    find_documents,
    go_on,
    score_papers,
)
from app.search.whoosh.fast_path.candidates import find_candidates
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.explain import PaperScores, list_contributions
from app.search.whoosh.fast_path.likeness import choose_terms
from app.search.whoosh.fast_path.planning import make_plan
from app.search.whoosh.health import IndexHealth, translate_read_errors
from app.search.whoosh.matches import list_matches
from app.search.whoosh.second_stage import list_bonuses, make_stages
from app.search.whoosh.snapshots import Snapshot, SnapshotSource
from app.search.whoosh.state_caches import ExecutorSource, StatisticsCache
from app.search.whoosh.term_patterns import BeginsWith, SimilarTo, TermPattern, Wildcard

MAX_EDITS = 2
"""Most letters by which `list_similar_terms` lets a term differ."""

MAX_LIKENESS_TERMS = 200
"""Terms of an OR that looks for papers like others."""

_VECTORS_MISSING = say(
    "Papers are ordered by their words alone, since files of the search index are missing or "
    "damaged. `papersift reindex` makes them anew."
)


class WhooshEngine:
    """Reads one index folder and never writes into it; see `app.search.engine.SearchEngine`.

    Scores are BM25F (`app.search.whoosh.scoring`); its counts of papers include deleted ones until
    their segment is merged. A match of no word at all (everything, or all but something) scores 1.

    Args:
        index_dir: need not exist yet; until it does, every method raises `IndexMissingError`.
        poll_seconds: how often, at most, a newer commit is looked for.
        kernels: what passes over postings; unless given, numpy's until `warm_up` has made the
            compiled ones ready, so that nobody waits for a compiler.
    """

    def __init__(
        self, index_dir: Path, *, poll_seconds: float = 1.0, kernels: Kernels | None = None
    ) -> None:
        self._source = SnapshotSource(index_dir, poll_seconds)
        self._executors = ExecutorSource(kernels)
        self._statistics = StatisticsCache()
        self._health = IndexHealth()

    def search(self, request: SearchRequest) -> EngineResult:
        """The hits of one page in final order, with the exact total and facets."""
        page = Page(
            request.filters,
            request.sort,
            request.offset,
            request.limit,
            request.facets,
            request.after,
        )
        is_reranked = request.rank is RankMode.DEFAULT and request.sort is Sort.RELEVANCE
        return self._answer(compile_tree(request.query), page, is_reranked=is_reranked)

    def count(self, query: QueryNode, filters: Filters) -> int:
        """The exact number of matches."""
        return self._answer(compile_tree(query), Page(filters)).total

    def explain(
        self,
        query: QueryNode,
        arxiv_id: ArxivId,
        *,
        filters: Filters = EVERY_PAPER,
        rank: RankMode = RankMode.DEFAULT,
    ) -> Explanation:
        """The score of one paper for a query, by term and field; 0 when it does not match.

        What the second stage adds is a part of its own, of the field `LATENT_FIELD`.

        Raises:
            PaperNotFoundError: the index does not hold the paper.
        """
        explained = self.explain_papers(query, [arxiv_id], filters=filters, rank=rank)
        if not explained:
            raise PaperNotFoundError(
                f"The search index does not hold {arxiv_id}. Check the identifier, or run "
                "`papersift index` if the paper was harvested just now."
            )
        return explained[arxiv_id]

    def explain_papers(
        self,
        query: QueryNode,
        arxiv_ids: Collection[ArxivId],
        *,
        filters: Filters = EVERY_PAPER,
        rank: RankMode = RankMode.DEFAULT,
    ) -> dict[ArxivId, Explanation]:
        """The explanations of those of the papers that the index holds, as `explain` gives them.

        Each part of the query is computed once for all of them.
        """
        compiled = compile_tree(query)
        plan = compiled.get_plan()
        explained: dict[ArxivId, Explanation] = {}
        with self._borrow() as (snapshot, _searcher, executor):
            held = find_documents(executor, arxiv_ids)
            scores = PaperScores(executor, held)
            bonuses: dict[int, tuple[TermContribution, ...]] = {}
            if rank is RankMode.DEFAULT:
                bonuses = list_bonuses(executor, snapshot.model, compiled, filters)
            for arxiv_id, number in held.items():
                parts = tuple(list_contributions(scores, plan, arxiv_id))
                parts += bonuses.get(number, ()) if parts else ()
                score = sum(part.weight for part in parts)
                explained[arxiv_id] = Explanation(arxiv_id, score, parts)
        return explained

    def score_papers(
        self,
        query: QueryNode,
        arxiv_ids: Collection[ArxivId],
        filters: Filters = EVERY_PAPER,
    ) -> dict[ArxivId, float]:
        """The scores by words of those of the given papers that match and pass the filters."""
        plan = compile_tree(query).get_plan()
        with self._borrow() as (_snapshot, _searcher, executor):
            return score_papers(executor, plan, arxiv_ids, filters)

    def suggest(
        self, prefix: str, limit: int, *, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Index terms that begin with `prefix`, most frequent first, ties alphabetically."""
        text = prefix.strip().casefold()
        return self._choose(BeginsWith(text), limit, field) if text else []

    def list_matching_terms(
        self, pattern: str, limit: int, *, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Index terms that match a pattern of `*` and `?`, most frequent first."""
        text = pattern.strip().casefold()
        return self._choose(Wildcard(text), limit, field) if text else []

    def list_similar_terms(
        self, word: str, limit: int, *, max_edits: int = 1, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Index terms a few letters from a word, with the same first letter."""
        pattern = SimilarTo(word.strip().casefold(), min(max_edits, MAX_EDITS))
        return self._choose(pattern, limit, field) if pattern.word else []

    def get_term_statistics(
        self, terms: Sequence[str], *, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Statistics of index terms, in the order asked; frequency 0 for unknown ones."""
        with self._borrow() as (snapshot, _searcher, executor):
            if field is not None:
                return statistics.list_field_statistics(executor, get_index_field(field), terms)
            return self._statistics.compute(snapshot, executor, terms)

    def get_document_frequencies(
        self, terms: Sequence[str], *, field: QueryField | None = None
    ) -> list[int]:
        """How many papers hold each index term, as scores count them."""
        fields = statistics.WHOLE_PAPER if field is None else (get_index_field(field),)
        with self._borrow() as (_snapshot, _searcher, executor):
            return statistics.list_document_frequencies(executor, fields, terms)

    def stream_terms(self, field: QueryField) -> Iterator[tuple[str, int]]:
        """All words of a field in order of their text, and how many papers hold each."""
        with self._borrow() as (_snapshot, _searcher, executor):
            for term, count in statistics.stream_terms(executor, get_index_field(field)):
                # Authors also have marks and terms that tie a family to initials.
                if term[0].isalnum() or field is not QueryField.AUTHOR:
                    yield term, count

    def find_similar(
        self, weighted_terms: Sequence[tuple[str, float]], filters: Filters, limit: int
    ) -> EngineResult:
        """Papers that score best for an OR of weighted index terms over title and abstract."""
        query = compile_weighted_terms(weighted_terms)
        return self._answer(CompiledQuery(query, make_plan(query)), Page(filters, limit=limit))

    def find_candidates(self, question: CandidateQuestion) -> Candidates:
        """Papers that may be like a profile, with what each of them holds of it."""
        with self._borrow() as (snapshot, _searcher, executor):
            return find_candidates(executor, snapshot.model, snapshot.state, question)

    def choose_telling_terms(
        self, documents: Sequence[IndexDocument]
    ) -> tuple[tuple[str, float], ...]:
        """The index terms by which papers like the given ones are found, heaviest first."""
        with self._borrow() as (_snapshot, _searcher, executor):
            return tuple(choose_terms(executor, documents, MAX_LIKENESS_TERMS))

    def find_more_like(
        self, documents: Sequence[IndexDocument], filters: Filters, limit: int
    ) -> EngineResult:
        """Papers most like the given ones taken together, which are left out themselves."""
        weighted = self.choose_telling_terms(documents)
        known = {document.arxiv_id for document in documents}
        found = self.find_similar(weighted, filters, limit + len(known))
        hits = tuple(hit for hit in found.hits if hit.arxiv_id not in known)
        return EngineResult(hits[:limit], found.total, found.state, found.facets)

    def get_state(self) -> IndexState:
        """Which index answers now."""
        with translate_read_errors():
            snapshot = self._source.get()
        self._health.check(snapshot)
        return snapshot.state

    def warm_up(self) -> float:
        """Load the compiled kernels, or compile them; returns the seconds it took.

        Searches answer meanwhile, by numpy's kernels.
        """
        return self._executors.warm_up()

    def verify(self) -> bool:
        """Whether all files of the newest state hold what was written; if not, it is refused."""
        try:
            with translate_read_errors():
                snapshot = self._source.get()
        except IndexMissingError:
            return True
        except SearchIndexError:
            return False
        return self._health.verify(snapshot)

    def close(self) -> None:
        """Let go of all files."""
        self._source.close()

    def _answer(
        self, compiled: CompiledQuery, page: Page, *, is_reranked: bool = False
    ) -> EngineResult:
        with self._borrow() as (snapshot, searcher, executor):
            plan = compiled.plan
            matches = list_matches(searcher, compiled.query) if plan is None else plan
            second_stage = make_stages(executor, snapshot.model, compiled) if is_reranked else None
            if second_stage is not None:
                page, second_stage = go_on(executor, matches, page, second_stage)
            found: Answer = answer(executor, matches, page, second_stage)
            notes = (_VECTORS_MISSING,) if is_reranked and snapshot.lacks_vectors else ()
            return EngineResult(found.hits, found.total, snapshot.state, found.facets, notes)

    def _choose(
        self, pattern: TermPattern, limit: int, field: QueryField | None
    ) -> list[TermStatistics]:
        """The most frequent terms that a pattern means."""
        if limit <= 0:
            return []
        with self._borrow() as (snapshot, _searcher, executor):
            if field is None:
                bounds = statistics.list_candidates(executor, statistics.WHOLE_PAPER, pattern)
                return statistics.choose_most_frequent(
                    bounds,
                    limit,
                    lambda term: self._statistics.compute(snapshot, executor, [term])[0],
                )
            name = get_index_field(field)
            bounds = statistics.list_candidates(executor, [name], pattern)
            chosen = nsmallest(limit, bounds, key=lambda term: (-bounds[term], term))
            return statistics.list_field_statistics(executor, name, chosen)

    @contextmanager
    def _borrow(self) -> Iterator[tuple[Snapshot, Any, Executor]]:
        with translate_read_errors(), self._source.borrow() as (snapshot, searcher):
            self._health.check(snapshot)
            yield snapshot, searcher, self._executors.get(snapshot)
