"""`GET /api/v1/operators`, and that every operator keeps to what its catalogue says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from starlette.testclient import TestClient

from app.api.operators.catalogue import OPERATORS
from tests.api.operators.asking import OPERATORS_PATH, ask, post, read_strictly

ROOT = Path(__file__).parents[3]

# Spec B: what (a) of every post lists, by the name it has here.
LISTED = {
    "softmax": {
        "softmax", "logsumexp", "margin_softmax_loss", "taylor_softmax", "sparse_softmax",
        "sparse_softmax_loss", "perturb_max", "sparsemax", "sparsemax_loss", "entmax",
        "stop_gradient_loss",
    },
    "top-k": {
        "hard_top_k", "iterated_softmax_top_k", "weighted_softmax_top_k", "grad_top_k",
        "grad_top_k_recursive", "thre_top_k_exp", "thre_top_k_sigmoid", "thre_top_k_laplace",
        "threshold_gradient", "smooth_top_k_sum", "top_k_sum_bound",
    },
    "nope": {
        "bidirectional_attention", "causal_attention", "uniform_causal_average", "mean_square",
        "position_resolution",
    },
    "rope": {
        "rope_1d", "rope_2d", "rope_3d", "rope_tv_positions", "rope_tie_positions",
        "flat_positions", "layout_positions", "rope_tv_video_positions", "mrope_positions",
        "sequence_positions", "position_principles", "attention_decay",
    },
    "batch-size": {
        "lr_sqrt", "lr_linear", "sgd_stats", "sgd_optimum", "data_efficiency",
        "fit_critical_batch", "sign_mean", "sign_optimum", "surge_params", "surge_optimum",
        "softsign_optimum", "momentum", "quadratic_simulation",
    },
    "low-rank": {
        "pinv", "svd_approx", "column_row_selection", "column_row_sampling_spread",
        "interpolative_decomposition", "cur", "leverage_scores", "deim", "choose_columns",
    },
    "vector-quantization": {
        "vq_nearest", "vq_losses", "straight_through", "straight_through_general",
        "rotation_matrix", "rotation_trick", "householder", "symmetric_orth", "ema_codebook",
        "fsq", "fsq_index", "fsq_decode", "simvq_nearest", "codebook_usage", "codebook_training",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(client: TestClient) -> dict[str, Any]:
    answer = client.get(OPERATORS_PATH)
    assert answer.status_code == 200
    body: dict[str, Any] = read_strictly(answer.text)
    return body


def test_every_operator_of_the_posts_is_there(catalogue: dict[str, Any]) -> None:
    groups = {group["group"]: set(group["operators"]) for group in catalogue["groups"]}

    assert set(groups) == set(LISTED)
    for group, names in LISTED.items():
        assert names <= groups[group]


def test_the_catalogue_says_everything_about_each(catalogue: dict[str, Any]) -> None:
    names = [each["name"] for each in catalogue["operators"]]
    assert len(names) == len(set(names))
    for each in catalogue["operators"]:
        for said in ("title", "formula", "tex", "method", "complexity", "pitfalls"):
            assert each[said], (each["name"], said)
        number = each["source"]["number"]
        assert each["source"]["address"] == f"https://kexue.fm/archives/{number}"
        group = next(one for one in catalogue["groups"] if one["group"] == each["group"])
        assert number in {group["post"], *group["successors"]}


def test_limits_of_a_call_are_told(client: TestClient, catalogue: dict[str, Any]) -> None:
    assert catalogue["time_budget_seconds"] == 5.0
    assert catalogue["max_body_bytes"] == 4 * 2**20
    one = client.get(f"{OPERATORS_PATH}/softmax").json()
    assert one == next(each for each in catalogue["operators"] if each["name"] == "softmax")


@pytest.mark.parametrize("name", OPERATORS)
def test_every_example_runs_and_keeps_to_both_schemas(client: TestClient, name: str) -> None:
    described = client.get(f"{OPERATORS_PATH}/{name}").json()
    example = described["example"]
    jsonschema.Draft202012Validator.check_schema(described["inputs_schema"])
    jsonschema.validate(example, described["inputs_schema"])

    answer = ask(client, name, **example)

    jsonschema.validate(answer["result"], described["result_schema"])
    jsonschema.validate(answer["inputs"], described["inputs_schema"])
    assert answer["operator"] == name
    assert answer["complexity"] == described["complexity"]
    assert answer["source"] == described["source"]
    assert answer["method"]
    assert set(answer["inputs"]) == set(described["inputs_schema"].get("properties", {}))
    assert answer["took_ms"] >= 0


@pytest.mark.parametrize("name", OPERATORS)
def test_the_same_inputs_give_the_same_answer(client: TestClient, name: str) -> None:
    body = json.dumps(dict(OPERATORS[name].example))

    first, again = (post(client, name, body).json() for _ in range(2))

    assert first | {"took_ms": 0} == again | {"took_ms": 0}


@pytest.mark.parametrize("name", OPERATORS)
def test_echoed_inputs_can_be_sent_again(client: TestClient, name: str) -> None:
    first = ask(client, name, **OPERATORS[name].example)

    again = ask(client, name, **first["inputs"])

    assert again["result"] == first["result"]


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("sparse-max", "sparsemax"), ("grad_topk", "grad_top_k"), ("rope_tv", "rope_tv_positions")],
)
def test_an_unknown_operator_is_not_found_and_near_names_are_given(
    client: TestClient, wanted: str, near: str
) -> None:
    for answer in (post(client, wanted, "{}"), client.get(f"{OPERATORS_PATH}/{wanted}")):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/help#problem-unknown-operator"
        assert near in answer.json()["near"]
        assert near in answer.json()["detail"]


def test_a_name_like_no_other_has_no_near_ones(client: TestClient) -> None:
    body = post(client, "%F0%9F%A6%A6", "{}").json()

    assert body["near"] == []
    assert "GET /api/v1/operators" in body["detail"]


def test_the_application_starts_without_importing_scipy() -> None:
    assert run_python("import sys, app.main; print('scipy' in sys.modules)") == "False"


def test_calculations_take_one_core_each_unless_the_environment_says_otherwise() -> None:
    program = "import os, sys, app.main; names = list(sys.modules); "
    order = "print(names.index('app.blas') < names.index('numpy'))"

    assert run_python(program + order) == "True"
    assert run_python("import app.blas, os; print(os.environ['OPENBLAS_NUM_THREADS'])") == "1"
    assert (
        run_python(
            "import os; os.environ['OPENBLAS_NUM_THREADS'] = '3'; import app.blas; "
            "print(os.environ['OPENBLAS_NUM_THREADS'])"
        )
        == "3"
    )


def run_python(program: str) -> str:
    """What a fresh interpreter prints, without variables about cores."""
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()
