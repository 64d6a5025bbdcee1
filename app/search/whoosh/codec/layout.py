"""The arrays of a segment: their names, item types and meaning.

A segment holds D documents, F indexed fields, T terms, P postings, X positions. All arrays are
memory-mapped files of their own (`array_file`); `segment_file` holds the few facts beside them.

Terms are sorted by their key, one byte of field number and the term's own bytes; field numbers
follow the alphabetical order of field names. The postings of a term stand one after another in
ascending order of document, those of the next term right behind them.
"""

from typing import Final

import numpy as np

SEGMENT_FORMAT_VERSION: Final = 3
"""Raised whenever an array changes its meaning; a segment of another version is rebuilt."""

BLOCK_POSTINGS: Final = 128
"""Postings between two entries of `block_positions`, and in a block of a matcher."""

WINDOW_DOCS: Final = 16_384
"""Documents that the kernels accumulate at a time; their scores fit the second-level cache."""

TF_LIMIT: Final = 255
"""Largest frequency a posting code holds; the exact one is in `wide_frequencies`."""

MAX_FIELDS: Final = 255
"""Fields that a term key's first byte can tell apart; the number behind the last one is free."""

MAX_DOCUMENTS: Final = 2**32 - 1
"""Documents of one segment, deleted ones included."""

SMALL_POSITION_LIMIT: Final = 2**16
"""Positions from here on make the whole `positions` array of a segment 32 bits wide."""

MAX_POSITION: Final = 2**32 - 1
"""Largest position that is stored; a token further on is found by its last storable place."""

KEY_FIELD_BYTES: Final = 1
"""Bytes of the field number at the head of a term key."""

# Terms.
TERM_BYTES: Final = "term_bytes"
"""u1: term keys, one after another."""
TERM_OFFSETS: Final = "term_offsets"
"""Places[T+1]: where each key begins in `term_bytes`."""
POSTING_STARTS: Final = "posting_starts"
"""Places[T+1]: where the postings of each term begin. Its other statistics follow from them."""

# Postings.
DOCS: Final = "docs"
"""u4[P]: document numbers."""
CODES: Final = "codes"
"""u2[P]: frequency, at most `TF_LIMIT`, times 256 plus the field's length byte in the document."""
WIDE_POSTINGS: Final = "wide_postings"
"""u8[W]: postings whose frequency is above `TF_LIMIT` or whose weight is not their frequency."""
WIDE_WEIGHTS: Final = "wide_weights"
"""f8[W]: their exact weights."""
WIDE_FREQUENCIES: Final = "wide_frequencies"
"""u4[W]: their exact frequencies, which is also how many positions they have."""

# Positions. Those of a posting begin where the frequencies of all postings before it add up to,
# less the field's `position_shifts`: what of them belongs to fields without positions.
POSITIONS: Final = "positions"
"""u2[X], or u4[X] when one of them needs it: ascending within a posting, `frequency` of each."""
BLOCK_POSITIONS: Final = "block_positions"
"""Places[P / BLOCK_POSTINGS, rounded up]: the sum of all frequencies before every so many
postings, whichever their terms."""

