"""What people type into the search box -> a query tree, and a query tree -> text.

    query  := branch ("OR" branch)*
    branch := item*                         every item of a branch is wanted
    item   := ["-" | "NOT"] [field ":"] (word | '"' phrase '"' ["~" places])

`AND` may stand between items and changes nothing; `NOT` binds before it, `OR` last (also written
`|`). `-` negates at the start of an item only, so `non-invasive` stays one word. `*` stands for
every paper. arXiv identifiers and addresses in any written form, and publishers' DOIs, are taken
out of the words: they name papers, and those papers come first in the answer.

Reading is lenient unless asked otherwise: whatever cannot be understood is read in the closest
sensible way, and a note says so. Parentheses do not group.
"""

from dataclasses import dataclass

from app.domain.arxiv_id import ArxivId
from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Everything,
    Not,
    Or,
    Phrase,
    Preferred,
    QueryField,
    QueryNode,
    Term,
)
from app.text.query_items import (
    FIELD_PREFIXES,
    MAX_PHRASE_SLOP,
    OR_WORDS,
    SHORT_PREFIXES,
    Item,
    ItemReader,
    find_id,
)

__all__ = [
    "FIELD_PREFIXES",
    "MAX_PHRASE_SLOP",
    "NOTHING",
    "ParsedQuery",
    "parse_query",
    "render_query",
]

NOTHING = Or(())
"""The tree that matches no paper: a choice without alternatives."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was understood.

    A paper answers it when `arxiv_ids` or `dois` name it, or when it matches `tree`.

    Attributes:
        tree: `NOTHING` when the text holds identifiers only, `Everything` when it is blank.
        arxiv_ids: papers named in the text, in its order, each once.
        notes: sentences about what was read otherwise than it was written.
        dois: publishers' DOIs named in the text, in its order, each once.
    """

    tree: QueryNode
    arxiv_ids: tuple[ArxivId, ...] = ()
    notes: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()


def parse_query(text: str, *, strict: bool = False) -> ParsedQuery:
    """The meaning of `text`.

    Args:
        text: what somebody typed.
        strict: refuse what would otherwise be guessed at.

    Raises:
        InvalidQueryError: only with `strict`; it names the token and its column.

    >>> render_query(parse_query("(deep learning) title:survey").tree)
    'deep learning ti:survey'
    >>> parse_query("https://arxiv.org/pdf/1706.03762v5").arxiv_ids
    (ArxivId(value='1706.03762'),)
    """
    if not text.strip():
        return ParsedQuery(Everything())
    whole = find_id(text)
    if whole is not None:
        return ParsedQuery(NOTHING, (whole,))
    reader = ItemReader(strict=strict)
    items = reader.read(text)
    if all(item.is_blank or item.is_joint for item in items):
        reader.complain(
            "There is nothing to search for.",
            "Stop words and signs alone find nothing.",
            "Write words, names or numbers.",
            Item(text, 1),
        )
    tree = _join_items(items, reader)
    return ParsedQuery(tree, tuple(reader.arxiv_ids), tuple(reader.notes), tuple(reader.dois))


def _join_items(items: list[Item], reader: ItemReader) -> QueryNode:
    """Split at OR; each branch wants all of its items."""
    branches: list[list[QueryNode]] = [[]]
    can_join = False
    for position, item in enumerate(items):
        is_followed = position + 1 < len(items) and not items[position + 1].is_joint
        if item.is_joint and can_join and is_followed:
            if item.token in OR_WORDS:
                branches.append([])
            can_join = False
            continue
        if item.is_joint:
            reader.complain_of_operator(item)
            continue
        can_join = True
        if item.node is not None:
            branches[-1].append(Not(item.node) if item.is_negated else item.node)
    joined = [_join_branch(branch) for branch in branches if branch]
    return joined[0] if len(joined) == 1 else Or(tuple(joined))


def _join_branch(branch: list[QueryNode]) -> QueryNode:
    """All of the nodes; exclusions alone take away from every paper."""
    narrowing = [node for node in branch if not isinstance(node, Everything)]
    if all(isinstance(node, Not) for node in narrowing):
        return And((Everything(), *narrowing)) if narrowing else Everything()
    return narrowing[0] if len(narrowing) == 1 else And(tuple(narrowing))


def render_query(tree: QueryNode) -> str:
    """The text of a tree; `parse_query` reads it back as the same tree where it has the syntax.

    Alternatives inside a branch, which only programs make, are put into parentheses; weights,
    wishes and minimums, which nobody can type, are written as `^2`, `+wanted wished` and
    `(one OR other)~1`.

    >>> render_query(parse_query("title:deep author:del_maestro NOT survey").tree)
    'ti:deep au:"del maestro" -survey'
    """
    match tree:
        case Not(child):
            return f"-{_render_part(child)}"
        case And(children):
            is_exclusion = len(children) > 1 and isinstance(children[0], Everything)
            return " ".join(map(_render_part, children[1:] if is_exclusion else children))
        case Or(children):
            return " OR ".join(map(render_query, children))
        case AtLeast() | Preferred() | Boosted():
            return _render_wish(tree)
    return _render_leaf(tree)


def _render_wish(tree: AtLeast | Preferred | Boosted) -> str:
    match tree:
        case AtLeast(children, minimum):
            return f"({' OR '.join(map(render_query, children))})~{minimum}"
        case Preferred(required, optional):
            return f"+{_render_part(required)} {_render_part(optional)}"
        case Boosted(child, weight):
            return f"{_render_part(child)}^{weight:g}"


def _render_leaf(leaf: QueryNode) -> str:
    match leaf:
        case Everything():
            return "*"
        case Term(text, query_field):
            return _render_prefix(query_field) + text
        case Phrase(text, query_field, slop):
            return f'{_render_prefix(query_field)}"{text}"' + (f"~{slop}" if slop else "")
    raise TypeError(f"{type(leaf).__name__} has no text yet")


def _render_part(node: QueryNode) -> str:
    """A node's text as part of a branch."""
    rendered = render_query(node)
    return f"({rendered})" if isinstance(node, And | Or) and len(node.children) > 1 else rendered


def _render_prefix(query_field: QueryField | None) -> str:
    return f"{SHORT_PREFIXES[query_field]}:" if query_field is not None else ""
