"""Asking the operators over REST, as strictly as their answers have to be read."""

import json
from typing import Any, NoReturn

from starlette.testclient import TestClient

OPERATORS_PATH = "/api/v1/operators"


def refuse_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is not JSON")


def read_strictly(text: str) -> Any:
    """JSON as its standard has it: without NaN and infinities."""
    return json.loads(text, parse_constant=refuse_constant)


def post(client: TestClient, name: str, body: bytes | str) -> Any:
    return client.post(
        f"{OPERATORS_PATH}/{name}", content=body, headers={"Content-Type": "application/json"}
    )


def ask(client: TestClient, name: str, **inputs: object) -> dict[str, Any]:
    """The answer of an operator that has to succeed."""
    answer = post(client, name, json.dumps(inputs))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = read_strictly(answer.text)
    return body


def result_of(client: TestClient, name: str, **inputs: object) -> dict[str, Any]:
    result: dict[str, Any] = ask(client, name, **inputs)["result"]
    return result


def refusal_of(client: TestClient, name: str, **inputs: object) -> dict[str, Any]:
    """The problem of inputs that have to be refused."""
    answer = post(client, name, json.dumps(inputs))
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = read_strictly(answer.text)
    return body
