"""What the page of a search shows around its results, without scripts."""

import pytest
from lxml import html
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
    page = fetch(client, "/search?q=weather+OR+otters&more=1")
    assert {"Category", "Author", "Phrase"} <= set(page.texts("//div[@class='facet']/h3"))
    items = page.find("//div[@class='facet']//li[span]")
    assert items
    for item in items:
        (link,) = item.xpath("a/@href")
        (count,) = item.xpath("span/text()")
        found = fetch(client, str(link))
        assert found.texts("//h2") in ([f"{count} papers"], [f"{count} paper"]), link


def test_names_and_phrases_are_counted_when_somebody_asks(client: TestClient) -> None:
    page = fetch(client, "/search?q=weather+OR+otters&sort=newest&limit=5&offset=5")
    names = page.texts("//div[@class='facet']/h3")
    assert "Category" in names
    assert not {"Author", "Phrase"} & set(names)
    (more,) = page.links("//a[@data-more-facets]")
    whole = fetch(client, more)
    assert whole.texts("//article//h3") == page.texts("//article//h3")
    assert whole.find("//a[@data-more-facets]|//a[@class='more-link']") == []
    by_itself = client.get(f"{more}&part=facets")
    part = html.fragment_fromstring(by_itself.text, create_parent="div")
    (panel,) = whole.find("//div[@data-facets]")
    assert part.xpath(".//li/a/@href") == panel.xpath(".//li/a/@href")
    assert part.xpath(".//h3/text()") == [*names, *part.xpath(".//h3/text()")[len(names) :]]
    assert {"Author", "Phrase"} <= set(part.xpath(".//h3/text()"))


def test_the_rest_of_a_long_facet_is_behind_a_link(client: TestClient) -> None:
    page = fetch(client, "/search?q=*")
    for facet in page.find("//div[@data-facet]"):
        (name,) = facet.xpath("@data-facet")
        for link in facet.xpath("a[@class='more-link']"):
            (folded,) = fetch(client, str(link.get("href"))).find(
                f"//div[@data-facet='{name}']/details"
            )
            shown = str(folded.xpath("string(summary)"))
            assert shown == link.text_content()
            assert len(folded.xpath("ul/li")) == int(shown.split(maxsplit=1)[0])
    assert page.find("//a[@class='more-link']")


def test_a_facet_of_what_cannot_be_searched_is_refused(client: TestClient) -> None:
    refused = client.get("/search?q=otters&from=yesterday&part=facets")
    assert refused.status_code == 422


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
    links = page.links("//ul[@class='presets']//a")
    assert len(links) == 5
    for link in links:
        preset = fetch(client, link)
        assert preset.status == 200
        assert len(preset.find("//ul[@class='presets']//a[@aria-current='true']")) == 1


def test_the_years_are_drawn_and_lead_to_their_papers(client: TestClient) -> None:
    page = fetch(client, "/search?q=cat:*")
    bars = page.find("//*[@data-years]//a")
    years = [str(bar.get("data-year")) for bar in bars]
    assert years == sorted(years)
    for bar in bars:
        count = str(bar.text_content()).split(": ")[1]
        found = fetch(client, str(bar.get("href")))
        assert found.texts("//h2")[0].split()[0] in {count, "No"}
        chosen = found.find("//*[@data-years]//a[@class='chosen']")
        assert [str(each.get("data-year")) for each in chosen] == [bar.get("data-year")]
        assert len(found.find("//*[@data-years]//a")) == len(bars)


def test_the_years_are_those_of_submission_only(client: TestClient) -> None:
    assert fetch(client, "/search?date=updated").find("//*[@data-years]") == []


def test_orders_are_links_and_the_chosen_one_stays(client: TestClient) -> None:
    page = fetch(client, "/search?q=barometers&sort=oldest")
    assert page.texts("//nav[@class='sorts']/a[@aria-current]") == ["oldest first"]
    assert page.find("//input[@form='search'][@name='sort'][@value='oldest']")
    default = page.links("//nav[@class='sorts']/a")[0]
    assert fetch(client, default).find("//input[@name='sort']") == []


def test_the_results_are_sent_by_themselves(client: TestClient) -> None:
    answer = client.get("/search?q=otters&part=results")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    whole = fetch(client, "/search?q=otters")
    part = html.fragment_fromstring(answer.text, create_parent="div")
    assert part.xpath("string(.//h2)").strip() == whole.texts("//h2")[0]
    refused = client.get("/search?q=otters&from=yesterday&part=results")
    assert refused.status_code == 422
    assert "is not a date" in refused.text


