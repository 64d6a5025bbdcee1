"""Papers related to one paper, with reasons, split by time."""

from collections import Counter
from collections.abc import Callable, Container, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import parse_arxiv_id
from app.domain.keywords import CorpusStatistics
from app.domain.paper import Paper, PaperOutline
from app.domain.query import Filters, Or, RankMode, SearchRequest, Term
from app.domain.related import (
    Reason,
    ReasonKind,
    RelatedMethod,
    RelatedPage,
    RelatedPaper,
    TimeRelation,
)
from app.domain.results import IndexState
from app.search.engine import SearchEngine
from app.services.papers import get_living_paper
from app.services.reasons import give_reasons, list_features, list_profile
from app.services.search import SearchLimits, SearchQuestion, make_filters
from app.services.similar_papers import (
    MAX_SIMILAR,
    FoundPaper,
    SimilarityFinder,
    Wanted,
    choose_shown,
)
from app.text.keywords import extract_literal_keywords
from app.text.names import fold_name
from app.text.similarity import count_terms, measure_importance
from app.text.surfaces import find_surfaces

SAME_TIME = timedelta(days=183)
"""Papers submitted at most this far apart, half a year, are of the same time."""

SHOWN_PROFILE = 30
"""Words and pairs of a profile that an answer names."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The papers found, and what adds the reasons to those that are shown.

    Attributes:
        explain: a page of the papers -> the page with reasons, and what was asked with.
    """

    papers: Sequence[FoundPaper]
    state: IndexState
    explain: Callable[[Sequence[RelatedPaper]], tuple[list[RelatedPaper], list[Reason]]]


class RelatedService:
    """Finds related papers; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine, limits: SearchLimits) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits
        self._finder = SimilarityFinder(database, engine)

    def allow_pages_of(self, most: int) -> Self:
        """The same service, which gives up to so many papers at once."""
        wide = copy(self)
        wide._limits = replace(self._limits, max_page_size=most)
        return wide

    def find_related(
        self,
        written_id: str,
        question: SearchQuestion,
        method: RelatedMethod = RelatedMethod.DEFAULT,
    ) -> RelatedPage:
        """One page of the papers most like a paper; without words there are none.

        At most `MAX_SIMILAR` papers are related. No date is part of the score; orders other than
        relevance arrange these papers.

        Args:
            written_id: identifier in any written form.
            question: filters, order and page; its text is not used.
            method: how they are found.

        Raises:
            InvalidInputError: the identifier, a filter or a limit cannot be used.
            PaperDeletedError: arXiv deleted the record.
            PaperNotFoundError: the paper is not held here.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        limit = self._limits.choose_page_size(question.limit)
        filters = make_filters(question)
        asked = parse_arxiv_id(written_id)
        with self._database.read() as tx:
            seed = get_living_paper(tx, asked.arxiv_id)
        find = self._find_by_keywords if method is RelatedMethod.LITERAL else self._find_by_text
        found = find(seed, filters)
        shown = self._finder.arrange(found.papers, question.sort)[
            question.offset : question.offset + limit
        ]
        known = {fold_name(author.name) for author in seed.authors}
        page = [
            replace(
                each,
                relation=_tell_relation(each.paper.submitted_at, seed),
                shared_authors=_list_shared_authors(each.paper, known),
            )
            for each in self._finder.read(shown)
        ]
        explained, asked_with = found.explain(page)
        relations = Counter(
            _tell_relation(each.outline.submitted_at, seed) for each in found.papers
        )
        return RelatedPage(
            papers=tuple(explained),
            total=len(found.papers),
            offset=question.offset,
            limit=limit,
            counts=dict(relations),
            asked_with=tuple(asked_with),
            state=found.state,
        )

    def _find_by_text(self, seed: Paper, filters: Filters) -> "_Found":
        """By all words and pairs of neighbours of title and abstract."""
        importance = measure_importance(count_terms(seed.title, seed.abstract))
        wanted = Wanted(importance, (seed.categories,), (seed.arxiv_id,))
        found = self._finder.find(wanted, filters)

        def explain(page: Sequence[RelatedPaper]) -> tuple[list[RelatedPaper], list[Reason]]:
            shown = choose_shown(found.profile, SHOWN_PROFILE)
            parts = found.take_apart(page)
            named = list_features(parts).union(shown)
            surfaces = find_surfaces(seed.abstract, named) | find_surfaces(seed.title, named)
            explained = give_reasons(page, parts, wanted.categories, surfaces)
            return explained, list_profile(found.profile, shown, surfaces)

        return _Found(found.papers, found.state, explain)

    def _find_by_keywords(self, seed: Paper, filters: Filters) -> "_Found":
        """By any of the ten keywords, in the order of a search for them."""
        statistics = CorpusStatistics(
            self._engine.get_state().papers,
            self._engine.get_document_frequencies,
        )
        keywords = extract_literal_keywords(seed.title, seed.abstract, statistics)
        # Words of one index term are asked for once.
        by_term: dict[tuple[str, ...], Reason] = {}
        for each in keywords:
            by_term.setdefault(each.terms, Reason(ReasonKind.TERM, each.text, each.weight))
        asked_with = list(by_term.values())
        if not keywords:
            return _Found((), self._engine.get_state(), lambda page: (list(page), asked_with))
        # The paper itself is an answer to its own keywords.
        request = SearchRequest(
            _make_query(asked_with), filters, limit=MAX_SIMILAR + 1, rank=RankMode.BM25
        )
        found = self._engine.search(request)
        hits = [hit for hit in found.hits if hit.arxiv_id != seed.arxiv_id][:MAX_SIMILAR]
        with self._database.read() as tx:
            held = find_papers(tx, [hit.arxiv_id for hit in hits])
        papers = [
            FoundPaper(PaperOutline.of(held[hit.arxiv_id]), hit.score)
            for hit in hits
            if hit.arxiv_id in held
        ]
        return _Found(
            papers,
            found.state,
            lambda page: (self._explain_keywords(page, asked_with), asked_with),
        )

    def _explain_keywords(
        self, page: Sequence[RelatedPaper], asked_with: Sequence[Reason]
    ) -> list[RelatedPaper]:
        """The papers with the part that each keyword has in their scores."""
        ids = [each.paper.arxiv_id for each in page]
        parts = {word.text: self._engine.score_papers(Term(word.text), ids) for word in asked_with}
        explained = []
        for each in page:
            reasons = [
                Reason(ReasonKind.TERM, text, scores[each.paper.arxiv_id])
                for text, scores in parts.items()
                if each.paper.arxiv_id in scores
            ]
            reasons.sort(key=lambda reason: -reason.weight)
            explained.append(replace(each, reasons=tuple(reasons)))
        return explained


def _make_query(words: Sequence[Reason]) -> Or:
    return Or(tuple(Term(each.text) for each in words))


def _tell_relation(submitted_at: datetime, seed: Paper) -> TimeRelation:
    apart = submitted_at - seed.submitted_at
    if abs(apart) <= SAME_TIME:
        return TimeRelation.SAME
    return TimeRelation.EARLIER if apart < timedelta() else TimeRelation.LATER


def _list_shared_authors(paper: Paper, known: Container[str]) -> tuple[str, ...]:
    """Names of the paper that are known when folded, as the paper writes them."""
    return tuple(author.name for author in paper.authors if fold_name(author.name) in known)
