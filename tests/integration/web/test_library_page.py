"""The library's frame, and lists that somebody shares."""

from starlette.testclient import TestClient

from tests.support.factories import OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID
from tests.support.pages import fetch


def test_the_own_library_says_what_stays_where(client: TestClient) -> None:
    page = fetch(client, "/library")
    assert "kept in this browser and nowhere else" in page.main
    assert page.find("//noscript")
    assert page.find("//*[@id='library'][@hidden]")
    assert page.find("//article") == []
    assert "/recommend" in page.links("//main//a")


def test_a_shared_list_keeps_its_order_and_names_what_is_missing(client: TestClient) -> None:
    page = fetch(client, f"/library?ids={TEAPOT_ID},{OTTER_ID},{TEAPOT_ID},{GONE_ID}")
    shown = [str(card.get("data-paper-id")) for card in page.find("//article[@data-paper-id]")]
    assert shown == [TEAPOT_ID, OTTER_ID]
    assert page.texts("//h1") == ["A list of 2 papers"]
    assert f"arXiv:{GONE_ID}" in page.texts("//div[@class='notice']")[0]
    twins = page.links("//head/link[@rel='alternate'][starts-with(@href, '/library.')]")
    assert len(twins) == 5
    for twin in twins:
        answer = client.get(twin)
        assert answer.status_code == 200, twin
        assert OTTER_ID in answer.text
        assert GONE_ID not in answer.text


def test_any_written_form_is_an_identifier_and_nothing_else_is(client: TestClient) -> None:
    assert fetch(client, f"/library?ids=https://arxiv.org/abs/{OTTER_ID}v2").status == 200
    refused = fetch(client, "/library?ids=otters")
    assert refused.status == 422
    many = ",".join(f"2405.{number:05}" for number in range(2_001))
    assert fetch(client, f"/library?ids={many}").status == 422


def test_none_of_the_papers_is_held(client: TestClient) -> None:
    page = fetch(client, "/library?ids=1706.03762")
    assert "None of these papers is held here" in page.main
