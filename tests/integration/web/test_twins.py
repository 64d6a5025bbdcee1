"""The twins of list pages, read back by readers of their formats."""

import csv
import io

import feedparser
import pytest
from starlette.testclient import TestClient

from app.text.bibtex_reader import read_bibtex
from app.web.twins.formats import FORMATS, TwinFormat
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID, HOSTILE_ID, REVISED_ID, SERIES_SIZE, UNHELD_ID

DAY = "/list/cs.CL/2024-05-03"
LISTS = [
    DAY,
    "/list/cs.CL",
    "/list/all/2024-05-03",
    "/search?q=barometers",
    "/search?q=au%3A%22Vane%2C+W%22",
    "/related/2403.05001",
    f"/library?ids={OTTER_ID},{COMPASS_ID}",
]


def add_suffix(address: str, twin: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}.{twin}{mark}{query}"


def add_query(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def read_ris(text: str) -> list[dict[str, list[str]]]:
    """Records of a RIS file, by the rules of the format: tag, two blanks, dash, blank, value."""
    records: list[dict[str, list[str]]] = []
    for line in text.removesuffix("\r\n").split("\r\n"):
        tag, separator, value = line[:2], line[2:6], line[6:]
        assert separator == "  - ", line
        if tag == "TY":
            records.append({})
        records[-1].setdefault(tag, []).append(value)
    assert all(record["ER"] == [""] for record in records)
    return records


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("twin", TwinFormat)
def test_every_list_has_every_twin(client: TestClient, address: str, twin: TwinFormat) -> None:
    answer = client.get(add_suffix(address, twin))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{FORMATS[twin].media_type}; charset=utf-8"
    assert answer.headers["ETag"].startswith('W/"')
    assert answer.headers["Last-Modified"] == "Mon, 06 May 2024 12:04:00 GMT"
    is_saved = answer.headers.get("Content-Disposition", "").endswith(f'.{twin}"')
    assert is_saved == FORMATS[twin].is_file


def test_an_atom_reader_finds_everything(client: TestClient) -> None:
    feed = feedparser.parse(client.get(f"{DAY}.atom").content)

    assert feed.bozo is False
    assert feed.version == "atom10"
    assert feed.feed.title == "cs.CL, 2024-05-03 – Papersift"
    assert "1 of its papers are not held" in feed.feed.subtitle
    assert feed.feed.opensearch_totalresults == "3"
    otter, umbrellas = feed.entries
    assert otter.id == f"oai:arXiv.org:{OTTER_ID}"
    assert otter.title == "Attention is what otters need"
    assert [each.name for each in otter.authors] == ["Chiyo Tanabe", "Ada Quillfeather"]
    assert [each.term for each in otter.tags] == ["cs.CL", "cs.LG", "stat.ML"]
    assert otter.arxiv_primary_category["term"] == "cs.CL"
    assert otter.updated == "2024-05-03T00:00:00Z"
    assert otter.published == "2024-05-02T08:00:00Z"
    assert "$k$-nearest attention" in otter.summary
    links = {each.rel: each.href for each in otter.links}
    assert links["alternate"] == f"http://testserver/abs/{OTTER_ID}"
    assert links["related"] == f"https://arxiv.org/pdf/{OTTER_ID}"
    assert umbrellas.arxiv_announce_type == "cross"


def test_feed_links_lead_to_the_page_and_to_itself(client: TestClient) -> None:
    address = "/search.atom?q=au%3A%22Vane%2C+W%22&cat=physics"
    feed = feedparser.parse(client.get(address).content)

    links = {each.rel: each.href for each in feed.feed.links}
    assert links["self"] == f"http://testserver{address}" == feed.feed.id
    page = client.get(links["alternate"])
    assert page.status_code == 200
    assert "Barometers and weather" in page.text


def test_a_feed_of_a_search_has_the_newest_first(client: TestClient) -> None:
    feed = feedparser.parse(client.get("/search.atom?q=barometers").content)
    by_relevance = client.get("/search.json?q=barometers&sort=oldest").json()

    assert len(feed.entries) == SERIES_SIZE
    assert feed.entries[0].title == "Barometers and weather, part 36"
    assert by_relevance["items"][0]["title"] == "Barometers and weather, part 1"


@pytest.mark.parametrize(
    "address",
    ["/search.json?q=barometers", "/related/2403.05001.json", "/list/all/2024-05-03.json"],
)
def test_a_feed_goes_on_behind_its_limit_and_a_file_does_not_stop(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    whole = client.get(address).json()
    monkeypatch.setattr("app.web.twins.routes.FEED_PAPERS", 2)
    parts = []
    following = address
    while following:
        parts.append(client.get(following).json())
        following = parts[-1].get("next_url", "")
    asked = client.get(add_query(address, "limit=4")).json()
    rows = list(csv.DictReader(io.StringIO(client.get(address.replace("json", "csv")).text)))

    papers = [item["_papersift"]["arxiv_id"] for part in parts for item in part["items"]]
    assert papers == [item["_papersift"]["arxiv_id"] for item in whole["items"]]
    assert len(parts) > 1
    assert max(len(part["items"]) for part in parts) == 2
    assert asked["items"] == whole["items"][:4]
    assert "link “next”" in parts[0]["description"]
    assert "link “next”" not in parts[-1]["description"]
    assert len(rows) == len(papers)


def test_a_twin_of_a_search_understands_it_as_its_page_does(client: TestClient) -> None:
    misspelt = {"q": "barometrs"}
    found = client.get("/api/v1/search", params=misspelt).json()

    listed = list(csv.DictReader(io.StringIO(client.get("/search.csv", params=misspelt).text)))
    as_written = client.get("/search.csv", params=misspelt | {"spell": "0"}).text

    assert found["spelling"]["status"] == "applied"
    assert len(listed) == found["total"] == SERIES_SIZE
    assert len(list(csv.DictReader(io.StringIO(as_written)))) == 0


def test_a_json_feed_has_the_members_of_version_1_1(client: TestClient) -> None:
    feed = client.get(f"{DAY}.json").json()

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"] == f"http://testserver{DAY}"
    assert feed["feed_url"] == f"http://testserver{DAY}.json"
    assert "next_url" not in feed
    assert feed["_papersift"] == {"total": 3, "offset": 0, "missing": [UNHELD_ID]}
    otter = feed["items"][0]
    assert otter["id"] == f"oai:arXiv.org:{OTTER_ID}"
    assert otter["authors"] == [{"name": "Chiyo Tanabe"}, {"name": "Ada Quillfeather"}]
    assert otter["tags"] == ["cs.CL", "cs.LG", "stat.ML"]
    assert otter["_papersift"]["announce_type"] == "new"
    assert otter["external_url"] == f"https://arxiv.org/abs/{OTTER_ID}"


def test_bibtex_is_read_back_in_the_order_of_the_list(client: TestClient) -> None:
    entries = read_bibtex(client.get(f"{DAY}.bib").text)
    series = read_bibtex(client.get("/search.bib?q=barometers&sort=oldest").text)

    assert [str(each.arxiv_id) for each in entries] == [OTTER_ID, REVISED_ID]
    assert len(series) == SERIES_SIZE
    assert len({each.key for each in series}) == SERIES_SIZE


def test_ris_is_read_back(client: TestClient) -> None:
    otter, compass = read_ris(
        client.get(f"/library.ris?ids={OTTER_ID},{COMPASS_ID}").content.decode()
    )

    assert otter["AU"] == ["Tanabe, Chiyo", "Quillfeather, Ada"]
    assert otter["DO"] == ["10.5555/otters.2024"]
    assert otter["KW"] == ["cs.CL", "cs.LG", "stat.ML"]
    assert compass["TI"] == ["Schrödinger's compass and the missing pole"]


def test_csv_is_read_back_with_a_mark_for_spreadsheets_if_asked(client: TestClient) -> None:
    plain = client.get(f"{DAY}.csv").content.decode()
    marked = client.get(f"{DAY}.csv?bom=1").content.decode()
    rows = list(csv.DictReader(io.StringIO(plain, newline="")))

    assert [row["arxiv_id"] for row in rows] == [OTTER_ID, REVISED_ID]
    assert rows[0]["authors"] == "Tanabe, Chiyo; Quillfeather, Ada"
    assert marked == "\ufeff" + plain


def test_a_standing_feed_reaches_back_and_leaves_replacements_out(client: TestClient) -> None:
    feed = client.get("/list/all.json").json()
    only_new = client.get("/list/cs.CL.json?kind=new").json()

    assert {item["_papersift"]["announce_type"] for item in feed["items"]} == {"new", "cross"}
    assert [item["_papersift"]["arxiv_id"] for item in only_new["items"]] == [OTTER_ID]


@pytest.mark.parametrize("twin", TwinFormat)
def test_hostile_metadata_stay_inert_and_bounded(client: TestClient, twin: TwinFormat) -> None:
    answer = client.get(f"/library.{twin}?ids={HOSTILE_ID}")

    assert answer.status_code == 200
    assert len(answer.content) < 1_000_000
    if twin is TwinFormat.ATOM:
        feed = feedparser.parse(answer.content)
        assert feed.bozo is False
        assert feed.entries[0].summary_detail.type == "text/plain"
        assert feed.entries[0].title_detail.type == "text/plain"
        assert b"<script" not in answer.content
    elif twin is TwinFormat.JSON:
        assert answer.json()["items"][0]["content_text"].startswith("<script>alert(1)")
    elif twin is TwinFormat.BIBTEX:
        assert [str(each.arxiv_id) for each in read_bibtex(answer.text)] == [HOSTILE_ID]
    elif twin is TwinFormat.RIS:
        assert len(read_ris(answer.content.decode())) == 1
    else:
        (row,) = csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
        assert row["arxiv_id"] == HOSTILE_ID
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


def test_who_has_a_list_already_is_told_so(client: TestClient) -> None:
    first = client.get(f"{DAY}.atom")
    by_tag = client.get(f"{DAY}.atom", headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(
        f"{DAY}.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    older = client.get(
        f"{DAY}.atom", headers={"If-Modified-Since": "Mon, 06 May 2024 12:00:00 GMT"}
    )
    by_stars = client.get(f"{DAY}.atom?sort=stars", headers={"If-None-Match": "*"})

    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_time.status_code == 304
    assert older.status_code == by_stars.status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [
        ("/list/cs.XX.atom", 422, "There is no arXiv category"),
        (f"{DAY}.atom?kind=old", 422, "is no kind of announcement"),
        ("/list/cs.CL/tomorrow.atom", 422, "is not a date"),
        ("/library.bib", 422, "No papers are named"),
        ("/library.bib?ids=otters", 422, "is not an arXiv identifier"),
        ("/search.csv?q=otters&from=yesterday", 422, "is not a date"),
        (f"/abs/{GONE_ID}.bib", 410, "withdrew the record"),
        ("/related/2401.00001.ris", 404, "is not held here"),
        ("/list/cs.CL.xml", 422, "There is no arXiv category"),
    ],
)
def test_what_cannot_be_given_is_an_error(
    client: TestClient, address: str, status: int, text: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert text in answer.text


def test_one_paper_has_twins_as_well(client: TestClient) -> None:
    entries = read_bibtex(client.get(f"/abs/{COMPASS_ID}.bib").text)

    assert [str(each.arxiv_id) for each in entries] == [COMPASS_ID]
    assert client.get(f"/abs/{TEAPOT_ID}v1.json").json()["items"][0]["url"].endswith(TEAPOT_ID)


def test_the_newest_paper_dates_the_feed(client: TestClient) -> None:
    feed = feedparser.parse(client.get(f"{DAY}.atom").content)
    nothing = feedparser.parse(client.get("/search.atom?q=zyzzyva&spell=0").content)

    assert feed.feed.updated == "2024-05-03T00:00:00Z"
    assert nothing.feed.updated == "1991-08-14T00:00:00Z"
    assert nothing.bozo is False
