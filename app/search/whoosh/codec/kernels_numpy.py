"""The same passes without compiled code: until it is compiled, and where numba is not installed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.joined_texts import find_text
from app.search.whoosh.codec.kernel_tables import Tables
from app.search.whoosh.codec.kernel_types import (
    BLOCK_DOCS,
    F64,
    I64,
    U32,
    Conditions,
    Emission,
    Facets,
    Finds,
    Matches,
    Order,
    Places,
    Postings,
    Ranges,
    Top,
    ValueCounts,
    Words,
)
from app.search.whoosh.codec.kernels_numpy_matches import Window, follow_lead, iter_windows
from app.search.whoosh.codec.kernels_numpy_neighbours import count_neighbours, look_up
from app.search.whoosh.codec.kernels_numpy_phrase import (
    expand,
    intersect_words,
    read_positions,
    step,
)
from app.search.whoosh.codec.kernels_numpy_query import Query

_SMALLEST = float(np.nextafter(0.0, 1.0))
"""What every match scores at least."""


class NumpyKernels:
    """See `kernel_protocol.Kernels`."""

    name = "numpy"

    def collect(
        self,
        *,
        postings: Postings,
        ranges: Ranges,
        tables: Tables,
        conditions: Conditions,
        order: Order,
        top: Top,
        facets: Facets,
        matches: Matches,
    ) -> int:
        """Offer, list or count all matches of one segment; returns how many there are."""
        query = Query(postings, ranges, tables, conditions)
        outlet = _Outlet(order, top, facets, matches)
        if query.is_rare():
            outlet.take(*follow_lead(query))
        else:
            for window in iter_windows(query, is_backward=order.is_backward):
                outlet.take_window(window)
        return outlet.total

    def find_phrase(
        self,
        *,
        postings: Postings,
        words: Words,
        places: Places,
        tables: Tables,
        matches: Matches,
    ) -> int:
        """List the documents that hold a phrase with the sum of its words' scores."""
        docs, standing = intersect_words(postings.docs, words)
        reached, starts = read_positions(postings.codes, words, places, 0, standing[0])
        for w in range(1, len(standing)):
            positions, owners = read_positions(postings.codes, words, places, w, standing[w])
            reached, starts = step(
                reached, starts, positions, owners, gap=int(words.gaps[w - 1]), slop=words.slop
            )
        chosen = np.unique(starts)
        scores = np.zeros(len(chosen))
        for w, place in enumerate(standing):
            scores += (
                words.weights[w] * tables.scores[words.slots[w]][postings.codes[place[chosen]]]
            )
        matches.docs[: len(chosen)] = docs[chosen]
        matches.scores[: len(chosen)] = scores
        return len(chosen)

    def find_terms(
        self,
        term_bytes: NDArray[np.uint8],
        term_offsets: NDArray[Any],
        keys: Sequence[bytes],
    ) -> I64:
        """The number of each term key in a sorted dictionary, -1 for unknown ones."""
        places = (find_text(term_bytes, term_offsets, key) for key in keys)
        return np.fromiter(places, np.int64, len(keys))

    def intersect(self, first: U32, second: U32) -> tuple[I64, I64]:
        """Where the numbers that both of two ascending arrays hold stand in each."""
        if len(first) > len(second):
            return self.intersect(second, first)[::-1]
        places = np.searchsorted(second, first)
        found = np.flatnonzero(second[np.minimum(places, len(second) - 1)] == first)
        return found, places[found]

    def look_up(self, docs: U32, starts: I64, ends: I64, wanted: U32) -> Finds:
        """The postings of ascending documents in some ranges, by range, then by document."""
        return look_up(docs, starts, ends, wanted)

    def count_neighbours(
        self,
        *,
        postings: Postings,
        places: Places,
        shifts: I64,
        finds: Finds,
        lefts: I64,
        rights: I64,
    ) -> tuple[I64, I64, I64]:
        """How often two words stand side by side in papers that hold both."""
        return count_neighbours(postings.codes, places, shifts, finds, (lefts, rights))


