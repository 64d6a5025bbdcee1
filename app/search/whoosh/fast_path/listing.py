"""Orders and pages that need every match with its score: freshness, and going on behind a hit.

Each match costs some nanoseconds here, while a page of the plain orders passes over most of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.query import SearchAfter, Sort
from app.search.whoosh.codec.kernel_types import F64
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import Plan
from app.search.whoosh.fast_path.range_layout import ListedMatches

STALE_SHARE = 0.25
"""What remains of the score of a very old paper."""

HALF_LIFE_DAYS = 365.0
"""Days after which what age can take away is halved."""

_SECONDS_OF_DAY = 86_400.0


def list_all(executor: Executor, matches: Plan | Sequence[ListedMatches]) -> list[ListedMatches]:
    """All matches of a plan by segment, deleted documents among them; listed ones as they are."""
    if not isinstance(matches, Plan):
        return list(matches)
    plan, resolved = executor.prepare(matches)
    places = range(len(executor.state.segments))
    return [executor.list_matches(plan, resolved, place) for place in places]


def weigh_freshness(executor: Executor, lists: Sequence[ListedMatches]) -> list[ListedMatches]:
    """The matches with scores times 1/4 + 3/4 x 2^(-a/365).

    a is by how many days a paper was submitted before the newest one of the index.
    """
    newest = executor.state.newest_submission
    weighed = []
    for segment, (docs, scores) in zip(executor.state.segments, lists, strict=False):
        days = (newest - segment.arrays.submitted_at[docs]) / _SECONDS_OF_DAY
        share = STALE_SHARE + (1.0 - STALE_SHARE) * np.exp2(-days / HALF_LIFE_DAYS)
        weighed.append((docs, scores * share))
    return weighed


def keep_behind(
    executor: Executor,
    lists: Sequence[ListedMatches],
    sort: Sort,
    after: SearchAfter,
    number: int | None,
) -> list[ListedMatches]:
    """The matches that stand behind a hit in an order.

    Args:
        number: the hit's document now; None when the index has lost it.
    """
    state = executor.state
    last_score, last_key = after.score, after.key
    orders = state.make_orders(sort)
    if number is not None:
        place, local = state.find_segment(number)
        docs, scores = lists[place]
        found = np.flatnonzero(docs == local)
        last_score = float(scores[found[0]]) if len(found) else last_score
        last_key = int(orders[place].keys[local])
    by_score = sort in (Sort.RELEVANCE, Sort.FRESH)
    kept = []
    for order, (docs, scores) in zip(orders, lists, strict=False):
        behind: NDArray[np.bool_] = order.sign * order.keys[docs] < order.sign * last_key
        if by_score:
            behind = _stands_behind(scores, last_score, behind)
        kept.append((docs[behind], scores[behind]))
    return kept


def _stands_behind(
    scores: F64, last_score: float, has_later_key: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    behind: NDArray[np.bool_] = (scores < last_score) | ((scores == last_score) & has_later_key)
    return behind
