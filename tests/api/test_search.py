"""`GET /api/v1/search`."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.factories import COMPASS_ID, OTTER_ID
from tests.support.library import SERIES_SIZE

SEARCH = "/api/v1/search"


def search(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get(SEARCH, params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_result_carries_the_paper_and_its_score(client: TestClient) -> None:
    body = search(client, q="otters")

    assert body["total"] == 1
    assert body["total_relation"] == "eq"
    assert body["query"] == "otters"
    assert body["relaxed"] is False
    assert body["notes"] == []
    assert body["missing"] == 0
    assert body["next"] is None
    assert body["took_ms"] >= 0
    assert body["index_version"] > 0
    (result,) = body["results"]
    assert result.pop("score") > 0
    assert result == {
        "arxiv_id": OTTER_ID,
        "version": 2,
        "title": "Attention is what otters need",
        "authors": ["Chiyo Tanabe", "Ada Quillfeather"],
        "abstract": "Otters hold hands; we model this with $k$-nearest attention.",
        "categories": ["cs.CL", "cs.LG", "stat.ML"],
        "primary_category": "cs.CL",
        "submitted_at": "2024-05-02T08:00:00Z",
        "submitted_precision": "time",
        "updated_at": "2024-05-04T09:15:30Z",
        "comments": "12 pages, accepted at the Workshop on Aquatic Computing",
        "journal_ref": None,
        "doi": "10.5555/otters.2024",
        "report_no": None,
        "is_withdrawn": False,
        "abstract_source": None,
        "abs_url": f"https://arxiv.org/abs/{OTTER_ID}",
        "pdf_url": f"https://arxiv.org/pdf/{OTTER_ID}",
        "highlights": None,
        "explanation": None,
    }


def test_following_next_visits_every_result_once(client: TestClient) -> None:
    address: str | None = f"{SEARCH}?q=barometers&cat=physics&sort=newest&limit=10"
    seen: list[str] = []
    while address is not None:
        body = client.get(address).json()
        assert body["total"] == SERIES_SIZE
        seen += [result["arxiv_id"] for result in body["results"]]
        address = body["next"]

    assert len(seen) == len(set(seen)) == SERIES_SIZE


def test_parameters_narrow_and_order_the_results(client: TestClient) -> None:
    april = search(
        client, q="barometers", **{"from": "2024-04", "to": "2024-04"}, sort="oldest", limit=1
    )
    updated = search(client, **{"from": "2024-05-05"}, date="updated")

    assert april["total"] == 30
    assert april["results"][0]["submitted_at"].startswith("2024-04-01")
    assert [each["title"] for each in updated["results"]] == ["Umbrellas, revised"]


def test_facets_are_counted_over_all_matches(client: TestClient) -> None:
    body = search(client, q="barometers", limit=0, facets="cat,year")

    assert body["results"] == []
    assert body["facets"] == {
        "cat": [
            {"value": "physics.ao-ph", "count": SERIES_SIZE},
            {"value": "stat.AP", "count": SERIES_SIZE // 3},
        ],
        "year": [{"value": "2024", "count": SERIES_SIZE}],
    }


def test_a_relaxed_answer_says_so(client: TestClient) -> None:
    body = search(client, q="otters compass")

    assert body["relaxed"] is True
    assert body["query"] == "otters OR compass"
    assert "any of them" in body["notes"][0]


def test_named_papers_come_first(client: TestClient) -> None:
    body = search(client, q=f"{COMPASS_ID} otters https://arxiv.org/abs/1706.03762")

    assert [each["arxiv_id"] for each in body["results"]] == [COMPASS_ID, OTTER_ID]
    assert body["results"][0]["score"] == 0
    assert "1706.03762" in body["notes"][0]


def test_empty_parameters_are_as_good_as_none(client: TestClient) -> None:
    assert client.get(f"{SEARCH}?q=otters&cat=&from=&to=&facets=").json()["total"] == 1


def test_an_unchanged_index_answers_a_known_tag_with_nothing(client: TestClient) -> None:
    first = client.get(SEARCH, params={"q": "otters"})
    tag = first.headers["ETag"]

    again = client.get(SEARCH, params={"q": "otters"}, headers={"If-None-Match": f'"x", {tag}'})
    other = client.get(SEARCH, params={"q": "otters"}, headers={"If-None-Match": 'W/"old"'})

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    assert other.status_code == 200


def test_a_known_tag_does_not_hide_a_mistake(client: TestClient) -> None:
    tag = client.get(SEARCH, params={"q": "otters"}).headers["ETag"]

    answer = client.get(SEARCH, params={"from": "yesterday"}, headers={"If-None-Match": tag})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("query", "status", "facts"),
    [
        (
            "serch=otters",
            422,
            {
                "type": "/help#problem-unknown-parameter",
                "parameter": "serch",
                "accepted": [
                    *(
                        "q",
                        "cat",
                        "from",
                        "to",
                        "date",
                        "author",
                        "sort",
                        "rank",
                        "limit",
                        "offset",
                    ),
                    *(
                        "cursor",
                        "fields",
                        "facets",
                        "highlight",
                        "explain",
                        "spell",
                        "expand",
                        "as_written",
                        "strict",
                    ),
                ],
            },
        ),
        ("q=a&q=b", 422, {"type": "/help#problem-unknown-parameter", "parameter": "q"}),
        ("from=yesterday", 422, {"type": "/help#problem-invalid-date"}),
        ("from=2024&to=2023", 422, {"type": "/help#problem-invalid-date"}),
        ("cat=cs.XX", 422, {"type": "/help#problem-invalid-category"}),
        ("facets=colour", 422, {"type": "/help#problem-invalid-input"}),
        ("sort=best", 422, {"type": "/help#problem-invalid-parameter", "parameter": "sort"}),
        ("limit=-1", 422, {"type": "/help#problem-invalid-parameter", "parameter": "limit"}),
        ("offset=x", 422, {"type": "/help#problem-invalid-parameter", "parameter": "offset"}),
        (
            "limit=201",
            422,
            {
                "type": "/help#problem-limit-exceeded",
                "limit_name": "max_page_size",
                "limit": 200,
                "unit": "results",
            },
        ),
        ("offset=10001", 422, {"limit_name": "max_offset", "limit": 10_000}),
        ("q=" + "x" * 2_001, 422, {"limit_name": "max_query_chars", "unit": "characters"}),
        (
            "q=otters+foo:bar&strict=1",
            400,
            {"type": "/help#problem-invalid-query", "token": "foo:bar", "column": 8},
        ),
    ],
)
def test_a_question_that_cannot_be_read_gets_a_problem(
    client: TestClient, query: str, status: int, facts: dict[str, object]
) -> None:
    answer = client.get(f"{SEARCH}?{query}")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert len(body["detail"]) > 20
    assert body | facts == body


def test_a_lenient_query_is_answered_with_a_note(client: TestClient) -> None:
    body = search(client, q='otters "')

    assert body["total"] == 1
    assert "quotation mark" in body["notes"][0]


def test_an_author_beside_the_words_narrows_like_one_among_them(client: TestClient) -> None:
    beside = search(client, q="otters", author="Quillfeather, A")
    among = search(client, q='otters au:"Quillfeather, A"')

    assert beside["total"] == among["total"] == 1
    assert beside["query"] == among["query"] == 'otters au:"Quillfeather, A"'
    assert search(client, author="quillfeather$")["total"] == 1
    assert search(client, q="otters", author="^quillfeather")["total"] == 0
    assert search(client, q="otters", author="^tanabe")["total"] == 1
    refused = client.get(SEARCH, params={"author": "^$"})
    assert refused.status_code == 422
    assert "is no name" in refused.json()["detail"]


def test_an_author_narrows_named_papers_too(client: TestClient) -> None:
    assert search(client, q=OTTER_ID, author="Quillfeather")["total"] == 1
    left_out = search(client, q=OTTER_ID, author="Nobody")
    assert left_out["total"] == 0
    assert "author filter" in left_out["notes"][0]
    refused = client.get(SEARCH, params={"q": OTTER_ID, "author": "^$"})
    assert refused.status_code == 422


def test_selected_fields_keep_what_another_parameter_asks_for(client: TestClient) -> None:
    (hit,) = search(client, q="otters", fields="arxiv_id", explain=1, highlight=1)["results"]

    assert set(hit) == {"arxiv_id", "highlights", "explanation"}
    weights = [each["weight"] for each in hit["explanation"]["contributions"]]
    assert sum(weights) == pytest.approx(hit["explanation"]["score"], abs=1e-6)
    assert "<mark>" in hit["highlights"]["title"]


def test_only_the_selected_fields_come_back(client: TestClient) -> None:
    body = search(client, q="otters", fields="arxiv_id, title")

    assert body["total"] == 1
    assert body["results"] == [{"arxiv_id": OTTER_ID, "title": "Attention is what otters need"}]
    refused = client.get(SEARCH, params={"q": "otters", "fields": "arxiv_id,wings"})
    assert refused.status_code == 422
    assert '"wings" is no field' in refused.json()["detail"]


def test_a_walk_by_cursor_visits_every_result_once(client: TestClient) -> None:
    address: str | None = f"{SEARCH}?q=barometers&sort=fresh&limit=7&cursor=*"
    seen: list[str] = []
    while address is not None:
        body = client.get(address).json()
        seen += [result["arxiv_id"] for result in body["results"]]
        address = body["next"]
        assert address is None or "cursor=" in address

    assert len(seen) == len(set(seen)) == SERIES_SIZE


def test_a_foreign_cursor_is_a_problem_that_says_what_to_do(client: TestClient) -> None:
    address = client.get(SEARCH, params={"q": "barometers", "cursor": "*", "limit": 5}).json()[
        "next"
    ]
    answer = client.get(address.replace("barometers", "teapots"))

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "belongs to another query" in answer.json()["detail"]


def test_papers_like_another_can_be_narrowed_and_leave_it_out(client: TestClient) -> None:
    body = search(client, q=f"similar:{COMPASS_ID}", limit=40)
    narrowed = search(client, q=f"similar:{COMPASS_ID} year:1999", limit=40)

    assert body["query"] == f"similar:{COMPASS_ID}"
    assert body["total"] > 0
    assert COMPASS_ID not in [result["arxiv_id"] for result in body["results"]]
    assert narrowed["total"] <= body["total"]
    unknown = search(client, q="similar:9912.99999")
    assert unknown["total"] == 0
    assert any("similar" in note for note in unknown["notes"])


@pytest.mark.parametrize("order", ["newest", "oldest", "updated"])
def test_by_date_only_the_most_similar_papers_are_ordered(
    client: TestClient, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.similar.MOST_SIMILAR", 2)
    barometer = search(client, q="barometers", limit=1)["results"][0]["arxiv_id"]
    by_relevance = search(client, q=f"similar:{barometer}", limit=40)
    by_date = search(client, q=f"similar:{barometer}", limit=40, sort=order)

    def ids(body: dict[str, Any]) -> list[str]:
        return [result["arxiv_id"] for result in body["results"]]

    assert by_relevance["total"] > by_date["total"] == 2
    assert set(ids(by_date)) == set(ids(by_relevance)[:2])
    assert "most like it" in by_date["notes"][0]


def test_conditions_stand_among_the_words(client: TestClient) -> None:
    named = search(client, q="barometers submitted:2024-04 sort:", sort="oldest", limit=1)

    assert named["results"][0]["submitted_at"].startswith("2024-04-01")
    assert search(client, q="has:doi otters")["total"] == 1
    assert search(client, q="-has:doi otters")["total"] == 0
    assert search(client, q="cat:cs.CL otters")["total"] == 1
    assert search(client, q="rank:x otters", rank="bm25")["total"] >= 1


def test_an_answer_that_counts_days_is_not_taken_for_yesterdays(client: TestClient) -> None:
    steady = client.get(SEARCH, params={"q": "otters"}).headers["etag"]
    daily = client.get(SEARCH, params={"q": "otters since:7d"}).headers["etag"]

    assert daily.startswith(steady.removesuffix('"'))
    assert daily != steady
