"""What the browser remembers: versions, bounds, other tabs, no room, no storage, one file."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import OpenVisit
from tests.support.factories import OTTER_ID, TEAPOT_ID

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = pytest.mark.browser

BLANK = "/blank-for-tests"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("forbidden", "SecurityError"); } });"""

Run = Callable[..., Any]


def open_blank(context: "BrowserContext", address: str) -> "Page":
    """A page of the service's origin with no script of its own."""

    def answer(route: "Route") -> None:
        route.fulfill(content_type="text/html", body="<!doctype html><title>Blank</title>")

    context.route(f"**{BLANK}", answer)
    page = context.new_page()
    page.goto(address + BLANK)
    return page


def run_in(page: "Page") -> Run:
    """What runs lines of script with all modules of the store at hand."""

    def run(body: str, argument: object = None) -> Any:
        return page.evaluate(
            """async ([body, argument]) => {
                const at = (name) => import(`/static/local/${name}.js`);
                const modules = {
                    ...(await at("store")), ...(await at("transfer")),
                    ...(await at("reading")), ...(await at("kinds")),
                };
                const names = Object.keys(modules);
                const AsyncFunction = (async () => {}).constructor;
                const call = new AsyncFunction(...names, "argument", body);
                return call(...Object.values(modules), argument);
            }""",
            [body, argument],
        )

    return run


@pytest.fixture
def blank(visit: OpenVisit, service: str) -> "Page":
    return open_blank(visit("/favicon.ico").page.context, service)


@pytest.fixture
def run(blank: "Page") -> Run:
    return run_in(blank)


def test_stars_selection_and_what_was_seen_are_kept_under_their_kinds(
    run: Run, blank: "Page"
) -> None:
    run("toggleStar(argument, 'Otters', 1000); noteOpened(argument, 'Otters', 2000);", OTTER_ID)
    run("markSeen(argument, 3000); toggleSelected(argument[1]);", [OTTER_ID, TEAPOT_ID])
    blank.reload()
    stored = blank.evaluate("Object.fromEntries(Object.entries(localStorage))")
    assert {kind: json.loads(raw) for kind, raw in stored.items()} == {
        "papersift.stars": {
            "version": 1,
            "value": [{"id": OTTER_ID, "title": "Otters", "at": 1000}],
        },
        "papersift.history": {
            "version": 1,
            "value": [{"id": OTTER_ID, "title": "Otters", "at": 2000}],
        },
        "papersift.seen": {"version": 1, "value": {OTTER_ID: 2000, TEAPOT_ID: 3000}},
        "papersift.selection": {"version": 1, "value": [TEAPOT_ID]},
    }
    assert run("return [isLasting(), hasStar(argument), isSeen(argument)]", OTTER_ID) == [True] * 3
    assert run("return toggleStar(argument, 'Otters')", OTTER_ID) is False
    assert run("return read('stars')") == []


def test_values_handed_out_cannot_be_changed_by_accident(run: Run) -> None:
    assert run(
        """toggleStar("2405.00001", "A paper", 1);
        try { read("stars")[0].title = "changed"; } catch (error) { return error.name; }"""
    ) in {"TypeError", None}
    assert run("return read('stars')[0].title") == "A paper"


def test_what_fills_by_itself_drops_its_oldest(run: Run) -> None:
    assert run(
        """write("seen", Object.fromEntries(
            Array.from({ length: MAX_SEEN + 3 },
                (_, n) => [`2405.${String(n).padStart(5, "0")}`, n + 1])));
        return [Object.keys(read("seen")).length === MAX_SEEN, isSeen("2405.00002"),
            isSeen("2405.00003")]"""
    ) == [True, False, True]
    assert run(
        """write("history", Array.from({ length: MAX_HISTORY + 1 },
            (_, n) => ({ id: `2405.${String(n).padStart(5, "0")}`, title: "", at: n })));
        return [read("history").length === MAX_HISTORY, read("history")[0].at]"""
    ) == [True, 1]


def test_a_full_document_refuses_more_and_loses_nothing(run: Run) -> None:
    message = run(
        """write("preferences", Array.from({ length: MAX_PREFERENCES },
            (_, n) => ({ word: `word ${n}`, weight: 1, learned: false })));
        try {
            change("preferences", (all) => [...all, { word: "more", weight: 1, learned: false }]);
        } catch (error) {
            return error instanceof StoreError ? error.message : "";
        }"""
    )
    assert "50" in message
    assert run("return read('preferences').length") == 50


def test_another_tab_is_told(run: Run, blank: "Page", service: str) -> None:
    other = open_blank(blank.context, service)
    run("globalThis.told = []; watch('stars', (stars) => told.push(stars.map((s) => s.id)))")
    run_in(other)("toggleStar(argument, 'Otters')", OTTER_ID)
    blank.wait_for_function("told.length === 1")
    assert run("return told") == [[OTTER_ID]]
    other.evaluate("localStorage.clear()")
    blank.wait_for_function("told.length === 2")
    assert run("return read('stars')") == []


def test_this_tab_is_told_until_it_stops_listening(run: Run) -> None:
    assert run(
        """const told = [];
        const stop = watch("selection", (ids) => told.push(ids));
        write("selection", ["2405.00001"]);
        stop();
        write("selection", []);
        return told"""
    ) == [["2405.00001"]]


def test_no_room_is_said_plainly_and_nothing_is_lost(run: Run) -> None:
    message = run(
        """toggleStar("2405.00001", "A paper", 1);
        for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
            try { localStorage.setItem(`filler${size}`, "x".repeat(size)); } catch { continue; }
        }
        try { toggleStar("2405.00002", "Another ".repeat(30), 2); }
        catch (error) { return error instanceof StoreError ? error.message : String(error); }"""
    )
    assert "no room" in message
    assert run("return read('stars').map((star) => star.id)") == ["2405.00001"]


