"""From the postings of a segment to the vectors of its papers: one sparse product.

A paper's vector is the sum of its terms' rows, each times 1 + ln(frequency), made one long and
rounded to bytes. Nothing is tokenised again: the columns of a segment are the columns of the
sparse matrix.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.latent import LatentModel, LatentVectors, Vectors, write_vectors
from app.search.whoosh.schema import ABSTRACT, TITLE

FIELD_WEIGHTS = {TITLE: 1.0, ABSTRACT: 1.0}
"""Fields whose words count, and how much an occurrence counts in each."""

WINDOW_DOCUMENTS = 2**18
"""Papers projected at a time: 130 MB of sums at rank 128."""

CHUNK_POSTINGS = 2**24
"""Postings looked through at a time, about 400 MB while they are multiplied."""

VECTOR_SCALE = 127
"""What a coordinate of 1 becomes as a byte."""

LOGARITHMS = np.array([0.0, *(1.0 + np.log(np.arange(1, 256)))], np.float32)
"""1 + ln(frequency) by frequency; 0 for 0, which stands for one beyond 255."""


def project_segment(model: LatentModel, arrays: SegmentArrays) -> Vectors:
    """The vectors of all papers of a segment, int8[D, r]; zeros for one without a known word."""
    vectors = np.empty((arrays.document_count, model.rank), np.int8)
    columns = [_list_columns(model, arrays, field) for field in FIELD_WEIGHTS]
    for base in range(0, arrays.document_count, WINDOW_DOCUMENTS):
        size = min(WINDOW_DOCUMENTS, arrays.document_count - base)
        sums = np.zeros((size, model.rank), np.float32)
        for (terms, rows), weight in zip(columns, FIELD_WEIGHTS.values(), strict=True):
            for first, last in _iter_chunks(arrays, terms):
                _add(
                    sums, arrays, terms[first:last], weight * model.term_vectors[rows[first:last]],
                    base,
                )  # fmt: skip
        vectors[base : base + size] = quantise(sums)
    return vectors


def project_if_needed(folder: Path, segment: ColumnSegment, model: LatentModel) -> None:
    """Give a segment vectors of a model, written and synced, unless it has them."""
    if segment.latent is None or segment.latent.model_name != model.name:
        vectors = project_segment(model, segment.get_arrays())
        segment.latent = write_vectors(folder, segment.segment_id(), model.name, [vectors])


def merge_vectors(
    folder: Path, segment_id: str, sources: Sequence[ColumnSegment]
) -> LatentVectors | None:
    """Write and sync the vectors of the living papers of segments, in their order.

    None when they have vectors of different models, or none.
    """
    found = [source.latent for source in sources if source.latent is not None]
    if len(found) < len(sources) or len({each.model_name for each in found}) != 1:
        return None
    blocks = []
    for source, latent in zip(sources, found, strict=True):
        lives = np.ones(len(latent.vectors), np.bool_)
        lives[source.list_deleted()] = False
        blocks.append(latent.vectors[lives])
    return write_vectors(folder, segment_id, found[0].model_name, blocks)


def quantise(sums: NDArray[np.floating[Any]]) -> Vectors:
    """Rows of length 1 as bytes; a row of zeros stays one."""
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    scaled = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)
    vectors: Vectors = np.rint(scaled * VECTOR_SCALE).astype(np.int8)
    return vectors


def _list_columns(
    model: LatentModel, arrays: SegmentArrays, field: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Terms of a field that the model knows, and their rows."""
    number = arrays.find_field(field)
    first, last = arrays.get_field_terms(number) if number >= 0 else (0, 0)
    head = layout.KEY_FIELD_BYTES
    known = model.term_numbers
    found = [
        (term, row)
        for term, key in enumerate(arrays.iter_term_keys(first, last), start=first)
        if (row := known.get(key[head:])) is not None
    ]
    terms, rows = np.array(found, np.int64).reshape(-1, 2).T
    return terms, rows


def _iter_chunks(arrays: SegmentArrays, terms: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms with at most `CHUNK_POSTINGS` postings, or a single term."""
    counts = (arrays.posting_starts[terms + 1] - arrays.posting_starts[terms]).astype(np.int64)
    ends = np.cumsum(counts)
    first = 0
    while first < len(terms):
        before = int(ends[first] - counts[first])
        last = int(np.searchsorted(ends, before + CHUNK_POSTINGS, side="right"))
        yield first, max(last, first + 1)
        first = max(last, first + 1)


def _add(
    sums: NDArray[np.float32],
    arrays: SegmentArrays,
    terms: NDArray[np.int64],
    rows: NDArray[np.float32],
    base: int,
) -> None:
    """Add the postings of some terms in the documents from `base` on."""
    # Searching must not wait for scipy: only writers multiply.
    from scipy.sparse import csc_array  # noqa: PLC0415

    documents, codes, counts = _gather(arrays, terms, base, len(sums))
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    weights = LOGARITHMS[codes >> 8]
    sums += csc_array((weights, documents, ends), shape=(len(sums), len(terms))) @ rows


def _gather(
    arrays: SegmentArrays, terms: NDArray[np.int64], base: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.uint16], list[int]]:
    """Postings of terms within a window: documents counted from `base`, codes, and how many."""
    if size == arrays.document_count:
        return _gather_whole(arrays, terms)
    documents, codes, counts = [], [], []
    for term in terms.tolist():
        start, end = arrays.get_postings(term)
        docs = arrays.docs[start:end]
        first, last = np.searchsorted(docs, np.array([base, base + size], docs.dtype)).tolist()
        documents.append(docs[first:last])
        codes.append(arrays.codes[start + first : start + last])
        counts.append(last - first)
    return (
        np.concatenate([np.zeros(0, np.uint32), *documents]).astype(np.int64) - base,
        np.concatenate([np.zeros(0, np.uint16), *codes]),
        counts,
    )


def _gather_whole(
    arrays: SegmentArrays, terms: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint16], list[int]]:
    """The same where all documents are within the window, as in the segments of commits."""
    starts = arrays.posting_starts[terms].astype(np.int64)
    counts = arrays.posting_starts[terms + 1].astype(np.int64) - starts
    before = np.cumsum(counts) - counts
    places = np.arange(counts.sum()) + np.repeat(starts - before, counts)
    return arrays.docs[places].astype(np.int64), arrays.codes[places], counts.tolist()
