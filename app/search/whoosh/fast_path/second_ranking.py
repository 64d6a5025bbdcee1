"""What rankers of the second stage have in common: each says what the best matches gain.

Only the first `RERANKED_HITS` are looked at. No gain is negative, so they stay before all others.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from app.search.whoosh.codec.kernel_types import F64, I64, U32
from app.search.whoosh.fast_path.answers import RERANKED_HITS
from app.search.whoosh.fast_path.execute import Executor


class Reason(NamedTuple):
    """What documents gain by, as explanations name it."""

    field: str
    text: str


class SecondRanker(ABC):
    """Orders the best matches of one query anew.

    Attributes:
        reasons: what documents gain by.
    """

    reasons: tuple[Reason, ...]

    @abstractmethod
    def compute_gains(self, numbers: I64, scores: F64) -> F64:
        """What each reason adds to the score of each document, shape (reasons, documents).

        Args:
            numbers: documents among all segments, best first.
            scores: those of the stage before, descending.
        """


class SegmentRanker(SecondRanker):
    """One whose gains are found segment by segment, and depend on no score.

    Args:
        reasons: what documents gain by.
    """

    def __init__(self, executor: Executor, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        self._executor = executor

    def compute_gains(self, numbers: I64, scores: F64) -> F64:  # noqa: ARG002  # see the class
        """What each reason adds to the score of each document, shape (reasons, documents)."""
        gains = np.zeros((len(self.reasons), len(numbers)))
        order = np.argsort(numbers)
        for place, at, local in self._executor.state.split(numbers[order]):
            docs = local.astype(np.uint32)
            for row in range(len(self.reasons)):
                gains[row, order[at]] = self._weigh(row, docs, place)
        return gains

    @abstractmethod
    def _weigh(self, row: int, docs: U32, place: int) -> F64:
        """What one of the reasons adds to documents of a segment, which ascend."""


def rank_by_gains(ranker: SecondRanker, numbers: I64, scores: F64) -> tuple[I64, F64]:
    """Documents and scores with the first `RERANKED_HITS` in their new order.

    Args:
        numbers: documents among all segments, best first; as many as there are, or at least
            `RERANKED_HITS`.
        scores: descending.
    """
    gains = ranker.compute_gains(numbers[:RERANKED_HITS], scores[:RERANKED_HITS])
    return add_gains(numbers, scores, gains)


def add_gains(numbers: I64, scores: F64, gains: F64) -> tuple[I64, F64]:
    """As `rank_by_gains`, with the gains of the first documents, shape (reasons, documents)."""
    count = gains.shape[1]
    totals = scores[:count] + gains.sum(axis=0)
    # A stable sort keeps the tie-break of the stage before.
    order = np.argsort(-totals, kind="stable")
    return (
        np.concatenate([numbers[:count][order], numbers[count:]]),
        np.concatenate([totals[order], scores[count:]]),
    )
