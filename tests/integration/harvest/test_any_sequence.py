"""Whatever happens in whatever order: once the server is healthy, the database equals it."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from app.db.session import Database, Transaction
from app.domain.errors import UpstreamError
from app.domain.harvest import HarvestWindow
from indexer.fetch import FetchPolicy
from indexer.oai.client import OaiClient
from tests.support import oai_server as faults
from tests.support.databases import copy_sqlite_template
from tests.support.harvesting import FakeTime, Harvester, make_fetcher, served
from tests.support.oai_catalogue import Catalogue, ServerVersion, make_server_record
from tests.support.oai_server import Fault, OaiServer

TODAY = date(2026, 11, 20)
MAX_HEALTHY_RUNS = 3

FAULTS: list[Fault | None] = [
    None,
    None,
    None,
    faults.refused(503, "2"),
    faults.refused(429),
    faults.refused(403),
    faults.reset,
    faults.cut_short,
    faults.cut_quietly,
    faults.latin_1,
    faults.with_doctype,
    faults.body(b""),
    faults.swollen(2**21),
    faults.oai_error("badResumptionToken"),
    faults.oai_error("noRecordsMatch"),
    faults.oai_error("badArgument"),
    faults.edited("<resumptionToken/>", ""),
    faults.edited("2026-11-2", "2019-11-2"),  # responseDate and datestamps that go back
]


class SuddenDeathError(BaseException):
    """Nobody catches it: the process is gone."""


class MortalDatabase(Database):
    """Dies at the n-th transaction, just before or just after its commit; then lives for ever."""

    transactions_left = 10**9
    dies_after_commit = False

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self.transactions_left -= 1
        is_last = self.transactions_left == 0
        with super().transaction() as tx:
            yield tx
            if is_last and not self.dies_after_commit:
                raise SuddenDeathError
        if is_last:
            raise SuddenDeathError


class AnySequence(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.server = self.stack.enter_context(OaiServer(Catalogue(page_size=3)))
        self.catalogue = self.server.catalogue
        self.time = FakeTime()
        self.database = MortalDatabase(copy_sqlite_template(self.template, folder))
        self.stack.callback(self.database.close)
        policy = FetchPolicy(max_attempts=2, read_timeout_seconds=5.0, max_page_bytes=2**20)
        fetcher = self.stack.enter_context(make_fetcher(folder, self.time, policy=policy))
        client = OaiClient(fetcher, self.server.oai_url)
        self.harvester = Harvester(self.database, self.server, client, self.time)
        self.numbers = 0

    @initialize(days=st.lists(st.sampled_from([0, 1, 300, 300, 300, 600]), min_size=1, max_size=16))
    def fill(self, days: list[int]) -> None:
        for back in days:
            self._put(TODAY - timedelta(days=back))

    @rule()
    def add_a_record(self) -> None:
        self._put(self.catalogue.today)

    @rule(data=st.data())
    def change_a_record(self, data: st.DataObject) -> None:
        self._change(data.draw(st.integers(0, 10**6)))

    @rule(data=st.data())
    def delete_a_record(self, data: st.DataObject) -> None:
        records = self.catalogue.records
        self.catalogue.delete(records[data.draw(st.integers(0, 10**6)) % len(records)].arxiv_id)

    @rule(days=st.integers(1, 4))
    def let_days_pass(self, days: int) -> None:
        self.catalogue.now += timedelta(days=days)
        self.time.moment += timedelta(days=days)
        self.catalogue.expire_tokens()

    @rule(chosen=st.lists(st.sampled_from(FAULTS), max_size=8), overlap=st.integers(0, 2))
    def harvest_through_faults(self, chosen: list[Fault | None], overlap: int) -> None:
        self.server.faults.extend(chosen)
        self._harvest(overlap)
        self.server.faults.clear()

    @rule(at=st.integers(1, 6), after_commit=st.booleans())
    def die_at_a_commit(self, at: int, after_commit: bool) -> None:
        self.database.transactions_left = at
        self.database.dies_after_commit = after_commit
        self._harvest()
        self.database.transactions_left = 10**9

    @rule(at=st.lists(st.integers(1, 6), min_size=1, max_size=3), which=st.integers(0, 10**6))
    def change_records_between_two_pages(self, at: list[int], which: int) -> None:
        begin = len(self.server.requests)

        def change(number: int) -> None:
            if number - begin in at:
                self._change(which + number)

        self.server.before_answer = change
        self._harvest()
        self.server.before_answer = lambda _: None

    @rule(back=st.integers(0, 5), length=st.integers(0, 3))
    def harvest_a_window(self, back: int, length: int) -> None:
        first = self.catalogue.today - timedelta(days=back)
        until = min(first + timedelta(days=length), self.catalogue.today)
        self._harvest(window=HarvestWindow(first, until))

    def teardown(self) -> None:
        try:
            for _ in range(MAX_HEALTHY_RUNS):
                self.harvester.run()
            assert self.harvester.held() == served(self.catalogue)
            gone = {record.arxiv_id for record in self.catalogue.records if record.is_deleted}
            assert self.harvester.tombstones() <= gone
        finally:
            self.stack.close()

    def _put(self, day: date) -> None:
        self.numbers += 1
        self.catalogue.put(make_server_record(self.numbers, day))

    def _change(self, which: int) -> None:
        records = self.catalogue.records
        record = records[which % len(records)]
        self.catalogue.change(
            record.arxiv_id,
            comments=f"change {which}",
            versions=(*record.versions, ServerVersion(self.catalogue.now)),
        )

    def _harvest(self, overlap_days: int = 2, window: HarvestWindow | None = None) -> None:
        with suppress(UpstreamError, SuddenDeathError):
            self.harvester.run(window, overlap_days=overlap_days)


@pytest.mark.parametrize(
    "examples", [20, pytest.param(300, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_any_sequence_ends_with_the_database_equal_to_the_server(
    sqlite_template: Path, examples: int
) -> None:
    AnySequence.template = sqlite_template
    run_state_machine_as_test(
        AnySequence,
        settings=settings(
            max_examples=examples,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
