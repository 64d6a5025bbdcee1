"""What candidates score for a profile, from counts of words that the engine read off its index.

The formula is that of `app.text.similarity`; here it runs over all candidates at once. Beside the
words a paper scores, as a part of what they score, `CATEGORY_SHARE` for the same categories and
`LATENT_SHARE` for a latent vector that points where the profile's does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.search.candidates import Candidates
from app.text.similarity import (
    LENGTH_SHARE,
    TEXT_SATURATION,
    TITLE_WEIGHT,
    Contribution,
    Feature,
)

CATEGORY_SHARE = 0.2
"""What the same categories add to a score, as a part of it."""

LATENT_SHARE = 0.5
"""What the same direction of latent vectors adds to a score, as a part of it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What the score of one paper is made of.

    Attributes:
        contributions: of terms and pairs, largest first.
        category: what common categories add.
        subject: what the latent vectors add.
    """

    contributions: Sequence[Contribution]
    category: float
    subject: float


class CandidateScores:
    """The scores of all candidates, and their parts for those who ask.

    Args:
        candidates: counted by `features`.
        features: what was counted, in order.
        profile: the weight of each feature.
        agreement: float64[n], how far each paper's categories are those wanted, 0 to 1.
    """

    def __init__(
        self,
        candidates: Candidates,
        features: Sequence[Feature],
        profile: Mapping[Feature, float],
        agreement: Floats,
    ) -> None:
        self._rows, self._places = candidates.rows, candidates.features
        self._features = features
        self._parts = _weigh_finds(candidates, features, profile)
        lexical = np.bincount(self._rows, self._parts, minlength=len(candidates.papers))
        liked = np.maximum(lexical, 0.0)
        self._category = CATEGORY_SHARE * agreement * liked
        self._subject = LATENT_SHARE * np.maximum(candidates.likeness, 0.0) * liked
        self.totals: Floats = lexical + self._category + self._subject

    def list_best(self, only_above: float) -> list[int]:
        """Places of the papers that score more than a bound, best first; equal ones as found."""
        order = np.argsort(-self.totals, kind="stable").tolist()
        return [place for place in order if self.totals[place] > only_above]

    def explain(self, place: int) -> ScoreParts:
        """What the score of one paper is made of."""
        first, last = np.searchsorted(self._rows, [place, place + 1]).tolist()
        contributions = [
            Contribution(self._features[feature], weight)
            for feature, weight in zip(
                self._places[first:last].tolist(), self._parts[first:last].tolist(), strict=True
            )
            if weight != 0.0
        ]
        contributions.sort(key=lambda each: (-each.weight, each.feature))
        return ScoreParts(contributions, float(self._category[place]), float(self._subject[place]))


def measure_lengths(candidates: Candidates) -> Floats:
    """Occurrences of terms in each paper, those of the title `TITLE_WEIGHT` times."""
    lengths: Floats = TITLE_WEIGHT * candidates.title_lengths + candidates.abstract_lengths
    return lengths


def _weigh_finds(
    candidates: Candidates, features: Sequence[Feature], profile: Mapping[Feature, float]
) -> Floats:
    """What every find adds to the score of its paper."""
    weights = np.array([profile[feature] for feature in features])
    is_single = np.array([len(feature) == 1 for feature in features], np.bool_)
    lengths = measure_lengths(candidates)
    average = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
    norms = TEXT_SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / average)
    # A pair in the title counts like one in the abstract.
    title_weights = np.where(is_single, TITLE_WEIGHT, 1.0)[candidates.features]
    counts = title_weights * candidates.in_title + candidates.in_abstract
    saturated = counts * (TEXT_SATURATION + 1.0) / (counts + norms[candidates.rows])
    parts: Floats = weights[candidates.features] * saturated
    return parts
