"""Postings gathered one by one, then sorted into the arrays of a segment at once.

Terms are numbered as they are met. Sorting counts the postings of each term and moves them there
in one stable pass, so the documents of a term stay in the order in which they were added.
"""

import itertools
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.joined_texts import join_texts
from app.search.whoosh.codec.segment_file import NO_POSITIONS

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class SortedPostings:
    """The arrays of a segment that come from its postings, by their names in `layout`.

    Attributes:
        field_lengths: tokens of each field over all documents.
        position_shifts: see `SegmentFacts`.
    """

    arrays: dict[str, Array]
    field_lengths: tuple[int, ...]
    position_shifts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Postings:
    """Postings as they were added; `positions` in their order, as many as they have."""

    terms: Array
    documents: Array
    frequencies: Array
    positions: Array


class PostingColumns:
    """Postings of documents that are added in ascending order."""

    def __init__(self) -> None:
        self._terms: dict[str, dict[bytes, int]] = {}
        self._positional: set[str] = set()
        self._next_number = itertools.count()
        self._term_numbers = array("I")
        self._documents = array("I")
        self._frequencies = array("I")
        self._positions = array("I")
        self._odd_places = array("Q")
        self._odd_weights = array("d")

    @property
    def field_names(self) -> set[str]:
        """Fields that hold a term."""
        return set(self._terms)

    def add(  # noqa: PLR0917  # called once for each posting, where names cost time
        self,
        field_name: str,
        text: bytes,
        document: int,
        weight: float,
        frequency: int,
        positions: Sequence[int] | None,
    ) -> None:
        """Add one posting.

        Args:
            frequency: at least 1.
            positions: as many as `frequency`, ascending; None for a field without them.
        """
        terms = self._terms.get(field_name)
        if terms is None:
            terms = self._terms[field_name] = {}
        number = terms.get(text)
        if number is None:
            number = terms[text] = next(self._next_number)
        if weight != frequency:
            self._odd_places.append(len(self._documents))
            self._odd_weights.append(weight)
        self._term_numbers.append(number)
        self._documents.append(document)
        self._frequencies.append(frequency)
        if positions is not None:
            self._positional.add(field_name)
            self._add_positions(positions)

    def _add_positions(self, positions: Sequence[int]) -> None:
        try:
            self._positions.extend(positions)
        except OverflowError:
            # `extend` keeps what came before the one that does not fit.
            kept = sum(place <= layout.MAX_POSITION for place in positions)
            self._positions.extend([layout.MAX_POSITION] * (len(positions) - kept))

    def sort(
        self,
        field_names: Sequence[str],
        length_bytes: NDArray[np.uint8],
        scored: Collection[str],
    ) -> SortedPostings:
        """The arrays of all postings.

        Args:
            field_names: fields in their final order, all of `field_names` among them.
            length_bytes: shape (F, D).
            scored: fields whose tokens count towards `field_lengths`.
        """
        keys, ranks, first_terms = self._order_terms(field_names)
        added = _Postings(
            _as_numpy(self._term_numbers),
            _as_numpy(self._documents),
            _as_numpy(self._frequencies),
            _as_numpy(self._positions),
        )
        term_numbers = ranks[added.terms]
        order = np.argsort(term_numbers, kind="stable")
        counts = np.bincount(term_numbers, minlength=len(keys))
        docs = added.documents[order]
        frequencies = added.frequencies[order].astype(np.int64)
        weights = frequencies.astype(np.float64)
        if self._odd_places:
            by_place = np.empty(len(order), np.int64)
            by_place[order] = np.arange(len(order))
            weights[by_place[_as_numpy(self._odd_places).astype(np.int64)]] = self._odd_weights
        field_of_term = np.repeat(np.arange(len(field_names)), np.diff(first_terms))
        positional = np.array([name in self._positional for name in field_names], np.bool_)
        has_positions = positional[field_of_term]
        positions = _gather_positions(added, order, np.repeat(has_positions, counts))
        lengths = np.repeat(field_of_term, counts)
        arrays = make_posting_arrays(
            counts=counts,
            docs=docs,
            frequencies=frequencies,
            weights=weights,
            lengths=length_bytes[lengths, docs] if len(docs) else np.zeros(0, np.uint8),
        )
        totals = np.bincount(lengths, frequencies, minlength=len(field_names))
        return SortedPostings(
            {**arrays, **make_term_arrays(keys), layout.POSITIONS: positions},
            tuple(
                int(total) if name in scored else 0
                for name, total in zip(field_names, totals, strict=True)
            ),
            compute_position_shifts(totals, positional),
        )

    def _order_terms(
        self, field_names: Sequence[str]
    ) -> tuple[list[bytes], NDArray[np.int64], list[int]]:
        """All keys in order, the place of every term number, and each field's first place."""
        keys: list[bytes] = []
        first_terms = [0]
        ranks = np.empty(sum(map(len, self._terms.values())), np.int64)
        for field_number, name in enumerate(field_names):
            for text, number in sorted(self._terms.get(name, {}).items()):
                ranks[number] = len(keys)
                keys.append(layout.make_term_key(field_number, text))
            first_terms.append(len(keys))
        return keys, ranks, first_terms


