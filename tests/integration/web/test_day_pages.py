"""The home page, day lists and calendars, as a reader without scripts uses them."""

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import HOSTILE_ID, REVISED_ID, SERIES_SIZE, UNHELD_ID, Library
from tests.support.pages import fetch

DAY = "/list/cs.CL/2024-05-03"


def test_the_home_page_has_a_search_box_the_state_and_every_archive(client: TestClient) -> None:
    page = fetch(client, "/")

    assert page.find("//form[@action='/search']//input[@name='q']")
    assert f"{SERIES_SIZE + 6} papers searchable" in page.main
    assert "last filled 6 May 2024, 12:04 UTC" in page.main
    assert "1 announced paper missing" in page.main
    links = page.links()
    for code in ("hep-th", "math", "cs", "cs.LG", "astro-ph.EP", "q-bio.NC", "econ.EM"):
        assert f"/list/{code}" in links
    assert "/list/alg-geom" not in links
    assert "/list/grp_physics" in links


def test_the_home_page_counts_the_newest_day(client: TestClient) -> None:
    page = fetch(client, "/")

    assert "Announced on Friday, 3 May 2024" in page.texts("//h2")
    assert page.texts("//ul[@class='archive-counts']/li") == ["astro-ph 1", "cs 3"]
    assert page.texts("//*[@data-code='cs.CL']/*[@class='count']") == ["3"]
    cells = page.texts("//table//td/a")
    assert "Friday, 3 May 2024: 4 papers34" in cells
    assert "/list/all/2024-05-03" in page.links("//table//a")


def test_the_chooser_is_a_plain_form_that_leads_to_a_list(client: TestClient) -> None:
    page = fetch(client, "/")
    (form,) = page.find("//form[@id='chooser']")
    boxes = {
        name: {each.get("value") for each in page.find(f"//input[@name='{name}']")}
        for name in ("in", "out")
    }

    assert form.get("action") == "/choose"
    assert boxes["in"] == boxes["out"]
    assert {"cs", "cs.LG", "hep-th", "math.CO"} <= boxes["in"]
    answer = client.get(
        "/choose?in=cs.LG&in=cs.AI&in=cs.CY&out=cs.CY&out=econ.GN", follow_redirects=False
    )
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/list/cs.AI+cs.LG-cs.CY-econ.GN",
    )


@pytest.mark.parametrize("query", ["", "?in=", "?in=cs.XX", "?out=%22%3E%3Cscript%3E"])
def test_a_choice_that_makes_no_list_is_said(client: TestClient, query: str) -> None:
    page = fetch(client, f"/choose{query}")

    assert page.status == 422
    assert "<script>" not in page.source.replace('<script type="module"', "")


def test_an_announced_day_is_listed_in_arxivs_groups(client: TestClient) -> None:
    page = fetch(client, DAY)

    assert page.texts("//h1") == ["cs.CL Friday, 3 May 2024"]
    assert page.texts("//h2") == ["New submissions 2", "Cross-lists 1"]
    assert page.texts("//ol//h3") == [
        "Attention is what otters need",
        f"arXiv:{UNHELD_ID}",
        "Umbrellas, revised",
    ]
    assert [each.get("start") for each in page.find("//ol[@class='cards']")] == ["1", "3"]
    assert page.texts("//nav[@class='kinds']/a") == ["All 3", "New 2", "Cross-listed 1"]
    assert "1 of the announced papers is not held here yet" in page.main
    assert f"https://arxiv.org/abs/{UNHELD_ID}" in page.links()
    assert page.links("//nav[@class='day-nav']/a[@rel='prev']") == ["/list/cs.CL/2024-05-02"]


