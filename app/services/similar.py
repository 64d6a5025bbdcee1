"""`similar:` of a query: the paper's telling words in its place.

Nearly every paper shares some word with another one. The order by relevance shows it last; an order
by date would show it first, so there only the papers most like it are ordered.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.notes import say
from app.domain.query import (
    And,
    QueryField,
    QueryNode,
    SearchRequest,
    Similar,
    Sort,
    Term,
    WeightedTerms,
    join_any,
    list_leaves,
    replace_leaves,
)
from app.domain.results import EngineResult
from app.search.documents import make_index_document
from app.search.engine import SearchEngine

MOST_SIMILAR = 100
"""Papers like another one that an order by date orders."""

_ORDERS_BY_DATE = (Sort.NEWEST, Sort.OLDEST, Sort.UPDATED)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A tree that an engine can search for.

    Attributes:
        notes: sentences about papers that are not held.
    """

    tree: QueryNode
    notes: tuple[str, ...] = ()


def resolve_similar(database: Database, engine: SearchEngine, tree: QueryNode) -> Resolved:
    """The tree with the telling words of papers in place of `Similar`.

    A paper that is not held here has none: nothing is similar to it, and a note says so.

    Raises:
        SearchIndexError: there is no usable index.
        StorageError: there is no usable database.
    """
    wanted = dict.fromkeys(leaf.arxiv_id for leaf in list_leaves(tree) if isinstance(leaf, Similar))
    if not wanted:
        return Resolved(tree)
    with database.read() as tx:
        held = find_papers(tx, list(wanted))
    terms = {
        arxiv_id: engine.choose_telling_terms([make_index_document(paper)])
        for arxiv_id, paper in held.items()
    }

    def resolve(leaf: QueryNode) -> QueryNode:
        if not isinstance(leaf, Similar):
            return leaf
        # Without terms it matches nothing.
        return WeightedTerms(terms.get(leaf.arxiv_id, ()), leaf.arxiv_id)

    notes = tuple(
        say(
            "arXiv:{arxiv_id} is not held here, so nothing similar is known; it may be at "
            "{address}.",
            arxiv_id=each,
            address=each.abs_url,
        )
        for each in wanted
        if each not in held
    )
    return Resolved(replace_leaves(tree, resolve), notes)


def search_most_similar(
    search: Callable[[SearchRequest], EngineResult], request: SearchRequest
) -> EngineResult:
    """The answer to a request; by date, of papers like others, only the `MOST_SIMILAR`.

    Raises:
        SearchIndexError: there is no usable index.
    """
    if request.sort not in _ORDERS_BY_DATE or not _asks_for_similar(request.query):
        return search(request)
    first = replace(
        request, sort=Sort.RELEVANCE, offset=0, limit=MOST_SIMILAR, facets=(), after=None
    )
    best = search(first)
    if best.total <= MOST_SIMILAR:
        return search(request)
    ids = join_any(Term(hit.arxiv_id.value, QueryField.ID) for hit in best.hits)
    found = search(replace(request, query=ids))
    note = say(
        "By date, these are the {most} papers most like it, of {total} that share words with it.",
        most=MOST_SIMILAR,
        total=best.total,
    )
    return replace(found, notes=(*found.notes, note))


def _asks_for_similar(tree: QueryNode) -> bool:
    """Whether every match is a paper like another one."""
    parts = tree.children if isinstance(tree, And) else (tree,)
    return any(isinstance(part, WeightedTerms) and part.like is not None for part in parts)
