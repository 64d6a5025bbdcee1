"""Checked inputs, the choice of the k largest, and the safeguarded root search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators.arrays import (
    Float64Array,
    as_class_index,
    as_count,
    as_float_array,
    as_positive,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.root_finding import find_decreasing_root
from app.operators.selection import has_tie_at_boundary, largest_mask
from tests.unit.operators.support import Array, vectors


def test_floats_keep_their_type_and_other_numbers_become_float64() -> None:
    for kept in ("f4", "f8"):
        assert as_float_array(np.ones(2, dtype=kept)).dtype == kept
    for changed in ("f2", "i1", "u8", "?", "g"):
        assert as_float_array(np.ones(2, dtype=changed)).dtype == "f8"


def test_a_float_array_is_not_copied() -> None:
    x = np.ones(3)
    assert as_float_array(x) is x


def test_the_sentence_names_the_argument() -> None:
    with pytest.raises(OperatorDomainError, match="keys holds NaN"):
        as_float_array([np.nan], name="keys")
    with pytest.raises(OperatorDomainError, match="sigma must be"):
        as_positive(-1.0, name="sigma")
    with pytest.raises(OperatorDomainError, match="between 1 and 4, but it is 5"):
        as_count(5, name="k", low=1, high=4)
    with pytest.raises(OperatorDomainError, match="at least 1, but it is 0"):
        as_count(0, name="size", low=1)


def test_a_domain_error_is_a_value_error() -> None:
    assert issubclass(OperatorDomainError, ValueError)


def test_class_indices_are_repeated_for_every_row() -> None:
    assert as_class_index(2, shape=(2, 3), classes=4).tolist() == [[2, 2, 2], [2, 2, 2]]
    with pytest.raises(OperatorDomainError, match="shape"):
        as_class_index([0, 1], shape=(3,), classes=4)


@given(vectors())
def test_centring_keeps_differences_and_leaves_a_maximum_of_zero(x: Array) -> None:
    centred, top = centred_by_maximum(x, 2.0)
    assert centred.max() == 0.0
    np.testing.assert_allclose(centred + top, x / 2.0, rtol=0, atol=1e-14)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_what_overflows_in_the_type_of_the_input_is_refused(dtype: str) -> None:
    largest = np.finfo(dtype).max
    for x in ([largest, -largest], [0.5 * largest, 0.5 * largest]):
        with pytest.raises(OperatorDomainError, match="overflows"):
            centred_by_maximum(np.array(x, dtype=dtype), 1.0)
    with pytest.raises(OperatorDomainError, match="overflows"):
        centred_by_maximum(np.array([1.0, 0.0], dtype=dtype), 1.0 / float(largest))


@given(vectors(), st.integers(0, 12))
def test_the_mask_holds_k_entries_none_smaller_than_those_outside(x: Array, k: int) -> None:
    k = min(k, x.size)
    mask = largest_mask(x, k)
    assert np.count_nonzero(mask) == k
    if 0 < k < x.size:
        assert x[mask].min() >= x[~mask].max()
        assert has_tie_at_boundary(x, k) == (x[mask].min() == x[~mask].max())
    stable = np.argsort(-x, kind="stable")[:k]
    assert sorted(np.flatnonzero(mask)) == sorted(stable)


def test_the_root_search_survives_proposals_that_are_useless() -> None:
    target = np.array([[0.3], [-7.0]])

    def propose(level: Float64Array) -> tuple[Float64Array, Float64Array]:
        return target - level, np.full_like(level, np.nan)

    ends = np.full((2, 1), 100.0)
    root = find_decreasing_root(propose, -ends, ends, start=0 * ends, tolerance=1e-12)
    np.testing.assert_allclose(root, target, rtol=0, atol=1e-11)


def test_the_root_search_returns_the_midpoint_of_what_is_left_when_stopped() -> None:
    def propose(level: Float64Array) -> tuple[Float64Array, Float64Array]:
        return 0.3 - level, np.full_like(level, np.inf)

    ends = np.ones((1, 1))
    root = find_decreasing_root(
        propose, -ends, ends, start=0 * ends, tolerance=1e-12, max_iterations=3
    )
    # -1..1, then 0..1, 0..0.5, 0.25..0.5: the midpoint is 0.375.
    assert float(root[0, 0]) == 0.375
