"""Measures of a ranking against judged papers, as trec_eval defines them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

NDCG_DEPTH = 10
RECALL_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Quality:
    """How good rankings are, each figure from 0 to 1.

    Attributes:
        ndcg: nDCG@10 with linear gains.
        average_precision: over all hits given; its mean over queries is MAP.
        recall: share of the relevant papers among the first 100.
        reciprocal_rank: 1 / place of the first relevant paper.
    """

    ndcg: float
    average_precision: float
    recall: float
    reciprocal_rank: float


def measure(ranking: Sequence[str], grades: Mapping[str, float]) -> Quality:
    """The quality of one ranking.

    Args:
        ranking: names of documents, best first, none twice.
        grades: relevance of each judged document; at least one is above 0.

    >>> measure(["b", "a"], {"a": 1.0}).reciprocal_rank
    0.5
    """
    gains = [max(grades.get(name, 0.0), 0.0) for name in ranking]
    ideal = sorted((grade for grade in grades.values() if grade > 0.0), reverse=True)
    places = [place for place, gain in enumerate(gains, start=1) if gain > 0.0]
    precisions = [count / place for count, place in enumerate(places, start=1)]
    return Quality(
        ndcg=_discount(gains[:NDCG_DEPTH]) / _discount(ideal[:NDCG_DEPTH]),
        average_precision=sum(precisions) / len(ideal),
        recall=sum(place <= RECALL_DEPTH for place in places) / len(ideal),
        reciprocal_rank=1.0 / places[0] if places else 0.0,
    )


def average(qualities: Sequence[Quality]) -> Quality:
    """The mean of each figure over queries; at least one."""
    return Quality(
        fmean(each.ndcg for each in qualities),
        fmean(each.average_precision for each in qualities),
        fmean(each.recall for each in qualities),
        fmean(each.reciprocal_rank for each in qualities),
    )


def _discount(gains: Sequence[float]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, start=1))
