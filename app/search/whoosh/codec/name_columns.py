"""Names of papers' authors: several for a document, each a number in the segment's sorted list."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.joined_texts import ByteColumn, iter_texts, join_texts
from app.search.whoosh.codec.kernels import has_numba
from app.search.whoosh.codec.merge_sources import MergeSource, join_offsets, select_texts
from app.search.whoosh.codec.segment_files import SegmentFiles

Array = NDArray[Any]

SEPARATOR = b"\n"
"""What stands between the names of one document."""

CHUNK_NAMES = 250_000
"""Names of the longest list that are merged at a time; bounds memory, about 100 MB."""

COMPILED_NAMES = 200_000
"""For fewer the compiler, half a second until it is loaded, is not worth it."""


def make_name_arrays(texts: Iterable[bytes]) -> dict[str, Array]:
    """The arrays of names as `SegmentColumns` takes them.

    Args:
        texts: for each document its names in UTF-8, in its own order, with `SEPARATOR` between
            them; a name that occurs twice counts once.
    """
    numbers: dict[bytes, int] = {}
    offsets, codes = array("I", [0]), array("I")
    for text in texts:
        if text:
            for name in dict.fromkeys(text.split(SEPARATOR)):
                if name:
                    codes.append(numbers.setdefault(name, len(numbers)))
        offsets.append(len(codes))
    names = sorted(numbers)
    ranks = np.zeros(len(names), np.uint32)
    ranks[[numbers[name] for name in names]] = np.arange(len(names))
    listed = join_texts(names)
    return {
        "author_offsets": np.array(offsets, np.uint32),
        layout.AUTHOR_CODES: ranks[np.array(codes, np.uint32)],
        layout.AUTHOR_NAMES: listed.data,
        layout.AUTHOR_NAME_OFFSETS: listed.offsets,
    }


class NameList(Sequence[bytes]):
    """A segment's sorted names, read one by one.

    Attributes:
        data: uint8, the names in UTF-8, one after another.
        offsets: where each begins, and the end.
    """

    def __init__(self, data: Array, offsets: Array) -> None:
        self.data, self.offsets = data, offsets
        self._view = data.data

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, place: Any) -> Any:
        return bytes(self._view[int(self.offsets[place]) : int(self.offsets[place + 1])])

    def list_range(self, first: int, last: int) -> list[bytes]:
        """The names of a half-open range."""
        return list(iter_texts(self.data, self.offsets, first, last))


def merge_names(sources: Sequence[MergeSource], files: SegmentFiles) -> None:
    """Write the names of living documents; one that no living document has is dropped."""
    lists = [
        NameList(each.arrays.author_names, each.arrays.author_name_offsets) for each in sources
    ]
    used = [_mark_used(source, len(names)) for source, names in zip(sources, lists, strict=True)]
    tables = [np.zeros(len(names), np.uint32) for names in lists]
    if sum(map(len, lists)) < COMPILED_NAMES or not has_numba():
        _merge_lists(lists, used, tables, files)
    else:
        _merge_lists_compiled(lists, used, tables, files)
    files.write_blocks(layout.AUTHOR_CODES, _iter_codes(sources, tables))
    files.write(layout.AUTHOR_COUNTS, *(s.arrays.author_counts[s.living] for s in sources))


def _merge_lists(
    lists: Sequence[NameList],
    used: Sequence[NDArray[np.bool_]],
    tables: Sequence[Array],
    files: SegmentFiles,
) -> None:
    """Write all used names and fill in their numbers."""
    blobs: list[Array] = []
    lengths: list[Array] = []
    base = 0
    for bounds in _iter_bounds(lists):
        names = _merge_chunk(lists, used, bounds, tables, base)
        listed = join_texts(names)
        blobs.append(listed.data)
        lengths.append(np.diff(listed.offsets.astype(np.int64)))
        base += len(names)
    files.write(layout.AUTHOR_NAMES, *blobs)
    files.write(layout.AUTHOR_NAME_OFFSETS, join_offsets(lengths))


def _merge_lists_compiled(
    lists: Sequence[NameList],
    used: Sequence[NDArray[np.bool_]],
    tables: Sequence[Array],
    files: SegmentFiles,
) -> None:
    """The same as `_merge_lists` in a tenth of its time."""
    from app.search.whoosh.codec.merge_texts import choose_texts, unite_texts  # noqa: PLC0415

    (data, ends), places = unite_texts(
        [
            choose_texts((names.data, names.offsets.astype(np.int64)), marks)
            for names, marks in zip(lists, used, strict=True)
        ]
    )
    for table, marks, numbers in zip(tables, used, places, strict=True):
        table[marks] = numbers
    files.write(layout.AUTHOR_NAMES, data)
    files.write(layout.AUTHOR_NAME_OFFSETS, ends)


def _iter_codes(sources: Sequence[MergeSource], tables: Sequence[Array]) -> Iterator[Array]:
    for source, table in zip(sources, tables, strict=True):
        column = ByteColumn(source.arrays.author_codes, source.arrays.author_offsets)
        for codes in select_texts(column, source.living):
            yield table[codes]


def _mark_used(source: MergeSource, name_count: int) -> NDArray[np.bool_]:
    """Which names a living document has."""
    used = np.zeros(name_count, np.bool_)
    column = ByteColumn(source.arrays.author_codes, source.arrays.author_offsets)
    for codes in select_texts(column, source.living):
        used[codes] = True
    return used


def _iter_bounds(lists: Sequence[NameList]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of every list that together hold the same stretch of names."""
    longest = max(lists, key=len)
    firsts = [0] * len(lists)
    for edge in range(CHUNK_NAMES, len(longest), CHUNK_NAMES):
        lasts = [bisect_left(names, longest[edge]) for names in lists]
        yield list(zip(firsts, lasts, strict=True))
        firsts = lasts
    yield list(zip(firsts, map(len, lists), strict=True))


def _merge_chunk(
    lists: Sequence[NameList],
    used: Sequence[NDArray[np.bool_]],
    bounds: Sequence[tuple[int, int]],
    tables: Sequence[Array],
    base: int,
) -> list[bytes]:
    """The distinct used names of a chunk in order; fills in their new numbers."""
    found = [
        list(compress(names.list_range(first, last), marks[first:last].tolist()))
        for names, marks, (first, last) in zip(lists, used, bounds, strict=True)
    ]
    # Sorting runs that are in order already costs one comparison a name and run.
    merged = list(dict.fromkeys(sorted(chain.from_iterable(found))))
    numbers = {name: base + place for place, name in enumerate(merged)}
    for names, marks, (first, last), table in zip(found, used, bounds, tables, strict=True):
        places = first + np.flatnonzero(marks[first:last])
        table[places] = np.fromiter(map(numbers.__getitem__, names), np.uint32, len(names))
    return merged
