"""The numbers under (d) of every post, as the operators give them over REST."""

import math
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.api.operators.asking import ask, result_of

# Spec B: "All numbers in (d) were recomputed; use 1e-6 tolerance."
PRINTED = 1e-6
X = [3, 2, 1, 4]


def printed(number: object) -> Any:
    """What is equal to a number of the specification to the digits it has there."""
    return pytest.approx(number, abs=PRINTED)


@pytest.mark.parametrize(
    ("name", "k", "p", "threshold"),
    [
        ("grad_top_k", 1, [0.236883, 0.087144, 0.032059, 0.643914], None),
        ("grad_top_k", 2, [0.694413, 0.305587, 0.119203, 0.880797], None),
        ("grad_top_k", 3, [0.912856, 0.763117, 0.356086, 0.967941], None),
        ("thre_top_k_exp", 1, [0.236883, 0.087144, 0.032059, 0.643914], 4.440190),
        ("thre_top_k_exp", 2, [0.665241, 0.244728, 0.090031, 1], 3.407606),
        ("thre_top_k_exp", 3, [1, 0.731059, 0.268941, 1], 2.313262),
        ("thre_top_k_sigmoid", 1, [0.290285, 0.130789, 0.052451, 0.526475], 3.894000),
        ("thre_top_k_sigmoid", 2, [0.622459, 0.377541, 0.182426, 0.817574], 2.5),
        ("thre_top_k_sigmoid", 3, [0.869211, 0.709715, 0.473525, 0.947549], 1.105999),
        ("thre_top_k_laplace", 1, [0.247350, 0.090995, 0.033475, 0.628180], 3.703803),
        ("thre_top_k_laplace", 2, [0.696735, 0.303265, 0.111565, 0.888435], 2.5),
        ("thre_top_k_laplace", 3, [0.909005, 0.752650, 0.371820, 0.966525], 1.296197),
        ("iterated_softmax_top_k", 2, [0.655042, 0.313585, 0.122947, 0.908426], None),
        ("iterated_softmax_top_k", 3, [0.971665, 0.629101, 0.281770, 1.117464], None),
    ],
)
def test_the_table_of_top_k(
    client: TestClient, name: str, k: int, p: list[float], threshold: float | None
) -> None:
    result = result_of(client, name, x=X, k=k)

    assert result["p"] == printed(p)
    assert result["total"] == pytest.approx(k)
    if threshold is None:
        assert result["threshold"] is None
    else:
        assert result["threshold"] == printed(threshold)


def test_pitfalls_of_top_k_are_told(client: TestClient) -> None:
    weighted = ask(client, "weighted_softmax_top_k", x=X, k=2, temperature=0.1)
    below = ask(client, "thre_top_k_laplace", x=[0, 0.1, 0.2, 0.3], k=3)
    not_softmax = ask(client, "thre_top_k_laplace", x=[5, 0, 0], k=1)
    tie = ask(client, "hard_top_k", x=[1, 1, 1, 1], k=2)

    assert weighted["result"]["p"] == printed([0.500023, 0.000023, 0, 1.499955])
    assert any("counter-example" in warning for warning in weighted["warnings"])
    assert below["result"]["threshold"] == printed(-0.549388)
    assert any("m = n" in warning for warning in below["warnings"])
    assert not_softmax["result"]["p"][0] == printed(0.941957)
    assert any("Softmax" in warning for warning in not_softmax["warnings"])
    assert tie["result"]["p"] == [1, 1, 0, 0]
    assert any("not unique" in warning for warning in tie["warnings"])


def test_jacobians_of_top_k(client: TestClient) -> None:
    grad = result_of(client, "grad_top_k", x=X, k=2, jacobian=True)["jacobian"]
    sigmoid = result_of(client, "thre_top_k_sigmoid", x=X, k=2, jacobian=True)["jacobian"]
    slope = result_of(client, "threshold_gradient", x=X, k=2, step="sigmoid")

    assert grad[0] == printed([0.212203, -0.132905, -0.053604, -0.025695])
    assert sigmoid[0] == printed([0.163122, -0.071882, -0.045620, -0.045620])
    assert slope["gradient"] == printed([0.305875, 0.305875, 0.194125, 0.194125])
    assert slope["threshold"] == pytest.approx(2.5)


