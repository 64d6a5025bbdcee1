"""Query trees joined, searched through and changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.domain.query_tree import (
    And,
    AtLeast,
    Boosted,
    Condition,
    Everything,
    Not,
    Or,
    Preferred,
    QueryNode,
    Term,
)


def join_all(nodes: Iterable[QueryNode]) -> QueryNode:
    """All of the nodes as one, flat; `Everything` when there is none.

    >>> from app.domain.query_tree import Term
    >>> join_all([Term("a"), And((Term("b"), Term("c")))]) == And((Term("a"), Term("b"), Term("c")))
    True
    """
    flat: list[QueryNode] = []
    for node in nodes:
        flat += node.children if isinstance(node, And) else (node,)
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def join_any(nodes: Iterable[QueryNode]) -> QueryNode:
    """At least one of the nodes as one, flat; `NOTHING` when there is none."""
    flat: list[QueryNode] = []
    for node in nodes:
        flat += node.children if isinstance(node, Or) else (node,)
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def narrow(tree: QueryNode, condition: QueryNode) -> QueryNode:
    """What a tree finds as far as it meets a condition as well."""
    return condition if isinstance(tree, Everything) else join_all([tree, condition])


def list_leaves(node: QueryNode) -> list[QueryNode]:
    """All leaves of a tree, in their order."""
    below = _list_children(node)
    return [node] if below is None else [leaf for child in below for leaf in list_leaves(child)]


def replace_leaves(node: QueryNode, change: Callable[[QueryNode], QueryNode]) -> QueryNode:
    """The tree with every leaf changed."""
    match node:
        case And(children):
            return And(tuple(replace_leaves(child, change) for child in children))
        case Or(children):
            return Or(tuple(replace_leaves(child, change) for child in children))
        case AtLeast(children):
            return replace(node, children=tuple(replace_leaves(c, change) for c in children))
        case Not(child) | Boosted(child):
            return replace(node, child=replace_leaves(child, change))
        case Preferred(required, optional):
            changed = replace_leaves(required, change), replace_leaves(optional, change)
            return replace(node, required=changed[0], optional=changed[1])
    return change(node)


def replace_runs(
    node: QueryNode, alternatives: Mapping[tuple[Term, ...], Sequence[QueryNode]]
) -> QueryNode:
    """The tree with words that stand side by side joined with what may stand in their place.

    Longer runs go first; what is excluded stays as it is.

    Args:
        alternatives: by the words, one or more, of a run.

    >>> from app.domain.query_tree import Phrase
    >>> tree = And((Term("non"), Term("invasive"), Term("test")))
    >>> replace_runs(tree, {tree.children[:2]: [Term("noninvasive")]}) == And((
    ...     Or((And((Term("non"), Term("invasive"))), Term("noninvasive"))), Term("test")))
    True
    """
    if not alternatives:
        return node
    match node:
        case And(children):
            longest = max(map(len, alternatives))
            replaced = tuple(_replace_side_by_side(children, alternatives, longest))
            return replaced[0] if len(replaced) == 1 else And(replaced)
        case Or(children):
            return Or(tuple(replace_runs(child, alternatives) for child in children))
        case Term() if found := alternatives.get((node,)):
            return Or((node, *found))
    return node


def _replace_side_by_side(
    children: Sequence[QueryNode],
    alternatives: Mapping[tuple[Term, ...], Sequence[QueryNode]],
    longest: int,
) -> Iterator[QueryNode]:
    start = 0
    while start < len(children):
        for size in range(min(longest, len(children) - start), 1, -1):
            words = tuple(children[start : start + size])
            found = alternatives.get(words)  # type: ignore[arg-type]  # other nodes are never keys
            if found:
                yield Or((And(words), *found))
                start += size
                break
        else:
            yield replace_runs(children[start], alternatives)
            start += 1


def _list_children(node: QueryNode) -> tuple[QueryNode, ...] | None:
    match node:
        case And(children) | Or(children) | AtLeast(children):
            return children
        case Not(child) | Boosted(child):
            return (child,)
        case Preferred(required, optional):
            return required, optional
    return None


def is_condition(node: QueryNode) -> bool:
    """Whether a node consists of conditions only, so that it scores nothing by itself."""
    match node:
        case And(children) | Or(children):
            return bool(children) and all(map(is_condition, children))
        case Not(child):
            return is_condition(child)
    return isinstance(node, Condition | Everything)
