"""The best matches ordered anew: titles that hold words just as they are written come first.

A title that holds a wanted word in its very form adds `FORM_WEIGHT` of what the word's term scores
in the title alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import F64, I64, U32
from app.search.whoosh.exact_forms import WantedForm
from app.search.whoosh.fast_path.dictionary import find_prefix_range
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.second_ranking import Reason, SegmentRanker
from app.search.whoosh.fast_path.terms import ResolvedTerm
from app.search.whoosh.schema import TITLE, TITLE_FORMS
from app.search.whoosh.scoring import FORM_WEIGHT


class FormRanker(SegmentRanker):
    """Orders the best matches of one query anew.

    Args:
        forms: what is wanted in titles.
    """

    def __init__(self, executor: Executor, forms: Sequence[WantedForm]) -> None:
        super().__init__(executor, tuple([Reason(TITLE_FORMS, form.text) for form in forms]))
        self._forms = forms
        self._resolved = executor.terms.resolve((TITLE, form.term) for form in forms)

    def _weigh(self, row: int, docs: U32, place: int) -> F64:
        form = self._forms[row]
        term = self._resolved[TITLE, form.term]
        tables = self._executor.terms.tables
        codes = self._read_codes(docs, place, term.ranges[place])
        counts = self._count_form(form, docs, place, codes)
        gains: F64 = tables.scores[term.slot][codes]
        return FORM_WEIGHT * form.weight * term.weight * np.where(counts > 0, gains, 0.0)

    def _count_form(
        self, form: WantedForm, docs: U32, place: int, codes: NDArray[np.uint16]
    ) -> I64:
        """How often each title holds a word as it is written; `codes` are those of its term."""
        if form.text != form.term:
            key = (TITLE_FORMS, f"{form.term} {form.text}")
            found: ResolvedTerm = self._executor.terms.resolve([key])[key]
            return _count(self._read_codes(docs, place, found.ranges[place]))
        arrays = self._executor.state.segments[place].arrays
        counts = _count(codes)
        for kin in range(*find_prefix_range(arrays, TITLE_FORMS, f"{form.term} ")):
            counts -= _count(self._read_codes(docs, place, arrays.get_postings(kin)))
        return counts

    def _read_codes(self, docs: U32, place: int, bounds: tuple[int, int]) -> NDArray[np.uint16]:
        """The posting codes of documents within a range of postings; 0 for those not in it."""
        postings = self._executor.state.segments[place].postings
        codes = np.zeros(len(docs), np.uint16)
        if bounds[0] < bounds[1]:
            at, places = self._executor.kernels.intersect(docs, postings.docs[slice(*bounds)])
            codes[at] = postings.codes[bounds[0] + places]
        return codes


def _count(codes: NDArray[np.uint16]) -> I64:
    return (codes >> 8).astype(np.int64)
