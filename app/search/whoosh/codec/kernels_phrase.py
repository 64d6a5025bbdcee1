"""Compiled: documents that hold words at given distances from each other."""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_windows import gallop
from app.search.whoosh.codec.layout import BLOCK_POSTINGS, TF_LIMIT

_FIRST_BUFFER = 256
"""Positions of one word in one document that fit without asking for more memory."""


@compiled
def _frequency(codes, places, posting):  # type: ignore[no-untyped-def]
    """How many positions a posting has."""
    frequency = np.int64(codes[posting] >> 8)
    if frequency == TF_LIMIT:
        wide = np.searchsorted(places.wide_postings, np.uint64(posting))
        if wide < places.wide_postings.shape[0] and places.wide_postings[wide] == posting:
            frequency = np.int64(places.wide_frequencies[wide])
    return frequency


@compiled
def _find_positions(codes, places, posting):  # type: ignore[no-untyped-def]
    """Where the positions of a posting begin: its block's beginning and all postings between."""
    block = posting // BLOCK_POSTINGS
    begin = np.int64(places.block_positions[block]) - places.shift
    first = block * BLOCK_POSTINGS
    count = np.uint32(0)
    largest = np.uint16(0)
    for other in range(first, posting):
        code = codes[other]
        count += np.uint32(code >> 8)
        largest = max(largest, code)
    if largest < TF_LIMIT << 8:
        return begin + np.int64(count)
    for other in range(first, posting):
        begin += _frequency(codes, places, other)
    return begin


@compiled
def _step(reached, count, positions, first, last, gap, slop):  # type: ignore[no-untyped-def]
    """Positions of the next word that stand right behind a reached one, in place of those."""
    found = np.empty(last - first, np.int64)
    size = 0
    at = 0
    for p in range(first, last):
        position = np.int64(positions[p])
        while at < count and reached[at] < position - gap - slop:
            at += 1
        if at == count:
            break
        if reached[at] <= position - gap:
            found[size] = position
            size += 1
    reached[:size] = found[:size]
    return size


@compiled
def _stands_exactly(codes, words, places, current):  # type: ignore[no-untyped-def]
    """Whether two words stand at their one distance: the most frequent question by far."""
    a = _find_positions(codes, places, current[0])
    b = _find_positions(codes, places, current[1])
    a_end = a + _frequency(codes, places, current[0])
    b_end = b + _frequency(codes, places, current[1])
    gap = words.gaps[0]
    while a < a_end and b < b_end:
        wanted = np.int64(places.positions[a]) + gap
        position = np.int64(places.positions[b])
        if position == wanted:
            return True
        if position < wanted:
            b += 1
        else:
            a += 1
    return False


@compiled
def _stands_near(codes, words, places, current, reached):  # type: ignore[no-untyped-def]
    """Whether the words of one document stand at their distances; walks word by word."""
    first = _find_positions(codes, places, current[0])
    count = _frequency(codes, places, current[0])
    for at in range(count):
        reached[at] = places.positions[first + at]
    for w in range(1, current.shape[0]):
        first = _find_positions(codes, places, current[w])
        last = first + _frequency(codes, places, current[w])
        count = _step(reached, count, places.positions, first, last, words.gaps[w - 1], words.slop)
        if count == 0:
            return False
    return True


@compiled
def _meet(docs, words, current, doc):  # type: ignore[no-untyped-def]
    """Move every word to `doc`; returns the next document worth trying, `doc` if all hold it."""
    for w in range(current.shape[0]):
        current[w] = gallop(docs, current[w], words.ends[w], doc)
        if current[w] >= words.ends[w]:
            return np.int64(-1)
        if docs[current[w]] != doc:
            return np.int64(docs[current[w]])
    return np.int64(doc)


@compiled
def _score(codes, words, tables, current):  # type: ignore[no-untyped-def]
    score = 0.0
    for w in range(current.shape[0]):
        score += words.weights[w] * tables[words.slots[w], codes[current[w]]]
    return score


@compiled
def find_phrase(postings, words, places, tables, matches):  # type: ignore[no-untyped-def]
    """List the documents that hold a phrase with the sum of its words' scores."""
    docs, codes = postings.docs, postings.codes
    current = words.starts.copy()
    word_count = current.shape[0]
    lead = np.argmin(words.ends - words.starts)
    is_exact_pair = word_count == 2 and words.slop == 0
    reached = np.empty(_FIRST_BUFFER, np.int64)
    found = np.int64(0)
    while current[lead] < words.ends[lead]:
        doc = np.int64(docs[current[lead]])
        candidate = _meet(docs, words, current, doc)
        if candidate < 0:
            break
        if candidate != doc:
            current[lead] = gallop(docs, current[lead], words.ends[lead], candidate)
            continue
        if is_exact_pair:
            stands = _stands_exactly(codes, words, places, current)
        else:
            most = _most_frequent(codes, places, current)
            if most > reached.shape[0]:
                reached = np.empty(most, np.int64)
            stands = _stands_near(codes, words, places, current, reached)
        if stands:
            matches.docs[found] = doc
            matches.scores[found] = _score(codes, words, tables, current)
            found += 1
        current[lead] += 1
    return found


@compiled
def _most_frequent(codes, places, current):  # type: ignore[no-untyped-def]
    most = np.int64(0)
    for w in range(current.shape[0]):
        most = max(most, _frequency(codes, places, current[w]))
    return most