class _Outlet:
    """What becomes of matches: they are counted, and listed or offered to the top list."""

    def __init__(self, order: Order, top: Top, facets: Facets, matches: Matches) -> None:
        self.total = 0
        self._order = order
        self._top = top
        self._facets = facets
        self._matches = matches
        self._must_see_all = order.emission == Emission.LIST or _has_facets(facets)

    def take(self, docs: I64, scores: F64) -> None:
        """Matches, all later than earlier ones or all before them."""
        if self._order.emission == Emission.LIST:
            place = slice(self.total, self.total + len(docs))
            self._matches.docs[place] = docs
            self._matches.scores[place] = scores
        elif len(self._top.values) > 0:
            _offer(docs, scores, self._order, self._top)
        _count_facets(docs, self._facets)
        self.total += len(docs)

    def take_window(self, window: Window) -> None:
        """The matches of a window; most are only counted."""
        base, scores = window
        if self._must_see_all:
            local = np.flatnonzero(scores > 0.0)
            self.take(local + base, scores[local])
            return
        self.total += int(np.count_nonzero(scores))
        if self._may_improve(base, len(scores)):
            local = np.flatnonzero(scores >= self._find_least(scores))
            _offer(local + base, scores[local], self._order, self._top)

    def _may_improve(self, base: int, size: int) -> bool:
        """Whether the keys of a window can still get into a list that is sorted by them."""
        k, top, order = len(self._top.values), self._top, self._order
        if k == 0 or int(top.size[0]) < k or order.emission == Emission.BEST_BY_SCORE:
            return k > 0
        peaks = order.peaks[base // BLOCK_DOCS : -(-(base + size) // BLOCK_DOCS)]
        return bool(peaks.max() > top.ties[0])

    def _find_least(self, scores: F64) -> float:
        """A score that the best of a window do not stay below, above 0."""
        k, top, least = len(self._top.values), self._top, _SMALLEST
        if self._order.emission != Emission.BEST_BY_SCORE:
            return least
        if int(top.size[0]) == k:
            least = max(least, float(top.values[0]))
        blocks = len(scores) // BLOCK_DOCS
        if blocks > k:
            # So many blocks hold a document of this score or more.
            best = scores[: blocks * BLOCK_DOCS].reshape(blocks, BLOCK_DOCS).max(axis=1)
            least = max(least, float(np.partition(best, blocks - k)[blocks - k]))
        return least


def _offer(docs: I64, scores: F64, order: Order, top: Top) -> None:
    """Put the best of these and of what the list holds into the list."""
    k = len(top.values)
    by_score = order.emission == Emission.BEST_BY_SCORE
    if by_score and len(docs) > k:
        # All that tie with the last of the best stay in: their keys decide.
        edge = np.partition(scores, len(scores) - k)[len(scores) - k]
        chosen = np.flatnonzero(scores >= edge)
        docs, scores = docs[chosen], scores[chosen]
    ties = order.sign * order.keys[docs]
    size = int(top.size[0])
    values = scores if by_score else np.zeros(len(docs))
    values = np.concatenate((top.values[:size], values))
    ties = np.concatenate((top.ties[:size], ties))
    numbers = np.concatenate((top.docs[:size], docs + order.doc_base))
    best = np.lexsort((-ties, -values))[:k] if by_score else _find_largest(ties, k)
    # Worst first is a heap, too: the other kernels may go on with it.
    best = best[::-1]
    top.size[0] = len(best)
    top.values[: len(best)] = values[best]
    top.ties[: len(best)] = ties[best]
    top.docs[: len(best)] = numbers[best]


def _find_largest(keys: I64, k: int) -> I64:
    """Places of the k largest, largest first."""
    if len(keys) > k:
        largest = np.argpartition(keys, len(keys) - k)[len(keys) - k :]
    else:
        largest = np.arange(len(keys))
    ordered: I64 = largest[np.argsort(-keys[largest])]
    return ordered


def _has_facets(facets: Facets) -> bool:
    columns = (facets.categories, facets.archives, facets.authors)
    return len(facets.years) > 0 or any(len(column.offsets) > 0 for column in columns)


def _count_values(docs: I64, column: ValueCounts) -> None:
    codes = column.codes[expand(column.offsets[docs], column.offsets[docs + 1])]
    if len(codes) > len(column.counts):
        column.counts[:] += np.bincount(codes, minlength=len(column.counts))
        return
    # A window's documents have few of a million authors.
    found, counts = np.unique(codes, return_counts=True)
    column.counts[found] += counts


def _count_facets(docs: I64, facets: Facets) -> None:
    for column in (facets.categories, facets.archives, facets.authors):
        if len(column.offsets) > 0:
            _count_values(docs, column)
    if len(facets.years) > 0:
        facets.year_counts[:] += np.bincount(facets.years[docs], minlength=len(facets.year_counts))
