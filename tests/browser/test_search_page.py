"""The search page as people use it: while typing, by keyboard, by pointer, and going back."""

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
from tests.support.factories import OTTER_ID
from tests.support.library import SERIES_SIZE

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser


def read_title(visit: Visit) -> str:
    return str(visit.page.locator("#results-title").inner_text()).strip()


def wait_title(visit: Visit, text: str) -> None:
    visit.page.locator("#results-title", has_text=re.compile(f"^\\s*{text}\\s*$")).wait_for(
        state="attached"
    )


def address_of(visit: Visit) -> str:
    return str(visit.page.url).removeprefix(visit.service)


def type_words(visit: Visit, text: str) -> None:
    visit.page.locator("#q").press_sequentially(text, delay=15)


def test_results_come_while_typing_and_back_undoes_it_in_one_step(visit: OpenVisit) -> None:
    page = visit("/search?q=otters")
    wait_title(page, "1 paper")
    page.page.locator("#q").fill("")
    type_words(page, "barom")
    # A word that has just begun finds what begins so; sent off, it is searched as it is.
    wait_title(page, f"{SERIES_SIZE} papers")
    assert address_of(page) == "/search?q=barom"
    type_words(page, "eters")
    page.page.wait_for_url("**/search?q=barometers")
    # As many papers as before, but of the whole word.
    page.page.wait_for_function("() => document.title === 'barometers – Papersift'")
    assert address_of(page) == "/search?q=barometers"
    assert page.page.locator("#search-status").inner_text() == f"{SERIES_SIZE} papers"
    page.page.go_back()
    wait_title(page, "1 paper")
    assert address_of(page) == "/search?q=otters"
    assert page.page.locator("#q").input_value() == "otters"
    page.page.go_forward()
    wait_title(page, f"{SERIES_SIZE} papers")
    page.page.reload()
    assert read_title(page) == f"{SERIES_SIZE} papers"


def test_a_late_answer_never_replaces_a_newer_one(visit: OpenVisit) -> None:
    page = visit("/search")
    held: list[Route] = []

    def hold_or_pass(route: "Route") -> None:
        if "q=otters&" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.page.route("**/search?*part=results*", hold_or_pass)
    page.page.locator("#q").fill("otters")
    page.page.wait_for_url("**/search?q=otters")
    page.page.wait_for_function("() => document.querySelector('#results').ariaBusy === 'true'")
    page.page.locator("#q").fill("barometers")
    wait_title(page, f"{SERIES_SIZE} papers")
    assert len(held) == 1
    # The browser gave the older question up; answering it now changes nothing.
    page.page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))")
    assert read_title(page) == f"{SERIES_SIZE} papers"
    assert address_of(page) == "/search?q=barometers"
    assert page.page.locator("#results").get_attribute("aria-busy") == "false"


def test_suggestions_are_a_combobox_for_the_keyboard(visit: OpenVisit) -> None:
    page = visit("/search")
    box = page.page.get_by_role("combobox", name="Words, a title")
    type_words(page, "barom")
    options = page.page.locator(".suggestions").get_by_role("option")
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert page.page.locator(f"#{box.get_attribute('aria-controls')}").get_attribute("role") == (
        "listbox"
    )
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowDown")
    first = box.get_attribute("aria-activedescendant")
    assert options.first.get_attribute("id") == first
    assert options.first.get_attribute("aria-selected") == "true"
    box.press("End")
    assert options.last.get_attribute("aria-selected") == "true"
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowDown")
    box.press("Home")
    assert box.get_attribute("aria-activedescendant") == first
    check_accessibility(page)
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "barom"
    box.press("Escape")
    assert (box.input_value(), page.page.locator("#q:focus").count()) == ("barom", 0)
    box.press("ArrowDown")
    options.first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    wait_title(page, f"{SERIES_SIZE} papers")
    assert "barometer" in box.input_value()
    assert page.page.get_by_role("listbox").count() == 0


@pytest.mark.parametrize("path", ["/", "/library", "/search"])
def test_every_search_box_suggests_titles_that_open_papers(visit: OpenVisit, path: str) -> None:
    page = visit(path)
    page.page.get_by_role("combobox", name=re.compile("Search papers|Words")).first.focus()
    page.page.keyboard.type("what otters", delay=15)
    option = page.page.get_by_role("group", name="Titles").get_by_role("option").first
    option.click()
    page.page.wait_for_url(f"**/abs/{OTTER_ID}")