def _gather_positions(
    added: _Postings, order: NDArray[np.int64], has_positions: NDArray[np.bool_]
) -> Array:
    """Positions in the order of sorted postings.

    Args:
        order: where each sorted posting was when it was added.
        has_positions: of each sorted posting.
    """
    counts = np.where(has_positions, added.frequencies[order], 0).astype(np.int64)
    in_order_of_adding = np.empty_like(counts)
    in_order_of_adding[order] = counts
    starts = np.cumsum(in_order_of_adding) - in_order_of_adding
    return narrow_positions(added.positions[expand_ranges(starts[order], counts)])


def _as_numpy(values: "array[Any]") -> Array:
    # Typecodes of `array` are C types, as are numpy's of the same letter.
    return np.frombuffer(values, dtype=values.typecode) if values else np.zeros(0, values.typecode)


def expand_ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """All members of ranges, one range after another.

    >>> expand_ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    shifts = np.repeat(starts - (ends - counts), counts)
    return shifts + np.arange(len(shifts), dtype=np.int64)


def narrow_positions(positions: Array) -> Array:
    """The same positions, 16 bits wide where all of them fit."""
    if positions.size and int(positions.max()) >= layout.SMALL_POSITION_LIMIT:
        return positions.astype("<u4", copy=False)
    return positions.astype("<u2")


def make_term_arrays(keys: Iterable[bytes]) -> dict[str, Array]:
    """The dictionary arrays for term keys in ascending order."""
    joined = join_texts(keys)
    return {layout.TERM_BYTES: joined.data, layout.TERM_OFFSETS: joined.offsets}


def make_posting_arrays(
    *,
    counts: NDArray[np.int64],
    docs: Array,
    frequencies: NDArray[np.int64],
    weights: NDArray[np.float64],
    lengths: NDArray[np.uint8],
    postings_before: int = 0,
) -> dict[str, Array]:
    """Everything of a run of terms that follows from their postings, in order of the terms.

    Places in postings and sums of frequencies count from the beginning of this run.

    Args:
        counts: postings of each term, at least 1, shape (T,).
        docs, frequencies, weights, lengths: of each posting, shape (P,); lengths as bytes.
        postings_before: postings of the segment that come before this run.
    """
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    wide = np.flatnonzero((frequencies > layout.TF_LIMIT) | (weights != frequencies))
    codes = np.minimum(frequencies, layout.TF_LIMIT).astype(np.uint16) << 8 | lengths
    sums = np.zeros(len(docs) + 1, np.int64)
    np.cumsum(frequencies, out=sums[1:])
    heads = np.arange(-postings_before % layout.BLOCK_POSTINGS, len(docs), layout.BLOCK_POSTINGS)
    return {
        layout.DOCS: docs,
        layout.CODES: codes,
        layout.WIDE_POSTINGS: wide,
        layout.WIDE_WEIGHTS: weights[wide],
        layout.WIDE_FREQUENCIES: frequencies[wide],
        layout.POSTING_STARTS: starts,
        layout.BLOCK_POSITIONS: sums[heads],
    }


def compute_position_shifts(totals: Array, positional: NDArray[np.bool_]) -> tuple[int, ...]:
    """What leads from sums of frequencies to places in `positions`, for each field.

    Args:
        totals: sum of the frequencies of each field's postings, shape (F,).
        positional: which fields keep positions, shape (F,).
    """
    without = np.where(positional, 0, totals).astype(np.int64)
    before = np.cumsum(without) - without
    return tuple(np.where(positional, before, NO_POSITIONS).tolist())
