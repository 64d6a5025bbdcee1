"""Without compiled code: the ranges of a query, and the scores that their postings give."""

from collections.abc import Iterator

import numpy as np

from app.search.whoosh.codec.kernel_tables import Tables, join_odds
from app.search.whoosh.codec.kernel_types import (
    F64,
    I64,
    NO_LIST,
    U16,
    U32,
    ClauseKind,
    Conditions,
    Postings,
    Ranges,
)

# Nanoseconds, measured; only their proportions matter.
LOOK_UP_COST = 80.0
"""For a document of the rare clause and each range it is looked up in."""

SCAN_COST = 4.0
"""For a document of a window, to clear and judge it."""

ADD_COST = 5.0
"""For a posting added to a window."""


class Query:
    """The ranges of one query over one segment, sorted out by clause."""

    def __init__(
        self, postings: Postings, ranges: Ranges, tables: Tables, conditions: Conditions
    ) -> None:
        self.conditions = conditions
        self.kinds: list[int] = ranges.kinds.tolist()
        self.clauses: list[int] = ranges.clauses.tolist()
        self.rows: list[tuple[int, int, int, float]] = list(
            zip(
                ranges.starts.tolist(),
                ranges.ends.tolist(),
                ranges.slots.tolist(),
                ranges.weights.tolist(),
                strict=True,
            )
        )
        self.joins: list[bool] = [*(ranges.joins != 0).tolist(), False]
        self._postings = postings
        self._tables = tables

    def get_docs(self, r: int) -> U32:
        """The documents of a range."""
        start, end, slot, _weight = self.rows[r]
        docs = self._postings.list_docs if slot == NO_LIST else self._postings.docs
        return docs[start:end]

    def get_codes(self, r: int) -> U16:
        """The posting codes of a range that is no list."""
        start, end, _slot, _weight = self.rows[r]
        return self._postings.codes[start:end]

    def compute_gains(self, r: int, first: int, last: int, out: F64) -> None:
        """Write the scores that some postings of a range give into `out`."""
        start, _end, slot, weight = self.rows[r]
        place = slice(start + first, start + last)
        if slot == NO_LIST:
            np.multiply(self._postings.list_scores[place], weight, out=out)
        else:
            # Every code is within the table, so nothing is clipped; that mode is the fast one.
            table = self._tables.scores[slot]
            np.take(table, self._postings.codes[place], out=out, mode="clip")
            out *= weight

    def join_gains(self, r: int, codes: U16, codes_before: U16) -> F64:
        """The scores that postings of a range give which joins the one before.

        Args:
            codes_before: what the same documents have in the range before; 0 for nothing.
        """
        _start, _end, slot, weight = self.rows[r]
        before = self.rows[r - 1][2]
        odds, scores = self._tables.odds, self._tables.scores
        joint: F64 = join_odds(
            odds[before].take(codes_before), odds[slot].take(codes), self._tables.ceiling
        )
        gains: F64 = (joint - scores[before].take(codes_before)) * weight
        return gains

    def gather_gains(self, r: int, places: I64) -> F64:
        """The scores that chosen postings of a range give which joins none."""
        start, _end, slot, weight = self.rows[r]
        if slot == NO_LIST:
            return self._postings.list_scores[start + places] * weight
        codes = self._postings.codes[start + places]
        gains: F64 = self._tables.scores[slot].take(codes) * weight
        return gains

    def list_lead(self) -> list[int]:
        """The ranges of the first required clause, else of all optional ones."""
        if self.conditions.required > 0:
            return [r for r, clause in enumerate(self.clauses) if clause == 0]
        return [r for r, c in enumerate(self.clauses) if self.kinds[c] == ClauseKind.OPTIONAL]

    def is_rare(self) -> bool:
        """Whether following the leading clause costs less than passing over all windows."""
        if self.conditions.required == 0 and self.conditions.base_score > 0.0:
            return False
        leading = self.list_lead()
        lead = sum(self.rows[r][1] - self.rows[r][0] for r in leading)
        everything = sum(end - start for start, end, _slot, _weight in self.rows)
        passing = self.conditions.document_count * SCAN_COST + everything * ADD_COST
        return bool(leading) and lead * LOOK_UP_COST * (1 + len(self.rows)) < passing

    def iter_clauses(self) -> Iterator[tuple[int, list[int]]]:
        """The kind and the ranges of each clause."""
        members: list[list[int]] = [[] for _kind in self.kinds]
        for r, clause in enumerate(self.clauses):
            members[clause].append(r)
        return zip(self.kinds, members, strict=True)
