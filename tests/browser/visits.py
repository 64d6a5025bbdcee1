"""One page in a browser, as tests use it."""

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Download, Locator, Page, Request

ANSWER_MS = 20_000
"""Longest wait for an answer: a busy machine is no defect."""

Json = dict[str, Any]


class Visit:
    """A page that is open, what it asked for, and what went wrong in it.

    Attributes:
        page: the page as Playwright has it.
        problems: console errors and warnings, uncaught errors, and breaches of the policy.
        strays: requests that left the service.
    """

    def __init__(self, page: "Page", service: str) -> None:
        self.page = page
        self.service = service
        self.problems: list[str] = []
        self.strays: list[str] = []
        self.asked: list[str] = []
        self._allowed: set[int] = set()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._note_request)

    def open(self, path: str) -> None:
        """Go to a path of the service."""
        self.page.goto(self.service + path)

    def look(self, *, width: int, scheme: str) -> None:
        """Look at the same page in a window of this width, in this colour scheme."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    def allow_status(self, status: int) -> None:
        """From here on Chromium may report answers of this status on the console."""
        self._allowed.add(status)

    def allow_refusals(self) -> None:
        """From here on Chromium may report answers of status 422 on the console."""
        self.allow_status(422)

    def _note_console(self, message: "ConsoleMessage") -> None:
        is_allowed = any(f"status of {status} " in message.text for status in self._allowed)
        if message.type in {"error", "warning"} and not is_allowed:
            self.problems.append(message.text)

    def _note_request(self, request: "Request") -> None:
        if request.url.startswith(self.service + "/api/v1/operators/"):
            self.asked.append(request.url.rsplit("/", 1)[1])
        if not request.url.startswith((self.service, "data:", "blob:")):
            self.strays.append(request.url)

    # Controls

    @property
    def form(self) -> "Locator":
        return self.page.locator("#controls")

    def wait_answered(self, count: int = 1, status: str = "answered") -> None:
        """Wait until the page has shown this many answers, and none is under way."""
        self.page.wait_for_function(
            """([count, status]) => {
                const form = document.getElementById("controls");
                return Number(form.dataset.answers ?? 0) >= count && form.dataset.status === status;
            }""",
            arg=[count, status],
            timeout=ANSWER_MS,
        )

    def count_answers(self) -> int:
        """How many answers the page has shown."""
        return int(self.form.get_attribute("data-answers") or 0)

    def wait_next(self, before: int, status: str = "answered") -> None:
        """Wait for an answer after the `before`th."""
        self.wait_answered(before + 1, status)

    def read_state(self) -> dict[str, str]:
        """The values of all controls by name."""
        state: dict[str, str] = self.page.evaluate(
            """() => Object.fromEntries([...document.getElementById("controls").elements]
                .filter((field) => field.name && field.type !== "file")
                .map((field) => [field.name, field.value]))"""
        )
        return state

    def type_value(self, name: str, value: str) -> None:
        """Write a value into a control and wait for the answer."""
        before = self.count_answers()
        field = self.form.locator(f"[name='{name}']")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.blur()
        self.wait_next(before)

    def press(self, locator: "Locator", key: str) -> None:
        """Press a key in an element and wait for the answer."""
        before = self.count_answers()
        locator.focus()
        self.page.keyboard.press(key)
        self.wait_next(before)

    # What is shown

    def read_table(self, caption: str) -> list[list[str]]:
        """The cells of the body of the table whose caption begins so."""
        table = self.page.locator("#numbers-tables table").filter(
            has=self.page.locator("caption", has_text=re.compile(f"^{re.escape(caption)}"))
        )
        cells: list[list[str]] = table.first.evaluate(
            "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.textContent))"
        )
        return cells

    def read_numbers(self) -> str:
        """All tables as one text."""
        return str(self.page.locator("#numbers-tables").inner_text())

    def read_warnings(self) -> str:
        """The warnings shown."""
        return str(self.page.locator("#warnings").inner_text())

    def read_plot(self, plot: str, trace: int, axis: str = "y") -> list[float]:
        """The numbers that a trace of a plot draws."""
        values: list[float] = self.page.evaluate(
            """([plot, trace, axis]) => [...document.getElementById(plot).data[trace][axis]]""",
            [plot, trace, axis],
        )
        return values

    def save(self, button: str) -> str:
        """The text of the file that a button of this name hands out."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=button, exact=True).click()
        download: Download = waiting.value
        return Path(download.path()).read_text(encoding="utf-8")

    def ask(self, operator: str, **inputs: object) -> Json:
        """The result of an operator over REST, asked from here and not from the page."""
        with httpx2.Client(base_url=self.service, trust_env=False) as client:
            response = client.post(f"/api/v1/operators/{operator}", json=inputs, timeout=30.0)
        assert response.status_code == 200, response.text
        result: Json = response.json()["result"]
        return result


def parse_cell(text: str) -> float | str:
    """A cell as a number where it is one."""
    try:
        return float(text)
    except ValueError:
        return text


def is_near(shown: object, expected: object) -> bool:
    """Whether a cell shows a number, to its six digits."""
    if isinstance(shown, float) and isinstance(expected, int | float):
        return math.isclose(shown, expected, rel_tol=5.1e-6, abs_tol=1e-12)
    return shown == expected
