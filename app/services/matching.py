"""Papers that match a request beyond those it names: the engine's answer, relaxed if need be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.paper import Paper
from app.domain.query import And, Not, Or, QueryField, QueryNode, SearchRequest, Term
from app.domain.results import EngineResult
from app.search.engine import SearchEngine
from app.text.query_syntax import NOTHING


@dataclass(frozen=True, slots=True)
class Matches:
    """What the engine found.

    Attributes:
        result: without the papers that the query names.
        tree: the tree that gave the result.
        is_relaxed: whether that is another one than was asked for.
        notes: sentences about it.
    """

    result: EngineResult
    tree: QueryNode
    is_relaxed: bool = False
    notes: tuple[str, ...] = ()


def find_matches(engine: SearchEngine, request: SearchRequest, named: Sequence[Paper]) -> Matches:
    """The engine's answer beyond the named papers.

    When no paper holds all the bare words, papers with any of them are taken.

    Raises:
        SearchIndexError: there is no usable index.
    """
    if request.query == NOTHING:
        return Matches(EngineResult((), 0, engine.get_state(), {}), request.query)
    on_page = len(named[request.offset : request.offset + request.limit])
    asked = replace(
        request,
        query=_leave_out(request.query, named),
        offset=max(0, request.offset - len(named)),
        limit=request.limit - on_page,
    )
    result = engine.search(asked)
    relaxed = relax_query(request.query) if result.total == 0 else None
    # A named paper, left out above, may be the one that holds all the words.
    if relaxed is None or (named and engine.count(request.query, request.filters)):
        return Matches(result, request.query)
    second = engine.search(replace(asked, query=_leave_out(relaxed, named)))
    if not second.total:
        return Matches(result, request.query)
    return Matches(second, relaxed, is_relaxed=True, notes=(_RELAXED,))


_RELAXED = (
    "No title and abstract hold all of these words, so papers with any of them are shown. "
    "For names write au:, as in au:vaswani."
)


def relax_query(tree: QueryNode) -> QueryNode | None:
    """A tree that wants any of the bare words instead of all; None where that changes nothing.

    Phrases, fields and exclusions are asked for on purpose and stay wanted.
    """
    if not isinstance(tree, And):
        return None
    words = tuple(c for c in tree.children if isinstance(c, Term) and c.field is None)
    if len(words) < 2:
        return None
    others = tuple(child for child in tree.children if child not in words)
    return And((Or(words), *others)) if others else Or(words)


def _leave_out(tree: QueryNode, papers: Sequence[Paper]) -> QueryNode:
    """The tree without papers that are shown anyway, so that totals and pages stay exact."""
    if not papers:
        return tree
    ids = tuple(Not(Term(paper.arxiv_id.value, QueryField.ID)) for paper in papers)
    return And((tree, *ids))
