"""The postings of one term as Whoosh walks over them, 128 at a time.

A block becomes plain Python lists when it is entered: single items of an array cost more to reach
than those of a list. Whoosh's compound matchers ask an exhausted matcher for its document and its
block; like Whoosh's own, it then still stands in the last block.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from app.search.whoosh.codec.layout import BLOCK_POSTINGS
from app.search.whoosh.codec.posting_ranges import (
    read_frequencies,
    read_weights,
    sum_frequencies,
)
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.whoosh_internals import (
    Frequency,
    LeafMatcher,
    Positions,
    ReadTooFar,
    length_of_byte,
)


class ColumnMatcher(LeafMatcher):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's view of a posting range.

    Args:
        arrays: of the segment.
        term: number of the term within it.
        term_name: field and text.
        format_: of the field; says what a posting's value means.
        scorer: Whoosh's scorer, or None.
    """

    def __init__(
        self,
        arrays: SegmentArrays,
        term: int,
        term_name: tuple[str, bytes],
        format_: Any,
        scorer: Any = None,
    ) -> None:
        self._arrays = arrays
        self._number = term
        self._term = term_name
        self.format = format_
        self.scorer = scorer
        self._start, self._end = arrays.get_postings(term)
        self._docs = arrays.docs
        self._enter(self._start)

    def copy(self) -> "ColumnMatcher":
        """A matcher that stands at the same posting and moves on its own."""
        twin = ColumnMatcher(self._arrays, self._number, self._term, self.format, self.scorer)
        if self._head != twin._head:
            twin._enter(self._head)
        twin._i = self._i
        twin._is_past_end = self._is_past_end
        return twin

    def reset(self) -> None:
        """Back to the first posting."""
        self._enter(self._start)

    def _enter(self, head: int) -> None:
        """Go to the beginning of a block."""
        self._is_past_end = False
        self._head = head
        self._stop = min(head + BLOCK_POSTINGS, self._end)
        self._i = 0
        self._ids: list[int] = self._docs[head : self._stop].tolist()
        self._weights: list[float] | None = None
        self._frequencies: list[int] | None = None
        self._position_starts: list[int] | None = None

    def is_active(self) -> bool:
        """Whether there is a posting here."""
        return not self._is_past_end and self._i < len(self._ids)

    def _leave_block(self) -> None:
        if self._stop < self._end:
            self._enter(self._stop)
        else:
            self._is_past_end = True

    def id(self) -> int:
        """The document."""
        return self._ids[self._i]

    def all_ids(self) -> Iterator[int]:
        """All documents from the first posting on."""
        for head in range(self._start, self._end, BLOCK_POSTINGS):
            yield from self._docs[head : min(head + BLOCK_POSTINGS, self._end)].tolist()

    def weight(self) -> float:
        """The weight of the term in the document, exact."""
        if self._weights is None:
            self._read_weights()
        assert self._weights is not None  # noqa: S101  # just read
        return self._weights[self._i]

    def next(self) -> bool:
        """Go to the next posting; whether the block was left."""
        self._i += 1
        if self._i != len(self._ids):
            return False
        self._leave_block()
        return True

    def skip_to(self, id: int) -> None:  # noqa: A002  # Whoosh's name
        """Go to the first posting at or behind a document.

        Raises:
            ReadTooFar: there is no posting here.
        """
        if not self.is_active():
            raise ReadTooFar
        if id <= self._ids[self._i]:
            return
        if id > self._ids[-1]:
            self._skip_blocks(id)
            return
        while self._ids[self._i] < id:
            self._i += 1

    def _skip_blocks(self, document: int) -> None:
        """Go to a posting of a later block."""
        found = self._stop + int(np.searchsorted(self._docs[self._stop : self._end], document))
        block = (min(found, self._end - 1) - self._start) // BLOCK_POSTINGS
        head = self._start + block * BLOCK_POSTINGS
        if head != self._head:
            self._enter(head)
        if found < self._end:
            self._i = found - head
        else:
            self._is_past_end = True

    def skip_to_quality(self, minquality: float) -> int:
        """Go past blocks whose best score is at most `minquality`; how many."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._leave_block()
            skipped += 1
        return skipped

    def block_min_id(self) -> int:
        """First document of the block."""
        return self._ids[0]

    def block_max_id(self) -> int:
        """Last document of the block."""
        return self._ids[-1]

    def block_min_length(self) -> int:
        """Shortest field among the block's documents."""
        return length_of_byte(int(self._block_length_bytes().min()))

    def block_max_length(self) -> int:
        """Longest field among them."""
        return length_of_byte(int(self._block_length_bytes().max()))

    def block_max_weight(self) -> float:
        """Largest weight of the block."""
        if self._weights is None:
            self._read_weights()
        return max(self._weights or ())

    def _block_length_bytes(self) -> Any:
        return self._arrays.codes[self._head : self._stop] & 0xFF

    def value(self) -> bytes:
        """The posting's value as the field's format encodes it."""
        if isinstance(self.format, Positions):
            return bytes(self.format.encode(self._get_positions()))
        if isinstance(self.format, Frequency):
            return self._get_frequency().to_bytes(4, "big")
        return b""

    def value_as(self, astype: str) -> Any:
        """Frequency, weight or positions; whatever else the field's format makes of its value."""
        if astype == "positions" and isinstance(self.format, Positions):
            return self._get_positions()
        if astype == "frequency":
            return self._get_frequency()
        return super().value_as(astype)

    def all_items(self) -> Iterator[tuple[int, bytes]]:
        """Document and value of every posting from here on."""
        while self.is_active():
            yield self.id(), self.value()
            self.next()

    def items_as(self, astype: str) -> Iterator[tuple[int, Any]]:
        """Document and one reading of the value of every posting from here on."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()

    def _get_frequency(self) -> int:
        if self._frequencies is None:
            self._read_frequencies()
        assert self._frequencies is not None  # noqa: S101  # just read
        return self._frequencies[self._i]

    def _get_positions(self) -> list[int]:
        if self._position_starts is None:
            self._read_position_starts()
        assert self._position_starts is not None  # noqa: S101  # just read
        start, end = self._position_starts[self._i : self._i + 2]
        positions: list[int] = self._arrays.positions[start:end].tolist()
        return positions

    def _read_frequencies(self) -> None:
        self._frequencies = read_frequencies(self._arrays, self._head, self._stop).tolist()

    def _read_weights(self) -> None:
        _, weights = read_weights(self._arrays, self._head, self._stop)
        self._weights = weights.tolist()

    def _read_position_starts(self) -> None:
        if self._frequencies is None:
            self._read_frequencies()
        field = self._arrays.find_field(self._term[0])
        shift = self._arrays.facts.position_shifts[field]
        base = sum_frequencies(self._arrays, self._head) - shift
        starts = np.cumsum([base, *(self._frequencies or ())])
        self._position_starts = starts.tolist()
