"""A real service on loopback, and a real Chromium that visits it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.browser.visits import Visit
from tests.integration.web.test_real_server import find_free_port
from tests.support.library import announce_barometers, build_library

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
OK = 200
START_SECONDS = 60.0
STOP_SECONDS = 15.0

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenVisit = Callable[..., Visit]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service over the invented library of `tests.support.library`."""
    folder = tmp_path_factory.mktemp("service")
    announce_barometers(build_library(folder))
    port = find_free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    environment = os.environ | {"PAPERSIFT_DATA_DIR": str(folder)}
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_alive(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _wait_until_alive(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    with httpx2.Client(base_url=address, trust_env=False) as client:
        while time.monotonic() < deadline:
            assert process.poll() is None, log.read_text()
            try:
                if client.get("/health").status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.1)
    pytest.fail(f"The service did not answer within {START_SECONDS} s:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One Chromium for the whole session; each visit has a profile of its own."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (the extra `browser`)"
    )
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: "Browser", service: str) -> Iterator[OpenVisit]:
    """Opens pages; afterwards nothing may have gone wrong in any of them."""
    opened: list[Visit] = []

    def open_page(
        path: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        scripts: bool = True,
        status: int = 200,
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            accept_downloads=True,
            reduced_motion="reduce",
        )
        page = Visit(context.new_page(), service)
        opened.append(page)
        if status != OK:
            page.allow_status(status)
        page.open(path)
        return page

    yield open_page
    for page in opened:
        problems, strays = page.problems, page.strays
        page.page.context.close()
        assert problems == []
        assert strays == []
