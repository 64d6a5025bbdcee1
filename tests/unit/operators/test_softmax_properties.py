"""Properties the maps to the simplex share (spec C2), their losses, and every derivative."""

from collections.abc import Callable
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import softmax
from app.operators.errors import OperatorDomainError
from app.operators.results import ValueAndGradient
from tests.unit.operators.support import Array, assert_same_derivative, vectors

MAPS: dict[str, Callable[..., Array]] = {
    "softmax": softmax.softmax,
    "sparsemax": lambda x, **options: softmax.sparsemax(x, **options).p,
    "entmax 1.2": lambda x, **options: softmax.entmax(x, 1.2, **options).p,
    "entmax 1.5": lambda x, **options: softmax.entmax(x, **options).p,
    "entmax 1.9": lambda x, **options: softmax.entmax(x, 1.9, **options).p,
    "perturb normal": partial(softmax.perturb_max, noise="normal", nodes=40),
    "perturb laplace": partial(softmax.perturb_max, noise="laplace", nodes=40),
}
each_map = pytest.mark.parametrize("name", MAPS)

LOSSES: dict[str, Callable[..., ValueAndGradient]] = {
    "cross entropy": softmax.cross_entropy_loss,
    "smooth accuracy": softmax.smooth_accuracy_loss,
    "sparsemax": softmax.sparsemax_loss,
    "entmax 1.0": partial(softmax.entmax_loss, alpha=1.0),
    "entmax 1.2": partial(softmax.entmax_loss, alpha=1.2),
    "entmax 1.5": softmax.entmax_loss,
    "entmax 2.0": partial(softmax.entmax_loss, alpha=2.0),
    "sparse softmax": partial(softmax.sparse_softmax_loss, k=3),
    "sparse softmax, forced": partial(softmax.sparse_softmax_loss, k=2, force_target=True),
}
each_loss = pytest.mark.parametrize("name", LOSSES)


@each_map
@given(vectors())
def test_results_are_points_of_the_simplex(name: str, x: Array) -> None:
    p = MAPS[name](x)
    assert p.min() >= 0.0
    assert p.sum() == pytest.approx(1.0, abs=1e-9)


@each_map
@given(vectors(), st.randoms(use_true_random=False))
def test_permuting_the_entries_permutes_the_result(name: str, x: Array, random: Random) -> None:
    order = random.sample(range(x.size), x.size)
    np.testing.assert_allclose(MAPS[name](x[order]), MAPS[name](x)[order], rtol=0, atol=1e-12)


@each_map
@given(vectors(), st.sampled_from([-1e8, 1e4, 1e8]))
def test_a_common_offset_changes_nothing(name: str, x: Array, c: float) -> None:
    grid = np.round(x * 2.0**20) / 2.0**20
    np.testing.assert_allclose(MAPS[name](grid + c), MAPS[name](grid), rtol=0, atol=1e-12)


@each_map
@given(vectors())
def test_a_larger_entry_never_gets_less(name: str, x: Array) -> None:
    in_order = MAPS[name](x)[np.argsort(x, kind="stable")]
    assert np.diff(in_order).min(initial=0.0) >= -1e-13


@each_map
@given(st.permutations(range(6)))
def test_a_vanishing_temperature_gives_the_argmax(name: str, order: list[int]) -> None:
    p = MAPS[name](np.array(order, dtype=float), temperature=1e-2)
    np.testing.assert_allclose(p, np.eye(6)[int(np.argmax(order))], rtol=0, atol=1e-12)


@each_map
@given(vectors())
def test_an_infinite_temperature_gives_equal_shares(name: str, x: Array) -> None:
    np.testing.assert_allclose(MAPS[name](x, temperature=1e9), 1.0 / x.size, rtol=0, atol=1e-6)


@each_map
def test_float32_stays_float32_and_batches_give_what_rows_give(name: str) -> None:
    x = np.random.default_rng(3).standard_normal((2, 3, 6)).astype(np.float32)
    batch = MAPS[name](x)
    assert batch.dtype == np.float32
    assert batch.shape == x.shape
    np.testing.assert_allclose(
        batch[1, 2], MAPS[name](x[1, 2].astype(np.float64)), rtol=0, atol=1e-6
    )


@given(vectors(), st.sampled_from([-1e8, 1e4, 1e8]))
def test_sparse_softmax_is_shift_invariant_and_lies_on_the_simplex(x: Array, c: float) -> None:
    grid = np.round(x * 2.0**20) / 2.0**20
    for k in range(1, x.size + 1):
        point = softmax.sparse_softmax(grid, k)
        assert np.count_nonzero(point.support) == k
        assert point.p.sum() == pytest.approx(1.0, abs=1e-12)
        assert not point.p[~point.support].any()
        np.testing.assert_allclose(
            softmax.sparse_softmax(grid + c, k).p, point.p, rtol=0, atol=1e-12
        )


