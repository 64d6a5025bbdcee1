"""Compiled: sorting pieces into postings.

Both functions walk over the pieces of a field, document by document: the first counts, the
second puts every posting where the counts say. What they know of a term stands side by side, since
each word of a text leads to another place of the memory.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled

ONCE = 1 << 8
"""A posting code's frequency of 1."""

FULL_CODE = 255 << 8
"""From here on a posting code holds no larger frequency."""


@compiled
def count(  # type: ignore[no-untyped-def]
    pieces, document_ends, entry_starts, entry_terms, widths, term_count
):
    """Postings and occurrences by term, occurrences by document, positions of the longest one."""
    longest = 0
    seen = np.zeros(3 * term_count, np.int64)  # last document from 1, postings, occurrences
    lengths = np.zeros(len(document_ends), np.int64)
    first = 0
    for document in range(len(document_ends)):
        length, position = 0, 0
        for token in range(first, document_ends[document]):
            piece = pieces[token]
            for entry in range(entry_starts[piece], entry_starts[piece + 1]):
                place = 3 * np.int64(entry_terms[entry])
                seen[place + 2] += 1
                length += 1
                if seen[place] != document + 1:
                    seen[place] = document + 1
                    seen[place + 1] += 1
            position += widths[piece]
        longest = max(longest, position)
        lengths[document] = length
        first = document_ends[document]
    return seen[1::3].copy(), seen[2::3].copy(), lengths, longest


@compiled
def place(  # type: ignore[no-untyped-def]
    pieces,
    document_ends,
    entry_starts,
    entry_terms,
    entry_offsets,
    widths,
    first_postings,
    first_positions,
    length_bytes,
    docs,
    codes,
    positions,
    surplus,
):
    """Put documents and codes of postings, and positions, where those of each term begin.

    Args:
        positions: empty where the field keeps none.
        surplus: receives a posting for each of its occurrences that its code cannot count.

    Returns:
        Entries of `surplus`.
    """
    keeps_positions = len(positions) > 0
    seen = np.zeros(3 * len(first_postings), np.int64)  # last document from 1, next places
    for term in range(len(first_postings)):
        seen[3 * term + 1] = first_postings[term]
        seen[3 * term + 2] = first_positions[term]
    surplus_count = 0
    first = 0
    for document in range(len(document_ends)):
        position = 0
        code = np.uint16(ONCE) | length_bytes[document]
        for token in range(first, document_ends[document]):
            piece = pieces[token]
            for entry in range(entry_starts[piece], entry_starts[piece + 1]):
                at = 3 * np.int64(entry_terms[entry])
                if seen[at] != document + 1:
                    seen[at] = document + 1
                    posting = seen[at + 1]
                    seen[at + 1] = posting + 1
                    docs[posting] = document
                    codes[posting] = code
                else:
                    posting = seen[at + 1] - 1
                    if codes[posting] < FULL_CODE:
                        codes[posting] += ONCE
                    else:
                        surplus[surplus_count] = posting
                        surplus_count += 1
                if keeps_positions:
                    positions[seen[at + 2]] = position + entry_offsets[entry]
                    seen[at + 2] += 1
            position += widths[piece]
        first = document_ends[document]
    return surplus_count
