"""The pages, as a reader without scripts uses them."""

from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from tests.support.factories import COMPASS_ID, LIGHTHOUSE_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID, REVISED_ID, SERIES_SIZE, UNHELD_ID
from tests.support.pages import fetch

PAGES = [
    "/",
    "/search?q=otters",
    "/search?q=zyzzyva",
    "/search?q=otters&from=yesterday",
    f"/abs/{OTTER_ID}",
    f"/abs/{COMPASS_ID}",
    f"/abs/{REVISED_ID}",
    "/related/2403.05001",
    "/related/2403.05001?method=literal&sort=newest",
    f"/related/{COMPASS_ID}",
    "/list/cs.CL/2024-05-03",
    "/list/cs.CL/2024-05-03?sort=stars",
    "/list/cs.CL/2024-05-02",
    "/list/cs.CL/2024-05-04",
    "/calendar/cs.CL/2024-05",
    "/status",
    "/help",
    "/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_landmarks_one_heading_and_a_skip_link(
    client: TestClient, path: str
) -> None:
    page = fetch(client, path)

    assert len(page.find("//h1")) == 1
    assert [len(page.find(f"//{name}")) for name in ("main", "header", "footer")] == [1, 1, 1]
    assert page.find("//html/@lang/..")
    assert page.links("//body/a[1]") == ["#main"]
    assert page.texts("//title")[0].endswith("Papersift") or path == "/"
    assert len(page.find("//form[@role='search']")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_headings_are_never_skipped_and_fields_have_labels(client: TestClient, path: str) -> None:
    page = fetch(client, path)

    levels = [int(str(each.tag)[1]) for each in page.find("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    labelled = {each.get("for") for each in page.find("//label")}
    for field in page.find("//input[not(ancestor::label or @type='hidden')]|//select|//textarea"):
        assert field.get("id") in labelled or field.get("aria-label")
    ids = [each.get("id") for each in page.find("//*[@id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_a_script_or_another_server(client: TestClient, path: str) -> None:
    page = fetch(client, path)

    assert page.find("//script[not(@src or contains(@type, 'json'))]|//style|//*[@style]") == []
    assert page.find("//iframe|//object|//embed") == []
    assert page.main
    assert not [
        name
        for element in page.find("//*")
        for name in element.keys()  # noqa: SIM118 - an lxml element is no dict
        if name.startswith("on")
    ]
    named = page.find("//link[not(@rel='license' or @rel='cite-as')]")
    sources = [
        each.get("src") or each.get("href") for each in [*page.find("//img|//script[@src]"), *named]
    ]
    fetched = [each for each in sources if each and not each.startswith("https://doi.org/")]
    for address in fetched:
        assert address.startswith(("/", "http://testserver/"))
        assert client.get(address).status_code == 200


def test_a_search_shows_cards_with_everything_one_needs(client: TestClient) -> None:
    page = fetch(client, "/search?q=otters")

    assert page.texts("//h2[1]") == ["1 paper"]
    (card,) = page.texts("//ol/li")
    for text in (
        "Attention is what otters need",
        "Chiyo Tanabe, Ada Quillfeather",
        "2 May 2024",
        "v2 · 4 May 2024",
        "cs.CL",
        "cs.LG",
        "stat.ML",
        "Otters hold hands; we model this with",
        "-nearest attention.",
        "Comments 12 pages, accepted at the Workshop on Aquatic Computing",
    ):
        assert text in card
    assert page.texts("//ol//math//annotation") == ["k"]
    links = page.links("//ol//a")
    for address in (
        f"/abs/{OTTER_ID}",
        f"https://arxiv.org/abs/{OTTER_ID}",
        f"https://arxiv.org/pdf/{OTTER_ID}",
        "/list/cs.CL",
        "/search?q=au%3A%22Tanabe%2C+Chiyo%22",
    ):
        assert address in links
    assert "understood as otters" in page.main


def test_a_link_to_an_author_finds_the_authors_papers(client: TestClient) -> None:
    page = fetch(client, "/search?q=au%3A%22van+der+Zand%2C+Bruno%2C+Jr.%22")

    assert f"/abs/{COMPASS_ID}" in page.links("//ol//a")
    assert f"/abs/{OTTER_ID}" not in page.links("//ol//a")


def test_the_form_keeps_what_was_asked(client: TestClient) -> None:
    path = "/search?q=otters&cat=cs&author=tanabe&from=2024&to=2024-12&date=updated&sort=newest"
    page = fetch(client, path)

    values = {each.get("name"): each.get("value") for each in page.find("//input[@name]")}
    chosen = {each.get("value") for each in page.find("//option[@selected]") if each.get("value")}
    assert values == {
        "q": "otters",
        "cat": "cs",
        "author": "tanabe",
        "from": "2024",
        "to": "2024-12",
        "sort": "newest",
    }
    assert chosen == {"updated"}
    for field in page.find("//input[@name]|//select[@name]"):
        assert field.get("form") == "search" or field.get("name") == "q"


def test_pages_of_results_lead_to_each_other(client: TestClient) -> None:
    path = "/search?q=barometers&cat=physics&sort=newest&limit=15"
    first = fetch(client, path)
    (next_address,) = first.links("//a[@rel='next']")
    second = fetch(client, next_address)
    (last_address,) = second.links("//a[@rel='next']")
    last = fetch(client, last_address)

    titles = [title for page in (first, second, last) for title in page.texts("//ol//h3")]
    assert len(titles) == len(set(titles)) == SERIES_SIZE
    assert titles[0] == "Barometers and weather, part 36"
    assert "16–30 of 36" in second.main
    assert [each.get("start") for each in second.find("//ol")] == ["16"]
    assert last.links("//a[@rel='next']") == []
    assert fetch(client, last.links("//a[@rel='prev']")[0]).texts("//ol//h3") == second.texts(
        "//ol//h3"
    )


def test_without_words_the_newest_papers_are_shown(client: TestClient) -> None:
    page = fetch(client, "/search")

    assert page.texts("//h2[1]") == [f"{SERIES_SIZE + 6} papers"]
    assert page.texts("//nav[@class='sorts']/a[@aria-current]") == ["newest first"]


def test_a_relaxed_answer_and_unknown_papers_are_said(client: TestClient) -> None:
    page = fetch(client, "/search?q=otters+compass+1706.03762")

    assert "No title and abstract hold all of these words" in page.main
    assert "arXiv:1706.03762 is not held here" in page.main


def test_nothing_found_is_said_with_advice(client: TestClient) -> None:
    page = fetch(client, "/search?q=zyzzyva&cat=cs")

    assert page.status == 200
    assert page.texts("//h2[1]") == ["No papers found"]
    assert "/search?q=zyzzyva" in page.links()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("q=otters&from=yesterday", "is not a date"),
        ("q=otters&cat=cs.XX", "There is no arXiv category"),
        ("q=otters&from=2024&to=2023", "Swap the two dates"),
        ("q=otters&limit=9999", "max_page_size"),
    ],
)
def test_a_question_that_cannot_be_answered_comes_back_with_the_reason(
    client: TestClient, query: str, reason: str
) -> None:
    page = fetch(client, f"/search?{query}")

    assert page.status == 422
    assert reason in page.texts("//*[@role='alert']")[0]
    assert [each.get("value") for each in page.find("//input[@name='q']")] == ["otters"]


def test_a_papers_page_shows_everything_known(client: TestClient) -> None:
    page = fetch(client, f"/abs/{OTTER_ID}")

    assert page.texts("//h1") == ["Attention is what otters need"]
    for text in ("Chiyo Tanabe", "cs.CL Computation and Language", "v2, 4 May 2024", "42kb"):
        assert text in page.main
    links = page.links()
    assert f"https://arxiv.org/abs/{OTTER_ID}v1" in links
    assert "https://doi.org/10.5555/otters.2024" in links
    assert "http://creativecommons.org/licenses/by/4.0/" in links


def test_a_papers_page_speaks_to_reference_managers(client: TestClient) -> None:
    page = fetch(client, f"/abs/{OTTER_ID}")

    tags = [
        (each.get("name"), each.get("content"))
        for each in page.find("//meta[starts-with(@name, 'citation_')]")
    ]
    assert tags == [
        ("citation_title", "Attention is what otters need"),
        ("citation_author", "Tanabe, Chiyo"),
        ("citation_author", "Quillfeather, Ada"),
        ("citation_doi", "10.5555/otters.2024"),
        ("citation_date", "2024/05/02"),
        ("citation_online_date", "2024/05/04"),
        ("citation_pdf_url", f"https://arxiv.org/pdf/{OTTER_ID}"),
        ("citation_arxiv_id", OTTER_ID),
        *(("citation_keywords", text) for text in page.texts("//p[@class='card-keywords']/a")),
        (
            "citation_abstract",
            "Otters hold hands; we model this with $k$-nearest attention.",
        ),
    ]
    assert page.links("//link[@rel='canonical']") == [f"http://testserver/abs/{OTTER_ID}"]
    assert 'rel="cite-as"' in page.headers["link"]
    assert page.texts("//p[@class='card-keywords']/a")
    assert page.find("//*[@class='Z3988']") == []


def test_arxivs_own_spelling_and_inexact_dates_are_shown(client: TestClient) -> None:
    compass = fetch(client, f"/abs/{COMPASS_ID}")
    lighthouse = fetch(client, f"/abs/{LIGHTHOUSE_ID}")

    assert "Schr\\\"odinger's compass" in compass.texts("//details[@class='source']")[0]
    assert "April 2007 (known to the month)" in lighthouse.main
    assert "withdrawn this paper" in lighthouse.main
    assert lighthouse.find("//meta[@name='citation_date'][@content='2007/04']")


def test_superseded_metadata_are_kept_in_sight(client: TestClient) -> None:
    page = fetch(client, f"/abs/{REVISED_ID}")

    (history,) = page.texts("//details[@class='history']")
    assert "Umbrellas, first draft" in history
    assert "We count the teapots" not in history


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/abs/0704.00042", f"/abs/{LIGHTHOUSE_ID}"),
        (f"/abs/arXiv:{OTTER_ID}v1", f"/abs/{OTTER_ID}v1"),
        ("/abs/hep-th.XX/9901001", None),
        (f"/arxiv/{OTTER_ID}", f"/abs/{OTTER_ID}"),
        (f"/arxiv/{COMPASS_ID}", f"/abs/{COMPASS_ID}"),
        (f"/arxiv/{OTTER_ID},{TEAPOT_ID}", f"/search?q={OTTER_ID}+{TEAPOT_ID}"),
        ("/arxiv/cs.lg,cs.AI", "/list/cs.AI+cs.LG"),
        ("/favicon.ico", "/static/favicon.svg"),
        ("/list", "/"),
        ("/list/cs.LG/recent", "/list/cs.LG"),
        ("/list/hep-th/new", "/list/hep-th"),
        (f"/pdf/{OTTER_ID}v2.pdf", f"/abs/{OTTER_ID}v2"),
    ],
)
def test_other_spellings_lead_to_the_one_address(
    client: TestClient, path: str, target: str | None
) -> None:
    answer = client.get(path, follow_redirects=False)

    if target is None:
        target = f"/abs/{COMPASS_ID}"
    assert (answer.status_code, answer.headers["Location"]) == (308, target)
    assert client.get(path).status_code == 200


def test_a_version_that_is_not_shown_is_said(client: TestClient) -> None:
    page = fetch(client, f"/abs/{OTTER_ID}v1")

    assert "the metadata shown is that of version 2" in page.main
    assert page.links("//link[@rel='canonical']") == [f"http://testserver/abs/{OTTER_ID}"]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/abs/2401.00001", 404, "https://arxiv.org/abs/2401.00001"),
        (f"/abs/{GONE_ID}", 410, "withdrew the record"),
        ("/abs/otters", 422, "is not an arXiv identifier"),
        ("/list/cs.XX", 422, "There is no arXiv category"),
        ("/list/cs.LG/tomorrow", 422, "is not a date"),
        ("/arxiv/otters", 422, "There is no arXiv category"),
        ("/search?offset=x", 422, "offset"),
        ("/nowhere", 404, "Check the spelling"),
    ],
)
def test_errors_are_pages_that_say_what_is_wrong(
    client: TestClient, path: str, status: int, text: str
) -> None:
    page = fetch(client, path)

    assert page.status == status
    assert text in page.main
    assert "/" in page.links()


