"""Plans run over the segments of one state of the index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import (
    F64,
    I64,
    NO_LIST,
    U8,
    U32,
    ClauseKind,
    Conditions,
    Emission,
    Facets,
    Kernels,
    Matches,
    Order,
    Postings,
    Ranges,
    Top,
    Words,
    freeze,
)
from app.search.whoosh.codec.kernels import make_facets, make_matches
from app.search.whoosh.fast_path.dictionary import find_documents_of, find_terms_like
from app.search.whoosh.fast_path.joint_scores import JointScores
from app.search.whoosh.fast_path.plan import (
    JointLeaf,
    Leaf,
    PatternLeaf,
    PhraseLeaf,
    Plan,
    TermLeaf,
)
from app.search.whoosh.fast_path.preparation import Resolved, list_terms, put_rarest_first
from app.search.whoosh.fast_path.segments import NO_DOCS, NO_MASK, StateView
from app.search.whoosh.fast_path.terms import ResolvedTerm, ScoredTerms
from app.search.whoosh.scoring import JOINED_FIELDS

ListedMatches = tuple[U32, F64]
"""Documents of one segment, ascending, and their scores."""

_NO_FACETS = make_facets()
_NO_MATCHES = make_matches(0)


@dataclass(frozen=True, slots=True)
class Pass:
    """What is wanted of the matches.

    Attributes:
        masks: which documents count at all, by segment.
        orders: how matches are sorted, by segment.
        top: receives the best matches.
        facets: what is counted, by segment.
        given: when set, only these documents of each segment are looked at, ascending.
    """

    masks: Sequence[U8]
    orders: Sequence[Order]
    top: Top
    facets: Sequence[Facets]
    given: Sequence[U32] | None = None


class Executor:
    """Runs plans over one state of the index; safe to share between threads."""

    def __init__(self, state: StateView, kernels: Kernels) -> None:
        self.state = state
        self.kernels = kernels
        self.terms = ScoredTerms(state, kernels)
        self.joints = JointScores(state, kernels, self.terms)

    def run(self, plan: Plan, wanted: Pass) -> int:
        """Offer all matches to the top list and to the facets; returns how many there are."""
        prepared, resolved = self.prepare(plan)
        return sum(
            self._run_segment(prepared, resolved, place, wanted)
            for place in range(len(self.state.segments))
        )

    def run_lists(self, lists: Sequence[ListedMatches], wanted: Pass) -> int:
        """The same for matches that were found otherwise, by segment; scores above 0."""
        total = 0
        for place, (docs, scores) in enumerate(lists):
            layout = _Layout(self, {}, place)
            if layout.add_list(docs, scores):
                total += layout.collect(
                    0.0, 0, wanted.masks[place], wanted.orders[place],
                    top=wanted.top, facets=wanted.facets[place], matches=_NO_MATCHES,
                )  # fmt: skip
        return total

    def prepare(self, plan: Plan) -> tuple[Plan, Resolved]:
        """The plan with the rarest requirement first, and its terms."""
        resolved = self.terms.resolve(list_terms(plan))
        return put_rarest_first(plan, resolved, self.state.document_count), resolved

    def _run_segment(self, plan: Plan, resolved: Resolved, place: int, wanted: Pass) -> int:
        given = None if wanted.given is None else wanted.given[place]
        layout = _Layout(self, resolved, place)
        if not layout.add_plan(plan, given):
            return 0
        mask = self.state.narrow_mask(wanted.masks[place], plan.condition, place)
        return layout.collect(
            plan.base_score, layout.count_wanted(plan), mask, wanted.orders[place],
            top=wanted.top, facets=wanted.facets[place], matches=_NO_MATCHES,
        )  # fmt: skip

    def list_matches(
        self, plan: Plan, resolved: Resolved, place: int, given: U32 | None = None
    ) -> ListedMatches:
        """All matches within one segment, or of some given documents; deleted ones among them."""
        layout = _Layout(self, resolved, place)
        if not layout.add_plan(plan, given):
            return np.zeros(0, np.uint32), np.zeros(0)
        segment = self.state.segments[place]
        room = min(segment.document_count, layout.posting_count)
        matches = make_matches(room if plan.base_score == 0.0 else segment.document_count)
        order = Order(int(Emission.LIST), segment.postings.list_scores.view(np.int64), 1,
                      np.zeros(0, np.int64), False, 0)  # fmt: skip
        found = layout.collect(
            plan.base_score, layout.count_wanted(plan),
            self.state.narrow_mask(NO_MASK, plan.condition, place), order,
            top=Top.make(0), facets=_NO_FACETS, matches=matches,
        )  # fmt: skip
        return matches.docs[:found], matches.scores[:found]

    def find_phrase(
        self, leaf: PhraseLeaf, resolved: Resolved, place: int, given: U32 | None = None
    ) -> ListedMatches:
        """All documents of one segment, or of some given ones, that hold a phrase."""
        words = [resolved[leaf.field, word] for word in leaf.words]
        ranges = np.array([word.ranges[place] for word in words], np.int64)
        room = int((ranges[:, 1] - ranges[:, 0]).min())
        segment = self.state.segments[place]
        among = NO_DOCS if given is None else given
        matches = make_matches(room if given is None else min(room, len(given)))
        if not len(matches.docs):
            return matches
        shift = segment.arrays.facts.position_shifts[segment.arrays.find_field(leaf.field)]
        found = self.kernels.find_phrase(
            postings=segment.postings,
            words=Words(
                starts=ranges[:, 0].copy(),
                ends=ranges[:, 1].copy(),
                gaps=np.array(leaf.gaps, np.int64),
                slop=leaf.slop,
                slots=np.array([word.slot for word in words], np.int64),
                weights=np.array([word.weight * leaf.boost for word in words]),
                among=freeze(among),
            ),
            places=segment.places._replace(shift=shift),
            tables=self.terms.tables,
            matches=matches,
        )
        docs, scores = matches.docs[:found], matches.scores[:found]
        for word in words:
            self._correct(docs, scores, word, place, leaf.boost)
        return docs, scores

    def find_pattern(self, leaf: PatternLeaf, place: int) -> ListedMatches:
        """All documents of one segment that hold a term which a pattern means."""
        arrays = self.state.segments[place].arrays
        docs = find_documents_of(arrays, find_terms_like(arrays, leaf.field, leaf.pattern))
        return docs, np.full(len(docs), leaf.boost)

    def _correct(
        self, docs: U32, scores: F64, word: ResolvedTerm, place: int, boost: float
    ) -> None:
        """Put the exact score of postings with unusual weights in place of the table's."""
        start, end = word.ranges[place]
        wide = self.terms.find_wide(place, start, end)
        if wide.start == wide.stop:
            return
        arrays = self.state.segments[place].arrays
        postings = arrays.wide_postings[wide].astype(np.int64)
        exact = self.terms.score_exactly(place, word)[postings - start]
        coarse = word.weight * self.terms.tables[word.slot][arrays.codes[postings]]
        _found, at, which = np.intersect1d(
            docs, arrays.docs[postings], assume_unique=True, return_indices=True
        )
        scores[at] += boost * (exact - coarse)[which]


