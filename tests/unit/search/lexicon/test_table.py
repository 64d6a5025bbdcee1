"""Sorted strings with counts."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.lexicon.table import make_table

STRINGS = st.dictionaries(st.text("abä深\t ", max_size=5), st.integers(1, 9), max_size=30)


def test_repeated_strings_are_added_up() -> None:
    table = make_table([("a", 1), ("a", 2), ("b", 4)])
    assert list(table) == [("a", 3), ("b", 4)]
    assert len(table) == 2


@given(STRINGS, st.text("abä深", max_size=3))
def test_prefixes_are_found_as_by_looking_at_all(counts: dict[str, int], prefix: str) -> None:
    table = make_table(sorted(counts.items()))
    numbers = table.find_prefix(prefix)
    assert {table.read(number) for number in numbers} == {
        each for each in counts if each.startswith(prefix)
    }


@given(STRINGS, st.integers(1, 8))
def test_the_most_frequent_come_first(counts: dict[str, int], limit: int) -> None:
    table = make_table(sorted(counts.items()))
    best = table.list_top(table.find_prefix(""), limit)
    assert best == sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


@given(STRINGS)
def test_counts_come_back(counts: dict[str, int]) -> None:
    table = make_table(sorted(counts.items()))
    assert Counter(dict(table)) == Counter(counts)
    assert all(table.count(string) == count for string, count in counts.items())
    assert table.count("zzz") == 0


@pytest.mark.parametrize("prefix", ["", "a"])
def test_an_empty_table_holds_nothing(prefix: str) -> None:
    table = make_table([])
    assert table.list_top(table.find_prefix(prefix), 3) == []
    assert table.count(prefix) == 0
