"""No text, however odd, makes the service fail."""

from starlette.testclient import TestClient

from tests.support.nasty_queries import list_nasty_queries


def test_every_nasty_query_gets_an_answer_and_a_strict_one_a_plain_refusal(
    client: TestClient,
) -> None:
    for text in list_nasty_queries():
        asked = {"q": text, "limit": "1", "spell": "false"}
        lenient = client.get("/api/v1/search", params=asked)
        assert lenient.status_code == 200, (text[:80], lenient.text[:200])
        body = lenient.json()
        assert len(body["results"]) <= 1

        strict = client.get("/api/v1/search", params={**asked, "strict": "1"})
        assert strict.status_code == (400 if is_repaired(body["notes"]) else 200), text[:80]
        if strict.status_code == 400:
            problem = strict.json()
            assert problem["token"]
            assert problem["column"] >= 1


def is_repaired(notes: list[str]) -> bool:
    """Whether any note tells of a repair, and not of papers or of words that few papers hold."""
    return any(
        mark in note
        for note in notes
        for mark in (" ignored", "It was ", "was read as", "Nothing can match", "signs alone")
    )
