"""The papers most like a profile of weighted words, with the reasons for each.

Two passes over the index: candidates are found by single words, then scored again by what they
hold of all words and pairs of neighbours (`app.services.candidate_scores`), read off postings and
positions. Papers are read from the database only when they are shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from app.db.papers import find_papers
from app.db.session import Database
from app.db.stars import count_stars
from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper, PaperOutline
from app.domain.query import Filters, Sort
from app.domain.related import RelatedPaper
from app.domain.results import IndexState
from app.search.candidates import CandidateQuestion, Candidates
from app.search.engine import SearchEngine
from app.services.candidate_scores import CandidateScores, ScoreParts
from app.services.named_papers import sort_papers
from app.services.near_duplicates import fold_duplicates
from app.services.text_memory import TextMemory
from app.text.similarity import (
    Feature,
    TermCounts,
    compute_idf,
    count_laid_out,
    weigh_features,
)

CANDIDATES = 200
"""Papers that are scored again."""

MAX_SIMILAR = 100
"""The longest list of papers like a profile."""

MAX_ENGINE_TERMS = 200
"""Words that the engine is asked with, the heaviest of a profile."""

MAX_FEATURES = 1_500
"""Words and pairs that candidates are scored by, the heaviest of a profile. One paper has hardly
ever more than 400; of 50 papers alike, 98 of 100 recommendations stay what all features give."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        importance: of terms and pairs (`app.text.similarity.measure_importance`).
        categories: those of each paper that is the model; empty when there is none.
        left_out: papers that are no answer.
    """

    importance: Mapping[Feature, float]
    categories: Sequence[tuple[str, ...]] = ()
    left_out: Collection[ArxivId] = ()


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """A paper that was found, before it is read.

    Attributes:
        duplicates: papers that say nearly the same, folded into this one.
    """

    outline: PaperOutline
    score: float
    duplicates: tuple[ArxivId, ...] = ()


@dataclass(frozen=True, slots=True)
class SimilarPapers:
    """The papers found, best first, and the profile they were scored by.

    Attributes:
        scores: of these papers and of others.
        places: where the papers stand among them.
    """

    papers: tuple[FoundPaper, ...]
    profile: Mapping[Feature, float]
    state: IndexState
    scores: CandidateScores
    places: Mapping[ArxivId, int]

    def take_apart(self, shown: Iterable[RelatedPaper]) -> dict[ArxivId, ScoreParts]:
        """What the scores of some of the papers are made of."""
        ids = [each.paper.arxiv_id for each in shown]
        return {each: self.scores.explain(self.places[each]) for each in ids}


class SimilarityFinder:
    """Finds papers like a profile; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine) -> None:
        self._database = database
        self._engine = engine
        self._texts = TextMemory()

    def count_terms(self, paper: Paper) -> TermCounts:
        """The terms and pairs of a paper."""
        return count_laid_out(self._texts.read(paper))

    def weigh(self, importance: Mapping[Feature, float]) -> dict[Feature, float]:
        """The profile of an importance: each feature times its rarity in the index."""
        terms = list(dict.fromkeys(term for feature in importance for term in feature))
        return weigh_features(importance, self._get_idfs(terms).__getitem__)

    def find(self, wanted: Wanted, filters: Filters) -> SimilarPapers:
        """At most `MAX_SIMILAR` papers that share words with the profile, near-duplicates folded.

        Papers that share more of what is disliked than of what is liked are left out.
        """
        asked = {
            feature[0]: value
            for feature, value in wanted.importance.items()
            if len(feature) == 1 and value > 0.0
        }
        if not asked:
            return self._find_nothing()
        profile = self.weigh(wanted.importance)
        heaviest = nsmallest(MAX_ENGINE_TERMS, asked, key=lambda term: (-profile[term,], term))
        features = choose_shown(profile, MAX_FEATURES)
        question = CandidateQuestion(
            weighted_terms=[(term, asked[term]) for term in heaviest],
            features=features,
            filters=filters,
            limit=CANDIDATES,
            left_out=wanted.left_out,
        )
        candidates = self._engine.find_candidates(question)
        agreement = _measure_agreement(wanted.categories, candidates.papers)
        scores = CandidateScores(candidates, features, profile, agreement)
        ranked = scores.list_best(only_above=0.0)
        folded = fold_duplicates(candidates, ranked, self._read_texts)[:MAX_SIMILAR]
        return SimilarPapers(
            tuple(
                FoundPaper(candidates.papers[place], float(scores.totals[place]), duplicates)
                for place, duplicates in folded
            ),
            profile,
            candidates.state,
            scores,
            {each.arxiv_id: place for place, each in enumerate(candidates.papers)},
        )

    def _find_nothing(self) -> SimilarPapers:
        state = self._engine.get_state()
        scores = CandidateScores(Candidates.make_empty(state), (), {}, np.zeros(0))
        return SimilarPapers((), {}, state, scores, {})

    def arrange(self, papers: Sequence[FoundPaper], sort: Sort) -> list[FoundPaper]:
        """The papers by relevance, as they come, by a date, or by stars."""
        if sort is not Sort.STARS:
            return _arrange(papers, sort)
        with self._database.read() as tx:
            stars = count_stars(tx, [each.outline.arxiv_id for each in papers])
        return sorted(papers, key=lambda each: -stars.get(each.outline.arxiv_id, 0))

    def read(self, shown: Sequence[FoundPaper]) -> list[RelatedPaper]:
        """Some of the papers found, without their reasons; those deleted meanwhile are left out."""
        with self._database.read() as tx:
            held = find_papers(tx, [each.outline.arxiv_id for each in shown])
        return [
            RelatedPaper(paper, each.score, (), duplicates=each.duplicates)
            for each in shown
            if (paper := held.get(each.outline.arxiv_id)) is not None
        ]

    def _read_texts(self, ids: Sequence[ArxivId]) -> list[TermCounts | None]:
        if not ids:
            return []
        with self._database.read() as tx:
            held = find_papers(tx, ids)
        return [self.count_terms(held[each]) if each in held else None for each in ids]

    def _get_idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """The idf of each term by the field that more papers hold it in."""
        papers = self._engine.get_state().papers
        frequencies = self._engine.get_document_frequencies(terms)
        return {
            term: compute_idf(frequency, papers)
            for term, frequency in zip(terms, frequencies, strict=True)
        }


def _arrange(papers: Sequence[FoundPaper], sort: Sort) -> list[FoundPaper]:
    by_id = {each.outline.arxiv_id: each for each in papers}
    return [by_id[each.arxiv_id] for each in sort_papers([one.outline for one in papers], sort)]


def choose_shown(profile: Mapping[Feature, float], limit: int) -> list[Feature]:
    """The heaviest features of a profile, dislikes by their size."""
    heaviest = nsmallest(limit, profile, key=lambda feature: (-abs(profile[feature]), feature))
    return [feature for feature in heaviest if profile[feature] != 0.0]


def _measure_agreement(
    models: Sequence[tuple[str, ...]], papers: Sequence[PaperOutline]
) -> NDArray[np.float64]:
    """Each paper's mean share of common categories (Jaccard), 0 to 1; 0 without models."""
    # Papers alike are of few different sets of categories.
    known = {codes: _compare_codes(models, codes) for codes in {one.categories for one in papers}}
    return np.array([known[one.categories] for one in papers], np.float64)


def _compare_codes(models: Sequence[tuple[str, ...]], codes: tuple[str, ...]) -> float:
    given = set(codes)
    shares = [len(given & set(each)) / len(given | set(each)) for each in models]
    return sum(shares) / len(shares) if shares else 0.0
