"""What the page of a search shows around its results, without scripts."""

import pytest
from starlette.testclient import TestClient

from tests.support.factories import OTTER_ID
from tests.support.library import HOSTILE_ID, SERIES_SIZE
from tests.support.pages import fetch


def test_words_are_marked_in_title_and_abstract(client: TestClient) -> None:
    page = fetch(client, "/search?q=otters+hands")
    assert page.texts("//article//h3//mark") == ["otters"]
    assert page.texts("//p[@class='card-abstract']//mark") == ["Otters", "hands"]
    assert fetch(client, "/search").find("//mark") == []


def test_hostile_titles_stay_text_when_they_are_marked(client: TestClient) -> None:
    page = fetch(client, "/search?q=adversarium")
    assert page.links("//article//h3/a") == [f"/abs/{HOSTILE_ID}"]
    assert page.find("//main//script|//script[not(@src)]") == []
    assert page.find("//img[@onerror]") == []
    assert "<script>alert(1)</script>" in page.texts("//article//h3")[0]


def test_a_corrected_search_says_so_and_leads_back(client: TestClient) -> None:
    page = fetch(client, "/search?q=barometrs+wether")
    (notice,) = page.texts("//div[contains(@class, 'spelling')]")
    assert notice == ("Results for barometers weather. Search instead for barometrs wether (0).")
    assert page.texts("//h2") == [f"{SERIES_SIZE} papers"]
    back = page.links("//div[contains(@class, 'spelling')]//a")[1]
    original = fetch(client, back)
    assert original.texts("//h2") == ["No papers found"]
    assert original.find("//div[contains(@class, 'spelling')]") == []


def test_facets_lead_to_what_they_count(client: TestClient) -> None:
    page = fetch(client, "/search?q=weather+OR+otters")
    assert {"Category", "Phrase"} <= set(page.texts("//div[@class='facet']/h3"))
    items = page.find("//div[@class='facet']//li[span]")
    assert items
    for item in items:
        (link,) = item.xpath("a/@href")
        (count,) = item.xpath("span/text()")
        found = fetch(client, str(link))
        assert found.texts("//h2") in ([f"{count} papers"], [f"{count} paper"]), link


def test_what_narrows_can_be_removed(client: TestClient) -> None:
    page = fetch(client, '/search?q=barometers+"and+weather"&cat=stat.AP&from=2024')
    chips = page.texts("//ul[@class='chips']/li/span[2]")
    assert chips == ["stat.AP", "2024 – …", '"and weather"']
    for link in page.links("//ul[@class='chips']//a"):
        remaining = fetch(client, link).texts("//ul[@class='chips']/li/span[2]")
        assert len(remaining) == 2 or '"and weather"' not in remaining


def test_a_query_that_is_one_thing_can_be_removed_too(client: TestClient) -> None:
    page = fetch(client, '/search?q=au:"Chiyo+Tanabe"')
    assert page.texts("//ul[@class='chips']/li/span[2]") == ['au:"Chiyo Tanabe"']
    assert (
        fetch(client, page.links("//ul[@class='chips']//a")[0]).find("//ul[@class='chips']") == []
    )


def test_a_second_category_narrows_the_first(client: TestClient) -> None:
    page = fetch(client, "/search?q=weather&cat=physics")
    (item,) = [
        each
        for each in page.find("//div[@class='facet']//li[span]")
        if each.text_content().split()[0] == "stat.AP"
    ]
    found = fetch(client, str(item.xpath("a/@href")[0]))
    assert found.texts("//h2") == [f"{item.xpath('span/text()')[0]} papers"]
    assert found.texts("//ul[@class='chips']/li/span[2]") == ["physics", "cat:stat.AP"]


def test_date_presets_are_links_and_the_one_in_force_is_marked(client: TestClient) -> None:
    page = fetch(client, "/search?q=barometers")
    links = page.links("//div[@class='facet'][1]//a")
    assert len(links) == 5
    for link in links:
        preset = fetch(client, link)
        assert preset.status == 200
        assert len(preset.find("//div[@class='facet'][1]//a[@aria-current='true']")) == 1


def test_the_doctor_offers_ways_out(client: TestClient) -> None:
    page = fetch(client, "/search?q=ti:barometers+au:tanabe")
    (doctor,) = page.texts("//div[contains(@class, 'doctor')]")
    assert "no paper matches all of them together" in doctor
    assert f"without au:tanabe: {SERIES_SIZE} papers" in doctor
    for link in page.links("//div[contains(@class, 'doctor')]//a"):
        assert fetch(client, link).texts("//h2") != ["No papers found"]


def test_an_honest_zero(client: TestClient) -> None:
    page = fetch(client, "/search?q=zyzzyva")
    (doctor,) = page.texts("//div[contains(@class, 'doctor')]")
    assert doctor == (
        "No paper matches zyzzyva. Leaving out a word or filter would find nothing either."
    )


def test_reasons_are_given_when_asked(client: TestClient) -> None:
    page = fetch(client, "/search?q=otters+hands")
    (link,) = [each for each in page.links() if "explain=1" in each]
    explained = fetch(client, link)
    (reasons,) = explained.texts("//details[@class='reasons']")
    assert "otter" in reasons
    assert page.find("//details[@class='reasons']") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=*",
        f"?q={OTTER_ID}",
        "?q=a+OR+b&cat=cs&from=2020&to=2021&spell=maybe&explain=maybe",
        "?q=%22%22&explain=1",
        "?q=-otters",
        "?q=otters&offset=30",
        "?q=otters+OR+compass&cat=cs.CL",
    ],
)
def test_odd_searches_have_pages(client: TestClient, query: str) -> None:
    assert fetch(client, f"/search{query}").status == 200
