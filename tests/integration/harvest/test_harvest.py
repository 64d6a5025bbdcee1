from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from app.db import harvests, papers
from app.domain.arxiv_id import ArxivId
from app.domain.errors import MalformedAnswerError, OaiError, UpstreamUnavailableError
from app.domain.harvest import HarvestCursor, HarvestWindow, MetadataFormat
from app.domain.paper import DatePrecision
from indexer.harvest import harvest_ids, harvest_sets
from tests.support import oai_server as faults
from tests.support.harvesting import Harvester, served
from tests.support.oai_catalogue import ServerVersion, make_server_record
from tests.support.oai_server import OaiServer

TODAY = date(2026, 11, 20)


def fill(server: OaiServer, days: int = 5, per_day: int = 3, last: date = TODAY) -> None:
    number = 0
    for back in reversed(range(days)):
        for _ in range(per_day):
            number += 1
            server.catalogue.put(make_server_record(number, last - timedelta(days=back)))


def cursor_of(harvester: Harvester, key: str = "arXivRaw:*") -> HarvestCursor:
    with harvester.database.read() as tx:
        cursor = harvests.find_cursor(tx, key)
    assert cursor is not None
    return cursor


def test_a_first_harvest_reads_every_page_and_stores_every_record(harvester: Harvester) -> None:
    fill(harvester.server)
    report = harvester.run()
    assert harvester.held() == served(harvester.server.catalogue)
    assert report.succeeded
    assert report.details["added"] == 15
    assert report.details["pages"] == 4
    assert report.details["last_datestamp"] == "2026-11-20"
    with harvester.database.read() as tx:
        assert harvests.list_runs(tx, stage="harvest") == [report]


def test_the_first_request_begins_at_arxivs_earliest_day_without_until(
    harvester: Harvester,
) -> None:
    fill(harvester.server)
    harvester.run()
    asked = parse_qs(harvester.server.queries[0])
    assert asked == {
        "verb": ["ListRecords"],
        "metadataPrefix": ["arXivRaw"],
        "from": ["2005-09-16"],
    }


def test_a_token_is_percent_encoded_once_more_when_it_is_sent_back(harvester: Harvester) -> None:
    fill(harvester.server)
    harvester.run()
    second = harvester.server.queries[1]
    assert "resumptionToken=verb%253DListRecords%2526metadataPrefix%253DarXivRaw" in second
    assert "metadataPrefix=" not in second


def test_the_next_run_begins_two_days_before_the_servers_day_of_the_first_answer(
    harvester: Harvester,
) -> None:
    fill(harvester.server)

    def after_midnight(number: int) -> None:
        if number == 3:
            harvester.server.catalogue.now = datetime(2026, 11, 21, 0, 1, tzinfo=UTC)

    harvester.server.before_answer = after_midnight
    harvester.run()
    harvester.server.before_answer = lambda _: None
    assert cursor_of(harvester) == HarvestCursor("arXivRaw:*", next_from=TODAY)
    first_of_second_run = len(harvester.server.requests)
    harvester.run()
    asked = parse_qs(harvester.server.queries[first_of_second_run])
    assert asked["from"] == ["2026-11-18"]
    assert "until" not in asked


def test_a_second_run_over_unchanged_records_changes_nothing(harvester: Harvester) -> None:
    fill(harvester.server)
    harvester.run()
    with harvester.database.read() as tx:
        before = papers.get_last_change_number(tx)
    report = harvester.run(HarvestWindow(from_date=date(2005, 9, 16)))
    with harvester.database.read() as tx:
        assert papers.get_last_change_number(tx) == before
    assert (report.details["added"], report.details["unchanged"]) == (0, 15)


def test_dates_of_all_versions_come_with_the_raw_format(harvester: Harvester) -> None:
    first = datetime(2026, 9, 1, 17, 30, 5, tzinfo=UTC)
    second = datetime(2026, 11, 2, 8, 0, 0, tzinfo=UTC)
    versions = (ServerVersion(first), ServerVersion(second, "I"))
    harvester.server.catalogue.put(make_server_record(7, TODAY, versions=versions))
    harvester.run()
    with harvester.database.read() as tx:
        paper = papers.get_paper(tx, ArxivId.parse("2609.00007"))
    assert (paper.submitted_at, paper.updated_at) == (first, second)
    assert paper.submitted_precision is DatePrecision.TIME
    assert (paper.version, paper.is_withdrawn) == (2, True)


def test_the_arxiv_format_is_selectable_and_keeps_a_cursor_of_its_own(
    harvester: Harvester,
) -> None:
    fill(harvester.server, days=1)
    harvester.run(HarvestWindow(metadata_format=MetadataFormat.ARXIV))
    assert "metadataPrefix=arXiv&" in harvester.server.queries[0] + "&"
    assert cursor_of(harvester, "arXiv:*").next_from == TODAY
    with harvester.database.read() as tx:
        assert harvests.find_cursor(tx, "arXivRaw:*") is None
        paper = papers.get_paper(tx, ArxivId.parse("2609.00001"))
    assert paper.submitted_precision is DatePrecision.MONTH
    assert paper.submitted_at == datetime(2026, 9, 1, tzinfo=UTC)


