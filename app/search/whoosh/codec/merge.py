"""Several segments into one, column by column; deleted documents stay behind.

Nothing is decoded into Python objects but the terms: dictionaries are merged as sorted lists,
postings and positions moved in runs of bounded size. Readers of the merged segments are not
disturbed, since all of it goes into new files.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.in_order import map_in_order
from app.search.whoosh.codec.merge_documents import merge_documents
from app.search.whoosh.codec.merge_postings import merge_postings
from app.search.whoosh.codec.merge_sources import make_sources
from app.search.whoosh.codec.merge_terms import merge_terms
from app.search.whoosh.codec.posting_columns import compute_position_shifts
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.segment_file import SegmentFacts
from app.search.whoosh.codec.segment_files import SegmentFiles


def merge_segments(
    folder: Path,
    segment_id: str,
    segments: Sequence[tuple[SegmentArrays, NDArray[Any]]],
    *,
    threads: int = 1,
) -> SegmentFacts:
    """Write and sync a segment that holds the living documents of others, in their order.

    Args:
        segments: each with the numbers of its deleted documents.
        threads: that work at the same time; one leaves the other processors to whoever searches.

    Raises:
        IndexDamagedError: a file of a segment is not what it should be.
    """
    # What is damaged must not be passed on under a fresh checksum.
    for _ in map_in_order(SegmentArrays.verify, [arrays for arrays, _ in segments], threads):
        pass
    sources, field_names = make_sources(segments)
    files = SegmentFiles(folder, segment_id)
    terms = merge_terms(sources, files)
    totals = merge_postings(sources, terms, len(field_names), files, threads)
    scored = {
        name
        for arrays, _ in segments
        for name, length in zip(arrays.facts.field_names, arrays.facts.field_lengths, strict=True)
        if length > 0
    }
    field_lengths = tuple(
        int(total) if name in scored else 0
        for name, total in zip(field_names, totals.occurrences, strict=True)
    )
    names = merge_documents(sources, [length > 0 for length in field_lengths], files)
    return files.finish(
        documents=int(np.sum([len(source.living) for source in sources])),
        field_names=field_names,
        field_lengths=field_lengths,
        position_shifts=compute_position_shifts(totals.occurrences, totals.positional),
        **names,
    )