def test_a_search_from_another_page_has_a_short_address(visit: OpenVisit) -> None:
    page = visit("/")
    page.page.locator("#q").fill("barometers")
    page.page.locator("#q").press("Enter")
    page.page.wait_for_url("**/search?q=barometers")
    wait_title(page, f"{SERIES_SIZE} papers")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_menu_of_exports_opens_over_the_papers(visit: OpenVisit, width: int) -> None:
    for path in ("/search?q=barometers", f"/library?ids={OTTER_ID}", "/list/cs.CL/2024-05-03"):
        page = visit(path, width=width)
        place = page.page.locator(".card").first.bounding_box()
        page.page.locator(".export > summary").click()
        menu = page.page.locator(".export-menu").bounding_box()
        assert page.page.locator(".card").first.bounding_box() == place
        assert menu is not None
        assert 0 <= menu["x"] <= menu["x"] + menu["width"] <= width
        assert has_no_sideways_scroll(page)


def test_the_menu_of_exports_closes_on_escape_and_elsewhere(visit: OpenVisit) -> None:
    page = visit("/search?q=barometers").page
    summary, menu = page.locator(".export > summary"), page.locator(".export-menu")

    summary.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert summary.evaluate("each => each === document.activeElement")
    summary.click()
    menu.locator(".hint").click()
    assert menu.is_visible()
    page.locator("#results-title").click()
    menu.wait_for(state="hidden")


def test_chips_facets_orders_and_years_narrow_without_a_new_page(visit: OpenVisit) -> None:
    page = visit("/search?q=weather+OR+otters")
    page.page.evaluate("window.isSamePage = true")
    page.page.locator("[data-facet=cat] a", has_text="stat.AP").click()
    wait_title(page, "12 papers")
    assert page.page.evaluate("document.activeElement.id") == "results-title"
    assert "cat=stat.AP" in address_of(page)
    page.page.get_by_role("link", name="Remove stat.AP").click()
    wait_title(page, f"{SERIES_SIZE + 1} papers")
    page.page.get_by_role("link", name="oldest first").click()
    page.page.wait_for_url("**sort=oldest*")
    page.page.get_by_label("From").fill("2024-04-01")
    page.page.get_by_label("To").fill("2024-04-10")
    page.page.get_by_role("button", name="Apply").click()
    wait_title(page, "10 papers")
    assert "sort=oldest" in address_of(page)
    assert page.page.get_by_label("To").input_value() == "2024-04-10"
    page.page.go_back()
    page.page.go_back()
    assert page.page.evaluate("window.isSamePage") is True


def test_names_and_phrases_come_by_themselves_and_are_searched_within(visit: OpenVisit) -> None:
    page = visit("/search?q=*")
    page.page.locator("[data-more-facets]").scroll_into_view_if_needed()
    page.page.locator("[data-facet=author]").wait_for()
    assert page.page.locator("[data-more-facets], .more-link").count() == 0
    fold = page.page.locator("[data-facet] .more-values").first
    fold.locator("summary").click()
    values = fold.locator("li:visible a")
    wanted = values.last.inner_text()
    fold.locator("[data-search-within]").fill(wanted)
    assert wanted in values.all_inner_texts()
    assert values.count() < fold.locator("li").count()
    values.first.click()
    page.page.locator(".chips").wait_for()


def test_a_fold_opens_when_its_values_are_there(visit: OpenVisit) -> None:
    page = visit("/search?q=*", width=360)
    page.page.get_by_role("button", name="Narrow down").click()
    page.page.locator(".more-link").first.click()
    page.page.locator(".more-values[open] [data-search-within]").first.wait_for()


def test_a_panel_that_is_never_opened_asks_for_nothing(visit: OpenVisit) -> None:
    page = visit("/search?q=*", width=360)
    page.page.wait_for_timeout(500)
    assert page.page.locator("[data-facet=author]").count() == 0
    page.page.get_by_role("button", name="Narrow down").click()
    page.page.locator("[data-more-facets]").scroll_into_view_if_needed()
    page.page.locator("[data-facet=author]").wait_for()


def test_a_range_is_drawn_over_the_years(visit: OpenVisit) -> None:
    page = visit("/search?q=")
    bars = page.page.locator("[data-year]")
    first, last = bars.first, bars.last
    names = [first.get_attribute("data-year"), bars.nth(1).get_attribute("data-year")]
    from_box, to_box = first.bounding_box(), bars.nth(1).bounding_box()
    assert from_box is not None
    assert to_box is not None
    mouse = page.page.mouse
    mouse.move(from_box["x"] + from_box["width"] / 2, from_box["y"] + 20)
    mouse.down()
    mouse.move(to_box["x"] + to_box["width"] / 2, to_box["y"] + 20, steps=3)
    mouse.up()
    page.page.wait_for_url(f"**from={names[0]}&to={names[1]}*")
    assert last.get_attribute("class") is None


