"""The interface in the language and theme that a reader chose."""

import json

import pytest
from starlette.testclient import TestClient

from app.web.languages import CHINESE
from tests.support.pages import Page

PAGES = ("/", "/search?q=the", "/status", "/help", "/operators", "/nowhere")


def get_page(client: TestClient, path: str, **headers: str) -> Page:
    answer = client.get(
        path, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    return Page(answer.status_code, answer.text, dict(answer.headers), path)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_the_language_of_the_browser(client: TestClient, path: str) -> None:
    chinese = get_page(client, path, Accept_Language="zh-CN,zh;q=0.9")
    english = get_page(client, path, Accept_Language="en")

    assert chinese.texts("//a[@class='skip']") == ["跳到正文"]
    assert english.texts("//a[@class='skip']") == ["Skip to the content"]
    assert [page.find("/html")[0].get("lang") for page in (chinese, english)] == ["zh-Hans", "en"]
    for page in (chinese, english):
        assert {"Accept-Language", "Cookie"} <= set(page.headers["vary"].split(", "))


def test_a_choice_is_kept_in_a_cookie_of_its_own_and_leads_back(client: TestClient) -> None:
    address = "/choices?language=zh&back=/search%3Fq%3Da%2520b"

    answer = client.post(address, follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/search?q=a%20b"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("papersift-language=zh;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    client.cookies.clear()


def test_the_choice_of_a_theme_is_on_the_page_before_anything_is_drawn(client: TestClient) -> None:
    page = get_page(client, "/help", Cookie="papersift-theme=dark; papersift-language=zh")
    default = get_page(client, "/help", Cookie="papersift-theme=pink")

    assert page.find("/html")[0].get("data-theme") == "dark"
    assert page.find("//meta[@name='color-scheme']")[0].get("content") == "dark"
    assert [each.get("media") for each in page.find("//link[contains(@href, 'dark.css')]")] == [
        "screen"
    ]
    assert page.find("/html")[0].get("lang") == "zh-Hans"
    assert default.find("/html")[0].get("data-theme") == "auto"


@pytest.mark.parametrize("choice", ["language=xx", "theme=pink", "theme=dark%3B%20a%3Db"])
def test_what_is_not_offered_is_refused(client: TestClient, choice: str) -> None:
    answer = client.post(f"/choices?{choice}", follow_redirects=False)

    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_choices_elsewhere_lead_home(client: TestClient) -> None:
    answer = client.post("/choices?theme=dark&back=//elsewhere.org", follow_redirects=False)

    assert answer.headers["Location"] == "/"
    client.cookies.clear()


def test_scripts_get_their_words_from_a_file_that_is_kept_for_good(client: TestClient) -> None:
    page = get_page(client, "/help", Accept_Language="zh")
    address = page.find("/html")[0].get("data-words", "")

    answer = client.get(address)

    assert answer.json() == json.loads(CHINESE.script_words)
    assert "immutable" in answer.headers["Cache-Control"]
    assert (
        get_page(client, "/help", Accept_Language="en").find("/html")[0].get("data-words") is None
    )


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/", "Home"),
        ("/list/cs.CL/2024-05-03", "Days"),
        ("/calendar/cs.CL", "Days"),
        ("/operators/rope", "Operators"),
        ("/help", "Help"),
    ],
)
def test_the_navigation_shows_where_one_is(client: TestClient, path: str, part: str) -> None:
    page = get_page(client, path, Accept_Language="en")

    assert page.texts("//nav[@aria-label='Site']/a[@aria-current='page']") == [part]
