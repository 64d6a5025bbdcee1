"""What a reader keeps: stars, selection, what was seen, words, searches, one file, two tabs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import OpenVisit
from tests.browser.looks import (
    check_accessibility,
    has_no_sideways_scroll,
    take_screenshot,
)
from tests.browser.visits import Visit
from tests.support.factories import OTTER_ID, TEAPOT_ID

pytestmark = pytest.mark.browser

OTTER_CARD = f"[data-paper-id='{OTTER_ID}']"


def read_stored(visit: Visit, kind: str) -> Any:
    return visit.page.evaluate(
        "kind => JSON.parse(localStorage.getItem(`papersift.${kind}`) ?? 'null')?.value", kind
    )


def remember(visit: Visit, **values: object) -> None:
    """Store values as if they had been there before, and open the page anew."""
    visit.page.evaluate(
        """values => { for (const [kind, value] of Object.entries(values)) {
            const raw = JSON.stringify({ version: 1, value });
            localStorage.setItem(`papersift.${kind}`, raw); } }""",
        values,
    )


def make_star(arxiv_id: str, title: str, at: int = 1_700_000_000_000) -> dict[str, object]:
    return {"id": arxiv_id, "title": title, "at": at}


def test_the_story_of_the_seed_site(visit: OpenVisit) -> None:
    """Skim, open what is interesting, star, drop what disappoints, share the rest."""
    page = visit("/search?q=otters+OR+teapots")
    cards = page.page.locator(".card")
    cards.nth(1).wait_for()
    for number in range(2):
        cards.nth(number).get_by_role("button", name="Star").click()
    assert cards.locator("[data-action=star][aria-pressed=true]").count() == 2
    first = cards.first.get_attribute("data-paper-id")
    with page.page.expect_navigation():
        cards.first.locator(".card-title a").click()
    assert page.page.locator("[data-action=star]").first.get_attribute("aria-pressed") == "true"
    page.open("/library")
    part = page.page.locator("#part-stars")
    part.locator(".card").nth(1).wait_for()
    assert page.page.locator("[data-count=stars]").inner_text() == "2"
    kept = part.locator(".card").last.get_attribute("data-paper-id")
    part.locator(".card").first.get_by_role("button", name="Star").click()
    part.locator(".card").nth(1).wait_for(state="detached")
    assert [star["id"] for star in read_stored(page, "stars")] == [kept]
    assert part.locator("[data-suffix='.bib']").get_attribute("href") == f"/library.bib?ids={kept}"
    page.page.locator("[data-part=history]").click()
    history = page.page.locator("#part-history .card")
    history.first.wait_for()
    assert history.first.get_attribute("data-paper-id") == first
    page.page.go_back()
    assert page.page.locator("#part-stars").is_visible()


def test_a_shared_list_works_for_anyone_and_has_its_twins(visit: OpenVisit) -> None:
    page = visit(f"/library?ids={OTTER_ID},{TEAPOT_ID},1706.03762", scripts=False)
    ids = page.page.locator(".card").evaluate_all("cards => cards.map(c => c.dataset.paperId)")
    assert ids == [OTTER_ID, TEAPOT_ID]
    assert "1706.03762" in page.page.locator(".notice").inner_text()
    assert page.page.locator("link[rel=alternate][href^='/library.']").count() == 5
    page.page.get_by_role("link", name="Related to these").click()
    assert page.page.locator("h1").inner_text() == "Related papers"
    own = visit("/library", scripts=False)
    assert "needs JavaScript" in own.page.locator("noscript").inner_text()


def test_a_shared_list_is_starred_and_selected_at_once(visit: OpenVisit) -> None:
    page = visit(f"/library?ids={OTTER_ID},{TEAPOT_ID}")
    page.page.get_by_role("button", name="Star all").click()
    page.page.get_by_role("button", name="Select all").click()
    assert [star["id"] for star in read_stored(page, "stars")] == [OTTER_ID, TEAPOT_ID]
    bar = page.page.locator(".selection-bar")
    assert "2 selected" in bar.inner_text()
    ids = f"{OTTER_ID},{TEAPOT_ID}"
    assert bar.get_by_role("link", name="RIS").get_attribute("href") == f"/library.ris?ids={ids}"
    assert bar.get_by_role("link", name="Related").get_attribute("href") == f"/related?ids={ids}"
    check_accessibility(page)
    bar.get_by_role("button", name="Clear").click()
    assert bar.is_hidden()
    assert page.page.locator(".is-selected").count() == 0


def test_another_tab_shows_the_star_and_the_selection(visit: OpenVisit) -> None:
    page = visit("/search?q=otters")
    other = Visit(page.page.context.new_page(), page.service)
    other.open("/search?q=otters")
    page.page.locator(OTTER_CARD).get_by_role("button", name="Star").click()
    page.page.locator(OTTER_CARD).get_by_role("button", name="Select").click()
    other.page.locator(f"{OTTER_CARD}.is-starred.is-selected").wait_for()
    assert other.page.locator(".selection-bar").is_visible()
    assert other.problems == []


def test_what_stayed_in_view_is_seen_on_the_next_page(visit: OpenVisit) -> None:
    page = visit("/search?q=barometers")
    page.page.wait_for_function(
        "() => Object.keys(JSON.parse(localStorage.getItem('papersift.seen'))?.value ?? {}).length"
    )
    assert page.page.locator(".card.is-seen").count() == 0
    seen = read_stored(page, "seen")
    assert 0 < len(seen) < 25
    page.page.reload()
    page.page.locator(".card.is-seen").first.wait_for()
    shown = page.page.locator(".card.is-seen").evaluate_all(
        "cards => cards.map(card => card.dataset.paperId)"
    )
    assert set(shown) <= set(read_stored(page, "seen"))


def test_words_are_followed_weighed_learned_and_dropped(visit: OpenVisit) -> None:
    page = visit("/library")
    remember(page, stars=[make_star(OTTER_ID, "Otters")], seen={TEAPOT_ID: 1})
    page.open("/library#words")
    cloud = page.page.locator("#cloud button")
    cloud.first.wait_for()
    word = cloud.first.get_attribute("data-word")
    cloud.first.click()
    assert cloud.first.get_attribute("aria-pressed") == "true"
    page.page.get_by_label("Word or phrase").fill("sea urchins")
    page.page.get_by_role("button", name="Add", exact=True).click()
    assert [each["word"] for each in read_stored(page, "preferences")] == [word, "sea urchins"]
    slider = page.page.get_by_label("Weight of sea urchins")
    slider.focus()
    slider.press("ArrowLeft")
    assert read_stored(page, "preferences")[1]["weight"] == pytest.approx(0.9)
    assert slider.evaluate("slider => slider === document.activeElement")
    page.page.get_by_role("button", name="Learn from my stars").click()
    page.page.locator("#followed li").nth(3).wait_for()
    learned = [each for each in read_stored(page, "preferences") if each["learned"]]
    assert learned
    assert {"sea urchins", word}.isdisjoint({each["word"] for each in learned})
    page.page.get_by_role("button", name=f"Remove {word}", exact=True).click()
    assert word not in [each["word"] for each in read_stored(page, "preferences")]
    check_accessibility(page)
    take_screenshot(page, "library-words-1280-light")


def test_saved_searches_say_what_is_new(visit: OpenVisit) -> None:
    page = visit("/search?q=barometers")
    page.page.locator("[data-save-search]").click()
    page.page.wait_for_function(
        "() => JSON.parse(localStorage.getItem('papersift.searches')).value[0]?.total === 36"
    )
    (search,) = read_stored(page, "searches")
    # The two newest had not come yet at the last look.
    fresh, search["known"] = search["known"][:2], search["known"][2:]
    search["total"] -= 2
    remember(page, searches=[search])
    page.open("/library#searches")
    news = page.page.locator(".news")
    news.wait_for()
    assert news.inner_text() == "2 new"
    assert news.get_attribute("href") == f"/library?ids={','.join(fresh)}"
    check_accessibility(page)
    mark_all = page.page.get_by_role("button", name="Mark all as seen")
    assert mark_all.is_visible()
    page.page.get_by_role("button", name="Looked at").click()
    news.wait_for(state="detached")
    assert mark_all.count() == 0
    (looked,) = read_stored(page, "searches")
    assert looked["total"] == 36
    page.page.get_by_role("button", name="Remove barometers").click()
    assert page.page.locator("#no-searches").is_visible()


def test_the_file_leaves_and_comes_back_and_a_bad_one_is_refused(
    visit: OpenVisit, tmp_path: Path
) -> None:
    page = visit("/library")
    remember(page, stars=[make_star(OTTER_ID, "Otters")], selection=[TEAPOT_ID])
    page.open("/library#file")
    with page.page.expect_download() as waiting:
        page.page.get_by_role("button", name="Export as a file").click()
    exported = Path(waiting.value.path())
    assert re.fullmatch(r"papersift-\d{4}-\d\d-\d\d\.json", waiting.value.suggested_filename)
    assert json.loads(exported.read_text())["documents"]["stars"]["value"][0]["id"] == OTTER_ID
    bad = tmp_path / "bad.json"
    bad.write_text('{"papersift": 1, "documents": {"stars": {"version": 1, "value": 7}}}')
    outcome = page.page.locator("#import-outcome")
    page.page.locator("#import-file").set_input_files(bad)
    page.page.get_by_role("button", name="Import", exact=True).click()
    outcome.locator(".error").wait_for()
    assert "stars is no list" in outcome.inner_text()
    assert len(read_stored(page, "stars")) == 1
    page.page.get_by_role("button", name="Forget everything here").click()
    assert len(read_stored(page, "stars")) == 1
    page.page.get_by_role("button", name="Press again").click()
    assert read_stored(page, "stars") is None
    page.page.locator("#import-file").set_input_files(exported)
    page.page.get_by_role("button", name="Import", exact=True).click()
    page.page.get_by_text("2 entries were taken in").wait_for()
    assert read_stored(page, "selection") == [TEAPOT_ID]
    check_accessibility(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_library_fits_and_is_accessible(visit: OpenVisit, width: int) -> None:
    page = visit("/library", width=width)
    assert page.page.get_by_text("No stars yet").is_visible()
    stars = [make_star(OTTER_ID, "Otters"), make_star(TEAPOT_ID, "Teapots")]
    remember(page, stars=stars, selection=[OTTER_ID])
    page.page.reload()
    page.page.locator("#part-stars .card").nth(1).wait_for()
    assert has_no_sideways_scroll(page)
    take_screenshot(page, f"library-{width}-light")
    check_accessibility(page)
    for part in ("words", "searches", "file"):
        page.page.locator(f"[data-part={part}]").click()
        page.page.locator(f"#part-{part}").wait_for()
        assert has_no_sideways_scroll(page)
    dark = visit("/library", width=width, scheme="dark")
    remember(dark, stars=stars)
    dark.open("/library#words")
    dark.page.locator("#cloud button").first.wait_for()
    take_screenshot(dark, f"library-words-{width}-dark")
    check_accessibility(dark)


def test_titles_stay_when_the_service_does_not_answer(visit: OpenVisit) -> None:
    page = visit("/library")
    remember(page, stars=[make_star(OTTER_ID, "Otters")])
    page.page.route("**/cards?*", lambda route: route.fulfill(status=422, body=""))
    page.allow_refusals()
    page.page.reload()
    page.page.locator(".title-only").wait_for()
    assert page.page.locator(".title-only a").get_attribute("href") == f"/abs/{OTTER_ID}"


@pytest.mark.parametrize("width", [360, 1280])
def test_related_papers_are_split_by_time(visit: OpenVisit, width: int) -> None:
    page = visit("/search?q=barometers")
    paper = page.page.locator(".card").nth(12).get_attribute("data-paper-id")
    related = visit(f"/related/{paper}", width=width)
    assert related.page.locator(".related-section .card").count() > 0
    assert has_no_sideways_scroll(related)
    take_screenshot(related, f"related-{width}-light")
    check_accessibility(related)
