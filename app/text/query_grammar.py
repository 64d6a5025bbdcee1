"""The grammar of queries over their tokens, and the tree it builds.

    NEAR binds first, then NOT, then AND (also unwritten), then PREFERABLY, then OR.

Tokens come from `app.text.query_scanner` by way of `app.text.query_repair`, after which every
sequence of tokens fits the grammar.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from app.domain.errors import InvalidQueryError
from app.domain.query import (
    AtLeast,
    Boosted,
    Near,
    Not,
    Or,
    Preferred,
    QueryNode,
    Term,
    join_all,
    join_any,
)
from app.text.query_tokens import QueryToken

GRAMMAR = """
?start: choice
choice: preference (_OR preference)*
preference: conjunction (_PREFERABLY preference)?
conjunction: _factor (_AND? _factor)*
_factor: negation | nearness | group
negation: _NOT (nearness | group)
nearness: LEAF (NEAR LEAF)*
group: _OPEN choice CLOSE
%declare LEAF CLOSE NEAR _OPEN _OR _PREFERABLY _AND _NOT
"""

_KEPT = frozenset({"LEAF", "CLOSE", "NEAR"})
"""Terminals that the tree needs; the others are left out of it, as their underscore says."""


class _GivenTokens(Lexer):
    """Hands the parser tokens that are there already."""

    def __init__(self, _configuration: Any) -> None: ...

    def lex(self, tokens: Sequence[QueryToken]) -> Iterator[Token]:  # type: ignore[override]
        """The tokens as the parser takes them."""
        for each in tokens:
            name = each.kind.value
            token = Token(name if name in _KEPT else f"_{name}", "")
            token.value = each
            yield token


Part = QueryNode | None
"""None where a part of the query leaves nothing to search for."""


class _TreeBuilder(Transformer):  # type: ignore[type-arg]  # leaves are tokens
    """Builds the tree while the parser goes along."""

    def choice(self, parts: list[Part]) -> Part:
        found = [part for part in parts if part is not None]
        return join_any(found) if found else None

    def preference(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        required, optional = parts
        if required is None or optional is None:
            return optional if required is None else required
        return Preferred(required, optional)

    def conjunction(self, parts: list[Part]) -> Part:
        found = [part for part in parts if part is not None]
        return join_all(found) if found else None

    def negation(self, parts: list[Part]) -> Part:
        return Not(parts[0]) if parts[0] is not None else None

    def nearness(self, tokens: list[Token]) -> Part:
        if len(tokens) == 1:
            node: Part = tokens[0].value.node
            return node
        items = [token.value for token in tokens]
        pairs = zip(items[::2], items[1::2], items[2::2], strict=False)
        return join_all(_join_near(*pair) for pair in pairs)

    def group(self, parts: list[Any]) -> Part:
        node: Part = parts[0]
        close: QueryToken = parts[1].value
        if node is not None and close.minimum:
            children = node.children if isinstance(node, Or) else (node,)
            node = AtLeast(children, close.minimum)
        if node is not None and close.weight != 1.0:
            node = Boosted(node, close.weight)
        return node


def _join_near(left: QueryToken, near: QueryToken, right: QueryToken) -> QueryNode:
    # The repair lets only words of one field stand beside NEAR.
    assert isinstance(left.node, Term) and isinstance(right.node, Term)  # noqa: PT018, S101
    return Near(left.node.text, right.node.text, near.distance, left.node.field)


def build_tree(tokens: Sequence[QueryToken]) -> Part:
    """The tree of repaired tokens; None when nothing of them can be searched.

    Raises:
        InvalidQueryError: the tokens do not fit the grammar.
    """
    if not tokens:
        return None
    if len(tokens) == 1:
        return tokens[0].node
    try:
        tree: Part = _get_parser().parse(tokens)  # type: ignore[assignment]  # our lexer
    except UnexpectedInput as error:
        token = error.token.value if hasattr(error, "token") else None
        written = token if isinstance(token, QueryToken) else tokens[-1]
        raise InvalidQueryError(
            f'The query cannot be read at "{written.text}". Write its parts apart.',
            token=written.text,
            column=written.column,
        ) from error
    return tree


@lru_cache(maxsize=1)
def _get_parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=_GivenTokens, transformer=_TreeBuilder())
