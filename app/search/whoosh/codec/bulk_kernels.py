"""From pieces, document by document, to the postings of terms: a counting sort.

The compiled functions walk over the pieces twice, counting first and placing then; the others do
the same with whole arrays, for installations without numba. Both give equal results.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernels import has_numba
from app.search.whoosh.codec.posting_columns import expand_ranges

Array = NDArray[Any]
Counts = tuple[Array, Array, Array]
"""Postings and occurrences of each term, and occurrences in each document, all int64."""

Postings = tuple[Array, Array, Array]
"""Documents and frequencies of postings in order of terms, uint32; positions, uint32."""


@dataclass(frozen=True, slots=True)
class PieceRun:
    """The pieces of one field of D documents, and what they mean.

    Attributes:
        pieces: uint32, numbers of pieces, document after document.
        document_ends: int64[D], where the pieces of each document end.
        entry_starts: int64, where the entries of each piece begin, and their end.
        entry_terms: uint32, numbers of terms.
        entry_offsets: uint32, their positions within the piece.
        widths: uint32, positions that each piece takes.
        term_count: above all term numbers.
    """

    pieces: Array
    document_ends: Array
    entry_starts: Array
    entry_terms: Array
    entry_offsets: Array
    widths: Array
    term_count: int


def count_with_numpy(run: PieceRun) -> Counts:
    """Postings and occurrences by term, occurrences by document."""
    terms, documents, _ = _expand(run)
    order, heads = _group(terms, documents)
    return (
        np.bincount(terms[order][heads], minlength=run.term_count),
        np.bincount(terms, minlength=run.term_count),
        np.bincount(documents, minlength=len(run.document_ends)),
    )


def place_with_numpy(run: PieceRun, ranks: Array, counts: Counts) -> Postings:
    """All postings in the order of terms.

    Args:
        ranks: int64, place of each term that occurs among them.
        counts: what `count` gave.
    """
    del counts
    terms, documents, positions = _expand(run)
    order, heads = _group(ranks[terms], documents)
    frequencies = np.diff(np.append(heads, len(order)))
    return documents[order][heads].astype("u4"), frequencies.astype("u4"), positions[order]


def _expand(run: PieceRun) -> tuple[Array, Array, Array]:
    """Term, document and position of every occurrence, in the order of the text."""
    lengths = np.diff(run.entry_starts)[run.pieces]
    entries = expand_ranges(run.entry_starts[:-1][run.pieces], lengths)
    widths = run.widths[run.pieces].astype(np.int64)
    before = np.zeros(len(widths) + 1, np.int64)
    np.cumsum(widths, out=before[1:])
    firsts = np.concatenate([np.zeros(1, np.int64), run.document_ends])
    document_of_piece = np.repeat(np.arange(len(run.document_ends)), np.diff(firsts))
    places = before[:-1] - before[firsts[:-1]][document_of_piece]
    positions = np.repeat(places, lengths) + run.entry_offsets[entries]
    return (
        run.entry_terms[entries].astype(np.int64),
        np.repeat(document_of_piece, lengths),
        positions.astype(np.uint32),
    )


def _group(terms: Array, documents: Array) -> tuple[Array, Array]:
    """The order of occurrences by term, and which of them begin a posting."""
    order = np.argsort(terms, kind="stable")
    ordered, theirs = terms[order], documents[order]
    is_head = np.ones(len(order), np.bool_)
    is_head[1:] = (ordered[1:] != ordered[:-1]) | (theirs[1:] != theirs[:-1])
    return order, np.flatnonzero(is_head)


@dataclass(frozen=True, slots=True)
class PieceCutter:
    """The compiled functions of `kernels_pieces` that cut texts into pieces."""

    find_pieces: Callable[..., None]
    move_slots: Callable[[Array, Array], None]


@dataclass(frozen=True, slots=True)
class BulkKernels:
    """The functions that do the bulk of the work.

    Attributes:
        count: postings and occurrences by term, occurrences by document.
        place: all postings, given the place of each term among them and the counts.
        cutter: None where texts are cut in Python.
    """

    count: Callable[[PieceRun], Counts]
    place: Callable[[PieceRun, Array, Counts], Postings]
    cutter: PieceCutter | None = None


NUMPY_KERNELS = BulkKernels(count_with_numpy, place_with_numpy)


@lru_cache(maxsize=1)
def load_bulk_kernels() -> BulkKernels:
    """The fastest kernels this machine has; importing or compiling them may take some seconds."""
    if not has_numba():
        return NUMPY_KERNELS
    from app.search.whoosh.codec import kernels_bulk, kernels_pieces  # noqa: PLC0415

    def count(run: PieceRun) -> Counts:
        found: Counts = kernels_bulk.count(
            run.pieces, run.document_ends, run.entry_starts, run.entry_terms, run.term_count
        )
        return found

    def place(run: PieceRun, ranks: Array, counts: Counts) -> Postings:
        postings, occurrences, _ = counts
        found: Postings = kernels_bulk.place(
            run.pieces,
            run.document_ends,
            run.entry_starts,
            run.entry_terms,
            run.entry_offsets,
            run.widths,
            _find_starts(postings, ranks),
            _find_starts(occurrences, ranks),
            int(postings.sum()),
            int(occurrences.sum()),
        )
        return found

    cutter = PieceCutter(kernels_pieces.find_pieces, kernels_pieces.move_slots)
    return BulkKernels(count, place, cutter)


def _find_starts(counts: Array, ranks: Array) -> Array:
    """Where each term begins when terms stand in the order of their ranks."""
    used = np.flatnonzero(counts)
    order = used[np.argsort(ranks[used])]
    starts = np.zeros(len(counts), np.int64)
    starts[order] = np.cumsum(counts[order]) - counts[order]
    return starts