def test_sets_are_harvested_in_order_each_with_its_own_cursor(harvester: Harvester) -> None:
    catalogue = harvester.server.catalogue
    catalogue.put(make_server_record(1, TODAY, categories="hep-th gr-qc"))
    catalogue.put(make_server_record(2, TODAY, categories="cs.LG"))
    catalogue.put(make_server_record(3, TODAY, categories="math.GM"))
    windows = [HarvestWindow(set_spec="physics:hep-th"), HarvestWindow(set_spec="cs:cs:LG")]
    reports = harvest_sets(
        harvester.database, harvester.client, windows, now=harvester.time.clock.now
    )
    assert [report.details["set"] for report in reports] == ["physics:hep-th", "cs:cs:LG"]
    assert set(harvester.held()) == {"2609.00001", "2609.00002"}
    assert cursor_of(harvester, "arXivRaw:physics:hep-th").next_from == TODAY
    assert cursor_of(harvester, "arXivRaw:cs:cs:LG").next_from == TODAY


def test_an_interrupted_harvest_goes_on_with_the_saved_token(harvester: Harvester) -> None:
    fill(harvester.server)
    harvester.server.faults.extend([None, None, faults.refused(403)])
    with pytest.raises(UpstreamUnavailableError, match="status 403"):
        harvester.run()
    stopped = cursor_of(harvester)
    assert len(harvester.held()) == 8
    assert (stopped.pages, stopped.next_from) == (2, None)
    assert stopped.resumption_token.startswith("verb%3DListRecords")
    begin = len(harvester.server.requests)
    harvester.run()
    assert "resumptionToken=" in harvester.server.queries[begin]
    assert harvester.held() == served(harvester.server.catalogue)


def test_an_expired_token_restarts_the_window_without_loss_or_duplicates(
    harvester: Harvester,
) -> None:
    fill(harvester.server)
    harvester.server.faults.extend([None, None, faults.refused(403)])
    with pytest.raises(UpstreamUnavailableError):
        harvester.run()
    harvester.server.catalogue.expire_tokens()
    begin = len(harvester.server.requests)
    report = harvester.run()
    assert "resumptionToken=" in harvester.server.queries[begin]
    assert "from=2005-09-16" in harvester.server.queries[begin + 1]
    assert harvester.held() == served(harvester.server.catalogue)
    assert report.details["added"] == 7
    assert cursor_of(harvester).next_from == TODAY


def test_tokens_that_keep_expiring_end_in_the_servers_own_error(harvester: Harvester) -> None:
    fill(harvester.server)
    harvester.server.before_answer = lambda _: harvester.server.catalogue.expire_tokens()
    with pytest.raises(OaiError, match="badResumptionToken"):
        harvester.run()
    assert cursor_of(harvester).next_from is None


def test_a_token_that_repeats_is_an_error_and_the_next_run_begins_anew(
    harvester: Harvester,
) -> None:
    fill(harvester.server)
    pages = {}

    def remember(answer: faults.Answer) -> faults.Answer:
        pages["first"] = answer.body
        return answer

    def repeat(answer: faults.Answer) -> faults.Answer:
        return replace(answer, body=pages["first"])

    harvester.server.faults.extend([remember, repeat])
    with pytest.raises(MalformedAnswerError, match="repeats a resumption token"):
        harvester.run()
    stopped = cursor_of(harvester)
    assert (stopped.resumption_token, stopped.window_from) == ("", date(2005, 9, 16))
    assert stopped.next_from is None
    harvester.run()
    assert harvester.held() == served(harvester.server.catalogue)


@pytest.mark.parametrize(
    "clock",
    [datetime(2026, 11, 12, tzinfo=UTC), datetime(1999, 1, 1, tzinfo=UTC)],
)
def test_a_server_clock_that_went_back_is_followed_by_the_overlap_at_most(
    harvester: Harvester, clock: datetime
) -> None:
    fill(harvester.server)
    harvester.run()
    harvester.server.faults.append(
        faults.edited("2026-11-20T03:08:42Z", clock.strftime("%Y-%m-%dT%H:%M:%SZ"))
    )
    harvester.server.catalogue.page_size = 100
    harvester.run()
    assert cursor_of(harvester).next_from == date(2026, 11, 18)


def test_a_server_clock_in_the_future_does_not_move_the_cursor_past_our_own_day(
    harvester: Harvester,
) -> None:
    fill(harvester.server)
    harvester.server.catalogue.page_size = 100
    harvester.server.faults.append(faults.edited("2026-11-20T03", "2031-01-01T03"))
    harvester.run()
    assert cursor_of(harvester).next_from == TODAY


