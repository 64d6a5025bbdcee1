"""Learning rate against batch size (kexue.fm 10542): every number, identity and pitfall."""

import importlib
import math
import pkgutil
from dataclasses import astuple

import numpy as np
import pytest
import scipy.optimize
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.operators import batch_size as package
from app.operators.batch_size import (
    adam_surge_batch_size,
    adam_update_rms,
    b_simple,
    b_simple_from_devices,
    erf_approximation,
    examples,
    fit_critical_batch,
    lr_linear,
    lr_sqrt,
    mean_kappa2,
    momentum_factor,
    sgd_eta,
    sgd_eta_max,
    sgd_loss_drop,
    sgd_stats,
    sign_beta,
    sign_beta_meanfield,
    sign_eta,
    sign_mean,
    simulate_steps,
    softsign,
    softsign_eta,
    softsign_sums,
    steps,
    surge_eta,
    surge_loss_drop,
    surge_params,
    surge_sums,
)
from app.operators.errors import OperatorDomainError
from tests.unit.operators.support import PRINTED, run_doctests

# The worked example of the post: D = 4, O = 10, G1 = 3, kappa^2 = 50.
POST = {"diagonal": 4.0, "off_diagonal": 10.0, "gradient_gain": 3.0, "kappa2": 50.0}

batch_sizes = st.floats(1e-2, 1e6)
positive = st.floats(0.05, 50.0)


