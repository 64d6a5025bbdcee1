"""The terms of a segment's dictionary that are meant by a pattern, found by whole arrays.

Terms are sorted, so what begins alike stands side by side, and so do its postings.
"""

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.kernel_types import I64, U32
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.fast_path.edits import count_edits_of_all
from app.search.whoosh.term_patterns import BeginsWith, SimilarTo, TermPattern, Wildcard

_BEYOND_ASCII = 0x80


def find_prefix_range(arrays: SegmentArrays, field: str, prefix: str) -> tuple[int, int]:
    """The terms of a segment's field that begin with `prefix`, as a half-open range."""
    number = arrays.find_field(field)
    if number < 0:
        return 0, 0
    key = layout.make_term_key(number, prefix.encode("utf-8"))
    # No byte of UTF-8 is 0xff, so this lies behind every continuation.
    return arrays.seek_key(key), arrays.seek_key(key + b"\xff")


def read_terms(arrays: SegmentArrays, terms: I64) -> list[str]:
    """The texts of terms."""
    data = arrays.term_bytes.data
    starts = (arrays.term_offsets[terms] + np.uint64(layout.KEY_FIELD_BYTES)).tolist()
    ends = arrays.term_offsets[terms + 1].tolist()
    return [str(data[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]


def find_terms_like(arrays: SegmentArrays, field: str, pattern: TermPattern) -> I64:
    """The numbers of the terms of a segment's field that a pattern means, ascending."""
    candidates = np.arange(*find_prefix_range(arrays, field, pattern.prefix))
    match pattern:
        case BeginsWith():
            return candidates
        case Wildcard():
            candidates = _keep_holders(arrays, candidates, pattern.longest_piece.encode("utf-8"))
            texts = read_terms(arrays, candidates)
            meant = np.fromiter(map(pattern.matches, texts), np.bool_, len(texts))
            return candidates[meant]
        case SimilarTo():
            return _find_similar(arrays, candidates, pattern)


def find_documents_of(arrays: SegmentArrays, terms: I64) -> U32:
    """The documents that hold at least one of some terms, ascending."""
    if not len(terms):
        return np.zeros(0, np.uint32)
    # Neighbours in the dictionary are neighbours among the postings.
    breaks = np.flatnonzero(np.diff(terms) != 1) + 1
    firsts = terms[np.concatenate(([0], breaks))]
    lasts = terms[np.concatenate((breaks - 1, [len(terms) - 1]))]
    starts = arrays.posting_starts[firsts].tolist()
    ends = arrays.posting_starts[lasts + 1].tolist()
    if len(terms) == 1:
        only: U32 = arrays.docs[starts[0] : ends[0]]
        return only
    held = np.zeros(arrays.document_count, np.bool_)
    for start, end in zip(starts, ends, strict=True):
        held[arrays.docs[start:end]] = True
    return np.flatnonzero(held).astype(np.uint32)


def count_postings(arrays: SegmentArrays, terms: I64) -> I64:
    """How many documents hold each of some terms, deleted ones included."""
    starts = arrays.posting_starts
    return (starts[terms + 1] - starts[terms]).astype(np.int64)


def _keep_holders(arrays: SegmentArrays, candidates: I64, piece: bytes) -> I64:
    """Those of a range of terms whose text holds a piece."""
    if not len(candidates) or not piece:
        return candidates
    offsets = arrays.term_offsets
    begin, end = int(offsets[candidates[0]]), int(offsets[candidates[-1] + 1])
    data = arrays.term_bytes[begin:end]
    places = np.flatnonzero(data[: len(data) - len(piece) + 1] == piece[0])
    for at, byte in enumerate(piece[1:], start=1):
        places = places[data[places + at] == byte]
    # A piece that reaches into the next term is told apart when texts are compared.
    bounds = offsets[candidates[0] : candidates[-1] + 2].astype(np.int64) - begin
    holders: I64 = np.unique(np.searchsorted(bounds, places, side="right") - 1)
    return candidates[holders]


def _find_similar(arrays: SegmentArrays, candidates: I64, pattern: SimilarTo) -> I64:
    if not len(candidates):
        return candidates
    offsets = arrays.term_offsets[candidates[0] : candidates[-1] + 2].astype(np.int64)
    sizes = np.diff(offsets) - layout.KEY_FIELD_BYTES
    data = arrays.term_bytes[offsets[0] : offsets[-1]]
    is_plain = np.maximum.reduceat(data, offsets[:-1] - offsets[0]) < _BEYOND_ASCII
    letters = np.array([ord(letter) for letter in pattern.word], np.int64)
    found: list[NDArray[np.int64]] = []
    shortest = max(0, len(letters) - pattern.max_edits)
    for size in range(shortest, len(letters) + pattern.max_edits + 1):
        chosen = np.flatnonzero(is_plain & (sizes == size))
        begins = offsets[chosen] - offsets[0] + layout.KEY_FIELD_BYTES
        texts = data[begins[:, None] + np.arange(size)]
        found.append(chosen[count_edits_of_all(letters, texts) <= pattern.max_edits])
    # Letters beyond ASCII are several bytes; a character has at most four.
    others = np.flatnonzero(~is_plain & (sizes <= 4 * (len(letters) + pattern.max_edits)))
    texts_beyond = read_terms(arrays, candidates[others])
    meant = np.fromiter(map(pattern.matches, texts_beyond), np.bool_, len(texts_beyond))
    found.append(others[meant])
    return candidates[np.sort(np.concatenate(found))]
