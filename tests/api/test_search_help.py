"""Highlights, explanations, spelling, the doctor and keywords in the answer of a search."""

import re
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import HOSTILE_ID, SERIES_SIZE

SEARCH = "/api/v1/search"
EXPLAIN = "/api/v1/explain"


def ask(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get(SEARCH, params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_highlights_mark_title_and_abstract(client: TestClient) -> None:
    (hit,) = ask(client, q="otters hands", highlight=1)["results"]
    assert hit["highlights"]["title"] == "Attention is what <mark>otters</mark> need"
    assert "<mark>Otters</mark> hold <mark>hands</mark>" in hit["highlights"]["abstract"]
    assert ask(client, q="otters")["results"][0]["highlights"] is None


def test_highlights_are_safe(client: TestClient) -> None:
    (hit,) = ask(client, q="adversarium", highlight=1)["results"]
    assert hit["arxiv_id"] == HOSTILE_ID
    for html in hit["highlights"].values():
        assert "<mark>adversarium</mark>" in html
        assert "<" not in re.sub("</?mark>", "", html)
    assert unescape(re.sub("</?mark>", "", hit["highlights"]["title"])) == hit["title"]


def test_contributions_add_up_to_the_score(client: TestClient) -> None:
    for q in ("barometer", "otters hands attention", "rain barometer otters", '"barometer falls"'):
        hits = ask(client, q=q, explain=1)["results"]
        assert hits
        for hit in hits:
            parts = hit["explanation"]["contributions"]
            total = sum(part["weight"] for part in parts)
            assert total == pytest.approx(hit["score"], rel=1e-6)
            assert hit["explanation"]["score"] == pytest.approx(hit["score"], rel=1e-6)
            assert sum(abs(part["share"]) for part in parts) == pytest.approx(1.0)
    assert ask(client, q="barometer")["results"][0]["explanation"] is None


def test_named_papers_have_no_explanation(client: TestClient) -> None:
    first, *_rest = ask(client, q=f"{OTTER_ID} compass", explain=1)["results"]
    assert first["arxiv_id"] == OTTER_ID
    assert first["explanation"] is None


def test_one_paper_can_be_explained(client: TestClient) -> None:
    answer = client.get(EXPLAIN, params={"q": "otters hands", "id": f"arXiv:{OTTER_ID}v1"}).json()
    (hit,) = ask(client, q="otters hands")["results"]
    assert answer["arxiv_id"] == OTTER_ID
    assert answer["matches"]
    assert answer["score"] == pytest.approx(hit["score"], rel=1e-6)
    terms = {(part["field"], part["term"]) for part in answer["contributions"]}
    assert {term for field, term in terms if field != "title_forms"} == {"otter", "hand"}
    assert {term for field, term in terms if field == "title_forms"} == {"otters"}


def test_a_paper_that_does_not_match_scores_nothing(client: TestClient) -> None:
    answer = client.get(EXPLAIN, params={"q": "otters", "id": TEAPOT_ID}).json()
    assert not answer["matches"]
    assert answer["score"] == 0
    assert answer["contributions"] == []


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"q": "otters"}, 422),
        ({"q": "otters", "id": "nonsense"}, 422),
        ({"q": "otters", "id": "1999.99999"}, 422),
        ({"q": "otters", "id": "1901.99999"}, 404),
        ({"q": "x" * 3_000, "id": OTTER_ID}, 422),
    ],
)
def test_what_cannot_be_explained_says_why(
    client: TestClient, parameters: dict[str, str], status: int
) -> None:
    answer = client.get(EXPLAIN, params=parameters)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_certain_correction_is_applied_and_said(client: TestClient) -> None:
    answer = ask(client, q="barometrs wether")
    assert answer["total"] == SERIES_SIZE
    assert answer["query"] == "barometers weather"
    assert answer["spelling"] == {
        "status": "applied",
        "original": "barometrs wether",
        "corrected": "barometers weather",
        "original_total": 0,
        "corrected_total": SERIES_SIZE,
    }
    assert answer["did_you_mean"] is None


def test_spell_0_takes_words_as_they_are(client: TestClient) -> None:
    answer = ask(client, q="barometrs wether", spell=0)
    assert answer["total"] == 0
    assert answer["spelling"] is None
    assert answer["query"] == "barometrs wether"


def test_strict_queries_are_not_corrected(client: TestClient) -> None:
    assert ask(client, q="barometrs", strict=1)["spelling"] is None


def test_pages_of_a_corrected_search_go_on(client: TestClient) -> None:
    first = ask(client, q="barometrs", limit=30)
    second = client.get(first["next"]).json()
    ids = [hit["arxiv_id"] for hit in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == SERIES_SIZE


def test_the_doctor_names_the_word_and_the_count_without_it(client: TestClient) -> None:
    doctor = ask(client, q="ti:barometers au:tanabe")["doctor"]
    assert doctor["total"] == 0
    assert [part["without"] for part in doctor["parts"]] == [2, SERIES_SIZE]
    best = doctor["relaxations"][0]
    assert (best["query"], best["total"]) == ("ti:barometers", SERIES_SIZE)
    assert ask(client, q=best["query"])["total"] == best["total"]


def test_the_doctor_comes_when_words_were_relaxed(client: TestClient) -> None:
    answer = ask(client, q="otters compass")
    assert answer["relaxed"]
    assert answer["doctor"]["total"] == 0
    assert {each["query"] for each in answer["doctor"]["relaxations"]} == {"otters", "compass"}


def test_the_doctor_stays_away_where_enough_is_found(client: TestClient) -> None:
    assert ask(client, q="barometers")["doctor"] is None
    assert ask(client)["doctor"] is None
    assert ask(client, q=COMPASS_ID)["doctor"] is None


def test_filters_can_be_what_kills_a_search(client: TestClient) -> None:
    doctor = ask(client, q="barometers", cat="hep-th")["doctor"]
    assert doctor["relaxations"][0] == {
        "kind": "without_categories",
        "text": "categories",
        "query": "barometers",
        "keeps_categories": False,
        "keeps_dates": True,
        "total": SERIES_SIZE,
    }


def test_keywords_are_counted_over_the_whole_result(client: TestClient) -> None:
    answer = ask(client, q="barometers", facets="keyword,cat")
    assert list(answer["facets"]) == ["cat", "keyword"]
    keywords = answer["facets"]["keyword"]
    assert keywords
    for each in keywords:
        narrowed = ask(client, q=f'barometers "{each["value"]}"')
        assert narrowed["total"] == each["count"]
    assert ask(client, q="zyzzyva", facets="keyword")["facets"] == {"keyword": []}


def test_unknown_facets_are_refused_with_the_known_ones(client: TestClient) -> None:
    answer = client.get(SEARCH, params={"facets": "keyword,colour"})
    assert answer.status_code == 422
    assert "keyword" in answer.json()["detail"]
