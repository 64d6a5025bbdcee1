"""The identifiers of a segment's documents."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.tie_keys import read_id_key
from app.search.whoosh.schema import ARXIV_ID


class PaperIds:
    """Reads identifiers off their numbers; the few that have none are found among the terms."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays
        self._keys = arrays.id_keys

    def read(self, documents: NDArray[np.integer]) -> list[str]:
        """The identifiers of documents; empty where one has none."""
        keys = self._keys[documents].tolist()
        ids = [read_id_key(key) if key else "" for key in keys]
        if 0 in keys:
            others = self._others
            for place, document in enumerate(documents.tolist()):
                ids[place] = ids[place] or others.get(document, "")
        return ids

    @cached_property
    def _others(self) -> dict[int, str]:
        """The texts that are no arXiv identifiers, by document."""
        arrays = self._arrays
        number = arrays.find_field(ARXIV_ID)
        if number < 0:
            return {}
        first, last = arrays.get_field_terms(number)
        starts = arrays.posting_starts[first : last + 1].astype(np.int64)
        docs = arrays.docs[starts[0] : starts[-1]]
        terms = np.repeat(np.arange(first, last), np.diff(starts))
        chosen = np.flatnonzero(self._keys[docs] == 0)
        return {
            int(docs[place]): str(
                arrays.get_term_key(int(terms[place]))[layout.KEY_FIELD_BYTES :], "utf-8"
            )
            for place in chosen.tolist()
        }
