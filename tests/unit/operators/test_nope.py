"""Attention without positions: what order it sees, and the law of the mean square."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import nope
from app.operators.errors import OperatorDomainError


@given(st.integers(0, 2**31), st.integers(2, 9))
def test_permuting_keys_leaves_bidirectional_attention_unchanged(seed: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    q, k, v = (rng.standard_normal((length, 4)) for _ in range(3))
    order = rng.permutation(length)
    np.testing.assert_allclose(
        nope.bidirectional_attention(q, k[order], v[order]),
        nope.bidirectional_attention(q, k, v),
        rtol=0,
        atol=1e-12,
    )


def test_permuting_the_past_leaves_the_last_causal_output_but_changes_those_between() -> None:
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((6, 4)) for _ in range(3))
    order = np.array([3, 4, 0, 1, 2, 5])
    before = nope.causal_attention(q, k, v)
    after = nope.causal_attention(q, k[order], v[order])
    np.testing.assert_allclose(after[5], before[5], rtol=0, atol=1e-12)
    assert np.all(np.abs(after[1:4] - before[1:4]).max(axis=-1) > 1e-3)


def test_the_first_causal_output_is_the_first_value_and_weights_sum_to_one() -> None:
    rng = np.random.default_rng(1)
    q, k, v = (rng.standard_normal((2, 5, 3)) for _ in range(3))
    np.testing.assert_allclose(nope.causal_attention(q, k, v)[:, 0], v[:, 0], rtol=0, atol=1e-15)
    weights = nope.attention_weights(q, k, causal=True)
    assert weights.shape == (2, 5, 5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, rtol=0, atol=1e-14)
    assert not np.triu(weights, 1).any()


def test_causal_attention_is_the_cumulative_form_of_the_bidirectional() -> None:
    rng = np.random.default_rng(2)
    q, k, v = (rng.standard_normal((7, 3)) for _ in range(3))
    causal = nope.causal_attention(q, k, v, scale=3**-0.5)
    for n in range(7):
        prefix = nope.bidirectional_attention(q[n : n + 1], k[: n + 1], v[: n + 1], scale=3**-0.5)
        np.testing.assert_allclose(causal[n], prefix[0], rtol=0, atol=1e-14)


def test_equal_keys_make_causal_attention_the_uniform_average() -> None:
    v = np.random.default_rng(3).standard_normal((6, 4))
    zeros = np.zeros((6, 2))
    np.testing.assert_allclose(
        nope.uniform_causal_average(v), nope.causal_attention(zeros, zeros, v), rtol=0, atol=1e-14
    )
    np.testing.assert_allclose(nope.uniform_causal_average(v)[4], v[:5].mean(axis=0), rtol=1e-13)


def test_the_mean_square_falls_like_one_over_n() -> None:
    # With d = 4096 components n * mean square has a standard error of sqrt(2/4096) = 0.022;
    # five of those are allowed.
    rng = np.random.default_rng(4)
    y = nope.uniform_causal_average(rng.standard_normal((256, 4096)))
    n = np.arange(1, 257)
    scaled = nope.mean_square(y) * n
    assert np.all(np.abs(scaled[[0, 3, 15, 63, 255]] - 1.0) < 5 * 0.0221)
    np.testing.assert_allclose(nope.expected_mean_square(n), 1.0 / n, rtol=1e-15)


def test_a_mean_other_than_zero_leaves_a_floor() -> None:
    rng = np.random.default_rng(5)
    y = nope.uniform_causal_average(0.5 + 2.0 * rng.standard_normal((400, 2048)))
    expected = nope.expected_mean_square(np.arange(1, 401), sigma=2.0, mean=0.5)
    np.testing.assert_allclose(nope.mean_square(y), expected, rtol=0.15)
    assert expected[-1] == pytest.approx(0.25 + 4.0 / 400)


@pytest.mark.parametrize(
    ("n", "resolution"),
    [(1, 0.292893), (10, 0.014716), (100, 4.96281e-4), (1000, 1.57995e-5)],
)
def test_published_resolutions_are_reproduced(n: int, resolution: float) -> None:
    assert float(nope.position_resolution(n)) == pytest.approx(resolution, rel=3e-5)


def test_the_resolution_tends_to_half_of_n_to_the_minus_three_halves() -> None:
    n = np.array([1e4, 1e8, 1e15])
    np.testing.assert_allclose(nope.position_resolution(n), 0.5 * n**-1.5, rtol=1e-4)


def test_the_effective_length_counts_equal_weights() -> None:
    assert float(nope.effective_length(np.full(7, 1 / 7))) == pytest.approx(7.0)
    assert float(nope.effective_length([0.0, 1.0, 0.0])) == pytest.approx(1.0)


def test_a_simulated_layer_follows_the_law_and_is_reproducible() -> None:
    run = nope.simulate_causal_layers(64, 4096, rng=np.random.default_rng(6), sigma=1.5)
    np.testing.assert_allclose(run.mean_square, run.expected, rtol=5 * 0.0221)
    np.testing.assert_allclose(run.effective_length, np.arange(1, 65), rtol=1e-12)
    assert run.warnings == ()
    again = nope.simulate_causal_layers(64, 4096, rng=np.random.default_rng(6), sigma=1.5)
    assert np.array_equal(run.mean_square, again.mean_square)


def test_a_simulation_outside_the_assumptions_says_which_one() -> None:
    run = nope.simulate_causal_layers(
        64, 512, rng=np.random.default_rng(7), mean=0.3, sharpness=3.0, layers=2
    )
    assert [word in " ".join(run.warnings) for word in ("sharp", "floor", "layer")] == [True] * 3
    assert run.effective_length[-1] < 32
    assert run.mean_square[-1] > 2 * run.expected[-1]
    np.testing.assert_allclose(run.weights.sum(axis=-1), 1.0, rtol=0, atol=1e-14)


def test_sharp_attention_obeys_the_law_with_the_sum_of_squared_weights() -> None:
    # For fixed weights a_m the expected mean square is sigma^2 sum a_m^2, at least sigma^2/n.
    run = nope.simulate_causal_layers(64, 4096, rng=np.random.default_rng(8), sharpness=2.0)
    np.testing.assert_allclose(
        run.mean_square, np.square(run.weights).sum(axis=-1), rtol=5 * 0.0221
    )


def test_float32_stays_float32() -> None:
    rng = np.random.default_rng(9)
    q, k, v = (rng.standard_normal((5, 3)).astype(np.float32) for _ in range(3))
    assert nope.causal_attention(q, k, v).dtype == np.float32
    assert nope.uniform_causal_average(v).dtype == np.float32
    assert nope.mean_square(v).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: nope.causal_attention([[1.0]], [[1.0], [2.0]], [[1.0], [2.0]]), "as many"),
        (lambda: nope.bidirectional_attention([[1.0]], [[1.0, 2.0]], [[1.0]]), "components"),
        (lambda: nope.bidirectional_attention([[1.0]], [[1.0]], [[1.0], [2.0]]), "values"),
        (lambda: nope.attention_weights([[1e200]], [[1e200]]), "overflows"),
        (lambda: nope.mean_square([1.0, 2.0]), "at least 2 axes"),
        (lambda: nope.position_resolution(0), "count from 1"),
        (lambda: nope.expected_mean_square(1, sigma=0.0), "sigma must be"),
        (lambda: nope.effective_length([-0.5, 1.5]), "negative"),
        (lambda: nope.simulate_causal_layers(0, 1, rng=np.random.default_rng(0)), "length"),
        (
            lambda: nope.simulate_causal_layers(2, 1, rng=np.random.default_rng(0), sharpness=-1),
            "sharpness",
        ),
    ],
)  # fmt: skip
def test_inputs_outside_the_domain_are_refused_with_a_sentence(
    call: Callable[[], object], sentence: str
) -> None:
    with pytest.raises(OperatorDomainError, match=sentence):
        call()
