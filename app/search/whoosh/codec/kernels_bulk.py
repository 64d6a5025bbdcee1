"""Compiled: cutting texts into numbered pieces, and sorting pieces into postings.

Both of the latter walk over the pieces of a field, document by document: the first counts, the
second puts every posting where the counts say.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernel_bytes import BLANK, BREAK, SPECIAL, TRIM
from app.search.whoosh.codec.kernels_compile import compiled

BACKSLASH, UNDERSCORE, CARET, STAR, SLASH, LEFT_BRACE, RIGHT_BRACE = b"\\_^*/{}"
FIRST_BEYOND_ASCII = 0x80


@compiled
def count(pieces, document_ends, entry_starts, entry_terms, term_count):  # type: ignore[no-untyped-def]
    """Postings and occurrences by term, occurrences by document."""
    postings = np.zeros(term_count, np.int64)
    occurrences = np.zeros(term_count, np.int64)
    lengths = np.zeros(len(document_ends), np.int64)
    last_document = np.full(term_count, -1, np.int64)
    first = 0
    for document in range(len(document_ends)):
        for token in range(first, document_ends[document]):
            piece = pieces[token]
            for entry in range(entry_starts[piece], entry_starts[piece + 1]):
                term = entry_terms[entry]
                occurrences[term] += 1
                lengths[document] += 1
                if last_document[term] != document:
                    last_document[term] = document
                    postings[term] += 1
        first = document_ends[document]
    return postings, occurrences, lengths


@compiled
def place(  # type: ignore[no-untyped-def]
    pieces,
    document_ends,
    entry_starts,
    entry_terms,
    entry_offsets,
    widths,
    next_postings,
    next_positions,
    posting_count,
    position_count,
):
    """Documents and frequencies of postings, and positions, in the order of terms.

    `next_postings` and `next_positions` hold where those of each term begin; they are changed.
    """
    documents = np.empty(posting_count, np.uint32)
    frequencies = np.empty(posting_count, np.uint32)
    positions = np.empty(position_count, np.uint32)
    last_document = np.full(len(next_postings), -1, np.int64)
    first = 0
    for document in range(len(document_ends)):
        position = 0
        for token in range(first, document_ends[document]):
            piece = pieces[token]
            for entry in range(entry_starts[piece], entry_starts[piece + 1]):
                term = entry_terms[entry]
                if last_document[term] != document:
                    last_document[term] = document
                    documents[next_postings[term]] = document
                    frequencies[next_postings[term]] = 0
                    next_postings[term] += 1
                frequencies[next_postings[term] - 1] += 1
                positions[next_positions[term]] = position + entry_offsets[entry]
                next_positions[term] += 1
            position += widths[piece]
        first = document_ends[document]
    return documents, frequencies, positions


@compiled
def _ends_piece(text, place, end, classes, is_special):  # type: ignore[no-untyped-def]
    """Whether a byte ends a piece of its word; TeX commands hold some of these bytes together."""
    if classes[text[place]] != BREAK:
        return False
    byte = text[place]
    if place > 0 and text[place - 1] == BACKSLASH:
        return False
    if byte == STAR:
        return not is_special
    # In an address `/\~` is no accent, so the slash must stay with it.
    return byte != SLASH or place + 1 == end or text[place + 1] != BACKSLASH


@compiled
def _reaches_on(text, start, place, following):  # type: ignore[no-untyped-def]
    """Whether TeX that ends at `place` may take in what stands behind the blanks."""
    last = text[place - 1]
    return (
        last in (BACKSLASH, UNDERSCORE, CARET, LEFT_BRACE)
        # It may be a blank beyond ASCII, of which there is any number behind a command.
        or last >= FIRST_BEYOND_ASCII
        or (place - start >= 2 and text[place - 2] == BACKSLASH)
        or (place - start >= 3 and text[place - 3] == BACKSLASH)
        or text[following] in (LEFT_BRACE, RIGHT_BRACE)
    )


@compiled
def _find_piece(  # type: ignore[no-untyped-def]
    text, start, end, lowers, slots, hashes, key_starts, keys, count
):
    """The number of a piece; `count` when it is new, and then it has that number."""
    head = key_starts[count]
    digest = np.uint64(0xCBF29CE484222325)
    for place in range(start, end):
        byte = text[place]
        if lowers and 0x41 <= byte <= 0x5A:
            byte += 0x20
        keys[head + place - start] = byte
        digest = (digest ^ np.uint64(byte)) * np.uint64(0x100000001B3)
    digest ^= digest >> np.uint64(29)
    size = end - start
    mask = len(slots) - 1
    slot = np.int64(digest & np.uint64(mask))
    while slots[slot] >= 0:
        number = slots[slot]
        first = key_starts[number]
        if hashes[number] == digest and key_starts[number + 1] - first == size:
            place = 0
            while place < size and keys[first + place] == keys[head + place]:
                place += 1
            if place == size:
                return number
        slot = (slot + 1) & mask
    slots[slot] = count
    hashes[count] = digest
    key_starts[count + 1] = head + size
    return count


@compiled
def _grow_slots(slots, hashes, count):  # type: ignore[no-untyped-def]
    grown = np.full(2 * len(slots), -1, np.int32)
    mask = len(grown) - 1
    for number in range(count):
        slot = np.int64(hashes[number] & np.uint64(mask))
        while grown[slot] >= 0:
            slot = (slot + 1) & mask
        grown[slot] = number
    return grown


@compiled
def _end_of_piece(text, start, end, classes):  # type: ignore[no-untyped-def]
    """Where a piece ends, and whether it is special."""
    place = start
    is_special = False
    while True:
        while place < end and classes[text[place]] != BLANK:
            if _ends_piece(text, place, end, classes, is_special):
                return place, is_special
            is_special |= classes[text[place]] == SPECIAL
            place += 1
        if not is_special:
            return place, False
        following = place
        while following < end and classes[text[following]] == BLANK:
            following += 1
        if following == end or not _reaches_on(text, start, place, following):
            return place, True
        place = following


@compiled
def find_pieces(  # type: ignore[no-untyped-def]
    text, ends, classes, lowers, slots, hashes, key_starts, keys, count
):
    """Cut texts into pieces and number them; see `bulk_pieces` for the classes of bytes."""
    pieces = np.empty(len(text), np.uint32)
    piece_ends = np.empty(len(ends), np.int64)
    found = 0
    start = 0
    for document in range(len(ends)):
        end = ends[document]
        while start < end:
            if classes[text[start]] == BLANK or _ends_piece(text, start, end, classes, False):
                start += 1
                continue
            next_start, is_special = _end_of_piece(text, start, end, classes)
            stop = next_start
            if not is_special:
                while start < stop and classes[text[start]] == TRIM:
                    start += 1
                while start < stop and classes[text[stop - 1]] == TRIM:
                    stop -= 1
            if start < stop:
                if 2 * count >= len(slots):
                    slots = _grow_slots(slots, hashes, count)
                number = _find_piece(
                    text,
                    start,
                    stop,
                    lowers and not is_special,
                    slots,
                    hashes,
                    key_starts,
                    keys,
                    count,
                )
                count += number == count
                pieces[found] = number
                found += 1
            start = next_start
        piece_ends[document] = found
    return pieces[:found].copy(), piece_ends, count, slots
