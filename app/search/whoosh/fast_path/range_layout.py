"""The posting ranges of a plan within one segment, as the kernels take them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_tables import join_odds, make_odds
from app.search.whoosh.codec.kernel_types import (
    F64,
    NO_LIST,
    U8,
    U32,
    ClauseKind,
    Conditions,
    Facets,
    Matches,
    Order,
    Postings,
    Ranges,
    Top,
    freeze,
)
from app.search.whoosh.codec.posting_ranges import find_wide
from app.search.whoosh.fast_path.plan import Leaf, Plan, TermLeaf, WordLeaf
from app.search.whoosh.fast_path.preparation import Resolved
from app.search.whoosh.fast_path.segments import SegmentView
from app.search.whoosh.fast_path.terms import ResolvedTerm, ScoredTerms
from app.search.whoosh.scoring import ABSTRACT_FIRST

ListedMatches = tuple[U32, F64]
"""Documents of one segment, ascending, and their scores."""

FindMatches = Callable[[Leaf], ListedMatches]
"""The matches of a leaf that is no term."""


class RangeLayout:
    """Gathers ranges clause by clause, then runs a kernel over them.

    Args:
        view, place: the segment and its place among all.
        terms: what codes are worth.
    """

    def __init__(self, view: SegmentView, place: int, terms: ScoredTerms) -> None:
        self._view = view
        self._place = place
        self._terms = terms
        self._bounds: list[tuple[int, int, int, int, int]] = []
        self._weights: list[float] = []
        self._kinds: list[int] = []
        self._lists: list[ListedMatches] = []
        self._list_size = 0
        self._given: U32 | None = None

    @property
    def posting_count(self) -> int:
        """Postings of all ranges."""
        return sum(row[1] - row[0] for row in self._bounds)

    def count_wanted(self, plan: Plan) -> int:
        """Optional clauses that have to be met; given documents alone are no match."""
        if self._given is None or plan.base_score > 0.0:
            return plan.least_optional
        is_required = any(clause.kind == ClauseKind.REQUIRED for clause in plan.clauses)
        return plan.least_optional if is_required else max(1, plan.least_optional)

    def add_plan(
        self, plan: Plan, resolved: Resolved, given: U32 | None, find_matches: FindMatches
    ) -> bool:
        """Lay out all clauses; False when nothing of this segment can match."""
        self._given = given
        if given is not None:
            self._kinds.append(int(ClauseKind.REQUIRED))
            self._add_list(given, np.zeros(len(given)))
            if not len(given):
                return False
        for clause in plan.clauses:
            ranges_before = len(self._bounds)
            self._kinds.append(int(clause.kind))
            for leaf in clause.members:
                if isinstance(leaf, WordLeaf):
                    before, term = (resolved[field, leaf.text] for field in ABSTRACT_FIRST)
                    self._add_word(before, term, leaf.boost)
                elif isinstance(leaf, TermLeaf):
                    self._add_term(resolved[leaf.field, leaf.text], leaf.boost)
                else:
                    self._add_list(*find_matches(leaf))
            if len(self._bounds) == ranges_before:
                if clause.kind == ClauseKind.REQUIRED:
                    return False
                self._kinds.pop()
        return plan.base_score > 0.0 or any(kind != ClauseKind.EXCLUDED for kind in self._kinds)

    def add_list(self, docs: U32, scores: F64) -> bool:
        """Lay out one list as the only clause; False when it is empty."""
        self._kinds.append(int(ClauseKind.OPTIONAL))
        self._add_list(docs, scores)
        return bool(self._bounds)

    def _add_term(self, term: ResolvedTerm, boost: float) -> None:
        start, end = term.ranges[self._place]
        if start == end:
            return
        if self._is_wide(term):
            scores = self._terms.score_exactly(self._place, term)
            self._add_list(self._view.arrays.docs[start:end], boost * scores)
            return
        self._add_range((start, end), term.slot, term.weight * boost)

    def _add_word(self, before: ResolvedTerm, term: ResolvedTerm, boost: float) -> None:
        """Lay out a word of two fields: the range of the second joins that of the first."""
        start, end = term.ranges[self._place]
        if start == end:
            self._add_term(before, boost)
        elif self._is_wide(before) or self._is_wide(term):
            self._add_wide_word(before, term, boost)
        else:
            # A first range without postings stays: sums are rounded alike in all segments.
            self._add_range(before.ranges[self._place], before.slot, term.weight * boost)
            self._add_range((start, end), term.slot, term.weight * boost, joins=1)

    def _add_wide_word(self, before: ResolvedTerm, term: ResolvedTerm, boost: float) -> None:
        """The same as two lists, where codes do not tell all weights."""
        (first, first_end), (start, end) = before.ranges[self._place], term.ranges[self._place]
        docs, others = self._view.arrays.docs[start:end], self._view.arrays.docs[first:first_end]
        scores, others_scores = (
            self._terms.score_exactly(self._place, each) / term.weight for each in (term, before)
        )
        known = np.zeros(len(docs))
        _shared, at, which = np.intersect1d(docs, others, assume_unique=True, return_indices=True)
        known[at] = others_scores[which]
        ceiling = self._terms.tables.ceiling
        joint = join_odds(make_odds(known, ceiling), make_odds(scores, ceiling), ceiling)
        self._add_list(others, term.weight * boost * others_scores)
        self._add_list(docs, term.weight * boost * (joint - known))

    def _is_wide(self, term: ResolvedTerm) -> bool:
        """Whether some weights of a term are not in the codes of its postings; hardly ever."""
        _wide, places = find_wide(self._view.arrays, *term.ranges[self._place])
        return len(places) > 0

    def _add_list(self, docs: U32, scores: F64) -> None:
        if not len(docs):
            return
        start = self._list_size
        self._list_size += len(docs)
        self._lists.append((docs, scores))
        self._add_range((start, self._list_size), NO_LIST, 1.0)

    def _add_range(self, bounds: tuple[int, int], slot: int, weight: float, joins: int = 0) -> None:
        self._bounds.append((*bounds, slot, len(self._kinds) - 1, joins))
        self._weights.append(weight)

    def collect(
        self, kernels: Kernels, base_score: float, least: int, mask: U8, order: Order, *,
        top: Top, facets: Facets, matches: Matches,
    ) -> int:  # fmt: skip
        """Run the kernel over what was laid out."""
        required = self._kinds.count(int(ClauseKind.REQUIRED))
        return kernels.collect(
            postings=self._add_lists(self._view.postings),
            ranges=self._make_ranges(),
            tables=self._terms.tables,
            conditions=Conditions(self._view.document_count, required, least, base_score, mask),
            order=order,
            top=top,
            facets=facets,
            matches=matches,
        )

    def _add_lists(self, postings: Postings) -> Postings:
        if not self._lists:
            return postings
        docs = np.concatenate([docs for docs, _scores in self._lists])
        scores = np.concatenate([scores for _docs, scores in self._lists])
        return postings._replace(list_docs=freeze(docs), list_scores=freeze(scores))

    def _make_ranges(self) -> Ranges:
        columns: NDArray[np.int64] = np.array(self._bounds, np.int64).reshape(-1, 5)
        starts, ends, slots, clauses, joins = np.ascontiguousarray(columns.T)
        return Ranges(
            starts,
            ends,
            slots,
            np.array(self._weights),
            clauses,
            joins,
            np.array(self._kinds, np.int64),
        )
