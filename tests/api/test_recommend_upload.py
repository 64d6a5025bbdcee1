"""`POST /api/v1/recommend/upload` and the page `/recommend`: a bibliography as a file."""

import pytest
from starlette.testclient import TestClient

from tests.support.factories import OTTER_ID

UPLOAD = "/api/v1/recommend/upload"
BIBTEX = b"@article{o, title={Attention is what otters need}, doi={10.5555/otters.2024}}"
SEED = "2403.05001"


def test_an_uploaded_bibliography_answers_like_a_pasted_one(client: TestClient) -> None:
    form = {"from": "2024", "limit": "5", "positive": f"{SEED}, arXiv:2403.05002v1"}

    answer = client.post(UPLOAD, data=form, files={"bibtex": ("refs.bib", BIBTEX)})

    pasted = client.post(
        "/api/v1/recommend",
        json={
            "bibtex": BIBTEX.decode(),
            "positive": [SEED, "arXiv:2403.05002v1"],
            "from": "2024",
            "limit": 5,
        },
    )
    assert answer.status_code == 200
    assert answer.json() == pasted.json()
    assert {"written": "o", "arxiv_id": OTTER_ID, "positive": True} in answer.json()["seeds"]


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"limit": "many"}, "limit"),
        ({"reader": "me"}, "reader"),
        ({"limit": "201"}, "max_page_size"),
        ({"text": "a" * 500_001}, "max_recommend_chars"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    client: TestClient, form: dict[str, str], named: str
) -> None:
    answer = client.post(UPLOAD, data=form, files={"bibtex": ("refs.bib", BIBTEX)})

    assert answer.status_code == 422
    assert named in answer.text


def test_another_kind_of_body_is_refused(client: TestClient) -> None:
    answer = client.post(UPLOAD, json={"bibtex": "@a{b}"})

    assert answer.status_code == 422
    assert "multipart/form-data" in answer.json()["detail"]


def test_the_page_takes_a_file_without_scripts(client: TestClient) -> None:
    form = client.get("/recommend").text
    assert 'enctype="multipart/form-data"' in form

    files = {"bibtex": ("refs.bib", BIBTEX)}

    found = client.post("/recommend", data={"positive": SEED}, files=files)

    assert found.status_code == 200
    assert "Found by 2 papers of yours that are held here." in found.text
    assert found.text.count("<article") >= 10
    assert f'data-paper-id="{SEED}"' not in found.text


def test_the_page_says_what_is_missing(client: TestClient) -> None:
    answer = client.post("/recommend", data={"text": " "}, files={"bibtex": ("", b"")})

    assert answer.status_code == 422
    assert "Nothing is liked here" in answer.text
