"""How often some papers hold some words and neighbours, read off postings and positions.

No text is read: the papers are looked up among the postings of each word. Neighbours are counted
where both words stand in the same field of a paper, by their positions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_types import F64, I64, Finds, freeze
from app.search.whoosh.codec.kernels_numpy_phrase import gather_frequencies
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.segments import SegmentView
from app.search.whoosh.schema import ABSTRACT, TITLE

FIELDS = (TITLE, ABSTRACT)

Bounds = NDArray[np.int64]


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
        segment = _SegmentCounter(state.segments[place], executor.kernels, documents, rows)
        finds += segment.count(np.array(bounds, np.int64).reshape(-1, 4), singles, pairs)
    return _merge(finds, len(features))


def _split(
    features: Sequence[tuple[str, ...]], columns: dict[str, int]
) -> tuple[I64, NDArray[np.int64]]:
    """The feature of each term (-1: of none), and the pairs: left, right, feature."""
    singles = np.full(len(columns), -1, np.int64)
    pairs = []
    for number, feature in enumerate(features):
        if len(feature) == 1:
            singles[columns[feature[0]]] = number
        else:
            pairs.append((columns[feature[0]], columns[feature[1]], number))
    return singles, np.array(pairs, np.int64).reshape(-1, 3)


class _SegmentCounter:
    """Counts within one segment.

    Args:
        view: the segment.
        kernels: what looks up.
        documents: int64[n], of this segment.
        rows: int64[n], the place of each among all papers asked for.
    """

    def __init__(self, view: SegmentView, kernels: Kernels, documents: I64, rows: I64) -> None:
        order = np.argsort(documents)
        self._view, self._kernels = view, kernels
        self._documents, self._rows = documents[order], rows[order]

    def count(self, bounds: Bounds, singles: I64, pairs: I64) -> list[_Finds]:
        """Single terms, then pairs.

        Args:
            bounds: int64[r, 4]: term, field and its postings, half-open.
            singles: feature of each term, -1 where it is sought in pairs alone.
            pairs: int64[p, 3]: left term, right term and feature.
        """
        if not len(bounds):
            return []
        postings = self._view.postings
        terms, fields, starts, ends = (column.copy() for column in bounds.T)
        wanted = self._documents.astype(postings.docs.dtype)
        found = self._kernels.look_up(postings.docs, starts, ends, freeze(wanted))
        features = singles[terms[found.ranges]]
        alone = np.flatnonzero(features >= 0)
        counts = gather_frequencies(postings.codes, self._view.places, found.postings)
        finds = [
            _Finds(
                self._rows[found.at[alone]],
                features[alone],
                fields[found.ranges[alone]],
                counts[alone],
            )
        ]
        if len(pairs):
            finds.append(self._count_pairs(found, terms, fields, pairs, len(singles)))
        return finds

    def _count_pairs(
        self, found: Finds, terms: I64, fields: I64, pairs: I64, term_count: int
    ) -> _Finds:
        """Pairs whose words stand side by side in one field."""
        facts = self._view.arrays.facts
        numbers = [self._view.arrays.find_field(name) for name in FIELDS]
        shifts = np.array(
            [facts.position_shifts[number] if number >= 0 else 0 for number in numbers], np.int64
        )
        ranges = np.full((len(FIELDS), term_count), -1, np.int64)
        ranges[fields, terms] = np.arange(len(terms))
        lefts, rights = ranges[:, pairs[:, 0]].ravel(), ranges[:, pairs[:, 1]].ravel()
        both = np.flatnonzero((lefts >= 0) & (rights >= 0))
        which, left, counts = self._kernels.count_neighbours(
            postings=self._view.postings,
            places=self._view.places,
            shifts=shifts[fields],
            finds=found,
            lefts=lefts[both],
            rights=rights[both],
        )
        return _Finds(
            self._rows[found.at[left]],
            pairs[both[which] % len(pairs), 2],
            fields[found.ranges[left]],
            counts,
        )


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
