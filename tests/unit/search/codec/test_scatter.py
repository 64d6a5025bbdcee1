"""Adding at chosen places, by SciPy's compiled function and by numpy alone."""

import numpy as np
import pytest

from app.search.whoosh.codec.scatter import Scatter, find_column_product


def test_this_scipy_has_the_fast_way() -> None:
    """Without it searches are slower where nothing is compiled; look for its new name."""
    assert find_column_product() is not None


@pytest.mark.parametrize("is_plain", [False, True], ids=["scipy", "numpy"])
def test_gains_are_added_at_their_places(*, is_plain: bool) -> None:
    scatter = Scatter(is_plain=is_plain)
    totals = np.array([1.0, 2.0, 3.0, 4.0])
    scatter.gains[:2] = [0.5, 0.1]
    scatter.add(totals, np.array([101, 103], np.uint32), 100)
    assert totals.tolist() == [1.0, 2.5, 3.0, 4.1]
    scatter.add(totals, np.zeros(0, np.uint32), 100)
    assert totals.tolist() == [1.0, 2.5, 3.0, 4.1]
