"""Requests that cannot be answered: each gets one clear sentence, none more than its share."""

import json
import threading
from collections.abc import Iterator
from types import MappingProxyType

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.api.operators import catalogue
from app.api.operators.catalogue import OPERATORS
from app.api.operators.errors import OperatorsBusyError, TimeBudgetError
from app.api.operators.operator import Inputs, Operator, Outcome, Result
from app.api.operators.posts import TOP_K
from app.api.operators.running import OperatorLimits, OperatorRunner
from app.main import create_app
from tests.api.operators.asking import post, read_strictly, refusal_of, result_of
from tests.support.library import Library

X = [3.0, 2.0, 1.0, 4.0]


@pytest.mark.parametrize(
    ("name", "inputs", "sentence"),
    [
        ("grad_top_k", {"x": X, "k": 5}, "k must be between 0 and 4, but it is 5."),
        ("grad_top_k", {"x": X}, 'The input "k" is missing; grad_top_k takes x, k, temperature'),
        ("grad_top_k", {"x": X, "k": 2, "tau": 1}, 'The input "tau" is not known'),
        ("grad_top_k", {"x": X, "k": 2.5}, 'The input "k" cannot be used'),
        ("grad_top_k", {"x": X, "k": True}, 'The input "k" cannot be used'),
        ("grad_top_k", {"x": [1, None], "k": 1}, 'The input "x[1]" cannot be used'),
        ("grad_top_k", {"x": [1, "2"], "k": 1}, 'The input "x[1]" cannot be used'),
        ("grad_top_k", {"x": [], "k": 0}, 'The input "x" cannot be used'),
        ("grad_top_k", {"x": [[1, 2], [3]], "k": 1}, "x must be rectangular"),
        ("softmax", {"x": X, "temperature": 0}, 'The input "temperature" cannot be used'),
        ("taylor_softmax", {"x": X, "degree": 3}, "degree must be even"),
        ("entmax", {"x": X, "alpha": 0.5}, 'The input "alpha" cannot be used'),
        ("sparse_softmax", {"x": X}, "Give either k or mass"),
        ("cross_entropy_loss", {"x": X, "target": 4}, "target must be between 0 and 3."),
        ("causal_attention", {"queries": [[1]], "keys": [[1], [2]], "values": [[1], [2]]},
         "Causal attention needs as many queries as keys"),
        ("rope_2d", {"x": [1, 2], "position": [1, 2]}, "divisible by 4"),
        ("rope_tv_positions", {"width": 0}, 'The input "width" cannot be used'),
        ("sequence_positions", {"segments": [{"kind": "sound"}]}, 'The input "segments[0]"'),
        ("sequence_positions", {"segments": [{"kind": "text"}]}, '"segments[0].length" is missing'),
        ("sgd_stats", {"gradient": [1, 1], "hessian": [[1, 2], [2, 1]], "covariance": [1, 1]},
         "The Hessian is not positive definite"),
        ("sgd_stats", {"gradient": [0, 0], "hessian": [1, 1], "covariance": [1, 1]},
         "The gradient is zero"),
        ("surge_params",
         {"diagonal": 1, "off_diagonal": -2, "gradient_gain": 1, "kappa2": 1}, "off_diagonal (O)"),
        ("svd_approx", {"matrix": [[1, 2]], "r": 2}, "r must be between 1 and 1"),
        ("svd_approx", {"matrix": {"kind": "photo"}, "r": 1}, 'The input "matrix.kind"'),
        ("cur", {"matrix": [[1]], "columns": [0]}, "r is missing"),
        ("vq_nearest", {"z": [1, 2], "codebook": [[1]]}, "codebook must have shape (K, 2)"),
        ("rotation_matrix", {"a": [0, 0], "b": [1, 0]}, "A zero vector has no direction"),
        ("fsq", {"z": [1.0], "levels": [1]}, 'The input "levels[0]" cannot be used'),
    ],
)  # fmt: skip
def test_what_is_outside_the_domain_is_refused_in_one_sentence(
    client: TestClient, name: str, inputs: dict[str, object], sentence: str
) -> None:
    problem = refusal_of(client, name, **inputs)

    assert problem["type"] == "/help#problem-operator-input"
    assert sentence in problem["detail"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"x": [1, NaN]}', "NaN is not a JSON number"),
        ('{"x": [1, -Infinity]}', "-Infinity is not a JSON number"),
        ('{"x": [1, 1e999]}', 'The input "x[1]" cannot be used'),
        ('{"x": [1, 1' + "0" * 500 + "]}", 'The input "x[1]" cannot be used'),
        ('{"x": [1], "x": [2]}', "a name is given twice"),
        ("[1, 2]", "must be a JSON object"),
        ("", "not JSON that can be read"),
        ('{"x": [1, 2', "not JSON that can be read"),
        ("[" * 100_000, "not JSON that can be read"),
        ('{"x": ' + "1" * 5_000 + "}", "not JSON that can be read"),
        ('{"\\ud800": 1}', "unable to parse raw data as a unicode string"),
        (b'{"x": "\xff"}', "not JSON that can be read"),
    ],
    ids=range(12),
)
def test_what_is_not_json_of_these_inputs_is_refused(
    client: TestClient, body: str | bytes, reason: str
) -> None:
    answer = post(client, "softmax", body)

    assert answer.status_code == 422
    problem = read_strictly(answer.text)
    assert reason in problem["detail"]
    assert len(problem["detail"]) < 400


