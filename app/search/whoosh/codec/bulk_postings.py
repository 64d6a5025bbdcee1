"""The pieces of a run, field by field -> the arrays of its terms and postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.bulk_kernels import (
    BulkKernels,
    Counts,
    FieldPlaces,
    PieceRun,
    PostingSpace,
)
from app.search.whoosh.codec.bulk_numbers import PieceTable
from app.search.whoosh.codec.posting_columns import (
    compute_position_shifts,
    make_term_arrays,
    narrow_positions,
)
from app.search.whoosh.codec.posting_ranges import sum_blocks
from app.search.whoosh.codec.whoosh_internals import encode_lengths

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class FieldPieces:
    """The pieces of one field of a run.

    Attributes:
        run: they and what they mean.
        table: the terms themselves.
        has_positions: whether the field keeps positions.
        is_scorable: whether its length counts.
    """

    name: str
    run: PieceRun
    table: PieceTable
    has_positions: bool
    is_scorable: bool


@dataclass(frozen=True, slots=True)
class _FieldTerms:
    """The terms of a field of the run.

    Attributes:
        order: int64, their numbers in the order of their texts.
        texts: in UTF-8, in this order.
        counts: what `BulkKernels.count` gave, by number.
    """

    pieces: FieldPieces
    order: Array
    texts: list[bytes]
    counts: Counts


def make_postings(
    fields: Sequence[FieldPieces], document_count: int, kernels: BulkKernels
) -> dict[str, Any]:
    """Fields of `SegmentColumns`: terms, postings, positions, lengths.

    Args:
        fields: in alphabetical order.
    """
    found = [
        terms for field in fields if (terms := _find_terms(field, kernels.count(field.run))).texts
    ]
    length_bytes = np.zeros((len(found), document_count), np.uint8)
    for number, field in enumerate(found):
        if field.pieces.is_scorable:
            length_bytes[number] = encode_lengths(field.counts.lengths)
    counts = np.concatenate(
        [np.zeros(0, np.int64), *(each.counts.postings[each.order] for each in found)]
    )
    totals = np.array([int(each.counts.occurrences.sum()) for each in found], np.int64)
    positional = np.array([each.pieces.has_positions for each in found], np.bool_)
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    longest = max((each.counts.longest for each in found if each.pieces.has_positions), default=0)
    space = PostingSpace(
        docs=np.empty(int(starts[-1]), np.uint32),
        codes=np.empty(int(starts[-1]), np.uint16),
        positions=np.empty(
            int(totals[positional].sum()),
            np.uint16 if longest < layout.SMALL_POSITION_LIMIT else np.uint32,
        ),
    )
    surplus = _place_fields(found, length_bytes, space, kernels)
    return {
        layout.DOCS: space.docs,
        layout.CODES: space.codes,
        layout.POSTING_STARTS: starts,
        **_make_wide(space.codes, surplus),
        **make_term_arrays(
            head + text
            for number, field in enumerate(found)
            for head in [layout.make_term_key(number, b"")]
            for text in field.texts
        ),
        layout.POSITIONS: narrow_positions(space.positions),
        layout.LENGTH_BYTES: length_bytes.reshape(-1),
        "position_shifts": compute_position_shifts(totals, positional),
        "field_names": tuple(field.pieces.name for field in found),
        "field_lengths": tuple(
            int(total) if field.pieces.is_scorable else 0
            for field, total in zip(found, totals.tolist(), strict=True)
        ),
    }


def _find_terms(field: FieldPieces, counts: Counts) -> _FieldTerms:
    texts, order = field.table.sort_terms()
    is_found = counts.postings[order] > 0
    encoded = [text.encode("utf-8") for text in compress(texts, is_found.tolist())]
    return _FieldTerms(field, order[is_found], encoded, counts)


def _place_fields(
    fields: Sequence[_FieldTerms], length_bytes: Array, space: PostingSpace, kernels: BulkKernels
) -> Array:
    """Fill in the space; a posting for each occurrence that its code cannot count, ascending."""
    postings = positions = 0
    surplus = [np.zeros(0, np.int64)]
    for field, bytes_of_field in zip(fields, length_bytes, strict=True):
        by_posting, by_position = field.counts.postings, field.counts.occurrences
        places = FieldPlaces(
            postings=_find_starts(by_posting, field.order, postings),
            positions=_find_starts(by_position, field.order, positions)
            if field.pieces.has_positions
            else None,
            length_bytes=bytes_of_field,
            lengths=field.counts.lengths,
        )
        surplus.append(kernels.place(field.pieces.run, places, space))
        postings += int(by_posting.sum())
        positions += int(by_position.sum()) if field.pieces.has_positions else 0
    return np.sort(np.concatenate(surplus))


def _find_starts(counts: Array, order: Array, first: int) -> Array:
    """Where each term begins when terms stand in an order."""
    starts = np.zeros(len(counts), np.int64)
    starts[order] = first + np.cumsum(counts[order]) - counts[order]
    return starts


def _make_wide(codes: Array, surplus: Array) -> dict[str, Array]:
    """Exact frequencies where codes cannot hold them, and sums of frequencies by block."""
    wide, more = np.unique(surplus, return_counts=True)
    frequencies = more + layout.TF_LIMIT
    return {
        layout.WIDE_POSTINGS: wide,
        layout.WIDE_WEIGHTS: frequencies.astype(np.float64),
        layout.WIDE_FREQUENCIES: frequencies,
        layout.BLOCK_POSITIONS: sum_blocks(codes, wide, frequencies),
    }
