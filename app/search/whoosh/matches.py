"""All matches of a query, the page of them in final order, and counts over them.

Matches are collected by Whoosh's own matchers; everything after that works on arrays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Every, NullQuery

from app.domain.arxiv_id import ArxivId
from app.domain.query import FacetField, Filters, Sort
from app.domain.results import EngineHit, FacetCount
from app.search.whoosh.columns import ColumnCache, SegmentColumns
from app.search.whoosh.schema import ARXIV_ID


@dataclass(frozen=True, slots=True)
class SegmentMatches:
    """The matches within one segment.

    Attributes:
        reader: Whoosh's reader of the segment.
        columns: dates and categories of all its documents.
        numbers: matching documents, ascending, shape (m,).
        scores: their scores, shape (m,); zeros when nobody asked for them.
    """

    reader: Any
    columns: SegmentColumns
    numbers: NDArray[np.int64]
    scores: NDArray[np.float64]


def collect_matches(
    searcher: Any, query: Any, filters: Filters, cache: ColumnCache, *, scored: bool
) -> list[SegmentMatches]:
    """All living documents that match and pass the filters, by segment."""
    if query is NullQuery or searcher.doc_count_all() == 0:
        return []
    context = searcher.context() if scored else searcher.boolean_context()
    matches = []
    for leaf, _offset in searcher.leaf_searchers():
        reader = leaf.reader()
        columns = cache.get(reader)
        numbers, scores = _collect_leaf(leaf, query, context, scored=scored)
        mask = columns.make_mask(filters)
        if mask is not None:
            chosen = mask[numbers]
            numbers, scores = numbers[chosen], scores[chosen]
        matches.append(SegmentMatches(reader, columns, numbers, scores))
    return matches


def _collect_leaf(
    leaf: Any, query: Any, context: Any, *, scored: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    if not scored or isinstance(query, Every):
        matcher = query.matcher(leaf, context)
        numbers = np.fromiter(matcher.all_ids(), dtype=np.int64)
        return numbers, np.full(len(numbers), 1.0 if scored else 0.0)
    matcher = query.matcher(leaf, context)
    numbers_list: list[int] = []
    scores_list: list[float] = []
    get_id, get_score, go_on = matcher.id, matcher.score, matcher.next
    while matcher.is_active():
        numbers_list.append(get_id())
        scores_list.append(get_score())
        go_on()
    return np.asarray(numbers_list, dtype=np.int64), np.asarray(scores_list, dtype=np.float64)


def count_matches(matches: Iterable[SegmentMatches]) -> int:
    """How many documents match."""
    return sum(len(segment.numbers) for segment in matches)


def rank_matches(
    matches: list[SegmentMatches], sort: Sort, *, offset: int, limit: int
) -> tuple[EngineHit, ...]:
    """The hits from `offset` on, at most `limit`, in final order.

    Relevance falls back to the newer submission; what is then still equal is ordered by the
    identifier's date and number (newer first, older first for `OLDEST`). Only as much is sorted
    as the page needs: O(n) for n matches, plus the ties at its edge.
    """
    wanted = offset + limit
    if limit <= 0 or not matches:
        return ()
    scores = np.concatenate([segment.scores for segment in matches])
    keys = _make_keys(matches, scores, sort)
    best = _find_best(keys, wanted)
    identifiers = _read_identifiers(matches, best)
    newest_first = sort is not Sort.OLDEST
    # Two stable sorts: by identifier, then by the keys before it.
    by_id = sorted(
        range(len(best)), key=lambda i: (identifiers[i].sort_key, identifiers[i].value),
        reverse=newest_first,
    )  # fmt: skip
    positions = best[by_id]
    order = np.lexsort([-key[positions] for key in reversed(keys)])
    page = [by_id[i] for i in order[offset:wanted]]
    return tuple(EngineHit(identifiers[i], float(scores[best[i]])) for i in page)


def _make_keys(
    matches: list[SegmentMatches], scores: NDArray[np.float64], sort: Sort
) -> list[NDArray[np.float64]]:
    """What is compared, most important first; larger comes first. Dates are exact in float64."""
    if sort is Sort.UPDATED:
        updated = [segment.columns.updated[segment.numbers] for segment in matches]
        return [np.concatenate(updated).astype(np.float64)]
    submitted = np.concatenate(
        [segment.columns.submitted[segment.numbers] for segment in matches]
    ).astype(np.float64)
    if sort is Sort.RELEVANCE:
        return [scores, submitted]
    return [-submitted if sort is Sort.OLDEST else submitted]


def _find_best(keys: list[NDArray[np.float64]], wanted: int) -> NDArray[np.int64]:
    """Positions that hold the `wanted` largest, with all that tie with the last of them."""
    candidates = np.arange(len(keys[0]), dtype=np.int64)
    certain: list[NDArray[np.int64]] = []
    for key in keys:
        if len(candidates) <= wanted:
            break
        values = key[candidates]
        edge = np.partition(values, len(values) - wanted)[len(values) - wanted]
        above = candidates[values > edge]
        certain.append(above)
        wanted -= len(above)
        candidates = candidates[values == edge]
    return np.concatenate([*certain, candidates])


def _read_identifiers(matches: list[SegmentMatches], positions: NDArray[np.int64]) -> list[ArxivId]:
    """Identifiers of matches by their position in the concatenation of all segments."""
    ends = np.cumsum([len(segment.numbers) for segment in matches])
    columns: dict[int, Any] = {}
    identifiers = []
    for position in positions.tolist():
        index = int(np.searchsorted(ends, position, side="right"))
        if index not in columns:
            columns[index] = matches[index].reader.column_reader(ARXIV_ID, translate=False)
        start = int(ends[index]) - len(matches[index].numbers)
        number = int(matches[index].numbers[position - start])
        identifiers.append(ArxivId.from_canonical(bytes(columns[index][number]).decode("ascii")))
    return identifiers


def count_facets(
    matches: list[SegmentMatches], fields: Iterable[FacetField]
) -> dict[FacetField, tuple[FacetCount, ...]]:
    """How many matches carry each value, most frequent first, then by value."""
    counters = {FacetField.CATEGORY: _count_categories, FacetField.YEAR: _count_years}
    return {field: _in_order(counters[field](matches)) for field in fields}


def _count_categories(matches: list[SegmentMatches]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for segment in matches:
        is_match = np.zeros(segment.columns.size, dtype=np.bool_)
        is_match[segment.numbers] = True
        for code, numbers in segment.columns.categories.items():
            counts[code] = counts.get(code, 0) + int(np.count_nonzero(is_match[numbers]))
    return counts


def _count_years(matches: list[SegmentMatches]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for segment in matches:
        years = segment.columns.get_years()[segment.numbers]
        for year, count in zip(*np.unique(years, return_counts=True), strict=True):
            counts[str(year)] = counts.get(str(year), 0) + int(count)
    return counts


def _in_order(counts: dict[str, int]) -> tuple[FacetCount, ...]:
    present = [FacetCount(value, count) for value, count in counts.items() if count > 0]
    return tuple(sorted(present, key=lambda facet: (-facet.count, facet.value)))
