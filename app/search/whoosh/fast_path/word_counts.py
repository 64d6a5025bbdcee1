"""How often some papers hold some words and neighbours, read off postings and positions.

No text is read. Of words with few postings all are gathered at once and those of other papers
dropped; of words with many the papers are looked up one by one. Neighbours are counted where both
words stand in the same field of a paper, by their positions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import F64, I64
from app.search.whoosh.codec.layout import BLOCK_POSTINGS
from app.search.whoosh.codec.posting_columns import expand_ranges
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.segments import SegmentView
from app.search.whoosh.schema import ABSTRACT, TITLE

FIELDS = (TITLE, ABSTRACT)

GATHERED_POSTINGS = 2_048
"""Words with at most so many postings in a segment are gathered, others looked up."""

_POSITION_BITS = 32

Bounds = tuple[int, int]


class WordCounts(NamedTuple):
    """One entry for every word or pair that a paper holds, by paper, then by feature.

    Attributes:
        rows: int64[m], place of the paper.
        features: int64[m], place of the word or pair.
        in_title: float64[m], occurrences.
        in_abstract: float64[m], occurrences.
    """

    rows: I64
    features: I64
    in_title: F64
    in_abstract: F64


class _Finds(NamedTuple):
    """Occurrences within one field of one paper, in no order."""

    rows: I64
    features: I64
    fields: I64
    counts: I64


def count_words(
    executor: Executor, numbers: I64, features: Sequence[tuple[str, ...]]
) -> WordCounts:
    """What papers hold of some terms and pairs of neighbouring terms.

    Args:
        numbers: int64[n], documents among all segments.
        features: terms, alone or with the one behind it.
    """
    terms = list(dict.fromkeys(term for feature in features for term in feature))
    columns = {term: column for column, term in enumerate(terms)}
    singles, pairs = _split(features, columns)
    resolved = executor.terms.resolve((field, term) for term in terms for field in FIELDS)
    state = executor.state
    finds = []
    for place, rows, documents in state.split(numbers):
        bounds = [
            (column, number, *found)
            for column, term in enumerate(terms)
            for number, field in enumerate(FIELDS)
            if (found := resolved[field, term].ranges[place])[0] < found[1]
        ]
        segment = _SegmentCounter(state.segments[place], documents, rows, len(terms))
        finds += segment.count(bounds, singles, pairs)
    return _merge(finds, len(features))


def _split(
    features: Sequence[tuple[str, ...]], columns: dict[str, int]
) -> tuple[I64, NDArray[np.int64]]:
    """The feature of each term (-1: of none), and the pairs: left, right, feature, by left."""
    singles = np.full(len(columns), -1, np.int64)
    pairs = []
    for number, feature in enumerate(features):
        if len(feature) == 1:
            singles[columns[feature[0]]] = number
        else:
            pairs.append((columns[feature[0]], columns[feature[1]], number))
    return singles, np.array(sorted(pairs), np.int64).reshape(-1, 3)


class _SegmentCounter:
    """Counts within one segment.

    Args:
        documents: int64[n], of this segment.
        rows: int64[n], the place of each among all papers asked for.
        term_count: different terms asked for.
    """

    def __init__(self, view: SegmentView, documents: I64, rows: I64, term_count: int) -> None:
        order = np.argsort(documents)
        self._view = view
        self._arrays: SegmentArrays = view.arrays
        self._documents, self._rows = documents[order], rows[order]
        self._term_count = term_count

    def count(
        self, bounds: Sequence[tuple[int, int, int, int]], singles: I64, pairs: I64
    ) -> list[_Finds]:
        """Single terms, then pairs.

        Args:
            bounds: term, field and its postings, half-open.
            singles: feature of each term, -1 where it is sought in pairs alone.
            pairs: int64[p, 3]: left term, right term and feature, ascending.
        """
        if not bounds:
            return []
        which, postings, at = self._find_postings(np.array(bounds, np.int64))
        terms, fields = np.array(bounds, np.int64)[which, :2].T
        counts = self._read_frequencies(postings)
        is_single = singles[terms] >= 0
        alone = _Finds(
            self._rows[at[is_single]],
            singles[terms[is_single]],
            fields[is_single],
            counts[is_single],
        )
        places = _Places(terms, fields, at, postings, counts)
        return [alone, self._count_pairs(places, pairs)] if len(pairs) else [alone]

    def _find_postings(self, bounds: I64) -> tuple[I64, I64, I64]:
        """Of every posting of a paper: which range, the posting, which paper of this segment."""
        docs = self._arrays.docs
        starts, ends = bounds[:, 2], bounds[:, 3]
        is_short = ends - starts <= GATHERED_POSTINGS
        short = np.flatnonzero(is_short)
        sizes = (ends - starts)[short]
        postings = expand_ranges(starts[short], sizes)
        place_of = np.full(self._view.document_count, -1, np.int16)
        place_of[self._documents] = np.arange(len(self._documents))
        at = place_of[docs[postings]]
        held = np.flatnonzero(at >= 0)
        found = [(np.repeat(short, sizes)[held], postings[held], at[held].astype(np.int64))]
        wanted = self._documents.astype(docs.dtype)
        for number in np.flatnonzero(~is_short).tolist():
            start, end = int(starts[number]), int(ends[number])
            within = docs[start:end]
            near = np.searchsorted(within, wanted)
            near[near == len(within)] = 0
            held = np.flatnonzero(within[near] == wanted)
            found.append((np.full(len(held), number), start + near[held], held))
        which, postings, places = (np.concatenate(column) for column in zip(*found, strict=True))
        return which, postings, places

    def _read_frequencies(self, postings: I64) -> I64:
        counts = (self._arrays.codes[postings] >> 8).astype(np.int64)
        wide = self._arrays.wide_postings
        if len(wide):
            near = np.minimum(np.searchsorted(wide, postings.astype(wide.dtype)), len(wide) - 1)
            is_wide = wide[near] == postings.astype(wide.dtype)
            counts[is_wide] = self._arrays.wide_frequencies[near[is_wide]]
        return counts

    def _count_pairs(self, places: "_Places", pairs: I64) -> _Finds:
        """Pairs whose words stand side by side."""
        left, right, which = self._meet(places, pairs[:, 0], pairs[:, 1])
        used, place_of = np.unique(np.concatenate([left, right]), return_inverse=True)
        keys, starts = self._read_positions(places, used)
        left_place, right_place = np.split(place_of, 2)
        sizes = places.counts[left]
        owners = np.repeat(np.arange(len(left)), sizes)
        positions = keys[expand_ranges(starts[left_place], sizes)] & ((1 << _POSITION_BITS) - 1)
        wanted = (right_place[owners] << _POSITION_BITS) + positions + 1
        near = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        stands = keys[near] == wanted if len(keys) else np.zeros(0, np.bool_)
        counts = np.bincount(owners[stands], minlength=len(left))
        found = np.flatnonzero(counts)
        return _Finds(
            self._rows[places.at[left[found]]],
            pairs[which[found], 2],
            places.fields[left[found]],
            counts[found],
        )

    def _meet(self, places: "_Places", lefts: I64, rights: I64) -> tuple[I64, I64, I64]:
        """Finds of both words of a pair in one field of a paper: left, right, which pair."""
        room = len(self._documents) * len(FIELDS)
        within = places.at * len(FIELDS) + places.fields
        keys = places.terms * room + within
        order = np.argsort(keys)
        keys = keys[order]
        # Every find of a word, with every pair that it begins.
        firsts = np.searchsorted(lefts, places.terms)
        sizes = np.searchsorted(lefts, places.terms, side="right") - firsts
        which = expand_ranges(firsts, sizes)
        left = np.repeat(np.arange(len(places.terms)), sizes)
        wanted = rights[which] * room + within[left]
        near = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        meets = np.flatnonzero(keys[near] == wanted)
        return left[meets], order[near[meets]], which[meets]

    def _read_positions(self, places: "_Places", used: I64) -> tuple[I64, I64]:
        """Positions of some finds, each with the find's place in front, and where each begins."""
        arrays = self._arrays
        postings, counts = places.postings[used], places.counts[used]
        blocks = postings // BLOCK_POSTINGS
        firsts = blocks * BLOCK_POSTINGS
        between = expand_ranges(firsts, postings - firsts)
        sums = np.concatenate([[0], np.cumsum(self._read_frequencies(between))])
        ends = np.cumsum(postings - firsts)
        shifts = np.array(
            [
                arrays.facts.position_shifts[number] if (number := arrays.find_field(name)) >= 0
                else 0
                for name in FIELDS
            ],
            np.int64,
        )  # fmt: skip
        begins = (
            arrays.block_positions[blocks].astype(np.int64)
            - shifts[places.fields[used]]
            + sums[ends]
            - sums[ends - (postings - firsts)]
        )
        positions = arrays.positions[expand_ranges(begins, counts)].astype(np.int64)
        owners = np.repeat(np.arange(len(used)), counts)
        return (owners << _POSITION_BITS) + positions, np.cumsum(counts) - counts


class _Places(NamedTuple):
    """Postings of the papers asked for: term, field, paper of the segment, posting, frequency."""

    terms: I64
    fields: I64
    at: I64
    postings: I64
    counts: I64


def _merge(finds: Sequence[_Finds], feature_count: int) -> WordCounts:
    """The finds of both fields side by side."""
    if not finds:
        none = np.zeros(0, np.int64)
        return WordCounts(none, none, np.zeros(0), np.zeros(0))
    rows, features, fields, counts = (np.concatenate(column) for column in zip(*finds, strict=True))
    keys, places = np.unique(rows * feature_count + features, return_inverse=True)
    title, abstract = (
        np.bincount(places, weights=np.where(fields == number, counts, 0), minlength=len(keys))
        for number in range(len(FIELDS))
    )
    return WordCounts(
        keys // feature_count,
        keys % feature_count,
        title.astype(np.float64),
        abstract.astype(np.float64),
    )
