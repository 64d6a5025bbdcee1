"""The compiled kernels; `kernels` chooses between them and `kernels_numpy`.

Everything here runs without the interpreter's lock and shares nothing between calls.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_tables import Tables
from app.search.whoosh.codec.kernel_types import (
    I64,
    U8,
    U32,
    Conditions,
    Facets,
    Finds,
    Matches,
    Order,
    Places,
    Postings,
    Ranges,
    Top,
    Words,
    freeze,
)
from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_dictionary import find_terms as _find_terms
from app.search.whoosh.codec.kernels_lists import collect_lists, count_lead
from app.search.whoosh.codec.kernels_lists import intersect as _intersect
from app.search.whoosh.codec.kernels_neighbours import count_neighbours as _count_neighbours
from app.search.whoosh.codec.kernels_neighbours import look_up as _look_up
from app.search.whoosh.codec.kernels_phrase import find_phrase as _find_phrase
from app.search.whoosh.codec.kernels_windows import collect_windows

# Nanoseconds, measured over 3 million papers; only their proportions matter.
MERGE_COST = 2.5
"""For a posting of the leading clause and each of its ranges."""

LOOK_UP_COST = 3.0
"""For a posting of the leading clause and each range it is looked up in."""

SKIP_COST = 0.15
"""For a posting that look-ups leap over."""

SCAN_COST = 0.3
"""For a document of a window, to clear and judge it."""

ADD_COST = 1.3
"""For a posting added to a window."""

REQUIRE_COST = 1.7
"""The same for a posting of a query with required clauses."""


class NumbaKernels:
    """See `kernel_protocol.Kernels`."""

    name = "numba"

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
        return int(_collect(postings, ranges, tables, conditions, order, top, facets, matches))

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
        return int(_find_phrase(postings, words, places, tables, matches))

    def find_terms(self, term_bytes: U8, term_offsets: NDArray[Any], keys: Sequence[bytes]) -> I64:
        """The number of each term key in a sorted dictionary, -1 for unknown ones."""
        offsets = np.zeros(len(keys) + 1, np.int64)
        np.cumsum([len(key) for key in keys], out=offsets[1:])
        data = freeze(np.frombuffer(b"".join(keys), np.uint8))
        found: I64 = _find_terms(term_bytes, term_offsets, data, offsets)
        return found

    def intersect(self, first: U32, second: U32) -> tuple[I64, I64]:
        """Where the numbers that both of two ascending arrays hold stand in each."""
        if len(first) > len(second):
            return self.intersect(second, first)[::-1]
        room = np.empty((2, len(first)), np.int64)
        found = _intersect(first, second, room)
        return room[0, :found], room[1, :found]

    def look_up(self, docs: U32, starts: I64, ends: I64, wanted: U32) -> Finds:
        """The postings of ascending documents in some ranges, by range, then by document."""
        room = np.empty((3, int(np.minimum(ends - starts, len(wanted)).sum())), np.int64)
        found = _look_up(docs, starts, ends, wanted, room)
        return Finds(*room[:, :found])

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
        firsts = np.searchsorted(finds.ranges, np.arange(len(shifts) + 1))
        pairs, left, often = _count_neighbours(
            postings.codes, places, shifts, finds.postings, finds.at, firsts, lefts, rights
        )
        return pairs, left, often


@compiled
def _is_rare(ranges, conditions):  # type: ignore[no-untyped-def]
    """Whether following the leading clause costs less than passing over all windows."""
    required = conditions.required
    if required == 0 and conditions.base_score > 0.0:
        return False
    lead_count = count_lead(ranges, required)
    range_count = ranges.starts.shape[0]
    lead_size = 0
    others_size = 0
    for r in range(range_count):
        size = ranges.ends[r] - ranges.starts[r]
        if r < lead_count:
            lead_size += size
        else:
            others_size += size
    following = lead_size * (MERGE_COST * lead_count + LOOK_UP_COST * (range_count - lead_count))
    adding = REQUIRE_COST if required > 0 else ADD_COST
    passing = conditions.document_count * SCAN_COST + (lead_size + others_size) * adding
    return following + others_size * SKIP_COST < passing


@compiled
def _collect(postings, ranges, tables, conditions, order, top, facets, matches):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    if _is_rare(ranges, conditions):
        return collect_lists(postings, ranges, tables, conditions, order, top, facets, matches)
    return collect_windows(postings, ranges, tables, conditions, order, top, facets, matches)
