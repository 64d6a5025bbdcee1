"""The second stage: the best matches ordered anew by what they are about.

The first `RERANKED_HITS` by BM25F get a bonus for the likeness of their vector to the query's
(`app.search.whoosh.latent_training`):

    score = BM25F + LATENT_WEIGHT (highest - lowest BM25F of them) (1 + cosine) / 2

The likeness is measured twice: the mean vector of the `FEEDBACK_HITS` that come first is added to
the query's, and all are ordered again by likeness to the sum (Rocchio's pseudo-relevance feedback;
no word is added to the query). The spread makes the bonus comparable with what it is added to; one
weight serves all collections.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.domain.results import LATENT_FIELD, LATENT_TERM
from app.search.whoosh.codec.kernel_types import F64, I64, ClauseKind
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import PhraseLeaf, Plan, PlanLeaf, TermLeaf, WordLeaf
from app.search.whoosh.fast_path.second_ranking import Reason, SecondRanker
from app.search.whoosh.latent import LatentModel
from app.search.whoosh.scoring import JOINED_FIELDS

FEEDBACK_HITS = 3
"""Hits of the first order whose mean vector weighs as much as the query's in the second."""

LATENT_WEIGHT = 1.33
"""How much likeness counts; twice 0.4 / 0.6, since the cosine is halved."""


class LatentRanker(SecondRanker):
    """Orders the best matches of one query anew.

    Args:
        vector: the query's, of length 1, float32[r].
    """

    def __init__(self, executor: Executor, vector: NDArray[np.float32]) -> None:
        self.reasons = (Reason(LATENT_FIELD, LATENT_TERM),)
        self._executor = executor
        self._vector = vector

    def compute_gains(self, numbers: I64, scores: F64) -> F64:
        """What likeness adds to the score of each document, shape (1, documents)."""
        spread = float(scores[0] - scores[-1]) if len(scores) else 0.0
        stored = self._executor.state.read_vectors(numbers) if spread > 0.0 else None
        if stored is None:
            return np.zeros((1, len(scores)))
        vectors = _stretch(stored)
        first = scores + LATENT_WEIGHT * spread * (vectors @ self._vector) / 2.0
        nearest = np.argsort(-first, kind="stable")[:FEEDBACK_HITS]
        shifted = self._vector + _normalise(vectors[nearest].mean(axis=0))
        cosines = (vectors @ _normalise(shifted)).astype(np.float64)
        # Rounding may bring a cosine below -1, a bonus below 0.
        bonuses: F64 = LATENT_WEIGHT * spread * (1.0 + np.clip(cosines, -1.0, 1.0)) / 2.0
        return bonuses[np.newaxis]


def make_latent_ranker(
    executor: Executor, model: LatentModel | None, plan: Plan
) -> LatentRanker | None:
    """What orders the matches of a plan anew; None where no vector can be made of its words."""
    vector = make_query_vector(model, _list_words(plan))
    return LatentRanker(executor, vector) if vector is not None else None


def make_query_vector(
    model: LatentModel | None, words: Mapping[str, float]
) -> NDArray[np.float32] | None:
    """The vector of some weighted words, of length 1; None where the model knows none of them."""
    if model is None:
        return None
    rows, weights = [], []
    for word, weight in words.items():
        row = model.term_numbers.get(word.encode())
        if row is not None:
            rows.append(row)
            weights.append(weight)
    if not rows:
        return None
    # Only their ratios count; weights of nested groups multiply beyond what 32 bits hold.
    ratios = np.array(weights) / max(*weights, np.finfo(np.float64).tiny)
    vector = _normalise(ratios.astype(np.float32) @ model.term_vectors[rows])
    return vector if vector.any() else None


def read_unit_vectors(executor: Executor, numbers: I64) -> NDArray[np.float32]:
    """The vectors of documents with length 1, float32[n, r]; r is 0 where there are none."""
    stored = executor.state.read_vectors(numbers)
    return np.zeros((len(numbers), 0), np.float32) if stored is None else _stretch(stored)


def _stretch(stored: NDArray[np.int8]) -> NDArray[np.float32]:
    """Stored vectors with length 1; zeros stay zeros."""
    vectors = stored.astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1.0)
    return vectors


def _normalise(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """A vector of length 1; zeros stay zeros."""
    length = np.linalg.norm(vector)
    return vector if length == 0.0 else (vector / length).astype(np.float32)


def _list_words(plan: Plan) -> dict[str, float]:
    """What a plan looks for in titles and abstracts, with the highest weight of each word."""
    words: dict[str, float] = {}
    for clause in plan.clauses:
        if clause.kind == ClauseKind.EXCLUDED:
            continue
        for leaf in clause.members:
            found: dict[str, float] = {}
            is_term = isinstance(leaf, TermLeaf) and leaf.field in JOINED_FIELDS
            if isinstance(leaf, WordLeaf) or (isinstance(leaf, TermLeaf) and is_term):
                found = {leaf.text: leaf.boost}
            elif isinstance(leaf, PhraseLeaf) and leaf.field in JOINED_FIELDS:
                found = dict.fromkeys(leaf.words, leaf.boost)
            elif isinstance(leaf, PlanLeaf):
                found = _list_words(leaf.plan)
            for word, weight in found.items():
                words[word] = max(weight, words.get(word, 0.0))
    return words