def test_the_comparison_of_top_k_is_that_of_its_operators(client: TestClient) -> None:
    compared = result_of(client, "top_k_comparison", x=X, k=2)

    for each in compared["operators"]:
        alone = ask(client, each["operator"], x=X, k=2)
        assert each["p"] == alone["result"]["p"]
        assert each["warnings"] == alone["warnings"]
    assert compared["hard"] == [1, 0, 0, 1]


def test_the_temperature_curve_ends_at_hard_top_k_and_at_even_shares(client: TestClient) -> None:
    curve = result_of(
        client, "top_k_temperature_curve", x=X, k=2, log10_low=-2, log10_high=4, points=7
    )

    assert curve["p"][0] == pytest.approx([1, 0, 0, 1], abs=1e-9)
    assert curve["p"][-1] == pytest.approx([0.5] * 4, abs=1e-3)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([1, 2, 3], {
            "softmax": [0.090031, 0.244728, 0.665241],
            1.2: [0.045791, 0.221458, 0.732751],
            1.5: [0, 0.169281, 0.830719],
            "sparsemax": [0, 0, 1],
        }),
        ([3, 2, 1, 4], {
            "softmax": [0.236883, 0.087144, 0.032059, 0.643914],
            1.2: [0.220308, 0.045465, 0.004473, 0.729754],
            1.5: [0.169281, 0, 0, 0.830719],
            "sparsemax": [0, 0, 0, 1],
        }),
        ([2, 0], {
            "softmax": [0.880797, 0.119203],
            1.2: [0.931013, 0.068987],
            1.5: [1, 0],
            "sparsemax": [1, 0],
        }),
    ],
)  # fmt: skip
def test_the_table_of_the_softmax_family(
    client: TestClient, x: list[float], expected: dict[str | float, list[float]]
) -> None:
    for name, p in expected.items():
        if isinstance(name, str):
            result = result_of(client, name, x=x)
        else:
            result = result_of(client, "entmax", x=x, alpha=name)
        assert result["p"] == printed(p)


def test_numbers_of_the_other_maps_and_losses(client: TestClient) -> None:
    taylor = ask(client, "taylor_softmax", x=[-3, -1, 0], degree=2)
    normal = result_of(client, "perturb_max", x=[1, 2, 3], noise="normal")
    opened = result_of(
        client, "perturb_max", x=[1, 2, 3], nodes=1000, rule="open", renormalise=False
    )
    loss = result_of(client, "sparsemax_loss", x=[0.3, 1.1, 0.9, -0.5], target=2)
    boundary = ask(client, "entmax", x=[2, 0], alpha=1.5)

    assert taylor["result"]["p"] == pytest.approx([0.625, 0.125, 0.25])
    assert taylor["warnings"]
    assert normal["p"] == pytest.approx([0.04715, 0.22410, 0.72875], abs=1e-5)
    assert opened["total"] == pytest.approx(0.99949, abs=1e-5)
    assert loss["value"] == pytest.approx(0.36)
    assert loss["gradient"] == pytest.approx([0, 0.6, -0.6, 0], abs=1e-12)
    assert any("threshold" in warning for warning in boundary["warnings"])
    assert result_of(client, "softmax", x=[1, 2, 3])["half_norm"] == printed(0.489457)


def test_rows_are_answered_row_by_row(client: TestClient) -> None:
    rows = result_of(client, "sparsemax", x=[[1, 2, 3], [0.5, 0.2, 0.1]])

    assert rows["p"][0] == [0, 0, 1]
    assert rows["p"][1] == printed([0.566667, 0.266667, 0.166667])
    assert rows["support_size"] == [1, 3]
    assert len(rows["threshold"]) == 2


def test_numbers_of_attention_without_positions(client: TestClient) -> None:
    resolution = result_of(client, "position_resolution", positions=[1, 10, 100, 1000])
    run = result_of(client, "nope_simulation", length=64, dimension=4096, seed=0)
    shuffled = result_of(client, "attention_shuffle", length=12, seed=1)

    assert resolution["resolution"] == pytest.approx(
        [0.292893, 0.014716, 4.96281e-4, 1.57995e-5], rel=1e-4
    )
    for n in (1, 4, 16, 64):
        assert n * run["mean_square"][n - 1] == pytest.approx(1.0, abs=0.1)
    assert max(shuffled["bidirectional"]) < 1e-12
    assert shuffled["causal"][-1] < 1e-12
    assert max(shuffled["causal"][1:-1]) > 1e-2


