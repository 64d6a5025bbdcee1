"""What words score less where title and abstract both hold them, found once for each state."""

import threading
from collections.abc import Sequence

import numpy as np

from app.search.whoosh.codec.kernel_types import F64, I64, U32, Kernels
from app.search.whoosh.fast_path.segments import StateView
from app.search.whoosh.fast_path.terms import ResolvedTerm, ScoredTerms
from app.search.whoosh.scoring import saturate_jointly

MAX_CACHED_BYTES = 256 * 2**20
"""What one state of the index remembers; 12 bytes for a word and a paper that holds it twice."""

Changes = tuple[U32, F64]
"""Documents of one segment, ascending, and what is added to the sum of both scores (below 0)."""


class JointScores:
    """Changes to the summed scores of words that two fields hold. Thread-safe."""

    def __init__(self, state: StateView, kernels: Kernels, terms: ScoredTerms) -> None:
        self._state = state
        self._kernels = kernels
        self._terms = terms
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int], Changes] = {}
        self._known_bytes = 0

    def get(self, text: str, words: Sequence[ResolvedTerm], place: int) -> Changes:
        """The changes of a word within one segment, idf and boost left out.

        Args:
            words: the word in each of the two fields.
        """
        found = self._known.get((text, place))
        if found is None:
            found = self._find(words, place)
            with self._lock:
                size = found[0].nbytes + found[1].nbytes
                if self._known_bytes + size > MAX_CACHED_BYTES:
                    self._known, self._known_bytes = {}, 0
                self._known[text, place] = found
                self._known_bytes += size
        return found

    def _find(self, words: Sequence[ResolvedTerm], place: int) -> Changes:
        docs = self._state.segments[place].postings.docs
        columns = [docs[start:end] for start, end in (word.ranges[place] for word in words)]
        if not all(map(len, columns)):
            return np.zeros(0, np.uint32), np.zeros(0)
        standing = self._kernels.intersect(*columns)
        first, second = (
            self._score(word, at, place) for word, at in zip(words, standing, strict=True)
        )
        changes: F64 = saturate_jointly(first, second) - first - second
        return columns[0][standing[0]], changes

    def _score(self, word: ResolvedTerm, at: I64, place: int) -> F64:
        """The scores of some of a word's postings, idf left out."""
        start, end = word.ranges[place]
        wide = self._terms.find_wide(place, start, end)
        if wide.start != wide.stop:
            exact: F64 = self._terms.score_exactly(place, word)[at] / word.weight
            return exact
        codes = self._state.segments[place].arrays.codes[start:end]
        scores: F64 = self._terms.tables[word.slot][codes[at]]
        return scores
