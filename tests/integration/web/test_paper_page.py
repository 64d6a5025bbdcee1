"""A paper's page for programs, and its citation in every form."""

import json
import re

import pytest
from starlette.testclient import TestClient

from app.text.journal_reference import find_journal
from tests.support.factories import OTTER_ID
from tests.support.library import HOSTILE_ID
from tests.support.pages import fetch

COMPASS_ID = "hep-th/9901001"


def test_json_ld_tells_what_the_page_shows(client: TestClient) -> None:
    page = fetch(client, f"/abs/{OTTER_ID}")

    (script,) = page.find("//script[@type='application/ld+json']")
    told = json.loads(script.text or "")
    assert told["@type"] == "ScholarlyArticle"
    assert told["name"] == page.texts("//h1")[0]
    assert [author["name"] for author in told["author"]] == ["Chiyo Tanabe", "Ada Quillfeather"]
    assert told["datePublished"] == "2024-05-02"
    assert told["sameAs"] == f"https://arxiv.org/abs/{OTTER_ID}"
    assert told["isAccessibleForFree"] is True
    assert {each["value"] for each in told["identifier"]} >= {OTTER_ID, "10.5555/otters.2024"}


def test_hostile_metadata_cannot_end_the_script(client: TestClient) -> None:
    page = fetch(client, f"/abs/{HOSTILE_ID}")

    (script,) = page.find("//script[@type='application/ld+json']")
    assert "<script>alert(1)</script>" in json.loads(script.text or "")["name"]
    assert "license" not in json.loads(script.text or "")


def test_open_graph_and_links_lead_to_the_one_address(client: TestClient) -> None:
    page = fetch(client, f"/abs/{OTTER_ID}")
    graph = {each.get("property"): each.get("content") for each in page.find("//meta[@property]")}

    assert graph["og:url"] == f"http://testserver/abs/{OTTER_ID}"
    assert graph["og:title"] == page.texts("//h1")[0]
    header = dict(re.findall(r'<([^>]*)>; rel="([\w-]+)"', page.headers["link"]))
    assert header[f"http://testserver/abs/{OTTER_ID}"] == "canonical"
    assert header["http://creativecommons.org/licenses/by/4.0/"] == "license"
    for link in page.find("//link[@rel='alternate']"):
        answer = client.get(link.get("href", ""))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(link.get("type", ""))


@pytest.mark.parametrize(("form", "beginning"), [("bib", "@"), ("ris", "TY  - "), ("csl", "[\n {")])
@pytest.mark.parametrize("arxiv_id", [OTTER_ID, COMPASS_ID])
def test_a_paper_is_cited_in_each_form(
    client: TestClient, arxiv_id: str, form: str, beginning: str
) -> None:
    (link,) = fetch(client, f"/abs/{arxiv_id}").find(f"//a[@data-cite='{form}']")
    answer = client.get(link.get("href", ""))

    assert answer.status_code == 200
    assert answer.text.startswith(beginning)
    assert arxiv_id in answer.text
    assert arxiv_id.replace("/", "-") in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("2401.00001.csl.json", 404), (f"{OTTER_ID}.doc", 404), ("otters.csl.json", 422)],
)
def test_what_cannot_be_cited_is_an_error_that_says_so(
    client: TestClient, path: str, status: int
) -> None:
    assert client.get(f"/cite/{path}").status_code == status


def test_related_papers_stand_by_their_time(client: TestClient) -> None:
    page = fetch(client, "/abs/2403.05001")

    headings = page.texts("//section[@aria-labelledby='related']/h3")
    assert headings
    assert all(each.split()[0] in {"Earlier", "Of", "Later"} for each in headings)
    assert page.texts("//ul[@class='related-list']//p[starts-with(text(), 'Shares:')]")
    assert "/related/2403.05001" in page.links()


@pytest.mark.parametrize(
    ("reference", "journal", "year"),
    [
        ("Phys. Rev. D 66 (2002) 010001", "Phys. Rev. D", 2002),
        ("Nucl.Phys. B477 (1996) 155-189", "Nucl.Phys", 1996),
        ("Journal of Functional Analysis, vol. 12, no. 3, pp. 1-20 (2011)",
         "Journal of Functional Analysis", 2011),
        ("Monthly Notices 400, 1 (2009)", "Monthly Notices", 2009),
        ("to appear in Nature", None, None),
        ("", None, None),
        ("12 (2000)", None, None),
        ("A" * 5_000 + " 1 (2000)", None, None),
    ],
)  # fmt: skip
def test_a_journal_is_named_only_where_the_reference_is_plain(
    reference: str, journal: str | None, year: int | None
) -> None:
    found = find_journal(reference)

    assert (found.journal if found else None, found.year if found else None) == (journal, year)
