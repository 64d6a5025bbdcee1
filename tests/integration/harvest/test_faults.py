"""Every way in which arXiv's server fails: a retry that heals, or one clear error."""

from datetime import date
from pathlib import Path

import pytest

from app.db import harvests
from app.db.session import Database
from app.domain.errors import (
    MalformedAnswerError,
    OaiError,
    UpstreamError,
    UpstreamUnavailableError,
)
from app.domain.harvest import HarvestCursor, HarvestWindow
from indexer.clock import Clock
from indexer.fetch import FetchPolicy, PoliteFetcher
from indexer.oai.client import OaiClient
from indexer.pacing import MachinePace
from tests.support import oai_server as faults
from tests.support.harvesting import FakeTime, Harvester, make_fetcher, served
from tests.support.oai_catalogue import make_server_record
from tests.support.oai_server import Answer, Fault, OaiServer

TODAY = date(2026, 11, 20)


def empty_list(answer: Answer) -> Answer:
    """A well-formed list without a record, a token or an error."""
    head, _, _ = answer.body.decode().partition("<ListRecords>")
    return Answer(f"{head}<ListRecords></ListRecords></OAI-PMH>".encode())


PASSING: dict[str, Fault] = {
    "503 with Retry-After in seconds": faults.refused(503, "20"),
    "503 with Retry-After as a date": faults.refused(503, "Fri, 20 Nov 2026 03:30:40 GMT"),
    "503 without Retry-After": faults.refused(503),
    "503 with an unreadable Retry-After": faults.refused(503, "soon"),
    "429": faults.refused(429, "7"),
    "406 as in September 2026": faults.refused(406),
    "500": faults.refused(500),
    "502": faults.refused(502),
    "connection reset": faults.reset,
    "body shorter than its header says": faults.cut_short,
    "truncated XML": faults.cut_quietly,
    "empty body": faults.body(b""),
    "blank body": faults.body(b" \n"),
    "an HTML page with status 200": faults.body(b"<html><body>Sorry</body></html>"),
    "text": faults.body(b"upstream connect error"),
    "Latin-1 declared as UTF-8": faults.latin_1,
    "a DOCTYPE with an entity bomb": faults.with_doctype,
    "no responseDate": faults.edited("responseDate", "answerDate"),
    "an unreadable responseDate": faults.edited("2026-11-20T03:08:42Z", "yesterday"),
    "another format than asked for": faults.edited("arXivRaw", "arXivOther"),
}


@pytest.fixture
def filled(server: OaiServer) -> OaiServer:
    for number in range(1, 11):
        server.catalogue.put(make_server_record(number, date(2026, 11, 10 + number)))
    return server


@pytest.mark.parametrize("name", PASSING)
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_passing_fault_is_retried_and_nothing_is_lost(
    harvester: Harvester, filled: OaiServer, name: str, page: int
) -> None:
    filled.faults.extend([None] * (page - 1) + [PASSING[name]])
    harvester.run()
    assert harvester.held() == served(filled.catalogue)
    assert len(filled.requests) == 4


@pytest.mark.parametrize("name", PASSING)
def test_a_lasting_fault_ends_in_one_clear_error_and_an_unmoved_cursor(
    database: Database, filled: OaiServer, fake_time: FakeTime, tmp_path: Path, name: str
) -> None:
    policy = FetchPolicy(max_attempts=3, read_timeout_seconds=5.0)
    with make_fetcher(tmp_path, fake_time, policy=policy) as fetcher:
        harvester = Harvester(database, filled, OaiClient(fetcher, filled.oai_url), fake_time)
        filled.faults.extend([None, *[PASSING[name]] * 3])
        with pytest.raises(UpstreamError) as caught:
            harvester.run()
    message = str(caught.value)
    assert filled.oai_url in message
    assert "after 3 attempts" in message
    assert not message.startswith("<")
    if name[:3].isdigit():
        assert isinstance(caught.value, UpstreamUnavailableError)
        assert caught.value.status == int(name[:3])
        assert f"HTTP status {name[:3]}" in message
    with database.read() as tx:
        cursor = harvests.find_cursor(tx, "arXivRaw:*")
    assert cursor is not None
    assert (cursor.next_from, cursor.pages) == (None, 1)
    assert set(harvester.held()) == {f"2609.{number:05d}" for number in range(1, 5)}


