"""Tree -> text -> tree is the identity, for trees of every kind of node."""

from typing import get_args

from hypothesis import given, settings

from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Not,
    Or,
    Preferred,
    Prefix,
    QueryNode,
    Similar,
    WeightedTerms,
)
from app.text.query_syntax import parse_query, render_query
from app.text.query_values import MAX_PREFIXES, MAX_SIMILAR
from tests.support.query_trees import trees


def list_nodes(tree: QueryNode) -> list[QueryNode]:
    """A node and all below it."""
    match tree:
        case And(children) | Or(children) | AtLeast(children, _):
            below = list(children)
        case Not(child) | Boosted(child, _):
            below = [child]
        case Preferred(required, optional):
            below = [required, optional]
        case _:
            below = []
    return [tree, *(each for child in below for each in list_nodes(child))]


def is_within_limits(tree: QueryNode) -> bool:
    nodes = list_nodes(tree)
    similar = {node for node in nodes if isinstance(node, Similar)}
    return (
        sum(isinstance(node, Prefix) for node in nodes) <= MAX_PREFIXES
        and len(similar) <= MAX_SIMILAR
    )


@settings(max_examples=150, deadline=None)
@given(trees.filter(is_within_limits))
def test_a_tree_is_read_back_from_its_text(tree: QueryNode) -> None:
    text = render_query(tree)

    parsed = parse_query(text, strict=True)

    assert parsed.tree == tree
    assert (parsed.arxiv_ids, parsed.dois, parsed.notes) == ((), (), ())


def test_every_kind_of_node_with_a_written_form_takes_part() -> None:
    seen: set[type] = set()

    @settings(max_examples=150, deadline=None, database=None)
    @given(trees)
    def collect(tree: QueryNode) -> None:
        seen.update(map(type, list_nodes(tree)))

    collect()
    assert seen == set(get_args(QueryNode)) - {WeightedTerms}
