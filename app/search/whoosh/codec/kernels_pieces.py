"""Compiled: cutting texts into numbered pieces; see `bulk_pieces`."""

# ruff: noqa: PLR0917, C901, PLR0912, PLR0915  # compiled functions take arrays by position, and
# each array that is handed on costs time at every call, so the work at a piece is one function

import numpy as np

from app.search.whoosh.codec.kernel_bytes import BLANK, BREAK, HYPHEN, SPECIAL, TRIM, WORD
from app.search.whoosh.codec.kernels_compile import compiled

BACKSLASH, UNDERSCORE, CARET, STAR, SLASH, LEFT_BRACE, RIGHT_BRACE = b"\\_^*/{}"
FIRST_BEYOND_ASCII = 0x80
FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3
"""Of the digest FNV-1a."""
ONE = np.uint64(1)


@compiled
def _ends_piece(text, begin, place, end, classes, is_special):  # type: ignore[no-untyped-def]
    """Whether a byte ends a piece of its word; TeX commands hold some of these bytes together."""
    if classes[text[place]] != BREAK:
        return False
    byte = text[place]
    if place > begin and text[place - 1] == BACKSLASH:
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
def _end_of_piece(text, begin, start, end, classes):  # type: ignore[no-untyped-def]
    """Where a piece ends, and whether it is special; the text of its document is begin to end."""
    place = start
    is_special = False
    while True:
        while place < end and classes[text[place]] != BLANK:
            if _ends_piece(text, begin, place, end, classes, is_special):
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
def _is_compound(text, first, stop, classes):  # type: ignore[no-untyped-def]
    """Whether a piece, which begins and ends with a word, is words with one hyphen between each."""
    hyphens = 0
    for place in range(first, stop):
        byte_class = classes[text[place]]
        if byte_class == HYPHEN and classes[text[place - 1]] == WORD:
            hyphens += 1
        elif byte_class != WORD:
            return False
    return hyphens > 0


@compiled
def move_slots(slots, larger):  # type: ignore[no-untyped-def]
    """Put the known pieces into a larger hash table."""
    mask = np.uint64(len(larger) - 2)
    for place in range(0, len(slots), 2):
        if slots[place + 1] != 0:
            slot = (slots[place] << ONE) & mask
            while larger[slot + ONE] != 0:
                slot = (slot + ONE + ONE) & mask
            larger[slot], larger[slot + ONE] = slots[place], slots[place + 1]


@compiled
def find_pieces(  # type: ignore[no-untyped-def]
    text, ends, classes, tables, slots, key_starts, keys, pieces, piece_ends, progress
):
    """Cut texts into pieces and number them; see `bulk_pieces` for the classes of bytes.

    Known pieces stand in a hash table of open addressing: `slots` holds pairs of a digest and a
    number counted from 1, `keys` their bytes. It stops before a document whose pieces might not
    fit into `slots`.

    Args:
        tables: what bytes are kept as, those of plain pieces and those of special ones.
        pieces, piece_ends: what is found.
        progress: documents done, pieces found, pieces known; changed.
    """
    document, found, count = progress
    mask = np.uint64(len(slots) - 2)
    start = ends[document - 1] if document else 0
    while document < len(ends):
        begin, end = start, ends[document]
        if 4 * (count + end - start) > len(slots):
            break
        while start < end:
            byte_class = classes[text[start]]
            if byte_class == BLANK or _ends_piece(text, begin, start, end, classes, False):
                start += 1
                continue
            # The digest of a plain piece is made while its end is looked for.
            first = start
            while first < end and classes[text[first]] in (TRIM, HYPHEN):
                first += 1
            place, stop = first, first
            has_hyphen = False
            so_far = np.uint64(FNV_OFFSET)
            digest = so_far
            while place < end:
                byte = text[place]
                byte_class = classes[byte]
                if byte_class in (BLANK, BREAK, SPECIAL):
                    break
                so_far = (so_far ^ np.uint64(tables[byte])) * np.uint64(FNV_PRIME)
                place += 1
                if byte_class == WORD:
                    digest, stop = so_far, place
                elif byte_class == HYPHEN:
                    has_hyphen = True
            table = 0
            if place < end and (
                byte_class == SPECIAL
                or (
                    byte_class == BREAK and not _ends_piece(text, begin, place, end, classes, False)
                )
            ):
                place, is_special = _end_of_piece(text, begin, start, end, classes)
                if is_special:
                    table = 256
                    first, stop = start, place
                else:
                    stop = place
                    while stop > first and classes[text[stop - 1]] in (TRIM, HYPHEN):
                        stop -= 1
                digest = np.uint64(FNV_OFFSET)
                for at in range(first, stop):
                    byte = tables[table + text[at]]
                    digest = (digest ^ np.uint64(byte)) * np.uint64(FNV_PRIME)
            start = place
            if first == stop:
                continue
            # The parts of a compound follow it, one after the other.
            last = stop
            has_parts = has_hyphen and table == 0 and _is_compound(text, first, stop, classes)
            following = first
            while True:
                digest ^= digest >> np.uint64(29)
                slot = (digest << ONE) & mask
                size = stop - first
                number = count
                while slots[slot + ONE] != 0:
                    if slots[slot] == digest:
                        candidate = slots[slot + ONE] - ONE
                        head = key_starts[candidate]
                        if key_starts[candidate + ONE] - head == size:
                            at = 0
                            while at < size and keys[head + at] == tables[table + text[first + at]]:
                                at += 1
                            if at == size:
                                number = np.int64(candidate)
                                break
                    slot = (slot + ONE + ONE) & mask
                if number == count:
                    slots[slot], slots[slot + ONE] = digest, count + 1
                    head = key_starts[count]
                    for at in range(size):
                        keys[head + at] = tables[table + text[first + at]]
                    count += 1
                    key_starts[count] = head + size
                pieces[found] = number
                found += 1
                if not has_parts or following >= last:
                    break
                first, stop = following, following
                digest = np.uint64(FNV_OFFSET)
                while stop < last and classes[text[stop]] == WORD:
                    digest = (digest ^ np.uint64(tables[text[stop]])) * np.uint64(FNV_PRIME)
                    stop += 1
                following = stop + 1
        piece_ends[document] = found
        document += 1
    progress[0], progress[1], progress[2] = document, found, count