def test_a_list_without_record_token_or_error_is_a_server_in_trouble(
    harvester: Harvester, filled: OaiServer
) -> None:
    filled.faults.append(empty_list)
    harvester.run()
    assert harvester.held() == served(filled.catalogue)
    assert len(filled.requests) == 4


def test_retry_after_is_waited_out_in_both_forms(
    harvester: Harvester, filled: OaiServer, fake_time: FakeTime
) -> None:
    filled.faults.extend(
        [faults.refused(503, "42"), faults.refused(429, "Fri, 20 Nov 2026 03:32:00 GMT")]
    )
    harvester.run()
    assert [round(seconds) for seconds in fake_time.sleeps] == [42, 120 - 42, 3, 3]
    assert harvester.held() == served(filled.catalogue)


def test_a_retry_after_beyond_our_patience_ends_the_run_at_once(
    harvester: Harvester, filled: OaiServer, fake_time: FakeTime
) -> None:
    filled.faults.append(faults.refused(503, "86400"))
    with pytest.raises(UpstreamUnavailableError, match="86400 s of patience") as caught:
        harvester.run()
    assert caught.value.status == 503
    assert "PAPERSIFT_CONTACT" in str(caught.value)
    assert len(filled.requests) == 1
    assert fake_time.elapsed == 0


def test_waits_of_our_own_double_and_stay_below_the_limit_on_total_time(
    database: Database, filled: OaiServer, fake_time: FakeTime, tmp_path: Path
) -> None:
    policy = FetchPolicy(max_attempts=20, max_total_seconds=100.0)
    with make_fetcher(tmp_path, fake_time, policy=policy) as fetcher:
        harvester = Harvester(database, filled, OaiClient(fetcher, filled.oai_url), fake_time)
        filled.faults.extend([faults.refused(500)] * 20)
        with pytest.raises(UpstreamUnavailableError, match="after 5 attempts"):
            harvester.run()
    assert [round(seconds) for seconds in fake_time.sleeps] == [5, 10, 20, 40]


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal_that_patience_cannot_mend_is_not_retried(
    harvester: Harvester, filled: OaiServer, status: int
) -> None:
    filled.faults.append(faults.refused(status))
    with pytest.raises(UpstreamUnavailableError, match=f"status {status}") as caught:
        harvester.run()
    assert caught.value.status == status
    assert len(filled.requests) == 1


def test_an_answer_larger_than_allowed_is_refused_without_reading_it_all(
    harvester: Harvester, filled: OaiServer
) -> None:
    filled.faults.append(faults.swollen(2**21))
    with pytest.raises(MalformedAnswerError, match=r"larger than 1,048,576 bytes.*MAX_PAGE_BYTES"):
        harvester.run()
    assert len(filled.requests) == 1
    assert harvester.held() == {}


def test_an_answer_that_drips_for_ever_is_a_timeout(
    database: Database, filled: OaiServer, tmp_path: Path
) -> None:
    time = FakeTime()
    policy = FetchPolicy(max_attempts=1, max_answer_seconds=0.05)

    def tick() -> float:
        time.elapsed += 0.01
        return time.elapsed

    clock = Clock(now=time.clock.now, monotonic=tick, sleep=time.sleep)
    pace = MachinePace(tmp_path / "pacing", pacing_seconds=0, clock=clock)
    filled.faults.append(faults.dripping(0.001))
    with PoliteFetcher(policy, pace, clock=clock) as fetcher:
        harvester = Harvester(database, filled, OaiClient(fetcher, filled.oai_url), time)
        with pytest.raises(UpstreamUnavailableError, match=r"timeout .*not complete after 0\.05 s"):
            harvester.run()


