"""No text, however odd, is beyond reading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidQueryError
from app.domain.query import NOTHING, QueryNode, Similar, replace_leaves
from app.search.whoosh.compiler import compile_query
from app.text.query_syntax import parse_query, render_query
from tests.support.nasty_queries import HAND_WRITTEN, OPERATORS, SIGNS, list_nasty_queries


def test_there_are_at_least_500_and_all_differ() -> None:
    queries = list_nasty_queries()

    assert len(queries) == len(set(queries)) >= 500
    assert len(HAND_WRITTEN) >= 200
    assert max(map(len, queries)) >= 1_900


def forget_similar(leaf: QueryNode) -> QueryNode:
    return NOTHING if isinstance(leaf, Similar) else leaf


def read(text: str) -> None:
    """Read, write, read again, compile; strictly too, where only one error is allowed."""
    parsed = parse_query(text)
    again = parse_query(render_query(parsed.tree))
    assert (parsed.tree == NOTHING) or again.tree is not None
    compile_query(replace_leaves(parsed.tree, forget_similar))
    if not parsed.notes:
        assert parse_query(text, strict=True) == parsed
        return
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(text, strict=True)
    assert 1 <= caught.value.column <= max(1, len(text))
    assert caught.value.token


@pytest.mark.parametrize("text", list_nasty_queries())
def test_a_nasty_query_is_read_written_and_compiled(text: str) -> None:
    read(text)


pieces = st.sampled_from(
    [*SIGNS, *OPERATORS, " ", "otters", "ti:", "au:", "cat:cs.LG", "2024", "~2"]
)


@settings(max_examples=250, deadline=None)
@given(st.text(max_size=200) | st.lists(pieces, max_size=30).map("".join))
def test_any_text_is_read_written_and_compiled(text: str) -> None:
    read(text)