@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        ("rope_tv_positions", (4, 3, 2), ([7, 6.5], [8, 8.5], 11, [3, 2.5])),
        ("rope_tv_positions", (3, 3, 3), ([7, 7], [9, 9], 13, [4, 4])),
        ("rope_tv_positions", (10, 16, 16), ([131, 131], [146, 146], 267, [121, 121])),
        ("rope_tv_positions", (0, 1, 1), ([1, 1], [1, 1], 2, [1, 1])),
        ("rope_tv_positions", (5, 4, 1), ([7.5, 6], [7.5, 9], 10, [2.5, 1])),
        ("rope_tie_positions", (4, 3, 2), ([8, 7], [12, 13], 16, [4, 3])),
    ],
)
def test_the_table_of_positions(
    client: TestClient,
    name: str,
    inputs: tuple[int, int, int],
    expected: tuple[list[float], list[float], float, list[float]],
) -> None:
    text_end, width, height = inputs
    first, last, following, gap = expected
    block = result_of(client, name, text_end=text_end, width=width, height=height)

    assert (block["first_patch"], block["last_patch"]) == (first, last)
    assert block["next_text"] == [following] * 2
    assert block["gap_before"] == block["gap_after"] == gap


def test_only_rope_tv_keeps_all_principles(client: TestClient) -> None:
    schemes = result_of(client, "position_principles")["schemes"]

    kept = {
        each["scheme"]
        for each in schemes
        if all(each[name] for name in ("compatibility", "equivalence", "symmetry", "unit_spacing"))
    }

    assert kept == {"tv"}
    assert all(each["reasons"] for each in schemes if each["scheme"] != "tv")


def test_a_scheme_that_cannot_place_a_video_is_said_so(client: TestClient) -> None:
    video = {"kind": "video", "width": 3, "height": 2, "frames": 4}
    tie = result_of(client, "position_principles", schemes=["tie"], blocks=[video])["schemes"][0]
    placed = result_of(client, "rope_tv_video_positions", text_end=2, width=3, height=2, frames=4)

    assert tie["compatibility"] is None
    assert "RoPE-Tie is defined for images only" in tie["reasons"][0]
    assert placed["first_patch"] == [14, 13.5, 13]
    assert placed["last_patch"] == [15, 15.5, 16]
    assert placed["next_text"] == [27, 27, 27]


def test_numbers_of_the_batch_size_laws(client: TestClient) -> None:
    surge = result_of(
        client, "surge_optimum", diagonal=4, off_diagonal=10, gradient_gain=3, kappa2=50,
        batch_sizes=[1, 10, 100, 1000, 1e6],
    )  # fmt: skip
    sign = result_of(client, "sign_mean", gradient=[0.3], sigma=[2], batch_sizes=[16])
    momentum = result_of(client, "momentum", beta1=0.9)
    landmarks = surge["landmarks"]

    assert surge["eta"] == printed([0.081532, 0.196554, 0.233850, 0.217657, 0.214289])
    assert landmarks["beta_noise"] == printed(0.632456)
    assert landmarks["noise_batch_size"] == printed(52.359878)
    assert landmarks["efficiency_batch_size"] == printed(22.439948)
    assert 1 / landmarks["efficiency_batch_size"] - 1 / landmarks["noise_batch_size"] == (
        pytest.approx(4 / (math.pi * 50))
    )
    assert (sign["erf"][0][0], sign["approx"][0][0], sign["meanfield"][0][0]) == printed(
        (0.451494, 0.431800, 0.514496)
    )
    assert momentum["factor"] == pytest.approx(19)
    assert momentum["update_rms"] == printed(0.229416)
    assert momentum["surge_batch_size"] == printed(0.058824)


def test_a_surge_that_does_not_exist_is_null_and_told(client: TestClient) -> None:
    answer = ask(client, "surge_params", diagonal=4, off_diagonal=-1, gradient_gain=3, kappa2=50)

    assert answer["result"]["beta_noise"] is None
    assert answer["result"]["noise_batch_size"] is None
    assert answer["warnings"]


