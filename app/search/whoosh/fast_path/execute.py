"""Plans run over the segments of one state of the index."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_types import (
    F64,
    U8,
    U32,
    Emission,
    Facets,
    Order,
    Top,
    Words,
    freeze,
)
from app.search.whoosh.codec.kernels import make_facets, make_matches
from app.search.whoosh.codec.posting_ranges import find_wide
from app.search.whoosh.fast_path.dictionary import find_documents_of, find_terms_like
from app.search.whoosh.fast_path.plan import (
    Leaf,
    PatternLeaf,
    PhraseLeaf,
    Plan,
    PlanLeaf,
)
from app.search.whoosh.fast_path.preparation import Resolved, list_terms, put_rarest_first
from app.search.whoosh.fast_path.range_layout import ListedMatches, RangeLayout
from app.search.whoosh.fast_path.segments import NO_DOCS, NO_MASK
from app.search.whoosh.fast_path.state_view import StateView
from app.search.whoosh.fast_path.terms import ResolvedTerm, ScoredTerms

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
            layout = RangeLayout(self.state.segments[place], place, self.terms)
            if layout.add_list(docs, scores):
                total += layout.collect(
                    self.kernels, 0.0, 0, wanted.masks[place], wanted.orders[place],
                    top=wanted.top, facets=wanted.facets[place], matches=_NO_MATCHES,
                )  # fmt: skip
        return total

    def prepare(self, plan: Plan) -> tuple[Plan, Resolved]:
        """The plan with the rarest requirement first, and its terms."""
        resolved = self.terms.resolve(list_terms(plan))
        return put_rarest_first(plan, resolved, self.state.document_count), resolved

    def _run_segment(self, plan: Plan, resolved: Resolved, place: int, wanted: Pass) -> int:
        given = None if wanted.given is None else wanted.given[place]
        layout = self._lay_out(plan, resolved, place, given)
        if layout is None:
            return 0
        mask = self.state.narrow_mask(wanted.masks[place], plan.condition, place)
        return layout.collect(
            self.kernels, plan.base_score, layout.count_wanted(plan), mask, wanted.orders[place],
            top=wanted.top, facets=wanted.facets[place], matches=_NO_MATCHES,
        )  # fmt: skip

    def _lay_out(
        self, plan: Plan, resolved: Resolved, place: int, given: U32 | None
    ) -> RangeLayout | None:
        """The ranges of a plan within one segment; None when nothing can match."""
        layout = RangeLayout(self.state.segments[place], place, self.terms)
        find_matches = partial(self._find_matches, resolved=resolved, place=place, given=given)
        return layout if layout.add_plan(plan, resolved, given, find_matches) else None

    def _find_matches(
        self, leaf: Leaf, *, resolved: Resolved, place: int, given: U32 | None
    ) -> ListedMatches:
        """The matches of a leaf that is no term."""
        if isinstance(leaf, PhraseLeaf):
            return self.find_phrase(leaf, resolved, place, given)
        if isinstance(leaf, PatternLeaf):
            return self.find_pattern(leaf, place)
        assert isinstance(leaf, PlanLeaf)  # noqa: S101  # terms are no lists
        return self.list_matches(leaf.plan, resolved, place, given)

    def list_matches(
        self, plan: Plan, resolved: Resolved, place: int, given: U32 | None = None
    ) -> ListedMatches:
        """All matches within one segment, or of some given documents; deleted ones among them."""
        layout = self._lay_out(plan, resolved, place, given)
        if layout is None:
            return np.zeros(0, np.uint32), np.zeros(0)
        segment = self.state.segments[place]
        room = min(segment.document_count, layout.posting_count)
        matches = make_matches(room if plan.base_score == 0.0 else segment.document_count)
        order = Order(int(Emission.LIST), segment.postings.list_scores.view(np.int64), 1,
                      np.zeros(0, np.int64), False, 0)  # fmt: skip
        found = layout.collect(
            self.kernels, plan.base_score, layout.count_wanted(plan),
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
        arrays = self.state.segments[place].arrays
        _wide, places = find_wide(arrays, start, end)
        if not len(places):
            return
        postings = start + places
        exact = self.terms.score_exactly(place, word)[places]
        coarse = word.weight * self.terms.tables.scores[word.slot][arrays.codes[postings]]
        _found, at, which = np.intersect1d(
            docs, arrays.docs[postings], assume_unique=True, return_indices=True
        )
        scores[at] += boost * (exact - coarse)[which]