def test_kinds_and_orders_are_links_that_keep_each_other(client: TestClient) -> None:
    page = fetch(client, f"{DAY}?kind=new&sort=newest")

    assert page.texts("//ol[@class='cards']//h2") == [
        "Attention is what otters need",
        f"arXiv:{UNHELD_ID}",
    ]
    assert page.texts("//*[@aria-current='true']") == ["New 2", "◷Newest first"]
    orders = page.links("//*[@data-order]")
    assert orders == [
        f"{DAY}?kind=new",
        f"{DAY}?kind=new&sort=stars",
        f"{DAY}?kind=new&sort=newest",
    ]
    assert f"{DAY}?sort=newest" in page.links("//nav[@class='kinds']/a")


def test_pages_of_a_day_lead_to_each_other(library: Library) -> None:
    settings = library.settings.model_copy(update={"default_page_size": 2})
    with TestClient(create_app(settings)) as client:
        first = fetch(client, f"{DAY}?kind=new,cross")
        second = fetch(client, first.links("//nav[@class='paging']/a[@rel='next']")[0])
        beyond = fetch(client, f"{DAY}?offset=25")

    assert second.path == DAY
    assert "3–3 of 3" in second.main
    assert [each.get("start") for each in second.find("//ol[@class='cards']")] == ["3"]
    assert second.links("//nav[@class='paging']/a") == [f"{DAY}?kind=new,cross"]
    assert "No papers are on this page" in beyond.main
    assert DAY in beyond.links("//*[@class='empty']//a")


def test_a_day_by_submission_says_so(client: TestClient) -> None:
    page = fetch(client, "/list/cs/2024-05-02")
    asked = fetch(client, f"{DAY}?by=submitted")

    assert "not on record here" in page.main
    assert page.texts("//ol//h2") == ["Attention is what otters need"]
    assert page.links("//nav[@class='day-nav']/a[@rel='next']") == ["/list/cs/2024-05-03"]
    assert "No paper held here was submitted on this day" in asked.main
    assert DAY in asked.links()
    by_submission = fetch(client, "/list/all/2024-05-03?by=submitted&sort=stars")
    assert "had their first version submitted on this day" in by_submission.main
    assert "/list/all/2024-05-03?by=submitted" in by_submission.links("//*[@data-order='listed']")


@pytest.mark.parametrize(
    ("day", "said", "neighbour"),
    [
        ("2024-05-04", "arXiv announces nothing on Saturdays and Sundays.", "2024-05-03"),
        ("2124-05-02", "arXiv publishes the lists of this day on 2 May 2124, 04:00", "2024-05-03"),
        ("1993-03-03", "no paper held here was submitted on it", "1999-01-01"),
    ],
)
def test_an_empty_day_says_why_and_leads_on(
    client: TestClient, day: str, said: str, neighbour: str
) -> None:
    page = fetch(client, f"/list/all/{day}")

    assert page.status == 200
    assert said in page.texts("//*[contains(@class, 'day-empty')]")[0]
    assert f"/list/all/{neighbour}" in page.links("//*[@class='empty-ways']/a")


def test_a_quiet_day_of_a_category_is_no_gap(client: TestClient) -> None:
    page = fetch(client, "/list/cs.LG/2024-05-03")

    assert "arXiv announced papers on this day, but none in these categories." in page.main


def test_without_a_date_the_latest_list_is_shown(client: TestClient) -> None:
    page = fetch(client, "/list/cs.CL")

    assert page.texts("//h1") == ["cs.CL Friday, 3 May 2024"]


def test_a_date_can_be_asked_for_in_a_form(client: TestClient) -> None:
    page = fetch(client, "/list/cs.CL?date=2024-05-02")

    assert page.path == "/list/cs.CL/2024-05-02"
    assert fetch(client, "/list/cs.CL?date=soon").status == 422


def test_an_expression_is_written_in_its_canonical_form(client: TestClient) -> None:
    page = fetch(client, "/list/cs.lg,CS.AI-cs.cy/2024-05-02")

    assert page.texts("//h1") == ["cs.AI+cs.LG-cs.CY Thursday, 2 May 2024"]
    assert page.links("//nav[@class='day-nav']/a[@rel='next']") == [
        "/list/cs.AI+cs.LG-cs.CY/2024-05-03"
    ]


