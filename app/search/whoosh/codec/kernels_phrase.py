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
def _find_positions(codes, places, cursor, posting):  # type: ignore[no-untyped-def]
    """Where the positions of a posting begin: those of all postings before it are stepped over.

    Args:
        cursor: int64[2], a posting at or before this one and where its positions begin; moved
            here. Postings of an earlier block are leapt over.
    """
    block = posting // BLOCK_POSTINGS
    first = block * BLOCK_POSTINGS
    begin = cursor[1]
    if cursor[0] < first:
        begin = np.int64(places.block_positions[block]) - places.shift
    else:
        first = cursor[0]
    count = np.uint32(0)
    largest = np.uint16(0)
    for other in range(first, posting):
        code = codes[other]
        count += np.uint32(code >> 8)
        largest = max(largest, code)
    if largest < TF_LIMIT << 8:
        begin += np.int64(count)
    else:
        for other in range(first, posting):
            begin += _frequency(codes, places, other)
    cursor[0], cursor[1] = posting, begin
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
def _stands_exactly(codes, words, places, current, cursors):  # type: ignore[no-untyped-def]
    """Whether two words stand at their one distance: the most frequent question by far."""
    a = _find_positions(codes, places, cursors[0], current[0])
    b = _find_positions(codes, places, cursors[1], current[1])
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
def _stands_near(codes, words, places, current, cursors, reached):  # type: ignore[no-untyped-def]
    """Whether the words of one document stand at their distances; walks word by word."""
    most = _most_frequent(codes, places, current)
    if most > reached.shape[0]:
        reached = np.empty(most, np.int64)
    first = _find_positions(codes, places, cursors[0], current[0])
    count = _frequency(codes, places, current[0])
    for at in range(count):
        reached[at] = places.positions[first + at]
    for w in range(1, current.shape[0]):
        first = _find_positions(codes, places, cursors[w], current[w])
        last = first + _frequency(codes, places, current[w])
        count = _step(reached, count, places.positions, first, last, words.gaps[w - 1], words.slop)
        if count == 0:
            return False
    return True


@compiled
def _most_frequent(codes, places, current):  # type: ignore[no-untyped-def]
    most = np.int64(0)
    for w in range(current.shape[0]):
        most = max(most, _frequency(codes, places, current[w]))
    return most


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
        score += words.weights[w] * tables.scores[words.slots[w], codes[current[w]]]
    return score


@compiled
def _find_next(docs, words, current, lead, doc):  # type: ignore[no-untyped-def]
    """The first document from `doc` on that holds all words, and is among those looked at; or -1.

    Args:
        lead: int64[2], the rarest word, and how many of `among` lie behind.
    """
    among = words.among
    while True:
        if among.shape[0] > 0:
            lead[1] = gallop(among, lead[1], among.shape[0], doc)
            if lead[1] == among.shape[0]:
                return np.int64(-1)
            doc = np.int64(among[lead[1]])
        rarest = lead[0]
        current[rarest] = gallop(docs, current[rarest], words.ends[rarest], doc)
        if current[rarest] >= words.ends[rarest]:
            return np.int64(-1)
        if among.shape[0] == 0:
            doc = np.int64(docs[current[rarest]])
        candidate = _meet(docs, words, current, doc)
        if candidate <= doc:
            return candidate
        doc = candidate


@compiled
def find_phrase(postings, words, places, tables, matches):  # type: ignore[no-untyped-def]
    """List the documents that hold a phrase with the sum of its words' scores."""
    docs, codes = postings.docs, postings.codes
    current = words.starts.copy()
    word_count = current.shape[0]
    is_exact_pair = word_count == 2 and words.slop == 0
    cursors = np.full((word_count, 2), -1, np.int64)
    reached = np.empty(_FIRST_BUFFER, np.int64)
    lead = np.zeros(2, np.int64)
    lead[0] = np.argmin(words.ends - words.starts)
    found = np.int64(0)
    doc = _find_next(docs, words, current, lead, np.int64(0))
    while doc >= 0:
        if is_exact_pair:
            stands = _stands_exactly(codes, words, places, current, cursors)
        else:
            stands = _stands_near(codes, words, places, current, cursors, reached)
        if stands:
            matches.docs[found] = doc
            matches.scores[found] = _score(codes, words, tables, current)
            found += 1
        doc = _find_next(docs, words, current, lead, doc + 1)
    return found
