"""All matches of a query as Whoosh's own matchers find them.

The way of every query that `fast_path` knows no plan for: the same matches and scores, document by
document in Python, at some microseconds each.
"""

from typing import Any

import numpy as np
from whoosh.query import Every, NullQuery

from app.search.whoosh.fast_path.range_layout import ListedMatches


def list_matches(searcher: Any, query: Any) -> list[ListedMatches]:
    """Living documents that match and their scores, by segment."""
    if query is NullQuery or searcher.doc_count_all() == 0:
        return []
    context = searcher.context()
    return [_list_leaf(leaf, query, context) for leaf, _offset in searcher.leaf_searchers()]


def _list_leaf(leaf: Any, query: Any, context: Any) -> ListedMatches:
    matcher = query.matcher(leaf, context)
    if isinstance(query, Every):
        numbers = np.fromiter(matcher.all_ids(), dtype=np.uint32)
        return numbers, np.full(len(numbers), float(query.boost))
    numbers_list: list[int] = []
    scores_list: list[float] = []
    get_id, get_score, go_on = matcher.id, matcher.score, matcher.next
    while matcher.is_active():
        numbers_list.append(get_id())
        scores_list.append(get_score())
        go_on()
    return np.asarray(numbers_list, dtype=np.uint32), np.asarray(scores_list, dtype=np.float64)
