"""A harvester under test: fake time, a fetcher that waits for nothing, what the server holds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.db import papers
from app.db.session import Database
from app.domain.harvest import HarvestWindow, RunReport
from indexer.clock import Clock
from indexer.fetch import FetchPolicy, PoliteFetcher
from indexer.harvest import harvest
from indexer.oai.client import OaiClient
from indexer.pacing import MachinePace
from tests.support.oai_catalogue import Catalogue
from tests.support.oai_server import OaiServer

START = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


@dataclass
class FakeTime:
    """Time that passes only when somebody sleeps."""

    moment: datetime = START
    elapsed: float = 0.0
    sleeps: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.elapsed += seconds
        self.moment += timedelta(seconds=seconds)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.moment, monotonic=lambda: self.elapsed, sleep=self.sleep)


def make_fetcher(
    folder: Path,
    time: FakeTime,
    *,
    policy: FetchPolicy | None = None,
    pacing_seconds: float = 3.0,
    contact: str = "mailto:keeper@example.org",
) -> PoliteFetcher:
    pace = MachinePace(folder / "pacing", pacing_seconds=pacing_seconds, clock=time.clock)
    return PoliteFetcher(
        policy or FetchPolicy(read_timeout_seconds=5.0, max_page_bytes=2**20),
        pace,
        contact=contact,
        clock=time.clock,
        jitter=lambda: 0.5,
    )


@dataclass
class Harvester:
    """One installation that harvests one server."""

    database: Database
    server: OaiServer
    client: OaiClient
    time: FakeTime

    def run(self, window: HarvestWindow | None = None, *, overlap_days: int = 2) -> RunReport:
        return harvest(
            self.database,
            self.client,
            window or HarvestWindow(),
            overlap_days=overlap_days,
            now=self.time.clock.now,
        )

    def held(self) -> dict[str, tuple[str, str, int]]:
        """What the database holds, tombstones left out: title, comments, version by id."""
        with self.database.read() as tx:
            changes = papers.stream_changes(tx, 0, 100_000)
        return {
            paper.arxiv_id.value: (paper.title, paper.comments, paper.version)
            for paper in changes
            if paper.deleted_at is None
        }

    def tombstones(self) -> set[str]:
        with self.database.read() as tx:
            changes = papers.stream_changes(tx, 0, 100_000)
        return {paper.arxiv_id.value for paper in changes if paper.deleted_at is not None}


def served(catalogue: Catalogue) -> dict[str, tuple[str, str, int]]:
    """What a server holds, in the shape of `Harvester.held`."""
    return {
        record.arxiv_id: (record.title, record.comments, len(record.versions))
        for record in catalogue.records
        if not record.is_deleted
    }
