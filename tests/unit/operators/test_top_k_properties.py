"""Properties every smooth top-k shares (spec C2), and finite differences of every derivative."""

from collections.abc import Callable
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import top_k
from app.operators.errors import OperatorDomainError
from app.operators.top_k import TopK
from app.operators.top_k.gradients import SmoothTopKName
from app.operators.top_k.steps import StepName
from tests.unit.operators.support import (
    PRINTED,
    Array,
    assert_same_derivative,
    numeric_vjp,
    vectors,
)

SMOOTH: dict[str, Callable[..., TopK]] = {
    "grad": top_k.grad_top_k,
    "exp": top_k.thre_top_k_exp,
    "sigmoid": top_k.thre_top_k_sigmoid,
    "laplace": top_k.thre_top_k_laplace,
}
JACOBIANS: dict[str, Callable[..., Array]] = {
    "grad": top_k.grad_top_k_jacobian,
    "exp": top_k.thre_top_k_exp_jacobian,
    "sigmoid": top_k.thre_top_k_sigmoid_jacobian,
    "laplace": top_k.thre_top_k_laplace_jacobian,
}
each_operator = pytest.mark.parametrize("name", SMOOTH)

# x and an integer k in 1..n.
INPUTS = vectors(min_size=1, magnitude=20.0).flatmap(
    lambda x: st.tuples(st.just(x), st.integers(1, x.size))
)


@each_operator
@given(INPUTS)
def test_weights_lie_in_the_unit_interval_and_sum_to_k(
    name: str, inputs: tuple[Array, int]
) -> None:
    x, k = inputs
    p = SMOOTH[name](x, k).p
    assert p.min() >= 0.0
    assert p.max() <= 1.0 + 1e-14
    assert p.sum() == pytest.approx(k, abs=1e-9)


@each_operator
@given(INPUTS, st.randoms(use_true_random=False))
def test_permuting_the_entries_permutes_the_weights(
    name: str, inputs: tuple[Array, int], random: Random
) -> None:
    x, k = inputs
    order = random.sample(range(x.size), x.size)
    np.testing.assert_allclose(
        SMOOTH[name](x[order], k).p, SMOOTH[name](x, k).p[order], rtol=0, atol=1e-11
    )


@each_operator
@given(INPUTS, st.sampled_from([-1e8, -3.0, 1e4, 1e8]))
def test_a_common_offset_changes_nothing(name: str, inputs: tuple[Array, int], c: float) -> None:
    x, k = inputs
    # Offsets are added to multiples of 2^-20, which floats up to 1e8 hold exactly.
    grid = np.round(x * 2.0**20) / 2.0**20
    np.testing.assert_allclose(
        SMOOTH[name](grid + c, k).p, SMOOTH[name](grid, k).p, rtol=0, atol=1e-11
    )
    level, moved = SMOOTH[name](grid, k).threshold, SMOOTH[name](grid + c, k).threshold
    if level is not None and moved is not None:
        assert float(moved) - c == pytest.approx(float(level), abs=1e-7)


@each_operator
@given(INPUTS)
def test_a_larger_entry_never_gets_a_smaller_weight(name: str, inputs: tuple[Array, int]) -> None:
    x, k = inputs
    p = SMOOTH[name](x, k).p
    assert np.diff(p[np.argsort(x, kind="stable")]).min(initial=0.0) >= -1e-14


@each_operator
@given(st.permutations(range(8)), st.integers(1, 7))
def test_a_vanishing_temperature_gives_the_hard_top_k(name: str, order: list[int], k: int) -> None:
    x = np.array(order, dtype=float)
    np.testing.assert_allclose(
        SMOOTH[name](x, k, temperature=1e-2).p, top_k.hard_top_k(x, k).p, rtol=0, atol=1e-12
    )


@each_operator
@given(INPUTS)
def test_an_infinite_temperature_gives_k_over_n(name: str, inputs: tuple[Array, int]) -> None:
    x, k = inputs
    p = SMOOTH[name](x, k, temperature=1e9).p
    np.testing.assert_allclose(p, k / x.size, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["grad", "sigmoid", "laplace"])
@given(INPUTS)
def test_taking_k_is_leaving_the_rest_of_the_negated(name: str, inputs: tuple[Array, int]) -> None:
    x, k = inputs
    np.testing.assert_allclose(
        SMOOTH[name](x, k).p, 1.0 - SMOOTH[name](-x, x.size - k).p, rtol=0, atol=1e-9
    )


def test_the_exp_step_has_no_such_symmetry() -> None:
    x = np.array([3.0, 2.0, 1.0, 4.0])
    error = top_k.thre_top_k_exp(x, 2).p - (1.0 - top_k.thre_top_k_exp(-x, 2).p)
    assert np.abs(error).max() > 0.01


@pytest.mark.parametrize("name", ["exp", "sigmoid", "laplace"])
@given(INPUTS, st.sampled_from([1e-9, 1e-6, 1e-4]))
def test_weights_sum_to_k_where_a_float_lambda_is_too_coarse(
    name: str, inputs: tuple[Array, int], temperature: float
) -> None:
    # x/temperature reaches 2e10, where floats are 4e-6 apart.
    x, k = inputs
    p = SMOOTH[name](x, k - 0.5, temperature=temperature).p
    assert p.sum() == pytest.approx(k - 0.5, abs=1e-9)


@each_operator
def test_wide_float32_inputs_with_an_offset_do_not_break(name: str) -> None:
    rng = np.random.default_rng(11)
    for offset, spread in [(0.0, 1e3), (1e4, 10.0), (1e8, 100.0)]:
        x = (rng.standard_normal(64) * spread + offset).astype(np.float32)
        p = SMOOTH[name](x, 9).p
        assert p.dtype == np.float32
        assert float(p.astype(np.float64).sum()) == pytest.approx(9.0, abs=1e-4)