class _Layout:
    """The posting ranges of a plan within one segment."""

    def __init__(self, executor: Executor, resolved: Resolved, place: int) -> None:
        self._executor = executor
        self._resolved = resolved
        self._place = place
        self._rows: list[tuple[int, int, int, float, int]] = []
        self._kinds: list[int] = []
        self._lists: list[ListedMatches] = []
        self._list_size = 0
        self._given: U32 | None = None

    @property
    def posting_count(self) -> int:
        """Postings of all ranges."""
        return sum(row[1] - row[0] for row in self._rows)

    def count_wanted(self, plan: Plan) -> int:
        """Optional clauses that have to be met; given documents alone are no match."""
        if self._given is None or plan.base_score > 0.0:
            return plan.least_optional
        is_required = any(clause.kind == ClauseKind.REQUIRED for clause in plan.clauses)
        return plan.least_optional if is_required else max(1, plan.least_optional)

    def add_plan(self, plan: Plan, given: U32 | None) -> bool:
        """Lay out all clauses; False when nothing of this segment can match."""
        self._given = given
        if given is not None:
            self._kinds.append(int(ClauseKind.REQUIRED))
            self._add_list(given, np.zeros(len(given)))
            if not len(given):
                return False
        for clause in plan.clauses:
            before = len(self._rows)
            self._kinds.append(int(clause.kind))
            for leaf in clause.members:
                self._add_leaf(leaf)
            if len(self._rows) == before:
                if clause.kind == ClauseKind.REQUIRED:
                    return False
                self._kinds.pop()
        return plan.base_score > 0.0 or any(kind != ClauseKind.EXCLUDED for kind in self._kinds)

    def add_list(self, docs: U32, scores: F64) -> bool:
        """Lay out one list as the only clause; False when it is empty."""
        self._kinds.append(int(ClauseKind.OPTIONAL))
        self._add_list(docs, scores)
        return bool(self._rows)

    def _add_leaf(self, leaf: Leaf) -> None:
        executor, resolved, place = self._executor, self._resolved, self._place
        if isinstance(leaf, TermLeaf):
            self._add_term(resolved[leaf.field, leaf.text], leaf.boost)
        elif isinstance(leaf, PhraseLeaf):
            self._add_list(*executor.find_phrase(leaf, resolved, place, self._given))
        elif isinstance(leaf, PatternLeaf):
            self._add_list(*executor.find_pattern(leaf, place))
        elif isinstance(leaf, JointLeaf):
            words = [resolved[field, leaf.text] for field in JOINED_FIELDS]
            docs, changes = executor.joints.get(leaf.text, words, place)
            self._add_list(docs, changes, weight=words[0].weight * leaf.boost)
        else:
            self._add_list(*executor.list_matches(leaf.plan, resolved, place, self._given))

    def _add_term(self, term: ResolvedTerm, boost: float) -> None:
        start, end = term.ranges[self._place]
        if start == end:
            return
        wide = self._executor.terms.find_wide(self._place, start, end)
        if wide.start != wide.stop:
            segment = self._executor.state.segments[self._place]
            scores = self._executor.terms.score_exactly(self._place, term)
            self._add_list(segment.arrays.docs[start:end], boost * scores)
            return
        clause = len(self._kinds) - 1
        self._rows.append((start, end, term.slot, term.weight * boost, clause))

    def _add_list(self, docs: U32, scores: F64, weight: float = 1.0) -> None:
        if not len(docs):
            return
        start = self._list_size
        self._list_size += len(docs)
        self._lists.append((docs, scores))
        self._rows.append((start, self._list_size, NO_LIST, weight, len(self._kinds) - 1))

    def collect(
        self, base_score: float, least: int, mask: U8, order: Order, *,
        top: Top, facets: Facets, matches: Matches,
    ) -> int:  # fmt: skip
        """Run the kernel over what was laid out."""
        segment = self._executor.state.segments[self._place]
        required = sum(kind == ClauseKind.REQUIRED for kind in self._kinds)
        conditions = Conditions(segment.document_count, required, least, base_score, mask)
        return self._executor.kernels.collect(
            postings=self._add_lists(segment.postings),
            ranges=self._make_ranges(),
            tables=self._executor.terms.tables,
            conditions=conditions,
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
        columns: NDArray[np.int64] = np.array(
            [(start, end, slot, clause) for start, end, slot, _weight, clause in self._rows],
            np.int64,
        ).reshape(-1, 4)
        starts, ends, slots, clauses = np.ascontiguousarray(columns.T)
        weights: F64 = np.array([row[3] for row in self._rows], np.float64)
        kinds: I64 = np.array(self._kinds, np.int64)
        return Ranges(starts, ends, slots, weights, clauses, kinds)
