"""Several ascending lists of texts into one, by compiled code: keys of terms, names of authors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import kernels_merge
from app.search.whoosh.codec.kernel_types import freeze
from app.search.whoosh.codec.posting_columns import expand_ranges

Array = NDArray[Any]
TextList = tuple[Array, NDArray[np.int64]]
"""Texts one after another, uint8, and where each begins together with the end of the last."""


def unite_texts(lists: Sequence[TextList]) -> tuple[TextList, list[NDArray[np.int64]]]:
    """All distinct texts of ascending lists in order, and the place there of each list's texts."""
    united: TextList = (np.zeros(0, np.uint8), np.zeros(1, np.int64))
    for data, ends in lists:
        united = _unite(united, (data, ends))
    places = []
    for data, ends in lists:
        found = np.empty(len(ends) - 1, np.int64)
        kernels_merge.find_texts(freeze(united[0]), united[1], freeze(data), ends, found)
        places.append(found)
    return united, places


def _unite(first: TextList, second: TextList) -> TextList:
    data = np.empty(int(first[1][-1] + second[1][-1] - second[1][0]), np.uint8)
    ends = np.empty(len(first[1]) + len(second[1]) - 1, np.int64)
    count = kernels_merge.unite(
        freeze(first[0]), first[1], freeze(second[0]), second[1], data, ends
    )
    return data[: ends[count]], ends[: count + 1]


def choose_texts(texts: TextList, chosen: NDArray[np.bool_]) -> TextList:
    """Some texts of a list."""
    data, ends = texts
    if chosen.all():
        return texts
    lengths = np.diff(ends)[chosen]
    kept = data[expand_ranges(ends[:-1][chosen], lengths)]
    return kept, np.append(0, np.cumsum(lengths))
