"""What somebody likes, as weights of words and pairs of neighbours, from examples.

Rocchio's formula: the mean of what the liked texts hold, less `DISLIKE_SHARE` times the mean of
what the disliked ones hold. Both sides are saturated counts, so that a profile of one text is that
of `app.text.similarity`.
"""

from collections.abc import Mapping, Sequence

from app.text.similarity import Feature, TermCounts, count_terms, measure_importance

DISLIKE_SHARE = 0.5
"""What a dislike counts beside a like."""


def combine_tastes(
    liked: Sequence[TermCounts], disliked: Sequence[TermCounts]
) -> dict[Feature, float]:
    """The importance of every term and pair; negative where it is disliked more than liked."""
    importance = _average(liked)
    for feature, value in _average(disliked).items():
        importance[feature] = importance.get(feature, 0.0) - DISLIKE_SHARE * value
    return importance


def _average(texts: Sequence[TermCounts]) -> dict[Feature, float]:
    total: dict[Feature, float] = {}
    for text in texts:
        for feature, value in measure_importance(text).items():
            total[feature] = total.get(feature, 0.0) + value / len(texts)
    return total


def read_profile(lines: Sequence[tuple[str, float]]) -> dict[Feature, float]:
    """The weights that lines of words or phrases stand for; a phrase shares its among its pairs.

    Lines that say the same add up; those without an index term say nothing.

    >>> read_profile([("Sparse attention", 2.0), ("otters", -1.0), ("the", 5.0)])
    {('spars', 'attent'): 2.0, ('otter',): -1.0}
    """
    weights: dict[Feature, float] = {}
    for text, weight in lines:
        features = _choose_features(count_terms("", text).counts)
        for feature in features:
            weights[feature] = weights.get(feature, 0.0) + weight / len(features)
    return weights


def _choose_features(counts: Mapping[Feature, float]) -> list[Feature]:
    pairs: list[Feature] = [feature for feature in counts if len(feature) == 2]
    return pairs or list(counts)
