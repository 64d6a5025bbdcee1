"""Softmax and its alternatives: published numbers, independent oracles, domains and pitfalls."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm

from app.operators import softmax
from app.operators.errors import OperatorDomainError
from app.operators.softmax.perturbation import NoiseName
from tests.unit.operators.support import PRINTED, Array, vectors

# Spec B2 (d): x, then softmax, entmax 1.2, entmax 1.5, sparsemax.
TABLE = [
    (
        [1.0, 2.0, 3.0],
        [0.090031, 0.244728, 0.665241],
        [0.045791, 0.221458, 0.732751],
        [0.0, 0.169281, 0.830719],
        [0.0, 0.0, 1.0],
    ),
    (
        [0.5, 0.2, 0.1],
        [0.414742, 0.307248, 0.278010],
        [0.434572, 0.300895, 0.264533],
        [0.472970, 0.289151, 0.237879],
        [0.566667, 0.266667, 0.166667],
    ),
    (
        [3.0, 2.0, 1.0, 4.0],
        [0.236883, 0.087144, 0.032059, 0.643914],
        [0.220308, 0.045465, 0.004473, 0.729754],
        [0.169281, 0.0, 0.0, 0.830719],
        [0.0, 0.0, 0.0, 1.0],
    ),
    ([1.0, 0.0], [0.731059, 0.268941], [0.765794, 0.234206], [0.830719, 0.169281], [1.0, 0.0]),
    ([2.0, 0.0], [0.880797, 0.119203], [0.931013, 0.068987], [1.0, 0.0], [1.0, 0.0]),
    ([0.0, 0.0, 0.0], [1 / 3] * 3, [1 / 3] * 3, [1 / 3] * 3, [1 / 3] * 3),
]


def threshold_of(point: softmax.SimplexPoint) -> float:
    assert point.threshold is not None
    return float(point.threshold)


@pytest.mark.parametrize(("x", "soft", "entmax12", "entmax15", "sparse"), TABLE)
def test_the_published_table_is_reproduced(
    x: list[float],
    soft: list[float],
    entmax12: list[float],
    entmax15: list[float],
    sparse: list[float],
) -> None:
    for actual, expected in [
        (softmax.softmax(x), soft),
        (softmax.entmax(x, 1.2).p, entmax12),
        (softmax.entmax(x).p, entmax15),
        (softmax.sparsemax(x).p, sparse),
        (softmax.entmax(x, 1.0).p, soft),
        (softmax.entmax(x, 2.0).p, sparse),
        (softmax.entmax_bisect(x, 1.5).p, entmax15),
        (softmax.entmax_bisect(x, 2.0).p, sparse),
    ]:
        np.testing.assert_allclose(actual, expected, rtol=0, atol=PRINTED)


def test_published_thresholds_are_reproduced() -> None:
    assert threshold_of(softmax.entmax([1, 2, 3])) == pytest.approx(0.588562, abs=PRINTED)
    assert threshold_of(softmax.entmax_bisect([1, 2, 3], 1.5)) == pytest.approx(
        0.588562, abs=PRINTED
    )
    assert threshold_of(softmax.sparsemax([1, 2, 3])) == pytest.approx(2.0, abs=1e-12)
    assert softmax.entmax([1, 2, 3], 1.0).threshold is None


def test_entmax_near_alpha_one_is_near_softmax() -> None:
    x = [3.0, 2.0, 1.0, 4.0]
    p = softmax.entmax(x, 1.001).p
    np.testing.assert_allclose(p, [0.236816, 0.086951, 0.031893, 0.644340], rtol=0, atol=PRINTED)
    np.testing.assert_allclose(p, softmax.softmax(x), rtol=0, atol=5e-4)
    np.testing.assert_allclose(
        softmax.entmax(x, 1.0 + 1e-9).p, softmax.softmax(x), rtol=0, atol=1e-8
    )


def test_the_support_shrinks_as_alpha_grows() -> None:
    for x, *_ in TABLE:
        sizes = [np.count_nonzero(softmax.entmax(x, a).p) for a in np.linspace(1.0, 2.0, 21)]
        assert all(after <= before for before, after in itertools.pairwise(sizes))


def test_softmax_and_logsumexp_equal_scipys() -> None:
    x = np.random.default_rng(0).standard_normal((3, 4, 50)) * 30
    np.testing.assert_allclose(softmax.softmax(x), scipy.special.softmax(x, axis=-1), rtol=1e-13)
    np.testing.assert_allclose(
        softmax.logsumexp(x), scipy.special.logsumexp(x, axis=-1), rtol=1e-14
    )


@given(vectors(max_size=8))
def test_logsumexp_lies_between_the_maximum_and_log_n_above_it(x: Array) -> None:
    for temperature in (1e-3, 1.0, 7.0):
        value = float(softmax.logsumexp(x, temperature=temperature))
        slack = 1e-12 * (1.0 + np.abs(x).max())
        assert x.max() - slack <= value <= x.max() + temperature * np.log(x.size) + slack


def test_the_half_norm_of_the_jacobian_measures_how_far_p_is_from_one_hot() -> None:
    p = softmax.softmax([1.0, 2.0, 3.0])
    value = float(softmax.jacobian_half_norm(p))
    assert value == pytest.approx(0.489457, abs=PRINTED)
    assert value == pytest.approx(np.abs(softmax.softmax_jacobian([1.0, 2.0, 3.0])).sum() / 2)
    assert float(softmax.jacobian_half_norm([0.0, 1.0, 0.0])) == 0.0
    assert float(softmax.jacobian_half_norm(np.full(8, 1 / 8))) == pytest.approx(1 - 1 / 8)


def projection_by_enumeration(x: Array) -> Array:
    """Nearest point of the simplex: try every support, keep the nearest feasible candidate."""
    best, best_distance = np.full(x.size, np.nan), np.inf
    for size in range(1, x.size + 1):
        for support in itertools.combinations(range(x.size), size):
            p = np.zeros(x.size)
            chosen = list(support)
            p[chosen] = x[chosen] - (x[chosen].sum() - 1.0) / size
            distance = ((p - x) ** 2).sum()
            if p.min() >= 0.0 and distance < best_distance:
                best, best_distance = p, distance
    return best


@pytest.mark.parametrize("spread", [0.05, 0.5, 3.0])
def test_sparsemax_is_the_nearest_point_of_the_simplex(spread: float) -> None:
    rng = np.random.default_rng(1)
    for n in range(1, 9):
        x = spread * rng.standard_normal(n)
        np.testing.assert_allclose(
            softmax.sparsemax(x).p, projection_by_enumeration(x), rtol=0, atol=1e-12
        )


@pytest.mark.parametrize("alpha", [1.2, 1.5, 1.8, 2.0])
def test_entmax_maximises_the_regularised_score_over_the_simplex(alpha: float) -> None:
    # entmax = argmax over the simplex of p . x - (sum p^alpha - 1)/(alpha (alpha - 1)).
    rng = np.random.default_rng(2)
    for _ in range(5):
        x = rng.standard_normal(5)

        def loss(p: Array, x: Array = x) -> float:
            powers = np.maximum(p, 0.0) ** alpha
            return float(powers.sum() / (alpha * (alpha - 1.0)) - p @ x)

        found = minimize(
            loss,
            np.full(5, 0.2),
            method="SLSQP",
            bounds=[(0.0, 1.0)] * 5,
            constraints=[{"type": "eq", "fun": lambda p: p.sum() - 1.0}],
            options={"ftol": 1e-14, "maxiter": 500},
        )
        p = softmax.entmax(x, alpha).p
        np.testing.assert_allclose(p, found.x, rtol=0, atol=2e-4)
        assert loss(p) <= loss(found.x) + 1e-10


@pytest.mark.parametrize("spread", [1e-7, 1e-3, 0.1, 1.0, 10.0])
@pytest.mark.parametrize("n", [2047, 2049, 20_000])
def test_long_rows_agree_with_the_search_and_sum_to_one(n: int, spread: float) -> None:
    x = spread * np.random.default_rng(n).standard_normal(n)
    for actual, alpha in [(softmax.sparsemax(x), 2.0), (softmax.entmax(x), 1.5)]:
        np.testing.assert_allclose(actual.p, softmax.entmax_bisect(x, alpha).p, rtol=0, atol=1e-12)
        assert actual.p.sum() == pytest.approx(1.0, abs=1e-12)


def test_long_rows_of_ties_and_of_evenly_spaced_entries_are_exact() -> None:
    n = 5000
    np.testing.assert_allclose(softmax.sparsemax(np.ones(n)).p, 1 / n, rtol=1e-9)
    np.testing.assert_allclose(softmax.entmax(np.ones(n)).p, 1 / n, rtol=1e-9)
    steps = np.linspace(0.0, 1.0, n)
    assert softmax.sparsemax(steps).p.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(
        softmax.sparsemax(steps).p, softmax.entmax_bisect(steps, 2.0).p, rtol=0, atol=1e-13
    )


def test_erasing_what_is_far_below_never_changes_sparse_maps() -> None:
    x = np.concatenate([[0.3, 0.1, 0.0], np.full(3000, -50.0)])
    for mapping in (softmax.sparsemax, softmax.entmax):
        np.testing.assert_allclose(mapping(x).p[:3], mapping(x[:3]).p, rtol=0, atol=1e-15)


def test_taylor_softmax_matches_the_published_numbers() -> None:
    np.testing.assert_allclose(
        softmax.taylor_softmax([1, 2, 3], 2).p, [0.15625, 0.3125, 0.53125], rtol=0, atol=1e-15
    )
    np.testing.assert_allclose(
        softmax.taylor_softmax([1, 2, 3], 4).p,
        [0.103834, 0.268371, 0.627796],
        rtol=0,
        atol=PRINTED,
    )


def test_taylor_softmax_is_neither_monotone_nor_shift_invariant_and_warns() -> None:
    point = softmax.taylor_softmax([-3, -1, 0], 2)
    np.testing.assert_allclose(point.p, [0.625, 0.125, 0.25], rtol=0, atol=1e-15)
    assert "left of the polynomial's minimum" in point.warnings[0]
    assert softmax.taylor_softmax([-0.9, -0.5, 0.0], 2).warnings == ()
    shifted = softmax.taylor_softmax([2.0, 3.0, 4.0], 2).p
    assert np.abs(shifted - softmax.taylor_softmax([1.0, 2.0, 3.0], 2).p).max() > 0.01


@pytest.mark.parametrize(
    ("degree", "place", "value"),
    [(2, -1.0, 0.5), (4, -1.596070, 0.270395), (6, -2.180610, 0.149325)],
)
def test_the_minimum_of_the_taylor_polynomial(degree: int, place: float, value: float) -> None:
    at, least = softmax.taylor_exp_minimum(degree)
    # The published places were found on a grid; they agree to 5e-6.
    assert at == pytest.approx(place, abs=5e-6)
    assert least == pytest.approx(value, abs=PRINTED)
    assert least == pytest.approx(float(softmax.taylor_exp(at, degree)), abs=1e-12)
    assert float(softmax.taylor_exp(at, degree - 1)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 6, 21, 40])
def test_the_taylor_polynomial_keeps_its_digits_at_negative_arguments(degree: int) -> None:
    # Exact rational arithmetic as the oracle: at -10 the terms of degree 40 reach 2800.
    from fractions import Fraction
    from math import factorial

    for number in (-25, -10, -1, 0, 3):
        exact = sum(Fraction(number) ** m / factorial(m) for m in range(degree + 1))
        assert float(softmax.taylor_exp(float(number), degree)) == pytest.approx(
            float(exact), rel=1e-11
        )


@pytest.mark.parametrize("degree", [1, 3, 0, -2, 151])
def test_a_taylor_degree_that_is_odd_or_out_of_range_is_refused(degree: int) -> None:
    with pytest.raises(OperatorDomainError, match="degree must be"):
        softmax.taylor_softmax([1.0, 2.0], degree)


def test_a_taylor_polynomial_that_overflows_is_refused() -> None:
    with pytest.raises(OperatorDomainError, match="overflows"):
        softmax.taylor_softmax([1e200, 0.0], 2)
    with pytest.raises(OperatorDomainError, match="overflows"):
        softmax.taylor_softmax([-1e200, 0.0], 2)


def test_sparse_softmax_keeps_the_k_largest() -> None:
    point = softmax.sparse_softmax([3, 2, 1, 4], 2)
    np.testing.assert_allclose(point.p, [0.268941, 0, 0, 0.731059], rtol=0, atol=PRINTED)
    assert point.support.tolist() == [True, False, False, True]
    np.testing.assert_allclose(
        softmax.sparse_softmax([3, 2, 1, 4], 4).p, softmax.softmax([3, 2, 1, 4]), rtol=1e-14
    )
    tied = softmax.sparse_softmax([1, 1, 1], 2)
    assert tied.support.tolist() == [True, True, False]
    assert "not unique" in tied.warnings[0]


def test_sparse_softmax_by_mass_keeps_the_fewest_entries_that_hold_it() -> None:
    x = [3.0, 2.0, 1.0, 4.0]
    for mass, size in [(0.01, 1), (0.64, 1), (0.65, 2), (0.88, 2), (0.9, 3), (0.97, 4), (1.0, 4)]:
        point = softmax.sparse_softmax_top_p(x, mass)
        assert np.count_nonzero(point.support) == size
        assert point.p.sum() == pytest.approx(1.0)
    with pytest.raises(OperatorDomainError, match="mass must be"):
        softmax.sparse_softmax_top_p(x, 0.0)


def test_gumbel_noise_gives_softmax_exactly_and_nearly_by_quadrature() -> None:
    x = [1.0, 2.0, 3.0]
    np.testing.assert_allclose(softmax.perturb_max(x), softmax.softmax(x), rtol=1e-14)
    raw = softmax.perturb_max(x, "gumbel", nodes=1000, rule="open", renormalise=False)
    assert raw.sum() == pytest.approx(0.99949, abs=1e-5)
    np.testing.assert_allclose(raw, softmax.softmax(x), rtol=0, atol=5e-4)
    assert softmax.perturb_max(x, "gumbel", nodes=1000).sum() == pytest.approx(1.0, abs=1e-12)


def test_normal_noise_matches_the_published_numbers_and_adaptive_quadrature() -> None:
    x = np.array([1.0, 2.0, 3.0])
    p = softmax.perturb_max(x, "normal")
    np.testing.assert_allclose(p, [0.04715, 0.22410, 0.72875], rtol=0, atol=2e-5)
    for i in range(3):
        others = np.delete(x, i)
        exact, _ = quad(
            lambda e, i=i, others=others: norm.pdf(e) * norm.cdf(x[i] - others + e).prod(), -9, 9
        )
        assert p[i] == pytest.approx(exact, abs=2e-5)
    raw = softmax.perturb_max(x, "normal", nodes=1000, renormalise=False)
    assert raw.sum() == pytest.approx(0.999989, abs=PRINTED)


def test_two_entries_with_normal_noise_have_a_closed_form() -> None:
    exact = softmax.perturb_max([0.7, 0.0], "normal")
    assert exact[0] == pytest.approx(0.689691, abs=PRINTED)
    assert exact[0] == pytest.approx(norm.cdf(0.7 / np.sqrt(2)), abs=1e-14)
    coarse = softmax.perturb_max([0.7, 0.0], "normal", nodes=2000, rule="open")
    assert coarse[0] == pytest.approx(0.689786, abs=PRINTED)


@pytest.mark.parametrize("noise", ["gumbel", "normal", "logistic", "laplace"])
def test_sampled_winners_agree_with_the_quadrature(noise: NoiseName) -> None:
    # 40,000 draws; each frequency within 4.5 standard errors: a false alarm once in 1e5 runs,
    # and none at all with this seed.
    x = np.array([0.3, -0.5, 1.1, 0.0])
    draws = softmax.perturb_max_sample(x, noise, size=40_000, rng=np.random.default_rng(6))
    p = softmax.perturb_max(x, noise)
    frequency = np.bincount(draws, minlength=4) / draws.size
    assert np.all(np.abs(frequency - p) <= 4.5 * np.sqrt(p * (1 - p) / draws.size) + 1e-4)


def test_samples_are_reproducible_and_shaped_like_the_batch() -> None:
    x = np.zeros((2, 3, 5))
    first = softmax.perturb_max_sample(x, size=7, rng=np.random.default_rng(1))
    again = softmax.perturb_max_sample(x, size=7, rng=np.random.default_rng(1))
    assert first.shape == (7, 2, 3)
    assert np.array_equal(first, again)


def test_the_quadrature_works_in_blocks_without_changing_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = np.random.default_rng(7).standard_normal((2, 6))
    whole = softmax.perturb_max(x, "logistic", nodes=50)
    monkeypatch.setattr("app.operators.softmax.perturbation.BLOCK_ENTRIES", 20)
    np.testing.assert_allclose(
        softmax.perturb_max(x, "logistic", nodes=50), whole, rtol=0, atol=1e-14
    )


def test_an_unknown_noise_is_refused_with_the_known_ones() -> None:
    perturb: Callable[..., Array] = softmax.perturb_max
    with pytest.raises(OperatorDomainError, match="gumbel, normal"):
        perturb([1.0, 2.0], "cauchy")
    with pytest.raises(OperatorDomainError, match="midpoint"):
        perturb([1.0, 2.0], rule="closed")


@pytest.mark.parametrize("alpha", [0.9, 2.1, float("nan")])
def test_alpha_outside_its_range_is_refused(alpha: float) -> None:
    with pytest.raises(OperatorDomainError, match="between 1"):
        softmax.entmax([1.0, 2.0], alpha)


@pytest.mark.parametrize(
    "operator",
    [softmax.softmax, softmax.logsumexp, softmax.sparsemax, softmax.entmax, softmax.perturb_max],
)
def test_inputs_outside_the_domain_are_refused(operator: Callable[..., object]) -> None:
    for x in ([np.nan, 1.0], [np.inf], [], [1j]):
        with pytest.raises(OperatorDomainError):
            operator(x)
    for temperature in (0.0, -1.0, np.nan):
        with pytest.raises(OperatorDomainError, match="temperature"):
            operator([1.0, 2.0], temperature=temperature)