def test_without_storage_the_open_page_remembers(visit: OpenVisit, service: str) -> None:
    context = visit("/favicon.ico").page.context
    context.add_init_script(NO_STORAGE)
    run = run_in(open_blank(context, service))
    assert run(
        """toggleStar("2405.00001", "A paper");
        return [isLasting(), hasStar("2405.00001")]"""
    ) == [False, True]
    assert run("forget('stars'); return read('stars')") == []


def test_documents_of_a_newer_version_are_left_alone(run: Run) -> None:
    stored = '{"version": 2, "value": {"folders": []}}'
    assert run(
        """localStorage.setItem("papersift.stars", argument);
        try { toggleStar("2405.00001", "A paper"); }
        catch (error) { return [read("stars"), error instanceof StoreError,
            localStorage.getItem("papersift.stars")]; }""",
        stored,
    ) == [[], True, stored]


def test_a_damaged_document_counts_as_empty_and_is_set_aside(run: Run) -> None:
    for raw in ["{", "null", '{"version": 1, "value": [{"id": "x"}]}', "[]"]:
        assert run(
            """localStorage.setItem("papersift.stars", argument);
            const before = read("stars").length;
            toggleStar("2405.00001", "A paper");
            return [before, read("stars").length, localStorage.getItem("papersift.stars.damaged")]
            """,
            raw,
        ) == [0, 1, raw]


FILL = """toggleStar("2405.00001", "One", 10); toggleStar("2405.00002", "Two", 20);
    noteOpened("2405.00001", "One", 30); toggleSelected("math/0611800");
    write("preferences", [{ word: "otters", weight: 0.5, learned: false }]);
    write("searches", [{ address: "?q=otters", name: "Otters", saved_at: 1, looked_at: 2,
        known: ["2405.00001"], total: 1 }]);
    write("visits", { "cs.CL": 5 });
    write("chooser", { include: ["cs.CL"], exclude: ["cs.CY"] });"""


def test_the_file_brings_everything_back(run: Run) -> None:
    text = run(f"{FILL} return exportAll(new Date(0))")
    file = json.loads(text)
    assert file["papersift"] == 1
    assert file["exported_at"] == "1970-01-01T00:00:00.000Z"
    assert len(file["documents"]) == 8
    before = run("return Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, read(kind)]))")
    counts = run("localStorage.clear(); return importAll(argument, 'replace')", text)
    assert counts["stars"] == 2
    after = run("return Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, read(kind)]))")
    assert after == before


def test_merging_keeps_what_is_newer_and_replacing_keeps_nothing(run: Run) -> None:
    text = run(f"{FILL} return exportAll()")
    run(
        """forget("stars"); toggleStar("2405.00003", "Three", 15);
        toggleStar("2405.00001", "One, revised", 40);
        write("preferences", [{ word: "otters", weight: -1, learned: true },
            { word: "teapots", weight: 1, learned: false }]);
        write("chooser", { include: ["math"], exclude: [] });
        write("visits", { "cs.CL": 9, math: 1 });"""
    )
    run("importAll(argument, 'merge')", text)
    assert run("return read('stars').map((star) => [star.id, star.title])") == [
        ["2405.00003", "Three"],
        ["2405.00002", "Two"],
        ["2405.00001", "One, revised"],
    ]
    assert run("return read('preferences').map((each) => [each.word, each.weight])") == [
        ["otters", -1],
        ["teapots", 1],
    ]
    assert run("return [read('chooser').include, read('visits')]") == [
        ["math"],
        {"cs.CL": 9, "math": 1},
    ]
    run("importAll(argument, 'replace')", text)
    assert run("return read('stars').map((star) => star.id)") == ["2405.00001", "2405.00002"]
    assert run("return [read('chooser').include, read('visits')]") == [["cs.CL"], {"cs.CL": 5}]


BAD_FILES = [
    ("", "no JSON"),
    ("\x00\x01 binary", "no JSON"),
    ("[]", "not exported by Papersift"),
    ("null", "not exported by Papersift"),
    ('{"papersift": 2, "documents": {}}', "newer version"),
    ('{"papersift": 1, "documents": {"stars": {"version": 9, "value": []}}}', "newer version"),
    ('{"papersift": 1, "documents": {"stars": 3}}', "stars is no list"),
    (
        '{"papersift": 1, "documents": {"stars": {"version": 1, "value": [{"id": "url:1"}]}}}',
        "stars[0].id is no arXiv identifier",
    ),
]


def test_a_bad_file_is_refused_with_a_reason_and_changes_nothing(run: Run) -> None:
    run("toggleStar('2405.00001', 'One', 10)")
    for text, reason in BAD_FILES:
        message = run(
            """try { importAll(argument, "replace"); }
            catch (error) { return error instanceof ImportError ? error.message : String(error); }
            """,
            text,
        )
        assert reason in message
        assert run("return read('stars').map((star) => star.id)") == ["2405.00001"]


def test_a_file_that_does_not_fit_changes_nothing(run: Run) -> None:
    stars = [{"id": f"2405.{n:05}", "title": "", "at": n} for n in range(5_001)]
    documents = {
        "history": {"version": 1, "value": stars[:1]},
        "stars": {"version": 1, "value": stars},
    }
    message = run(
        """toggleStar("2405.77777", "One", 10);
        try { importAll(argument, "merge"); } catch (error) { return error.message; }""",
        json.dumps({"papersift": 1, "documents": documents}),
    )
    assert "Nothing was taken in" in message
    assert run("return [read('stars').map((star) => star.id), read('history')]") == [
        ["2405.77777"],
        [],
    ]
