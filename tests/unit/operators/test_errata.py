"""One test for each erratum of the posts that concerns top-k, Softmax and positions (spec 0.4)."""

import numpy as np
import pytest
from scipy.special import softmax as scipy_softmax

from app.operators import rope, softmax, top_k
from tests.unit.operators.support import PRINTED, assert_same_derivative


def test_erratum_1_laplace_top_1_is_softmax_only_up_to_a_maximum_of_one_half() -> None:
    below = [1.0, 0.5, 0.2]
    result = top_k.thre_top_k_laplace(below, 1)
    np.testing.assert_allclose(result.p, scipy_softmax(below), rtol=0, atol=1e-12)
    assert result.warnings == ()
    published = {
        (3.0, 2.0, 1.0, 4.0): [0.24735, 0.090995, 0.033475, 0.62818],
        (5.0, 0.0, 0.0): [0.941957],
    }
    for x, p in published.items():
        above = top_k.thre_top_k_laplace(x, 1)
        np.testing.assert_allclose(above.p[: len(p)], p, rtol=0, atol=PRINTED)
        assert "Softmax" in above.warnings[0]
        r = np.exp(np.array(x) - max(x)).sum() - 1.0
        assert float(above.p.max()) == pytest.approx(1.0 - np.sqrt(r) / 2.0, abs=1e-12)
        assert abs(float(above.p.max()) - 1.0 / (1.0 + r)) > 0.01


def test_erratum_2_laplace_threshold_below_every_entry_has_its_closed_form() -> None:
    x = np.array([0.0, 0.1, 0.2, 0.3])
    result = top_k.thre_top_k_laplace(x, 3)
    assert result.threshold is not None
    assert float(result.threshold) == pytest.approx(-0.549388, abs=PRINTED)
    assert float(result.threshold) == pytest.approx(
        np.log(2 * (4 - 3)) - np.logaddexp.reduce(-x), abs=1e-12
    )
    np.testing.assert_allclose(
        result.p, [0.711349, 0.738817, 0.763672, 0.786162], rtol=0, atol=PRINTED
    )
    assert any("below every entry" in warning for warning in result.warnings)


def test_erratum_3_the_weighted_iteration_is_wrong_although_it_can_look_right() -> None:
    x = [3.0, 2.0, 1.0, 4.0]
    tenth = top_k.weighted_softmax_top_k(x, 2, temperature=0.1)
    np.testing.assert_allclose(tenth.p, [0.500023, 0.000023, 0.0, 1.499955], rtol=0, atol=PRINTED)
    assert any("counter-example" in warning for warning in tenth.warnings)
    assert any("outside [0, 1]" in warning for warning in tenth.warnings)
    rounded = top_k.weighted_softmax_top_k(x, 2, temperature=0.02)
    np.testing.assert_allclose(rounded.p, [1.0, 0.0, 0.0, 1.0], rtol=0, atol=1e-6)
    assert any("looks right only" in warning for warning in rounded.warnings)
    third = top_k.weighted_softmax_top_k(x, 3)
    np.testing.assert_allclose(third.p, [1.2899, 0.7144, 0.3003, 0.6954], rtol=0, atol=5e-5)
    assert any("smaller weight" in warning for warning in third.warnings)


def test_erratum_4_the_authors_iteration_leaves_the_unit_interval_and_fails_at_n() -> None:
    x = np.array([3.0, 2.0, 1.0, 4.0])
    third = top_k.iterated_softmax_top_k(x, 3)
    np.testing.assert_allclose(third.p, [0.9717, 0.6291, 0.2818, 1.1175], rtol=0, atol=5e-5)
    assert any("outside [0, 1]" in warning for warning in third.warnings)
    limit = top_k.iterated_softmax_top_k(x, 4, temperature=1e-3)
    np.testing.assert_allclose(limit.p, [1.25, 1.25, 0.25, 1.25], rtol=0, atol=1e-6)
    assert any("k = n" in warning for warning in limit.warnings)


def test_erratum_5_entmax_finds_its_threshold_on_the_boundary_and_at_huge_offsets() -> None:
    boundary = softmax.entmax([2.0, 0.0])
    assert boundary.p.tolist() == [1.0, 0.0]
    assert boundary.threshold is not None
    assert float(boundary.threshold) == 0.0
    assert any("strict inequalities" in warning for warning in boundary.warnings)
    assert softmax.entmax([2.5, 0.0]).warnings == ()
    offset = softmax.entmax(np.array([1.0, 2.0, 3.0]) + 1e9)
    np.testing.assert_allclose(offset.p, [0.0, 0.169281, 0.830719], rtol=0, atol=PRINTED)


def test_erratum_6_the_sparsemax_jacobian_takes_the_support_once() -> None:
    # Omega(x), not Omega(Omega(x)): the support of the result is that of x, and one projection
    # more changes nothing.
    x = np.array([0.5, 0.2, 0.1, -3.0])
    support = softmax.sparsemax(x).support
    assert support.tolist() == [True, True, True, False]
    expected = np.where(np.outer(support, support), np.diag(support) - 1.0 / 3.0, 0.0)
    np.testing.assert_allclose(softmax.sparsemax_jacobian(x), expected, rtol=0, atol=1e-15)
    assert_same_derivative(expected, lambda at: softmax.sparsemax(at).p, x)


def test_erratum_7_the_number_on_the_right_of_the_rope_tv_figure_includes_the_text_before() -> None:
    # The figure forgot to add L once (it should read 11.5). By the formula every coordinate of a
    # patch moves on with L: the last row of a 4 x 3 image after 4 tokens is at 7.5 + 4.
    without_text = rope.rope_tv_positions(0, 4, 3)
    assert without_text.last_patch.tolist() == [7.5, 8.0]
    assert rope.rope_tv_positions(4, 4, 3).last_patch.tolist() == [11.5, 12.0]
    for length in (1, 5, 11):
        block = rope.rope_tv_positions(length, 4, 3)
        np.testing.assert_array_equal(block.positions, without_text.positions + length)
        np.testing.assert_array_equal(block.next_text, without_text.next_text + length)
