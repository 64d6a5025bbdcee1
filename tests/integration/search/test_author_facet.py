"""The number beside an author on the page of a search is what one finds behind the name."""

from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.paper import Author
from app.main import create_app
from app.settings import Settings
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record
from tests.support.pages import fetch

NAMES = [
    *[Author("Wang", "Wei")] * 3,
    Author("Wang", "W."),
    Author("Wang", "Wei Ling"),
    Author("Wang", "Bo"),
    Author("Berg", "Anna", ""),
]


def test_counts_beside_names_are_those_behind_them(tmp_path: Path) -> None:
    url = make_sqlite_url(tmp_path / "papersift.db")
    upgrade(url)
    database = Database(url)
    records = [
        make_record(make_id(number), title=f"Otters, part {number}", authors=(author,))
        for number, author in enumerate(NAMES, start=1)
    ]
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, tmp_path / "index")
    database.close()
    settings = Settings(database_url=url, data_dir=tmp_path, index_dir=tmp_path / "index")
    with TestClient(create_app(settings)) as client:
        written = client.get("/api/v1/search?q=otters&facets=author").json()["facets"]["author"]
        assert {each["value"]: each["count"] for each in written}["Wei Wang"] == 3
        page = fetch(client, "/search?q=otters&more=1")
        items = page.find("//div[@class='facet'][h3='Author']//li[span]")
        assert len(items) == len(set(NAMES))
        counts = {}
        for item in items:
            (link,) = item.xpath("a/@href")
            (count,) = item.xpath("span/text()")
            found = fetch(client, str(link)).texts("//h2[@id='results-title']")
            assert found in ([f"{count} papers"], [f"{count} paper"]), link
            counts[item.xpath("string(a)").strip()] = int(count)
        assert counts["Wei Wang"] > 3  # the name is found in its other spellings too
