"""What posting codes are worth: look-up tables, and how words of two fields are put together."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

CODE_COUNT = 65_536
"""Values of a posting code: term frequency (high byte) and length byte (low byte)."""


class Tables(NamedTuple):
    """What a posting code is worth in each field, idf left out; a row for each of S fields.

    Attributes:
        scores: float64[S, CODE_COUNT].
        odds: float64[S, CODE_COUNT], s / (ceiling - s) for each score s: what adds up where two
            fields are one text. 0 in fields that are never joined.
        ceiling: what every score of a joined field stays below.
    """

    scores: F64
    odds: F64
    ceiling: float


def join_odds(first: Any, second: Any, ceiling: float) -> Any:
    """The score of a word that two fields hold, from its odds in each.

    With s = ceiling x / (x + k1) and ceiling = k1 + 1, odds are x / k1; so this saturates the sum
    of both frequencies. The arithmetic is the same in all kernels, to the last bit.
    """
    both = first + second
    return ceiling * both / (both + 1.0)


def make_lookup_table(
    average_length: float, lengths: NDArray[Any], *, b: float, k1: float, weight: float = 1.0
) -> F64:
    """The BM25 factor of every posting code of one field, float64[65536].

    The same arithmetic as `whoosh.scoring.bm25` without the idf: tf (k1+1) over
    tf + k1 (1 - b + b length / average).

    Args:
        lengths: the length that each length byte stands for, shape (256,).
        weight: what one occurrence counts.
    """
    tf = weight * np.arange(256, dtype=np.float64)[:, None]
    norm = k1 * ((1.0 - b) + b * np.asarray(lengths, np.float64)[None, :] / average_length)
    table: F64 = np.zeros((256, 256))
    np.divide(tf * (k1 + 1.0), tf + norm, out=table, where=tf > 0)
    return table.reshape(CODE_COUNT)


def make_odds(scores: F64, ceiling: float) -> F64:
    """`Tables.odds` of a row of scores, which stay below the ceiling."""
    return scores / (ceiling - scores)


def make_frequency_table() -> F64:
    """The factor of a field whose score is the frequency alone, float64[65536]."""
    return np.repeat(np.arange(256, dtype=np.float64), 256)
