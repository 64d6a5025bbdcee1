"""The papers most like a profile of weighted words, with the reasons for each.

Two passes: the engine finds candidates by single words over the whole index; these are read from
the database and scored again by words and pairs of neighbours (`app.text.similarity`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from typing import NamedTuple

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.query import Filters, Sort
from app.domain.related import Reason, ReasonKind, RelatedPaper
from app.domain.results import EngineHit, Hit, IndexState
from app.search.engine import SearchEngine
from app.services.named_papers import sort_papers
from app.services.text_memory import TextMemory
from app.text.similarity import (
    Contribution,
    Feature,
    LaidOutText,
    Sought,
    TermCounts,
    compute_idf,
    count_laid_out,
    count_sought,
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


SUSPECT_LIKENESS = 0.7
"""Texts less alike than this in length, or in which words of the profile they hold, are no
near-duplicates; below `DUPLICATE_OVERLAP`, so that none is lost."""


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
class SimilarPapers:
    """The papers found, best first, and the profile they were scored by.

    Attributes:
        papers: without their reasons, which `explain` adds to those that are shown.
        parts: what each paper's score is made of.
    """

    papers: tuple[RelatedPaper, ...]
    profile: Mapping[Feature, float]
    state: IndexState
    parts: Mapping[ArxivId, "ScoreParts"] = field(default_factory=dict)

    def list_shared(self, shown: Iterable[RelatedPaper]) -> set[Feature]:
        """The terms and pairs that some papers share with the profile."""
        return {
            part.feature for each in shown for part in self.parts[each.paper.arxiv_id].contributions
        }

    def explain(
        self, shown: Iterable[RelatedPaper], surfaces: Mapping[Feature, str]
    ) -> list[RelatedPaper]:
        """Some of the papers with their reasons.

        Args:
            shown: some of `papers`.
            surfaces: how people read what they share.
        """
        return [
            replace(
                each,
                reasons=tuple(_list_reasons(self.parts[each.paper.arxiv_id], surfaces)),
            )
            for each in shown
        ]


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What the score of one paper is made of.

    Attributes:
        contributions: of terms and pairs, largest first.
        categories: those it shares with the models.
        category: what they add.
    """

    contributions: Sequence[Contribution]
    categories: tuple[str, ...]
    category: float


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
        texts = [self._texts.read(paper) for paper in papers]
        scored = _score(papers, texts, profile, wanted, only_above)
        return SimilarPapers(
            tuple(_fold_duplicates(scored, heaviest)),
            profile,
            found.state,
            {each.paper.arxiv_id: each.parts for each in scored},
        )

    def _get_idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """The idf of each term by the field that more papers hold it in."""
        papers = self._engine.get_state().papers
        frequencies = self._engine.get_document_frequencies(terms)
        return {
            term: compute_idf(frequency, papers)
            for term, frequency in zip(terms, frequencies, strict=True)
        }


class _Scored(NamedTuple):
    """A paper, its score, what that is made of, its words, and those of the profile it has."""

    paper: Paper
    score: float
    parts: ScoreParts
    text: LaidOutText
    held: TermCounts


def _score(
    papers: Sequence[Paper],
    texts: Sequence[LaidOutText],
    profile: Mapping[Feature, float],
    wanted: Wanted,
    only_above: float,
) -> list[_Scored]:
    """The papers whose score is above a bound, best first."""
    sought = Sought(profile)
    counted = [count_sought(text, sought) for text in texts]
    average = sum(held.length for held in counted) / max(len(counted), 1)
    known = {code for codes in wanted.categories for code in codes}
    scored = []
    for paper, text, held in zip(papers, texts, counted, strict=True):
        contributions = list_contributions(profile, held, max(average, 1.0))
        lexical = sum(each.weight for each in contributions)
        agreement = _measure_agreement(wanted.categories, paper.categories)
        category = CATEGORY_SHARE * agreement * max(lexical, 0.0)
        if lexical + category > only_above:
            shared = tuple(code for code in paper.categories if code in known)
            parts = ScoreParts(contributions, shared, category)
            scored.append(_Scored(paper, lexical + category, parts, text, held))
    # Equal scores stay in the engine's order, which is total.
    scored.sort(key=lambda each: -each.score)
    return scored


def load_hits(database: Database, hits: Sequence[EngineHit]) -> list[Hit]:
    """The hits with their papers, in order; those that the database does not hold are left out."""
    with database.read() as tx:
        held = find_papers(tx, [hit.arxiv_id for hit in hits])
    return [Hit(held[hit.arxiv_id], hit.score) for hit in hits if hit.arxiv_id in held]


