"""What the kernels take and give, as plain tuples of arrays that compiled code understands.

The compiled kernels and the numpy ones take the same tuples and give the same results.
"""

from enum import IntEnum
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

BLOCK_DOCS = 256
"""Documents that are judged together: a block without a good enough document is only counted."""

MAX_REQUIRED = 250
"""Required clauses of one pass; how far a document has come is counted in a byte."""

NO_LIST = -1
"""Slot of a range of ready-made scores."""


class ClauseKind(IntEnum):
    """What a clause asks of a document."""

    REQUIRED = 0
    OPTIONAL = 1
    EXCLUDED = 2


class Emission(IntEnum):
    """What happens to a match, beside being counted."""

    BEST_BY_SCORE = 0
    BEST_BY_KEY = 1
    LIST = 2


def freeze(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view: kernels are compiled once for arrays that are mapped read-only."""
    view = array.view()
    view.flags.writeable = False
    return view


class Postings(NamedTuple):
    """Posting columns of one segment, and lists of documents whose scores are known already.

    Attributes:
        docs: uint32[P], ascending within a term.
        codes: uint16[P].
        list_docs: uint32[V], ascending within a list.
        list_scores: float64[V], above 0.
    """

    docs: U32
    codes: U16
    list_docs: U32
    list_scores: F64


class Ranges(NamedTuple):
    """R ranges of postings, those of one clause side by side, clauses in ascending order.

    Scores are added up in this order, so equal papers have equal scores in every segment.

    Attributes:
        starts, ends: int64[R], half-open, into `docs` and `codes`, or into the lists.
        slots: int64[R], row of the look-up tables; `NO_LIST` marks a range of the lists.
        weights: float64[R], above 0: idf times boost, and 1 for lists.
        clauses: int64[R], the clause of each range.
        joins: int64[R], 1 for a range of the same word as the one before it, in a field that is
            one text with that one's: what it adds is how much more both are worth than the one
            before alone. Its weight is that of the one before.
        kinds: int64[C], a `ClauseKind` for each clause; required ones first.
    """

    starts: I64
    ends: I64
    slots: I64
    weights: F64
    clauses: I64
    joins: I64
    kinds: I64


class Conditions(NamedTuple):
    """What else decides about a match.

    Attributes:
        document_count: documents of the segment.
        required: how many clauses are required.
        least_optional: how many optional clauses must match, at least 0.
        base_score: what every document scores before the first posting; above 0, all documents
            match unless a clause says otherwise.
        mask: uint8[D], 0 where a document is deleted or filtered out; empty without a filter.
    """

    document_count: int
    required: int
    least_optional: int
    base_score: float
    mask: U8


def must_count(conditions: Conditions) -> bool:
    """Whether the optional clauses that a document meets have to be counted.

    One of them is met by every score above 0, unless something else gives a score, too.
    """
    least = conditions.least_optional
    return least > 1 or (least == 1 and (conditions.required > 0 or conditions.base_score > 0.0))


class Order(NamedTuple):
    """Which of two matches comes first, and in which direction documents are best visited.

    Attributes:
        emission: an `Emission`.
        keys: int64[D]; decides among equal scores, or alone when sorted by key.
        sign: 1 when a larger key comes first, -1 when a smaller one does.
        peaks: int64, largest key times sign of every `BLOCK_DOCS` documents.
        is_backward: visit the last documents first, since they have the best keys.
        doc_base: number of the segment's first document among all segments.
    """

    emission: int
    keys: I64
    sign: int
    peaks: I64
    is_backward: bool
    doc_base: int


class Top(NamedTuple):
    """The best k so far as a binary heap whose root is the worst; carried across segments.

    Attributes:
        values: float64[k], scores.
        ties: int64[k], keys times sign.
        docs: int64[k], document numbers among all segments.
        size: int64[1], how many are in use.
    """

    values: F64
    ties: I64
    docs: I64
    size: I64

    @classmethod
    def make(cls, k: int) -> Self:
        """Room for k; with 0 matches are only counted."""
        return cls(np.zeros(k), np.zeros(k, np.int64), np.zeros(k, np.int64), np.zeros(1, np.int64))

    def in_order(self) -> tuple[I64, F64]:
        """Documents and scores, best first."""
        size = int(self.size[0])
        order = np.lexsort((-self.ties[:size], -self.values[:size]))
        return self.docs[:size][order], self.values[:size][order]


class ValueCounts(NamedTuple):
    """A column of several values for a document, to be counted over all matches.

    Attributes:
        offsets: uint32[D+1] into `codes`; empty when the column is not counted.
        codes: uint16 or uint32, each value at most once for a document.
        counts: int64, one for each value; increased in place.
    """

    offsets: U32
    codes: NDArray[Any]
    counts: I64


class Facets(NamedTuple):
    """What is to be counted over all matches; an empty column or empty `years` are skipped.

    Attributes:
        categories, archives: their codes are uint16.
        authors: uint32.
        years: uint16[D], or empty.
        year_counts: int64, one for each year from 0; increased in place.
    """

    categories: ValueCounts
    archives: ValueCounts
    authors: ValueCounts
    years: U16
    year_counts: I64


class Matches(NamedTuple):
    """Where `Emission.LIST` writes to; room for every possible match.

    Attributes:
        docs: uint32.
        scores: float64.
    """

    docs: U32
    scores: F64


class Words(NamedTuple):
    """The words of a phrase within one field of one segment.

    Attributes:
        starts, ends: int64[n], posting ranges in the order of the phrase.
        gaps: int64[n-1], distance of each word from the one before, at least 1.
        slop: places by which every distance may be larger.
        slots: int64[n], row of the look-up tables.
        weights: float64[n], idf times boost.
        among: uint32, the only documents that are looked at, ascending; empty for all.
    """

    starts: I64
    ends: I64
    gaps: I64
    slop: int
    slots: I64
    weights: F64
    among: U32


class Places(NamedTuple):
    """Where the postings of a segment stand in their texts; see `layout`.

    Attributes:
        positions: uint16 or uint32.
        block_positions: uint32 or uint64.
        shift: the field's entry of `position_shifts`.
        wide_postings: uint64, postings whose frequency is not in their code.
        wide_frequencies: uint32.
    """

    positions: NDArray[Any]
    block_positions: NDArray[Any]
    wide_postings: NDArray[np.uint64]
    wide_frequencies: U32
    shift: int


class Finds(NamedTuple):
    """Postings of some documents, by range, then by document.

    Attributes:
        ranges: int64[n], place of the range.
        postings: int64[n].
        at: int64[n], place of the document among those asked for.
    """

    ranges: I64
    postings: I64
    at: I64
