"""The best matches ordered anew: papers that hold a phrase besides come first.

Looking a phrase of common words up in all papers costs more than all the rest of a search; among
the best matches alone it costs next to nothing. What it adds is its own score, as if it had been
asked for; only the first `RERANKED_HITS` are looked at, and no gain is negative.
"""

from collections.abc import Sequence

import numpy as np

from app.search.whoosh.codec.kernel_types import F64, I64, ClauseKind
from app.search.whoosh.fast_path.answers import RERANKED_HITS, put_in_new_order
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import Clause, PhraseLeaf, Plan


class PhraseRanker:
    """Orders the best matches of one query anew.

    Args:
        phrases: what is looked for, one in each field.
    """

    def __init__(self, executor: Executor, phrases: Sequence[PhraseLeaf]) -> None:
        self.phrases = tuple(phrases)
        self._executor = executor
        self._prepared = [
            executor.prepare(Plan((Clause(ClauseKind.OPTIONAL, (phrase,)),))) for phrase in phrases
        ]

    def rank(self, numbers: I64, scores: F64) -> tuple[I64, F64]:
        """Documents and scores with the first `RERANKED_HITS` in their new order.

        Args:
            numbers: documents among all segments, best first; as many as there are, or at least
                `RERANKED_HITS`.
            scores: descending.
        """
        gains = self.compute_gains(numbers[:RERANKED_HITS]).sum(axis=0)
        return put_in_new_order(numbers, scores, scores[:RERANKED_HITS] + gains)

    def compute_gains(self, numbers: I64) -> F64:
        """What each phrase adds to the score of each document, shape (phrases, documents)."""
        gains = np.zeros((len(self.phrases), len(numbers)))
        order = np.argsort(numbers)
        for place, at, local in self._executor.state.split(numbers[order]):
            given = local.astype(np.uint32)
            for row, (plan, resolved) in enumerate(self._prepared):
                docs, scores = self._executor.list_matches(plan, resolved, place, given)
                gains[row, order[at][np.searchsorted(given, docs)]] = scores
        return gains
