"""What a term is worth in one state of the index: where its postings stand and how it scores."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_tables import (
    CODE_COUNT,
    Tables,
    make_frequency_table,
    make_lookup_table,
    make_odds,
)
from app.search.whoosh.codec.kernel_types import F64, I64, freeze
from app.search.whoosh.codec.posting_ranges import find_wide, read_weights
from app.search.whoosh.codec.whoosh_internals import LENGTH_OF_BYTE
from app.search.whoosh.fast_path.state_view import StateView
from app.search.whoosh.schema import make_schema
from app.search.whoosh.scoring import (
    BM25_B,
    BM25_K1,
    FIELD_B,
    FIELD_WEIGHTS,
    JOINED_FIELDS,
    compute_idf,
    list_idf_fields,
)

MAX_CACHED_TERMS = 50_000
"""Terms that one state of the index remembers."""

TermKey = tuple[str, str]
"""Field and text."""


@dataclass(frozen=True, slots=True)
class ResolvedTerm:
    """A term in one state of the index.

    Attributes:
        numbers: its number in each segment, -1 where it is unknown.
        ranges: its postings in each segment, half-open; (0, 0) where it is unknown.
        document_frequency: documents that hold it, deleted ones included, as Whoosh counts.
        weight: idf, or 1 in fields that score by frequency alone.
        slot: row of the look-up tables.
    """

    numbers: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    document_frequency: int
    weight: float
    slot: int


class ScoredTerms:
    """The terms of one state, looked up together and remembered. Thread-safe."""

    def __init__(self, state: StateView, kernels: Kernels) -> None:
        self._state = state
        self._kernels = kernels
        fields = {name: field.scorable for name, field in make_schema().items() if field.indexed}
        self._slots = {name: slot for slot, name in enumerate(fields)}
        self._is_scored = list(fields.values())
        self._scores = np.zeros((len(fields), CODE_COUNT))
        self._odds = np.zeros((len(fields), CODE_COUNT))
        self._averages: dict[int, float] = {}
        self._lock = threading.Lock()
        self._known: dict[TermKey, ResolvedTerm] = {}
        self.tables = Tables(freeze(self._scores), freeze(self._odds), BM25_K1 + 1.0)

    def resolve(self, keys: Iterable[TermKey]) -> Mapping[TermKey, ResolvedTerm]:
        """What each term is worth; unknown terms have no postings."""
        wanted = list(dict.fromkeys(keys))
        known = self._known
        found = {key: term for key in wanted if (term := known.get(key)) is not None}
        missing = [key for key in wanted if key not in found]
        if missing:
            found.update(self._look_up(missing))
            with self._lock:
                if len(self._known) + len(missing) > MAX_CACHED_TERMS:
                    self._known = {}
                self._known.update((key, found[key]) for key in missing)
        return found

    def _look_up(self, wanted: list[TermKey]) -> dict[TermKey, ResolvedTerm]:
        """The terms, and with them those of the fields that are one text with theirs."""
        fields = [(field, text) for name, text in wanted for field in list_idf_fields(name)]
        keys = list(dict.fromkeys(fields))
        numbers: list[list[int]] = []
        ranges: list[list[tuple[int, int]]] = []
        for segment in self._state.segments:
            arrays = segment.arrays
            # A field that the segment lacks gets a number that no term has.
            encoded = [
                layout.make_term_key(
                    field if (field := arrays.find_field(name)) >= 0 else layout.MAX_FIELDS,
                    text.encode("utf-8"),
                )
                for name, text in keys
            ]
            found = self._kernels.find_terms(*segment.terms, encoded)
            numbers.append(found.tolist())
            ranges.append(_list_ranges(arrays.posting_starts, found))
        found_ranges = {key: tuple(each[i] for each in ranges) for i, key in enumerate(keys)}
        holding = {
            key: sum(end - start for start, end in each) for key, each in found_ranges.items()
        }
        return {
            (field, text): ResolvedTerm(
                tuple(each[i] for each in numbers),
                found_ranges[field, text],
                holding[field, text],
                self._weigh(field, max(holding[name, text] for name in list_idf_fields(field))),
                self._prepare_slot(field),
            )
            for i, (field, text) in enumerate(keys)
        }

    def _weigh(self, field: str, holding: int) -> float:
        """The idf of a term that so many papers hold, or 1."""
        if not self._is_scored[self._slots[field]]:
            return 1.0
        return compute_idf(self._state.document_count, holding)

    def _prepare_slot(self, field: str) -> int:
        """The row of a field, filled when it is first needed."""
        slot = self._slots[field]
        if slot in self._averages:
            return slot
        length = self._state.compute_field_length(field)
        average = length / (self._state.document_count or 1) or 1.0
        if self._is_scored[slot]:
            table = make_lookup_table(
                average,
                LENGTH_OF_BYTE,
                b=FIELD_B.get(field, BM25_B),
                k1=BM25_K1,
                weight=FIELD_WEIGHTS.get(field, 1.0),
            )
        else:
            table = make_frequency_table()
        with self._lock:
            self._scores[slot] = table
            if field in JOINED_FIELDS:
                self._odds[slot] = make_odds(table, self.tables.ceiling)
            self._averages[slot] = average
        return slot

    def sum_weights(self, term: ResolvedTerm) -> float:
        """How often a term occurs, deleted documents included."""
        return sum(
            float(read_weights(segment.arrays, start, end)[1].sum())
            for segment, (start, end) in zip(self._state.segments, term.ranges, strict=True)
        )

    def score_exactly(self, segment: int, term: ResolvedTerm) -> F64:
        """The scores of all postings of a term, those with unusual weights too."""
        arrays = self._state.segments[segment].arrays
        start, end = term.ranges[segment]
        codes = arrays.codes[start:end]
        scores: F64 = term.weight * self._scores[term.slot][codes]
        wide, places = find_wide(arrays, start, end)
        weights = arrays.wide_weights[wide]
        if self._is_scored[term.slot]:
            lengths = LENGTH_OF_BYTE[codes[places] & 0xFF] / self._averages[term.slot]
            field = list(self._slots)[term.slot]
            b = FIELD_B.get(field, BM25_B)
            norms = BM25_K1 * ((1.0 - b) + b * lengths)
            weights = FIELD_WEIGHTS.get(field, 1.0) * weights
            weights = (weights * (BM25_K1 + 1.0)) / (weights + norms)
        scores[places] = term.weight * weights
        return scores


def _list_ranges(posting_starts: NDArray[Any], terms: I64) -> list[tuple[int, int]]:
    """The postings of each term, half-open; (0, 0) for -1."""
    starts = posting_starts[terms].astype(np.int64)
    ends = posting_starts[terms + 1].astype(np.int64)
    starts[terms < 0] = ends[terms < 0] = 0
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