def test_the_reasons_of_a_hit_are_fetched_once_and_drawn(visit: OpenVisit) -> None:
    page = visit("/search?q=otters+hands")
    fold = page.page.locator("details.reasons").first
    fold.locator("summary").click()
    fold.locator("tfoot").wait_for()
    parts = [float(text) for text in fold.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert sum(parts) == pytest.approx(
        float(fold.locator("tfoot td").first.inner_text()), abs=0.001 * len(parts)
    )
    widths = fold.locator("rect.part").evaluate_all(
        "bars => bars.map(bar => Number(bar.getAttribute('width')))"
    )
    assert sum(widths) == pytest.approx(100, abs=0.1)
    check_accessibility(page)


def test_a_search_is_saved_in_the_browser_and_dropped_again(visit: OpenVisit) -> None:
    page = visit("/search?q=barometers&sort=oldest")
    button = page.page.locator("[data-save-search]")
    button.click()
    page.page.wait_for_function(
        "() => JSON.parse(localStorage.getItem('papersift.searches')).value[0]?.total === 36"
    )
    saved = page.page.evaluate("JSON.parse(localStorage.getItem('papersift.searches')).value[0]")
    assert saved["address"] == "?q=barometers"
    assert len(saved["known"]) == SERIES_SIZE
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.page.evaluate("JSON.parse(localStorage.getItem('papersift.searches')).value") == []


def test_no_answer_is_said_and_the_older_results_stay(visit: OpenVisit) -> None:
    page = visit("/search?q=otters")
    page.page.route("**/search?*part=results*", lambda route: route.fulfill(status=422, body=""))
    page.allow_refusals()
    page.page.locator("#q").fill("barometers")
    page.page.locator(".suggestions").wait_for()
    page.page.keyboard.press("Escape")
    notice = page.page.get_by_role("alert")
    notice.wait_for()
    assert "did not answer" in notice.inner_text()
    assert page.page.locator(".card").count() == 1
    found = page.page.locator(".found").bounding_box()
    assert found is not None
    assert found["width"] > 600, "the older results keep their column"
    page.page.unroute_all()
    notice.get_by_role("link").click()
    wait_title(page, f"{SERIES_SIZE} papers")


def test_without_a_service_a_card_says_so_and_the_page_stays(visit: OpenVisit) -> None:
    page = visit("/search?q=otters")
    for part in ("**/keywords?*", "**/search?*part=reasons*", "**/abs/*.bib"):
        page.page.route(part, lambda route: route.abort())
    address = page.page.url
    said = page.page.get_by_role("status").get_by_text("The service did not answer. Try again.")
    card = page.page.locator(".card").first

    for control in (
        card.locator('[data-action="keywords"]'),
        card.locator(".reasons > summary"),
        card.locator('[data-action="cite"]').and_(page.page.locator("summary")),
    ):
        control.click()
        if control.get_attribute("data-action") == "cite":
            card.locator('[data-cite="bib"]').click()
        said.wait_for()
        page.page.locator("#toast").evaluate("toast => { toast.hidden = true; }")
    assert page.page.url == address
    page.problems.clear()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_and_is_accessible(visit: OpenVisit, width: int) -> None:
    page = visit("/search?q=weather+OR+otters&from=2024", width=width)
    assert has_no_sideways_scroll(page)
    take_screenshot(page, f"search-{width}-light")
    check_accessibility(page)
    if width == 360:
        page.page.get_by_role("button", name="Narrow down").click()
        page.page.get_by_label("From").wait_for()
        take_screenshot(page, f"search-narrow-{width}-light")
        check_accessibility(page)
    dark = visit("/search?q=zyzzyva", width=width, scheme="dark")
    take_screenshot(dark, f"search-nothing-{width}-dark")
    check_accessibility(dark)


@pytest.mark.parametrize("width", [360, 1280])
def test_everything_is_links_and_forms_without_scripts(visit: OpenVisit, width: int) -> None:
    page = visit("/search?q=weather", width=width, scripts=False)
    if width == 360:
        page.page.get_by_role("button", name="Narrow down").click()
    page.page.get_by_label("From").fill("2024-04-01")
    page.page.get_by_role("button", name="Apply").click()
    page.page.wait_for_url("**from=2024-04-01*")
    assert "q=weather" in address_of(page)
    page.page.locator(".chips a").first.click()
    assert read_title(page) == f"{SERIES_SIZE} papers"
    assert page.page.locator("[data-needs-js]:visible").count() == 0
    page.page.get_by_role("link", name="Say why each paper is here").click()
    assert page.page.locator("details.reasons").count() == 25
