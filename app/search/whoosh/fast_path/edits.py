"""How many edits lie between words.

One insertion, deletion, replacement or swap of neighbours is one edit, and no letter takes part in
two of them: the optimal string alignment distance.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import I64


def count_edits(a: str, b: str, limit: int) -> int:
    """The distance of two words; any number above `limit` once it is exceeded.

    >>> count_edits("neutrino", "neturino", 2)
    1
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return last[-1]


def count_edits_of_all(word: I64, others: NDArray[Any]) -> NDArray[np.uint8]:
    """The distance of a word from each of n others of one length m, shape (n,).

    Args:
        word: its letters as numbers.
        others: their letters, shape (n, m).

    >>> others = np.array([list(b"grpah"), list(b"grand")])
    >>> count_edits_of_all(np.array(list(b"graph")), others).tolist()
    [1, 2]
    """
    count, length = others.shape
    columns = np.ascontiguousarray(others.T)
    before_last: list[NDArray[np.uint8]] = []
    last = [np.full(count, j, np.uint8) for j in range(length + 1)]
    for i, letter in enumerate(word.tolist(), start=1):
        row = [np.full(count, i, np.uint8)]
        for j in range(1, length + 1):
            cost = np.minimum(last[j], row[j - 1]) + np.uint8(1)
            np.minimum(cost, last[j - 1] + (columns[j - 1] != letter), out=cost)
            if i > 1 and j > 1:
                is_swap = (columns[j - 2] == letter) & (columns[j - 1] == word[i - 2])
                np.minimum(cost, np.where(is_swap, before_last[j - 2] + 1, 255), out=cost)
            row.append(cost)
        before_last, last = last, row
    return last[-1]
