"""Long lists of parameters, cut to what a statement may carry."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

MAX_PARAMETERS = 10_000
"""Parameters of one `IN (…)`; SQLite allows 32,766 in a statement and PostgreSQL 65,535."""


def in_batches(values: Sequence[T], size: int = MAX_PARAMETERS) -> Iterator[Sequence[T]]:
    """The values in order, at most `size` at a time.

    >>> [list(batch) for batch in in_batches([1, 2, 3], size=2)]
    [[1, 2], [3]]
    """
    for start in range(0, len(values), size):
        yield values[start : start + size]
