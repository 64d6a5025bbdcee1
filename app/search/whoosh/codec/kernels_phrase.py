"""Compiled: documents that hold words at given distances from each other.

The documents of the rarest word, a chunk at a time, are looked up among those of the others; then
the positions of what is left are compared. Functions take columns and not the tuples that hold
them: taking a column out of its tuple costs as much as looking at a document.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_windows import gallop
from app.search.whoosh.codec.layout import BLOCK_POSTINGS, TF_LIMIT

CHUNK_DOCS = 2_048
"""Documents of the rarest word that are looked up together."""

_FIRST_BUFFER = 256
"""Positions of one word in one document that fit without asking for more memory."""

_LARGEST_PLAIN = np.uint16(TF_LIMIT << 8)
"""From this code on a frequency may be in the arrays of wide ones."""


@compiled
def _frequency(codes, wide_postings, wide_frequencies, posting):  # type: ignore[no-untyped-def]
    """How many positions a posting has."""
    frequency = np.int64(codes[posting] >> 8)
    if frequency == TF_LIMIT:
        wide = np.searchsorted(wide_postings, np.uint64(posting))
        if wide < wide_postings.shape[0] and wide_postings[wide] == posting:
            frequency = np.int64(wide_frequencies[wide])
    return frequency


@compiled
def _sum_frequencies(codes, wide_postings, wide_frequencies, first, last):  # type: ignore[no-untyped-def]
    """How many positions a range of postings has."""
    count = np.uint32(0)
    largest = np.uint16(0)
    for code in codes[first:last]:
        count += np.uint32(code >> 8)
        largest = max(largest, code)
    if largest < _LARGEST_PLAIN:
        return np.int64(count)
    total = np.int64(0)
    for posting in range(first, last):
        total += _frequency(codes, wide_postings, wide_frequencies, posting)
    return total


@compiled
def find_positions(  # type: ignore[no-untyped-def]
    codes, blocks, wide_postings, wide_frequencies, shift, standing, begins
):
    """Where the positions of some postings of a word begin, and end: int64[n, 2], written.

    Those of all postings between one and the next are stepped over; postings of earlier blocks are
    leapt over.
    """
    known = np.int64(-1)
    begin = np.int64(0)
    for at in range(standing.shape[0]):
        posting = standing[at]
        block = posting // BLOCK_POSTINGS
        if known < block * BLOCK_POSTINGS:
            known = block * BLOCK_POSTINGS
            begin = np.int64(blocks[block]) - shift
        begin += _sum_frequencies(codes, wide_postings, wide_frequencies, known, posting)
        known = posting
        begins[at, 0] = begin
        begins[at, 1] = begin + _frequency(codes, wide_postings, wide_frequencies, posting)


@compiled
def _stands_exactly(positions, a, a_end, b, b_end, gap):  # type: ignore[no-untyped-def]
    """Whether two words stand at their one distance: the most frequent question by far."""
    while a < a_end and b < b_end:
        wanted = np.int64(positions[a]) + gap
        position = np.int64(positions[b])
        if position == wanted:
            return True
        if position < wanted:
            b += 1
        else:
            a += 1
    return False


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
def _stands_near(positions, begins, at, gaps, slop, reached):  # type: ignore[no-untyped-def]
    """Whether the words of one document stand at their distances; walks word by word."""
    most = np.int64(0)
    for w in range(begins.shape[0]):
        most = max(most, begins[w, at, 1] - begins[w, at, 0])
    if most > reached.shape[0]:
        reached = np.empty(most, np.int64)
    first, last = begins[0, at]
    count = last - first
    for place in range(count):
        reached[place] = positions[first + place]
    for w in range(1, begins.shape[0]):
        first, last = begins[w, at]
        count = _step(reached, count, positions, first, last, gaps[w - 1], slop)
        if count == 0:
            return False
    return True


@compiled
def _take_lead(docs, place, end, among, passed, wanted, standing):  # type: ignore[no-untyped-def]
    """Fill a chunk with documents of the leading word that are looked at.

    Args:
        passed: of `among`, how many lie behind.

    Returns:
        How many there are, and where the word and `among` go on.
    """
    size = 0
    if among.shape[0] == 0:
        while size < wanted.shape[0] and place < end:
            wanted[size], standing[size] = docs[place], place
            size += 1
            place += 1
        return size, place, passed
    while size < wanted.shape[0] and passed < among.shape[0]:
        doc = among[passed]
        passed += 1
        place = gallop(docs, place, end, doc)
        if place >= end:
            return size, end, among.shape[0]
        if docs[place] == doc:
            wanted[size], standing[size] = doc, place
            size += 1
    return size, place, passed


@compiled
def _keep_common(docs, place, end, w, wanted, standing, size):  # type: ignore[no-untyped-def]
    """Keep the documents of a chunk that hold another word; returns how many, and where it is."""
    kept = 0
    for at in range(size):
        place = gallop(docs, place, end, wanted[at])
        if place >= end:
            break
        if docs[place] == wanted[at]:
            wanted[kept] = wanted[at]
            standing[:, kept] = standing[:, at]
            standing[w, kept] = place
            kept += 1
    return kept, place


@compiled
def find_phrase(postings, words, places, tables, matches):  # type: ignore[no-untyped-def]
    """List the documents that hold a phrase with the sum of its words' scores."""
    docs, codes = postings.docs, postings.codes
    ends, gaps, slop, among = words.ends, words.gaps, words.slop, words.among
    slots, weights, table = words.slots, words.weights, tables.scores
    positions, block_positions, shift = places.positions, places.block_positions, places.shift
    wide_postings, wide_frequencies = places.wide_postings, places.wide_frequencies
    found_docs, found_scores = matches.docs, matches.scores
    word_count = ends.shape[0]
    heads = words.starts.copy()
    order = np.argsort(ends - heads)
    lead = order[0]
    wanted = np.empty(CHUNK_DOCS, np.uint32)
    standing = np.empty((word_count, CHUNK_DOCS), np.int64)
    begins = np.empty((word_count, CHUNK_DOCS, 2), np.int64)
    reached = np.empty(_FIRST_BUFFER, np.int64)
    is_exact_pair = word_count == 2 and slop == 0
    found, passed = 0, 0
    while True:
        size, heads[lead], passed = _take_lead(
            docs, heads[lead], ends[lead], among, passed, wanted, standing[lead]
        )
        if size == 0:
            return found
        for w in order[1:]:
            size, heads[w] = _keep_common(docs, heads[w], ends[w], w, wanted, standing, size)
        for w in range(word_count):
            find_positions(
                codes, block_positions, wide_postings, wide_frequencies, shift,
                standing[w, :size], begins[w],
            )  # fmt: skip
        for at in range(size):
            if is_exact_pair:
                a, b = begins[0, at], begins[1, at]
                stands = _stands_exactly(positions, a[0], a[1], b[0], b[1], gaps[0])
            else:
                stands = _stands_near(positions, begins, at, gaps, slop, reached)
            if stands:
                score = 0.0
                for w in range(word_count):
                    score += weights[w] * table[slots[w], codes[standing[w, at]]]
                found_docs[found], found_scores[found] = wanted[at], score
                found += 1
