"""Words within a number of edits of another."""

from collections.abc import Iterable, Iterator


def find_within_edits(word: str, candidates: Iterable[str], max_edits: int) -> Iterator[str]:
    """Those of the candidates that are at most `max_edits` away.

    One insertion, deletion, replacement or swap of neighbours is one edit.

    >>> list(find_within_edits("graph", ["graph", "grpah", "graphs", "grid"], 1))
    ['graph', 'grpah', 'graphs']
    """
    return (each for each in candidates if count_edits(word, each, max_edits) <= max_edits)


def count_edits(a: str, b: str, limit: int) -> int:
    """The optimal string alignment distance; any number above `limit` once it is exceeded.

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
