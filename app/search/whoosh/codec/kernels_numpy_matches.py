"""Without compiled code: the matches of a query, in windows or following its rare clause.

In windows, every range adds its scores to an accumulator of `WINDOW_DOCS` documents, small enough
for the cache. Where a clause is rare, its documents are looked up in all other ranges instead.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import (
    F64,
    I64,
    U16,
    U32,
    ClauseKind,
    must_count,
)
from app.search.whoosh.codec.kernels_numpy_query import Query
from app.search.whoosh.codec.scatter import CHUNK_ITEMS, Scatter

Flags = NDArray[np.bool_]
Found = tuple[I64, F64]
"""Documents, ascending, and their scores, all above 0."""

WINDOW_DOCS = 2**19
"""Documents that are accumulated at a time: 4 MiB of scores."""


class Window(NamedTuple):
    """The documents from `base` on and their scores; those that do not match have 0."""

    base: int
    scores: F64


def follow_lead(query: Query) -> Found:
    """All matches, found from the documents of the rare clause."""
    conditions = query.conditions
    docs = np.unique(np.concatenate([query.get_docs(r) for r in query.list_lead()]))
    if len(conditions.mask) > 0:
        docs = docs[conditions.mask[docs] != 0]
    hits = np.zeros(len(docs), np.uint16) if must_count(conditions) else None
    for kind, members in query.iter_clauses():
        if kind == ClauseKind.OPTIONAL and hits is None:
            continue
        held = np.zeros(len(docs), np.bool_)
        for r in members:
            held[_meet(query.get_docs(r), docs)[0]] = True
        if kind == ClauseKind.OPTIONAL and hits is not None:
            hits += held
            continue
        keep = ~held if kind == ClauseKind.EXCLUDED else held
        docs = docs[keep]
        hits = hits[keep] if hits is not None else None
    if hits is not None:
        docs = docs[hits >= conditions.least_optional]
    scores = np.full(len(docs), conditions.base_score)
    notes = np.zeros(len(docs), np.uint16)
    for kind, members in query.iter_clauses():
        for r in members if kind != ClauseKind.EXCLUDED else ():
            at, places = _meet(query.get_docs(r), docs)
            if query.joins[r]:
                scores[at] += query.join_gains(r, query.get_codes(r)[places], notes[at])
                continue
            scores[at] += query.gather_gains(r, places)
            if query.joins[r + 1]:
                notes[:] = 0
                notes[at] = query.get_codes(r)[places]
    return docs.astype(np.int64), scores


def _meet(column: U32, docs: U32) -> tuple[I64, I64]:
    """Where two ascending columns hold the same documents: places in `docs` and in `column`."""
    if not len(column) or not len(docs):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if len(column) < len(docs):
        places, at = _meet(docs, column)
        return at, places
    places = np.searchsorted(column, docs)
    places[places == len(column)] = 0
    at = np.flatnonzero(column[places] == docs)
    return at, places[at]


def iter_windows(query: Query, *, is_backward: bool) -> Iterator[Window]:
    """The windows in which something may match, each valid until the next one.

    Args:
        is_backward: last window first.
    """
    count = query.conditions.document_count
    edges = np.arange(WINDOW_DOCS, count, WINDOW_DOCS, dtype=np.uint32)
    cuts = [
        [0, *np.searchsorted(query.get_docs(r), edges).tolist(), end - start]
        for r, (start, end, _slot, _weight) in enumerate(query.rows)
    ]
    buffer = np.empty(min(WINDOW_DOCS, count))
    notes = np.zeros(len(buffer) if any(query.joins) else 0, np.uint16)
    scatter = Scatter()
    numbers = range(len(edges) + 1)
    for number in reversed(numbers) if is_backward else numbers:
        base = number * WINDOW_DOCS
        filling = _Filling(
            query,
            [(cut[number], cut[number + 1]) for cut in cuts],
            Window(base, buffer[: min(WINDOW_DOCS, count - base)]),
            scatter,
            notes,
        )
        if filling.may_match():
            filling.fill()
            yield filling.window


class _Filling(NamedTuple):
    """One window on its way from nothing to scores.

    Attributes:
        bounds: the postings of each range that fall into it.
        notes: the code of each document in the range before one that joins it; else zeros.
    """

    query: Query
    bounds: list[tuple[int, int]]
    window: Window
    scatter: Scatter
    notes: U16

    def may_match(self) -> bool:
        """Whether the window holds postings of every required clause, or of any without one."""
        occupied = [first < last for first, last in self.bounds]
        if self.query.conditions.base_score == 0.0 and not any(occupied):
            return False
        return all(
            any(occupied[r] for r in members)
            for kind, members in self.query.iter_clauses()
            if kind == ClauseKind.REQUIRED
        )

    def fill(self) -> None:
        """Compute the scores; those of documents that do not match become 0."""
        conditions = self.query.conditions
        base, scores = self.window
        scores.fill(conditions.base_score)
        mask = conditions.mask[base : base + len(scores)]
        allowed: Flags | None = mask != 0 if len(mask) > 0 else None
        hits = np.zeros(len(scores), np.uint16) if must_count(conditions) else None
        for kind, members in self.query.iter_clauses():
            if kind != ClauseKind.EXCLUDED:
                for r in members:
                    self._add(r)
            if kind == ClauseKind.OPTIONAL:
                if hits is not None:
                    hits += self._mark(members)
                continue
            held = self._mark(members)
            if kind == ClauseKind.EXCLUDED:
                np.logical_not(held, out=held)
            allowed = _join(allowed, held)
        if hits is not None:
            allowed = _join(allowed, hits >= conditions.least_optional)
        if allowed is not None:
            np.copyto(scores, 0.0, where=np.logical_not(allowed, out=allowed))

    def _mark(self, members: list[int]) -> Flags:
        """The documents that hold at least one of some ranges."""
        held = np.zeros(len(self.window.scores), np.bool_)
        for r in members:
            first, last = self.bounds[r]
            held[self.query.get_docs(r)[first:last] - np.uint32(self.window.base)] = True
        return held

    def _add(self, r: int) -> None:
        """Add the scores of a range to its documents, a chunk at a time."""
        query, scatter = self.query, self.scatter
        docs = query.get_docs(r)
        start, end = self.bounds[r]
        for first in range(start, end, CHUNK_ITEMS):
            last = min(first + CHUNK_ITEMS, end)
            gains = scatter.gains[: last - first]
            if query.joins[r]:
                gains[:] = self._join_chunk(r, first, last)
            else:
                query.compute_gains(r, first, last, gains)
            scatter.add(self.window.scores, docs[first:last], self.window.base)
        if query.joins[r]:
            # Clean again for the next word.
            self._write_notes(r - 1, None)
        elif query.joins[r + 1]:
            self._write_notes(r, query.get_codes(r))

    def _join_chunk(self, r: int, first: int, last: int) -> F64:
        query = self.query
        before = self.notes[query.get_docs(r)[first:last] - np.uint32(self.window.base)]
        return query.join_gains(r, query.get_codes(r)[first:last], before)

    def _write_notes(self, r: int, codes: U16 | None) -> None:
        """Write down the codes of a range's documents within the window; None for zeros."""
        first, last = self.bounds[r]
        places = self.query.get_docs(r)[first:last] - np.uint32(self.window.base)
        self.notes[places] = 0 if codes is None else codes[first:last]


def _join(allowed: Flags | None, others: Flags) -> Flags:
    return others if allowed is None else np.logical_and(allowed, others, out=allowed)
