"""How common index terms are in titles and abstracts, and which of them look alike.

Document frequency counts living papers that hold a term in the title, the abstract or both, each
once; collection frequency adds up its occurrences in both. Both are exact.
"""

import re
from collections.abc import Callable, Iterable

import numpy as np

from app.domain.results import TermStatistics
from app.search.whoosh.codec.kernel_types import ClauseKind
from app.search.whoosh.fast_path.answers import EVERY_PAPER, count
from app.search.whoosh.fast_path.edits import find_within_edits
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import Clause, Plan, TermLeaf
from app.search.whoosh.fast_path.prefixes import find_prefix_range, read_term
from app.search.whoosh.fast_path.terms import ResolvedTerm
from app.search.whoosh.schema import ABSTRACT, TITLE

_WHOLE_PAPER = (TITLE, ABSTRACT)


def compute_term_statistics(executor: Executor, term: str) -> TermStatistics:
    """The statistics of one term; zeros for an unknown one. Costs a pass over its postings."""
    resolved = executor.terms.resolve((field, term) for field in _WHOLE_PAPER)
    members = tuple(TermLeaf(field, term, 1.0) for field in _WHOLE_PAPER)
    papers = count(executor, Plan((Clause(ClauseKind.OPTIONAL, members),)), EVERY_PAPER)
    occurrences = sum(_count_occurrences(executor, each) for each in resolved.values())
    return TermStatistics(term, papers, round(occurrences))


def _count_occurrences(executor: Executor, term: ResolvedTerm) -> float:
    total = 0.0
    for segment, mask, number, (start, end) in zip(
        executor.state.segments,
        executor.state.get_masks(EVERY_PAPER),
        term.numbers,
        term.ranges,
        strict=True,
    ):
        if number < 0:
            continue
        arrays = segment.arrays
        total += float(arrays.term_weights[number])
        if len(mask):
            gone = np.flatnonzero(mask[arrays.docs[start:end]] == 0) + start
            total -= float(np.sum(arrays.codes[gone] >> 8))
            wide = np.isin(arrays.wide_postings, gone)
            coarse = arrays.codes[arrays.wide_postings[wide].astype(np.int64)] >> 8
            total -= float(np.sum(arrays.wide_weights[wide] - coarse))
    return total


def list_candidates(
    executor: Executor, prefix: str, is_wanted: Callable[[str], bool] = lambda _text: True
) -> dict[str, int]:
    """Terms that begin with `prefix` and are wanted, with an upper bound of their frequency."""
    bounds: dict[str, int] = {}
    for segment in executor.state.segments:
        arrays = segment.arrays
        for field in _WHOLE_PAPER:
            first, last = find_prefix_range(arrays, field, prefix)
            sizes = np.diff(arrays.posting_starts[first : last + 1].astype(np.int64)).tolist()
            for term, size in zip(range(first, last), sizes, strict=True):
                text = read_term(arrays, term)
                if is_wanted(text):
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


def list_wildcard_matches(executor: Executor, pattern: str) -> dict[str, int]:
    """Terms that match a pattern of `*` (any letters) and `?` (one letter), with bounds."""
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
    is_match = re.compile(expression, re.DOTALL).fullmatch
    return list_candidates(executor, prefix, lambda text: is_match(text) is not None)


def list_similar_terms(executor: Executor, word: str, max_edits: int) -> dict[str, int]:
    """Terms at most `max_edits` letters from a word, with the same first letter; with bounds."""
    candidates = list_candidates(
        executor, word[:1], lambda text: abs(len(text) - len(word)) <= max_edits
    )
    near: Iterable[str] = find_within_edits(word, candidates, max_edits)
    return {term: candidates[term] for term in near}
