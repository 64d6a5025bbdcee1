"""The best matches ordered anew: papers that hold a phrase besides come first.

Looking a phrase of common words up in all papers costs more than all the rest of a search; among
the best matches alone it costs next to nothing. What it adds is its own score, as if it had been
asked for.
"""

from collections.abc import Sequence

import numpy as np

from app.search.whoosh.codec.kernel_types import F64, U32, ClauseKind
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import Clause, PhraseLeaf, Plan
from app.search.whoosh.fast_path.second_ranking import Reason, SegmentRanker


class PhraseRanker(SegmentRanker):
    """Orders the best matches of one query anew.

    Args:
        phrases: what is looked for, one in each field.
    """

    def __init__(self, executor: Executor, phrases: Sequence[PhraseLeaf]) -> None:
        reasons = (Reason(phrase.field, f'"{" ".join(phrase.words)}"') for phrase in phrases)
        super().__init__(executor, tuple(reasons))
        self._prepared = [
            executor.prepare(Plan((Clause(ClauseKind.OPTIONAL, (phrase,)),))) for phrase in phrases
        ]

    def _weigh(self, row: int, docs: U32, place: int) -> F64:
        gains = np.zeros(len(docs))
        found, scores = self._executor.list_matches(*self._prepared[row], place, docs)
        gains[np.searchsorted(docs, found)] = scores
        return gains
