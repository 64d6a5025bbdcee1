"""Compiled: what becomes of matches. The best are kept in a heap, facets are counted."""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernel_types import BLOCK_DOCS, Emission
from app.search.whoosh.codec.kernels_compile import compiled

_BY_SCORE = int(Emission.BEST_BY_SCORE)
_LIST = int(Emission.LIST)


@compiled
def _is_worse(value_a, tie_a, value_b, tie_b):  # type: ignore[no-untyped-def]
    return value_a < value_b or (value_a == value_b and tie_a < tie_b)


@compiled
def _push(values, ties, docs, filled, value, tie, doc):  # type: ignore[no-untyped-def]
    """Offer one document to a top list, given by its columns; `filled` is its `size`."""
    k = values.shape[0]
    size = filled[0]
    if size < k:
        filled[0] = size + 1
        at = size
        while at > 0:
            parent = (at - 1) >> 1
            if not _is_worse(value, tie, values[parent], ties[parent]):
                break
            values[at], ties[at], docs[at] = values[parent], ties[parent], docs[parent]
            at = parent
    else:
        if k == 0 or not _is_worse(values[0], ties[0], value, tie):
            return
        at = 0
        while True:
            child = 2 * at + 1
            if child >= k:
                break
            other = child + 1
            if other < k and _is_worse(values[other], ties[other], values[child], ties[child]):
                child = other
            if not _is_worse(values[child], ties[child], value, tie):
                break
            values[at], ties[at], docs[at] = values[child], ties[child], docs[child]
            at = child
    values[at], ties[at], docs[at] = value, tie, doc


@compiled
def _has_facets(facets):  # type: ignore[no-untyped-def]
    return (
        facets.categories.offsets.shape[0] > 0
        or facets.archives.offsets.shape[0] > 0
        or facets.authors.offsets.shape[0] > 0
        or facets.years.shape[0] > 0
    )


@compiled
def _count_values(column, docs, count, base):  # type: ignore[no-untyped-def]
    offsets, codes, counts = column.offsets, column.codes, column.counts
    for at in range(count):
        doc = base + np.uint64(docs[at])
        for place in range(np.int64(offsets[doc]), np.int64(offsets[doc + np.uint64(1)])):
            counts[codes[np.uint64(place)]] += 1


@compiled
def _count_facets(facets, docs, count, base):  # type: ignore[no-untyped-def]
    """Count the values of the documents base + docs[0], base + docs[1], ..."""
    if facets.categories.offsets.shape[0] > 0:
        _count_values(facets.categories, docs, count, base)
    if facets.archives.offsets.shape[0] > 0:
        _count_values(facets.archives, docs, count, base)
    if facets.authors.offsets.shape[0] > 0:
        _count_values(facets.authors, docs, count, base)
    years, year_counts = facets.years, facets.year_counts
    if years.shape[0] > 0:
        for at in range(count):
            year_counts[years[base + np.uint64(docs[at])]] += 1


@compiled
def _gather(scores, docs):  # type: ignore[no-untyped-def]
    """The places of scores above 0, without a branch that could be mispredicted."""
    count = 0
    for at in range(scores.shape[0]):
        docs[count] = at
        count += scores[at] > 0.0
    return count


@compiled
def emit_chunk(docs, scores, found, order, top, facets, matches):  # type: ignore[no-untyped-def]
    """Take documents that all match; `found` is how many came before them."""
    if order.emission == _LIST:
        matches.docs[found : found + docs.shape[0]] = docs
        matches.scores[found : found + docs.shape[0]] = scores
    else:
        _offer_chunk(docs, scores, order, top)
    if _has_facets(facets):
        _count_facets(facets, docs, docs.shape[0], np.uint64(0))


