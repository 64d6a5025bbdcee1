"""Top-k operators: the published numbers, brute force, and the limits of each operator."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from app.operators import top_k
from app.operators.errors import OperatorDomainError
from app.operators.top_k import TopK
from app.operators.top_k.gradients import SmoothTopKName
from tests.unit.operators.support import PRINTED, Array, vectors

X = [3.0, 2.0, 1.0, 4.0]

THRESHOLD: dict[str, Callable[..., TopK]] = {
    "exp": top_k.thre_top_k_exp,
    "sigmoid": top_k.thre_top_k_sigmoid,
    "laplace": top_k.thre_top_k_laplace,
}
SMOOTH: dict[str, Callable[..., TopK]] = THRESHOLD | {"grad": top_k.grad_top_k}


def level_of(result: TopK) -> float:
    assert result.threshold is not None
    return float(result.threshold)


# Spec B1 (d): x = [3, 2, 1, 4]; lambda is None for GradTopK, which has none.
PUBLISHED = [
    ("grad", 1, [0.236883, 0.087144, 0.032059, 0.643914], None),
    ("grad", 2, [0.694413, 0.305587, 0.119203, 0.880797], None),
    ("grad", 3, [0.912856, 0.763117, 0.356086, 0.967941], None),
    ("exp", 1, [0.236883, 0.087144, 0.032059, 0.643914], 4.440190),
    ("exp", 2, [0.665241, 0.244728, 0.090031, 1.0], 3.407606),
    ("exp", 3, [1.0, 0.731059, 0.268941, 1.0], 2.313262),
    ("sigmoid", 1, [0.290285, 0.130789, 0.052451, 0.526475], 3.894000),
    ("sigmoid", 2, [0.622459, 0.377541, 0.182426, 0.817574], 2.5),
    ("sigmoid", 3, [0.869211, 0.709715, 0.473525, 0.947549], 1.105999),
    ("laplace", 1, [0.247350, 0.090995, 0.033475, 0.628180], 3.703803),
    ("laplace", 2, [0.696735, 0.303265, 0.111565, 0.888435], 2.5),
    ("laplace", 3, [0.909005, 0.752650, 0.371820, 0.966525], 1.296197),
]


@pytest.mark.parametrize(("name", "k", "p", "threshold"), PUBLISHED)
def test_the_published_table_is_reproduced(
    name: str, k: int, p: Array, threshold: float | None
) -> None:
    result = SMOOTH[name](X, k)
    np.testing.assert_allclose(result.p, p, rtol=0, atol=PRINTED)
    if threshold is None:
        assert result.threshold is None
    else:
        assert level_of(result) == pytest.approx(threshold, abs=PRINTED)


@pytest.mark.parametrize(
    ("k", "p"),
    [
        (1, softmax(X)),
        (2, [0.655042, 0.313585, 0.122947, 0.908426]),
        (3, [0.971665, 0.629101, 0.281770, 1.117464]),
    ],
)
def test_the_authors_iteration_matches_the_published_table(k: int, p: Array) -> None:
    np.testing.assert_allclose(top_k.iterated_softmax_top_k(X, k).p, p, rtol=0, atol=PRINTED)


@pytest.mark.parametrize(
    ("name", "p"),
    [
        ("grad", [0.999955, 0.000045, 0.0, 1.0]),
        ("exp", [0.999955, 0.000045, 0.0, 1.0]),
        ("sigmoid", [0.993307, 0.006693, 0.0, 1.0]),
        ("laplace", [0.996631, 0.003369, 0.0, 1.0]),
    ],
)
def test_at_a_low_temperature_the_published_values_near_the_hard_top_k_appear(
    name: str, p: Array
) -> None:
    result = SMOOTH[name](X, 2, temperature=0.1)
    np.testing.assert_allclose(result.p, p, rtol=0, atol=PRINTED)
    if name == "exp":
        assert result.p[3] == 1.0


def test_hard_top_k_marks_the_largest_entries() -> None:
    assert top_k.hard_top_k(X, 2).p.tolist() == [1, 0, 0, 1]
    assert top_k.hard_top_k([2, 1, 4, 5, 3], 1).p.tolist() == [0, 0, 0, 1, 0]
    assert top_k.hard_top_k(X, 0).p.tolist() == [0, 0, 0, 0]
    assert top_k.hard_top_k(X, 4).p.tolist() == [1, 1, 1, 1]


def test_hard_top_k_gives_ties_to_the_lowest_index_and_says_so() -> None:
    result = top_k.hard_top_k([1.0, 2.0, 2.0, 2.0], 2)
    assert result.p.tolist() == [0, 1, 1, 0]
    assert len(result.warnings) == 1
    assert "not unique" in result.warnings[0]
    assert top_k.hard_top_k([1.0, 2.0, 2.0], 2).warnings == ()


@pytest.mark.parametrize("name", SMOOTH)
def test_equal_entries_share_k_evenly(name: str) -> None:
    np.testing.assert_allclose(SMOOTH[name](np.full(5, 7.0), 2).p, 0.4, rtol=0, atol=1e-12)
    np.testing.assert_allclose(SMOOTH[name](np.ones(4), 2).p, 0.5, rtol=0, atol=1e-12)


def test_thresholds_of_ties_match_the_published_values() -> None:
    assert level_of(top_k.thre_top_k_exp(np.ones(4), 2)) == pytest.approx(1.693147, abs=1e-6)
    assert level_of(top_k.thre_top_k_laplace(np.ones(4), 2)) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(
        top_k.thre_top_k_exp([2, 2, 1, 0], 2).p,
        [0.798973, 0.798973, 0.293926, 0.108129],
        rtol=0,
        atol=PRINTED,
    )
    np.testing.assert_allclose(
        top_k.thre_top_k_laplace([2, 2, 1, 0], 2).p,
        [0.749198, 0.749198, 0.366702, 0.134902],
        rtol=0,
        atol=PRINTED,
    )


def subset_enumeration(x: Array, k: int) -> Array:
    """GradTopK by its definition: every k-subset with the weight e^{sum}."""
    subsets = list(itertools.combinations(range(x.size), k))
    sums = np.array([x[list(subset)].sum() for subset in subsets])
    weights = np.exp(sums - sums.max())
    p = np.zeros(x.size)
    for subset, weight in zip(subsets, weights, strict=True):
        p[list(subset)] += weight
    return np.asarray(p / weights.sum())


@pytest.mark.parametrize("spread", [0.1, 1.0, 10.0, 50.0])
def test_grad_top_k_equals_the_enumeration_of_all_subsets(spread: float) -> None:
    rng = np.random.default_rng(1)
    for n in range(2, 12):
        for k in range(1, n):
            x = spread * rng.standard_normal(n)
            np.testing.assert_allclose(
                top_k.grad_top_k(x, k).p, subset_enumeration(x, k), rtol=1e-11, atol=1e-300
            )


def log_domain_tables(x: Array, k: int) -> Array:
    """GradTopK by prefix and suffix tables of log e_j, all by logaddexp."""
    n = x.size
    prefix = np.full((n + 1, k + 1), -np.inf)
    suffix = np.full((n + 1, k + 1), -np.inf)
    prefix[0, 0] = suffix[n, 0] = 0.0
    for i in range(n):
        prefix[i + 1] = prefix[i]
        prefix[i + 1, 1:] = np.logaddexp(prefix[i, 1:], x[i] + prefix[i, :-1])
        j = n - 1 - i
        suffix[j] = suffix[j + 1]
        suffix[j, 1:] = np.logaddexp(suffix[j + 1, 1:], x[j] + suffix[j + 1, :-1])
    without = np.logaddexp.reduce(prefix[:-1, :k] + suffix[1:, :k][:, ::-1], axis=1)
    return np.asarray(np.exp(x + without - prefix[n, k]))


@pytest.mark.parametrize(("n", "k"), [(100, 1), (100, 20), (100, 50), (100, 99), (257, 128)])
@pytest.mark.parametrize("spread", [1.0, 10.0, 100.0])
def test_grad_top_k_equals_the_log_domain_tables_at_any_spread(
    n: int, k: int, spread: float
) -> None:
    x = spread * np.random.default_rng(n + k).standard_normal(n)
    np.testing.assert_allclose(
        top_k.grad_top_k(x, k).p, log_domain_tables(x, k), rtol=0, atol=1e-10
    )


def test_the_smooth_sum_of_subsets_is_logsumexp_at_one_and_the_sum_at_n() -> None:
    x = np.array(X)
    assert float(top_k.log_partition_top_k(x, 1)) == pytest.approx(np.logaddexp.reduce(x))
    assert float(top_k.log_partition_top_k(x, 4)) == pytest.approx(10.0)
    pairs = [a + b for a, b in itertools.combinations(x, 2)]
    assert float(top_k.log_partition_top_k(x, 2)) == pytest.approx(np.logaddexp.reduce(pairs))
    triples = [a + b + c for a, b, c in itertools.combinations(x, 3)]
    assert float(top_k.log_partition_top_k(x, 3)) == pytest.approx(np.logaddexp.reduce(triples))


@pytest.mark.parametrize(
    ("spread", "k", "warned"),
    [(1.0, 20, False), (3.0, 20, True), (5.0, 2, False), (5.0, 5, False), (5.0, 20, True),
     (10.0, 5, False), (10.0, 20, True)],
)  # fmt: skip
def test_the_recursion_of_the_post_fails_at_large_spread_and_says_so(
    spread: float, k: int, warned: bool
) -> None:
    x = spread * np.random.default_rng(0).standard_normal(100)
    recursive = top_k.grad_top_k_recursive(x, k)
    error = np.abs(recursive.p - top_k.grad_top_k(x, k).p).max()
    assert bool(recursive.warnings) is warned
    assert (not error < 1e-6) is warned
    if spread >= 5.0 and k >= 10:
        assert np.isnan(recursive.p).any()


def test_the_recursion_of_the_post_agrees_where_it_is_stable() -> None:
    np.testing.assert_allclose(
        top_k.grad_top_k_recursive(X, 3).p, top_k.grad_top_k(X, 3).p, rtol=0, atol=1e-12
    )


def exp_candidates(x: Array, k: float) -> float:
    """lambda of the exp step: sort, and try every m by the formula of the post."""
    ordered = np.sort(x)[::-1]
    for m in range(int(np.ceil(k))):
        level = np.logaddexp.reduce(ordered[m:]) - np.log(k - m)
        upper = ordered[m - 1] if m else np.inf
        if upper >= level >= ordered[m]:
            return float(level)
    raise AssertionError("no m is valid")


def laplace_candidates(x: Array, k: float) -> float:
    """lambda of the Laplace step: sort, and try every m, the branch m = n included."""
    ordered = np.sort(x)[::-1]
    n = ordered.size
    for m in range(n + 1):
        log_a = np.logaddexp.reduce(-ordered[:m]) if m else -np.inf
        if m == n:
            level = np.log(2 * (n - k)) - log_a
        else:
            log_b = np.logaddexp.reduce(ordered[m:])
            root = np.sqrt((k - m) ** 2 + np.exp(log_a + log_b))
            level = log_b - np.log(root + (k - m)) if m <= k else np.log(root + (m - k)) - log_a
        upper = ordered[m - 1] if m else np.inf
        lower = ordered[m] if m < n else -np.inf
        if upper >= level >= lower:
            return float(level)
    raise AssertionError("no m is valid")


@given(vectors(min_size=2, magnitude=10.0), st.floats(0.05, 0.95))
def test_exp_threshold_equals_the_first_valid_candidate(x: Array, share: float) -> None:
    k = share * x.size
    level = level_of(top_k.thre_top_k_exp(x, k))
    ordered = np.sort(x)[::-1]
    expected = np.minimum(1.0, np.exp(ordered - level)).sum()
    assert expected == pytest.approx(k, abs=1e-9)
    if np.unique(x).size == x.size and np.diff(np.sort(x)).min() > 1e-6:
        assert level == pytest.approx(exp_candidates(x, k), abs=1e-9)


@given(vectors(min_size=2, magnitude=10.0), st.floats(0.05, 0.95))
def test_laplace_threshold_equals_the_first_valid_candidate(x: Array, share: float) -> None:
    k = share * x.size
    level = level_of(top_k.thre_top_k_laplace(x, k))
    t = x - level
    assert np.where(t >= 0, 1 - np.exp(-np.abs(t)) / 2, np.exp(-np.abs(t)) / 2).sum() == (
        pytest.approx(k, abs=1e-9)
    )
    if np.unique(x).size == x.size and np.diff(np.sort(x)).min() > 1e-6:
        assert level == pytest.approx(laplace_candidates(x, k), abs=1e-9)


def test_laplace_threshold_sits_in_the_middle_of_a_gap_too_wide_for_exponentials() -> None:
    # e^-5000 underflows on both sides; lambda is (log B - log A)/2 all the same.
    result = top_k.thre_top_k_laplace([10000.0, 10000.0, 0.0, 0.0, 0.0], 2)
    assert level_of(result) == pytest.approx(5000.0 + 0.5 * np.log(1.5), abs=1e-9)
    assert result.p.tolist() == [1, 1, 0, 0, 0]


@pytest.mark.parametrize("name", SMOOTH)
def test_k_of_zero_gives_zeros_and_k_of_n_gives_ones(name: str) -> None:
    assert SMOOTH[name](X, 0).p.tolist() == [0, 0, 0, 0]
    assert SMOOTH[name](X, 4).p.tolist() == [1, 1, 1, 1]
    assert SMOOTH[name]([5.0], 1).p.tolist() == [1]
    assert SMOOTH[name](X, 0).warnings
    assert bool(SMOOTH[name](X, 4).warnings) is (name != "exp")


@pytest.mark.parametrize("name", THRESHOLD)
def test_threshold_operators_take_a_fractional_k(name: str) -> None:
    assert SMOOTH[name](X, 2.5).p.sum() == pytest.approx(2.5, abs=1e-9)
    assert SMOOTH[name](X, 0.25).p.sum() == pytest.approx(0.25, abs=1e-9)
    assert SMOOTH[name](X, 3.9).p.sum() == pytest.approx(3.9, abs=1e-9)


def test_grad_top_k_rejects_a_fractional_k_with_a_sentence() -> None:
    with pytest.raises(OperatorDomainError, match="k must be an integer"):
        SMOOTH["grad"](X, 2.5)


@pytest.mark.parametrize(
    "operator", [*SMOOTH.values(), top_k.hard_top_k, top_k.iterated_softmax_top_k]
)
@pytest.mark.parametrize(
    ("x", "k", "sentence"),
    [
        ([1.0, np.nan], 1, "NaN or infinity"),
        ([1.0, np.inf], 1, "NaN or infinity"),
        ([], 0, "empty"),
        ([1.0, 2.0], 3, "k must be between 0 and"),
        ([1.0, 2.0], -1, "k must be between 0 and"),
        ([[1.0], [2.0, 3.0]], 1, "rectangular"),
        (["a"], 1, "real numbers"),
        (3.0, 1, "at least 1 axes"),
    ],
)
def test_inputs_outside_the_domain_are_refused_with_a_sentence(
    operator: Callable[..., TopK], x: Array, k: int, sentence: str
) -> None:
    with pytest.raises(OperatorDomainError, match=sentence):
        operator(x, k)


def test_an_unknown_step_is_refused_with_the_known_ones() -> None:
    vjp: Callable[..., object] = top_k.threshold_with_vjp
    smooth_sum: Callable[..., object] = top_k.smooth_top_k_sum
    with pytest.raises(OperatorDomainError, match="exp, sigmoid, laplace"):
        vjp(X, 2, step="relu")
    with pytest.raises(OperatorDomainError, match="exp, sigmoid, laplace"):
        smooth_sum(X, 2, operator="relu")


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("temperature", [0.0, -1.0, np.nan, np.inf])
def test_a_temperature_that_is_not_positive_is_refused(name: str, temperature: float) -> None:
    with pytest.raises(OperatorDomainError, match="temperature must be"):
        SMOOTH[name](X, 2, temperature=temperature)


def test_a_temperature_so_low_that_the_division_overflows_is_refused() -> None:
    with pytest.raises(OperatorDomainError, match="overflows"):
        top_k.grad_top_k([1.0, 0.0], 1, temperature=1e-320)


def test_sigmoid_search_stops_on_the_iteration_count_and_returns_a_midpoint() -> None:
    result = top_k.thre_top_k_sigmoid(X, 1, max_iterations=1)
    offset = np.log(1 / 3)
    assert 1.0 - offset <= level_of(result) <= 4.0 - offset
    coarse = top_k.thre_top_k_sigmoid(X, 1, tolerance=1e-4)
    assert level_of(coarse) == pytest.approx(3.894000, abs=1e-4)


def test_sigmoid_and_laplace_never_meet_softmax_where_the_post_says_so() -> None:
    soft = softmax(X)
    assert np.abs(top_k.thre_top_k_sigmoid(X, 1).p - soft).max() > 0.01
    assert np.abs(top_k.thre_top_k_laplace(X, 1).p - soft).max() > 0.01


def test_top_k_sum_is_the_least_of_its_bounds() -> None:
    x = np.random.default_rng(3).standard_normal((4, 9))
    levels = np.linspace(-3, 3, 601)
    bounds = np.array([top_k.top_k_sum_bound(x, 3, np.full(4, level)) for level in levels])
    exact = top_k.top_k_sum(x, 3)
    assert np.all(bounds >= exact - 1e-12)
    np.testing.assert_allclose(bounds.min(axis=0), exact, rtol=0, atol=0.02)
    third = np.sort(x, axis=-1)[:, -3]
    np.testing.assert_allclose(top_k.top_k_sum_bound(x, 3, third), exact, rtol=0, atol=1e-12)


@pytest.mark.parametrize("operator", ["grad", "exp", "sigmoid", "laplace"])
def test_smooth_top_k_sum_tends_to_the_top_k_sum(operator: SmoothTopKName) -> None:
    for temperature, error in [(1.0, 1.5), (0.1, 0.02), (0.01, 1e-9)]:
        value = top_k.smooth_top_k_sum(X, 2, operator=operator, temperature=temperature).value
        assert 7.0 - error <= float(value) <= 7.0 + 1e-12


@pytest.mark.parametrize("name", SMOOTH)
def test_a_batch_gives_what_its_rows_give(name: str) -> None:
    x = np.random.default_rng(4).standard_normal((2, 3, 7)) * 4
    batch = SMOOTH[name](x, 3)
    assert batch.p.shape == x.shape
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(batch.p[index], SMOOTH[name](x[index], 3).p, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SMOOTH)
def test_float32_stays_float32_and_close_to_float64(name: str) -> None:
    x = np.random.default_rng(5).standard_normal(50).astype(np.float32)
    single = SMOOTH[name](x, 7)
    assert single.p.dtype == np.float32
    if single.threshold is not None:
        assert single.threshold.dtype == np.float32
    np.testing.assert_allclose(single.p, SMOOTH[name](x.astype(float), 7).p, rtol=0, atol=1e-6)
