"""Words that differ by a letter or two, found without looking at all words.

Symmetric deletion: two words at most n edits apart share a string that arises from each by
leaving out at most n letters. All such strings of the first `PREFIX_CHARS` letters of every word
are kept as sorted hashes with the word's number, so a lookup is some thirty binary searches; the
caller compares exactly what is found. Built by numpy over all words at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

PREFIX_CHARS = 7
"""Letters of a word whose deletions are kept; more cost room and find little more."""

MAX_EDITS = 2
MIN_CHARS = 4
"""Shorter words are never what a longer one was meant to be."""

MIN_CHARS_FOR_TWO_EDITS = 7
"""Shorter words are looked for one edit away only, so they need no second deletion."""

_LETTER_BITS = 5
_MULTIPLIER = 0x9E3779B97F4A7C15
"""Spreads 35 bits over 64; odd (Knuth's multiplicative hashing with the golden ratio)."""

_ALL_BITS = 2**64 - 1


@dataclass(frozen=True, slots=True)
class DeletionIndex:
    """Hashes of shortened words, ascending, and the number of the word each came from."""

    hashes: NDArray[np.uint32]
    numbers: NDArray[np.uint32]

    def find(self, word: str, max_edits: int) -> set[int]:
        """Numbers of the words that may be at most `max_edits` from a word of a to z."""
        wanted = np.array(sorted(set(_iter_hashes(word, max_edits))), np.uint32)
        starts = np.searchsorted(self.hashes, wanted, side="left").tolist()
        ends = np.searchsorted(self.hashes, wanted, side="right").tolist()
        found: set[int] = set()
        for start, end in zip(starts, ends, strict=True):
            found.update(self.numbers[start:end].tolist())
        return found


def make_deletion_index(words: list[str], numbers: NDArray[np.uint32]) -> DeletionIndex:
    """The index of words of a to z with their numbers; those below `MIN_CHARS` are left out."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    codes = _encode(words)
    hashes: list[NDArray[np.uint32]] = []
    owners: list[NDArray[np.uint32]] = []
    for length in range(MIN_CHARS, PREFIX_CHARS + 1):
        of_length = lengths == length if length < PREFIX_CHARS else lengths >= PREFIX_CHARS
        rows = codes[of_length]
        edits = MAX_EDITS if length >= MIN_CHARS_FOR_TWO_EDITS else 1
        for kept in _iter_kept(length, edits):
            hashes.append(_hash_rows(rows[:, kept]))
            owners.append(numbers[of_length])
    if not hashes:
        return DeletionIndex(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    joined = np.concatenate(hashes)
    order = np.argsort(joined, kind="stable")
    return DeletionIndex(joined[order], np.concatenate(owners)[order])


def _encode(words: list[str]) -> NDArray[np.uint64]:
    """The first letters of each word as 1 to 26, a row a word; 0 behind its end."""
    padded = "".join(word[:PREFIX_CHARS].ljust(PREFIX_CHARS, "`") for word in words)
    letters = np.frombuffer(padded.encode("ascii"), np.uint8).reshape(len(words), PREFIX_CHARS)
    return (letters - (ord("a") - 1)).astype(np.uint64)


def _iter_kept(length: int, edits: int) -> Iterator[list[int]]:
    """Places that remain when none, one, … `edits` of `length` letters are left out."""
    for left_out in range(min(edits, length - 1) + 1):
        for gone in combinations(range(length), left_out):
            yield [place for place in range(length) if place not in gone]


def _hash_rows(rows: NDArray[np.uint64]) -> NDArray[np.uint32]:
    key = np.zeros(len(rows), np.uint64)
    for column in range(rows.shape[1]):
        key = (key << np.uint64(_LETTER_BITS)) | rows[:, column]
    with np.errstate(over="ignore"):
        mixed = key * np.uint64(_MULTIPLIER)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _iter_hashes(word: str, max_edits: int) -> Iterator[int]:
    codes = [ord(letter) - (ord("a") - 1) for letter in word[:PREFIX_CHARS]]
    for kept in _iter_kept(len(codes), max_edits):
        key = 0
        for place in kept:
            key = key << _LETTER_BITS | codes[place]
        yield (key * _MULTIPLIER & _ALL_BITS) >> 32
