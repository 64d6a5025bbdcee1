"""CUR, leverage scores and DEIM (kexue.fm 10662)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import pinv

from app.operators.errors import OperatorDomainError
from app.operators.low_rank import cur, deim, leverage_scores, svd_floor
from tests.unit.operators.support import PRINTED, Array

RANK_TWO = np.array([[1.0, 2, 3], [2, 4, 6], [1, 1, 1]])


def rank_six(seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((15, 6)) @ rng.standard_normal((6, 12))


def deim_by_definition(V: Array, r: int) -> list[int]:
    points = [int(np.argmax(np.abs(V[:, 0])))]
    for k in range(1, r):
        weights = np.linalg.solve(V[points, :k], V[points, k])
        points.append(int(np.argmax(np.abs(V[:, k] - V[:, :k] @ weights))))
    return points


def test_the_worked_example_is_exact_at_its_rank() -> None:
    for mode in ("optimal", "intersection"):
        found = cur(RANK_TWO, [0, 1], [0, 2], mode)
        np.testing.assert_allclose(found.approximation(RANK_TWO), RANK_TWO, atol=1e-12)
        assert found.warnings == ()


def test_the_intersection_predicts_the_changed_entry_and_the_optimum_shares_its_error() -> None:
    changed = RANK_TWO.copy()
    changed[1, 2] = 7
    by_block = cur(changed, [0, 1], [0, 2], "intersection")
    assert by_block.error**2 == pytest.approx(1, abs=PRINTED)
    assert by_block.approximation(changed)[1, 2] == pytest.approx(6, abs=PRINTED)
    optimal = cur(changed, [0, 1], [0, 2], "optimal")
    assert optimal.error**2 == pytest.approx(1 / 3, abs=PRINTED)
    assert optimal.svd_floor == pytest.approx(svd_floor(changed, 2), rel=1e-12)


@given(seed=st.integers(0, 2**16), c=st.integers(1, 4), s=st.integers(1, 4))
def test_the_optimal_middle_is_never_worse_and_the_floor_is_lower_still(
    seed: int, c: int, s: int
) -> None:
    rng = np.random.default_rng(seed)
    M = rng.standard_normal((6, 5))
    S1, S2 = rng.permutation(5)[:c].tolist(), rng.permutation(6)[:s].tolist()
    optimal, block = cur(M, S1, S2, "optimal"), cur(M, S1, S2, "intersection")
    assert optimal.u.shape == block.u.shape == (c, s)
    assert optimal.svd_floor is not None
    assert optimal.svd_floor <= optimal.error + 1e-12
    assert optimal.error <= block.error + 1e-9
    C, R = M[:, S1], M[S2]
    np.testing.assert_allclose(optimal.u, pinv(C) @ M @ pinv(R), atol=1e-8)
    if c == s:
        # An invertible block reproduces the chosen columns and rows.
        approximation = block.approximation(M)
        scale = np.linalg.cond(M[np.ix_(S2, S1)])
        np.testing.assert_allclose(approximation[:, S1], C, atol=1e-12 * scale)
        np.testing.assert_allclose(approximation[S2], R, atol=1e-12 * scale)


def test_a_singular_intersection_is_reported() -> None:
    found = cur(RANK_TWO, [0, 1], [0, 1], "intersection")
    assert "singular (rank 1)" in found.warnings[0]
    assert np.isfinite(found.u).all()


def test_exact_recovery_of_rank_six_from_deim_points() -> None:
    M = rank_six()
    u, _, vt = np.linalg.svd(M)
    found = cur(M, deim(vt[:6].T, 6).indices, deim(u[:, :6], 6).indices, "intersection")
    assert found.error < 1e-12 * np.linalg.norm(M)
    assert cur(M, found.columns, found.rows, "optimal", with_floor=False).svd_floor is None


@given(seed=st.integers(0, 2**16), r=st.integers(1, 6))
def test_deim_follows_its_definition_for_any_sign_of_the_vectors(seed: int, r: int) -> None:
    rng = np.random.default_rng(seed)
    V = np.linalg.qr(rng.standard_normal((9, 6)))[0]
    points = deim(V, r)
    assert points.indices.tolist() == deim_by_definition(V, r)
    assert np.unique(points.indices).size == r
    flipped = V * rng.choice([-1.0, 1.0], size=6)
    assert deim(flipped, r).indices.tolist() == points.indices.tolist()


def test_a_dependent_column_of_the_basis_is_reported_and_points_stay_distinct() -> None:
    column = np.array([0.1, 0.9, 0.3, 0.2])
    V = np.stack([column, 2 * column, np.array([0.0, 0.0, 1.0, 0.5])], axis=1)
    points = deim(V, 3)
    assert points.indices.tolist() == [1, 0, 2]
    assert "1 columns depend" in points.warnings[0]


@given(seed=st.integers(0, 2**16), g=st.integers(1, 5))
def test_leverage_scores_lie_in_the_unit_interval_and_sum_to_their_rank(seed: int, g: int) -> None:
    M = np.random.default_rng(seed).standard_normal((5, 8))
    found = leverage_scores(M, g)
    assert ((found.scores >= 0) & (found.scores <= 1 + 1e-12)).all()
    assert found.scores.sum() == pytest.approx(g, rel=1e-12)


def test_leverage_scores_are_the_diagonal_of_the_hat_matrix() -> None:
    M = rank_six(1)
    found = leverage_scores(M)
    assert found.rank == 6
    np.testing.assert_allclose(found.scores, np.diag(pinv(M) @ M), atol=1e-12)
    rows = leverage_scores(M.T)
    np.testing.assert_allclose(rows.scores, np.diag(M @ pinv(M)), atol=1e-12)
    signs = np.random.default_rng(2).choice([-1.0, 1.0], size=(15, 1))
    np.testing.assert_allclose(leverage_scores(signs * M).scores, found.scores, atol=1e-12)


def test_equal_singular_values_make_the_scores_ambiguous_and_this_is_told() -> None:
    assert "not unique" in leverage_scores(np.eye(3), 2).warnings[0]
    assert leverage_scores(np.eye(3)).warnings == ()


def test_float32_is_kept() -> None:
    single = rank_six().astype(np.float32)
    assert leverage_scores(single, 3).scores.dtype == np.float32
    assert cur(single, [0, 1], [2, 3], "optimal").u.dtype == np.float32


def test_wrong_arguments_are_refused_with_a_sentence() -> None:
    with pytest.raises(OperatorDomainError, match="optimal or intersection"):
        cur(RANK_TWO, [0], [0], "best")  # type: ignore[arg-type]
    with pytest.raises(OperatorDomainError, match="columns must hold indices between 0 and 2"):
        cur(RANK_TWO, [3], [0], "optimal")
    with pytest.raises(OperatorDomainError, match="rows must be a non-empty list"):
        cur(RANK_TWO, [0], [], "optimal")
    with pytest.raises(OperatorDomainError, match="g must be between 1 and 2"):
        leverage_scores(RANK_TWO, 3)
    with pytest.raises(OperatorDomainError, match="is zero"):
        leverage_scores(np.zeros((2, 2)))
    with pytest.raises(OperatorDomainError, match="r must be between 1 and 3"):
        deim(RANK_TWO, 4)
