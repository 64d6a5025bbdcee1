"""Leaves of the query tree that score -> Whoosh queries.

Conditions are compiled elsewhere: `app.search.whoosh.narrowing`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from whoosh.query import NullQuery
from whoosh.query import Term as WhooshTerm

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.domain.query import (
    AuthorName,
    Near,
    Phrase,
    Prefix,
    QueryField,
    QueryNode,
    Term,
    WeightedTerms,
)
from app.search.whoosh import schema
from app.search.whoosh.analyzer import FieldAnalyzer, ProseAnalyzer, QueryTerms
from app.search.whoosh.query_types import AnyOf, GappedPhrase, TermsLike, Without
from app.search.whoosh.term_patterns import BeginsWith
from app.search.whoosh.unions import WhooshQuery, any_of
from app.text.author_search import NAME_SLOP, fold_family, make_name_patterns
from app.text.names import fold_name
from app.text.tokenize import normalise

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


_EXACT_FIELDS = (schema.ARXIV_ID, schema.BARE_IDS, schema.DOI)


MAX_PHRASE_TERMS = 40
"""Words of a phrase or name that have to stand side by side; a paper that holds so many in their
order holds the rest. Six hundred initials kept a search busy for minutes."""


def get_index_field(field: QueryField) -> str:
    """The name under which the index keeps a field of queries."""
    return _INDEX_FIELDS[field]


def compile_leaf(node: QueryNode, weight: float) -> WhooshQuery | None:
    """The query whose scores are those of the leaf times `weight`; None without an index term.

    Raises:
        TypeError: the node is no leaf that scores.
    """
    compile_node = _COMPILERS.get(type(node))
    if compile_node is None:
        raise TypeError(f"{node} has to be replaced by other nodes before a search")
    return compile_node(node, weight)


def compile_weighted_terms(
    weighted_terms: Iterable[tuple[str, float]], weight: float = 1.0
) -> WhooshQuery:
    """An OR of index terms over title and abstract, each score times its weight and `weight`.

    Weights of one term are added up; terms without a weight above 0 are left out.
    """
    weights: dict[str, float] = {}
    for term, own_weight in weighted_terms:
        weights[term] = weights.get(term, 0.0) + own_weight * weight
    children = [
        WhooshTerm(field, term, boost=total)
        for term, total in weights.items()
        if term and total > 0.0
        for field in _WHOLE_PAPER
    ]
    return AnyOf(children) if children else NullQuery


def _compile_words(
    text: str, field: QueryField | None, weight: float, *, slop: int
) -> WhooshQuery | None:
    """One word or phrase, in its field or in title and abstract."""
    match field:
        case QueryField.ID:
            value = _normalize_id(text)
            return _exact(schema.BARE_IDS if value.isdigit() else schema.ARXIV_ID, value, weight)
        case QueryField.DOI:
            return _exact(schema.DOI, schema.normalize_doi(text), weight)
        case QueryField.AUTHOR:
            return _compile_author(AuthorName(text), weight)
        case QueryField.ALL:
            others = (each for each in QueryField if each is not QueryField.ALL)
            compiled = (_compile_words(text, each, weight, slop=slop) for each in others)
            return any_of(query for query in compiled if query is not None)
    fields = _get_index_fields(field)
    terms = _analyzers()[fields[0]].split_query(text)
    return any_of(query for name in fields for query in _in_field(name, terms, weight, slop))


def _get_index_fields(field: QueryField | None) -> tuple[str, ...]:
    return _WHOLE_PAPER if field is None else (_INDEX_FIELDS[field],)


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
        parts = terms.parts[:MAX_PHRASE_TERMS]
        yield GappedPhrase(field, parts, slop=slop, boost=weight)


def _compile_author(author: AuthorName, weight: float) -> WhooshQuery | None:
    """Names that hold the terms of any pattern in their order."""
    return any_of(
        WhooshTerm(schema.AUTHORS, pattern[0], boost=weight)
        if len(pattern) == 1
        else GappedPhrase(schema.AUTHORS, list(enumerate(pattern)), slop=NAME_SLOP, boost=weight)
        for pattern in _list_name_patterns(author)
    )


def _list_name_patterns(author: AuthorName) -> Iterator[tuple[str, ...]]:
    for pattern in make_name_patterns(author.name, author.place):
        yield tuple(pattern[:MAX_PHRASE_TERMS])


def _compile_near(near: Near, weight: float) -> WhooshQuery | None:
    """Both orders of two words."""
    orders = (f"{near.left} {near.right}", f"{near.right} {near.left}")
    compiled = (_compile_words(text, near.field, weight, slop=near.distance) for text in orders)
    return any_of(query for query in compiled if query is not None)


def _compile_prefix(prefix: Prefix, weight: float) -> WhooshQuery | None:
    """All terms that begin so."""
    is_all = prefix.field is QueryField.ALL
    fields = tuple(_INDEX_FIELDS.values()) if is_all else _get_index_fields(prefix.field)
    return any_of(query for name in fields for query in _prefix_in_field(name, prefix.text, weight))


def _prefix_in_field(field: str, text: str, weight: float) -> Iterator[WhooshQuery]:
    is_exact = field in _EXACT_FIELDS
    folded = text.lower() if is_exact else fold_name(text).replace(" ", "")
    starts = [folded]
    if field == schema.AUTHORS:
        # Umlauts are indexed without their e; whether the last e is one is not known yet.
        starts += [fold_family(folded), fold_family(folded + "n").removesuffix("n")]
    for start in dict.fromkeys(starts):
        if start:
            yield TermsLike(field, BeginsWith(start), weight)
    if not is_exact and isinstance(_analyzers()[field], ProseAnalyzer):
        # Words are indexed by their stems, which may be shorter than what was typed.
        stem = normalise(folded)
        if stem and not stem.startswith(folded):
            yield WhooshTerm(field, stem, boost=weight)


def _compile_weighted(node: WeightedTerms, weight: float) -> WhooshQuery:
    query = compile_weighted_terms(node.terms, weight)
    if node.like is None:
        return query
    return Without(query, WhooshTerm(schema.ARXIV_ID, node.like.value))


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


_COMPILERS: dict[type, Callable[[Any, float], WhooshQuery | None]] = {
    Term: lambda node, weight: _compile_words(node.text, node.field, weight, slop=0),
    Phrase: lambda node, weight: _compile_words(node.text, node.field, weight, slop=node.slop),
    Near: _compile_near,
    Prefix: _compile_prefix,
    AuthorName: _compile_author,
    WeightedTerms: _compile_weighted,
}