JACOBIANS: dict[str, tuple[Callable[..., Array], Callable[..., Array]]] = {
    "softmax": (softmax.softmax_jacobian, softmax.softmax),
    "sparsemax": (softmax.sparsemax_jacobian, MAPS["sparsemax"]),
    "entmax 1.5": (softmax.entmax_jacobian, MAPS["entmax 1.5"]),
    "entmax 1.2": (partial(softmax.entmax_jacobian, alpha=1.2), MAPS["entmax 1.2"]),
    "entmax 1.0": (partial(softmax.entmax_jacobian, alpha=1.0), MAPS["softmax"]),
    "sparse softmax": (
        partial(softmax.sparse_softmax_jacobian, k=3),
        lambda x, **options: softmax.sparse_softmax(x, 3, **options).p,
    ),
    "taylor 2": (
        softmax.taylor_softmax_jacobian,
        lambda x, **options: softmax.taylor_softmax(x, **options).p,
    ),
    "taylor 4": (
        partial(softmax.taylor_softmax_jacobian, degree=4),
        lambda x, **options: softmax.taylor_softmax(x, 4, **options).p,
    ),
}


@pytest.mark.parametrize("name", JACOBIANS)
@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_jacobians_match_finite_differences(name: str, temperature: float) -> None:
    jacobian, function = JACOBIANS[name]
    x = np.array([0.31, -0.72, 0.63, 0.05, -1.4])
    assert_same_derivative(
        jacobian(x, temperature=temperature),
        lambda at: function(at, temperature=temperature),
        x,
        step=3e-4,
    )


@pytest.mark.parametrize("name", [name for name in JACOBIANS if not name.startswith("taylor")])
@given(vectors(min_size=3, max_size=8))
def test_jacobians_are_symmetric_semidefinite_and_sum_to_zero(name: str, x: Array) -> None:
    jacobian = JACOBIANS[name][0](x)
    np.testing.assert_allclose(jacobian, jacobian.T, rtol=0, atol=1e-14)
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0.0, rtol=0, atol=1e-12)
    assert np.linalg.eigvalsh(jacobian).min() >= -1e-12


def test_the_sparsemax_jacobian_is_a_projection_on_the_support() -> None:
    x = np.array([0.5, 0.2, 0.1, -4.0])
    jacobian = softmax.sparsemax_jacobian(x)
    np.testing.assert_allclose(jacobian @ jacobian, jacobian, rtol=0, atol=1e-14)
    assert np.trace(jacobian) == pytest.approx(2.0)
    assert not jacobian[3].any()


@each_loss
@pytest.mark.parametrize("target", [0, 2, 3])
def test_gradients_of_losses_match_finite_differences(name: str, target: int) -> None:
    x = np.array([0.31, -0.72, 1.13, 0.05, -1.4])
    assert_same_derivative(
        LOSSES[name](x, target).gradient,
        lambda at: LOSSES[name](at, target).value,
        x,
        step=3e-4,
    )


@pytest.mark.parametrize("margin", [0.0, 0.35])
def test_the_gradient_of_the_margin_loss_matches_finite_differences(margin: float) -> None:
    cosines = np.array([[0.31, -0.72, 0.63, 0.05], [0.2, 0.9, -0.3, 0.1]])
    target = np.array([2, 0])

    def total(at: Array) -> Array:
        losses = softmax.margin_softmax_loss(at, target, margin=margin, temperature=0.2)
        return np.asarray(losses.value.sum())

    result = softmax.margin_softmax_loss(cosines, target, margin=margin, temperature=0.2)
    assert_same_derivative(result.gradient, total, cosines, step=3e-4)


def test_the_margin_loss_without_a_margin_is_the_cross_entropy_of_the_scaled_cosines() -> None:
    cosines = np.array([0.9, -0.2, 0.4])
    plain = softmax.cross_entropy_loss(cosines / 0.1, 2)
    margin = softmax.margin_softmax_loss(cosines, 2, margin=0.0, temperature=0.1)
    assert float(margin.value) == pytest.approx(float(plain.value), rel=1e-12)
    # A lead of exactly the margin over one rival is a coin toss.
    even = softmax.margin_softmax_loss([0.8, 0.5], 0, margin=0.3, temperature=0.05)
    assert float(even.value) == pytest.approx(np.log(2.0))


@pytest.mark.parametrize(
    ("cosines", "margin", "temperature", "sentence"),
    [
        ([1.5, 0.0], 0.1, 1.0, "cosines must lie"),
        ([0.5, 0.0], -0.1, 1.0, "margin must be"),
        ([0.5, 0.0], 0.1, 0.0, "temperature must be"),
    ],
)
def test_margin_losses_outside_the_domain_are_refused(
    cosines: list[float], margin: float, temperature: float, sentence: str
) -> None:
    with pytest.raises(OperatorDomainError, match=sentence):
        softmax.margin_softmax_loss(cosines, 0, margin=margin, temperature=temperature)


def test_published_sparsemax_losses_are_reproduced() -> None:
    loss = softmax.sparsemax_loss([0.3, 1.1, 0.9, -0.5], 2)
    assert float(loss.value) == pytest.approx(0.36, abs=1e-12)
    np.testing.assert_allclose(loss.gradient, [0.0, 0.6, -0.6, 0.0], rtol=0, atol=1e-12)
    settled = softmax.sparsemax_loss([5.0, 0.0, 0.0], 0)
    assert float(settled.value) == 0.0
    assert not settled.gradient.any()


