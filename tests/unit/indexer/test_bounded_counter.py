"""Counting in bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.bounded_counter import BoundedCounter


def test_counts_are_exact_while_there_is_room() -> None:
    counter = BoundedCounter(3)
    counter.add(["b", "a"])
    counter.add(["a"])
    assert counter.list_counts() == [("a", 2), ("b", 1)]


def test_the_rarest_are_forgotten_first() -> None:
    counter = BoundedCounter(4)
    for _ in range(3):
        counter.add(["often", "always"])
    counter.add(["x", "y", "z"])
    assert counter.list_counts() == [("always", 3), ("often", 3)]


def test_what_is_too_rare_can_be_left_out() -> None:
    counter = BoundedCounter(9)
    counter.add(["a", "b"])
    counter.add(["b"])
    counter.forget_below(2)
    assert counter.list_counts() == [("b", 2)]


@given(st.lists(st.sets(st.integers(0, 99).map(str), max_size=10)), st.integers(1, 20))
def test_the_room_is_never_exceeded_and_no_count_is_too_high(
    batches: list[set[str]], room: int
) -> None:
    counter = BoundedCounter(room)
    for batch in batches:
        counter.add(batch)
    counts = dict(counter.list_counts())
    assert len(counts) <= room
    assert all(count <= sum(each in batch for batch in batches) for each, count in counts.items())
