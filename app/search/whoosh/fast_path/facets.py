"""What is counted over all matches, and the counts of all segments put together.

Categories, archives and years are few, so all of theirs are returned. Authors may be a million:
only those with the most papers are, found without naming the others (Fagin's threshold algorithm:
who is not among the first of any segment can have no more than the last of each together).
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.domain.query import FacetField
from app.domain.results import FacetCount
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_types import I64, Facets, ValueCounts
from app.search.whoosh.codec.kernels import make_facets
from app.search.whoosh.codec.name_columns import NameList
from app.search.whoosh.fast_path.segments import SegmentView

YEAR_COUNT = 2_200
"""Years are counted from 0 to the one before; dates end in 2106."""

MAX_AUTHORS = 50
"""Authors that are returned, those with the most papers."""

_FIRST_CANDIDATES = 4 * MAX_AUTHORS
"""Authors of each segment that are looked at first; several times as many until they suffice."""

_MORE_CANDIDATES = 8
_NOTHING = make_facets()


def make_counters(view: SegmentView, fields: Sequence[FacetField]) -> Facets:
    """Room for what is to be counted in one segment."""
    facets = _NOTHING
    if FacetField.CATEGORY in fields:
        count = len(view.arrays.facts.category_names)
        categories = ValueCounts(*view.categories, np.zeros(count, np.int64))
        facets = facets._replace(categories=categories)
    if FacetField.ARCHIVE in fields:
        starts, archives, names = view.archives
        facets = facets._replace(
            archives=ValueCounts(starts, archives, np.zeros(len(names), np.int64))
        )
    if FacetField.AUTHOR in fields:
        offsets, codes, listed = view.authors
        facets = facets._replace(
            authors=ValueCounts(offsets, codes, np.zeros(len(listed), np.int64))
        )
    if FacetField.YEAR in fields:
        facets = facets._replace(years=view.years, year_counts=np.zeros(YEAR_COUNT, np.int64))
    return facets


def read_counters(
    views: Sequence[SegmentView],
    counted: Sequence[Facets],
    fields: Sequence[FacetField],
    kernels: Kernels,
) -> dict[FacetField, tuple[FacetCount, ...]]:
    """The counts of all segments by value, highest first, ties in alphabetical order."""
    found = {}
    for field in fields:
        if field is FacetField.AUTHOR:
            names = [view.authors[2] for view in views]
            counts = [facets.authors.counts for facets in counted]
            totals = sum_most_frequent(names, counts, kernels)
        else:
            totals = Counter()
            for view, facets in zip(views, counted, strict=True):
                totals.update(_name_counts(view, facets, field))
        ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        limit = MAX_AUTHORS if field is FacetField.AUTHOR else None
        found[field] = tuple(FacetCount(value, count) for value, count in ordered[:limit])
    return found


def _name_counts(view: SegmentView, facets: Facets, field: FacetField) -> dict[str, int]:
    """The values of one segment that occur."""
    if field is FacetField.YEAR:
        years = np.flatnonzero(facets.year_counts).tolist()
        return {str(year): int(facets.year_counts[year]) for year in years}
    if field is FacetField.ARCHIVE:
        names, counts = view.archives[2], facets.archives.counts
    else:
        names, counts = view.arrays.facts.category_names, facets.categories.counts
    return {names[code]: int(counts[code]) for code in np.flatnonzero(counts).tolist()}


def sum_most_frequent(
    names: Sequence[NameList], counts: Sequence[I64], kernels: Kernels
) -> Counter[str]:
    """Exact totals of at least the `MAX_AUTHORS` most frequent names."""
    wanted = _FIRST_CANDIDATES
    while True:
        candidates: set[bytes] = set()
        bound = 0
        for listed, each in zip(names, counts, strict=True):
            best, beyond = _find_largest(each, wanted)
            candidates.update(listed[code] for code in best)
            bound += beyond
        totals = _sum_counts(sorted(candidates), names, counts, kernels)
        ranks = sorted(totals.values(), reverse=True)
        if bound == 0 or (len(ranks) >= MAX_AUTHORS and ranks[MAX_AUTHORS - 1] > bound):
            return totals
        wanted *= _MORE_CANDIDATES


def _find_largest(counts: I64, wanted: int) -> tuple[list[int], int]:
    """The codes with the largest counts, and what no other code exceeds."""
    held = np.flatnonzero(counts)
    if len(held) <= wanted:
        return held.tolist(), 0
    order = np.argpartition(counts[held], len(held) - wanted)
    best = held[order[len(held) - wanted :]]
    return best.tolist(), int(counts[held[order[: len(held) - wanted]]].max())


def _sum_counts(
    candidates: Sequence[bytes],
    names: Sequence[NameList],
    counts: Sequence[I64],
    kernels: Kernels,
) -> Counter[str]:
    totals = np.zeros(len(candidates), np.int64)
    for listed, each in zip(names, counts, strict=True):
        if len(listed) and candidates:
            codes = kernels.find_terms(listed.data, listed.offsets, candidates)
            totals += np.where(codes >= 0, each[codes], 0)
    return Counter(
        {str(name, "utf-8"): int(total) for name, total in zip(candidates, totals, strict=True)}
    )
