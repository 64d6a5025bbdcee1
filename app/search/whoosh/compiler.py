"""The project's query tree -> a Whoosh query.

Words that leave no index term (stop words, punctuation) are left out wherever they stand; a tree
of nothing else matches nothing. Inside `And`, `Not` takes away from the other children; alone or
inside `Or` it stands for all papers that its child does not match.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from whoosh.matching import FilterMatcher, NullMatcher, WrappingMatcher
from whoosh.query import And as WhooshAnd
from whoosh.query import AndNot, Every, NullQuery, Or, SpanNear2
from whoosh.query import Phrase as WhooshPhrase
from whoosh.query import Term as WhooshTerm

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.domain.query import And, Everything, Not, Phrase, QueryField, QueryNode, Term
from app.domain.query import Or as OrNode
from app.search.whoosh import schema
from app.search.whoosh.analyzer import FieldAnalyzer, QueryTerms

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


class Without(AndNot):  # type: ignore[misc]  # Whoosh has no types
    """`AndNot` by the set of excluded documents.

    Whoosh's own matcher lets the first match of `a` through when `b` has matches before it, and
    reads past the end when it is skipped beyond the last match of `a`.
    """

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents of `a` that `b` does not match, with the scores of `a`."""
        wanted = self.a.matcher(searcher, context)
        excluded = self.b.matcher(searcher, searcher.boolean_context())
        return FilterMatcher(wanted, frozenset(excluded.all_ids()), exclude=True)


class GappedPhrase(WhooshPhrase):  # type: ignore[misc]  # Whoosh has no types
    """Words at the same distances as in the query, or up to `slop` places further apart.

    Whoosh's own phrase knows one distance for all; "state of the art" without its stop words
    has a gap of three.
    """

    def __init__(
        self, field: str, parts: Sequence[tuple[int, str]], *, slop: int = 0, boost: float = 1.0
    ) -> None:
        super().__init__(field, [word for _position, word in parts], slop=slop, boost=boost)
        positions = [position for position, _word in parts]
        self.gaps = tuple(after - before for before, after in pairwise(positions))

    def __repr__(self) -> str:
        return f"{super().__repr__()} gaps {self.gaps}"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents that hold the phrase; their score is the sum of the words' scores."""
        reader = searcher.reader()
        if any((self.fieldname, word) not in reader for word in self.words):
            return NullMatcher()
        first, *rest = (WhooshTerm(self.fieldname, word) for word in self.words)
        query: WhooshQuery = first
        for word, gap in zip(rest, self.gaps, strict=True):
            query = SpanNear2([query, word], slop=gap + self.slop, mindist=gap)
        matcher = query.matcher(searcher, context)
        return matcher if self.boost == 1.0 else WrappingMatcher(matcher, boost=self.boost)


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
            return None if excluded is None else Without(Every(), excluded)
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
    return Without(result, _any_of(excluded)) if excluded else result


def _compile_words(text: str, field: QueryField | None, *, slop: int) -> WhooshQuery | None:
    """One word or phrase, in its field or in title and abstract."""
    if field is QueryField.ID:
        return _exact(schema.IDS, _normalize_id(text))
    if field is QueryField.DOI:
        return _exact(schema.DOI, schema.normalize_doi(text))
    fields = _WHOLE_PAPER if field is None else (_INDEX_FIELDS[field],)
    terms = _analyzers()[fields[0]].split_query(text)
    return _any_of(query for name in fields for query in _in_field(name, terms, slop))


def _exact(field: str, value: str) -> WhooshQuery | None:
    return WhooshTerm(field, value) if value else None


def _in_field(field: str, terms: QueryTerms, slop: int) -> Iterator[WhooshQuery]:
    """One term, or several side by side; a compound also in one piece."""
    weight = _FIELD_WEIGHTS.get(field, 1.0)
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
