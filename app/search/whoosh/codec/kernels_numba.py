"""Compiled kernels: one pass over posting ranges, window by window, with the lock released.

Documents are taken in windows small enough for the second-level cache. In a window every range
adds its contributions to an accumulator; then the window is scanned once for matches, counts and
candidates. Windows without postings are jumped over, and in windows with few postings only the
touched documents are looked at, so rare words cost what their postings cost.
"""

import numpy as np
from numba import njit

WINDOW_DOCS = 16_384
SPARSE_SHARE = 16
"""A window with fewer postings than its documents divided by this is scanned sparsely."""

_REQUIRED = 0
_OPTIONAL = 1
_EXCLUDED = 2
_TOP_BY_SCORE = 0
_TOP_BY_KEY = 1


@njit(nogil=True, cache=True, inline="always")
def _is_worse(value_a, tie_a, value_b, tie_b):  # type: ignore[no-untyped-def]
    return value_a < value_b or (value_a == value_b and tie_a < tie_b)


@njit(nogil=True, cache=True)
def push(values, ties, docs, size, value, tie, doc):  # type: ignore[no-untyped-def]
    """Offer one document to a top list; returns its new size."""
    k = values.shape[0]
    if size < k:
        at = size
        size += 1
        while at > 0:
            parent = (at - 1) >> 1
            if not _is_worse(value, tie, values[parent], ties[parent]):
                break
            values[at], ties[at], docs[at] = values[parent], ties[parent], docs[parent]
            at = parent
    else:
        if k == 0 or not _is_worse(values[0], ties[0], value, tie):
            return size
        at = 0
        while True:
            child = 2 * at + 1
            if child >= k:
                break
            if child + 1 < k and _is_worse(
                values[child + 1], ties[child + 1], values[child], ties[child]
            ):
                child += 1
            if not _is_worse(values[child], ties[child], value, tie):
                break
            values[at], ties[at], docs[at] = values[child], ties[child], docs[child]
            at = child
    values[at], ties[at], docs[at] = value, tie, doc
    return size


@njit(nogil=True, cache=True)
def gallop(docs, start, end, target):  # type: ignore[no-untyped-def]
    """The first place in docs[start:end] that holds `target` or more; `end` if none."""
    if start >= end or docs[start] >= target:
        return start
    step = 1
    low = start
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


