"""What the kernels take and give: posting ranges in clauses, filters, orders, and top lists."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

CODE_COUNT = 65_536
"""Values of a posting code: term frequency (high byte) and length byte (low byte)."""


class ClauseKind(IntEnum):
    """What a clause asks of a document."""

    REQUIRED = 0
    OPTIONAL = 1
    EXCLUDED = 2


class Emission(IntEnum):
    """What a kernel does with a match."""

    TOP_BY_SCORE = 0
    TOP_BY_KEY = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Postings:
    """The posting columns of one segment, and the lists computed beside them.

    Attributes:
        docs: uint32[P], ascending within a term.
        codes: uint16[P].
        computed_docs: uint32[V] of lists that earlier kernels computed (phrases, sub-trees).
        computed_scores: float64[V].
    """

    docs: U32
    codes: U16
    computed_docs: U32
    computed_scores: F64


@dataclass(frozen=True, slots=True)
class Ranges:
    """R posting ranges, grouped by clause in ascending order of clause.

    Attributes:
        starts, ends: int64[R], half-open, into `docs` and `codes`, or into the computed lists.
        slots: int64[R], row of the look-up table; -1 marks a range of the computed lists.
        weights: float64[R], idf times boost (1 for computed lists, whose scores are final).
        clauses: int64[R], which clause each range belongs to.
        kinds: int64[C], a `ClauseKind` for each clause; required ones first.
        least_optional: how many optional clauses must match.
    """

    starts: I64
    ends: I64
    slots: I64
    weights: F64
    clauses: I64
    kinds: I64
    least_optional: int


@dataclass(frozen=True, slots=True)
class FacetColumns:
    """Values of documents to be counted over all matches; empty arrays count nothing.

    Attributes:
        offsets: uint32[D+1] into `values`.
        values: uint16, several for a document.
        counts: int64, one for each value; increased in place.
    """

    offsets: U32
    values: U16
    counts: I64


@dataclass(slots=True)
class TopList:
    """The best k so far, as a binary heap whose root is the worst; carried across segments.

    Better is a larger value, then a larger tie key.

    Attributes:
        values: float64[k].
        ties: int64[k].
        docs: int64[k], global document numbers.
        size: how many of them are in use.
    """

    values: F64
    ties: I64
    docs: I64
    size: int = 0

    @classmethod
    def make(cls, k: int) -> "TopList":
        """An empty list with room for k."""
        return cls(np.zeros(k), np.zeros(k, np.int64), np.zeros(k, np.int64))

    def in_order(self) -> tuple[I64, F64]:
        """Documents and values, best first."""
        order = np.lexsort((-self.ties[: self.size], -self.values[: self.size]))
        return self.docs[: self.size][order], self.values[: self.size][order]


def make_lookup_table(
    average_length: float, lengths: F64, *, b: float, k1: float
) -> NDArray[np.float64]:
    """The BM25 factor of every posting code of one field, float64[65536].

    The same arithmetic as `whoosh.scoring.bm25` without the idf: tf (k1+1) over
    tf + k1 (1 - b + b length / average).

    Args:
        lengths: float64[256], the length that each length byte stands for.
    """
    tf = np.arange(256, dtype=np.float64)[:, None]
    norm = k1 * ((1.0 - b) + b * lengths[None, :] / average_length)
    table = (tf * (k1 + 1.0)) / (tf + norm)
    table[0] = 0.0
    return table.reshape(CODE_COUNT)


Kernel = Any
