"""Numbers added to chosen places of an array, as fast as installed libraries can.

`scores[places] += gains` reads, adds and writes in three passes and makes three arrays, some
10 ns an item. SciPy multiplies a sparse column by a vector in one pass, which is the same thing,
at 1 to 2 ns; its compiled function is no public interface, so numpy's `add.at` stands in where it
is missing (some 4 ns). All three give equal results: every place occurs once.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_types import F64, U32

CHUNK_ITEMS = 2**15
"""Items that are worth adding together: they and their places fit the cache."""

ColumnProduct = Callable[..., None]
_ONE = np.ones(1)


@lru_cache(maxsize=1)
def find_column_product() -> ColumnProduct | None:
    """`y[places] += values * x`, compiled; None when this SciPy has no such function."""
    try:
        # Imported when first used: SciPy takes a while, and compiled kernels do without it.
        from scipy.sparse import _sparsetools  # noqa: PLC0415  # nothing public is as fast
    except ImportError:
        return None
    found: ColumnProduct | None = getattr(_sparsetools, "csc_matvec", None)
    return found


class Scatter:
    """Adds up to `CHUNK_ITEMS` gains at a time; for one thread.

    Attributes:
        gains: float64[CHUNK_ITEMS], what is added next.

    Args:
        is_plain: do with numpy alone.
    """

    def __init__(self, *, is_plain: bool = False) -> None:
        self.gains: F64 = np.empty(CHUNK_ITEMS)
        self._rows: NDArray[np.int32] = np.empty(CHUNK_ITEMS, np.int32)
        self._ends: NDArray[np.int32] = np.zeros(2, np.int32)
        self._column_product = None if is_plain else find_column_product()

    def add(self, totals: F64, places: U32, base: int) -> None:
        """Add `gains[i]` to `totals[places[i] - base]`; every place occurs once.

        Args:
            totals: shorter than 2**31.
            places: at least `base`, below `base + len(totals)`; at most `CHUNK_ITEMS`.
        """
        count = len(places)
        rows, gains = self._rows[:count], self.gains[:count]
        np.subtract(places, np.uint32(base), out=rows, casting="unsafe")
        if self._column_product is None:
            np.add.at(totals, rows.astype(np.intp), gains)
            return
        self._ends[1] = count
        self._column_product(len(totals), 1, self._ends, rows, gains, _ONE, totals)