def test_an_empty_answer_succeeds_deletes_nothing_and_is_asked_for_again(
    harvester: Harvester,
) -> None:
    fill(harvester.server)
    harvester.run()
    held = harvester.held()
    harvester.server.catalogue.now = datetime(2026, 12, 24, 3, tzinfo=UTC)
    harvester.time.moment = datetime(2026, 12, 24, 3, 5, tzinfo=UTC)
    harvester.server.faults.append(faults.oai_error("noRecordsMatch"))
    report = harvester.run()
    assert report.succeeded
    assert report.details["records"] == 0
    assert harvester.held() == held
    cursor = cursor_of(harvester)
    assert (cursor.next_from, cursor.window_from) == (TODAY, date(2026, 11, 18))
    begin = len(harvester.server.requests)
    harvester.run()
    assert "from=2026-11-18" in harvester.server.queries[begin]


def test_an_empty_first_window_is_asked_for_again(harvester: Harvester) -> None:
    harvester.run(HarvestWindow(from_date=date(2026, 11, 14)))
    harvester.run()
    assert ["from=2026-11-14" in query for query in harvester.server.queries] == [True, True]
    assert cursor_of(harvester).next_from is None


def test_only_an_explicit_deletion_makes_a_tombstone(harvester: Harvester) -> None:
    fill(harvester.server, days=1, per_day=3)
    harvester.run()
    harvester.server.catalogue.delete("2609.00002")
    del harvester.server.catalogue._records["2609.00003"]
    report = harvester.run()
    assert report.details["deleted"] == 1
    assert harvester.tombstones() == {"2609.00002"}
    assert set(harvester.held()) == {"2609.00001", "2609.00003"}


def test_a_record_that_holds_no_paper_is_skipped_counted_and_named(harvester: Harvester) -> None:
    fill(harvester.server, days=1, per_day=3)
    harvester.server.faults.append(
        faults.edited("<title>Invented paper 2</title>", "<title> </title>")
    )
    report = harvester.run()
    assert set(harvester.held()) == {"2609.00001", "2609.00003"}
    assert report.details["skipped"] == 1
    assert "oai:arXiv.org:2609.00002" in str(report.details["skipped_records"])
    assert "title" in str(report.details["skipped_records"])
    assert "1 records skipped" in report.message


def test_a_record_repeated_on_one_page_is_stored_once(harvester: Harvester) -> None:
    fill(harvester.server, days=1, per_day=2)
    harvester.server.faults.append(faults.edited("2609.00001", "2609.00002"))
    report = harvester.run()
    assert report.details["records"] == 1
    assert harvester.held() == {"2609.00002": ("Invented paper 2", "", 1)}


def test_a_record_hidden_by_a_change_between_two_pages_is_found(harvester: Harvester) -> None:
    """One of the four records before the boundary leaves its day, so another moves up unseen."""
    old_day = date(2024, 3, 4)
    for number in range(1, 9):
        harvester.server.catalogue.put(make_server_record(number, old_day))

    def change_one(number: int) -> None:
        if number == 2:
            harvester.server.catalogue.change("2609.00002", comments="revised")

    harvester.server.before_answer = change_one
    report = harvester.run()
    assert harvester.held() == served(harvester.server.catalogue)
    assert report.details["added"] == 8
    assert "until=2024-03-04" in "".join(harvester.server.queries)


def test_a_record_hidden_while_the_harvest_was_interrupted_is_found(harvester: Harvester) -> None:
    old_day = date(2024, 3, 4)
    for number in range(1, 9):
        harvester.server.catalogue.put(make_server_record(number, old_day))
    harvester.server.faults.extend([None, faults.refused(403)])
    with pytest.raises(UpstreamUnavailableError):
        harvester.run()
    harvester.server.catalogue.change("2609.00002", comments="revised")
    harvester.run()
    assert harvester.held() == served(harvester.server.catalogue)


def test_a_window_with_an_end_never_moves_the_main_cursor(harvester: Harvester) -> None:
    fill(harvester.server)
    harvester.run()
    harvester.run(HarvestWindow(date(2026, 11, 16), date(2026, 11, 17)))
    assert (
        "until=2026-11-17" in harvester.server.queries[-1]
        or "until" in parse_qs(harvester.server.queries[-1]).get("resumptionToken", [""])[0]
    )
    assert cursor_of(harvester).next_from == TODAY
    side = cursor_of(harvester, "arXivRaw:*:2026-11-16..2026-11-17")
    assert (side.next_from, side.resumption_token) == (None, "")


def test_ids_are_fetched_one_by_one_and_unknown_ones_are_reported(harvester: Harvester) -> None:
    fill(harvester.server, days=1, per_day=3)
    ids = [ArxivId.parse(text) for text in ("2609.00003", "2609.09999", "2609.00001")]
    report = harvest_ids(harvester.database, harvester.client, ids, now=harvester.time.clock.now)
    assert report.succeeded
    assert (report.details["requested"], report.details["added"]) == (3, 2)
    assert report.details["unknown_ids"] == "2609.09999"
    assert set(harvester.held()) == {"2609.00001", "2609.00003"}
    assert len(harvester.server.requests) == 3
    assert harvester.time.elapsed >= 2 * 3.0
