"""`GET /api/v1/papers/{id}/related`."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.factories import COMPASS_ID, LIGHTHOUSE_ID
from tests.support.library import GONE_ID

SEED = "2403.05001"


def ask(client: TestClient, written: str = SEED, **parameters: object) -> dict[str, Any]:
    answer = client.get(
        f"/api/v1/papers/{written}/related",
        params={name.rstrip("_"): str(value) for name, value in parameters.items()},
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("method", ["default", "literal"])
def test_related_papers_come_with_reasons(client: TestClient, method: str) -> None:
    body = ask(client, method=method, limit=5)

    assert body["arxiv_id"] == SEED
    assert body["method"] == method
    assert len(body["results"]) == 5
    assert sum(body["counts"].values()) == body["total"]
    first = body["results"][0]
    assert first["arxiv_id"] != SEED
    assert first["relation"] == "same"
    assert "Wilhelmina Vane" in first["shared_authors"]
    assert sum(each["weight"] for each in first["reasons"]) == pytest.approx(first["score"])
    assert {each["kind"] for each in body["asked_with"]} <= {"term", "phrase"}


def test_pages_follow_each_other(client: TestClient) -> None:
    first = ask(client, limit=4)
    second = client.get(first["next"]).json()

    ids = [each["arxiv_id"] for each in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == 8


def test_filters_and_order_are_those_of_a_search(client: TestClient) -> None:
    body = ask(client, cat="stat.AP", from_="2024-04", to="2024-04-20", sort="oldest", limit=40)

    moments = [each["submitted_at"] for each in body["results"]]
    assert moments == sorted(moments)
    assert moments
    assert all(moment.startswith("2024-04") for moment in moments)


def test_old_identifiers_and_other_spellings_are_understood(client: TestClient) -> None:
    assert ask(client, COMPASS_ID)["arxiv_id"] == COMPASS_ID
    assert ask(client, "arXiv:0704.0042v1")["arxiv_id"] == LIGHTHOUSE_ID


@pytest.mark.parametrize(
    ("address", "status", "slug"),
    [
        ("2401.00001/related", 404, "paper-not-found"),
        (f"{GONE_ID}/related", 410, "paper-deleted"),
        ("otters/related", 422, "invalid-arxiv-id"),
        (f"{SEED}/related?method=magic", 422, "invalid-parameter"),
        (f"{SEED}/related?cat=cs.QQ", 422, "invalid-category"),
        (f"{SEED}/related?from=otters", 422, "invalid-date"),
        (f"{SEED}/related?limit=201", 422, "limit-exceeded"),
        (f"{SEED}/related?limit=-1", 422, "invalid-parameter"),
        (f"{SEED}/related?words=otters", 422, "unknown-parameter"),
    ],
)
def test_what_cannot_be_answered_gets_a_problem(
    client: TestClient, address: str, status: int, slug: str
) -> None:
    answer = client.get(f"/api/v1/papers/{address}")

    assert answer.status_code == status
    assert answer.json()["type"] == f"/help#problem-{slug}"
