"""The project's query tree -> a Whoosh query.

Words that leave no index term (stop words, punctuation) are left out wherever they stand; a tree
of nothing else matches nothing. Weights are carried down to the leaves. Inside `And`, `Not` takes
away from the other children; alone or inside `Or` it stands for all papers that its child does not
match.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from whoosh.query import And as WhooshAnd
from whoosh.query import AndMaybe, Every, NullQuery
from whoosh.query import Term as WhooshTerm

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Everything,
    Not,
    Phrase,
    Preferred,
    QueryField,
    QueryNode,
    Term,
)
from app.domain.query import Or as OrNode
from app.search.whoosh import schema
from app.search.whoosh.analyzer import FieldAnalyzer, QueryTerms
from app.search.whoosh.query_types import AnyOf, AtLeastOf, GappedPhrase, Without

_INDEX_FIELDS = {
    QueryField.TITLE: schema.TITLE,
    QueryField.ABSTRACT: schema.ABSTRACT,
    QueryField.AUTHOR: schema.AUTHORS,
    QueryField.COMMENTS: schema.COMMENTS,
    QueryField.JOURNAL_REF: schema.JOURNAL_REF,
    QueryField.REPORT_NO: schema.REPORT_NO,
    QueryField.DOI: schema.DOI,
    QueryField.ID: schema.ARXIV_ID,
}
_WHOLE_PAPER = (schema.TITLE, schema.ABSTRACT)

WhooshQuery = Any
"""Whoosh has no types; this names what is meant."""


def compile_query(node: QueryNode) -> WhooshQuery:
    """The Whoosh query for a tree; `NullQuery` when no index term is left."""
    query = _compile(node)
    return NullQuery if query is None else query


def get_index_field(field: QueryField) -> str:
    """The name under which the index keeps a field of queries."""
    return _INDEX_FIELDS[field]


def compile_weighted_terms(weighted_terms: Iterable[tuple[str, float]]) -> WhooshQuery:
    """An OR of index terms over title and abstract, each score times its weight.

    Weights of one term are added up; terms without a weight above 0 are left out.
    """
    weights: dict[str, float] = {}
    for term, weight in weighted_terms:
        weights[term] = weights.get(term, 0.0) + weight
    children = [
        WhooshTerm(field, term, boost=weight)
        for term, weight in weights.items()
        if term and weight > 0.0
        for field in _WHOLE_PAPER
    ]
    return AnyOf(children) if children else NullQuery


def _compile(node: QueryNode, weight: float = 1.0) -> WhooshQuery | None:
    """The query whose scores are those of the node times `weight`."""
    match node:
        case Boosted(child=child, weight=own_weight):
            return _compile(child, weight * own_weight)
        case Not() | And() | OrNode() | AtLeast() | Preferred():
            return _compile_compound(node, weight)
    return _compile_leaf(node, weight)


def _compile_leaf(node: Everything | Term | Phrase, weight: float) -> WhooshQuery | None:
    match node:
        case Everything():
            return Every(boost=weight)
        case Term(text=text, field=field):
            return _compile_words(text, field, weight, slop=0)
        case Phrase(text=text, field=field, slop=slop):
            return _compile_words(text, field, weight, slop=slop)


def _compile_compound(
    node: Not | And | OrNode | AtLeast | Preferred, weight: float
) -> WhooshQuery | None:
    match node:
        case Not(child=child):
            excluded = _compile(child)
            return None if excluded is None else Without(Every(boost=weight), excluded)
        case And(children=children):
            return _compile_and(children, weight)
        case OrNode(children=children):
            return _any_of(_compile_all(children, weight))
        case AtLeast(children=children, minimum=minimum):
            return _at_least(_without_repeats(_compile_all(children, weight)), minimum)
        case Preferred(required=required, optional=optional):
            return _prefer(_compile(required, weight), _compile(optional, weight))


def _compile_all(nodes: Iterable[QueryNode], weight: float) -> Iterator[WhooshQuery]:
    """The queries of those nodes that leave an index term."""
    return (query for node in nodes if (query := _compile(node, weight)) is not None)


def _compile_and(children: Sequence[QueryNode], weight: float) -> WhooshQuery | None:
    required: list[WhooshQuery] = []
    excluded: list[WhooshQuery] = []
    for child in map(_drop_weight_of_exclusion, children):
        if isinstance(child, Not):
            query = _compile(child.child)
            excluded += [] if query is None else [query]
        else:
            query = _compile(child, weight)
            required += [] if query is None else [query]
    if not required and not excluded:
        return None
    # `Every` beside other conditions changes nothing but the scores.
    narrowing = _without_repeats(query for query in required if not isinstance(query, Every))
    if len(narrowing) > 1:
        result = WhooshAnd(narrowing)
    else:
        result = narrowing[0] if narrowing else Every(boost=weight)
    return Without(result, _any_of(excluded)) if excluded else result


def _drop_weight_of_exclusion(node: QueryNode) -> QueryNode:
    """What is taken away from other children has no score that could be weighed."""
    inner = node
    while isinstance(inner, Boosted):
        inner = inner.child
    return inner if isinstance(inner, Not) else node


def _at_least(queries: Sequence[WhooshQuery], minimum: int) -> WhooshQuery | None:
    if minimum <= 1 or len(queries) <= 1:
        return _any_of(queries)
    if minimum >= len(queries):
        return WhooshAnd(list(queries))
    return AtLeastOf(queries, minimum)


def _prefer(required: WhooshQuery | None, optional: WhooshQuery | None) -> WhooshQuery | None:
    if required is None or optional is None:
        return optional if required is None else required
    return AndMaybe(required, optional)


def _compile_words(
    text: str, field: QueryField | None, weight: float, *, slop: int
) -> WhooshQuery | None:
    """One word or phrase, in its field or in title and abstract."""
    if field is QueryField.ID:
        value = _normalize_id(text)
        return _exact(schema.BARE_IDS if value.isdigit() else schema.ARXIV_ID, value, weight)
    if field is QueryField.DOI:
        return _exact(schema.DOI, schema.normalize_doi(text), weight)
    fields = _WHOLE_PAPER if field is None else (_INDEX_FIELDS[field],)
    terms = _analyzers()[fields[0]].split_query(text)
    return _any_of(query for name in fields for query in _in_field(name, terms, weight, slop))


def _exact(field: str, value: str, weight: float) -> WhooshQuery | None:
    return WhooshTerm(field, value, boost=weight) if value else None


def _in_field(field: str, terms: QueryTerms, weight: float, slop: int) -> Iterator[WhooshQuery]:
    """One term, or several side by side; a compound also in one piece."""
    if terms.joined:
        yield WhooshTerm(field, terms.joined, boost=weight)
        if len(terms.parts) < 2:
            return  # The rest of `on-line` is not what was asked for.
    if len(terms.parts) == 1:
        yield WhooshTerm(field, terms.parts[0][1], boost=weight)
    elif terms.parts:
        yield GappedPhrase(field, terms.parts, slop=slop, boost=weight)


def _any_of(queries: Iterable[WhooshQuery]) -> WhooshQuery | None:
    """The union, flat: all terms of a bag of words under one node."""
    flat = _without_repeats(_flatten(queries))
    if len(flat) > 1:
        return AnyOf(flat)
    return flat[0] if flat else None


def _flatten(queries: Iterable[WhooshQuery]) -> Iterator[WhooshQuery]:
    for query in queries:
        if isinstance(query, AnyOf):
            yield from query.subqueries
        else:
            yield query


def _without_repeats(queries: Iterable[WhooshQuery]) -> list[WhooshQuery]:
    """A word typed twice counts once."""
    return list({(type(query).__name__, repr(query)): query for query in queries}.values())


def _normalize_id(text: str) -> str:
    """The canonical id, its version dropped; a bare old-style number stays as it is."""
    try:
        return parse_arxiv_id(text).arxiv_id.value
    except InvalidArxivIdError:
        return text.strip().lower()


@lru_cache(maxsize=1)
def _analyzers() -> dict[str, FieldAnalyzer]:
    return {
        name: field.analyzer
        for name, field in schema.make_schema().items()
        if isinstance(field.analyzer, FieldAnalyzer)
    }
