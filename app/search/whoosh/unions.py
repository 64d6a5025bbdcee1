"""Unions of Whoosh queries, flat and without repeats."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.search.whoosh.query_types import AnyOf

WhooshQuery = Any
"""Whoosh has no types; this names what is meant."""


def any_of(queries: Iterable[WhooshQuery]) -> WhooshQuery | None:
    """The union, flat: all terms of a bag of words under one node."""
    flat = list_different(_flatten(queries))
    if len(flat) > 1:
        return AnyOf(flat)
    return flat[0] if flat else None


def _flatten(queries: Iterable[WhooshQuery]) -> Iterator[WhooshQuery]:
    for query in queries:
        if isinstance(query, AnyOf):
            yield from query.subqueries
        else:
            yield query


def list_different(queries: Iterable[WhooshQuery]) -> list[WhooshQuery]:
    """A word typed twice counts once."""
    queries = list(queries)
    if len(queries) < 2:
        return queries
    return list({(type(query).__name__, repr(query)): query for query in queries}.values())
