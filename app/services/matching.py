"""Papers that match a request beyond those it names: the engine's answer, relaxed if need be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.query import (
    And,
    AuthorName,
    Filters,
    Not,
    QueryField,
    QueryNode,
    SearchRequest,
    Sort,
    Term,
)
from app.domain.results import EngineResult
from app.search.engine import SearchEngine
from app.services.author_readings import find_author_reading
from app.services.phrase_preference import prefer_phrase
from app.services.relaxation import find_relaxation, is_enough
from app.services.variants import Variants
from app.text.query_syntax import NOTHING


@dataclass(frozen=True, slots=True)
class Matches:
    """What the engine found.

    Attributes:
        result: without the papers that the query names.
        tree: the tree that gave the result, for people: without spellings that hardly exist.
        searched: the same with what programs add to it.
        is_relaxed: whether that is another one than was asked for.
        holding_all: how many papers hold all the words, where it is relaxed.
        author: how a name among the words was read; None where none was.
    """

    result: EngineResult
    tree: QueryNode
    searched: QueryNode
    is_relaxed: bool = False
    holding_all: int = 0
    author: AuthorName | None = None


def find_matches(
    engine: SearchEngine,
    request: SearchRequest,
    named: Sequence[Paper],
    variants: Variants,
    search: Callable[[SearchRequest], EngineResult],
    *,
    typed: str = "",
) -> Matches:
    """The engine's answer beyond the named papers.

    Where few papers hold all the bare words, papers by an author whom they name are taken, else
    papers with any of them; so too where the filters leave none of many.

    Args:
        variants: of the request's query.
        search: the engine's, or one that knows orders the engine does not.
        typed: the query in its own spelling; when empty no word is read as a name.

    Raises:
        SearchIndexError: there is no usable index.
    """
    if request.query == NOTHING:
        return Matches(EngineResult((), 0, engine.get_state(), {}), request.query, request.query)
    tree, searched = variants.shown, prefer_phrase(variants.weighed, request, typed)
    ids = [paper.arxiv_id for paper in named]
    on_page = len(named[request.offset : request.offset + request.limit])
    asked = replace(
        request,
        query=leave_out(searched, ids),
        offset=max(0, request.offset - len(named)) if request.after is None else 0,
        limit=request.limit - on_page,
    )
    result = search(asked)
    total = result.total
    # A named paper, left out above, may be among those that hold all the words; and papers with an
    # acronym instead of them do not replace those that hold some of the words.
    if named or variants.acronyms:
        total = engine.count(variants.spelt, request.filters)
    found = Matches(result, tree, searched)
    if is_enough(total, result.state.papers, Sort.RELEVANCE):
        return found

    def search_instead(instead: QueryNode) -> EngineResult:
        return search(replace(asked, query=leave_out(instead, ids)))

    theirs = _read_name(engine, request.query, typed, search_instead) if typed else None
    if theirs is not None and theirs.result.total > result.total:
        return theirs
    if total > 0 and request.filters != Filters():
        # A filter does not change what words mean: counts beside it are of what is behind it.
        total = engine.count(variants.spelt, Filters())
    relaxation = find_relaxation(request.query, variants.further, untold=variants.unfamiliar)
    if relaxation is None or is_enough(total, result.state.papers, request.sort):
        return found
    wanted = prefer_phrase(relaxation.query, request, typed)
    second = search_instead(wanted)
    if second.total <= result.total:
        return found
    return Matches(second, relaxation.shown, wanted, is_relaxed=True, holding_all=total)


def _read_name(
    engine: SearchEngine,
    query: QueryNode,
    typed: str,
    search: Callable[[QueryNode], EngineResult],
) -> Matches | None:
    """The papers by an author whom the query names; None where it names nobody."""
    reading = find_author_reading(engine, query, typed)
    if reading is None:
        return None
    return Matches(search(reading.query), reading.query, reading.query, author=reading.author)


def leave_out(tree: QueryNode, ids: Iterable[ArxivId]) -> QueryNode:
    """The tree without papers that are shown anyway, so that totals and pages stay exact.

    Whoever explains scores has to leave them out too: the best hits have a say in the second stage.
    """
    shown = tuple(Not(Term(each.value, QueryField.ID)) for each in ids)
    return And((tree, *shown)) if shown else tree