@compiled
def _offer_chunk(docs, scores, order, top):  # type: ignore[no-untyped-def]
    by_score = order.emission == _BY_SCORE
    values, ties, numbers, filled = top.values, top.ties, top.docs, top.size
    keys, sign, doc_base = order.keys, order.sign, order.doc_base
    k = values.shape[0]
    if k == 0:
        return
    for at in range(docs.shape[0]):
        # Most documents fail here, before their key is read.
        if not by_score or filled[0] < k or scores[at] >= values[0]:
            doc = np.int64(docs[at])
            value = scores[at] if by_score else 0.0
            _push(values, ties, numbers, filled, value, sign * keys[doc], doc_base + doc)


@compiled
def _offer_blocks(scores, hits, best, base, order, top):  # type: ignore[no-untyped-def]
    """Offer the documents of a window, but for blocks that cannot hold one for the list.

    Columns are taken out of their tuples once: doing it for every block costs more than scanning.
    """
    values, ties, numbers, filled = top.values, top.ties, top.docs, top.size
    keys, sign, doc_base, peaks = order.keys, order.sign, order.doc_base, order.peaks
    by_score, is_backward = order.emission == _BY_SCORE, order.is_backward
    k, block_count = values.shape[0], hits.shape[0]
    worst = values.view(np.int64)
    for step in range(block_count if k > 0 else 0):
        block = block_count - 1 - step if is_backward else step
        if hits[block] == 0:
            continue
        if filled[0] == k and not (by_score and best[block] > worst[0]):
            # Equal scores are ordered by keys, of which the block has none above its peak.
            is_below = by_score and best[block] < worst[0]
            if is_below or peaks[base // BLOCK_DOCS + block] <= ties[0]:
                continue
        begin = block * BLOCK_DOCS
        for number in range(BLOCK_DOCS):
            at = begin + (BLOCK_DOCS - 1 - number if is_backward else number)
            score = scores[at]
            # Most documents fail here, before their key is read.
            if score > 0.0 and (not by_score or filled[0] < k or score >= values[0]):
                doc = base + at
                value = score if by_score else 0.0
                _push(values, ties, numbers, filled, value, sign * keys[doc], doc_base + doc)


@compiled
def _scan(bits, hits, best):  # type: ignore[no-untyped-def]
    """How many scores of each block are above 0, and the largest of them.

    Scores are compared as integers, which order like positive floats and which the compiler
    turns into vector instructions. Indexes run from 0, so that it sees that none is negative.

    Args:
        bits: int64[blocks, BLOCK_DOCS].
        hits, best: int64[blocks], written.
    """
    for block in range(bits.shape[0]):
        count = np.int64(0)
        largest = np.int64(0)
        for at in range(BLOCK_DOCS):
            value = bits[block, at]
            count += 1 if value > 0 else 0
            largest = value if value > largest else largest
        hits[block] = count
        best[block] = largest


@compiled
def _list_window(scores, base, found, matches):  # type: ignore[no-untyped-def]
    docs, listed = matches.docs, matches.scores
    for at in range(scores.shape[0]):
        if scores[at] > 0.0:
            docs[found] = base + at
            listed[found] = scores[at]
            found += 1


@compiled
def emit_window(scores, base, found, order, top, facets, matches):  # type: ignore[no-untyped-def]
    """Judge the documents from `base` on by their scores; returns how many match.

    Args:
        scores: float64, a multiple of `BLOCK_DOCS`; matches are above 0.
        found: matches of earlier windows.
    """
    block_count = scores.shape[0] // BLOCK_DOCS
    hits = np.empty(block_count, np.int64)
    best = np.empty(block_count, np.int64)
    _scan(scores.view(np.int64).reshape((block_count, BLOCK_DOCS)), hits, best)
    total = np.int64(0)
    for block in range(block_count):
        total += hits[block]
    if total == 0:
        return total
    if order.emission == _LIST:
        _list_window(scores, base, found, matches)
    else:
        _offer_blocks(scores, hits, best, base, order, top)
    if _has_facets(facets):
        gathered = np.empty(scores.shape[0] + 1, np.uint32)
        count = _gather(scores, gathered)
        _count_facets(facets, gathered, count, np.uint64(base))
    return total
