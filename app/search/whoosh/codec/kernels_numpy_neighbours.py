"""Without compiled code: postings of a few papers, and how often words stand side by side."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import I64, U32, Finds, Places
from app.search.whoosh.codec.kernels_numpy_phrase import expand, locate_few

GATHERED_POSTINGS = 2_048
"""Ranges of at most so many postings are gathered at once, longer ones looked up one by one."""

_POSITION_BITS = 32


def look_up(docs: U32, starts: I64, ends: I64, wanted: U32) -> Finds:
    """The postings of ascending documents in some ranges, by range, then by document."""
    is_short = ends - starts <= GATHERED_POSTINGS
    short = np.flatnonzero(is_short)
    postings = expand(starts[short], ends[short])
    gathered = docs[postings]
    at = np.minimum(np.searchsorted(wanted, gathered), max(len(wanted) - 1, 0))
    held = np.flatnonzero(wanted[at] == gathered) if len(wanted) else at[:0]
    which = np.repeat(short, (ends - starts)[short])
    found = [(which[held], postings[held], at[held])]
    for number in np.flatnonzero(~is_short).tolist():
        start, end = int(starts[number]), int(ends[number])
        within = docs[start:end]
        near = np.minimum(np.searchsorted(within, wanted), len(within) - 1)
        held = np.flatnonzero(within[near] == wanted)
        found.append((np.full(len(held), number), start + near[held], held))
    ranges, postings, at = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((at, ranges))
    return Finds(ranges[order], postings[order], at[order])


class _Meetings(NamedTuple):
    """Finds of both words of a pair in one paper."""

    pairs: I64
    left: I64
    right: I64


def count_neighbours(
    codes: NDArray[np.uint16], places: Places, shifts: I64, finds: Finds, pairs: tuple[I64, I64]
) -> tuple[I64, I64, I64]:
    """Which pair, which find of its left word, and how often the right one stands behind it."""
    met = _meet(finds, *pairs)
    used, place_of = np.unique(np.concatenate([met.left, met.right]), return_inverse=True)
    left_place, right_place = np.split(place_of, 2)
    begins, counts = locate_few(codes, places._replace(shift=0), finds.postings[used])
    begins -= shifts[finds.ranges[used]]
    positions = places.positions[expand(begins, begins + counts)].astype(np.int64)
    # One ascending number for a find and a position in it.
    keys = (np.repeat(np.arange(len(used)), counts) << _POSITION_BITS) + positions
    starts = np.cumsum(counts) - counts
    sizes = counts[left_place]
    owners = np.repeat(np.arange(len(left_place)), sizes)
    left_positions = positions[expand(starts[left_place], starts[left_place] + sizes)]
    wanted = (right_place[owners] << _POSITION_BITS) + left_positions + 1
    near = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    stands = keys[near] == wanted if len(keys) else np.zeros(0, np.bool_)
    often = np.bincount(owners[stands], minlength=len(met.left))
    found = np.flatnonzero(often)
    return met.pairs[found], met.left[found], often[found]


def _meet(finds: Finds, lefts: I64, rights: I64) -> _Meetings:
    if not len(finds.ranges):
        none = np.zeros(0, np.int64)
        return _Meetings(none, none, none)
    room = int(finds.at.max()) + 1
    keys = finds.ranges * room + finds.at
    firsts = np.searchsorted(finds.ranges, lefts)
    ends = np.searchsorted(finds.ranges, lefts, side="right")
    pairs = np.repeat(np.arange(len(lefts)), ends - firsts)
    left = expand(firsts, ends)
    wanted = rights[pairs] * room + finds.at[left]
    near = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    meets = np.flatnonzero(keys[near] == wanted)
    return _Meetings(pairs[meets], left[meets], near[meets])
