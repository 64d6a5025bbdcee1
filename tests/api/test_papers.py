"""`GET /api/v1/papers/…`."""

import pytest
from starlette.testclient import TestClient

from tests.support.factories import COMPASS_ID, LIGHTHOUSE_ID, OTTER_ID
from tests.support.library import GONE_ID, REVISED_ID

PAPERS = "/api/v1/papers"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (OTTER_ID, OTTER_ID),
        (f"arXiv:{OTTER_ID}", OTTER_ID),
        (f"https://arxiv.org/abs/{OTTER_ID}", OTTER_ID),
        (COMPASS_ID, COMPASS_ID),
        ("hep-th/9901001v1", COMPASS_ID),
        ("10.48550/arXiv.0704.0042", LIGHTHOUSE_ID),
        ("0704.00042", LIGHTHOUSE_ID),
    ],
)
def test_any_written_form_answers_with_the_canonical_one(
    client: TestClient, written: str, canonical: str
) -> None:
    answer = client.get(f"{PAPERS}/{written}")

    assert answer.status_code == 200
    assert answer.json()["arxiv_id"] == canonical
    assert answer.json()["asked"]["written"] == written
    assert answer.headers["Content-Location"] == f"{PAPERS}/{canonical}"
    assert f'<https://doi.org/10.48550/arXiv.{canonical}>; rel="cite-as"' in answer.headers["Link"]


def test_everything_known_about_a_paper_is_given(client: TestClient) -> None:
    body = client.get(f"{PAPERS}/{COMPASS_ID}").json()

    assert body["title"] == "Schrödinger's compass and the missing pole"
    assert body["title_tex"] == "Schr\\\"odinger's compass and the missing pole"
    assert body["authors"] == ["Bruno van der Zand Jr."]
    assert body["authors_parsed"] == [{"family": "van der Zand", "given": "Bruno", "suffix": "Jr."}]
    assert body["journal_ref"] == "J. Imag. Phys. 7 (1999) 123-456"
    assert body["report_no"] == "IMAG-99-01"
    assert body["change_number"] > 0
    assert body["versions"] == []


def test_an_inexact_submission_date_is_marked(client: TestClient) -> None:
    body = client.get(f"{PAPERS}/{LIGHTHOUSE_ID}").json()

    assert body["submitted_precision"] == "month"
    assert body["is_withdrawn"] is True
    assert body["msc_class"] == "05C45"


def test_another_version_than_asked_for_is_said(client: TestClient) -> None:
    body = client.get(f"{PAPERS}/{OTTER_ID}v1").json()

    assert body["version"] == 2
    assert body["asked"]["version"] == 1
    assert "version 2" in body["asked"]["note"]
    assert [version["number"] for version in body["versions"]] == [1, 2]


def test_the_history_has_an_address_of_its_own(client: TestClient) -> None:
    revised = client.get(f"{PAPERS}/{REVISED_ID}/history").json()
    old_style = client.get(f"{PAPERS}/{COMPASS_ID}/history").json()

    assert [entry["title"] for entry in revised["history"]] == ["Umbrellas, first draft"]
    assert revised["history"][0]["superseded_at"] == "2024-05-06T13:00:00Z"
    assert old_style == {"arxiv_id": COMPASS_ID, "history": []}


@pytest.mark.parametrize("tail", ["", "/history"])
@pytest.mark.parametrize(
    ("written", "status", "slug"),
    [
        ("2401.00001", 404, "paper-not-found"),
        (GONE_ID, 410, "paper-deleted"),
        ("otters", 422, "invalid-arxiv-id"),
        ("hep-th", 422, "invalid-arxiv-id"),
    ],
)
def test_a_paper_that_is_not_held_gets_a_problem(
    client: TestClient, written: str, status: int, slug: str, tail: str
) -> None:
    answer = client.get(f"{PAPERS}/{written}{tail}")

    assert answer.status_code == status
    assert answer.json()["type"] == f"/help#problem-{slug}"
    assert written in answer.json()["detail"]