@njit(nogil=True, cache=True)
def collect(  # type: ignore[no-untyped-def]
    docs, codes, computed_docs, computed_scores, tables,
    starts, ends, slots, weights, clauses, kinds, least_optional,
    document_count, mask, keys, key_sign, tie_keys, doc_base,
    emission, top_values, top_ties, top_docs, top_size, all_docs, all_scores,
    facet_offsets, facet_values, facet_counts, year_values, year_counts,
):  # fmt: skip
    """One segment's matches; returns (number of matches, new size of the top list).

    See `kernels.collect`, which checks and prepares the arguments.
    """
    range_count = starts.shape[0]
    required = 0
    for c in range(kinds.shape[0]):
        required += kinds[c] == _REQUIRED
    is_plain_or = required == 0 and least_optional <= 1
    for c in range(kinds.shape[0]):
        is_plain_or = is_plain_or and kinds[c] == _OPTIONAL
    use_mask = mask.shape[0] > 0

    scores = np.zeros(WINDOW_DOCS, np.float64)
    stage = np.zeros(WINDOW_DOCS, np.uint8)  # required clauses matched so far, in order
    optional_hits = np.zeros(WINDOW_DOCS, np.uint8)
    last_optional = np.full(WINDOW_DOCS, -1, np.int16)
    excluded = np.zeros(WINDOW_DOCS, np.uint8)
    touched = np.empty(WINDOW_DOCS, np.int32)
    places = starts.copy()
    stops = np.empty(range_count, np.int64)
    total = 0

    while True:
        # The next window that can hold a match.
        first = document_count
        if required > 0:
            # No match lies before the first posting of any required clause.
            first = 0
            for c in range(required):
                nearest = document_count
                for r in range(range_count):
                    if clauses[r] == c and places[r] < ends[r]:
                        doc = computed_docs[places[r]] if slots[r] < 0 else docs[places[r]]
                        nearest = min(nearest, np.int64(doc))
                first = max(first, nearest)
        else:
            for r in range(range_count):
                if kinds[clauses[r]] != _EXCLUDED and places[r] < ends[r]:
                    doc = computed_docs[places[r]] if slots[r] < 0 else docs[places[r]]
                    first = min(first, np.int64(doc))
        if first >= document_count:
            break
        base = first - first % WINDOW_DOCS
        stop_doc = min(base + WINDOW_DOCS, document_count)
        size = stop_doc - base

        postings = 0
        for r in range(range_count):
            if slots[r] < 0:
                places[r] = gallop(computed_docs, places[r], ends[r], base)
                stops[r] = gallop(computed_docs, places[r], ends[r], stop_doc)
            else:
                places[r] = gallop(docs, places[r], ends[r], base)
                stops[r] = gallop(docs, places[r], ends[r], stop_doc)
            postings += stops[r] - places[r]
        is_sparse = postings * SPARSE_SHARE < size
        touched_count = 0

        # Accumulate.
        for r in range(range_count):
            kind = kinds[clauses[r]]
            slot = slots[r]
            weight = weights[r]
            clause = clauses[r]
            if kind == _EXCLUDED:
                for p in range(places[r], stops[r]):
                    doc = computed_docs[p] if slot < 0 else docs[p]
                    excluded[doc - base] = 1
            elif is_plain_or and not is_sparse and slot >= 0:
                table = tables[slot]
                for p in range(places[r], stops[r]):
                    scores[docs[p] - base] += weight * table[codes[p]]
            else:
                for p in range(places[r], stops[r]):
                    if slot < 0:
                        at = np.int64(computed_docs[p]) - base
                        gain = weight * computed_scores[p]
                    else:
                        at = np.int64(docs[p]) - base
                        gain = weight * tables[slot, codes[p]]
                    if kind == _REQUIRED:
                        if stage[at] == clause:
                            stage[at] = clause + 1
                        elif stage[at] != clause + 1:
                            continue
                        if clause == 0 and scores[at] == 0.0:
                            touched[touched_count] = at
                            touched_count += 1
                        scores[at] += gain
                    else:
                        if required > 0 and stage[at] != required:
                            continue
                        if required == 0 and scores[at] == 0.0:
                            touched[touched_count] = at
                            touched_count += 1
                        scores[at] += gain
                        if last_optional[at] != clause:
                            last_optional[at] = clause
                            optional_hits[at] += 1

        # Judge the touched documents, unless the plain accumulator can be scanned as it is.
        is_scan = is_plain_or and not is_sparse
        if not is_scan:
            for t in range(touched_count):
                at = touched[t]
                if (
                    (required > 0 and stage[at] != required)
                    or optional_hits[at] < least_optional
                    or excluded[at] != 0
                ):
                    scores[at] = 0.0
        if use_mask:
            if is_scan:
                for at in range(size):
                    scores[at] *= mask[base + at]
            else:
                for t in range(touched_count):
                    scores[touched[t]] *= mask[base + touched[t]]

        # Count, offer, and count facets.
        steps = size if is_scan else touched_count
        block = 0
        while block < steps:
            block_end = min(block + 256, steps)
            best = 0.0
            hits = 0
            if is_scan:
                for at in range(block, block_end):
                    value = scores[at]
                    hits += value > 0.0
                    best = max(best, value)
            else:
                for t in range(block, block_end):
                    value = scores[touched[t]]
                    hits += value > 0.0
                    best = max(best, value)
            if hits > 0:
                full = top_size >= top_values.shape[0]
                if emission != _TOP_BY_SCORE or not full or best >= top_values[0]:
                    for step in range(block, block_end):
                        at = step if is_scan else np.int64(touched[step])
                        value = scores[at]
                        if value <= 0.0:
                            continue
                        doc = base + at
                        if emission == _TOP_BY_SCORE:
                            if not full or value >= top_values[0]:
                                top_size = push(
                                    top_values, top_ties, top_docs, top_size,
                                    value, tie_keys[doc], doc_base + doc,
                                )  # fmt: skip
                                full = top_size >= top_values.shape[0]
                        elif emission == _TOP_BY_KEY:
                            top_size = push(
                                top_values, top_ties, top_docs, top_size,
                                key_sign * np.float64(keys[doc]),
                                np.int64(key_sign) * tie_keys[doc], doc_base + doc,
                            )  # fmt: skip
                        else:
                            all_docs[total] = doc
                            all_scores[total] = value
                            total += 1
                if emission == _TOP_BY_SCORE or emission == _TOP_BY_KEY:
                    total += hits
                if facet_counts.shape[0] > 0:
                    for step in range(block, block_end):
                        at = step if is_scan else np.int64(touched[step])
                        if scores[at] > 0.0:
                            doc = base + at
                            for v in range(facet_offsets[doc], facet_offsets[doc + 1]):
                                facet_counts[facet_values[v]] += 1
                            year_counts[year_values[doc]] += 1
            block = block_end

        # Leave a clean slate, touching only what was used.
        if is_scan:
            scores[:size] = 0.0
        else:
            for t in range(touched_count):
                at = touched[t]
                scores[at] = 0.0
                stage[at] = 0
                optional_hits[at] = 0
                last_optional[at] = -1
            for r in range(range_count):
                if kinds[clauses[r]] == _EXCLUDED:
                    for p in range(places[r], stops[r]):
                        doc = computed_docs[p] if slots[r] < 0 else docs[p]
                        excluded[doc - base] = 0
        for r in range(range_count):
            places[r] = stops[r]
    return total, top_size
