"""A filter narrows what the page without it shows; it does not widen what the words mean."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.query import FacetField
from app.search.factory import open_engine
from app.services.search import SearchLimits, SearchQuestion, SearchService
from indexer.index import rebuild
from tests.support.databases import make_sqlite_url
from tests.support.factories import make_id, make_record

BOTH, HALF = 5, 400
"""Papers with both words, more than one in a hundred; and with one of them."""


def _choose_category(number: int) -> str:
    """One paper with both words in a category of its own, and none in that of half the others."""
    if number <= BOTH:
        return "hep-th" if number == 1 else "cs.LG"
    return "math.CO" if number % 2 else "cs.LG"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchService]:
    folder = tmp_path_factory.mktemp("library")
    upgrade(url := make_sqlite_url(folder / "papersift.db"))
    database = Database(url)
    titles = ["Tidal harbours"] * BOTH + ["Tidal locks"] * HALF
    records = [
        make_record(
            make_id(number),
            title=title,
            abstract="No more.",
            categories=(_choose_category(number),),
        )
        for number, title in enumerate(titles, start=1)
    ]
    with database.transaction() as tx:
        upsert_records(tx, records, now=datetime(2026, 1, 1, tzinfo=UTC))
    rebuild(database, folder / "index")
    engine = open_engine(folder / "index")
    yield SearchService(database, engine, SearchLimits())
    engine.close()
    database.close()


def test_behind_each_facet_are_as_many_papers_as_it_says(service: SearchService) -> None:
    question = SearchQuestion("tidal harbours", facets=(FacetField.CATEGORY,))
    page = service.search(question)
    counts = {each.value: each.count for each in page.facets[FacetField.CATEGORY]}

    assert (page.total, page.relaxed) == (BOTH, False)
    assert counts == {"cs.LG": BOTH - 1, "hep-th": 1}
    for category, count in counts.items():
        behind = service.search(replace(question, categories=category))
        assert (behind.total, behind.relaxed) == (count, False)


def test_where_a_filter_leaves_none_any_word_counts(service: SearchService) -> None:
    page = service.search(SearchQuestion("tidal harbours", categories="math.CO"))

    assert page.relaxed
    assert page.total == HALF - HALF // 2