@pytest.mark.parametrize("update", ["sgd", "sign"])
def test_simulated_steps_agree_with_the_formula(client: TestClient, update: str) -> None:
    quadratic = result_of(client, "random_quadratic", parameters=4, seed=3)
    measured = result_of(
        client, "quadratic_simulation", **quadratic, batch_sizes=[4, 64, 1024], update=update,
        draws=20_000, seed=0,
    )  # fmt: skip

    for found, expected, error in zip(
        measured["measured_loss_drop"],
        measured["formula_loss_drop"],
        measured["standard_error"],
        strict=True,
    ):
        assert abs(found - expected) < 5 * error


def test_all_laws_on_one_quadratic_are_those_of_their_operators(client: TestClient) -> None:
    quadratic = result_of(client, "random_quadratic", parameters=4, coupling=0.8, seed=1)
    sizes = [1, 10, 100]
    curves = result_of(client, "batch_size_curves", **quadratic, batch_sizes=sizes)
    laws = {law["law"]: law for law in curves["laws"]}
    sign = result_of(client, "sign_optimum", **quadratic, batch_sizes=sizes)

    assert laws["sign"]["eta"] == pytest.approx(sign["eta"])
    assert (
        laws["sqrt"]["eta"][0] == laws["linear"]["eta"][0] == pytest.approx(laws["sgd"]["eta"][0])
    )
    assert curves["surge"]["noise_batch_size"] > 0


def test_numbers_of_low_rank_approximation(client: TestClient) -> None:
    svd = result_of(client, "svd_approx", matrix={"kind": "worked_svd"}, r=1)
    pinv = result_of(client, "pinv", matrix=[[1, 2], [2, 4], [0, 0]], ridge=1e-7)
    first = result_of(client, "interpolative_decomposition", matrix={"kind": "worked_id"}, r=1)
    second = result_of(client, "interpolative_decomposition", matrix={"kind": "worked_id"}, r=2)
    norm = result_of(client, "interpolative_decomposition", matrix={"kind": "worked_norm"}, r=1)
    best = result_of(
        client, "interpolative_decomposition", matrix={"kind": "worked_norm"}, method="best_single"
    )
    kahan = ask(client, "interpolative_decomposition", matrix={"kind": "kahan", "columns": 10}, r=9)

    assert np.array(svd["approximation"]) == pytest.approx(np.array([[1.5, 1.5], [4.5, 4.5]]))
    assert svd["squared_error"] == pytest.approx(5)
    assert svd["singular_values"] == printed([6.708204, 2.236068])
    assert np.array(pinv["inverse"]) == pytest.approx(np.array([[0.04, 0.08, 0], [0.08, 0.16, 0]]))
    assert max(pinv["residuals"]) < 1e-12
    assert pinv["difference"] < 1e-6
    assert first["coefficients"][0] == pytest.approx([0.2, 0.8, 1, 0.4])
    assert first["squared_error"] == pytest.approx(4.81)
    assert second["columns"] == [2, 3]
    assert second["squared_error"] == printed(0.004984)
    assert norm["squared_error"] == pytest.approx(4.0, abs=0.05)
    assert norm["columns"] == [4]
    assert best["squared_error"] == pytest.approx(2.27)
    assert kahan["result"]["max_abs_coefficient"] == pytest.approx(2.1187, abs=5e-5)
    assert any("usual bound" in warning for warning in kahan["warnings"])
    assert sum(second["histogram_counts"]) == 8


def test_the_worked_cur_and_cr_examples(client: TestClient) -> None:
    chosen = {"matrix": {"kind": "worked_cur"}, "columns": [0, 1], "rows": [0, 2]}
    x, y = [[1, 0], [0, 2]], [[3, 0], [0, 4]]
    kept = result_of(client, "column_row_selection", x=x, y=y, r=1)
    spread = result_of(client, "column_row_sampling_spread", x=x, y=y, r=1, repeats=1000)

    assert result_of(client, "cur", **chosen, mode="intersection")["squared_error"] == (
        pytest.approx(1)
    )
    assert result_of(client, "cur", **chosen, mode="optimal")["squared_error"] == (
        pytest.approx(1 / 3)
    )
    assert kept["indices"] == [1]
    assert kept["squared_error"] == pytest.approx(9)
    assert kept["norms"] == [3, 8]
    assert kept["probabilities"] == printed([0.272727, 0.727273])
    assert spread["theory"] == pytest.approx(48)
    assert abs(spread["mean"] - 48) < 5 * spread["standard_error"]