def test_a_word_that_has_just_begun_finds_what_begins_so(client: TestClient) -> None:
    def count_while_typing(query: str) -> str:
        answer = client.get("/search", params={"q": query, "part": "results", "typing": "1"})
        assert answer.status_code == 200
        part = html.fragment_fromstring(answer.text, create_parent="div")
        return str(part.xpath("string(.//h2)")).strip()

    assert fetch(client, "/search?q=barom").texts("//h2") == ["No papers found"]
    assert count_while_typing("barom") == f"{SERIES_SIZE} papers"
    assert count_while_typing("weather barom") == f"{SERIES_SIZE} papers"
    assert count_while_typing("otters") == "1 paper"
    assert count_while_typing("zyzzyv") == "No papers found"
    assert count_while_typing('"black ho') != ""


def test_the_reasons_of_one_paper_add_up_to_its_score(client: TestClient) -> None:
    for sort in ("relevance", "newest", "fresh"):
        address = f"/search?q=otters+hands&sort={sort}&part=reasons&paper={OTTER_ID}"
        table = html.fragment_fromstring(client.get(address).text, create_parent="div")
        weights = [float(cell.text) for cell in table.xpath(".//tbody/tr/td[4]")]
        total = float(table.xpath("string(.//tfoot/tr[1]/td[1])"))
        assert weights
        assert sum(weights) == pytest.approx(total, abs=0.001 * len(weights))
        assert len(table.xpath(".//tfoot/tr")) == (2 if sort == "fresh" else 1)


def test_reasons_of_a_paper_that_is_named_or_not_there(client: TestClient) -> None:
    named = client.get(f"/search?q={OTTER_ID}&part=reasons&paper={OTTER_ID}")
    assert "names this paper" in named.text
    missing = client.get(f"/search?q=barometers&part=reasons&paper={OTTER_ID}")
    assert missing.status_code == 404


def test_the_doctor_offers_ways_out(client: TestClient) -> None:
    page = fetch(client, "/search?q=ti:barometers+au:tanabe")
    (doctor,) = page.texts("//div[contains(@class, 'doctor')]")
    assert "no paper matches all of them together" in doctor
    assert f"without au:tanabe: {SERIES_SIZE} papers" in doctor
    for link in page.links("//div[contains(@class, 'doctor')]//a"):
        assert fetch(client, link).texts("//h2") != ["No papers found"]


def test_the_doctor_never_offers_what_a_widened_search_shows_already(client: TestClient) -> None:
    page = fetch(client, "/search?q=zyzzyva+weather")
    assert page.texts("//h2[@id='results-title']") == [f"{SERIES_SIZE} papers"]
    (notice,) = page.texts("//div[contains(@class, 'notice')]")
    assert notice == (
        "No title and abstract hold all of these words, so papers with any of them are shown. "
        "For names write au:, as in au:vaswani. No paper matches zyzzyva."
    )


def test_what_was_read_otherwise_is_told_in_the_language_of_the_page(client: TestClient) -> None:
    question = {"q": '9912.99999 ti:(otters "hands'}
    english = client.get("/search", params=question).text
    chinese = client.get("/search", params=question, headers={"Accept-Language": "zh"}).text

    assert "A quotation mark at column 23 has no partner. It was closed at the end." in english
    assert "第 23 个字符处的引号不成对。 已在末尾补上。" in chinese
    assert "本站没有收录 arXiv:9912.99999" in chinese
    for sentence in ("has no partner", "is never closed", "is not held here"):
        assert sentence in english
        assert sentence not in chinese


def test_a_widened_search_is_explained_in_the_language_of_the_page(client: TestClient) -> None:
    answer = client.get("/search?q=zyzzyva+weather", headers={"Accept-Language": "zh"})

    assert "没有标题和摘要包含全部词语" in answer.text
    assert "No title and abstract hold" not in answer.text


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", "No paper matches zyzzyva."),  # nothing could be left out
        (
            "&cat=cs.CL",
            "No paper matches zyzzyva. Leaving out a word or filter would find nothing either.",
        ),
    ],
)
def test_an_honest_zero(client: TestClient, filters: str, expected: str) -> None:
    page = fetch(client, f"/search?q=zyzzyva{filters}")
    assert page.find("//div[contains(@class, 'notice')]") == []
    assert page.texts("//div[contains(@class, 'doctor')]") == [expected]


def test_reasons_are_given_when_asked(client: TestClient) -> None:
    page = fetch(client, "/search?q=otters+hands")
    (link,) = [each for each in page.links() if "explain=1" in each]
    explained = fetch(client, link)
    (reasons,) = explained.texts("//details[@class='reasons'][not(@hidden)]")
    assert "otter" in reasons
    assert page.find("//details[@class='reasons'][not(@hidden)]") == []


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
