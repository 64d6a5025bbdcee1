"""No inputs make an operator fail: it answers in strict JSON, or refuses in one sentence."""

import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api.operators.catalogue import OPERATORS
from app.api.operators.errors import OperatorInputError
from app.api.operators.running import OperatorLimits, OperatorRunner
from tests.api.operators.asking import OPERATORS_PATH, post, read_strictly

# What numeric code breaks on: zeros, signs, ties, the ends of the range, tiny and huge numbers.
NUMBERS = st.one_of(
    st.sampled_from(
        [0, -0.0, 1, -1, 2, 3, 0.5, 1e-300, -1e-300, 1e-12, 1e100, -1e100, 1e50, 10**9]
    ),
    st.floats(-5, 5),
    st.integers(-3, 12),
)
ODD = st.one_of(
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from([None, True, False, "", "x", "\u0000", [], {}, [[]], [{}], {"kind": "text"}]),
    st.lists(NUMBERS, max_size=6),
    st.lists(st.lists(NUMBERS, min_size=2, max_size=3), max_size=4),
)


def list_places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything inside a JSON value."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return [place]
    below = [found for key, part in inner for found in list_places(part, (*place, key))]
    return [place, *below] if place else below


def replace(value: Any, place: tuple[Any, ...], new: Any) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = new


@st.composite
def inputs_like(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """The example of an operator with a few things replaced, left out, repeated or added."""
    operator = OPERATORS[name]
    inputs: dict[str, Any] = copy.deepcopy(dict(operator.example))
    for _ in range(draw(st.integers(1, 3))):
        action = draw(st.sampled_from(["replace", "replace", "replace", "set", "drop", "repeat"]))
        places = list_places(inputs)
        if action == "set":
            field = draw(st.sampled_from([*operator.inputs.model_fields, "unknown"]))
            inputs[field] = copy.deepcopy(draw(ODD))
        elif action == "drop" and inputs:
            inputs.pop(draw(st.sampled_from(sorted(inputs))))
        elif action == "repeat":
            lists = [key for key, part in inputs.items() if isinstance(part, list) and part]
            if lists:
                key = draw(st.sampled_from(lists))
                inputs[key] = [
                    copy.deepcopy(part)
                    for _ in range(draw(st.integers(1, 4)))
                    for part in inputs[key]
                ]
        elif places:
            replace(inputs, draw(st.sampled_from(places)), copy.deepcopy(draw(ODD)))
    return inputs


@pytest.fixture(scope="module")
def runner() -> Iterator[OperatorRunner]:
    opened = OperatorRunner(OperatorLimits(30.0, 2**22, workers=1))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", OPERATORS)
@settings(max_examples=25)
@given(data=st.data())
def test_no_inputs_make_an_operator_fail(
    runner: OperatorRunner, name: str, data: st.DataObject
) -> None:
    body = json.dumps(data.draw(inputs_like(name))).encode()
    try:
        said = runner.answer(OPERATORS[name], body).model_dump_json()
    except OperatorInputError as error:
        said = json.dumps(str(error))
        is_sentence = str(error).endswith(".")
    else:
        is_sentence = True

    assert is_sentence, said
    read_strictly(said)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATORS)
@settings(max_examples=150)
@given(data=st.data())
def test_no_request_makes_the_service_fail(
    client: TestClient, name: str, data: st.DataObject
) -> None:
    answer = post(client, name, json.dumps(data.draw(inputs_like(name))))

    assert answer.status_code in {200, 422}, answer.text
    body = read_strictly(answer.text)
    if answer.status_code == 200:
        OPERATORS[name].result.model_validate(body["result"])
    else:
        assert body["type"] in {"/help#problem-operator-input", "/help#problem-time-budget"}


@settings(max_examples=50)
@given(body=st.binary(max_size=60))
def test_no_bytes_make_the_service_fail(client: TestClient, body: bytes) -> None:
    assert post(client, "softmax", body).status_code == 422


@settings(max_examples=50)
@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_no_name_makes_the_service_fail(client: TestClient, name: str) -> None:
    answer = client.post(f"{OPERATORS_PATH}/{quote(name, safe='')}", content=b"{}")

    assert answer.status_code in {404, 405, 422}