def test_a_paper_that_is_not_held_can_be_read_on_arxiv(client: TestClient) -> None:
    page = fetch(client, "/abs/2401.00001")

    assert "https://arxiv.org/abs/2401.00001" in page.links()


def test_a_method_that_pages_do_not_have_is_a_page_too(client: TestClient) -> None:
    answer = client.post("/search")

    assert answer.status_code == 405
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_status_page_shows_runs_receipts_and_gaps(client: TestClient) -> None:
    page = fetch(client, "/status")

    for text in (
        f"Papers held{SERIES_SIZE + 6}",
        "Behind the databasenot at all",
        "Harvested 43 records.",
        "1 announced paper is not held here yet",
        UNHELD_ID,
        "Now writingnobody",
    ):
        assert text in page.main


def test_the_examples_of_the_help_page_work(client: TestClient) -> None:
    page = fetch(client, "/help")

    examples = page.links("//td/a")
    assert len(examples) >= 8
    for address in examples:
        answer = fetch(client, address)
        assert answer.status == 200
        assert "was ignored" not in answer.main
        assert "is not a field" not in answer.main


def test_related_papers_are_shown_with_what_they_share(client: TestClient) -> None:
    paper = fetch(client, "/abs/2403.05001")
    (address,) = {each for each in paper.links("//a") if each.startswith("/related/")}
    page = fetch(client, address)
    ask = client.get("/api/v1/papers/2403.05001/related?limit=1").json()

    first = ask["results"][0]
    assert f"/abs/{first['arxiv_id']}" in page.links("//ol//h3/a")
    (card,) = page.texts(f"//article[@data-paper-id='{first['arxiv_id']}']")
    assert first["reasons"][0]["text"] in card
    assert "Wilhelmina Vane" in card
    assert "/abs/2403.05001" in page.links("//main//a")


def test_a_paper_without_relatives_says_so(client: TestClient) -> None:
    page = fetch(client, f"/related/{OTTER_ID}")

    assert "No paper here" in page.texts("//main")[0]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/related/2401.00001", 404),
        (f"/related/{GONE_ID}", 410),
        ("/related/otters", 422),
        ("/related/2403.05001?method=magic", 422),
    ],
)
def test_related_papers_of_nothing_are_a_page_too(
    client: TestClient, address: str, status: int
) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_other_spellings_lead_to_the_related_papers(client: TestClient) -> None:
    answer = client.get("/related/arXiv:2403.05001v1", follow_redirects=False)

    assert answer.status_code == 308
    assert answer.headers["Location"] == "/related/2403.05001"


def test_crawlers_are_kept_from_addresses_without_end(client: TestClient) -> None:
    answer = client.get("/robots.txt")

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Disallow: /search" in answer.text
    assert "/abs" not in answer.text
