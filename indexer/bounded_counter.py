"""Counting the frequent ones among very many strings in bounded memory."""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate


class BoundedCounter:
    """Counts strings; when too many different ones are held, it forgets the rarest.

    Those seen once go first, then those seen twice, until half the room is free. Counts are exact
    as long as nothing was forgotten; afterwards a string may be counted too low by what was
    forgotten of it.

    Args:
        max_strings: most different strings held, about 150 bytes each.
    """

    def __init__(self, max_strings: int) -> None:
        self._max_strings = max_strings
        self._counts: Counter[str] = Counter()

    def add(self, strings: Iterable[str]) -> None:
        """Count each of the strings once."""
        self._counts.update(strings)
        if len(self._counts) > self._max_strings:
            self._forget_rarest()

    def forget_below(self, least: int) -> None:
        """Drop the strings counted fewer than `least` times."""
        self._counts = Counter({s: count for s, count in self._counts.items() if count >= least})

    def list_counts(self) -> list[tuple[str, int]]:
        """The strings with their counts, in the order of UTF-8."""
        return sorted(self._counts.items())

    def _forget_rarest(self) -> None:
        sizes = sorted(Counter(self._counts.values()).items())
        forgotten = accumulate(size for _count, size in sizes)
        least_gone = len(self._counts) - self._max_strings // 2
        threshold = next(
            count
            for (count, _size), gone in zip(sizes, forgotten, strict=True)
            if gone >= least_gone
        )
        self.forget_below(threshold + 1)
