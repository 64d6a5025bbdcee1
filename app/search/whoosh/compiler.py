"""The project's query tree -> a Whoosh query.

Words that leave no index term (stop words, punctuation) are left out wherever they stand; a tree
of nothing else matches nothing. Inside `And`, `Not` takes away from the other children; alone or
inside `Or` it stands for all papers that its child does not match.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from whoosh.query import And as WhooshAnd
from whoosh.query import AndNot, Every, NullQuery, Or
from whoosh.query import Phrase as WhooshPhrase
from whoosh.query import Term as WhooshTerm

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.domain.query import And, Everything, Not, Phrase, QueryField, QueryNode, Term
from app.domain.query import Or as OrNode
from app.search.whoosh import schema

_INDEX_FIELDS = {
    QueryField.TITLE: schema.TITLE,
    QueryField.ABSTRACT: schema.ABSTRACT,
    QueryField.AUTHOR: schema.AUTHORS,
    QueryField.COMMENTS: schema.COMMENTS,
    QueryField.JOURNAL_REF: schema.JOURNAL_REF,
    QueryField.REPORT_NO: schema.REPORT_NO,
}
_WHOLE_PAPER = (schema.TITLE, schema.ABSTRACT)
_FIELD_WEIGHTS = {schema.TITLE: schema.TITLE_WEIGHT}

WhooshQuery = Any
"""Whoosh has no types; this names what is meant."""


class AnyOf(Or):  # type: ignore[misc]  # Whoosh has no types
    """`Or` that adds up the scores of 2,048 documents at a time.

    Measured on all matches of 1 to 5 words: p95 a third below Whoosh's tree of pairs. It takes a
    score of 0 for "no match", so every child has to score above 0, as BM25F terms do.
    """

    matcher_type = Or.ARRAY_MATCHER


def compile_query(node: QueryNode) -> WhooshQuery:
    """The Whoosh query for a tree; `NullQuery` when no index term is left."""
    query = _compile(node)
    return NullQuery if query is None else query


def compile_weighted_terms(weighted_terms: Iterable[tuple[str, float]]) -> WhooshQuery:
    """An OR of index terms over title and abstract, each score times its weight.

    Weights of one term are added up; terms without a weight above 0 are left out.
    """
    weights: dict[str, float] = {}
    for term, weight in weighted_terms:
        weights[term] = weights.get(term, 0.0) + weight
    children = [
        WhooshTerm(field, term, boost=weight * _FIELD_WEIGHTS.get(field, 1.0))
        for term, weight in weights.items()
        if term and weight > 0.0
        for field in _WHOLE_PAPER
    ]
    return AnyOf(children) if children else NullQuery


def _compile(node: QueryNode) -> WhooshQuery | None:
    match node:
        case Everything():
            return Every()
        case Term(text=text, field=field):
            return _compile_words(text, field, slop=0)
        case Phrase(text=text, field=field, slop=slop):
            return _compile_words(text, field, slop=slop)
        case Not(child=child):
            excluded = _compile(child)
            return None if excluded is None else AndNot(Every(), excluded)
        case And(children=children):
            return _compile_and(children)
        case OrNode(children=children):
            return _any_of(query for child in children if (query := _compile(child)) is not None)


def _compile_and(children: Sequence[QueryNode]) -> WhooshQuery | None:
    required: list[WhooshQuery] = []
    excluded: list[WhooshQuery] = []
    for child in children:
        query = _compile(child.child if isinstance(child, Not) else child)
        if query is not None:
            (excluded if isinstance(child, Not) else required).append(query)
    if not required and not excluded:
        return None
    # `Every` beside other conditions changes nothing but the scores.
    narrowing = _without_repeats(query for query in required if not isinstance(query, Every))
    if len(narrowing) > 1:
        result = WhooshAnd(narrowing)
    else:
        result = narrowing[0] if narrowing else Every()
    return AndNot(result, _any_of(excluded)) if excluded else result


def _compile_words(text: str, field: QueryField | None, *, slop: int) -> WhooshQuery | None:
    """One word or phrase, in its field or in title and abstract."""
    if field is QueryField.ID:
        return _exact(schema.IDS, _normalize_id(text))
    if field is QueryField.DOI:
        return _exact(schema.DOI, schema.normalize_doi(text))
    fields = _WHOLE_PAPER if field is None else (_INDEX_FIELDS[field],)
    terms = _list_terms(fields[0], text)
    if not terms:
        return None
    return _any_of(_adjacent(name, terms, slop) for name in fields)


def _exact(field: str, value: str) -> WhooshQuery | None:
    return WhooshTerm(field, value) if value else None


def _adjacent(field: str, terms: tuple[str, ...], slop: int) -> WhooshQuery:
    """One term, or several that follow each other at most `slop` further apart."""
    weight = _FIELD_WEIGHTS.get(field, 1.0)
    if len(terms) == 1:
        return WhooshTerm(field, terms[0], boost=weight)
    return WhooshPhrase(field, list(terms), slop=slop + 1, boost=weight)


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
def _analyzers() -> dict[str, Any]:
    return {name: field.analyzer for name, field in schema.make_schema().items()}


def _list_terms(field: str, text: str) -> tuple[str, ...]:
    """The index terms of a text, as the field's own analyzer sees them."""
    return tuple(token.text for token in _analyzers()[field](text, mode="query"))
