"""The terms of pieces by column: what analysing some pieces of text gives; see `bulk_pieces`."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

PieceTerms = tuple[Sequence[tuple[int, str]], int]
"""Terms of one piece with their offsets, ascending, and how many positions the piece takes."""


class PieceEntries(NamedTuple):
    """What some pieces stand for.

    Attributes:
        terms: those of the first piece, then those of the next one.
        offsets: uint32, position of each term within its piece.
        counts: int64, terms of each piece.
        widths: uint32, positions that each piece takes.
    """

    terms: Sequence[str]
    offsets: Array
    counts: Array
    widths: Array


def keep_pieces(pieces: Sequence[str]) -> PieceEntries:
    """Every piece is a term."""
    size = len(pieces)
    return PieceEntries(
        pieces, np.zeros(size, np.uint32), np.ones(size, np.int64), np.ones(size, np.uint32)
    )


def lay_out(
    simple: Sequence[str | None], widths: Sequence[int], others: Iterable[PieceTerms]
) -> PieceEntries:
    """The entries of pieces most of which have one term at most.

    Args:
        simple: the only term of a piece; empty where there is none, None for one of `others`.
        widths: positions that each piece takes; not looked at for `others`.
        others: the terms of the remaining pieces, in order.
    """
    terms: list[str] = []
    offsets: list[int] = []
    counts: list[int] = []
    all_widths = list(widths)
    remaining = iter(others)
    for place, term in enumerate(simple):
        if term is None:
            placed, all_widths[place] = next(remaining)
            counts.append(len(placed))
            for offset, text in placed:
                terms.append(text)
                offsets.append(offset)
        elif term:
            counts.append(1)
            terms.append(term)
            offsets.append(0)
        else:
            counts.append(0)
    return PieceEntries(
        terms,
        np.array(offsets, np.uint32),
        np.array(counts, np.int64),
        np.array(all_widths, np.uint32),
    )


class GrowingColumn:
    """An array to which items are added little by little.

    Args:
        item_type: of its items.
    """

    def __init__(self, item_type: type[np.integer[Any]]) -> None:
        self._items = np.empty(_FIRST_ITEMS, item_type)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def extend(self, items: Array) -> None:
        """Add some items."""
        count = self._count + len(items)
        if count > len(self._items):
            larger = np.empty(max(2 * len(self._items), count), self._items.dtype)
            larger[: self._count] = self._items[: self._count]
            self._items = larger
        self._items[self._count : count] = items
        self._count = count

    @property
    def items(self) -> Array:
        """All items so far; a view that is good until more are added."""
        return self._items[: self._count]


_FIRST_ITEMS = 1_024
