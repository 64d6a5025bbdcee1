"""Health, readiness, version, metrics, and what every answer carries."""

import re

import pytest
from starlette.testclient import TestClient

from tests.support.library import SERIES_SIZE


def test_health_readiness_and_version(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    ready = client.get("/ready").json()
    assert ready["status"] == "ready"
    assert ready["papers"] == SERIES_SIZE + 6
    version = client.get("/version").json()
    assert version["name"] == "papersift"
    assert version["api"] == "/api/v1"


def test_metrics_count_by_route_and_never_by_what_was_asked(client: TestClient) -> None:
    client.get("/api/v1/search?q=secretquestion")
    client.get("/api/v1/papers/2405.01234")
    client.get("/secretpath")
    client.request("BREW", "/health")

    text = client.get("/metrics").text

    assert re.search(r'method="GET",route="/api/v1/search",status="200"\} \d', text)
    assert 'route="/api/v1/papers/{arxiv_id:path}",status="200"' in text
    assert 'route="unmatched",status="404"' in text
    assert 'method="other"' in text
    assert "papersift_http_request_seconds_bucket" in text
    labels = re.findall(r"\{.*\}", text)
    assert labels
    assert not [each for each in labels if "secret" in each or "2405" in each]


@pytest.mark.parametrize("path", ["/", "/api/v1/search?q=otters", "/health", "/static/style.css"])
def test_head_answers_like_get_without_a_body(client: TestClient, path: str) -> None:
    got = client.get(path)
    headed = client.head(path)

    assert headed.status_code == got.status_code == 200
    assert headed.content == b""
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/v1/search", "/api/v1/nowhere"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_other_sites_may_read_the_api(client: TestClient) -> None:
    origin = {"Origin": "https://example.org"}
    answer = client.get("/api/v1/search?q=otters", headers=origin)
    preflight = client.options(
        "/api/v1/search", headers=origin | {"Access-Control-Request-Method": "GET"}
    )
    posting = client.options(
        "/api/v1/search", headers=origin | {"Access-Control-Request-Method": "POST"}
    )

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert preflight.status_code == 200
    assert posting.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v2/search", 404),
        ("POST", "/api/v1/search", 405),
        ("DELETE", "/api/v1/papers/2405.01234", 405),
        ("POST", "/health", 405),
    ],
)
def test_unknown_addresses_and_methods_are_problems_to_programs(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert ("Allow" in answer.headers) == (status == 405)


def test_large_answers_are_compressed(client: TestClient) -> None:
    answer = client.get("/api/v1/categories", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["groups"]