def random_quadratic(
    seed: int, n: int = 6
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal((n, n))
    hessian = factor @ factor.T + 0.1 * np.eye(n)
    return rng.standard_normal(n), 0.5 + rng.random(n), hessian


# The two rules of thumb


def test_square_root_and_linear_rules_keep_the_base_point_and_scale_as_named() -> None:
    assert lr_sqrt(256, 256, 0.1) == pytest.approx(0.1)
    assert lr_linear(256, 256, 0.1) == pytest.approx(0.1)
    np.testing.assert_allclose(lr_sqrt([64, 256, 4096], 256, 0.1), [0.05, 0.1, 0.4])
    np.testing.assert_allclose(lr_linear([64, 256, 4096], 256, 0.1), [0.025, 0.1, 1.6])


def test_a_batch_size_may_be_any_positive_real_number() -> None:
    assert lr_linear(0.5, 1, 1.0) == pytest.approx(0.5)
    for wrong in (0, -1, math.nan, math.inf):
        with pytest.raises(OperatorDomainError):
            lr_sqrt(wrong, 1, 1.0)


# SGD


def test_b_simple_equals_b_noise_when_the_hessian_is_a_multiple_of_the_identity() -> None:
    g, sigma, _ = random_quadratic(1)
    stats = sgd_stats(g, 3.7 * np.eye(6), np.diag(sigma**2))
    assert stats.noise_batch_size == pytest.approx(stats.simple_noise_batch_size, rel=1e-12)
    assert b_simple(g, sigma**2) == pytest.approx(stats.simple_noise_batch_size, rel=1e-12)


@pytest.mark.parametrize("batch", [0.3, 4.0, 500.0])
def test_the_sgd_rate_maximises_the_expected_quadratic_drop_on_a_grid(batch: float) -> None:
    g, sigma, hessian = random_quadratic(2)
    covariance = np.diag(sigma**2)
    stats = sgd_stats(g, hessian, covariance)
    second_moment = np.outer(g, g) + covariance / batch
    best = float(sgd_eta(batch, stats.eta_max, stats.noise_batch_size))
    grid = best * np.linspace(0.2, 3.0, 20001)
    drops = grid * (g @ g) - 0.5 * grid**2 * np.trace(second_moment @ hessian)
    assert grid[np.argmax(drops)] == pytest.approx(best, rel=2e-4)
    expected = float(sgd_loss_drop(batch, stats.loss_drop_max, stats.noise_batch_size))
    assert drops.max() == pytest.approx(expected, rel=1e-7)


def test_at_b_noise_the_rate_is_half_and_steps_and_examples_are_twice_their_least() -> None:
    g, sigma, hessian = random_quadratic(3)
    stats = sgd_stats(g, hessian, sigma**2)
    noise = stats.noise_batch_size
    assert sgd_eta(noise, stats.eta_max, noise) == pytest.approx(stats.eta_max / 2, rel=1e-12)
    assert steps(noise, 700.0, noise) == pytest.approx(1400.0, rel=1e-12)
    assert examples(noise, 700.0, noise) == pytest.approx(2 * 700.0 * noise, rel=1e-12)


def test_the_sgd_rate_is_linear_far_below_b_noise_and_flat_far_above() -> None:
    assert sgd_eta(0.01, 0.5, 100.0) == pytest.approx(0.5 * 0.01 / 100, rel=1e-3)
    assert sgd_eta(1e7, 0.5, 100.0) == pytest.approx(0.5, rel=1e-4)


def test_one_grid_search_at_a_small_batch_is_enough_to_scale() -> None:
    found = float(sgd_eta(16, 0.8, 300.0))
    assert sgd_eta_max(16, found, 300.0) == pytest.approx(0.8, rel=1e-12)


def test_a_diagonal_hessian_gives_the_same_as_the_full_matrix() -> None:
    g, sigma, _ = random_quadratic(4)
    diagonal = np.arange(1.0, 7.0)
    full = sgd_stats(g, np.diag(diagonal), np.diag(sigma**2))
    short = sgd_stats(g, diagonal, sigma**2)
    mixed = sgd_stats(g, diagonal, np.diag(sigma**2))
    np.testing.assert_allclose(astuple(full)[:4], astuple(short)[:4], rtol=1e-12)
    np.testing.assert_allclose(astuple(full)[:4], astuple(mixed)[:4], rtol=1e-12)
    by_full = sign_eta([3.0, 30.0], g, sigma, np.diag(diagonal))
    by_short = sign_eta([3.0, 30.0], g, sigma, diagonal)
    np.testing.assert_allclose(by_full.eta, by_short.eta, rtol=1e-12)


def test_sgd_without_noise_says_so_and_has_one_best_rate() -> None:
    stats = sgd_stats([1.0, 2.0], [1.0, 1.0], [0.0, 0.0])
    assert stats.noise_batch_size == 0.0
    assert "noise is zero" in stats.warnings[0]


def test_device_gradients_estimate_b_simple_without_bias() -> None:
    # 4,000 repetitions: the mean of the ratio stays within 5 % (bias of a ratio included).
    rng = np.random.default_rng(5)
    g = np.linspace(0.5, 1.5, 40)
    true = 4.0 * 40 / float(g @ g)
    draws = g + 2.0 / math.sqrt(8) * rng.standard_normal((4000, 16, 40))
    estimates = [b_simple_from_devices(devices, 8) for devices in draws]
    assert np.mean(estimates) == pytest.approx(true, rel=0.05)


def test_device_gradients_lost_in_noise_are_refused() -> None:
    with pytest.raises(OperatorDomainError, match="hides the mean gradient"):
        b_simple_from_devices([[1.0, -1.0], [-1.0, 1.0]], 1)
    with pytest.raises(OperatorDomainError, match="one gradient per device"):
        b_simple_from_devices([[1.0, 2.0]], 1)


def test_domain_errors_of_the_quadratic_are_sentences() -> None:
    with pytest.raises(OperatorDomainError, match="gradient is zero"):
        sgd_stats([0.0, 0.0], [1.0, 1.0], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="not positive definite"):
        sgd_stats([1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="not positive definite"):
        sgd_stats([1.0, 1.0], [1.0, 0.0], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="not symmetric"):
        sgd_stats([1.0, 1.0], [[1.0, 0.5], [0.0, 1.0]], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="negative eigenvalue"):
        sgd_stats([1.0, 1.0], [1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(OperatorDomainError, match="negative eigenvalue"):
        b_simple([1.0, 1.0], [1.0, -1e-9])
    with pytest.raises(OperatorDomainError, match="must have shape"):
        sgd_stats([1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="must be a vector"):
        sgd_stats([[1.0, 1.0]], [1.0, 1.0], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="underflows"):
        sgd_stats([1e-200, 0.0], [1.0, 1.0], [1.0, 1.0])


# Data efficiency


@given(batch=batch_sizes, least=st.floats(1.0, 1e5), noise=st.floats(0.1, 1e5))
def test_steps_and_examples_lie_on_the_hyperbola(batch: float, least: float, noise: float) -> None:
    S, E = float(steps(batch, least, noise)), float(examples(batch, least, noise))
    assert pytest.approx(batch * S, rel=1e-12) == E
    # Multiplied out, because S/S_min - 1 loses its digits where B >> B_noise.
    assert least / S + least * noise / E == pytest.approx(1.0, rel=1e-12)
    if 1e-3 < batch / noise < 1e3:
        assert (S / least - 1) * (E / (noise * least) - 1) == pytest.approx(1.0, rel=1e-9)


def test_the_fit_recovers_an_exact_hyperbola_and_survives_noise() -> None:
    batch = np.geomspace(8, 8192, 12)
    S, E = steps(batch, 900.0, 250.0), examples(batch, 900.0, 250.0)
    exact = fit_critical_batch(S, E)
    assert exact.steps_min == pytest.approx(900.0, rel=1e-9)
    assert exact.noise_batch_size == pytest.approx(250.0, rel=1e-9)
    assert exact.examples_min == pytest.approx(225000.0, rel=1e-9)
    assert exact.relative_error < 1e-12
    noisy = S * (1 + 0.02 * np.random.default_rng(0).standard_normal(12))
    fitted = fit_critical_batch(noisy, batch * noisy)
    assert fitted.noise_batch_size == pytest.approx(250.0, rel=0.1)
    assert fitted.warnings == ()


def test_the_fit_refuses_points_that_do_not_determine_or_contradict_the_law() -> None:
    with pytest.raises(OperatorDomainError, match="at least two runs"):
        fit_critical_batch([10.0], [100.0])
    with pytest.raises(OperatorDomainError, match="same batch size"):
        fit_critical_batch([10.0, 20.0], [100.0, 200.0])
    with pytest.raises(OperatorDomainError, match="do not follow the law"):
        fit_critical_batch([10.0, 20.0], [100.0, 20000.0])
    with pytest.raises(OperatorDomainError, match="positive"):
        fit_critical_batch([10.0, -20.0], [100.0, 50.0])
    poor = fit_critical_batch([100.0, 30.0, 60.0], [200.0, 400.0, 900.0])
    assert "do not trust" in poor.warnings[0]


# SignSGD


def test_the_algebraic_erf_errs_by_at_most_the_printed_amount_and_has_its_slope() -> None:
    def error(x: float) -> float:
        return float(scipy.special.erf(x) - erf_approximation(x))

    grid = np.linspace(0, 6, 60001)
    errors = np.abs(scipy.special.erf(grid) - erf_approximation(grid))
    assert errors.max() == pytest.approx(0.107838, abs=PRINTED)
    assert grid[np.argmax(errors)] == pytest.approx(1.3301, abs=1e-4)
    assert abs(error(-1.3301)) == pytest.approx(0.107838, abs=PRINTED)
    for function in (scipy.special.erf, erf_approximation):
        slope = (float(function(1e-6)) - float(function(-1e-6))) / 2e-6
        assert slope == pytest.approx(1.128379, abs=PRINTED)


def test_the_three_expected_signs_match_the_printed_numbers() -> None:
    assert sign_mean(0.3, 2.0, 16, "erf") == pytest.approx(0.451494, abs=PRINTED)
    assert sign_mean(0.3, 2.0, 16, "approx") == pytest.approx(0.431800, abs=PRINTED)
    assert sign_mean(0.3, 2.0, 16, "meanfield") == pytest.approx(0.514496, abs=PRINTED)


def test_the_expected_sign_agrees_with_monte_carlo() -> None:
    # Five standard errors of 400,000 draws of ±1.
    draws = 0.3 + 0.5 * np.random.default_rng(6).standard_normal(400_000)
    assert np.sign(draws).mean() == pytest.approx(0.451494, abs=5 / math.sqrt(400_000))


@pytest.mark.parametrize("mode", ["erf", "approx", "meanfield"])
def test_without_noise_the_expected_sign_is_the_sign(mode: str) -> None:
    signs = sign_mean([-2.0, 0.0, 1e-300, 3.0], [0.0, 0.0, 0.0, 1e-300], 4, mode)  # type: ignore[arg-type]
    np.testing.assert_array_equal(signs, [-1.0, 0.0, 1.0, 1.0])


def test_the_mean_field_sign_of_2025_errs_most_where_it_is_said_to() -> None:
    # |E sign(x) - E[x]/sqrt(E[x^2])|: the error term peaks at sigma^2 = 2 mu^2, at 2/3^1.5.
    ratio = np.linspace(0.1, 10, 99001)
    term = ratio / (1 + ratio) ** 1.5
    assert ratio[np.argmax(term)] == pytest.approx(2.0, abs=1e-3)
    assert term.max() == pytest.approx(0.3849, abs=1e-4)


@pytest.mark.parametrize("batch", [1.0, 20.0, 1000.0])
def test_the_sign_rate_maximises_the_quadratic_with_its_exact_second_moments(batch: float) -> None:
    g, sigma, hessian = random_quadratic(7)
    mu = sign_mean(g, sigma, batch)
    second_moment = np.outer(mu, mu)
    np.fill_diagonal(second_moment, 1.0)
    optimum = sign_eta(batch, g, sigma, hessian)
    grid = float(optimum.eta) * np.linspace(0.2, 3.0, 20001)
    drops = grid * float(mu @ g) - 0.5 * grid**2 * np.trace(second_moment @ hessian)
    assert grid[np.argmax(drops)] == pytest.approx(float(optimum.eta), rel=2e-4)
    assert drops.max() == pytest.approx(float(optimum.loss_drop), rel=1e-7)


@pytest.mark.parametrize("update", ["sgd", "sign"])
def test_simulated_steps_agree_with_the_formulas_within_five_standard_errors(update: str) -> None:
    g, sigma, hessian = random_quadratic(8)
    if update == "sgd":
        stats = sgd_stats(g, hessian, sigma**2)
        best = float(sgd_eta(10, stats.eta_max, stats.noise_batch_size))
        drop = float(sgd_loss_drop(10, stats.loss_drop_max, stats.noise_batch_size))
    else:
        optimum = sign_eta(10, g, sigma, hessian)
        best, drop = float(optimum.eta), float(optimum.loss_drop)
    run = simulate_steps(
        g, sigma, hessian, 10, [best],
        update=update,  # type: ignore[arg-type]
        draws=200_000, rng=np.random.default_rng(9),
    )  # fmt: skip
    assert abs(run.loss_drop[0] - drop) < 5 * run.standard_error[0]
    assert run.best_eta == pytest.approx(best, rel=0.02)


def test_the_sign_rate_at_large_batches_is_proportional_to_the_gradient() -> None:
    g, sigma, hessian = random_quadratic(10)
    sums = surge_sums(g, sigma, hessian)
    limit = np.abs(g).sum() / (sums.diagonal + sums.off_diagonal)
    assert sign_eta(1e12, g, sigma, hessian).eta == pytest.approx(limit, rel=1e-6)
    assert sign_eta(1e12, 7 * g, sigma, hessian).eta == pytest.approx(7 * limit, rel=1e-6)


@given(seed=st.integers(0, 2**16))
def test_with_a_diagonal_hessian_the_sign_rate_rises_and_is_bounded(seed: int) -> None:
    g, sigma, hessian = random_quadratic(seed)
    eta = sign_eta(np.geomspace(0.01, 1e6, 50), g, sigma, np.diag(hessian)).eta
    assert (np.diff(eta) >= -1e-12).all()
    assert eta.max() <= np.abs(g).sum() / np.trace(hessian) * (1 + 1e-12)


# The surge


def test_the_worked_example_of_the_surge_matches_the_printed_numbers() -> None:
    params = surge_params(**POST)
    assert params.beta_noise == pytest.approx(0.632456, abs=PRINTED)
    assert params.eta_max == pytest.approx(0.237171, abs=PRINTED)
    assert params.noise_batch_size == pytest.approx(52.359878, abs=PRINTED)
    assert params.efficiency_batch_size == pytest.approx(22.439948, abs=PRINTED)
    assert params.eta_infinity == pytest.approx(0.214286, abs=PRINTED)
    assert params.loss_drop_max == pytest.approx(0.321429, abs=PRINTED)
    assert params.warnings == ()
    eta = surge_eta([1, 10, 100, 1000, 1e6], **POST)
    printed = [0.081532, 0.196554, 0.233850, 0.217657, 0.214289]
    np.testing.assert_allclose(eta, printed, atol=PRINTED)
    peak = scipy.optimize.minimize_scalar(
        lambda batch: -float(surge_eta(batch, **POST)), bounds=(1, 500), method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip
    assert peak.x == pytest.approx(52.36, abs=1e-3)


@given(D=positive, O=positive, G1=positive, kappa2=positive, batch=batch_sizes)
def test_the_surge_identities_hold(
    D: float,
    O: float,  # noqa: E741
    G1: float,
    kappa2: float,
    batch: float,
) -> None:
    params = surge_params(D, O, G1, kappa2)
    assert params.beta_noise is not None
    assert params.eta_max is not None
    beta = float(sign_beta(batch, kappa2))
    by_peak = params.eta_max / ((params.beta_noise / beta + beta / params.beta_noise) / 2)
    assert surge_eta(batch, D, O, G1, kappa2) == pytest.approx(by_peak, rel=1e-11)
    by_definition = 0.5 * (beta * G1) ** 2 / (D + beta**2 * O)
    assert surge_loss_drop(batch, D, O, G1, kappa2) == pytest.approx(by_definition, rel=1e-12)
    by_noise = params.beta_noise * params.eta_max * G1 / (1 + params.beta_noise**2)
    assert params.loss_drop_max == pytest.approx(by_noise, rel=1e-12)
    if params.noise_batch_size is not None:
        gap = 1 / params.efficiency_batch_size - 1 / params.noise_batch_size
        scale = 1 / params.efficiency_batch_size
        assert gap == pytest.approx(4 / (math.pi * kappa2), abs=1e-12 * scale)


def test_the_gap_of_the_two_noise_batches_is_the_printed_one() -> None:
    params = surge_params(**POST)
    assert params.noise_batch_size is not None
    gap = 1 / params.efficiency_batch_size - 1 / params.noise_batch_size
    assert gap == pytest.approx(0.025465, abs=PRINTED)


@given(D=positive, ratio=st.floats(-0.95, 10.0), kappa2=positive)
def test_the_best_rate_falls_beyond_b_noise_only_and_the_drop_never_falls(
    D: float, ratio: float, kappa2: float
) -> None:
    grid = np.geomspace(1e-3, 1e8, 400)
    params = surge_params(D, ratio * D, 1.0, kappa2)
    rates = surge_eta(grid, D, ratio * D, 1.0, kappa2)
    changes = np.diff(rates)
    peak = params.noise_batch_size if params.noise_batch_size is not None else math.inf
    assert (changes[grid[1:] <= peak] >= -1e-13).all()
    assert (changes[grid[:-1] >= peak] <= 1e-13).all()
    assert (np.diff(surge_loss_drop(grid, D, ratio * D, 1.0, kappa2)) >= -1e-15).all()


def test_where_no_surge_exists_the_landmark_is_none_and_the_reason_is_told() -> None:
    negative = surge_params(4, -1, 3, 50)
    assert (negative.beta_noise, negative.eta_max, negative.noise_batch_size) == (None, None, None)
    assert "no beta_noise" in negative.warnings[0]
    monotone = surge_params(4, 3, 3, 50)
    assert monotone.beta_noise == pytest.approx(math.sqrt(4 / 3))
    assert monotone.noise_batch_size is None
    assert "no B_noise" in monotone.warnings[0]


def test_the_surge_refuses_sums_that_no_positive_definite_hessian_has() -> None:
    with pytest.raises(OperatorDomainError, match="above -D"):
        surge_params(4, -4, 3, 50)
    with pytest.raises(OperatorDomainError, match="diagonal"):
        surge_params(0, 1, 3, 50)
    with pytest.raises(OperatorDomainError, match="kappa2"):
        surge_eta(1, 4, 1, 3, -1)


def test_the_full_formula_tends_to_the_mean_field_when_all_components_are_alike() -> None:
    # Equal sigma/|g| in every component makes the mean field exact for mode "approx".
    g = np.array([0.5, -1.0, 2.0])
    hessian = np.array([[2.0, -0.4, 0.9], [-0.4, 1.5, -0.6], [0.9, -0.6, 1.0]])
    sigma = 3.0 * np.abs(g)
    sums = surge_sums(g, sigma, hessian)
    assert sums.kappa2 == pytest.approx(9.0)
    assert mean_kappa2(g, sigma) == pytest.approx(9.0)
    batch = np.geomspace(0.1, 1e4, 20)
    full = sign_eta(batch, g, sigma, hessian, "approx")
    field = (sums.diagonal, sums.off_diagonal, sums.gradient_gain, sums.kappa2)
    np.testing.assert_allclose(full.eta, surge_eta(batch, *field), rtol=1e-12)
    np.testing.assert_allclose(full.loss_drop, surge_loss_drop(batch, *field), rtol=1e-12)


def test_small_batches_follow_the_square_root_law() -> None:
    assert surge_eta(4e-4, **POST) / surge_eta(1e-4, **POST) == pytest.approx(2.0, rel=1e-3)


def test_a_zero_component_needs_the_ratio_of_sums_for_kappa() -> None:
    with pytest.raises(OperatorDomainError, match="use surge_sums"):
        mean_kappa2([1.0, 0.0], [1.0, 1.0])
    sums = surge_sums([1.0, 0.0], [1.0, 1.0], [2.0, 3.0])
    assert sums.kappa2 == pytest.approx(2.0)
    assert (sums.diagonal, sums.off_diagonal) == (5.0, 0.0)


# Follow-ups


def test_the_mean_field_beta_of_2025_puts_b_simple_in_the_place_of_half_pi_kappa() -> None:
    assert sign_beta_meanfield(7, 11) == pytest.approx(sign_beta(7, 2 * 11 / math.pi), rel=1e-12)
    assert sign_beta_meanfield(16, 1.0) == pytest.approx(sign_mean(4.0, 4.0, 16, "meanfield"))


def test_softsign_with_zero_epsilon_is_the_sign_and_with_a_large_one_is_sgd() -> None:
    g, sigma, hessian = random_quadratic(11)
    np.testing.assert_array_equal(softsign(g, 0.0), np.sign(g))
    np.testing.assert_allclose(1e9 * softsign(g, 1e9), g, rtol=1e-12)
    batch = np.geomspace(1, 1e5, 9)
    sums = surge_sums(g, sigma, hessian)
    np.testing.assert_allclose(
        softsign_eta(batch, g, sigma, hessian, 0.0),
        surge_eta(batch, sums.diagonal, sums.off_diagonal, sums.gradient_gain, sums.kappa2),
    )
    # A step of u = g/eps with rate eta is a step of g with rate eta/eps.
    at_infinity = float(softsign_eta(1e12, g, sigma, hessian, 1e6)) / 1e6
    assert at_infinity == pytest.approx(sgd_stats(g, hessian, sigma**2).eta_max, rel=1e-6)


def test_softsign_follows_its_definition() -> None:
    g, sigma, hessian = random_quadratic(12)
    u = g / np.sqrt(g**2 + 0.3**2)
    sums = softsign_sums(g, sigma, hessian, 0.3)
    beta = sign_beta([1.0, 50.0], sums.kappa2)
    expected = beta * (u @ g) / (beta**2 * (u @ hessian @ u) + (1 - beta**2) * np.trace(hessian))
    np.testing.assert_allclose(softsign_eta([1.0, 50.0], g, sigma, hessian, 0.3), expected)
    assert sums.kappa2 == pytest.approx(np.sum(sigma**2) / np.sum(g**2 + 0.09))


def test_a_larger_epsilon_makes_the_surge_less_likely() -> None:
    g = np.array([0.1, 0.1, 1.0])
    hessian = np.full((3, 3), 0.9) + 0.1 * np.eye(3)
    sums = [softsign_sums(g, np.ones(3), hessian, epsilon) for epsilon in (0.0, 0.1, 10.0)]
    peaks = [surge_params(s.diagonal, s.off_diagonal, s.gradient_gain, s.kappa2) for s in sums]
    assert peaks[0].noise_batch_size is not None
    assert peaks[1].noise_batch_size is None
    assert peaks[2].beta_noise is None


def test_momentum_numbers_are_the_printed_ones() -> None:
    assert momentum_factor(0.9) == pytest.approx(19, rel=1e-12)
    assert momentum_factor(0.95) == pytest.approx(39, rel=1e-12)
    assert adam_update_rms(0.9) == pytest.approx(0.229416, abs=PRINTED)
    assert adam_update_rms(0.95) == pytest.approx(0.160128, abs=PRINTED)
    assert adam_surge_batch_size(0.9, 1.0) == pytest.approx(0.058824, abs=PRINTED)
    assert adam_surge_batch_size(1 / 3, 1.0) is None
    with pytest.raises(OperatorDomainError, match="beta1"):
        momentum_factor(1.0)


def test_momentum_factor_is_the_variance_that_an_exponential_mean_removes() -> None:
    # Var of sum (1-b) b^k z_k is (1-b)^2 / (1-b^2) = 1 / momentum_factor(b).
    weights = 0.1 * 0.9 ** np.arange(2000)
    assert 1 / np.sum(weights**2) == pytest.approx(momentum_factor(0.9), rel=1e-12)


# Inputs, precision, documentation


def test_float32_is_kept() -> None:
    single = np.array([1.0, 64.0], dtype=np.float32)
    assert lr_sqrt(single, 1.0, 0.1).dtype == np.float32
    assert sgd_eta(single, 0.5, 10.0).dtype == np.float32
    assert surge_eta(single, **POST).dtype == np.float32
    assert sign_mean(single, single, single).dtype == np.float32
    assert softsign(single, 0.1).dtype == np.float32


def test_every_optional_landmark_is_a_plain_float() -> None:
    # A REST layer turns results into JSON; numpy scalars would not pass.
    params = surge_params(**POST)
    assert {type(value) for value in (params.beta_noise, params.eta_max)} == {float}
    stats = sgd_stats([1.0, 2.0], [1.0, 1.0], [1.0, 1.0])
    assert type(stats.eta_max) is float
    assert type(stats.noise_batch_size) is float


def test_wrong_modes_and_sizes_are_refused() -> None:
    with pytest.raises(OperatorDomainError, match="use erf, approx or meanfield"):
        sign_mean(1.0, 1.0, 1.0, "tanh")  # type: ignore[arg-type]
    with pytest.raises(OperatorDomainError, match="standard deviation"):
        sign_mean(1.0, -1.0, 1.0)
    with pytest.raises(OperatorDomainError, match="2 standard deviations"):
        sign_eta(1.0, [1.0, 1.0], [1.0], [1.0, 1.0])
    with pytest.raises(OperatorDomainError, match="sgd or sign"):
        simulate_steps(
            [1.0], [1.0], [1.0], 1.0, [0.1],
            update="adam",  # type: ignore[arg-type]
            draws=10, rng=np.random.default_rng(0),
        )  # fmt: skip
    with pytest.raises(OperatorDomainError, match="draws"):
        simulate_steps(
            [1.0], [1.0], [1.0], 1.0, [0.1],
            update="sgd", draws=10**9, rng=np.random.default_rng(0),
        )  # fmt: skip


def test_a_seed_makes_the_simulation_reproducible() -> None:
    runs = [
        simulate_steps(
            [1.0, 2.0], [1.0, 1.0], [1.0, 1.0], 4.0, [0.1, 0.2],
            update="sign", draws=50, rng=np.random.default_rng(3),
        )
        for _ in range(2)
    ]  # fmt: skip
    np.testing.assert_array_equal(runs[0].loss_drop, runs[1].loss_drop)


@pytest.mark.parametrize("name", [info.name for info in pkgutil.iter_modules(package.__path__)])
def test_the_docstring_examples_run(name: str) -> None:
    module = importlib.import_module(f"{package.__name__}.{name}")
    assert run_doctests(module).failed == 0