@each_operator
@pytest.mark.parametrize("temperature", [1.0, 0.5])
@pytest.mark.parametrize("k", [1, 2, 4])
def test_jacobians_match_finite_differences(name: str, temperature: float, k: int) -> None:
    x = np.array([0.31, -0.72, 1.13, 0.05, -1.4])

    def weights(at: Array) -> Array:
        return SMOOTH[name](at, k, temperature=temperature).p

    jacobian = JACOBIANS[name](x, k, temperature=temperature)
    assert_same_derivative(jacobian, weights, x, step=3e-4)


@each_operator
@given(INPUTS)
def test_jacobians_are_symmetric_and_their_rows_sum_to_zero(
    name: str, inputs: tuple[Array, int]
) -> None:
    x, k = inputs
    jacobian = JACOBIANS[name](x, k)
    np.testing.assert_allclose(jacobian, jacobian.T, rtol=0, atol=1e-12)
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0.0, rtol=0, atol=1e-12)


@given(INPUTS)
def test_the_jacobian_of_grad_top_k_is_positive_semidefinite(inputs: tuple[Array, int]) -> None:
    assert np.linalg.eigvalsh(top_k.grad_top_k_jacobian(*inputs)).min() >= -1e-12


@each_operator
def test_jacobians_of_a_batch_are_those_of_its_rows(name: str) -> None:
    x = np.random.default_rng(12).standard_normal((3, 2, 5))
    batch = JACOBIANS[name](x, 2)
    assert batch.shape == (3, 2, 5, 5)
    np.testing.assert_allclose(batch[1, 0], JACOBIANS[name](x[1, 0], 2), rtol=0, atol=1e-13)


@each_operator
def test_jacobians_vanish_where_the_weights_are_constant(name: str) -> None:
    assert not JACOBIANS[name]([1.0, 2.0], 2).any()
    assert not JACOBIANS[name]([1.0, 2.0], 0).any()


def test_published_jacobians_are_reproduced() -> None:
    x = np.array([3.0, 2.0, 1.0, 4.0])
    np.testing.assert_allclose(
        top_k.grad_top_k_jacobian(x, 2)[0],
        [0.212203, -0.132905, -0.053604, -0.025695],
        rtol=0,
        atol=PRINTED,
    )
    np.testing.assert_allclose(
        top_k.thre_top_k_sigmoid_jacobian(x, 2)[0],
        [0.163122, -0.071882, -0.045620, -0.045620],
        rtol=0,
        atol=PRINTED,
    )
    np.testing.assert_allclose(
        top_k.threshold_gradient(x, 2.5, top_k.SOFT_STEPS["sigmoid"].slope),
        [0.305875, 0.305875, 0.194125, 0.194125],
        rtol=0,
        atol=PRINTED,
    )


def test_grad_top_k_is_the_gradient_of_the_log_partition() -> None:
    x = np.array([0.4, -1.2, 2.0, 0.3, -0.8, 1.1])
    for k in range(1, 7):
        log_partition = partial(top_k.log_partition_top_k, k=k)
        assert_same_derivative(top_k.grad_top_k(x, k).p, log_partition, x)


@pytest.mark.parametrize("step", ["exp", "sigmoid", "laplace"])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_threshold_vjp_matches_finite_differences(step: StepName, temperature: float) -> None:
    x = np.array([[0.31, -0.72, 1.13, 0.05], [2.1, 0.33, -0.6, 0.9]])
    cotangent = np.array([0.7, -1.3])

    def level(at: Array) -> Array:
        return top_k.threshold_with_vjp(at, 2, step=step, temperature=temperature).value

    pair = top_k.threshold_with_vjp(x, 2, step=step, temperature=temperature)
    expected = numeric_vjp(level, x, cotangent, step=3e-4)
    np.testing.assert_allclose(pair.vjp(cotangent), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("step", ["sigmoid", "laplace"])
def test_the_weights_of_the_threshold_gradient_sum_to_one(step: StepName) -> None:
    weights = top_k.threshold_with_vjp([0.3, -2.0, 5.0], 1.5, step=step).vjp(np.array(1.0))
    assert weights.min() > 0.0
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)


def test_a_threshold_without_a_gradient_is_refused_with_a_sentence() -> None:
    with pytest.raises(OperatorDomainError, match="between 0 and n"):
        top_k.threshold_with_vjp([1.0, 2.0], 2, step="sigmoid")
    with pytest.raises(OperatorDomainError, match="flat part"):
        top_k.threshold_with_vjp([1.0, 2.0], 2, step="exp")


@pytest.mark.parametrize("operator", ["grad", "exp", "sigmoid", "laplace"])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_the_gradient_of_the_smooth_sum_matches_finite_differences(
    operator: SmoothTopKName, temperature: float
) -> None:
    x = np.array([0.31, -0.72, 1.13, 0.05, -1.4])

    def value(at: Array) -> Array:
        return top_k.smooth_top_k_sum(at, 2, operator=operator, temperature=temperature).value

    gradient = top_k.smooth_top_k_sum(x, 2, operator=operator, temperature=temperature).gradient
    assert_same_derivative(gradient, value, x, step=3e-4)


@pytest.mark.parametrize("step", ["exp", "sigmoid", "laplace"])
def test_slopes_are_the_derivatives_of_their_steps(step: StepName) -> None:
    t = np.array([-7.0, -1.5, -0.2, 0.3, 2.5])
    soft_step = top_k.SOFT_STEPS[step]
    assert_same_derivative(
        np.diag(soft_step.slope(t)), lambda at: soft_step.value(at.astype(np.float64)), t
    )
