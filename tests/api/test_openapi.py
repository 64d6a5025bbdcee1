"""The OpenAPI document, and that the service keeps to it."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api import (
    keywords,
    preference_learning,
    preferences,
    query_schemas,
    recommend,
    related,
    schemas,
    stars,
    status_schemas,
)
from app.api.operators import schemas as operator_schemas
from app.api.problems import (
    INTERNAL,
    INVALID_PARAMETER,
    KINDS,
    METHOD_NOT_ALLOWED,
    NO_SUCH_ADDRESS,
)
from app.domain import errors

ANSWER_MODULES = (
    schemas, query_schemas, status_schemas, operator_schemas,
    keywords, preference_learning, preferences, recommend, related, stars,
)  # fmt: skip
DOCUMENT = "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    body: dict[str, Any] = client.get(DOCUMENT).json()
    return body


def list_operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, operation)
        for path, operations in document["paths"].items()
        for operation in operations.values()
    ]


def test_every_route_of_the_api_is_documented(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {
        "/api/v1/search",
        "/api/v1/suggest",
        "/api/v1/explain",
        "/api/v1/papers/{arxiv_id}",
        "/api/v1/papers/{arxiv_id}/history",
        "/api/v1/papers/{arxiv_id}/star",
        "/api/v1/papers/{arxiv_id}/related",
        "/api/v1/papers/{arxiv_id}/keywords",
        "/api/v1/keywords",
        "/api/v1/recommend",
        "/api/v1/recommend/upload",
        "/api/v1/preferences/rank",
        "/api/v1/preferences/cloud",
        "/api/v1/preferences/learn",
        "/api/v1/days",
        "/api/v1/days/{day}",
        "/api/v1/categories",
        "/api/v1/operators",
        "/api/v1/operators/{name}",
        "/api/v1/status",
        "/health",
        "/ready",
        "/version",
        "/metrics",
    }


def test_every_operation_and_parameter_is_explained(document: dict[str, Any]) -> None:
    for path, operation in list_operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])


def test_problems_have_their_own_media_type_schema_and_example(document: dict[str, Any]) -> None:
    for path, operation in list_operations(document):
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            (media_type,) = response["content"]
            assert media_type == "application/problem+json", path
            content = response["content"][media_type]
            assert content["schema"]["$ref"].endswith("/ProblemOut")
            assert content["example"]["status"] == int(status)


def test_every_answer_has_an_example_that_its_model_accepts(document: dict[str, Any]) -> None:
    for path, operation in list_operations(document):
        if path == "/metrics":
            continue
        content = operation["responses"]["200"]["content"]["application/json"]
        name = content["schema"]["$ref"].rpartition("/")[2]
        model = next(getattr(module, name) for module in ANSWER_MODULES if hasattr(module, name))
        accepted = model.model_validate(content["example"])
        assert set(accepted.model_dump()) == set(content["example"]), path


def test_every_problem_type_is_explained_on_the_help_page(client: TestClient) -> None:
    page = client.get("/help").text

    kinds = [*KINDS.values(), INTERNAL, INVALID_PARAMETER, METHOD_NOT_ALLOWED, NO_SUCH_ADDRESS]
    for kind in kinds:
        assert f'id="problem-{kind.slug}"' in page


def test_every_error_a_request_can_meet_has_a_status() -> None:
    roots = (
        errors.InvalidInputError,
        errors.NotFoundError,
        errors.StorageError,
        errors.SearchIndexError,
    )
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, roots):
            assert any(base in KINDS for base in error.__mro__), error


TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["otters", "2024", "cs.LG", "-1", "1e9", "relevance", "\x00", "a" * 3_000]),
)
NAMES = st.sampled_from(
    ["q", "cat", "from", "to", "date", "sort", "limit", "offset", "facets", "strict", "x"]
)


@settings(max_examples=150)
@given(st.dictionaries(NAMES, TEXTS, max_size=5))
def test_no_parameters_make_the_search_fail(client: TestClient, parameters: dict[str, str]) -> None:
    answer = client.get("/api/v1/search", params=parameters)
    page = client.get("/search", params=parameters)

    assert answer.status_code in {200, 400, 422}
    assert page.status_code in {200, 422}
    if answer.status_code != 200:
        assert answer.json()["detail"]


@settings(max_examples=60)
@given(
    st.sampled_from(["/api/v1/papers/", "/abs/", "/arxiv/", "/list/", "/api/v1/days/", "/"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_no_path_makes_the_service_fail(client: TestClient, base: str, text: str) -> None:
    answer = client.get(base + quote(text, safe="/"))

    assert answer.status_code < 500


@pytest.mark.slow
def test_the_service_keeps_to_its_document(client: TestClient) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="installed by the extra `full`")
    checks = pytest.importorskip("schemathesis.checks")
    schema = schemathesis.openapi.from_asgi(DOCUMENT, client.app)

    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/metrics":
            continue

        @settings(max_examples=25, deadline=None)
        @given(case=operation.as_strategy())
        def keeps_to_it(case: Any) -> None:
            response = case.call()
            case.validate_response(
                response,
                checks=[
                    checks.not_a_server_error,
                    schemathesis.specs.openapi.checks.status_code_conformance,
                    schemathesis.specs.openapi.checks.content_type_conformance,
                    schemathesis.specs.openapi.checks.response_schema_conformance,
                ],
            )

        keeps_to_it()