def test_better_weights_never_make_a_column_row_selection_worse(client: TestClient) -> None:
    factors = {
        "x": {"kind": "gaussian", "rows": 20, "columns": 30, "seed": 0},
        "y": {"kind": "gaussian", "rows": 30, "columns": 25, "seed": 1},
    }
    errors = {
        weights: result_of(client, "column_row_selection", **factors, r=10, weights=weights)
        for weights in ("plain", "diagonal", "full")
    }

    plain, diagonal, full = (each["error"] for each in errors.values())
    assert full <= diagonal <= plain
    assert full >= errors["full"]["svd_floor"] * (1 - 1e-12)


def test_no_method_goes_below_the_floor_of_the_svd(client: TestClient) -> None:
    recipe = {"kind": "low_rank_noise", "rows": 20, "columns": 30, "rank": 5, "seed": 2}
    compared = result_of(client, "low_rank_comparison", matrix=recipe, ranks=[1, 3, 5, 8])

    for method in compared["methods"]:
        for error, floor in zip(method["errors"], compared["svd_floor"], strict=True):
            assert error >= floor * (1 - 1e-9), method["method"]


def test_numbers_of_vector_quantisation(client: TestClient) -> None:
    nearest = result_of(client, "vq_nearest", z=[0.8, 0.3], codebook=[[0, 0], [1, 0], [0, 2]])
    pair = {"z": [3, 4], "q": [0, 2], "gradient": [1, 0]}
    rotated = result_of(client, "rotation_trick", **pair)
    opposite = ask(client, "rotation_trick", z=[1, 0], q=[-2, 0], gradient=[1, 0])
    quantised = result_of(client, "fsq", z=[-3, -1, -0.2, 0, 0.7, 2, 4], levels=[5])
    swapped = result_of(client, "symmetric_orth", a=[1, 2, 3, 4, 5], b=[9, 8, 7, 6, 5])

    assert nearest["index"] == 1
    assert nearest["squared_distances"] == pytest.approx([0.73, 0.13, 3.53])
    assert rotated["gradient"] == pytest.approx([0.32, -0.24])
    assert np.array(rotated["matrix"]) == pytest.approx(np.array([[0.32, -0.24], [0.24, 0.32]]))
    assert rotated["cosine"] == pytest.approx(0.8)
    assert rotated["norm_ratio"] == pytest.approx(0.4)
    assert opposite["result"]["map"] == "reflection"
    assert opposite["warnings"]
    assert quantised["codes"] == [0, 1, 2, 2, 3, 4, 4]
    assert result_of(client, "fsq", z=[0], levels=[6])["codes"] == [2]
    assert result_of(client, "fsq_index", codes=[[3, 0, 4, 2]], levels=[8, 5, 5, 5]) == {
        "indices": [563]
    }
    assert result_of(client, "fsq_decode", indices=[563], levels=[8, 5, 5, 5]) == {
        "codes": [[3, 0, 4, 2]]
    }
    assert result_of(client, "fsq_bin_edges", levels=5)["edges"] == printed(
        [-1.945910, -0.510826, 0.510826, 1.945910]
    )
    assert swapped["determinant"] == pytest.approx(1)


def test_a_far_start_collapses_vq_but_not_simvq(client: TestClient) -> None:
    dead = ask(client, "codebook_training", method="vq", start="corner")
    alive = ask(client, "codebook_training", method="simvq", start="corner")

    assert dead["result"]["used_fraction"][-1] < 0.5 < alive["result"]["used_fraction"][-1]
    assert dead["warnings"][0].startswith("Collapse")
    assert alive["warnings"] == []


def test_gradients_carried_every_way_have_the_length_they_should(client: TestClient) -> None:
    result = result_of(
        client, "gradient_transport", z=[0.8, 0.3], codebook=[[1, 0], [0, 2]], gradient=[0.3, -1]
    )

    ratios = {arrow["map"]: arrow["norm_ratio"] for arrow in result["arrows"]}
    assert ratios["straight_through"] == pytest.approx(1)
    for name in ("rotation", "reflection", "symmetric"):
        assert ratios[name] == pytest.approx(result["scale"])
