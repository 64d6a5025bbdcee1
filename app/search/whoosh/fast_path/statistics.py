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
from app.search.whoosh.codec.kernel_types import ClauseKind
from app.search.whoosh.codec.posting_ranges import read_weights
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.fast_path.answers import EVERY_PAPER, count
from app.search.whoosh.fast_path.dictionary import (
    count_postings,
    find_prefix_range,
    find_terms_like,
    read_terms,
)
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import Clause, Plan, TermLeaf
from app.search.whoosh.fast_path.terms import ResolvedTerm
from app.search.whoosh.schema import ABSTRACT, TITLE
from app.search.whoosh.term_patterns import TermPattern

WHOLE_PAPER = (TITLE, ABSTRACT)
READ_TERMS = 4_096
"""Terms that are read at a time."""


def compute_term_statistics(executor: Executor, term: str) -> TermStatistics:
    """The statistics of one term over title and abstract; zeros for an unknown one."""
    resolved = executor.terms.resolve((field, term) for field in WHOLE_PAPER)
    members = tuple(TermLeaf(field, term, 1.0) for field in WHOLE_PAPER)
    papers = count(executor, Plan((Clause(ClauseKind.OPTIONAL, members),)), EVERY_PAPER)
    occurrences = sum(_count_occurrences(executor, each) for each in resolved.values())
    return TermStatistics(term, papers, round(occurrences))


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


def _count_occurrences(executor: Executor, term: ResolvedTerm) -> float:
    total = 0.0
    for segment, mask, (start, end) in zip(
        executor.state.segments,
        executor.state.get_masks(EVERY_PAPER),
        term.ranges,
        strict=True,
    ):
        arrays = segment.arrays
        _, weights = read_weights(arrays, start, end)
        if len(mask):
            weights = weights[mask[arrays.docs[start:end]] != 0]
        total += float(weights.sum())
    return total


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
