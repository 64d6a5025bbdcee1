"""A Whoosh query narrowed to the documents that meet a condition of the query tree."""

from typing import Any

import numpy as np
from whoosh.matching import FilterMatcher
from whoosh.query import Query

from app.domain.query import QueryNode
from app.search.whoosh.fast_path.conditions import mark_condition
from app.search.whoosh.fast_path.segments import SegmentView


class Narrowed(Query):  # type: ignore[misc]  # Whoosh has no types
    """The matches and scores of a query among the papers that meet a condition.

    Attributes:
        query: any Whoosh query.
        condition: nodes of categories, dates and flags, joined in any way.
    """

    def __init__(self, query: Any, condition: QueryNode) -> None:
        self.query = query
        self.condition = condition

    def __repr__(self) -> str:
        return f"Narrowed({self.query!r}, {self.condition!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def estimate_size(self, ixreader: Any) -> int:
        """Documents that may match, at most."""
        return int(self.query.estimate_size(ixreader))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents of the query that meet the condition, with the scores of the query."""
        view = SegmentView(searcher.reader().segment().get_arrays())
        marked = np.flatnonzero(mark_condition(view, self.condition)).tolist()
        return FilterMatcher(self.query.matcher(searcher, context), frozenset(marked))
