"""Home, day lists and calendars as people use them: choosing, scrolling, filtering, coming back."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import OpenVisit
from tests.browser.looks import (
    check_accessibility,
    has_no_sideways_scroll,
    take_screenshot,
)
from tests.browser.visits import Visit
from tests.support.library import BAROMETER_DAY, LEDGER_DAY, SERIES_SIZE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

pytestmark = pytest.mark.browser

DAY = f"/list/physics.ao-ph/{BAROMETER_DAY}"
PAGES = ["/", DAY, "/list/all/2024-05-04", "/calendar/physics.ao-ph/2024-05"]


def address_of(visit: Visit) -> str:
    return str(visit.page.url).removeprefix(visit.service)


def list_cards(visit: Visit) -> "Locator":
    return visit.page.locator(".lines-group .card:visible")


def read_titles(visit: Visit) -> list[str]:
    return list(visit.page.locator(".lines-group .card-title:visible").all_inner_texts())


def wait_cards(visit: Visit, count: int) -> None:
    visit.page.wait_for_function(
        """count => [...document.querySelectorAll(".lines-group .card")]
            .filter((card) => card.offsetParent !== null).length === count""",
        arg=count,
    )


def scroll_to_end(visit: Visit) -> None:
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")


def open_filter(visit: Visit, lines: str) -> None:
    visit.page.locator("#open-filter").click()
    visit.page.locator("#filter-with").fill(lines)


def wait_counts(visit: Visit, text: str) -> None:
    visit.page.locator("#filter-counts", has_text=re.compile(f"^{re.escape(text)}$")).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_fit_and_are_accessible(visit: OpenVisit, width: int, scheme: str) -> None:
    page = visit(PAGES[0], width=width, scheme=scheme)
    for path in PAGES:
        page.open(path)
        assert has_no_sideways_scroll(page), path
        name = re.sub(r"\W+", "-", path).strip("-") or "home"
        take_screenshot(page, f"{name}-{width}-{scheme}")
        if width == 1280:
            check_accessibility(page)


def test_categories_are_chosen_remembered_and_opened(visit: OpenVisit) -> None:
    page = visit("/")
    chooser = page.page.locator("#chooser")
    page.page.locator("#chooser-q").fill("ao-ph")
    row = chooser.locator("[data-code='physics.ao-ph']")
    row.get_by_label("With physics.ao-ph").check()
    assert row.is_visible()
    assert not chooser.locator("[data-code='cs.LG']").is_visible()
    page.page.locator("#chooser-q").fill("statistics theory")
    chooser.locator("[data-code='stat.TH'], [data-code='stat.ST']").first.wait_for()
    page.page.locator("#chooser-q").fill("no such name")
    assert page.page.locator("#chooser-nothing").is_visible()
    page.page.locator("#chooser-q").fill("applications")
    other = chooser.locator("[data-code='stat.AP']")
    other.get_by_label("With stat.AP").check()
    other.get_by_label("Without stat.AP").check()
    # In and out exclude each other.
    assert not other.get_by_label("With stat.AP").is_checked()
    page.page.reload()
    assert page.page.locator("#chooser-expression").inner_text() == "physics.ao-ph-stat.AP"
    assert row.get_by_label("With physics.ao-ph").is_checked()
    page.page.locator("#chooser-count", has_text="0 papers on the newest day").wait_for()
    chooser.get_by_role("button", name="Open the list").click()
    page.page.wait_for_url("**/list/physics.ao-ph-stat.AP")


def test_without_scripts_the_chooser_is_a_form(visit: OpenVisit) -> None:
    page = visit("/", scripts=False)
    page.page.locator("[data-code='hep-th'] .in").click()
    page.page.locator("[data-code='math-ph'] .out").click()
    page.page.get_by_role("button", name="Open the list").click()
    assert address_of(page) == "/list/hep-th-math-ph"
    assert not page.page.locator("#chooser-q").is_visible()


def test_a_list_goes_on_as_one_scrolls_and_coming_back_leads_to_the_same_paper(
    visit: OpenVisit,
) -> None:
    page = visit(DAY)
    scroll_to_end(page)
    wait_cards(page, SERIES_SIZE)
    headings = page.page.locator(".lines-group h2").all_inner_texts()
    assert headings == ["New submissions 20", "Cross-lists 8", "Replacements 8"]
    numbers = page.page.locator(".card-number").all_inner_texts()
    assert numbers == [str(number) for number in range(1, SERIES_SIZE + 1)]
    page.page.locator("nav.paging", has_text="That is all.").wait_for()
    target = list_cards(page).nth(33)
    target.evaluate("card => card.scrollIntoView()")
    page.page.wait_for_url("**?offset=25")
    before = target.evaluate("card => card.getBoundingClientRect().top")
    target.locator(".card-title a").click()
    page.page.wait_for_url("**/abs/**")
    page.page.go_back()
    wait_cards(page, SERIES_SIZE)
    page.page.wait_for_function(
        "([number, top]) => Math.abs(document.querySelectorAll('.lines-group .card')[number]"
        ".getBoundingClientRect().top - top) < 5",
        arg=[33, before],
    )


def test_a_link_into_a_list_opens_that_page(visit: OpenVisit) -> None:
    page = visit(f"{DAY}?offset=25")

    wait_cards(page, SERIES_SIZE - 25)
    assert page.page.locator(".card-number").first.inner_text() == "26"
    page.page.locator(".earlier a").click()
    assert page.page.locator(".card-number").first.inner_text() == "1"


def test_without_scripts_a_list_is_paged(visit: OpenVisit) -> None:
    page = visit(DAY, scripts=False, width=360)
    assert list_cards(page).count() == 25
    page.page.get_by_role("link", name="Next →").click()
    assert address_of(page) == f"{DAY}?offset=25"
    assert list_cards(page).count() == SERIES_SIZE - 25
    for hidden in ("#open-filter", "#by-taste", "#hide-seen", "#since", "#filter"):
        assert not page.page.locator(hidden).is_visible()
    page.page.locator(".export > summary").click()
    assert page.page.get_by_role("link", name="BibTeX", exact=True).last.is_visible()


def test_filter_lines_search_the_whole_day_and_mark_what_they_find(visit: OpenVisit) -> None:
    page = visit(DAY)
    open_filter(page, "Part 3")
    # Parts 3 and 30 to 36, most of them on the page that is not here yet.
    wait_counts(page, "8 of 36 papers · part 3 8")
    wait_cards(page, 8)
    assert page.page.locator("#day-picked mark").all_inner_texts() == ["part 3"] * 8
    assert page.page.locator("#day-picked .card-number").first.inner_text() == "3"
    page.page.locator("#filter-with").fill("part 3\nVANE")
    wait_counts(page, "36 of 36 papers · part 3 8 · vane 36")
    page.page.get_by_label("every line").check()
    wait_counts(page, "8 of 36 papers · part 3 8 · vane 36")
    page.page.locator("#filter-without").fill("part 30")
    wait_counts(page, "7 of 36 papers · part 3 8 · vane 36 · part 30 1")
    assert "#with=" in page.page.url
    page.page.reload()
    wait_counts(page, "7 of 36 papers · part 3 8 · vane 36 · part 30 1")
    wait_cards(page, 7)
    page.page.get_by_label("show only these").uncheck()
    page.page.locator("#day-lines").wait_for()
    assert page.page.locator("#day-lines mark").count() > 25
    page.page.locator("#filter-with").fill("sundial")
    page.page.get_by_label("show only these").check()
    page.page.get_by_text("No paper of this list passes the filter.").wait_for()
    page.page.get_by_role("button", name="Clear").click()
    page.page.locator("#day-lines").wait_for()
    assert page.page.locator("mark").count() == 0
    assert address_of(page).rstrip("#") == DAY


def test_ones_taste_orders_a_list_and_says_when_there_is_none(visit: OpenVisit) -> None:
    page = visit(DAY)
    page.page.locator("#by-taste").click()
    page.page.get_by_text("Nothing tells your taste yet").wait_for()
    assert page.page.locator("#by-taste").get_attribute("aria-pressed") == "false"
    page.page.evaluate(
        """localStorage.setItem("papersift.preferences", JSON.stringify(
            {version: 1, value: [{word: "storms", weight: 1, learned: false}]}))"""
    )
    page.page.locator("#by-taste").click()
    page.page.locator("#by-taste[aria-pressed=true]").wait_for()
    first = page.page.locator(".lines-group .card-title:visible").first
    first.filter(has_text=re.compile(r"part (3|7|11|15|19|23|27|31|35)\s*$")).wait_for()
    wait_cards(page, 25)
    # Part 3 tells of storms three times, part 4 not at all.
    titles = read_titles(page)
    assert titles[0].endswith(("part 3", "part 7", "part 11", "part 15", "part 19", "part 23",
                               "part 27", "part 31", "part 35"))  # fmt: skip
    assert "Barometers and weather, part 4" not in titles
    assert page.page.url.endswith("#by=taste")
    page.page.locator("#by-taste").click()
    page.page.locator("#day-lines").wait_for()
    assert read_titles(page)[0] == "Barometers and weather, part 1"


def test_papers_seen_before_can_be_hidden(visit: OpenVisit) -> None:
    page = visit(DAY)
    ids = page.page.locator("[data-paper-id]").evaluate_all(
        "cards => cards.map((card) => card.dataset.paperId)"
    )
    page.page.evaluate(
        """ids => localStorage.setItem("papersift.seen", JSON.stringify(
            {version: 1, value: Object.fromEntries(ids.map((id) => [id, 1000]))}))""",
        ids[:24],
    )
    page.page.locator("#hide-seen").click()
    wait_cards(page, SERIES_SIZE - 24)
    assert page.page.locator("#day-picked .card-number").first.inner_text() == "25"
    assert page.page.locator("#hide-seen").get_attribute("aria-pressed") == "true"


def test_what_came_since_ones_last_visit_is_told(visit: OpenVisit) -> None:
    page = visit("/help")
    page.page.clock.set_fixed_time("2024-05-06T12:00:00Z")
    page.page.evaluate(
        """localStorage.setItem("papersift.visits", JSON.stringify(
            {version: 1, value: {"cs.CL": Date.parse("2024-05-01T12:00:00Z")}}))"""
    )
    page.open("/")
    page.page.locator("#home-since", has_text="3 new").wait_for()
    page.page.locator("#home-since a.news").click()
    assert address_of(page) == f"/list/cs.CL/{LEDGER_DAY}"
    page.page.locator("#since", has_text="3 new papers since your visit of 1 May 2024").wait_for()
    page.page.reload()
    page.page.wait_for_load_state("networkidle")
    assert not page.page.locator("#since").is_visible()


def test_a_list_that_cannot_go_on_says_so(visit: OpenVisit) -> None:
    page = visit("/help")
    page.page.route("**/*offset=25*", _refuse)
    page.open(DAY)
    scroll_to_end(page)
    page.page.get_by_text("More papers could not be loaded. Try again").wait_for()
    page.problems.clear()
    page.page.unroute("**/*offset=25*")
    page.page.get_by_text("More papers could not be loaded. Try again").click()
    page.page.wait_for_url("**?offset=25")
    assert page.page.locator(".card-number").first.inner_text() == "26"


def _refuse(route: "Route") -> None:
    route.abort()
