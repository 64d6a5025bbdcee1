"""Without compiled code: documents that hold words at given distances from each other."""

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import I64, U32, Places, Words
from app.search.whoosh.codec.layout import BLOCK_POSTINGS, TF_LIMIT


def expand(starts: NDArray[np.integer], ends: NDArray[np.integer]) -> I64:
    """The numbers of many half-open ranges, one range after another."""
    begins = np.asarray(starts, np.int64)
    lengths = np.asarray(ends, np.int64) - begins
    before = np.cumsum(lengths) - lengths
    return np.repeat(begins - before, lengths) + np.arange(int(lengths.sum()))


def intersect_words(docs: U32, words: Words) -> tuple[U32, list[I64]]:
    """Documents that hold all words, and each word's postings of them."""
    order = np.argsort(words.ends - words.starts, kind="stable").tolist()
    common = words.among
    if not len(common):
        rarest = order.pop(0)
        common = docs[words.starts[rarest] : words.ends[rarest]]
    for w in order:
        column = docs[words.starts[w] : words.ends[w]]
        places = np.minimum(np.searchsorted(column, common), max(len(column) - 1, 0))
        common = common[column[places] == common] if len(column) else common[:0]
    standing = [
        words.starts[w] + np.searchsorted(docs[words.starts[w] : words.ends[w]], common)
        for w in range(len(words.starts))
    ]
    return common, standing


def gather_frequencies(codes: NDArray[np.uint16], places: Places, postings: I64) -> I64:
    """How many positions each posting has."""
    frequencies = (codes[postings] >> 8).astype(np.int64)
    saturated = np.flatnonzero(frequencies == TF_LIMIT)
    if len(saturated) and len(places.wide_postings):
        wanted = postings[saturated].astype(np.uint64)
        wide = np.searchsorted(places.wide_postings, wanted)
        wide = np.minimum(wide, len(places.wide_postings) - 1)
        is_wide = places.wide_postings[wide] == wanted
        frequencies[saturated[is_wide]] = places.wide_frequencies[wide[is_wide]]
    return frequencies


def read_positions(
    codes: NDArray[np.uint16], words: Words, places: Places, w: int, postings: I64
) -> tuple[I64, I64]:
    """All positions of some postings of a word, and which of the postings each belongs to."""
    start, end = int(words.starts[w]) // BLOCK_POSTINGS * BLOCK_POSTINGS, int(words.ends[w])
    if len(postings) * BLOCK_POSTINGS < end - start:
        begins, counts = locate_few(codes, places, postings)
    else:
        # All positions of a word stand in one piece, which may begin within a block.
        frequencies = gather_frequencies(codes, places, np.arange(start, end))
        before = int(places.block_positions[start // BLOCK_POSTINGS]) - places.shift
        begins = (before + np.cumsum(frequencies) - frequencies)[postings - start]
        counts = frequencies[postings - start]
    positions = places.positions[expand(begins, begins + counts)].astype(np.int64)
    return positions, np.repeat(np.arange(len(postings)), counts)


def locate_few(codes: NDArray[np.uint16], places: Places, postings: I64) -> tuple[I64, I64]:
    """Where the positions of some postings begin, each found from its own block, and how many."""
    blocks = postings // BLOCK_POSTINGS
    before = postings - blocks * BLOCK_POSTINGS
    others = expand(postings - before, postings)
    sums = np.zeros(len(others) + 1, np.int64)
    np.cumsum(gather_frequencies(codes, places, others), out=sums[1:])
    ends = np.cumsum(before)
    passed = sums[ends] - sums[ends - before]
    begins = places.block_positions[blocks].astype(np.int64) - places.shift + passed
    return begins, gather_frequencies(codes, places, postings)


def step(
    reached: I64, owners: I64, positions: I64, position_owners: I64, *, gap: int, slop: int
) -> tuple[I64, I64]:
    """Positions of the next word that stand right behind a reached one of the same document."""
    if not len(reached) or not len(positions):
        return positions[:0], position_owners[:0]
    # One ascending number for document and position, with room between documents.
    span = int(max(reached.max(), positions.max())) + 1
    have = owners * span + reached
    latest = position_owners * span + positions - gap
    # The nearest reached position that is at least a gap before each.
    at = np.maximum(np.searchsorted(have, latest, side="right") - 1, 0)
    is_near = (have[at] <= latest) & (have[at] >= latest - slop) & (owners[at] == position_owners)
    return positions[is_near], position_owners[is_near]
