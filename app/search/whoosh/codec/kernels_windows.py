"""Compiled: one pass over posting ranges, window by window.

A window is small enough for the second-level cache. Every range adds its scores to an accumulator;
then the window is scanned once. Documents that a filter, a deletion or an exclusion takes out begin
at minus infinity, so that scanning needs no further look at them. Made for words that many
documents hold; rare ones are what `kernels_lists` is for.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernel_types import BLOCK_DOCS, NO_LIST, ClauseKind, must_count
from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_top import emit_window
from app.search.whoosh.codec.layout import WINDOW_DOCS

_REQUIRED = int(ClauseKind.REQUIRED)
_EXCLUDED = int(ClauseKind.EXCLUDED)
_must_count = compiled(must_count)


@compiled
def gallop(docs, start, end, target):  # type: ignore[no-untyped-def]
    """The first place in docs[start:end] that holds `target` or more; `end` if none."""
    if start >= end or docs[start] >= target:
        return start
    low = start
    step = 1
    while low + step < end and docs[low + step] < target:
        low += step
        step <<= 1
    high = min(low + step, end)
    while high - low > 1:
        middle = (low + high) >> 1
        if docs[middle] < target:
            low = middle
        else:
            high = middle
    return high


@compiled
def _cut_into_windows(postings, ranges, document_count):  # type: ignore[no-untyped-def]
    """Where each range enters each window: int64[R, windows + 1]."""
    window_count = (document_count + WINDOW_DOCS - 1) // WINDOW_DOCS
    range_count = ranges.starts.shape[0]
    bounds = np.empty((range_count, window_count + 1), np.int64)
    for r in range(range_count):
        docs = postings.list_docs if ranges.slots[r] == NO_LIST else postings.docs
        place = ranges.starts[r]
        end = ranges.ends[r]
        bounds[r, 0] = place
        for window in range(1, window_count):
            place = gallop(docs, place, end, window * WINDOW_DOCS)
            bounds[r, window] = place
        bounds[r, window_count] = end
    return bounds


@compiled
def _may_match(ranges, bounds, window, required):  # type: ignore[no-untyped-def]
    """Whether a window holds postings of every required clause, or of any without one."""
    range_count = ranges.starts.shape[0]
    if required == 0:
        for r in range(range_count):
            if (
                ranges.kinds[ranges.clauses[r]] != _EXCLUDED
                and bounds[r, window] < bounds[r, window + 1]
            ):
                return True
        return False
    reached = 0
    for r in range(range_count):
        clause = ranges.clauses[r]
        if clause > reached or clause >= required:
            break
        if clause == reached and bounds[r, window] < bounds[r, window + 1]:
            reached = clause + 1
    return reached == required


@compiled
def _begin(scores, size, base, conditions):  # type: ignore[no-untyped-def]
    """Set every score to the base score or minus infinity; returns 0 when none is let through."""
    mask = conditions.mask
    base_score = conditions.base_score
    if mask.shape[0] == 0:
        scores[:size] = base_score
        return size
    return _begin_masked(scores[:size], mask[base : base + size], base_score)


@compiled
def _begin_masked(scores, mask, base_score):  # type: ignore[no-untyped-def]
    seen = np.uint8(0)
    for at in range(mask.shape[0]):
        scores[at] = base_score if mask[at] != 0 else -np.inf
        seen |= mask[at]
    return np.int64(seen)


@compiled
def _exclude(scores, docs, first, last, base):  # type: ignore[no-untyped-def]
    for p in range(first, last):
        scores[docs[p] - base] = -np.inf


@compiled
def _add_terms(scores, docs, codes, table, weight, first, last, base):  # type: ignore[no-untyped-def]
    for p in range(first, last):
        scores[docs[p] - base] += weight * table[codes[p]]


@compiled
def _add_list(scores, docs, values, weight, first, last, base):  # type: ignore[no-untyped-def]
    for p in range(first, last):
        scores[docs[p] - base] += weight * values[p]


@compiled
def _add_required(scores, stages, docs, codes, table, weight, clause, first, last, base):  # type: ignore[no-untyped-def]
    """`_add_terms` and `_advance` in one pass, half the cost of two."""
    for p in range(first, last):
        at = docs[p] - base
        scores[at] += weight * table[codes[p]]
        stages[at] += np.uint8(stages[at] == clause)


@compiled
def _advance(stages, docs, clause, first, last, base):  # type: ignore[no-untyped-def]
    """Documents that met all clauses before this one meet it too."""
    for p in range(first, last):
        at = docs[p] - base
        stages[at] += np.uint8(stages[at] == clause)


@compiled
def _count_clause(hits, latest, docs, clause, first, last, base):  # type: ignore[no-untyped-def]
    """One more optional clause met, however many of its ranges hold the document."""
    for p in range(first, last):
        at = docs[p] - base
        hits[at] += np.uint16(latest[at] != clause)
        latest[at] = clause


@compiled
def _add_range(window, postings, ranges, tables, r, first, last, base):  # type: ignore[no-untyped-def]
    """Add the scores of one range, and note which clause its documents met."""
    scores, stages, hits, latest = window
    clause = ranges.clauses[r]
    is_required = ranges.kinds[clause] == _REQUIRED
    weight = ranges.weights[r]
    slot = ranges.slots[r]
    docs = postings.list_docs if slot == NO_LIST else postings.docs
    if slot == NO_LIST:
        _add_list(scores, docs, postings.list_scores, weight, first, last, base)
        if is_required:
            _advance(stages, docs, np.uint8(clause), first, last, base)
    elif is_required:
        _add_required(
            scores, stages, docs, postings.codes, tables[slot], weight, np.uint8(clause),
            first, last, base,
        )  # fmt: skip
    else:
        _add_terms(scores, docs, postings.codes, tables[slot], weight, first, last, base)
    if hits.shape[0] > 0 and not is_required:
        _count_clause(hits, latest, docs, clause, first, last, base)


@compiled
def _fill(window, postings, ranges, tables, bounds, at, base):  # type: ignore[no-untyped-def]
    """Add up the scores of the `at`-th window, which begins at document `base`."""
    scores = window[0]
    for r in range(ranges.starts.shape[0]):
        first, last = bounds[r, at], bounds[r, at + 1]
        if first == last:
            continue
        if ranges.kinds[ranges.clauses[r]] == _EXCLUDED:
            docs = postings.list_docs if ranges.slots[r] == NO_LIST else postings.docs
            _exclude(scores, docs, first, last, base)
        else:
            _add_range(window, postings, ranges, tables, r, first, last, base)


@compiled
def _judge(window, size, conditions):  # type: ignore[no-untyped-def]
    """Take out what does not meet all clauses, and leave the counters clean."""
    scores, stages, hits, latest = window
    required = conditions.required
    least = conditions.least_optional
    if required > 0:
        for at in range(size):
            scores[at] = scores[at] if stages[at] == required else 0.0
        stages[:size] = 0
    if hits.shape[0] > 0:
        for at in range(size):
            scores[at] = scores[at] if hits[at] >= least else 0.0
        hits[:size] = 0
        latest[:size] = -1


@compiled
def _make_window(conditions):  # type: ignore[no-untyped-def]
    """Scores, stages, hits and latest clause of each document; empty where nobody asks."""
    room = min(WINDOW_DOCS, conditions.document_count)
    counted = room if _must_count(conditions) else 0
    return (
        np.empty(room + BLOCK_DOCS, np.float64),
        np.zeros(room if conditions.required > 0 else 0, np.uint8),
        np.zeros(counted, np.uint16),
        np.full(counted, -1, np.int64),
    )


@compiled
def collect_windows(postings, ranges, tables, conditions, order, top, facets, matches):  # type: ignore[no-untyped-def]
    """Offer, list or count all matches of one segment; returns how many there are."""
    document_count = conditions.document_count
    required = conditions.required
    window = _make_window(conditions)
    scores = window[0]
    bounds = _cut_into_windows(postings, ranges, document_count)
    window_count = bounds.shape[1] - 1
    matches_all = conditions.base_score > 0.0 and required == 0
    total = np.int64(0)
    for step in range(window_count):
        at = window_count - 1 - step if order.is_backward else step
        if not matches_all and not _may_match(ranges, bounds, at, required):
            continue
        base = at * WINDOW_DOCS
        size = min(WINDOW_DOCS, document_count - base)
        if _begin(scores, size, base, conditions) == 0:
            continue
        _fill(window, postings, ranges, tables, bounds, at, np.uint32(base))
        _judge(window, size, conditions)
        blocks_end = (size + BLOCK_DOCS - 1) // BLOCK_DOCS * BLOCK_DOCS
        scores[size:blocks_end] = 0.0
        total += emit_window(scores[:blocks_end], base, total, order, top, facets, matches)
    return total
