"""Every operator page: clean, accessible, and as it looks at both widths in both colours."""

import csv
import io
import json
import re

import pytest

from app.web.operator_catalogue import PAGES, OperatorPage, Preset
from tests.browser.conftest import OpenVisit
from tests.browser.looks import check_accessibility, has_no_sideways_scroll, take_screenshot

pytestmark = pytest.mark.browser

SLUGS = [page.slug for page in PAGES]
LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
PRESETS = [(page, preset) for page in PAGES for preset in page.presets]

# What must be said when a preset breaks something, as far as the service or the page says it.
EXPECTED_WARNINGS = {
    ("softmax", "entmax at the boundary"): "entmax: An entry lies exactly on the threshold",
    ("softmax", "Taylor turns the order around"): "does not keep the order",
    ("top-k", "weighted iteration"): "counter-example",
    ("top-k", "weighted, out of order"): "A larger entry got a smaller weight",
    ("top-k", "the author’s iteration above 1"): "outside [0, 1]",
    ("top-k", "recursion at large spread"): "recursion",
    ("top-k", "Laplace at k = 1"): "Softmax",
    ("top-k", "ties"): "A tie",
    ("nope", "NoPE, long input"): "all but the same",
    ("rope", "RoPE-Tie and its principles"): "does not count as one token",
    ("rope", "long thin video, M-RoPE"): "gaps before and after an image differ",
    ("batch-size", "surge"): "Surge: beyond B = 52.4",
    ("low-rank", "norm is not merit"): "squared error of 4.00, the best single ones 2.27",
    ("low-rank", "coefficients above 2"): "2.119",
    ("low-rank", "rank above the rank"): "rank",
    ("low-rank", "one entry spoils the intersection"): "1.00, the best middle matrix 0.333",
    ("vector-quantization", "antipodal z and q"): "no unique rotation",
    ("vector-quantization", "z at the origin"): "no direction",
    ("vector-quantization", "a tie"): "A tie: codes 0, 1",
    ("vector-quantization", "even-L FSQ rounding"): "half up would give 3",
}


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_is_clean_and_accessible(
    visit: OpenVisit, slug: str, width: int, scheme: str
) -> None:
    page = visit(f"/operators/{slug}", width=width, scheme=scheme)
    page.wait_answered()

    take_screenshot(page, f"{slug}-{width}-{scheme}")

    assert has_no_sideways_scroll(page)
    assert page.page.locator(".js-plotly-plot").count() >= 3
    check_accessibility(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_index_has_a_card_for_every_page(visit: OpenVisit, width: int, scheme: str) -> None:
    page = visit("/operators", width=width, scheme=scheme)

    take_screenshot(page, f"index-{width}-{scheme}")

    links = page.page.locator(".operator-card a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert links == [f"/operators/{slug}" for slug in SLUGS]
    assert page.page.locator("nav[aria-label=Site] a[href='/operators']").count() == 1
    assert has_no_sideways_scroll(page)
    check_accessibility(page)


@pytest.mark.parametrize("slug", SLUGS)
def test_without_scripts_a_page_shows_its_example_and_says_why(visit: OpenVisit, slug: str) -> None:
    page = visit(f"/operators/{slug}", scripts=False, width=360)

    take_screenshot(page, f"{slug}-without-scripts")

    assert page.page.locator("#numbers-tables td").count() >= 3
    assert page.page.get_by_text("need JavaScript").is_visible()
    assert not page.form.is_visible()
    assert page.page.locator(".formulas math").count() >= 1
    assert has_no_sideways_scroll(page)


@pytest.mark.parametrize(
    ("shown", "preset"), PRESETS, ids=[f"{page.slug}: {preset.name}" for page, preset in PRESETS]
)
def test_a_preset_is_answered_warned_about_and_can_be_linked_to(
    visit: OpenVisit, shown: OperatorPage, preset: Preset
) -> None:
    page = visit(f"/operators/{shown.slug}?seed=7&tau=0.9")
    page.wait_answered()
    before = page.count_answers()

    page.page.get_by_role("link", name=preset.name, exact=True).click()
    page.wait_next(before)

    state, numbers = page.read_state(), page.read_numbers()
    warning = EXPECTED_WARNINGS.get((shown.slug, preset.name))
    if warning is not None:
        assert warning in page.read_warnings()
        assert page.page.locator("#warnings p").count() >= 1
    linked = visit(page.page.evaluate("location.pathname + location.search"))
    linked.wait_answered()
    assert linked.read_state() == state
    assert linked.read_numbers() == numbers


@pytest.mark.parametrize("slug", SLUGS)
def test_back_returns_to_the_state_before(visit: OpenVisit, slug: str) -> None:
    page = visit(f"/operators/{slug}")
    page.wait_answered()
    first = page.read_state()
    before = page.count_answers()
    link = page.page.locator("a[data-preset]").nth(1)
    link.click()
    page.wait_next(before)
    assert page.read_state() != first

    page.page.go_back()
    page.wait_next(before + 1)

    assert page.read_state() == first


@pytest.mark.parametrize("slug", SLUGS)
def test_every_slider_and_choice_changes_what_is_asked_and_shown(
    visit: OpenVisit, slug: str
) -> None:
    page = visit(f"/operators/{slug}")
    page.wait_answered()
    for name in page.read_state():
        slider = page.form.locator(f"input[data-pair='{name}']")
        choice = page.form.locator(f"select[name='{name}']")
        before, value = page.count_answers(), page.read_state()[name]
        if slider.count():
            page.press(slider, "ArrowRight")
            if page.read_state()[name] == value:
                page.press(slider, "ArrowLeft")
        elif choice.count():
            choice.select_option(index=(choice.evaluate("f => f.selectedIndex") + 1) % 2)
            page.wait_next(before)
        else:
            continue
        assert page.read_state()[name] != value, name
        assert f"{name}=" in page.page.url.replace("?", "&"), name


@pytest.mark.parametrize("slug", SLUGS)
def test_numbers_can_be_taken_along(visit: OpenVisit, slug: str) -> None:
    page = visit(f"/operators/{slug}")
    page.wait_answered()

    data = json.loads(page.save("JSON"))
    rows = list(csv.reader(io.StringIO(page.save("CSV"))))

    assert data["page"] == slug
    assert data["state"] == page.read_state()
    assert data["answers"]
    captions = page.page.locator("#numbers-tables caption").all_inner_texts()
    assert [row[0][2:] for row in rows if row and row[0].startswith("# ")] == captions
    # All digits, where there are more than the page shows; positions are halves.
    assert slug == "rope" or any(
        re.fullmatch(r"-?\d+\.\d{7,}", cell) for row in rows for cell in row
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_start_over_returns_to_the_example(visit: OpenVisit, slug: str) -> None:
    page = visit(f"/operators/{slug}")
    page.wait_answered()
    example, numbers = page.read_state(), page.read_numbers()
    before = page.count_answers()
    page.page.locator("a[data-preset]").nth(1).click()
    page.wait_next(before)

    page.page.get_by_role("button", name="Start over").click()
    page.wait_next(before + 1)

    assert page.read_state() == example
    assert page.read_numbers() == numbers
    assert page.page.url.endswith(f"/operators/{slug}")
