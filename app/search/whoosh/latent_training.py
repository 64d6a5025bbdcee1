"""Latent semantic analysis of a corpus: which words are used alike, found from the index itself.

TF-IDF of a sample of papers, each of length 1, is cut to its leading right singular vectors; a
term's row is its idf times its coordinates there. A paper's vector is then the sum of its words'
rows (`latent_projection`), and so is a query's. Nothing is tokenised: postings are the matrix.

Source: Deerwester et al. (1990); the truncated SVD by `app.operators.low_rank.svd_random`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, diags_array

from app.operators.low_rank import svd_random
from app.search.whoosh.codec import layout
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.latent import LatentModel, make_model
from app.search.whoosh.latent_projection import FIELD_WEIGHTS, LOGARITHMS

RANK = 128
"""Coordinates of a vector, and bytes a paper costs."""

MIN_PAPERS = 1_000
"""With fewer papers words meet too seldom for the analysis to be worth anything."""

MAX_SAMPLE = 60_000
"""Papers that are analysed; of more, evenly spaced ones."""

MIN_HOLDING = 3
"""Papers of the sample that have to hold a word."""

MAX_TERMS = 60_000
"""Words that are kept, the most frequent ones: 31 MB of rows."""

SEED = 10_407
"""The same papers give the same model."""

CHUNK_POSTINGS = 2**24
"""Postings looked through at a time."""


def train_model(segments: Sequence[ColumnSegment]) -> LatentModel | None:
    """The model of the living papers of an index; None when there are too few.

    It takes less than a minute, whatever the number of papers.
    """
    if sum(segment.doc_count() for segment in segments) < MIN_PAPERS:
        return None
    frequencies, names = _count_sample(segments)
    holding = np.bincount(frequencies.indices, minlength=len(names))
    kept = _choose_terms(holding)
    if min(len(kept), frequencies.shape[0]) <= RANK:
        return None
    idf = np.log((frequencies.shape[0] + 1.0) / (holding[kept] + 1.0)).astype(np.float32)
    weighted = _normalise(csr_array(frequencies[:, kept] @ diags_array(idf)))
    found = svd_random(weighted, RANK, np.random.default_rng(SEED))
    rows = np.asarray(found.vt.T * idf[:, None], np.float32)
    order = sorted(range(len(kept)), key=lambda at: names[kept[at]])
    return make_model([names[kept[at]].decode() for at in order], rows[order])


def _choose_terms(holding: NDArray[np.int64]) -> NDArray[np.int64]:
    """Columns of the words worth keeping, ascending."""
    known = np.flatnonzero(holding >= MIN_HOLDING)
    if len(known) > MAX_TERMS:
        known = known[np.argsort(-holding[known], kind="stable")[:MAX_TERMS]]
    return np.sort(known)


def _count_sample(segments: Sequence[ColumnSegment]) -> "tuple[csr_array[Any], list[bytes]]":
    """1 + ln(frequency), added up over fields, of the sampled papers and their words."""
    columns: dict[bytes, int] = {}
    rows: list[NDArray[np.int64]] = []
    places: list[NDArray[np.int64]] = []
    weights: list[NDArray[np.float32]] = []
    total = 0
    for segment, sampled in _sample(segments):
        arrays = segment.get_arrays()
        row_of = np.full(arrays.document_count, -1, np.int64)
        row_of[sampled] = total + np.arange(len(sampled))
        total += len(sampled)
        for field, weight in FIELD_WEIGHTS.items():
            for terms, documents, codes in _iter_postings(arrays, field, row_of):
                own, numbers = np.unique(terms, return_inverse=True)
                names = (arrays.get_term_key(term)[layout.KEY_FIELD_BYTES :] for term in own)
                column_of = np.array(
                    [columns.setdefault(name, len(columns)) for name in names], np.int64
                )
                rows.append(row_of[documents])
                places.append(column_of[numbers])
                weights.append(np.float32(weight) * LOGARITHMS[codes >> 8])
    joined = [np.concatenate(parts) for parts in (weights, rows, places)]
    matrix = coo_array((joined[0], (joined[1], joined[2])), shape=(total, len(columns)))
    return matrix.tocsr(), list(columns)


def _sample(
    segments: Sequence[ColumnSegment],
) -> Iterator[tuple[ColumnSegment, NDArray[np.int64]]]:
    """Documents of each segment, evenly spaced among the living ones."""
    living = []
    for segment in segments:
        lives = np.ones(segment.get_arrays().document_count, np.bool_)
        lives[segment.list_deleted()] = False
        living.append(np.flatnonzero(lives))
    total = sum(map(len, living))
    wanted = np.unique(np.linspace(0, total - 1, min(total, MAX_SAMPLE)).astype(np.int64))
    base = 0
    for segment, numbers in zip(segments, living, strict=True):
        inside = wanted[(wanted >= base) & (wanted < base + len(numbers))] - base
        yield segment, numbers[inside]
        base += len(numbers)


def _iter_postings(
    arrays: SegmentArrays, field: str, row_of: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint16]]]:
    """Term, document and code of a field's postings in sampled papers, a chunk at a time."""
    number = arrays.find_field(field)
    if number < 0:
        return
    first, last = arrays.get_field_terms(number)
    starts = arrays.posting_starts[first : last + 1].astype(np.int64)
    for begin in range(int(starts[0]), int(starts[-1]), CHUNK_POSTINGS):
        end = min(begin + CHUNK_POSTINGS, int(starts[-1]))
        inside = np.flatnonzero(row_of[arrays.docs[begin:end]] >= 0)
        terms = first + np.searchsorted(starts, begin + inside, side="right") - 1
        yield terms, arrays.docs[begin:end][inside], arrays.codes[begin:end][inside]


def _normalise(matrix: "csr_array[Any]") -> "csr_array[Any]":
    """Rows of length 1; empty ones stay empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_array(diags_array(1.0 / np.where(norms > 0.0, norms, 1.0)) @ matrix)
