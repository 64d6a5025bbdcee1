"""Compiled: sorting pieces into postings.

Both functions walk over the pieces of a field, document by document: the first counts, the
second puts every posting where the counts say.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled


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
