"""Days, categories and status over REST."""

from starlette.testclient import TestClient

from tests.support.factories import OTTER_ID
from tests.support.library import REVISED_ID, SERIES_SIZE, UNHELD_ID


def test_a_recorded_day_is_given_as_announced(client: TestClient) -> None:
    body = client.get("/api/v1/days/2024-05-03?cat=cs.CL").json()

    assert body["source"] == "announced"
    assert body["category"] == "cs.CL"
    assert body["total"] == 3
    assert body["counts"] == {"new": 2, "cross": 1}
    assert body["missing"] == [UNHELD_ID]
    assert [(line["arxiv_id"], line["announce_type"]) for line in body["results"]] == [
        (OTTER_ID, "new"),
        (UNHELD_ID, "new"),
        (REVISED_ID, "cross"),
    ]
    assert body["results"][0]["paper"]["title"] == "Attention is what otters need"
    assert body["results"][1]["paper"] is None
    assert (body["previous_day"], body["next_day"]) == ("2024-05-02", None)


def test_another_day_is_given_by_submission_and_says_so(client: TestClient) -> None:
    body = client.get("/api/v1/days/2024-05-02?cat=CS").json()

    assert body["source"] == "submitted"
    assert "not on record" in body["explanation"]
    assert [line["arxiv_id"] for line in body["results"]] == [OTTER_ID]
    assert body["results"][0]["announce_type"] is None


def test_pages_of_a_day_are_linked(client: TestClient) -> None:
    first = client.get("/api/v1/days/2024-05-03?cat=cs.CL&limit=2").json()
    second = client.get(first["next"]).json()

    assert [line["arxiv_id"] for line in second["results"]] == [REVISED_ID]
    assert second["next"] is None


def test_a_day_must_be_a_day(client: TestClient) -> None:
    month = client.get("/api/v1/days/2024-05")
    word = client.get("/api/v1/days/today")

    assert month.status_code == word.status_code == 422
    assert month.json()["type"] == "/help#problem-invalid-date"


def test_the_taxonomy_has_groups_archives_categories_and_aliases(client: TestClient) -> None:
    body = client.get("/api/v1/categories").json()

    assert {"code": "physics", "name": "Physics"} in body["groups"]
    by_code = {each["code"]: each for each in body["categories"]}
    assert by_code["cs.LG"]["name"] == "Machine Learning"
    assert by_code["cs.NA"]["alias_of"] == "math.NA"
    assert by_code["hep-th"]["alias_of"] is None
    assert len(body["aliases"]) == 6
    retired = next(each for each in body["archives"] if each["code"] == "alg-geom")
    assert retired["is_active"] is False
    assert retired["subsumed_by"] == "math.AG"


def test_the_status_counts_gaps(client: TestClient) -> None:
    body = client.get("/api/v1/status").json()

    assert body["papers"] == SERIES_SIZE + 6
    assert body["index"]["is_usable"] is True
    assert body["index"]["changes_behind"] == 0
    assert body["last_runs"][0]["stage"] == "harvest"
    assert body["last_runs"][0]["details"] == {"added": 43}
    assert body["receipts"][0]["missing"] == [UNHELD_ID]
    assert body["missing"] == [UNHELD_ID]
    assert body["lease"] is None
    assert body["latest_announced_day"] == "2024-05-03"
