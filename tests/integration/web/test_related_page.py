"""The pages of related papers: split by time, filtered, ordered, and of several papers at once."""

import pytest
from starlette.testclient import TestClient

from tests.support.factories import OTTER_ID
from tests.support.pages import Page, fetch

MIDDLE = "2404.05018"
"""A barometer with others a month before and a month after it."""

TWO = "2403.05001,2404.05018"


def list_papers(page: Page) -> list[str]:
    return [str(card.get("data-paper-id")) for card in page.find("//article[@data-paper-id]")]


def count_shown(page: Page) -> int:
    return int(page.texts("//p[@class='results-title']")[0].split()[0])


def test_every_paper_says_what_it_shares(client: TestClient) -> None:
    page = fetch(client, f"/related/{MIDDLE}")
    cards = page.find("//article[@data-paper-id]")
    assert len(page.find("//article//p[@class='shared-words']")) == len(cards) > 0
    assert MIDDLE not in list_papers(page)


def test_a_time_shows_all_its_papers(client: TestClient) -> None:
    whole = fetch(client, f"/related/{MIDDLE}")
    links = whole.links("//section//a[contains(@class, 'quiet')]")
    assert links == [f"/related/{MIDDLE}?time=same"]
    same = fetch(client, links[0])
    # All barometers are within half a year.
    assert len(list_papers(same)) == count_shown(whole)
    assert set(list_papers(whole)) < set(list_papers(same))
    earlier = fetch(client, f"/related/{MIDDLE}?time=earlier")
    assert list_papers(earlier) == []
    assert "No paper here" in earlier.main


def test_orders_and_filters_are_in_the_address(client: TestClient) -> None:
    page = fetch(client, f"/related/{MIDDLE}?cat=stat.AP&time=same&sort=newest")
    dates = [str(each.get("data-submitted")) for each in page.find("//article[@data-submitted]")]
    assert dates == sorted(dates, reverse=True)
    assert 0 < len(dates) < 35
    kept = {str(each.get("name")): each.get("value") for each in page.find("//main//input[@name]")}
    assert kept == {"sort": "newest", "time": "same", "cat": "stat.AP", "from": "", "to": ""}
    oldest = [each for each in page.links("//nav/a") if "sort=oldest" in each]
    assert oldest == [f"/related/{MIDDLE}?sort=oldest&time=same&cat=stat.AP"]
    assert fetch(client, oldest[0]).texts("//article//time")[0] != page.texts("//article//time")[0]


def test_filters_that_leave_nothing_or_cannot_be_read_say_so(client: TestClient) -> None:
    nothing = fetch(client, f"/related/{MIDDLE}?cat=math.NT")
    assert "No related paper passes these filters" in nothing.main
    refused = fetch(client, f"/related/{MIDDLE}?from=yesterday")
    assert refused.status == 422
    assert "is not a date" in refused.main


def test_the_other_method_is_a_link(client: TestClient) -> None:
    page = fetch(client, f"/related/{MIDDLE}?sort=newest")
    (other,) = [each for each in page.links() if "method=literal" in each and "." not in each[30:]]
    assert other == f"/related/{MIDDLE}?method=literal&sort=newest"
    assert "ten keywords" in fetch(client, other).main


def test_papers_related_to_several_leave_them_out(client: TestClient) -> None:
    page = fetch(client, f"/related?ids={TWO}")
    found = list_papers(page)
    assert found
    assert set(TWO.split(",")).isdisjoint(found)
    assert page.texts("//p[@class='subtitle']")[0].startswith("to 2 papers together")
    narrowed = fetch(client, f"/related?ids={TWO}&cat=stat.AP")
    assert 0 < len(list_papers(narrowed)) < len(found)
    assert narrowed.find(f"//input[@name='ids'][@value='{TWO}']")


@pytest.mark.parametrize("path", ["/related", "/related?ids=,", "/related?ids=otters"])
def test_a_list_without_papers_is_refused_plainly(client: TestClient, path: str) -> None:
    page = fetch(client, path)
    assert page.status == 422
    assert "dentifier" in page.main


def test_a_paper_like_no_other_is_said(client: TestClient) -> None:
    assert "No paper here shares" in fetch(client, f"/related?ids={OTTER_ID}").main
