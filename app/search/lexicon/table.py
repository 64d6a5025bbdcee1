"""A sorted table of strings with counts, made of three arrays that can be mapped from a file.

    text     uint8   all strings one after another, UTF-8, in the order of their bytes
    offsets  uint64  where each begins, and the end of the last
    counts   uint32

A lookup is a binary search that reads some twenty strings; nothing is loaded beforehand.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_COUNT = 2**32 - 1
_AFTER_ALL = b"\xff"
"""Sorts behind every byte of UTF-8."""


@dataclass(frozen=True, slots=True)
class StringTable:
    """Strings in order, each once, with counts."""

    text: NDArray[np.uint8]
    offsets: NDArray[np.uint64]
    counts: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.counts)

    def read(self, number: int) -> str:
        """The string with this number."""
        return self._read_bytes(number).decode()

    def count(self, string: str) -> int:
        """The count of a string; 0 when the table does not hold it."""
        number = self._find(string.encode())
        if number == len(self) or self.read(number) != string:
            return 0
        return int(self.counts[number])

    def find_prefix(self, prefix: str) -> range:
        """The numbers of the strings that begin so."""
        encoded = prefix.encode()
        return range(self._find(encoded), self._find(encoded + _AFTER_ALL))

    def list_top(self, numbers: range, limit: int) -> list[tuple[str, int]]:
        """The strings of a range with the highest counts, highest first, ties in order."""
        counts = self.counts[numbers.start : numbers.stop].astype(np.int64)
        if len(counts) > limit:
            # A stable choice: equal counts by their place.
            ranked = counts * len(counts) - np.arange(len(counts))
            best = np.argpartition(ranked, len(counts) - limit)[-limit:]
        else:
            best = np.arange(len(counts))
        ordered = sorted(best.tolist(), key=lambda place: (-counts[place], place))
        return [(self.read(numbers.start + place), int(counts[place])) for place in ordered]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """All strings with their counts, in order."""
        for number, count in enumerate(self.counts.tolist()):
            yield self.read(number), count

    def _find(self, encoded: bytes) -> int:
        return bisect_left(range(len(self)), encoded, key=self._read_bytes)

    def _read_bytes(self, number: int) -> bytes:
        start, end = self.offsets[number : number + 2].tolist()
        return self.text[start:end].tobytes()


def make_table(counted: Iterable[tuple[str, int]]) -> StringTable:
    """The table of strings that come in the order of their UTF-8 bytes, repeated ones added up."""
    text = bytearray()
    offsets = [0]
    counts: list[int] = []
    last: str | None = None
    for string, count in counted:
        if string == last:
            counts[-1] = min(counts[-1] + count, MAX_COUNT)
            continue
        text += string.encode()
        offsets.append(len(text))
        counts.append(min(count, MAX_COUNT))
        last = string
    return StringTable(
        np.frombuffer(bytes(text), np.uint8),
        np.array(offsets, np.uint64),
        np.array(counts, np.uint32),
    )