@given(vectors(min_size=2, max_size=8, magnitude=3.0), st.integers(0, 1))
def test_the_sparsemax_loss_has_the_published_form_and_vanishes_from_a_margin_of_one(
    x: Array, target: int
) -> None:
    point = softmax.sparsemax(x)
    assert point.threshold is not None
    level = float(point.threshold)
    squares = (x[point.support] ** 2 - level**2).sum()
    value = float(softmax.sparsemax_loss(x, target).value)
    assert value == pytest.approx(0.5 - x[target] + 0.5 * squares, abs=1e-11)
    lead = x[target] - np.delete(x, target).max()
    assert value >= 0.0
    if lead >= 1.0:
        assert value <= 1e-15
    elif lead < 1.0 - 1e-6:
        assert value > 0.0


@given(vectors(min_size=2, max_size=8, magnitude=5.0))
def test_entmax_losses_join_sparsemax_and_cross_entropy(x: Array) -> None:
    at_two = softmax.entmax_loss(x, 1, alpha=2.0)
    np.testing.assert_allclose(at_two.value, softmax.sparsemax_loss(x, 1).value, rtol=0, atol=1e-12)
    near_one = softmax.entmax_loss(x, 1, alpha=1.0 + 1e-7)
    np.testing.assert_allclose(
        near_one.value, softmax.cross_entropy_loss(x, 1).value, rtol=1e-4, atol=1e-5
    )
    assert float(softmax.entmax_loss(x, 0).value) >= 0.0


def test_an_entmax_loss_vanishes_from_its_own_margin_on() -> None:
    assert float(softmax.entmax_loss([2.0, 0.0], 0).value) == 0.0
    assert float(softmax.entmax_loss([1.99, 0.0], 0).value) > 0.0


def test_the_cross_entropy_of_a_settled_row_keeps_its_digits() -> None:
    loss = softmax.cross_entropy_loss([60.0, 0.0], 0)
    assert float(loss.value) == pytest.approx(np.exp(-60.0), rel=1e-12)
    assert float(softmax.cross_entropy_loss([3.0], 0).value) == 0.0


def test_a_target_outside_the_kept_set_is_reported_unless_forced() -> None:
    x = [3.0, 2.0, 1.0, 4.0]
    outside = softmax.sparse_softmax_loss(x, 2, 2)
    assert "outside the kept set" in outside.warnings[0]
    negative = softmax.sparse_softmax_loss([3.0, 2.0, 2.9, 2.9], 2, 1)
    assert float(negative.value) == pytest.approx(0.1)
    forced = softmax.sparse_softmax_loss(x, 2, 2, force_target=True)
    assert forced.warnings == ()
    assert float(forced.value) == pytest.approx(np.logaddexp.reduce([3.0, 4.0, 1.0]) - 1.0)
    inside = softmax.sparse_softmax_loss(x, 0, 2)
    assert inside.warnings == ()
    assert float(inside.value) == pytest.approx(np.logaddexp(3.0, 4.0) - 3.0)


def test_the_stop_gradient_loss_returns_the_wanted_gradient_beside_a_meaningless_value() -> None:
    x = np.array([[0.2, 0.1, -0.4], [0.9, 0.5, 0.2]])
    pair = softmax.stop_gradient_loss(x, [1, 2], softmax.softmax)
    cotangent = np.array([1.0, -2.0])
    wanted = softmax.softmax(x) - np.eye(3)[[1, 2]]
    np.testing.assert_allclose(pair.vjp(cotangent), cotangent[:, None] * wanted, rtol=1e-13)
    np.testing.assert_allclose(pair.value, (wanted * x).sum(axis=-1), rtol=0, atol=1e-13)
    negative = softmax.stop_gradient_loss([2.0, 0.0], 0, softmax.softmax)
    assert float(negative.value) < 0.0
    assert "no meaning" in negative.warnings[0]


def test_losses_of_a_batch_are_those_of_its_rows_and_shift_invariant() -> None:
    x = np.random.default_rng(5).standard_normal((3, 5))
    target = np.array([0, 4, 2])
    for loss in LOSSES.values():
        batch = loss(x, target)
        assert batch.value.shape == (3,)
        for row in range(3):
            np.testing.assert_allclose(
                batch.value[row], loss(x[row], int(target[row])).value, rtol=0, atol=1e-12
            )
        np.testing.assert_allclose(loss(x + 1e4, target).value, batch.value, rtol=0, atol=1e-10)


@pytest.mark.parametrize("target", [-1, 3, 1.5, [0, 1]])
def test_targets_outside_the_classes_are_refused(target: object) -> None:
    loss: Callable[..., object] = softmax.cross_entropy_loss
    with pytest.raises(OperatorDomainError, match="target"):
        loss([1.0, 2.0, 3.0], target)
