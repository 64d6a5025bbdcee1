"""Compiled windows, compiled lists and numpy: three ways to the same matches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.search.whoosh.codec import kernels_numpy_matches
from app.search.whoosh.codec.kernel_tables import CODE_COUNT, Tables
from app.search.whoosh.codec.kernel_types import (
    BLOCK_DOCS,
    NO_LIST,
    ClauseKind,
    Conditions,
    Emission,
    Facets,
    Order,
    Places,
    Postings,
    Ranges,
    Top,
    ValueCounts,
    Words,
    freeze,
)
from app.search.whoosh.codec.kernels import make_facets, make_matches, warm_up
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.codec.layout import WINDOW_DOCS

numba = pytest.importorskip("numba", reason="numba is not installed; numpy's kernels run alone")

from app.search.whoosh.codec.kernels_lists import CHUNK_DOCS, collect_lists  # noqa: E402
from app.search.whoosh.codec.kernels_numba import NumbaKernels  # noqa: E402
from app.search.whoosh.codec.kernels_windows import collect_windows  # noqa: E402

TERMS, LISTS = 6, 2


@dataclass
class Case:
    """A random segment and a random query over it."""

    postings: Postings
    ranges: Ranges
    tables: Tables
    conditions: Conditions
    facets: Facets
    keys: NDArray[np.int64]

    @property
    def has_lead(self) -> bool:
        return self.conditions.required > 0 or self.conditions.base_score == 0.0

    def make_order(self, emission: Emission, sign: int, *, is_backward: bool) -> Order:
        firsts = np.arange(0, len(self.keys), BLOCK_DOCS)
        peaks = np.maximum.reduceat(sign * self.keys, firsts)
        return Order(int(emission), freeze(self.keys), sign, peaks, is_backward, 1_000)

    def make_facets(self) -> Facets:
        facets = self.facets
        return Facets(
            reset(facets.categories),
            reset(facets.archives),
            reset(facets.authors),
            facets.years,
            np.zeros_like(facets.year_counts),
        )


def draw_docs(rng: np.random.Generator, document_count: int) -> NDArray[np.uint32]:
    share = rng.choice([0.0005, 0.02, 0.3, 0.9])
    chosen = np.flatnonzero(rng.random(document_count) < share)
    return chosen.astype(np.uint32)


def draw_case(seed: int) -> Case:
    rng = np.random.default_rng(seed)
    # One document, less than a block, a few windows with more than a chunk of documents each.
    document_count = int(rng.choice([1, 300, 2 * WINDOW_DOCS + 5_000]))
    assert CHUNK_DOCS < WINDOW_DOCS
    terms = [draw_docs(rng, document_count) for _ in range(TERMS)]
    lists = [draw_docs(rng, document_count) for _ in range(LISTS)]
    docs, list_docs = np.concatenate(terms), np.concatenate(lists)
    postings = Postings(
        freeze(docs),
        freeze(rng.integers(1, 5, len(docs)).astype(np.uint16) << 8),
        freeze(list_docs),
        freeze(rng.random(len(list_docs)) + 0.1),
    )
    required, optional, excluded = (int(n) for n in rng.integers(0, 3, 3))
    if required + optional == 0:
        optional = 1
    kinds = (
        [ClauseKind.REQUIRED] * required
        + [ClauseKind.OPTIONAL] * optional
        + [ClauseKind.EXCLUDED] * excluded
    )
    rows = []
    # Multiples of a quarter add up without rounding, so ties are ties in every kernel.
    weights: list[float] = []
    for clause in range(len(kinds)):
        for which in sorted(rng.choice(TERMS + LISTS, int(rng.integers(1, 4)), replace=False)):
            group, place = (terms, which) if which < TERMS else (lists, which - TERMS)
            start = sum(len(each) for each in group[:place])
            slot = int(rng.integers(0, 2)) if which < TERMS else NO_LIST
            weight = float(rng.integers(1, 4)) * 0.25
            is_joined = which < TERMS - 1 and rng.random() < 0.4
            slot = 0 if is_joined else slot
            rows.append((start, start + len(group[place]), slot, clause, 0))
            weights.append(weight)
            if is_joined:
                # The next term is the same word in another field.
                start = rows[-1][1]
                rows.append((start, start + len(terms[which + 1]), 1, clause, 1))
                weights.append(weight)
    starts, ends, slots, clauses, joins = np.array(rows, np.int64).T.copy()
    mask = (rng.random(document_count) < 0.5).astype(np.uint8)
    return Case(
        postings=postings._replace(list_scores=freeze(np.ceil(postings.list_scores * 8) / 8)),
        ranges=Ranges(
            starts, ends, slots, np.array(weights), clauses, joins, np.array(kinds, np.int64)
        ),
        tables=make_tables(),
        conditions=Conditions(
            document_count,
            required,
            int(rng.integers(0, optional + 1)),
            float(rng.choice([0.0, 0.0, 1.0])),
            freeze(mask if rng.random() < 0.5 else mask[:0]),
        ),
        facets=Facets(
            draw_column(rng, document_count, np.uint16),
            draw_column(rng, document_count, np.uint16),
            draw_column(rng, document_count, np.uint32),
            freeze(rng.integers(1990, 2030, document_count).astype(np.uint16)),
            np.zeros(2_100, np.int64),
        ),
        keys=rng.permutation(document_count).astype(np.int64),
    )


def make_tables() -> Tables:
    """Two fields whose odds add up to 1, 3 or 7, so that joint scores are multiples of a half."""
    table = np.repeat(np.arange(256, dtype=np.float64), 256)
    first = np.where(table > 2, 2.0, 6.0) * (table > 0)
    return Tables(
        freeze(np.stack([table, table / 2])), freeze(np.stack([first, 1.0 * (table > 0)])), 4.0
    )


def reset(column: ValueCounts) -> ValueCounts:
    return column._replace(counts=np.zeros_like(column.counts))


def draw_column(rng: np.random.Generator, document_count: int, item_type: type) -> ValueCounts:
    per_document = rng.integers(0, 4, document_count)
    return ValueCounts(
        freeze(np.concatenate(([0], np.cumsum(per_document))).astype(np.uint32)),
        freeze(rng.integers(0, 20, int(per_document.sum())).astype(item_type)),
        np.zeros(20, np.int64),
    )


def collect_with_windows(**arguments: Any) -> int:
    return int(collect_windows(*arguments.values()))


def collect_with_lists(**arguments: Any) -> int:
    return int(collect_lists(*arguments.values()))


WAYS: list[Callable[..., int]] = [
    collect_with_windows,
    collect_with_lists,
    NumbaKernels().collect,
    NumpyKernels().collect,
]


def run(collect: Callable[..., int], case: Case, order: Order, k: int) -> tuple[Any, ...]:
    top, facets = Top.make(k), case.make_facets()
    matches = make_matches(case.conditions.document_count)
    total = collect(
        postings=case.postings,
        ranges=case.ranges,
        tables=case.tables,
        conditions=case.conditions,
        order=order,
        top=top,
        facets=facets,
        matches=matches,
    )
    numbers, scores = top.in_order()
    listed = total if order.emission == Emission.LIST else 0
    return (
        total,
        numbers.tolist(),
        scores.tolist(),
        facets.categories.counts.tolist(),
        facets.archives.counts.tolist(),
        facets.authors.counts.tolist(),
        facets.year_counts.tolist(),
        matches.docs[:listed].tolist(),
        matches.scores[:listed].tolist(),
    )


@pytest.mark.parametrize("seed", range(60))
def test_all_kernels_find_the_same_matches_in_the_same_order(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some of the cases fit one window of numpy's kernels, others need many.
    monkeypatch.setattr(kernels_numpy_matches, "WINDOW_DOCS", (1 + seed % 4) * 3 * BLOCK_DOCS)
    case = draw_case(seed)
    k = int(np.random.default_rng(seed).choice([0, 1, 10, 500]))
    for emission, sign in [
        (Emission.BEST_BY_SCORE, 1),
        (Emission.BEST_BY_KEY, 1),
        (Emission.BEST_BY_KEY, -1),
        (Emission.LIST, 1),
    ]:
        is_backward = seed % 2 == 1 and emission != Emission.LIST
        order = case.make_order(emission, sign, is_backward=is_backward)
        # Lists have nothing to follow where all documents match.
        ways = [way for way in WAYS if way is not collect_with_lists or case.has_lead]
        results = [run(collect, case, order, k) for collect in ways]
        assert all(result == results[0] for result in results)


@pytest.mark.parametrize("kernels", [NumbaKernels(), NumpyKernels()], ids=["numba", "numpy"])
def test_a_top_list_carried_over_segments_holds_the_best_of_all(
    kernels: NumbaKernels | NumpyKernels,
) -> None:
    cases = [draw_case(seed) for seed in (3, 4, 5)]
    carried = Top.make(20)
    everything: list[tuple[float, int, int]] = []
    for place, case in enumerate(cases):
        order = case.make_order(Emission.BEST_BY_SCORE, 1, is_backward=False)
        order = order._replace(doc_base=place * 100_000)
        for top in (carried, Top.make(case.conditions.document_count)):
            kernels.collect(
                postings=case.postings,
                ranges=case.ranges,
                tables=case.tables,
                conditions=case.conditions,
                order=order,
                top=top,
                facets=make_facets(),
                matches=make_matches(0),
            )
        numbers, scores = top.in_order()
        everything += zip(
            scores.tolist(),
            case.keys[numbers - order.doc_base].tolist(),
            numbers.tolist(),
            strict=True,
        )
    everything.sort(reverse=True)
    numbers, scores = carried.in_order()
    # Across segments a key may occur twice; all that counts is score and key.
    assert scores.tolist() == [score for score, _key, _number in everything[:20]]


def draw_phrase(seed: int) -> tuple[Postings, Words, Places, set[int]]:
    """Words with random positions, and the documents in which they stand right, by hand."""
    rng = np.random.default_rng(seed)
    word_count, document_count = int(rng.integers(2, 5)), 700
    gaps = rng.integers(1, 3, word_count - 1)
    slop = int(rng.integers(0, 3))
    texts = [
        {
            doc: sorted(rng.choice(40, int(rng.integers(1, 6)), replace=False).tolist())
            for doc in range(document_count)
            if rng.random() < 0.8
        }
        for _ in range(word_count)
    ]
    texts[0][next(iter(texts[0]))] = list(range(0, 1_200, 4))  # More than a code can say.
    docs: list[int] = []
    codes: list[int] = []
    positions: list[int] = []
    blocks: list[int] = []
    wide: list[int] = []
    frequencies: list[int] = []
    starts: list[int] = []
    # Postings of a field without positions come before: they count in sums of frequencies.
    shift = 3 * int(rng.integers(1, 300))
    for _ in range(shift // 3):
        if len(docs) % 128 == 0:
            blocks.append(3 * len(docs))
        docs.append(len(docs))
        codes.append(3 << 8)
    for text in texts:
        starts.append(len(docs))
        for doc, found in text.items():
            if len(docs) % 128 == 0:
                blocks.append(shift + len(positions))
            if len(found) > 255:
                wide.append(len(docs))
                frequencies.append(len(found))
            docs.append(doc)
            codes.append(min(len(found), 255) << 8)
            positions += found
    standing = set()
    for doc in range(document_count):
        reached = set(texts[0].get(doc, []))
        for gap, text in zip(gaps.tolist(), texts[1:], strict=True):
            reached = {
                after
                for after in text.get(doc, [])
                if any(gap <= after - before <= gap + slop for before in reached)
            }
        if reached:
            standing.add(doc)
    words = Words(
        np.array(starts, np.int64),
        np.array([*starts[1:], len(docs)], np.int64),
        gaps.astype(np.int64),
        slop,
        np.zeros(word_count, np.int64),
        np.ones(word_count),
        freeze(np.zeros(0, np.uint32)),
    )
    places = Places(
        freeze(np.array(positions, np.uint16)),
        freeze(np.array(blocks, np.uint32)),
        freeze(np.array(wide, np.uint64)),
        freeze(np.array(frequencies, np.uint32)),
        shift,
    )
    empty = freeze(np.zeros(0, np.uint32)), freeze(np.zeros(0))
    postings = Postings(
        freeze(np.array(docs, np.uint32)), freeze(np.array(codes, np.uint16)), *empty
    )
    return postings, words, places, standing


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kernels", [NumbaKernels(), NumpyKernels()], ids=["numba", "numpy"])
def test_a_phrase_is_found_where_its_words_stand_at_their_distances(
    kernels: NumbaKernels | NumpyKernels, seed: int
) -> None:
    postings, words, places, standing = draw_phrase(seed)
    matches = make_matches(len(postings.docs))
    ones = freeze(np.ones((1, CODE_COUNT)))
    tables = Tables(ones, ones, 2.0)
    found = kernels.find_phrase(
        postings=postings, words=words, places=places, tables=tables, matches=matches
    )
    assert matches.docs[:found].tolist() == sorted(standing)
    assert (matches.scores[:found] == len(words.starts)).all()
    for among in ([0, 5, 6, 300, 699], list(range(0, 700, 3)), [9_999]):
        narrowed = words._replace(among=freeze(np.array(among, np.uint32)))
        found = kernels.find_phrase(
            postings=postings, words=narrowed, places=places, tables=tables, matches=matches
        )
        assert matches.docs[:found].tolist() == sorted(standing & set(among))


@pytest.mark.parametrize("kernels", [NumbaKernels(), NumpyKernels()], ids=["numba", "numpy"])
def test_terms_are_found_by_their_bytes(kernels: NumbaKernels | NumpyKernels) -> None:
    terms = [b"\x00\x00a", b"\x00\x00ab", b"\x00\x01", b"\x00\x01\xc3\xa9"]
    data = freeze(np.frombuffer(b"".join(terms), np.uint8))
    offsets = freeze(np.cumsum([0, *map(len, terms)]).astype(np.uint64))
    asked = [*terms, b"", b"\x00\x00aa", b"\x00\x00abc", b"\xff"]
    found = kernels.find_terms(data, offsets, asked)
    assert found.tolist() == [0, 1, 2, 3, -1, -1, -1, -1]


@pytest.mark.parametrize("kernels", [NumbaKernels(), NumpyKernels()], ids=["numba", "numpy"])
def test_warming_up_runs_every_kernel(kernels: NumbaKernels | NumpyKernels) -> None:
    assert warm_up(kernels) >= 0.0


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kernels", [NumbaKernels(), NumpyKernels()], ids=["numba", "numpy"])
def test_shared_numbers_are_found_in_both_lists(
    kernels: NumbaKernels | NumpyKernels, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    columns = [
        np.unique(chance.integers(0, 300, size)).astype(np.uint32)
        for size in chance.permutation([0 if seed == 0 else 5, 200])
    ]
    places = kernels.intersect(*columns)
    shared = np.intersect1d(columns[0], columns[1])
    for column, at in zip(columns, places, strict=True):
        np.testing.assert_array_equal(column[at], shared)
