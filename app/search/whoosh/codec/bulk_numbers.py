"""Texts -> numbers of pieces, and what the numbers stand for."""

from collections.abc import Iterable
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.bulk_entries import GrowingColumn, PieceEntries
from app.search.whoosh.codec.bulk_kernels import BulkKernels, PieceCutter
from app.search.whoosh.codec.bulk_pieces import PieceKind

Array = NDArray[Any]

MAX_TABLE_ITEMS = 4_000_000
"""Pieces and terms remembered from one run to the next, up to 400 MB: the words of about a
million papers."""

_FIRST_PIECES = 1 << 12
_FIRST_KEY_BYTES = 1 << 16


class PieceTable:
    """The terms of numbered pieces.

    Attributes:
        terms: numbers of terms, in the order in which they were met.
        entry_starts: for each piece where its terms begin in the next two, and the end.
        entry_terms: term numbers.
        entry_offsets: their offsets.
        widths: positions that each piece takes.
    """

    def __init__(self) -> None:
        self.terms: dict[str, int] = {}
        self.entry_starts = GrowingColumn(np.int64)
        self.entry_starts.extend(np.zeros(1, np.int64))
        self.entry_terms = GrowingColumn(np.uint32)
        self.entry_offsets = GrowingColumn(np.uint32)
        self.widths = GrowingColumn(np.uint32)
        self._sorted: list[str] = []
        self._order = np.zeros(0, np.int64)

    def extend(self, entries: PieceEntries) -> None:
        """Take what the pieces with the next numbers stand for."""
        known = self.terms
        new = [term for term in dict.fromkeys(entries.terms) if term not in known]
        known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
        numbers = map(known.__getitem__, entries.terms)
        self.entry_starts.extend(len(self.entry_terms) + np.cumsum(entries.counts))
        self.entry_terms.extend(np.fromiter(numbers, np.uint32, len(entries.terms)))
        self.entry_offsets.extend(entries.offsets)
        self.widths.extend(entries.widths)

    def sort_terms(self) -> tuple[list[str], Array]:
        """All terms in the order of their code points, which is that of UTF-8; their numbers."""
        if len(self._sorted) < len(self.terms):
            new = islice(self.terms, len(self._sorted), None)
            # Sorting two runs that are in order already costs one comparison a term.
            self._sorted = sorted(chain(self._sorted, sorted(new)))
            numbers = map(self.terms.__getitem__, self._sorted)
            self._order = np.fromiter(numbers, np.int64, len(self._sorted))
        return self._sorted, self._order

    @property
    def size(self) -> int:
        """Pieces and their terms, a measure of the memory in use."""
        return len(self.widths) + len(self.entry_terms)


class PieceNumbers:
    """Numbers the pieces of texts of one kind; without numba.

    Attributes:
        kind: how texts are cut.
        table: what the numbers stand for, until `end_run`.
    """

    def __init__(self, kind: PieceKind) -> None:
        self.kind = kind
        self._forget()

    def number(self, data: bytes, ends: Array) -> tuple[Array, Array]:
        """The pieces of texts, uint32, and where those of each text end, int64.

        Args:
            data: texts in UTF-8, one after another.
            ends: where each ends, int64.
        """
        places = [0, *ends.tolist()]
        found = [
            self.kind.split(data[first:end].decode("utf-8")) if end > first else ()
            for first, end in pairwise(places)
        ]
        piece_ends = np.cumsum(np.fromiter(map(len, found), np.int64, len(found)))
        pieces = list(chain.from_iterable(found))
        self._learn(dict.fromkeys(pieces))
        return np.fromiter(map(self._known.__getitem__, pieces), np.uint32), piece_ends

    def _learn(self, pieces: Iterable[str]) -> None:
        """Give numbers to pieces that have none: the same to all spellings that are kept alike."""
        known = self._known
        kept = {piece: self.kind.lower(piece) for piece in pieces if piece not in known}
        new = [piece for piece in dict.fromkeys(kept.values()) if piece not in known]
        first = len(self.table.widths)
        known.update(zip(new, range(first, first + len(new)), strict=True))
        known.update((piece, known[lowered]) for piece, lowered in kept.items())
        self.table.extend(self.kind.analyse(new))

    def end_run(self) -> None:
        """Forget pieces that are not worth remembering, or all when they are too many."""
        if not self.kind.recurs or self.table.size > MAX_TABLE_ITEMS:
            self._forget()

    def _forget(self) -> None:
        self.table = PieceTable()
        self._known: dict[str, int] = {}


