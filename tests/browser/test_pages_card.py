"""What one can do with a card, by pointer and by key."""

import pytest

from tests.browser.conftest import OpenVisit
from tests.browser.looks import check_accessibility, take_screenshot
from tests.browser.visits import Visit
from tests.support.factories import OTTER_ID

pytestmark = pytest.mark.browser

LIST = "/search?q=barometers"


def read_clipboard(visit: Visit) -> str:
    text: str = visit.page.evaluate("navigator.clipboard.readText()")
    return text


def allow_clipboard(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def current(visit: Visit) -> int:
    """The place of the current card in the list; -1 where none is."""
    index: int = visit.page.locator("main .card").evaluate_all(
        "cards => cards.findIndex(card => card.classList.contains('is-current'))"
    )
    return index


def test_a_card_folds_and_unfolds(visit: OpenVisit) -> None:
    page = visit(LIST)
    card = page.page.locator(".card").first
    fold = card.get_by_role("button", name="Fold")

    fold.click()

    assert not card.locator(".card-body").is_visible()
    assert fold.get_attribute("aria-pressed") == "true"
    take_screenshot(page, "card-folded")
    check_accessibility(page)
    fold.click()
    assert card.locator(".card-body").is_visible()


def test_keywords_come_when_they_are_asked_for(visit: OpenVisit) -> None:
    page = visit(LIST)
    card = page.page.locator(".card").first

    card.get_by_role("link", name="Keywords").click()
    card.locator(".card-keywords a").first.wait_for()

    asked = page.page.request.get(
        f"{page.service}/api/v1/papers/{card.get_attribute('data-paper-id')}/keywords?limit=8"
    ).json()
    shown = card.locator(".card-keywords a").all_inner_texts()
    assert shown == [keyword["text"] for keyword in asked["keywords"]]
    assert card.locator("[data-action=keywords]").count() == 0
    assert page.page.url.endswith(LIST)


def test_title_and_address_are_copied(visit: OpenVisit) -> None:
    page = visit(f"/abs/{OTTER_ID}")
    allow_clipboard(page)

    page.page.get_by_role("button", name="Copy").click()
    page.page.locator("#toast").wait_for()

    assert read_clipboard(page) == (
        f"Attention is what otters need\nhttps://arxiv.org/abs/{OTTER_ID}"
    )


def test_a_citation_is_copied_by_link_and_by_key(visit: OpenVisit) -> None:
    page = visit(f"/abs/{OTTER_ID}")
    allow_clipboard(page)

    page.page.get_by_text("Cite").first.click()
    page.page.get_by_role("link", name="RIS").click()
    page.page.get_by_text("RIS copied").wait_for()
    assert read_clipboard(page).startswith("TY  - ")

    page.page.keyboard.press("c")
    page.page.get_by_text("BibTeX copied").wait_for()
    assert read_clipboard(page).startswith("@misc")


def test_formulas_are_copied_as_tex(visit: OpenVisit) -> None:
    page = visit(f"/abs/{OTTER_ID}")
    allow_clipboard(page)

    page.page.locator(".card-abstract").evaluate("text => getSelection().selectAllChildren(text)")
    page.page.keyboard.press("Control+c")

    assert read_clipboard(page) == "Otters hold hands; we model this with $k$-nearest attention."


def test_keys_move_from_paper_to_paper_and_open_them(visit: OpenVisit) -> None:
    page = visit(LIST)
    keyboard = page.page.keyboard

    for key in "jjk":
        keyboard.press(key)
    assert current(page) == 0
    for key in "jj":
        keyboard.press(key)
    assert current(page) == 2
    take_screenshot(page, "card-current")
    address = page.page.locator(".card.is-current .card-title a").get_attribute("href") or ""
    keyboard.press("Escape")
    assert current(page) == -1
    for key in "jjjo":
        keyboard.press(key)
    page.page.wait_for_url(f"**{address}")
    keyboard.press("r")
    page.page.wait_for_url("**/related/**")


def test_keys_rest_while_somebody_types(visit: OpenVisit) -> None:
    page = visit(LIST)
    page.page.keyboard.press("/")
    field = page.page.locator("main input[type=search]")

    assert field.evaluate("field => field === document.activeElement")
    page.page.keyboard.type("jk?")
    assert field.input_value() == "jk?"
    assert current(page) == -1
    assert page.page.locator("dialog[open]").count() == 0
    page.page.keyboard.press("Escape")
    assert not field.evaluate("field => field === document.activeElement")


def test_the_list_of_keys_holds_the_focus_and_gives_it_back(visit: OpenVisit) -> None:
    page = visit("/help", width=360)
    opener = page.page.get_by_role("button", name="Keyboard")
    opener.focus()

    page.page.keyboard.press("?")
    dialog = page.page.get_by_role("dialog", name="Keyboard")

    assert dialog.is_visible()
    take_screenshot(page, "keys-360")
    check_accessibility(page)
    for _ in range(4):
        page.page.keyboard.press("Tab")
        assert page.page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('dialog') !== null"
        )
    page.page.keyboard.press("j")
    page.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener.evaluate("button => button === document.activeElement")


def test_the_loss_of_the_network_is_said(visit: OpenVisit) -> None:
    page = visit(LIST)

    page.page.context.set_offline(True)
    page.page.get_by_text("No network.").wait_for()
    take_screenshot(page, "offline")
    check_accessibility(page)
    page.page.context.set_offline(False)

    page.page.get_by_text("No network.").wait_for(state="detached")
