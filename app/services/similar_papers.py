"""The papers most like a profile of weighted words, with the reasons for each.

Two passes: the engine finds candidates by single words over the whole index; these are read from
the database and scored again by words and pairs of neighbours (`app.text.similarity`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.query import Filters, Sort
from app.domain.related import Reason, ReasonKind, RelatedPaper
from app.domain.results import EngineHit, Hit, IndexState
from app.search.engine import SearchEngine
from app.services.named_papers import sort_papers
from app.text.similarity import (
    Contribution,
    Feature,
    TermCounts,
    compute_idf,
    count_terms,
    group_near_duplicates,
    list_contributions,
    weigh_features,
)

CANDIDATES = 60
"""Papers that are read and scored again: the longest list of related papers.

Reading texts is most of the time an answer takes; of 50 to 200 candidates the first ten are
nearly as good (nDCG@10 within 0.002)."""

MAX_ENGINE_TERMS = 200
"""Words that the engine is asked with, the heaviest of a profile."""

CATEGORY_SHARE = 0.2
"""What the same categories add to a score, as a part of it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        importance: of terms and pairs (`app.text.similarity.measure_importance`).
        surfaces: how people read them.
        categories: those of each paper that is the model; empty when there is none.
        left_out: papers that are no answer.
    """

    importance: Mapping[Feature, float]
    surfaces: Mapping[Feature, str]
    categories: Sequence[tuple[str, ...]] = ()
    left_out: Collection[ArxivId] = ()


@dataclass(frozen=True, slots=True)
class SimilarPapers:
    """The papers found, best first, and the profile they were scored by."""

    papers: tuple[RelatedPaper, ...]
    profile: Mapping[Feature, float]
    state: IndexState


class SimilarityFinder:
    """Finds papers like a profile; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine) -> None:
        self._database = database
        self._engine = engine

    def weigh(self, importance: Mapping[Feature, float]) -> dict[Feature, float]:
        """The profile of an importance: each feature times its rarity in the index."""
        terms = list({term for feature in importance for term in feature})
        return weigh_features(importance, self._get_idfs(terms).__getitem__)

    def find(self, wanted: Wanted, filters: Filters, *, only_above: float = 0.0) -> SimilarPapers:
        """At most `CANDIDATES` papers that share words with the profile, near-duplicates folded.

        Papers whose score is not above `only_above` are left out.
        """
        asked = {
            feature[0]: value
            for feature, value in wanted.importance.items()
            if len(feature) == 1 and value > 0.0
        }
        if not asked:
            return SimilarPapers((), {}, self._engine.get_state())
        profile = self.weigh(wanted.importance)
        heaviest = sorted(asked, key=lambda term: (-profile[(term,)], term))[:MAX_ENGINE_TERMS]
        limit = CANDIDATES + len(wanted.left_out)
        found = self._engine.find_similar(
            [(each, asked[each]) for each in heaviest], filters, limit
        )
        left_out = set(wanted.left_out)
        hits = [hit for hit in found.hits if hit.arxiv_id not in left_out][:CANDIDATES]
        papers = [hit.paper for hit in load_hits(self._database, hits)]
        return SimilarPapers(
            tuple(self._rank(papers, profile, wanted, only_above)), profile, found.state
        )

    def _rank(
        self,
        papers: Sequence[Paper],
        profile: Mapping[Feature, float],
        wanted: Wanted,
        only_above: float,
    ) -> list[RelatedPaper]:
        texts = [count_terms(paper.title, paper.abstract) for paper in papers]
        average = sum(text.length for text in texts) / max(len(texts), 1)
        scored = []
        for paper, text in zip(papers, texts, strict=True):
            contributions = list_contributions(profile, text, max(average, 1.0))
            lexical = sum(each.weight for each in contributions)
            shared = _measure_agreement(wanted.categories, paper.categories)
            category = CATEGORY_SHARE * shared * max(lexical, 0.0)
            if lexical + category > only_above:
                scored.append((lexical + category, paper, text, contributions, category))
        # Equal scores stay in the engine's order, which is total.
        scored.sort(key=lambda each: -each[0])
        ranked = [
            RelatedPaper(
                paper=paper,
                score=score,
                reasons=tuple(_list_reasons(contributions, wanted, paper, category)),
            )
            for score, paper, _text, contributions, category in scored
        ]
        return _fold_duplicates(ranked, [text for _score, _paper, text, *_rest in scored])

    def _get_idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """The idf of each term by the field that more papers hold it in."""
        papers = self._engine.get_state().papers
        frequencies = self._engine.get_document_frequencies(terms)
        return {
            term: compute_idf(frequency, papers)
            for term, frequency in zip(terms, frequencies, strict=True)
        }


def load_hits(database: Database, hits: Sequence[EngineHit]) -> list[Hit]:
    """The hits with their papers, in order; those that the database does not hold are left out."""
    with database.read() as tx:
        held = find_papers(tx, [hit.arxiv_id for hit in hits])
    return [Hit(held[hit.arxiv_id], hit.score) for hit in hits if hit.arxiv_id in held]


def arrange(papers: Sequence[RelatedPaper], sort: Sort) -> list[RelatedPaper]:
    """The papers by relevance, as they come, or by a date."""
    by_id = {each.paper.arxiv_id: each for each in papers}
    return [by_id[paper.arxiv_id] for paper in sort_papers([each.paper for each in papers], sort)]


def list_profile(
    profile: Mapping[Feature, float], surfaces: Mapping[Feature, str], limit: int
) -> list[Reason]:
    """The heaviest features of a profile as people read them, dislikes by their size."""
    heaviest = nsmallest(limit, profile, key=lambda feature: (-abs(profile[feature]), feature))
    return [
        Reason(_kind_of(feature), _name(feature, surfaces), profile[feature])
        for feature in heaviest
        if profile[feature] != 0.0
    ]


def _list_reasons(
    contributions: Iterable[Contribution], wanted: Wanted, paper: Paper, category: float
) -> list[Reason]:
    reasons = [
        Reason(_kind_of(each.feature), _name(each.feature, wanted.surfaces), each.weight)
        for each in contributions
    ]
    if category > 0.0:
        known = {code for codes in wanted.categories for code in codes}
        shared = ", ".join(code for code in paper.categories if code in known)
        reasons.append(Reason(ReasonKind.CATEGORY, shared, category))
        reasons.sort(key=lambda each: -each.weight)
    return reasons


def _kind_of(feature: Feature) -> ReasonKind:
    return ReasonKind.TERM if len(feature) == 1 else ReasonKind.PHRASE


def _name(feature: Feature, surfaces: Mapping[Feature, str]) -> str:
    return surfaces.get(feature) or " ".join(feature)


def _measure_agreement(models: Sequence[tuple[str, ...]], categories: tuple[str, ...]) -> float:
    """The mean share of common categories (Jaccard), 0 to 1; 0 without models."""
    given = set(categories)
    shares = [len(given & set(each)) / max(len(given | set(each)), 1) for each in models]
    return sum(shares) / len(shares) if shares else 0.0


def _fold_duplicates(
    ranked: Sequence[RelatedPaper], texts: Sequence[TermCounts]
) -> list[RelatedPaper]:
    """The best of each group of near-duplicates, with the others' identifiers."""
    leaders = group_near_duplicates(texts)
    followers: dict[int, list[ArxivId]] = {}
    for place, leader in enumerate(leaders):
        if leader != place:
            followers.setdefault(leader, []).append(ranked[place].paper.arxiv_id)
    return [
        replace(each, duplicates=tuple(followers.get(place, ())))
        for place, each in enumerate(ranked)
        if leaders[place] == place
    ]
