"""Metadata that try to break pages: shown as text, bounded, and harmless."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.domain.paper import Author
from app.web.assets import Assets
from app.web.languages import ENGLISH
from app.web.presentation import make_environment
from tests.support.factories import make_paper
from tests.support.library import HOSTILE_ID
from tests.support.pages import Page, fetch

PATHS = [f"/abs/{HOSTILE_ID}", "/search?q=adversarium", "/list/cs.CR/2024-05-01"]

INJECTED = (
    "//main//script|//script[not(@src or @type='application/ld+json')]"
    "|//main//img[not(@src='/static/lost.svg')]"
)
"""Elements that no page of ours has."""

MAX_CARD_BYTES = 30_000
MAX_PAPER_BYTES = 1_200_000


@pytest.mark.parametrize("path", PATHS)
def test_markup_in_metadata_is_text(client: TestClient, path: str) -> None:
    page = fetch(client, path)

    assert page.status == 200
    assert page.find(f"{INJECTED}|//main//b|//*[@onerror]|//*[@onmouseover]") == []
    assert "<script>alert(1)</script>" in page.main
    assert "{{ 7*7 }}" in page.main
    assert not any(link.startswith("javascript:") for link in page.links("//a|//link"))


@pytest.mark.parametrize("path", [*PATHS, "/search?q=a%1Bb%C2%85%C3%A9%C2%A7%09c"])
def test_control_characters_never_reach_a_page(client: TestClient, path: str) -> None:
    page = fetch(client, path)

    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", page.source) is None


def test_other_characters_of_a_query_stay(client: TestClient) -> None:
    page = fetch(client, "/search?q=a%C2%85%C3%A9%C2%A7%E4%BD%A0")

    assert 'value="aé§你"' in page.source


def test_a_name_that_turns_the_direction_of_text_is_shut_in(client: TestClient) -> None:
    page = fetch(client, f"/abs/{HOSTILE_ID}")

    turning = [each for each in page.find("//main//*[text()]") if "\u202e" in (each.text or "")]
    assert turning
    for element in turning:
        isolating = [element, *element.iterancestors()]
        assert any(e.tag in {"bdi", "title"} or e.get("dir") == "auto" for e in isolating)


def test_thousands_of_authors_are_folded(client: TestClient) -> None:
    card = fetch(client, "/search?q=adversarium")
    paper = fetch(client, f"/abs/{HOSTILE_ID}")

    assert len(card.find("//p[@class='card-authors']//bdi")) == 40
    assert "and 9,962 more" in card.main
    assert len(paper.find("//article/p[@class='card-authors']//bdi")) == 40
    assert "and 9,962 more authors" in paper.main
    assert len(paper.find("//details//bdi")) == 6_000 - 40


def test_a_megabyte_of_abstract_stays_bounded(client: TestClient) -> None:
    assert len(fetch(client, "/search?q=adversarium").source) < MAX_CARD_BYTES
    assert len(fetch(client, f"/abs/{HOSTILE_ID}").source) < MAX_PAPER_BYTES


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22%3E",
        "/search?q=otters&cat=%22%3E%3Cscript%3E",
        "/search?q=otters&from=%3Cimg%20src=x%3E",
        "/abs/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/list/%3Cscript%3E",
        "/%3Cscript%3E",
    ],
)
def test_markup_in_a_request_is_text(client: TestClient, path: str) -> None:
    page = fetch(client, path)

    assert page.find(INJECTED) == []


NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("<>\"'&{}%$\\\u202e\u2067\x00\x1b"),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=80)
@given(title=NASTY, name=NASTY, abstract=NASTY, doi=NASTY, comments=NASTY)
def test_any_metadata_give_the_same_elements(
    title: str, name: str, abstract: str, doi: str, comments: str
) -> None:
    paper = make_paper(
        title=title,
        authors=(Author(name),),
        abstract=abstract,
        comments=comments,
        doi="".join(doi.split()) or "x",
    )
    plain = make_paper(title="a", authors=(Author("b"),), abstract="c", comments="d", doi="e")

    assert _list_elements(paper) == _list_elements(plain)


def _list_elements(paper: object) -> list[tuple[str, list[str]]]:
    template = make_environment(ENGLISH, Assets("/static", {})).from_string(
        '{% from "_card.html" import card %}<main>{{ card(paper, 2) }}</main>'
    )
    page = Page(200, template.render(paper=paper), {}, "/")
    of_tex = "ancestor-or-self::math|ancestor-or-self::*[@class='tex']"
    return [
        (str(each.tag), sorted(each.keys()))
        for each in page.find(f"//main//*[not({of_tex})]")
        if each.tag not in {"em", "strong"} and each.get("class") != "joined"
    ]
