"""What is checked of every page that is looked at."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import SCREENSHOTS

if TYPE_CHECKING:
    from tests.browser.visits import Visit


def check_accessibility(visit: "Visit") -> None:
    """axe-core finds nothing to object to."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="axe-playwright-python is not installed (the extra `browser`)",
    )
    found = axe.Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()


def take_screenshot(visit: "Visit", name: str) -> None:
    """Keep what is seen, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    assert re.fullmatch(r"[\w-]+", name), name
    visit.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def has_no_sideways_scroll(visit: "Visit") -> bool:
    """Whether the page fits the width of the window."""
    fits: bool = visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fits
