"""Compiled: one pass over posting ranges, window by window.

A window is small enough for the second-level cache. Every range adds its scores to an accumulator;
then the window is scanned once. Documents that a filter, a deletion or an exclusion takes out begin
at minus infinity, so that scanning needs no further look at them. Made for words that many
documents hold; rare ones are what `kernels_lists` is for.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernel_tables import join_odds
from app.search.whoosh.codec.kernel_types import BLOCK_DOCS, NO_LIST, ClauseKind, must_count
from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_top import emit_window
from app.search.whoosh.codec.layout import WINDOW_DOCS

_REQUIRED = int(ClauseKind.REQUIRED)
_OPTIONAL = int(ClauseKind.OPTIONAL)
_EXCLUDED = int(ClauseKind.EXCLUDED)
_must_count = compiled(must_count)
_join_odds = compiled(join_odds)


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
def _note(notes, docs, first, last, base):  # type: ignore[no-untyped-def]
    """Write down where each document stands among these postings.

    A pass of its own: in one loop with the scores both are slower, since neither is vectorised.
    """
    for p in range(first, last):
        notes[docs[p] - base] = p - first


@compiled
def _add_joined(scores, notes, docs, codes, rows, weight, bounds, base):  # type: ignore[no-untyped-def]
    """Turn the scores of the range before into those of both fields together.

    Args:
        notes: where the documents of the range before stand in it; anything for others.
        bounds: the postings of the range before and of this one, each half-open.
    """
    scores_before, odds_before, odds, ceiling = rows
    first_before, last_before, first, last = bounds
    for p in range(first, last):
        at = docs[p] - base
        place = first_before + notes[at]
        # Code 0 is worth nothing: this word stands in this field alone.
        before = np.uint16(0)
        if place < last_before and docs[place] == docs[p]:
            before = codes[place]
        joint = _join_odds(odds_before[before], odds[codes[p]], ceiling)
        scores[at] += weight * (joint - scores_before[before])


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
def _fill(window, postings, ranges, tables, bounds, at, base):  # type: ignore[no-untyped-def]
    """Add up the scores of the `at`-th window, which begins at document `base`.

    Columns are taken out of their tuples once: doing it for every range costs as much as a
    thousand postings.
    """
    scores, stages, hits, latest, notes = window
    docs, codes, list_docs, list_scores = postings
    slots, weights, clauses, joins = ranges.slots, ranges.weights, ranges.clauses, ranges.joins
    kinds, table, odds, ceiling = ranges.kinds, tables.scores, tables.odds, tables.ceiling
    counts, last_range = hits.shape[0] > 0, slots.shape[0] - 1
    for r in range(slots.shape[0]):
        first, last = bounds[r, at], bounds[r, at + 1]
        if r < last_range and joins[r + 1] != 0 and bounds[r + 1, at] < bounds[r + 1, at + 1]:
            _note(notes, docs, first, last, base)
        if first == last:
            continue
        slot, weight, clause = slots[r], weights[r], clauses[r]
        kind = kinds[clause]
        column = list_docs if slot == NO_LIST else docs
        is_advanced = False
        if kind == _EXCLUDED:
            _exclude(scores, column, first, last, base)
        elif slot == NO_LIST:
            _add_list(scores, list_docs, list_scores, weight, first, last, base)
        elif joins[r] != 0:
            before = slots[r - 1]
            rows = table[before], odds[before], odds[slot], ceiling
            pair = bounds[r - 1, at], bounds[r - 1, at + 1], first, last
            _add_joined(scores, notes, docs, codes, rows, weight, pair, base)
        elif kind == _REQUIRED:
            is_advanced = True
            _add_required(
                scores, stages, docs, codes, table[slot], weight, np.uint8(clause),
                first, last, base,
            )  # fmt: skip
        else:
            _add_terms(scores, docs, codes, table[slot], weight, first, last, base)
        if kind == _REQUIRED and not is_advanced:
            _advance(stages, column, np.uint8(clause), first, last, base)
        if counts and kind == _OPTIONAL:
            _count_clause(hits, latest, column, clause, first, last, base)


@compiled
def _judge(window, size, conditions):  # type: ignore[no-untyped-def]
    """Take out what does not meet all clauses, and leave the counters clean."""
    scores, stages, hits, latest, _notes = window
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
def _make_window(ranges, conditions):  # type: ignore[no-untyped-def]
    """Scores, stages, hits, latest clause, note of each document; empty where nobody asks."""
    room = min(WINDOW_DOCS, conditions.document_count)
    counted = room if _must_count(conditions) else 0
    return (
        np.empty(room + BLOCK_DOCS, np.float64),
        np.zeros(room if conditions.required > 0 else 0, np.uint8),
        np.zeros(counted, np.uint16),
        np.full(counted, -1, np.int64),
        np.zeros(room if ranges.joins.any() else 0, np.uint16),
    )


@compiled
def collect_windows(postings, ranges, tables, conditions, order, top, facets, matches):  # type: ignore[no-untyped-def]
    """Offer, list or count all matches of one segment; returns how many there are."""
    document_count = conditions.document_count
    required = conditions.required
    window = _make_window(ranges, conditions)
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