# Documents.
LENGTH_BYTES: Final = "length_bytes"
"""u1, D of each field whose `field_lengths` is above 0, one field after another: Whoosh's byte for
the field's length; 0 for no length."""
ID_KEYS: Final = "id_keys"
"""u4[D]: arXiv ids as numbers, see `tie_keys`; 0 for others, which only the dictionary holds."""
SUBMITTED_AT: Final = "submitted_at"
"""u4[D]: seconds since 1970."""
UPDATED_AT: Final = "updated_at"
"""u4[D]: seconds since 1970."""
ANNOUNCED_ON: Final = "announced_on"
"""u2[D]: last day of announcement, days since 1970; 0 where none is known."""
FLAGS: Final = "flags"
"""u1[D]: facts of each paper, one bit for each `PaperFlag` in its order."""
CATEGORY_COUNTS: Final = "category_counts"
"""u1[D], or u2: how many categories each document has."""
CATEGORY_CODES: Final = "category_codes"
"""u2: places in the segment's `category_names`, in the paper's own order."""
AUTHOR_COUNTS: Final = "author_counts"
"""u2[D], or u4: how many authors each document has."""
AUTHOR_CODES: Final = "author_codes"
"""u4: places in the sorted `author_names`, in the paper's own order, each once."""
AUTHOR_NAMES: Final = "author_names"
"""u1: names as they are shown, in UTF-8, ascending, one after another."""
AUTHOR_NAME_OFFSETS: Final = "author_name_offsets"
"""Places[N+1]: where each name begins."""
STORED_BYTES: Final = "stored_bytes"
"""u1: stored fields as JSON, one document after another."""
STORED_OFFSETS: Final = "stored_offsets"
"""u8[D+1], or nothing when no document stores a field."""

ITEM_TYPES: Final[dict[str, np.dtype]] = {
    name: np.dtype(item_type)
    for name, item_type in {
        TERM_BYTES: "<u1",
        TERM_OFFSETS: "<u4",
        POSTING_STARTS: "<u4",
        DOCS: "<u4",
        CODES: "<u2",
        WIDE_POSTINGS: "<u8",
        WIDE_WEIGHTS: "<f8",
        WIDE_FREQUENCIES: "<u4",
        POSITIONS: "<u2",
        BLOCK_POSITIONS: "<u4",
        LENGTH_BYTES: "<u1",
        ID_KEYS: "<u4",
        SUBMITTED_AT: "<u4",
        UPDATED_AT: "<u4",
        ANNOUNCED_ON: "<u2",
        FLAGS: "<u1",
        CATEGORY_COUNTS: "<u1",
        CATEGORY_CODES: "<u2",
        AUTHOR_COUNTS: "<u2",
        AUTHOR_CODES: "<u4",
        AUTHOR_NAMES: "<u1",
        AUTHOR_NAME_OFFSETS: "<u4",
        STORED_BYTES: "<u1",
        STORED_OFFSETS: "<u8",
    }.items()
}
"""Every array of a segment with its item type; see `choose_item_type` for some."""

WIDER_TYPES: Final[dict[str, np.dtype]] = {
    POSITIONS: np.dtype("<u4"),
    CATEGORY_COUNTS: np.dtype("<u2"),
    AUTHOR_COUNTS: np.dtype("<u4"),
    **dict.fromkeys(
        (
            TERM_OFFSETS,
            POSTING_STARTS,
            BLOCK_POSITIONS,
            AUTHOR_NAME_OFFSETS,
        ),
        np.dtype("<u8"),
    ),
}
"""What these arrays hold in a segment where an item does not fit the type above."""


POSTING_ARRAYS: Final = (
    DOCS,
    CODES,
    WIDE_POSTINGS,
    WIDE_WEIGHTS,
    WIDE_FREQUENCIES,
    POSTING_STARTS,
    BLOCK_POSITIONS,
    POSITIONS,
)
"""What follows from the postings alone, once the terms are in order."""


def choose_item_type(name: str, largest: int) -> np.dtype:
    """The item type of an array none of whose items is above `largest`.

    >>> choose_item_type(POSTING_STARTS, 2**32 - 1), choose_item_type(POSTING_STARTS, 2**32)
    (dtype('uint32'), dtype('uint64'))
    """
    usual = ITEM_TYPES[name]
    if name in WIDER_TYPES and largest > np.iinfo(usual).max:
        return WIDER_TYPES[name]
    return usual


def make_term_key(field_number: int, text: bytes) -> bytes:
    r"""The key under which a term is sorted and found.

    >>> make_term_key(3, b"graph")
    b'\x03graph'
    """
    return field_number.to_bytes(KEY_FIELD_BYTES, "big") + text
