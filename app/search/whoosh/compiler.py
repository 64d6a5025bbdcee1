"""The project's query tree -> a Whoosh query.

Words that leave no index term (stop words, punctuation) are left out wherever they stand; a tree
of nothing else matches nothing. Weights are carried down to the leaves. Inside `And`, `Not` takes
away from the other children; alone or inside `Or` it stands for all papers that its child does not
match. Conditions (categories, dates, flags) become masks over columns: beside words they add
nothing to the score, and where no word decides, papers score 1.
"""

from collections.abc import Iterable, Iterator, Sequence

from whoosh.query import And as WhooshAnd
from whoosh.query import Every, NullQuery

from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Everything,
    Not,
    Or,
    Preferred,
    QueryNode,
    is_condition,
    join_all,
)
from app.search.whoosh.leaf_compiler import compile_leaf, compile_weighted_terms, get_index_field
from app.search.whoosh.narrowing import Narrowed
from app.search.whoosh.query_types import AtLeastOf, WithOptional, Without
from app.search.whoosh.unions import WhooshQuery, any_of, list_different

__all__ = ["compile_query", "compile_weighted_terms", "get_index_field"]


def compile_query(node: QueryNode) -> WhooshQuery:
    """The Whoosh query for a tree; `NullQuery` when no index term is left."""
    query = _compile(node)
    return NullQuery if query is None else query


def _compile(node: QueryNode, weight: float = 1.0) -> WhooshQuery | None:
    """The query whose scores are those of the node times `weight`."""
    if is_condition(node) and not isinstance(node, And):
        return _narrow(Every(boost=weight), [node])
    match node:
        case Boosted(child=child, weight=own_weight):
            return _compile(child, weight * own_weight)
        case Not() | And() | Or() | AtLeast() | Preferred():
            return _compile_compound(node, weight)
    return compile_leaf(node, weight)


def _compile_compound(
    node: Not | And | Or | AtLeast | Preferred, weight: float
) -> WhooshQuery | None:
    match node:
        case Not(child=child):
            excluded = _compile(child)
            return None if excluded is None else Without(Every(boost=weight), excluded)
        case And(children=children):
            return _compile_and(children, weight)
        case Or(children=children):
            return any_of(_compile_all(children, weight))
        case AtLeast(children=children, minimum=minimum):
            return _at_least(list_different(_compile_all(children, weight)), minimum)
        case Preferred(required=required, only_best=True):
            return _compile(required, weight)
        case Preferred(required=required, optional=optional):
            return _prefer(_compile(required, weight), _compile(optional, weight))


def _compile_all(nodes: Iterable[QueryNode], weight: float) -> Iterator[WhooshQuery]:
    """The queries of those nodes that leave an index term."""
    return (query for node in nodes if (query := _compile(node, weight)) is not None)


def _narrow(query: WhooshQuery, conditions: Iterable[QueryNode]) -> WhooshQuery:
    telling = [each for each in conditions if not isinstance(each, Everything)]
    return Narrowed(query, join_all(telling)) if telling else query


def _compile_and(children: Sequence[QueryNode], weight: float) -> WhooshQuery | None:
    conditions: list[QueryNode] = []
    required: list[WhooshQuery] = []
    excluded: list[WhooshQuery] = []
    for child in map(_drop_weight_of_exclusion, children):
        if is_condition(child):
            conditions.append(child)
        elif isinstance(child, Not):
            query = _compile(child.child)
            excluded += [] if query is None else [query]
        else:
            query = _compile(child, weight)
            required += [] if query is None else [query]
    if not (required or excluded or conditions):
        return None
    # `Every` beside other conditions changes nothing but the scores.
    narrowing = list_different(query for query in required if not isinstance(query, Every))
    if len(narrowing) > 1:
        result = WhooshAnd(narrowing)
    else:
        result = narrowing[0] if narrowing else Every(boost=weight)
    if excluded:
        result = Without(result, any_of(excluded))
    return _narrow(result, conditions)


def _drop_weight_of_exclusion(node: QueryNode) -> QueryNode:
    """What is taken away from other children has no score that could be weighed."""
    inner = node
    while isinstance(inner, Boosted):
        inner = inner.child
    return inner if isinstance(inner, Not) else node


def _at_least(queries: Sequence[WhooshQuery], minimum: int) -> WhooshQuery | None:
    if minimum <= 1 or len(queries) <= 1:
        return any_of(queries)
    if minimum >= len(queries):
        return WhooshAnd(list(queries))
    return AtLeastOf(queries, minimum)


def _prefer(required: WhooshQuery | None, optional: WhooshQuery | None) -> WhooshQuery | None:
    if required is None or optional is None:
        return optional if required is None else required
    return WithOptional(required, optional)