@pytest.mark.parametrize("path", [DAY, "/list/cs.CL", "/list/all/2024-05-03"])
def test_the_head_names_the_twins(client: TestClient, path: str) -> None:
    page = fetch(client, path)

    found = {
        each.get("type"): each.get("href", "") for each in page.find("//link[@rel='alternate']")
    }
    for media_type in ("application/atom+xml", "application/feed+json", "application/x-bibtex",
                       "application/x-research-info-systems", "text/csv"):  # fmt: skip
        answer = client.get(found[media_type])
        assert answer.headers["Content-Type"].startswith(media_type)
    assert set(page.links("//*[@class='export-menu']//a")) >= set(found.values())


def test_a_month_is_a_calendar_with_ways_to_its_neighbours(client: TestClient) -> None:
    page = fetch(client, "/calendar/cs.CL/2024-05")

    assert page.texts("//h1") == ["cs.CL May 2024"]
    assert len(page.find("//td/*[@class='day']|//td/a")) == 31
    assert DAY in page.links("//table//a")
    assert page.links("//*[@class='calendar-head']/a[@rel='prev']") == ["/calendar/cs.CL/2024-04"]
    assert fetch(client, "/calendar/cs.CL").texts("//h1") == ["cs.CL May 2024"]
    assert fetch(client, "/calendar/cs.CL/2024-13").status == 422
    assert fetch(client, "/calendar/cs.CL/2024").status == 422


def test_cards_are_given_by_identifier_in_the_order_asked(client: TestClient) -> None:
    page = fetch(client, f"/cards?ids={COMPASS_ID},{UNHELD_ID},{OTTER_ID},{HOSTILE_ID}&list=cs.CL")

    assert page.links("//*[@class='card-title']/a") == [
        f"/abs/{each}" for each in (COMPASS_ID, OTTER_ID, HOSTILE_ID)
    ]
    assert page.find("//script|//b") == []
    assert "/list/cs.CL+cs.LG" in page.links("//a[@class='step']")
    many = ",".join(f"2405.{number:05}" for number in range(1, 60))
    for query in (f"ids={many}", "ids=otters", f"ids={OTTER_ID}&level=7", "ids=&list=cs.XX"):
        assert client.get(f"/cards?{query}").status_code == 422


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/arxiv/{OTTER_ID}", f"/abs/{OTTER_ID}"),
        (f"/arxiv/{OTTER_ID},{TEAPOT_ID}", f"/search?q={OTTER_ID}+{TEAPOT_ID}"),
        ("/arxiv/cs.lg,cs.AI", "/list/cs.AI+cs.LG"),
        ("/arxiv/cs.CL?date=2024-05-03&sort=1", "/list/cs.CL/2024-05-03?sort=stars"),
        ("/arxiv/cs.CL/feed", "/list/cs.CL.atom"),
        ("/arxiv/search?highlight=1&query=otters", "/search?q=otters"),
        ("/arxiv/search/feed?query=sea+otters", "/search.atom?q=sea+otters"),
    ],
)
def test_addresses_of_papers_cool_lead_here(client: TestClient, path: str, target: str) -> None:
    answer = client.get(path, follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (308, target)
    assert client.get(path).status_code == 200


def test_the_pages_are_there_in_chinese(client: TestClient) -> None:
    headers = {"Accept-Language": "zh-CN"}

    assert "星期五" in client.get(DAY, headers=headers).text
    assert "你的每日列表" in client.get("/", headers=headers).text
    assert (
        "arXiv 周六和周日不发布公告" in client.get("/list/cs.CL/2024-05-04", headers=headers).text
    )


def test_a_revised_paper_stands_where_arxiv_listed_it(client: TestClient) -> None:
    page = fetch(client, f"{DAY}?kind=cross")

    assert page.links("//ol[@class='cards']//h3/a") == [f"/abs/{REVISED_ID}"]