def arrange(papers: Sequence[RelatedPaper], sort: Sort) -> list[RelatedPaper]:
    """The papers by relevance, as they come, or by a date."""
    by_id = {each.paper.arxiv_id: each for each in papers}
    return [by_id[paper.arxiv_id] for paper in sort_papers([each.paper for each in papers], sort)]


def choose_shown(profile: Mapping[Feature, float], limit: int) -> list[Feature]:
    """The heaviest features of a profile, dislikes by their size."""
    heaviest = nsmallest(limit, profile, key=lambda feature: (-abs(profile[feature]), feature))
    return [feature for feature in heaviest if profile[feature] != 0.0]


def list_profile(
    profile: Mapping[Feature, float], shown: Iterable[Feature], surfaces: Mapping[Feature, str]
) -> list[Reason]:
    """Some features of a profile as people read them, heaviest first."""
    reasons = [
        Reason(_kind_of(feature), _name(feature, surfaces), profile[feature]) for feature in shown
    ]
    return _join_spellings(reasons, by_size=True)


def _list_reasons(parts: ScoreParts, surfaces: Mapping[Feature, str]) -> list[Reason]:
    reasons = [
        Reason(_kind_of(each.feature), _name(each.feature, surfaces), each.weight)
        for each in parts.contributions
    ]
    if parts.category > 0.0:
        shared = ", ".join(parts.categories)
        reasons.append(Reason(ReasonKind.CATEGORY, shared, parts.category))
    return _join_spellings(reasons)


def _join_spellings(reasons: Iterable[Reason], *, by_size: bool = False) -> list[Reason]:
    """Reasons by weight, those that read the same as one: "position-wise" is a pair and a word."""
    joined: dict[str, Reason] = {}
    for each in reasons:
        known = joined.get(each.text)
        if known is not None:
            weight = known.weight + each.weight
            kind = each.kind if known.kind is ReasonKind.TERM else known.kind
            joined[each.text] = Reason(kind, each.text, weight)
        else:
            joined[each.text] = each
    if by_size:
        return sorted(joined.values(), key=lambda each: -abs(each.weight))
    return sorted(joined.values(), key=lambda each: -each.weight)


def _kind_of(feature: Feature) -> ReasonKind:
    return ReasonKind.TERM if len(feature) == 1 else ReasonKind.PHRASE


def _name(feature: Feature, surfaces: Mapping[Feature, str]) -> str:
    return surfaces.get(feature) or " ".join(feature)


def _measure_agreement(models: Sequence[tuple[str, ...]], categories: tuple[str, ...]) -> float:
    """The mean share of common categories (Jaccard), 0 to 1; 0 without models."""
    given = set(categories)
    shares = [len(given & set(each)) / max(len(given | set(each)), 1) for each in models]
    return sum(shares) / len(shares) if shares else 0.0


def _fold_duplicates(scored: Sequence[_Scored], words: Sequence[str]) -> list[RelatedPaper]:
    """The best of each group of near-duplicates, with the others' identifiers.

    Args:
        scored: papers, best first.
        words: the heaviest of the profile.
    """
    suspects = _list_suspects([each.held for each in scored], words)
    leaders = list(range(len(scored)))
    texts = [count_laid_out(scored[each].text) for each in suspects]
    for place, leader in zip(suspects, group_near_duplicates(texts), strict=True):
        leaders[place] = suspects[leader]
    followers: dict[int, list[ArxivId]] = {}
    for place, leader in enumerate(leaders):
        if leader != place:
            followers.setdefault(leader, []).append(scored[place].paper.arxiv_id)
    return [
        RelatedPaper(each.paper, each.score, (), duplicates=tuple(followers.get(place, ())))
        for place, each in enumerate(scored)
        if leaders[place] == place
    ]


def _list_suspects(texts: Sequence[TermCounts], words: Sequence[str]) -> list[int]:
    """Texts that may nearly repeat another: about as long, with about the same of some words.

    What nearly repeats all of a text holds nearly the same of any words, so that most texts need
    not be compared as wholes.
    """
    bits: dict[Feature, int] = {(word,): 1 << number for number, word in enumerate(words)}
    held = [sum(bits.get(feature, 0) for feature in text.counts) for text in texts]
    by_length = sorted(range(len(texts)), key=lambda place: texts[place].length)
    suspects: set[int] = set()
    for number, left in enumerate(by_length):
        longest = texts[left].length / SUSPECT_LIKENESS
        for right in by_length[number + 1 :]:
            if texts[right].length > longest:
                break
            common = (held[left] & held[right]).bit_count()
            every = (held[left] | held[right]).bit_count()
            if common >= SUSPECT_LIKENESS * every - 1:
                suspects.update((left, right))
    return sorted(suspects)
