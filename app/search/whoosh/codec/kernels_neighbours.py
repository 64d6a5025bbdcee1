"""Compiled: the postings of a few papers, and how often two of their words stand side by side."""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_phrase import find_positions
from app.search.whoosh.codec.kernels_windows import gallop


@compiled
def look_up(docs, starts, ends, wanted, room):  # type: ignore[no-untyped-def]
    """Put range, posting and place of each find into the columns of `room`; returns how many."""
    found = 0
    for r in range(starts.shape[0]):
        place, end = starts[r], ends[r]
        for at in range(wanted.shape[0]):
            place = gallop(docs, place, end, wanted[at])
            if place >= end:
                break
            if docs[place] == wanted[at]:
                room[0, found], room[1, found], room[2, found] = r, place, at
                found += 1
    return found


@compiled
def _count_steps(positions, a, a_end, b, b_end):  # type: ignore[no-untyped-def]
    """How many of the first positions have a second one right behind."""
    count = 0
    while a < a_end and b < b_end:
        wanted = np.int64(positions[a]) + 1
        position = np.int64(positions[b])
        count += position == wanted
        if position < wanted:
            b += 1
        else:
            a += 1
    return count


@compiled
def _mark_met(ats, firsts, lefts, rights, is_met):  # type: ignore[no-untyped-def]
    """Mark finds of both words of a pair in one paper; returns how many pairs of finds meet."""
    met = 0
    for p in range(lefts.shape[0]):
        a, a_end = firsts[lefts[p]], firsts[lefts[p] + 1]
        b, b_end = firsts[rights[p]], firsts[rights[p] + 1]
        while a < a_end and b < b_end:
            if ats[a] == ats[b]:
                is_met[a] = is_met[b] = True
                met += 1
                a += 1
                b += 1
            elif ats[a] < ats[b]:
                a += 1
            else:
                b += 1
    return met


@compiled
def count_neighbours(codes, places, shifts, postings, ats, firsts, lefts, rights):  # type: ignore[no-untyped-def]
    """Which pair, which find of its left word and how often, int64[3, n]; see `kernel_protocol`."""
    positions, blocks = places.positions, places.block_positions
    wide_postings, wide_frequencies = places.wide_postings, places.wide_frequencies
    is_met = np.zeros(postings.shape[0], np.bool_)
    room = np.empty((3, _mark_met(ats, firsts, lefts, rights, is_met)), np.int64)
    begins = np.empty((postings.shape[0], 2), np.int64)
    for r in range(firsts.shape[0] - 1):
        # Only postings that meet are worth finding the positions of.
        met = firsts[r] + np.flatnonzero(is_met[firsts[r] : firsts[r + 1]])
        some = np.empty((met.shape[0], 2), np.int64)
        find_positions(
            codes, blocks, wide_postings, wide_frequencies, shifts[r], postings[met], some
        )
        for m in range(met.shape[0]):
            begins[met[m], 0], begins[met[m], 1] = some[m, 0], some[m, 1]
    found = 0
    for p in range(lefts.shape[0]):
        a, a_end = firsts[lefts[p]], firsts[lefts[p] + 1]
        b, b_end = firsts[rights[p]], firsts[rights[p] + 1]
        while a < a_end and b < b_end:
            if ats[a] < ats[b]:
                a += 1
            elif ats[b] < ats[a]:
                b += 1
            else:
                count = _count_steps(
                    positions, begins[a, 0], begins[a, 1], begins[b, 0], begins[b, 1]
                )
                if count > 0:
                    room[0, found], room[1, found], room[2, found] = p, a, count
                    found += 1
                a += 1
                b += 1
    return room[:, :found]
