"""The pages over real records: time of the server, weight, and what a browser measures of them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from starlette.testclient import TestClient

from app.main import create_app
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from app.settings import Settings
from tests.bench.pages_corpus import LAST_DAY, PAPERS_A_DAY, build_library
from tests.bench.table import Row, percentile
from tests.integration.web.test_real_server import find_free_port

ROOT = Path(__file__).parents[2]
ROUNDS = 200
WARM_UP = 20

DAY_BAR_MS = 60.0
SEARCH_BAR_MS = 40.0
WEIGHT_BAR_KB = 120.0
PAINT_BAR_MS = 500.0

PEER = "bare FastAPI + Jinja2, 25 papers"
_PEER_TEMPLATE = """<!doctype html><title>Papers</title><ol>{% for paper in papers %}
<li><h2>{{ paper.title }}</h2><p>{{ paper.authors }}</p><p>{{ paper.abstract }}</p></li>
{% endfor %}</ol>"""

_READ_PAINT = """() => new Promise((resolve) => {
  let paint = 0, shift = 0, busy = 0;
  const watch = (type, each) => new PerformanceObserver(
    (list) => list.getEntries().forEach(each)).observe({type, buffered: true});
  watch("largest-contentful-paint", (entry) => { paint = Math.max(paint, entry.startTime); });
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) shift += entry.value; });
  watch("longtask", (entry) => { busy += Math.max(0, entry.duration - 50); });
  setTimeout(() => {
    const [page] = performance.getEntriesByType("navigation");
    const files = performance.getEntriesByType("resource");
    const first = performance.getEntriesByName("first-contentful-paint")[0];
    resolve({
      weight: [page, ...files].reduce((sum, each) => sum + each.transferSize, 0),
      files: files.length,
      answer: page.responseStart - page.requestStart,
      first: first ? first.startTime : 0,
      paint, shift, busy,
    });
  }, 800);
})"""


def rows(limit: int = 100_000) -> Iterator[Row]:
    """The rows of the table, over `limit` records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_library(folder, limit)
        yield from _measure_server(folder, limit)
        yield from _measure_browser(folder)


def _measure_server(folder: Path, limit: int) -> Iterator[Row]:
    app = create_app(Settings(data_dir=folder))
    use_cases: UseCases = app.state.use_cases
    searches = _list_searches(use_cases)
    day = f"/list/cs/{LAST_DAY}"
    with TestClient(app) as client, TestClient(_make_peer(use_cases)) as peer:
        app_pages = {
            f"day list of {PAPERS_A_DAY} papers, first 25": ([day], DAY_BAR_MS),
            "day list by stars": ([f"{day}?sort=stars"], DAY_BAR_MS),
            "day list as JSON, whole": ([f"{day}.json"], None),
            f"search page, {len(searches)} queries": (searches, SEARCH_BAR_MS),
            "home page": (["/"], None),
            "calendar of a month": (["/calendar/cs/2026-11"], None),
        }
        for what, (paths, bar) in app_pages.items():
            ours, theirs = _time_interleaved(client, paths, peer)
            for share, label in ((0.5, "p50"), (0.95, "p95")):
                figure, other = percentile(ours, share), percentile(theirs, share)
                yield Row(f"{what}, {label} ({limit:,} records)", figure, "ms", PEER, other)
            if bar is not None:
                yield Row(f"{what}, p95", percentile(ours, 0.95), "ms", "bar", bar)


def _time_interleaved(
    client: TestClient, paths: Sequence[str], peer: TestClient
) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, ours and the peer's in turns."""
    ours, theirs = [], []
    for number in range(WARM_UP + ROUNDS):
        path = paths[number % len(paths)]
        ours.append(_time(client, path))
        theirs.append(_time(peer, "/"))
    return ours[WARM_UP:], theirs[WARM_UP:]


def _time(client: TestClient, path: str) -> float:
    begin = perf_counter()
    answer = client.get(path)
    taken = 1e3 * (perf_counter() - begin)
    assert answer.status_code == 200, answer.text[:500]
    return taken


def _make_peer(use_cases: UseCases) -> FastAPI:
    """The least that a page of 25 papers can cost here: kept in memory, written by a template."""
    page = use_cases.search.search(SearchQuestion(limit=25))
    papers = [
        {
            "title": hit.paper.title,
            "abstract": hit.paper.abstract,
            "authors": ", ".join(author.name for author in hit.paper.authors),
        }
        for hit in page.hits
    ]
    template = Environment(autoescape=True).from_string(_PEER_TEMPLATE)
    peer = FastAPI()

    @peer.get("/")
    def show() -> HTMLResponse:
        return HTMLResponse(template.render(papers=papers))

    return peer


def _list_searches(use_cases: UseCases) -> list[str]:
    """Two to four words of titles that are held."""
    found: list[str] = []
    for offset in range(0, 5_000, 50):
        hits = use_cases.search.search(SearchQuestion(offset=offset, limit=1)).hits
        words = [word for hit in hits for word in hit.paper.title.split() if word.isalpha()]
        if len(words) >= 2:
            found.append(f"/search?q={'+'.join(words[1 : 3 + len(found) % 3])}")
    return found


def _measure_browser(folder: Path) -> Iterator[Row]:
    """Figures of Chromium's own performance API, each page with an empty cache."""
    executable = shutil.which("chromium")
    if executable is None:
        return
    from playwright.sync_api import sync_playwright

    with _serve(folder) as address, sync_playwright() as runner:
        browser = runner.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for what, path in (
            ("home", "/"),
            ("search", "/search?q=neural+networks"),
            ("day list", f"/list/cs/{LAST_DAY}"),
            ("paper", "/abs/1706.03762"),
        ):
            measured = [_visit(browser, address + path) for _ in range(6)][1:]
            best = {name: sorted(each[name] for each in measured)[2] for name in measured[0]}
            kilobytes = best["weight"] / 1e3
            note = f"{best['files']:.0f} files beside the page"
            yield Row(f"{what}: weight, all files", kilobytes, "kB", "bar", WEIGHT_BAR_KB, note)
            yield Row(f"{what}: largest paint", best["paint"], "ms", "bar", PAINT_BAR_MS)
            yield Row(f"{what}: first paint", best["first"], "ms")
            yield Row(f"{what}: first byte", best["answer"], "ms")
            yield Row(f"{what}: layout shift", best["shift"], "", "bar", 0.1)
            yield Row(f"{what}: time blocked", best["busy"], "ms", "bar", 200.0)
        browser.close()


def _visit(browser: Any, address: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    measured: dict[str, float] = page.evaluate(_READ_PAINT)
    context.close()
    return measured


@contextmanager
def _serve(folder: Path) -> Iterator[str]:
    port = find_free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "error"]
    environment = os.environ | {"PAPERSIFT_DATA_DIR": str(folder)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        with httpx2.Client(base_url=address, trust_env=False) as client:
            while process.poll() is None:
                try:
                    # Once more when it is warm: the first answer reads compiled code.
                    if client.get("/search?q=graph+networks").status_code == 200:
                        sleep(1)
                        break
                except httpx2.TransportError:
                    sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()