@pytest.mark.parametrize(
    ("name", "inputs", "limit"),
    [
        ("softmax", {"x": [0.0] * 1_001}, "at most 1000 items"),
        ("softmax", {"x": [[0.0] * 500] * 81}, "at most 40,000 together"),
        ("softmax", {"x": [0.0] * 201, "jacobian": True}, "at most 200 numbers"),
        ("grad_top_k", {"x": [[0.0] * 200] * 51, "k": 100}, "at most 1,000,000 together"),
        ("perturb_max", {"x": [0.0] * 102, "noise": "normal"}, "at most 10,000,000 together"),
        ("svd_approx", {"matrix": [[1.0] * 201], "r": 1}, "at most 200 items"),
        ("svd_approx", {"matrix": {"kind": "gaussian", "rows": 201}, "r": 1}, "200"),
        ("rope_tv_positions", {"width": 200, "height": 101}, "at most 20,000 together"),
        ("column_row_selection",
         {"x": {"kind": "gaussian", "rows": 5, "columns": 60},
          "y": {"kind": "gaussian", "rows": 60, "columns": 5},
          "r": 30, "method": "greedy", "k": 5}, "at most 1,000,000 together"),
        ("quadratic_simulation",
         {"gradient": [1.0], "sigma": [1.0], "hessian": [1.0], "batch_sizes": [1.0] * 10,
          "draws": 600_000}, "at most 5,000,000 together"),
        ("codebook_training",
         {"steps": 1_000, "batch_size": 1_000, "levels": [5, 5]}, "at most 20,000,000 together"),
        ("attention_decay", {"axes": 2, "dimension": 200, "max_offset": 50},
         "at most 2,000,000 together"),
        ("low_rank_comparison",
         {"matrix": {"kind": "gaussian", "rows": 200, "columns": 200}, "ranks": [1, 2, 3]},
         "at most 200,000,000 together"),
        ("softmax", {"x": [1e101]}, "less than or equal to"),
    ],
)  # fmt: skip
def test_limits_of_size_are_kept_and_named(
    client: TestClient, name: str, inputs: dict[str, object], limit: str
) -> None:
    assert limit in refusal_of(client, name, **inputs)["detail"]


