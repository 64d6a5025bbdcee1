"""Suggestions over HTTP: grouped, and in the form of OpenSearch; the description for browsers."""

from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from app.text.tokenize import index_terms

SUGGEST = "/api/v1/suggest"
NAMESPACE = {"os": "http://a9.com/-/spec/opensearch/1.1/"}


def ask(client: TestClient, q: str, **parameters: Any) -> dict[str, list[dict[str, Any]]]:
    answer = client.get(SUGGEST, params={"q": q} | parameters)
    assert answer.status_code == 200, answer.text
    return {group["type"]: group["suggestions"] for group in answer.json()["groups"]}


def test_phrases_complete_the_last_words(client: TestClient) -> None:
    phrases = ask(client, "barometers and wea")["phrase"]
    assert phrases[0]["text"] == "barometers and weather"
    assert phrases[0]["count"] == 36
    assert phrases[0]["query"] == '"barometers and weather"'


@pytest.mark.parametrize("q", ["bo", "bou", "bound"])
def test_of_phrases_that_find_the_same_one_is_suggested(client: TestClient, q: str) -> None:
    found = [tuple(index_terms(each["text"])) for each in ask(client, q)["phrase"]]

    assert ("bound",) in found
    assert len(set(found)) == len(found)


def test_counts_are_those_of_the_search_they_lead_to(client: TestClient) -> None:
    for q in ("bar", "light", "ott", "tanabe", "quill", "cs.", "physics"):
        for group, suggestions in ask(client, q).items():
            for each in suggestions:
                if group in ("phrase", "author"):
                    found = client.get("/api/v1/search", params={"q": each["query"]}).json()
                    assert found["total"] == each["count"], each


def test_titles_hold_all_words_and_lead_to_the_paper(client: TestClient) -> None:
    (title,) = ask(client, "otters need att")["title"]
    assert title["text"] == "Attention is what otters need"
    assert title["count"] is None
    assert client.get(title["url"]).status_code == 200


def test_titles_that_begin_as_typed_come_first(client: TestClient) -> None:
    titles = [each["text"] for each in ask(client, "attention is wh")["title"]]
    assert titles[0] == "Attention is what otters need"


def test_a_written_identifier_suggests_its_paper(client: TestClient) -> None:
    (title,) = ask(client, "arXiv:2405.01234")["title"]
    assert title["url"] == "/abs/2405.01234"


@pytest.mark.parametrize("q", ["tana", "Tanabe, Chi", "chiyo tan", "au:tanabe", 'au:"tan'])
def test_authors_are_found_by_family_or_given_name(client: TestClient, q: str) -> None:
    (author,) = ask(client, q)["author"]
    assert author["text"] == "Chiyo Tanabe"
    assert author["query"] == 'au:"Chiyo Tanabe"'
    assert author["count"] == 2


def test_categories_are_found_by_code_and_by_name(client: TestClient) -> None:
    for q in ("cs.cl", "computation lang"):
        (category, *_rest) = ask(client, q)["category"]
        assert category["text"] == "cs.CL"
        assert category["description"] == "Computation and Language"


def test_fields_narrow_the_kinds(client: TestClient) -> None:
    assert set(ask(client, "cat:cs")) == {"category"}
    assert set(ask(client, "au:tan")) == {"author"}


@pytest.mark.parametrize(
    "q", ["", "   ", "zzzqqq", '"phrase', "(a b", "w*", "\x00", "\ud7ff", "'", "%"]
)
def test_odd_texts_have_no_suggestions_and_no_errors(client: TestClient, q: str) -> None:
    assert client.get(SUGGEST, params={"q": q}).status_code == 200


def test_limits_say_what_to_do(client: TestClient) -> None:
    too_long = client.get(SUGGEST, params={"q": "x" * 201})
    assert too_long.status_code == 422
    assert too_long.json()["limit_name"] == "max_suggest_chars"
    too_many = client.get(SUGGEST, params={"q": "x", "limit": 21})
    assert too_many.status_code == 422
    assert "Lower limit" in too_many.json()["detail"]
    assert client.get(SUGGEST, params={"q": "x", "limit": 0}).status_code == 422
    assert client.get(SUGGEST, params={"query": "x"}).status_code == 422


def test_limit_counts_for_each_kind(client: TestClient) -> None:
    for suggestions in ask(client, "b", limit=1).values():
        assert len(suggestions) == 1


@pytest.mark.parametrize("way", ["parameter", "header"])
def test_opensearch_has_four_lists_of_one_length(client: TestClient, way: str) -> None:
    if way == "parameter":
        answer = client.get(SUGGEST, params={"q": "barom", "format": "opensearch"})
    else:
        headers = {"Accept": "application/x-suggestions+json"}
        answer = client.get(SUGGEST, params={"q": "barom"}, headers=headers)
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    text, completions, descriptions, addresses = answer.json()
    assert text == "barom"
    assert len(completions) == len(descriptions) == len(addresses) > 0
    assert all(address.startswith("http://testserver/") for address in addresses)
    assert any("36 papers" in each for each in descriptions)


def test_the_description_follows_opensearch(client: TestClient) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.headers["content-type"] == "application/opensearchdescription+xml"
    root = etree.fromstring(answer.content)
    assert len(root.findtext("os:ShortName", namespaces=NAMESPACE) or "x" * 17) <= 16
    templates = {
        each.get("type"): each.get("template") for each in root.findall("os:Url", NAMESPACE)
    }
    for media_type in ("text/html", "application/x-suggestions+json"):
        address = (templates[media_type] or "").replace("{searchTerms}", "otters")
        assert client.get(address).status_code == 200
    assert "{searchTerms}" in (templates["text/html"] or "")


def test_pages_name_the_description(client: TestClient) -> None:
    assert '<link rel="search" type="application/opensearchdescription+xml"' in client.get("/").text
