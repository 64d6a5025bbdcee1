"""`POST /api/v1/recommend`."""

import pytest
from starlette.testclient import TestClient

from tests.support.factories import OTTER_ID, TEAPOT_ID

RECOMMEND = "/api/v1/recommend"
SEED = "2403.05001"


def test_papers_come_with_reasons_and_the_profile_can_be_sent_back(client: TestClient) -> None:
    first = client.post(RECOMMEND, json={"positive": [SEED], "limit": 5}).json()
    body = {"positive": [SEED], "profile": first["profile"], "limit": 5}
    again = client.post(RECOMMEND, json=body).json()

    ids = [each["arxiv_id"] for each in first["results"]]
    assert len(ids) == 5
    assert SEED not in ids
    assert [each["arxiv_id"] for each in again["results"]] == ids
    assert first["seeds"] == [{"written": SEED, "arxiv_id": SEED, "positive": True}]
    for each in first["results"]:
        total = sum(reason["weight"] for reason in each["reasons"])
        assert total == pytest.approx(each["score"], abs=1e-3)
        assert each["relation"] is None


def test_pages_follow_each_other(client: TestClient) -> None:
    body = {"positive": [SEED], "limit": 4}
    first = client.post(RECOMMEND, json=body).json()
    second = client.post(RECOMMEND, json=body | {"offset": first["next_offset"]}).json()

    ids = [each["arxiv_id"] for each in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == 8


def test_a_bibliography_finds_papers(client: TestClient) -> None:
    bibtex = "@article{o, title={Attention is what otters need}, doi={10.5555/otters.2024}}"

    answer = client.post(RECOMMEND, json={"bibtex": bibtex, "from": "2024"}).json()

    assert answer["seeds"] == [{"written": "o", "arxiv_id": OTTER_ID, "positive": True}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"positive": ["otters"]},
        {"positive": [TEAPOT_ID] * 501},
        {"text": "a" * 500_001},
        {"profile": [{"text": "a", "weight": 1.0}] * 201},
        {"profile": [{"text": "a", "weight": 1e300}]},
        {"profile": [{"text": "a"}]},
        {"positive": [TEAPOT_ID], "cat": "cs.QQ"},
        {"positive": [TEAPOT_ID], "from": "otters"},
        {"positive": [TEAPOT_ID], "limit": 201},
        {"positive": [TEAPOT_ID], "reader": "me"},
        [],
    ],
)
def test_what_cannot_be_used_is_refused(client: TestClient, body: object) -> None:
    answer = client.post(RECOMMEND, json=body)

    assert answer.status_code == 422
    assert answer.json()["detail"]
