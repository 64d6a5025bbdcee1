"""`similar:` of a query: the paper's telling words in its place."""

from dataclasses import dataclass

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.query import (
    QueryNode,
    Similar,
    WeightedTerms,
    list_leaves,
    replace_leaves,
)
from app.search.documents import make_index_document
from app.search.engine import SearchEngine


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
        f"arXiv:{each} is not held here, so nothing similar is known; it may be at {each.abs_url}."
        for each in wanted
        if each not in held
    )
    return Resolved(replace_leaves(tree, resolve), notes)
