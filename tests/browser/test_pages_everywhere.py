"""Every page as it looks: at both widths, in both colours, with and without scripts, in Chinese."""

from dataclasses import dataclass

import pytest

from tests.browser.conftest import OpenVisit
from tests.browser.looks import check_accessibility, has_no_sideways_scroll, take_screenshot
from tests.support.factories import OTTER_ID
from tests.support.library import HOSTILE_ID, LEDGER_DAY, REVISED_ID

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Place:
    """A page, and what must be there to be seen.

    Attributes:
        status: HTTP status it comes with; Chromium reports errors on the console.
    """

    name: str
    path: str
    seen: str
    status: int = 200


PLACES = [
    Place("home", "/", "main form[role=search]"),
    Place("search", "/search?q=barometers", "main .card"),
    Place("search-nothing", "/search?q=zyzzyva", "main"),
    Place("search-refused", "/search?q=otters&from=yesterday", "main [role=alert]", status=422),
    Place("day", f"/list/cs.CL/{LEDGER_DAY}", "main .card"),
    Place("paper", f"/abs/{OTTER_ID}", "article.paper math"),
    Place("paper-revised", f"/abs/{REVISED_ID}", "article.paper"),
    Place("paper-hostile", f"/abs/{HOSTILE_ID}", "article.paper"),
    Place("related", "/related/2403.05001", "main .card"),
    Place("status", "/status", "main table"),
    Place("help", "/help", "main table"),
    Place("missing", "/abs/2401.00001", "main .lost", status=404),
    Place("lost", "/nowhere", "main .lost", status=404),
]
LOOKS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
JUDGED_LOOKS = {(1280, "light"), (360, "dark")}
"""Both widths and both colours are judged; the other two looks have nothing of their own."""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_clean_and_accessible_at_every_look(visit: OpenVisit, place: Place) -> None:
    page = visit(place.path, status=place.status)
    for width, scheme in LOOKS:
        page.look(width=width, scheme=scheme)

        take_screenshot(page, f"{place.name}-{width}-{scheme}")

        assert page.page.locator(place.seen).first.is_visible(), (width, scheme)
        assert has_no_sideways_scroll(page), (width, scheme)
        if (width, scheme) in JUDGED_LOOKS:
            check_accessibility(page)
    assert page.page.locator("h1").count() == 1


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_can_be_read_without_scripts(visit: OpenVisit, place: Place) -> None:
    page = visit(place.path, status=place.status, scripts=False, width=360)

    take_screenshot(page, f"{place.name}-without-scripts")

    assert page.page.locator(place.seen).first.is_visible()
    assert page.page.locator("[data-needs-js]:visible").count() == 0
    assert has_no_sideways_scroll(page)
    tops = "[...document.querySelectorAll('.site-links a')].map((link) => link.offsetTop)"
    assert len(set(page.page.evaluate(tops))) == 1


def test_a_page_speaks_chinese_when_asked_to_and_keeps_to_it(visit: OpenVisit) -> None:
    page = visit("/help")

    page.page.get_by_role("button", name="中文").click()
    page.page.wait_for_url("**/help")
    take_screenshot(page, "help-chinese")

    assert page.page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.page.get_by_role("heading", level=1).inner_text() == "帮助"
    check_accessibility(page)
    page.open("/")
    assert page.page.get_by_role("link", name="首页").is_visible()


def test_the_chosen_colours_hold_from_page_to_page(visit: OpenVisit) -> None:
    page = visit("/help", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.page.evaluate(ground)

    page.page.get_by_role("button", name="Dark").click()
    page.page.wait_for_url("**/help")
    dark = page.page.evaluate(ground)
    page.open("/status")

    assert dark != light
    assert page.page.evaluate(ground) == dark
    page.page.get_by_role("button", name="Automatic").click()
    page.page.wait_for_url("**/status")
    assert page.page.evaluate(ground) == light
