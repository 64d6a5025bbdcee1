"""Chooses the kernels: compiled ones where numba is installed, else numpy's with equal results."""

import time
from functools import lru_cache

import numpy as np

from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_tables import CODE_COUNT, Tables
from app.search.whoosh.codec.kernel_types import (
    Conditions,
    Emission,
    Facets,
    Matches,
    Order,
    Places,
    Postings,
    Ranges,
    Top,
    ValueCounts,
    Words,
    freeze,
)
from app.search.whoosh.codec.kernels_numpy import NumpyKernels


@lru_cache(maxsize=1)
def has_numba() -> bool:
    """Whether kernels can be compiled; importing the compiler takes half a second.

    It is missing where it was not installed, and refuses a numpy newer than it knows.
    """
    try:
        import numba  # noqa: F401, PLC0415  # a command that does not search need not wait for it
    except ImportError:
        return False
    return True


@lru_cache(maxsize=1)
def load_kernels() -> Kernels:
    """The fastest kernels this machine has."""
    if not has_numba():
        return NumpyKernels()
    from app.search.whoosh.codec.kernels_numba import NumbaKernels  # noqa: PLC0415

    return NumbaKernels()


def warm_up(kernels: Kernels) -> float:
    """Run every kernel once on a segment of one document; returns the seconds it took.

    Compiled code is read from numba's cache, or compiled and put there (some 10 s).
    """
    begun = time.monotonic()
    postings = Postings(
        freeze(np.zeros(1, np.uint32)),
        freeze(np.full(1, 1 << 8, np.uint16)),
        freeze(np.zeros(0, np.uint32)),
        freeze(np.zeros(0)),
    )
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    ranges = Ranges(none, one, none, np.ones(1), none, none, one)
    tables = Tables(freeze(np.ones((1, CODE_COUNT))), freeze(np.ones((1, CODE_COUNT))), 2.0)
    kernels.collect(
        postings=postings,
        ranges=ranges,
        tables=tables,
        conditions=Conditions(1, 0, 0, 0.0, freeze(np.ones(1, np.uint8))),
        order=Order(int(Emission.BEST_BY_SCORE), freeze(none), 1, none, False, 0),
        top=Top.make(1),
        facets=make_facets(),
        matches=make_matches(0),
    )
    words = Words(none, one, none[:0], 0, none, np.ones(1), freeze(np.zeros(0, np.uint32)))
    places = Places(
        freeze(np.zeros(1, np.uint16)),
        freeze(np.zeros(1, np.uint32)),
        freeze(np.zeros(0, np.uint64)),
        freeze(np.zeros(0, np.uint32)),
        0,
    )
    kernels.find_phrase(
        postings=postings, words=words, places=places, tables=tables, matches=make_matches(1)
    )
    kernels.find_terms(freeze(np.zeros(2, np.uint8)), freeze(np.array([0, 2], np.uint32)), [b"ab"])
    kernels.intersect(postings.docs, postings.docs)
    finds = kernels.look_up(postings.docs, none, one, postings.docs)
    kernels.count_neighbours(
        postings=postings, places=places, shifts=none, finds=finds, lefts=none, rights=none
    )
    return time.monotonic() - begun


def make_facets() -> Facets:
    """Nothing to be counted."""
    return Facets(
        make_value_counts(np.uint16),
        make_value_counts(np.uint16),
        make_value_counts(np.uint32),
        freeze(np.zeros(0, np.uint16)),
        np.zeros(0, np.int64),
    )


def make_value_counts(item_type: type[np.uint16 | np.uint32]) -> ValueCounts:
    """A column that is not counted."""
    return ValueCounts(
        freeze(np.zeros(0, np.uint32)), freeze(np.zeros(0, item_type)), np.zeros(0, np.int64)
    )


def make_matches(room: int) -> Matches:
    """Room for so many matches."""
    return Matches(np.empty(room, np.uint32), np.empty(room))
