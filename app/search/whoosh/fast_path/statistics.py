"""How common index terms are, and which of them look alike.

Over title and abstract, document frequency counts living papers that hold a term in one of them or
both, each once, and collection frequency adds up its occurrences; both are exact and cost a pass
over the term's postings. Within one field both are read off the dictionary, where deleted papers
count until they are merged away, as they do in scores.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter

import numpy as np

from app.domain.results import TermStatistics
from app.search.whoosh.codec.kernel_types import U8
from app.search.whoosh.codec.posting_ranges import read_weights
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.fast_path.answers import EVERY_PAPER
from app.search.whoosh.fast_path.dictionary import (
    count_postings,
    find_prefix_range,
    find_terms_like,
    read_terms,
)
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.schema import ABSTRACT, TITLE
from app.search.whoosh.term_patterns import TermPattern

WHOLE_PAPER = (TITLE, ABSTRACT)
READ_TERMS = 4_096
"""Terms that are read at a time."""


def compute_term_statistics(executor: Executor, terms: Sequence[str]) -> list[TermStatistics]:
    """The statistics of terms over title and abstract, in the order asked; zeros for unknown ones.

    Terms are counted together: what a call costs is looking them up, not passing over postings.
    """
    resolved = executor.terms.resolve((field, term) for term in terms for field in WHOLE_PAPER)
    by_term = [[resolved[field, term] for field in WHOLE_PAPER] for term in terms]
    papers, occurrences = [0] * len(by_term), [0.0] * len(by_term)
    masks = executor.state.get_masks(EVERY_PAPER)
    for place, segment in enumerate(executor.state.segments):
        counter = _Counter(segment.arrays, masks[place])
        for index, fields in enumerate(by_term):
            ranges = [bounds for each in fields if (bounds := each.ranges[place])[0] < bounds[1]]
            papers[index] += counter.count_papers(ranges)
            occurrences[index] += sum(counter.count_occurrences(*bounds) for bounds in ranges)
    return [
        TermStatistics(term, papers[index], round(occurrences[index]))
        for index, term in enumerate(terms)
    ]


class _Counter:
    """Counts living documents and occurrences within one segment."""

    def __init__(self, arrays: SegmentArrays, living: U8) -> None:
        self._arrays = arrays
        self._living = living
        # Whether a document is among the postings at hand; all False between two counts.
        self._is_held = np.zeros(arrays.document_count, np.bool_)

    def count_papers(self, ranges: Sequence[tuple[int, int]]) -> int:
        """Living documents in at least one of two ranges of postings, or in the only one."""
        held = [self._arrays.docs[start:end] for start, end in ranges]
        if len(self._living):
            held = [docs[self._living[docs] != 0] for docs in held]
        total = sum(map(len, held))
        if len(held) < len(WHOLE_PAPER):
            return total
        few, many = sorted(held, key=len)
        self._is_held[few] = True
        both = int(np.count_nonzero(self._is_held[many]))
        self._is_held[few] = False
        return total - both

    def count_occurrences(self, start: int, end: int) -> float:
        """Occurrences of a range of postings in living documents."""
        _, weights = read_weights(self._arrays, start, end)
        if len(self._living):
            weights = weights[self._living[self._arrays.docs[start:end]] != 0]
        return float(weights.sum())


def list_field_statistics(
    executor: Executor, field: str, terms: Sequence[str]
) -> list[TermStatistics]:
    """The statistics of many terms within one field, in the order asked; zeros for unknown ones."""
    resolved = executor.terms.resolve((field, term) for term in terms)
    found = [resolved[field, term] for term in terms]
    return [
        TermStatistics(term, each.document_frequency, round(executor.terms.sum_weights(each)))
        for term, each in zip(terms, found, strict=True)
    ]


def list_document_frequencies(
    executor: Executor, fields: Sequence[str], terms: Sequence[str]
) -> list[int]:
    """How many documents hold each term, in the field in which most do; 0 for unknown ones."""
    resolved = executor.terms.resolve((field, term) for term in terms for field in fields)
    return [max(resolved[field, term].document_frequency for field in fields) for term in terms]


def list_candidates(
    executor: Executor, fields: Sequence[str], pattern: TermPattern
) -> dict[str, int]:
    """Terms that a pattern means, with an upper bound of how many papers hold them."""
    bounds: dict[str, int] = {}
    for segment in executor.state.segments:
        for field in fields:
            terms = find_terms_like(segment.arrays, field, pattern)
            sizes = count_postings(segment.arrays, terms).tolist()
            for text, size in zip(read_terms(segment.arrays, terms), sizes, strict=True):
                bounds[text] = bounds.get(text, 0) + size
    return bounds


def choose_most_frequent(
    bounds: dict[str, int], limit: int, compute: Callable[[str], TermStatistics]
) -> list[TermStatistics]:
    """The `limit` most frequent terms, ties alphabetically.

    Args:
        bounds: upper bound of each term's document frequency.
        limit: terms wanted.
        compute: the exact statistics of a term; asked only for those that can be among the best.
    """
    best: list[TermStatistics] = []
    for term in sorted(bounds, key=lambda each: (-bounds[each], each)):
        if len(best) >= limit and bounds[term] < best[limit - 1].document_frequency:
            break
        best.append(compute(term))
        best.sort(key=lambda each: (-each.document_frequency, each.term))
    return [each for each in best[:limit] if each.document_frequency > 0]


def stream_terms(executor: Executor, field: str) -> Iterator[tuple[str, int]]:
    """All terms of a field in order of their text, each with the papers that hold it."""
    streams = [_stream_segment(segment.arrays, field) for segment in executor.state.segments]
    if len(streams) == 1:
        yield from streams[0]
        return
    for term, same in groupby(merge(*streams), key=itemgetter(0)):
        yield term, sum(papers for _term, papers in same)


def _stream_segment(arrays: SegmentArrays, field: str) -> Iterator[tuple[str, int]]:
    first, last = find_prefix_range(arrays, field, "")
    for begin in range(first, last, READ_TERMS):
        terms = np.arange(begin, min(begin + READ_TERMS, last))
        yield from zip(
            read_terms(arrays, terms), count_postings(arrays, terms).tolist(), strict=True
        )