def test_a_server_that_is_not_there_is_one_clear_error(
    harvester: Harvester, fetcher: PoliteFetcher, fake_time: FakeTime
) -> None:
    client = OaiClient(fetcher, "http://127.0.0.1:9/oai")
    harvester.client = client
    with pytest.raises(UpstreamUnavailableError, match="connection failure") as caught:
        harvester.run()
    assert caught.value.status is None
    assert "after 8 attempts" in str(caught.value)
    assert fake_time.elapsed > 300


@pytest.mark.parametrize("address", ["oaipmh.arxiv.org/oai", "ftp://arxiv.org/oai", "http://"])
def test_an_address_that_is_none_names_the_setting(
    harvester: Harvester, fetcher: PoliteFetcher, address: str
) -> None:
    harvester.client = OaiClient(fetcher, address)
    with pytest.raises(UpstreamUnavailableError, match="PAPERSIFT_OAI_URL"):
        harvester.run()


def test_a_redirect_is_followed_at_the_same_pace(
    harvester: Harvester, filled: OaiServer, fake_time: FakeTime
) -> None:
    filled.faults.append(
        faults.redirected(f"{filled.oai_url}?verb=ListRecords&metadataPrefix=arXivRaw")
    )
    harvester.run()
    assert harvester.held() == served(filled.catalogue)
    assert fake_time.sleeps == [3.0, 3.0, 3.0]


def test_redirects_in_a_circle_end(harvester: Harvester, filled: OaiServer) -> None:
    filled.faults.extend([faults.redirected(filled.oai_url)] * 9)
    with pytest.raises(UpstreamUnavailableError, match="redirects more than 3 times"):
        harvester.run()
    assert len(filled.requests) == 4


def test_a_redirect_to_another_scheme_is_not_followed(
    harvester: Harvester, filled: OaiServer
) -> None:
    filled.faults.append(faults.redirected("file:///etc/passwd"))
    with pytest.raises(UpstreamUnavailableError, match="not followed"):
        harvester.run()


@pytest.mark.parametrize(
    "code", ["badArgument", "cannotDisseminateFormat", "badVerb", "noSetHierarchy"]
)
def test_a_protocol_error_keeps_its_code_and_is_not_retried(
    harvester: Harvester, filled: OaiServer, code: str
) -> None:
    filled.faults.append(faults.oai_error(code))
    with pytest.raises(OaiError, match="Reason: invented") as caught:
        harvester.run()
    assert caught.value.code == code
    assert len(filled.requests) == 1


def test_an_unknown_set_is_empty_as_at_arxiv(harvester: Harvester, filled: OaiServer) -> None:
    report = harvester.run(HarvestWindow(set_spec="alchemy"))
    assert report.details["records"] == 0


def test_a_from_before_arxivs_first_datestamp_is_raised_to_it(
    harvester: Harvester, filled: OaiServer
) -> None:
    harvester.run(HarvestWindow(from_date=date(1991, 8, 1)))
    assert "from=2005-09-16" in filled.queries[0]
    assert harvester.held() == served(filled.catalogue)


def test_every_request_says_who_asks_and_what_it_accepts(
    harvester: Harvester, filled: OaiServer
) -> None:
    harvester.run()
    for request in filled.requests:
        assert request.headers["user-agent"].startswith("papersift/")
        assert request.headers["user-agent"].endswith(" (+mailto:keeper@example.org)")
        assert "text/xml" in request.headers["accept"]


def test_requests_keep_the_pace_with_one_connection_each(
    harvester: Harvester, filled: OaiServer, fake_time: FakeTime
) -> None:
    harvester.run()
    assert len(filled.requests) == 3
    assert fake_time.sleeps == [3.0, 3.0]


def test_a_list_that_continues_without_a_token_element_is_not_taken_for_its_end(
    harvester: Harvester, filled: OaiServer
) -> None:
    filled.faults.extend([None, None, faults.edited("<resumptionToken/>", "")])
    harvester.run()
    assert len(filled.requests) == 4
    with harvester.database.read() as tx:
        assert harvests.find_cursor(tx, "arXivRaw:*") == HarvestCursor("arXivRaw:*", TODAY)