def test_a_body_beyond_its_limit_is_not_read_to_its_end(client: TestClient) -> None:
    answer = post(client, "softmax", b" " * (4 * 2**20 + 1))

    assert answer.status_code == 422
    assert answer.json()["type"] == "/help#problem-limit-exceeded"
    assert answer.json()["limit_name"] == "operator_max_body_bytes"
    assert answer.json()["limit"] == 4 * 2**20


def test_numbers_that_are_not_finite_become_null_with_a_warning(client: TestClient) -> None:
    spread = [float((-1) ** i * i) for i in range(60)]
    answer = post(client, "grad_top_k_recursive", json.dumps({"x": spread, "k": 20}))
    body = read_strictly(answer.text)

    assert None in body["result"]["p"]
    assert any("NaN" in warning for warning in body["warnings"])
    assert any("given as null" in warning for warning in body["warnings"])
    assert sum(body["result"]["stable"]) == pytest.approx(20)


def test_parameters_in_the_address_are_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/operators/softmax?x=1", content=b'{"x": [1]}')

    assert answer.status_code == 422
    assert "takes no parameters" in answer.json()["detail"]


def test_the_inputs_of_an_operator_cannot_be_changed_by_its_calculation() -> None:
    inputs = OPERATORS["softmax"].inputs.model_validate({"x": [1.0]})

    with pytest.raises(ValidationError, match="frozen"):
        inputs.temperature = 2.0


class NoInputs(Inputs):
    """Nothing."""


class NoResult(Result):
    """Nothing."""


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def make_slow(release: threading.Event) -> Operator[NoInputs]:
    """An operator that ends when it is released."""

    def wait(_inputs: NoInputs) -> Outcome:
        release.wait(timeout=60)
        return Outcome(NoResult())

    return Operator(
        name="slow", title="slow", post=TOP_K, section="", formula="", tex="", method="waits",
        complexity="", inputs=NoInputs, result=NoResult, compute=wait, example={},
    )  # fmt: skip


def test_a_calculation_beyond_the_budget_is_answered_for_at_once(
    release: threading.Event,
) -> None:
    runner = OperatorRunner(OperatorLimits(0.05, 1_000, workers=1))
    slow = make_slow(release)

    with pytest.raises(TimeBudgetError, match=r"0\.05 seconds \(operator_time_budget_seconds\)"):
        runner.answer(slow, b"{}")
    with pytest.raises(OperatorsBusyError, match="kept this one waiting"):
        runner.answer(slow, b"{}")

    release.set()
    assert runner.answer(make_slow(release), b"{}").operator == "slow"
    runner.close()


def test_the_budget_is_a_setting_and_a_problem_that_names_it(
    library: Library, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {"slow": make_slow(release)}
    monkeypatch.setattr(catalogue, "OPERATORS", MappingProxyType(dict(OPERATORS) | slow))
    settings = library.settings.model_copy(
        update={"operator_time_budget_seconds": 0.05, "operator_workers": 1}
    )

    with TestClient(create_app(settings)) as client:
        over = post(client, "slow", "{}")
        waiting = post(client, "slow", "{}")
        release.set()

    assert over.status_code == 422
    assert over.json()["type"] == "/help#problem-time-budget"
    assert over.json()["limit_name"] == "operator_time_budget_seconds"
    assert (over.json()["limit"], over.json()["unit"]) == (50, "milliseconds")
    assert waiting.status_code == 503
    assert waiting.json()["type"] == "/help#problem-operators-busy"
    assert waiting.headers["Retry-After"]


def test_a_slow_calculation_does_not_hold_other_requests(
    client: TestClient, release: threading.Event
) -> None:
    runner = OperatorRunner(OperatorLimits(30.0, 1_000, workers=1))
    thread = threading.Thread(target=runner.answer, args=(make_slow(release), b"{}"))
    thread.start()

    assert result_of(client, "softmax", x=[0.0, 0.0])["p"] == [0.5, 0.5]
    assert client.get("/health").status_code == 200

    release.set()
    thread.join(timeout=30)
    runner.close()
