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

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.kernels import has_numba
from app.search.whoosh.codec.posting_columns import expand_ranges

Array = NDArray[Any]


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


@dataclass(frozen=True, slots=True)
class Counts:
    """What the pieces of a field add up to.

    Attributes:
        postings, occurrences: int64, of each term.
        lengths: int64[D], occurrences in each document.
        longest: positions that the longest document takes.
    """

    postings: Array
    occurrences: Array
    lengths: Array
    longest: int


@dataclass(frozen=True, slots=True)
class PostingSpace:
    """Where the postings of all fields of a run are put, in the order of fields and terms.

    Attributes:
        docs: uint32, document of each posting.
        codes: uint16, see `layout.CODES`.
        positions: uint16 or uint32, of each occurrence in a field that keeps them.
    """

    docs: Array
    codes: Array
    positions: Array


@dataclass(frozen=True, slots=True)
class FieldPlaces:
    """What a field's postings get of a `PostingSpace`.

    Attributes:
        postings: int64, where the postings of each term begin.
        positions: int64, where the positions of each term begin; None without positions.
        length_bytes: uint8[D], the length that goes into codes.
        lengths: int64[D], occurrences in each document.
    """

    postings: Array
    positions: Array | None
    length_bytes: Array
    lengths: Array


def count_with_numpy(run: PieceRun) -> Counts:
    """Postings and occurrences by term, occurrences by document."""
    terms, documents, _ = _expand(run)
    order, heads = _group(terms, documents)
    ends = np.append(0, np.cumsum(run.widths[run.pieces], dtype=np.int64))[run.document_ends]
    return Counts(
        postings=np.bincount(terms[order][heads], minlength=run.term_count),
        occurrences=np.bincount(terms, minlength=run.term_count),
        lengths=np.bincount(documents, minlength=len(run.document_ends)),
        longest=int(np.diff(ends, prepend=0).max(initial=0)),
    )


def place_with_numpy(run: PieceRun, places: FieldPlaces, space: PostingSpace) -> Array:
    """Fill in the postings of a field.

    Returns:
        A posting for each of its occurrences that its code cannot count, int64, in any order.
    """
    terms, documents, positions = _expand(run)
    order, heads = _group(terms, documents)
    frequencies = np.diff(np.append(heads, len(order)))
    found_terms, found_documents = terms[order][heads], documents[order][heads]
    targets = places.postings[found_terms] + _count_up(found_terms)
    space.docs[targets] = found_documents
    space.codes[targets] = (
        np.minimum(frequencies, layout.TF_LIMIT).astype(np.uint16) << 8
        | places.length_bytes[found_documents]
    )
    if places.positions is not None:
        found_terms = terms[order]
        space.positions[places.positions[found_terms] + _count_up(found_terms)] = positions[order]
    return np.repeat(targets, np.maximum(frequencies - layout.TF_LIMIT, 0))


def _count_up(ordered: Array) -> Array:
    """For each of some ascending numbers how many equal ones stand before it."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    return np.arange(len(ordered)) - np.repeat(starts, np.diff(np.append(starts, len(ordered))))


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
        place: fills in the postings of a field; see `place_with_numpy`.
        cutter: None where texts are cut in Python.
    """

    count: Callable[[PieceRun], Counts]
    place: Callable[[PieceRun, FieldPlaces, PostingSpace], Array]
    cutter: PieceCutter | None = None


NUMPY_KERNELS = BulkKernels(count_with_numpy, place_with_numpy)

COMPILED_DOCUMENTS = 1_000
"""For fewer documents compiled kernels are not worth the half second until they are loaded."""


def choose_bulk_kernels(documents: int) -> BulkKernels:
    """The kernels that invert so many documents soonest."""
    is_loaded = load_bulk_kernels.cache_info().currsize > 0
    return load_bulk_kernels() if is_loaded or documents >= COMPILED_DOCUMENTS else NUMPY_KERNELS


@lru_cache(maxsize=1)
def load_bulk_kernels() -> BulkKernels:
    """The fastest kernels this machine has; importing or compiling them may take some seconds."""
    if not has_numba():
        return NUMPY_KERNELS
    from app.search.whoosh.codec import kernels_bulk, kernels_pieces  # noqa: PLC0415

    def count(run: PieceRun) -> Counts:
        return Counts(
            *kernels_bulk.count(
                run.pieces,
                run.document_ends,
                run.entry_starts,
                run.entry_terms,
                run.widths,
                run.term_count,
            )
        )

    def place(run: PieceRun, places: FieldPlaces, space: PostingSpace) -> Array:
        surplus = np.empty(int(np.maximum(places.lengths - layout.TF_LIMIT, 0).sum()), np.int64)
        has_positions = places.positions is not None
        count = kernels_bulk.place(
            run.pieces,
            run.document_ends,
            run.entry_starts,
            run.entry_terms,
            run.entry_offsets,
            run.widths,
            places.postings,
            places.positions if has_positions else places.postings,
            places.length_bytes,
            space.docs,
            space.codes,
            space.positions if has_positions else space.positions[:0],
            surplus,
        )
        return surplus[:count]

    cutter = PieceCutter(kernels_pieces.find_pieces, kernels_pieces.move_slots)
    return BulkKernels(count, place, cutter)
