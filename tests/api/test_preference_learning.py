"""`POST /api/v1/preferences/learn`."""

import pytest
from starlette.testclient import TestClient

from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID

LEARN = "/api/v1/preferences/learn"


def test_liked_words_weigh_up_and_skipped_ones_down(client: TestClient) -> None:
    body = {"liked": [OTTER_ID], "skipped": [TEAPOT_ID]}

    terms = client.post(LEARN, json=body).json()["terms"]

    by_text = {each["text"].lower(): each for each in terms}
    assert by_text["otters"]["weight"] > 0
    assert (by_text["otters"]["liked"], by_text["otters"]["skipped"]) == (1, 0)
    assert min(each["weight"] for each in terms) < 0
    assert max(abs(each["weight"]) for each in terms) == 1.0
    sizes = [abs(each["weight"]) for each in terms]
    assert sizes == sorted(sizes, reverse=True)


def test_what_was_learned_finds_papers(client: TestClient) -> None:
    terms = client.post(LEARN, json={"liked": [f"arXiv:{OTTER_ID}v1"], "limit": 5}).json()["terms"]
    profile = [{"text": each["text"], "weight": each["weight"]} for each in terms]

    found = client.post("/api/v1/recommend", json={"profile": profile})

    assert len(terms) == 5
    assert found.status_code == 200
    assert OTTER_ID in found.text


def test_papers_not_held_are_named_and_nothing_is_learned_from_them(client: TestClient) -> None:
    answer = client.post(LEARN, json={"liked": ["2401.00001v2"], "skipped": [GONE_ID]})

    assert answer.json() == {"terms": [], "missing": ["2401.00001v2", GONE_ID]}
    assert client.post(LEARN, json={"liked": []}).json() == {"terms": [], "missing": []}


def test_a_paper_given_twice_counts_once(client: TestClient) -> None:
    once = client.post(LEARN, json={"liked": [OTTER_ID, COMPASS_ID]}).json()
    twice = client.post(LEARN, json={"liked": [OTTER_ID, COMPASS_ID, f"{OTTER_ID}v1"]}).json()

    assert once == twice


@pytest.mark.parametrize(
    ("body", "limit_name"),
    [
        ({"liked": [OTTER_ID] * 150, "skipped": [TEAPOT_ID] * 51}, "max_learning_papers"),
        ({"liked": [OTTER_ID], "limit": 201}, "max_learned_terms"),
    ],
)
def test_limits_are_named(client: TestClient, body: dict[str, object], limit_name: str) -> None:
    answer = client.post(LEARN, json=body)

    assert answer.status_code == 422
    assert answer.json()["limit_name"] == limit_name
    assert limit_name in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"liked": [OTTER_ID], "skipped": [f"{OTTER_ID}v1"]},
        {"liked": ["otters"]},
        {"liked": [OTTER_ID], "limit": 0},
        {"liked": OTTER_ID},
        {"likes": []},
        {},
    ],
)
def test_what_cannot_be_meant_is_refused(client: TestClient, body: dict[str, object]) -> None:
    assert client.post(LEARN, json=body).status_code == 422
