"""The ledger is what arXiv announced; gaps between ledger and papers are shown and healed."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from app.db import announcements, harvests
from app.db.session import Database
from app.domain.announcements import AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.categories import canonical_category, list_categories, parse_category_expression
from app.domain.errors import UpstreamError, UpstreamUnavailableError
from app.domain.harvest import RunReport
from indexer.announcements import collect_announcements, reconcile
from indexer.feeds import FEED_ITEM_LIMIT
from indexer.fetch import PoliteFetcher
from tests.support import oai_server as faults
from tests.support.feeds import Update, make_items, render_rss
from tests.support.harvesting import FakeTime, Harvester
from tests.support.oai_catalogue import make_server_record
from tests.support.oai_server import OaiServer

FRIDAY = date(2026, 11, 20)
ARCHIVES = ("cs", "math", "math-ph", "stat", "hep-th")
CODES = [each.code for each in list_categories() if each.archive in ARCHIVES]


def make_update(
    number: int, action: str, categories: str, *, listed: str = "", version: int = 1
) -> Update:
    codes = tuple(categories.split())
    return Update(f"2611.{number:05d}", version, action, codes, tuple(listed.split()) or codes)


def publish(server: OaiServer, updates: Sequence[Update], day: date = FRIDAY) -> None:
    for name in {*ARCHIVES, *CODES, *map(canonical_category, CODES)}:
        server.feeds[f"/rss/{name}"] = render_rss(day, make_items(updates, name))


def collect(
    database: Database,
    fetcher: PoliteFetcher,
    server: OaiServer,
    time: FakeTime,
    archives: Sequence[str] = ARCHIVES,
) -> RunReport:
    return collect_announcements(
        database,
        fetcher,
        rss_url=server.address,
        archives=archives,
        now=time.clock.now,
    )


def read_list(database: Database, category: str, day: date = FRIDAY) -> list[tuple[str, str]]:
    with database.read() as tx:
        lines, total = announcements.list_announced(
            tx, day, parse_category_expression(category), offset=0, limit=10_000
        )
    assert total == len(lines)
    return [(line.arxiv_id.value, line.announce_type.value) for line in lines]


def test_a_category_list_is_the_archives_items_with_their_types_seen_from_the_category(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(
        server,
        [
            make_update(1, "new", "cs.CL cs.LG"),
            make_update(2, "new", "cs.AI cs.CL"),
            make_update(3, "replace", "cs.AI cs.CL", version=2),
            make_update(4, "replace", "cs.CL", version=3),
            make_update(5, "new", "stat.ML cs.LG cs.CL"),
        ],
    )
    report = collect(database, fetcher, server, fake_time)
    assert read_list(database, "cs.CL") == [
        ("2611.00001", "new"),
        ("2611.00005", "cross"),
        ("2611.00002", "cross"),
        ("2611.00004", "replace"),
        ("2611.00003", "replace-cross"),
    ]
    assert report.succeeded
    assert (report.details["announced"], report.details["days"]) == (5, "2026-11-20")
    assert [request.path for request in server.requests] == [f"/rss/{each}" for each in ARCHIVES]
    with database.read() as tx:
        assert harvests.list_runs(tx, stage="announcements") == [report]


def test_a_late_cross_listing_with_one_candidate_needs_no_further_feed(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [make_update(1, "cross", "hep-th cs.LG", listed="cs.LG")])
    collect(database, fetcher, server, fake_time)
    assert read_list(database, "cs.LG") == [("2611.00001", "cross")]
    assert read_list(database, "hep-th") == []
    assert len(server.requests) == len(ARCHIVES)


def test_a_late_cross_listing_that_is_in_doubt_is_settled_by_the_categories_own_feeds(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [make_update(1, "cross", "hep-th cs.LG cs.AI", listed="cs.AI")])
    collect(database, fetcher, server, fake_time)
    assert read_list(database, "cs.AI") == [("2611.00001", "cross")]
    assert read_list(database, "cs.LG") == []
    assert [request.path for request in server.requests[5:]] == ["/rss/cs.AI", "/rss/cs.LG"]


@pytest.mark.parametrize("seed", range(6))
def test_every_list_is_what_the_categorys_own_feed_says(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime, seed: int
) -> None:
    rng = random.Random(seed)
    updates = []
    for number in range(1, 60):
        codes = tuple(rng.sample(CODES, rng.choice((1, 1, 2, 3, 4))))
        action = rng.choice(("new", "new", "replace", "cross"))
        listed = codes[1:] and tuple(rng.sample(codes[1:], rng.randint(1, len(codes) - 1)))
        if action != "cross" or not listed:
            action, listed = action.replace("cross", "new"), codes
        updates.append(Update(f"2611.{number:05d}", rng.randint(1, 5), action, codes, listed))
    publish(server, updates)
    collect(database, fetcher, server, fake_time)
    for code in CODES:
        truth = [(item.arxiv_id, item.announce_type) for item in make_items(updates, code)]
        with database.read() as tx:
            ids = announcements.list_announced_ids(tx, FRIDAY, canonical_category(code))
        assert {each.value for each in ids} == {arxiv_id for arxiv_id, _ in truth}, code
        if canonical_category(code) == code:
            shown = read_list(database, code)
            assert sorted(shown) == sorted(truth), code
            for kind in AnnounceType:
                assert [each for each in shown if each[1] == kind] == [
                    each for each in truth if each[1] == kind
                ]


def test_a_feed_cut_at_arxivs_limit_is_completed_from_its_categories(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    updates = [make_update(n, "new", "math.AG") for n in range(1, FEED_ITEM_LIMIT + 1)]
    updates.append(make_update(FEED_ITEM_LIMIT + 1, "new", "math.CO"))
    publish(server, updates)
    full = make_items(updates[:-1], "math")
    server.feeds["/rss/math"] = render_rss(FRIDAY, full)
    collect(database, fetcher, server, fake_time, archives=("math",))
    assert read_list(database, "math.CO") == [("2611.02001", "new")]
    assert len(read_list(database, "math.AG")) == FEED_ITEM_LIMIT


def test_the_same_feed_twice_adds_nothing(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [make_update(1, "new", "cs.CL cs.LG"), make_update(2, "new", "hep-th")])
    assert collect(database, fetcher, server, fake_time).details["lines_added"] == 3
    assert collect(database, fetcher, server, fake_time).details["lines_added"] == 0


def test_an_older_feed_is_added_beside_a_newer_one(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [make_update(2, "new", "cs.CL")])
    collect(database, fetcher, server, fake_time)
    publish(server, [make_update(1, "new", "cs.CL")], day=date(2026, 11, 19))
    collect(database, fetcher, server, fake_time)
    assert read_list(database, "cs.CL") == [("2611.00002", "new")]
    assert read_list(database, "cs.CL", date(2026, 11, 19)) == [("2611.00001", "new")]


def test_an_empty_weekend_is_a_success_that_stores_nothing(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [], day=date(2026, 11, 21))
    report = collect(database, fetcher, server, fake_time)
    assert report.succeeded
    assert "nothing is announced" in report.message
    with database.read() as tx:
        assert announcements.find_latest_day(tx) is None


def test_a_feed_that_cannot_be_read_is_named_and_the_others_are_stored(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [make_update(1, "new", "cs.CL"), make_update(2, "new", "hep-th")])
    server.feeds["/rss/math"] = b"<html>maintenance</html>"
    with pytest.raises(UpstreamError, match="math"):
        collect(database, fetcher, server, fake_time)
    assert read_list(database, "cs.CL") == [("2611.00001", "new")]
    assert read_list(database, "hep-th") == [("2611.00002", "new")]


def test_once_arxiv_is_out_of_reach_the_remaining_feeds_are_not_asked_for(
    database: Database, fetcher: PoliteFetcher, server: OaiServer, fake_time: FakeTime
) -> None:
    publish(server, [make_update(1, "new", "cs.CL")])
    server.faults.extend([None, faults.refused(403)])
    with pytest.raises(UpstreamUnavailableError, match="403"):
        collect(database, fetcher, server, fake_time)
    assert len(server.requests) == 2
    assert read_list(database, "cs.CL") == [("2611.00001", "new")]


def announce(harvester: Harvester, fetcher: PoliteFetcher, numbers: range) -> None:
    updates = [Update(f"2609.{number:05d}", 1, "new", ("cs.CL",), ("cs.CL",)) for number in numbers]
    publish(harvester.server, updates)
    collect(harvester.database, fetcher, harvester.server, harvester.time)


def run_reconcile(harvester: Harvester, *, max_fetches: int = 500) -> RunReport:
    return reconcile(
        harvester.database,
        harvester.client,
        max_fetches=max_fetches,
        now=harvester.time.clock.now,
    )


def test_ten_papers_withheld_are_shown_as_a_gap_and_then_healed(
    harvester: Harvester, fetcher: PoliteFetcher
) -> None:
    """132 papers were announced on a day, the list interface gave 122 of them."""
    server = harvester.server
    server.catalogue.page_size = 200
    for number in range(1, 123):
        server.catalogue.put(make_server_record(number, FRIDAY, categories="cs.CL"))
    harvester.run()
    announce(harvester, fetcher, range(1, 133))

    first = run_reconcile(harvester)
    assert first.details["announced"] == 132
    assert (first.details["missing"], first.details["still_missing"]) == (10, 10)
    with harvester.database.read() as tx:
        (receipt,) = announcements.list_receipts(tx, since=FRIDAY)
    assert (receipt.announced, receipt.held, len(receipt.missing)) == (132, 122, 10)
    assert receipt.missing[-1] == ArxivId.parse("2609.00123")
    assert receipt.repaired_at is None

    for number in range(123, 133):
        server.catalogue.put(make_server_record(number, FRIDAY, categories="cs.CL"))
    harvester.time.moment += timedelta(hours=5)
    begin = len(server.requests)
    second = run_reconcile(harvester)
    assert (second.details["repaired"], second.details["still_missing"]) == (10, 0)
    assert all("verb=GetRecord" in query for query in server.queries[begin:])
    with harvester.database.read() as tx:
        (receipt,) = announcements.list_receipts(tx, since=FRIDAY)
        assert announcements.list_unreconciled(tx, since=FRIDAY) == []
        assert [run.details for run in harvests.list_runs(tx, stage="reconcile")] == [
            second.details,
            first.details,
        ]
    assert (receipt.held, receipt.missing) == (132, ())
    assert receipt.repaired_at is not None
    assert receipt.repaired_at >= datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def test_a_complete_day_has_a_receipt_without_a_repair(
    harvester: Harvester, fetcher: PoliteFetcher
) -> None:
    harvester.server.catalogue.put(make_server_record(1, FRIDAY, categories="cs.CL"))
    harvester.run()
    announce(harvester, fetcher, range(1, 2))
    report = run_reconcile(harvester)
    assert "all held" in report.message
    with harvester.database.read() as tx:
        (receipt,) = announcements.list_receipts(tx, since=FRIDAY)
    assert (receipt.announced, receipt.held, receipt.repaired_at) == (1, 1, None)


def test_a_gap_that_a_harvest_filled_in_between_counts_as_repaired(
    harvester: Harvester, fetcher: PoliteFetcher
) -> None:
    announce(harvester, fetcher, range(1, 2))
    run_reconcile(harvester)
    harvester.server.catalogue.put(make_server_record(1, FRIDAY, categories="cs.CL"))
    harvester.run()
    run_reconcile(harvester)
    with harvester.database.read() as tx:
        (receipt,) = announcements.list_receipts(tx, since=FRIDAY)
    assert receipt.missing == ()
    assert receipt.repaired_at is not None


def test_one_run_asks_for_a_bounded_number_of_papers_and_the_next_for_the_rest(
    harvester: Harvester, fetcher: PoliteFetcher
) -> None:
    for number in range(1, 6):
        harvester.server.catalogue.put(make_server_record(number, FRIDAY, categories="cs.CL"))
    announce(harvester, fetcher, range(1, 6))
    first = run_reconcile(harvester, max_fetches=3)
    assert (first.details["repaired"], first.details["still_missing"]) == (3, 2)
    second = run_reconcile(harvester, max_fetches=3)
    assert (second.details["repaired"], second.details["still_missing"]) == (2, 0)


def test_lists_older_than_the_days_looked_at_are_left_alone(
    harvester: Harvester, fetcher: PoliteFetcher
) -> None:
    announce(harvester, fetcher, range(1, 3))
    harvester.time.moment += timedelta(days=15)
    report = run_reconcile(harvester)
    assert report.details["lists"] == 0


def test_when_arxiv_fails_in_the_middle_the_receipts_show_what_was_repaired(
    harvester: Harvester, fetcher: PoliteFetcher
) -> None:
    for number in range(1, 4):
        harvester.server.catalogue.put(make_server_record(number, FRIDAY, categories="cs.CL"))
    announce(harvester, fetcher, range(1, 4))
    harvester.server.faults.extend([None, faults.refused(403)])
    with pytest.raises(UpstreamUnavailableError):
        run_reconcile(harvester)
    with harvester.database.read() as tx:
        (receipt,) = announcements.list_receipts(tx, since=FRIDAY)
    assert (receipt.announced, receipt.held, len(receipt.missing)) == (3, 1, 2)