class CompiledPieceNumbers(PieceNumbers):
    """The same with numba: only pieces that were never met come into Python.

    Pieces are kept in a hash table of open addressing, `_slots`, and their bytes in `_keys`.
    """

    _count: int
    _slots: Array
    _key_starts: Array
    _keys: Array

    def __init__(self, kind: PieceKind, cutter: PieceCutter) -> None:
        self._cutter = cutter
        self._classes = np.frombuffer(kind.classes, np.uint8)
        as_written = bytes(range(256))
        tables = (as_written.lower() if kind.lowers else as_written) + as_written
        self._tables = np.frombuffer(tables, np.uint8)
        super().__init__(kind)

    def number(self, data: bytes, ends: Array) -> tuple[Array, Array]:
        """The pieces of texts, uint32, and where those of each text end, int64."""
        self._reserve(len(data))
        known = self._count
        # A piece has a byte, or is the whole of some that have each.
        pieces = np.empty(len(data) + len(ends), np.uint32)
        piece_ends = np.empty(len(ends), np.int64)
        progress = np.array([0, 0, known], np.int64)
        while True:
            self._cutter.find_pieces(
                np.frombuffer(data, np.uint8),
                ends,
                self._classes,
                self._tables,
                self._slots,
                self._key_starts,
                self._keys,
                pieces,
                piece_ends,
                progress,
            )
            if progress[0] == len(ends):
                break
            larger = np.zeros(2 * len(self._slots), np.uint64)
            self._cutter.move_slots(self._slots, larger)
            self._slots = larger
        self._count = int(progress[2])
        self.table.extend(self.kind.analyse(self._list_pieces(known)))
        return pieces[: progress[1]].copy(), piece_ends

    def _list_pieces(self, first: int) -> list[str]:
        """The pieces from a number on."""
        starts = self._key_starts[first : self._count + 1]
        # One character a byte at first, so that all are decoded at once: few are beyond ASCII.
        keys = self._keys[starts[0] : starts[-1]].tobytes().decode("latin-1")
        pieces = [keys[start:end] for start, end in pairwise((starts - starts[0]).tolist())]
        if keys.isascii():
            return pieces
        return [
            piece if piece.isascii() else piece.encode("latin-1").decode("utf-8")
            for piece in pieces
        ]

    def _forget(self) -> None:
        self.table = PieceTable()
        self._slots = np.zeros(4 * _FIRST_PIECES, np.uint64)
        self._key_starts = np.zeros(_FIRST_PIECES + 1, np.int64)
        self._keys = np.zeros(_FIRST_KEY_BYTES, np.uint8)
        self._count = 0

    def _reserve(self, text_bytes: int) -> None:
        """Make room for the pieces of a text, if all of them were new."""
        # Compounds are kept as a whole and in parts, and each of their bytes belongs to one part.
        places = self._count + text_bytes + 2
        if places > len(self._key_starts):
            self._key_starts = _grow(self._key_starts, places)
        key_bytes = int(self._key_starts[self._count]) + 2 * text_bytes
        if key_bytes > len(self._keys):
            self._keys = _grow(self._keys, key_bytes)


def _grow(values: Array, least: int) -> Array:
    grown = np.zeros(max(2 * len(values), least), values.dtype)
    grown[: len(values)] = values
    return grown


def make_numbers(kind: PieceKind, kernels: BulkKernels) -> PieceNumbers:
    """Numbers pieces with a compiled function if there is one."""
    if kernels.cutter is None:
        return PieceNumbers(kind)
    return CompiledPieceNumbers(kind, kernels.cutter)
