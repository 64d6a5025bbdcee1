"""Word weights from a few liked and skipped papers: Rocchio's rule.

Every paper is a vector of unit length with an entry (1 + ln tf) · idf for each index term. The
weights are

    w = mean of the liked papers − SKIPPED_SHARE · mean of the skipped ones,

cut to the terms that weigh most, since people are to read and edit them. A linear support vector
machine and the maximum of a smooth top-k recall (post 10373) were measured beside it and are not
better on later papers of simulated readers: `make eval ARGS=preferences`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from app.domain.keywords import CorpusStatistics
from app.text.keywords import smooth_idf
from app.text.tokenize import index_terms

SKIPPED_SHARE = 0.25
"""What a skipped paper counts against a liked one: people skip for many reasons."""

Vector = Mapping[str, float]
"""Index term -> weight."""


def make_unit_vectors(
    texts: Sequence[tuple[str, str]], statistics: CorpusStatistics
) -> list[dict[str, float]]:
    """The vectors of titles and abstracts; one without words is empty."""
    counts = [Counter(index_terms(title)) + Counter(index_terms(body)) for title, body in texts]
    terms = list(dict.fromkeys(term for each in counts for term in each))
    found = statistics.get_document_frequencies(terms)
    idf = {
        term: smooth_idf(min(df, statistics.papers), statistics.papers)
        for term, df in zip(terms, found, strict=True)
    }
    return [
        _scale({term: (1 + math.log(tf)) * idf[term] for term, tf in each.items()})
        for each in counts
    ]


def learn_by_rocchio(
    liked: Sequence[Vector], skipped: Sequence[Vector], *, skipped_share: float = SKIPPED_SHARE
) -> dict[str, float]:
    """The weights that liked and skipped papers give to terms, negative ones for what is skipped.

    >>> learn_by_rocchio([{"kernel": 1.0}], [{"kernel": 0.6, "otter": 0.8}])
    {'kernel': 0.85, 'otter': -0.2}
    """
    weights: dict[str, float] = {}
    for vectors, share in ((liked, 1.0), (skipped, -skipped_share)):
        for vector in vectors:
            for term, value in vector.items():
                weights[term] = weights.get(term, 0.0) + share * value / len(vectors)
    return weights


def keep_heaviest(weights: Vector, limit: int) -> dict[str, float]:
    """The `limit` terms that count most either way, heaviest first, the largest one scaled to 1.

    >>> keep_heaviest({"a": 0.1, "b": -0.5, "c": 0.2}, 2)
    {'b': -1.0, 'c': 0.4}
    """
    chosen = sorted(weights, key=lambda term: (-abs(weights[term]), term))[:limit]
    largest = max((abs(weights[term]) for term in chosen), default=0.0)
    return {term: weights[term] / largest for term in chosen if weights[term]}


def count_holders(terms: Iterable[str], vectors: Sequence[Vector]) -> dict[str, int]:
    """How many of the papers hold each term."""
    return {term: sum(term in vector for vector in vectors) for term in terms}


def _scale(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {term: value / length for term, value in vector.items()}
