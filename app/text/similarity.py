"""How alike two texts are, by the terms and pairs of neighbours they share, each with its part.

With tf counting the title `TITLE_WEIGHT` times, a profile weighs a term of its text by

    w(t) = sat(tf(t)) · idf(t),   sat(x) = x (k + 1) / (x + k),

and a pair of terms side by side by `PAIR_WEIGHT` times its saturated count times the sum of both
idfs. A text scores Σ w(t) · tf (K + 1) / (tf + K (1 − B + B length / average)) over the terms and
pairs it has: BM25 with the whole text as the query (`app.services.candidate_scores` adds it up).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import log
from typing import NamedTuple, Self

from app.text.tokenize import lay_out_terms

TITLE_WEIGHT = 2.0
"""What an occurrence in the title counts, where one in the abstract counts 1."""

PAIR_WEIGHT = 0.25
"""What two neighbours add, beside what each of them is worth alone."""

QUERY_SATURATION = 1.2
"""k: how soon further occurrences in the profile's own text stop counting."""

TEXT_SATURATION = 1.2
"""K: the same in the texts that are scored."""

LENGTH_SHARE = 0.75
"""B: how much the length of a text counts."""

DUPLICATE_OVERLAP = 0.8
"""Two texts are near-duplicates when they share this part of all their pairs (Jaccard)."""

SKETCH_PAIRS = 4
"""Texts are compared pair by pair only when they share one of their so many first pairs."""

Feature = tuple[str, ...]
"""An index term, alone or with the one after it."""


@dataclass(frozen=True, slots=True)
class TermCounts:
    """What a text holds.

    Attributes:
        counts: occurrences of each term and pair of neighbours; pairs count the title once.
        length: occurrences of terms, those of the title `TITLE_WEIGHT` times.
    """

    counts: Mapping[Feature, float]
    length: float

    def list_pairs(self) -> set[Feature]:
        """The pairs of neighbours."""
        return {feature for feature in self.counts if len(feature) == 2}


class Contribution(NamedTuple):
    """What one shared term or pair adds to a score."""

    feature: Feature
    weight: float


class LaidOutText(NamedTuple):
    """A paper's words as `app.text.tokenize.lay_out_terms` gives them; small enough to be kept."""

    title: tuple[tuple[str, ...], tuple[str, ...]]
    abstract: tuple[tuple[str, ...], tuple[str, ...]]

    @classmethod
    def read(cls, title: str, abstract: str) -> Self:
        """The words of a title and an abstract."""
        return cls(lay_out_terms(title), lay_out_terms(abstract))

    def measure_length(self) -> float:
        """Occurrences of terms, those of the title `TITLE_WEIGHT` times."""
        title, abstract = (len(firsts) - firsts.count("") + len(others) for firsts, others in self)
        return TITLE_WEIGHT * title + abstract


def count_terms(title: str, abstract: str) -> TermCounts:
    """The index terms of a paper and the pairs of them that stand side by side.

    >>> sorted(count_terms("Sparse attention", "").counts)
    [('attent',), ('spars',), ('spars', 'attent')]
    """
    return count_laid_out(LaidOutText.read(title, abstract))


def count_laid_out(text: LaidOutText) -> TermCounts:
    """`count_terms` of a text whose words are known."""
    counts: dict[Feature, float] = {}
    for (firsts, others), weight in zip(text, (TITLE_WEIGHT, 1.0), strict=True):
        for term, count in Counter(filter(None, chain(firsts, others))).items():
            counts[term,] = counts.get((term,), 0.0) + weight * count
        for pair, count in Counter(filter(all, pairwise(firsts))).items():
            if may_be_neighbours(*pair):
                counts[pair] = counts.get(pair, 0.0) + count
    return TermCounts(counts, text.measure_length())


def may_be_neighbours(left: str, right: str) -> bool:
    """Whether two terms at following positions are two words."""
    # Of `in-house` only `inhouse` and `house` are terms, at following positions.
    return not left.endswith(right)


def saturate(count: float, saturation: float = QUERY_SATURATION) -> float:
    """sat(count): grows with the count, towards `saturation` + 1.

    >>> saturate(1.0)
    1.0
    """
    return count * (saturation + 1.0) / (count + saturation)


def compute_idf(document_frequency: float, papers: int) -> float:
    """ln(N / (df + 1)) + 1, at least 0."""
    return max(0.0, log(max(papers, 1) / (document_frequency + 1.0)) + 1.0)


def weigh_features(
    importance: Mapping[Feature, float], get_idf: Callable[[str], float]
) -> dict[Feature, float]:
    """The profile in which each feature has its importance times what it is worth at all.

    Args:
        importance: of terms and pairs, e.g. saturated counts; may be negative.
        get_idf: idf of an index term.
    """
    weighed = {}
    for feature, value in importance.items():
        worth = sum(map(get_idf, feature))
        weighed[feature] = value * (worth if len(feature) == 1 else PAIR_WEIGHT * worth)
    return weighed


def measure_importance(text: TermCounts) -> dict[Feature, float]:
    """The saturated count of every term and pair of a text."""
    return {feature: saturate(count) for feature, count in text.counts.items()}


def group_near_duplicates(texts: Sequence[TermCounts]) -> list[int]:
    """For each text the place of the first one that it nearly repeats, or its own.

    Texts without pairs repeat nothing. Groups do not chain: all members resemble the first.
    """
    leaders: list[int] = []
    pairs_of: dict[int, set[Feature]] = {}
    leaders_by_pair: dict[Feature, list[int]] = {}
    for place, text in enumerate(texts):
        pairs = text.list_pairs()
        sketch = sorted(pairs)[:SKETCH_PAIRS]
        candidates = sorted({each for pair in sketch for each in leaders_by_pair.get(pair, ())})
        leader = next(
            (each for each in candidates if _overlap(pairs_of[each], pairs) >= DUPLICATE_OVERLAP),
            place,
        )
        leaders.append(leader)
        if leader == place:
            pairs_of[place] = pairs
            for pair in sketch:
                leaders_by_pair.setdefault(pair, []).append(place)
    return leaders


def _overlap(left: set[Feature], right: set[Feature]) -> float:
    union = len(left | right)
    return len(left & right) / union if union else 0.0
