"""`POST /api/v1/papers/{id}/star` and `POST /api/v1/preferences/…`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID, Library, copy_library

RANK = "/api/v1/preferences/rank"
CLOUD = "/api/v1/preferences/cloud"


@pytest.fixture
def own_library(library: Library, tmp_path: Path) -> Library:
    """A copy that the test may change."""
    return copy_library(library, tmp_path / "library")


@pytest.fixture
def own_client(own_library: Library) -> Iterator[TestClient]:
    settings = own_library.settings.model_copy(update={"stars_per_minute": 3})
    with TestClient(create_app(settings)) as opened:
        yield opened


def test_a_star_counts_once_a_day(own_client: TestClient) -> None:
    first = own_client.post(f"/api/v1/papers/arXiv:{TEAPOT_ID}v1/star")
    again = own_client.post(f"/api/v1/papers/{TEAPOT_ID}/star")

    assert first.json() == {"arxiv_id": TEAPOT_ID, "stars": 1, "counted": True, "note": None}
    assert again.json() == {
        "arxiv_id": TEAPOT_ID,
        "stars": 1,
        "counted": False,
        "note": "This paper was starred from here today.",
    }


def test_old_identifiers_can_be_starred(own_client: TestClient) -> None:
    assert own_client.post(f"/api/v1/papers/{COMPASS_ID}/star").json()["stars"] == 1


@pytest.mark.parametrize(
    ("written", "status"), [("2401.00001", 404), (GONE_ID, 410), ("otters", 422)]
)
def test_what_is_not_held_gets_no_star(client: TestClient, written: str, status: int) -> None:
    assert client.post(f"/api/v1/papers/{written}/star").status_code == status


def test_asking_too_often_is_refused(own_client: TestClient) -> None:
    answers = [own_client.post(f"/api/v1/papers/{TEAPOT_ID}/star") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["type"] == "/help#problem-rate-limit"
    assert answers[-1].headers["Retry-After"] == "60"


def test_a_list_comes_back_in_the_order_of_preference(client: TestClient) -> None:
    body = {"ids": [COMPASS_ID, TEAPOT_ID, OTTER_ID], "words": ["otters", "hold hands"]}

    results = client.post(RANK, json=body).json()["results"]

    assert [each["id"] for each in results] == [OTTER_ID, COMPASS_ID, TEAPOT_ID]
    assert results[0]["score"] > 0.0 == results[1]["score"]


def test_the_cloud_suggests_a_preference(client: TestClient) -> None:
    cloud = client.post(CLOUD, json={"ids": [OTTER_ID, TEAPOT_ID]}).json()

    assert {"word": "otters", "count": 1} in cloud["words"]
    assert cloud["preferences"] == [each["word"] for each in cloud["words"]][:20]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (RANK, {"ids": ["otters"], "words": []}),
        (RANK, {"ids": [TEAPOT_ID] * 2_001, "words": []}),
        (RANK, {"ids": [], "words": ["a"] * 51}),
        (RANK, {"ids": [], "words": ["a" * 201]}),
        (RANK, {"ids": []}),
        (RANK, {"ids": [], "words": [], "reader": "me"}),
        (RANK, {"ids": [7], "words": [None]}),
        (CLOUD, {"ids": [TEAPOT_ID] * 2_001}),
        (CLOUD, []),
    ],
)
def test_bodies_that_cannot_be_used_are_refused(
    client: TestClient, path: str, body: object
) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("content", [b"\xff", b"[" * 50_000, b'{"ids": ["\\ud800"], "words": []}'])
def test_bodies_that_are_no_text_are_refused(client: TestClient, content: bytes) -> None:
    answer = client.post(RANK, content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


def test_a_long_body_is_not_read_to_its_end(client: TestClient) -> None:
    pieces = (b" " * 2**16 for _ in range(100))

    answer = client.post(RANK, content=pieces, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["limit_name"] == "max_body_bytes"
