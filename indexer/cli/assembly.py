"""The writing side put together from settings: database, arXiv's client, stages, index."""

import sys
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from app.db.migrate import upgrade
from app.db.session import Database
from app.domain.harvest import HarvestWindow, MetadataFormat, RunReport
from app.domain.jobs import JobKind
from app.settings import Settings
from indexer.announcements import collect_announcements
from indexer.clock import SYSTEM_CLOCK
from indexer.fetch import FetchPolicy, PoliteFetcher
from indexer.first_fill import SAMPLE_PATH, probe
from indexer.harvest import harvest_sets
from indexer.index import rebuild, update_index
from indexer.lease import make_owner_name
from indexer.oai.client import EARLIEST_DATESTAMP, OaiClient
from indexer.pacing import MachinePace
from indexer.pipeline import Pipeline
from indexer.progress import Progress, make_progress
from indexer.reconcile import reconcile
from indexer.snapshot import import_snapshot

FIRST_FILL_ATTEMPTS = 2
"""Tries of one request while a newcomer waits; the daily run is more patient."""


class Workshop:
    """Everything a command needs, opened when it is first used and closed at the end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.owner = make_owner_name()
        self.database = Database(
            settings.resolved_database_url,
            busy_timeout_seconds=settings.database_busy_timeout_seconds,
        )
        self._fetchers: list[PoliteFetcher] = []

    def __enter__(self) -> Self:
        """The workshop itself."""
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close what was opened."""
        for fetcher in self._fetchers:
            fetcher.close()
        self.database.close()

    def migrate(self) -> str:
        """Bring the tables up to date; returns their revision."""
        return upgrade(self.settings.resolved_database_url)

    def make_pipeline(self, *, from_date: date | None = None, everything: bool = False) -> Pipeline:
        """The stages of a daily run.

        Args:
            from_date: harvest records modified since then, instead of going on.
            everything: harvest from arXiv's first record on.
        """
        fetcher = self._make_fetcher(self._make_policy())
        client = OaiClient(fetcher, self.settings.oai_url)
        start = EARLIEST_DATESTAMP if everything else from_date
        database, settings = self.database, self.settings
        return Pipeline(
            database,
            {
                JobKind.ANNOUNCEMENTS: lambda: collect_announcements(
                    database,
                    fetcher,
                    rss_url=settings.rss_url,
                    archives=settings.rss_archives,
                    progress=self._make_progress(),
                ),
                JobKind.HARVEST: lambda: self._harvest(client, start),
                JobKind.RECONCILE: lambda: reconcile(
                    database,
                    client,
                    metadata_format=MetadataFormat(settings.oai_format),
                    progress=self._make_progress(),
                ),
                JobKind.INDEX: self.update_index,
                JobKind.REBUILD: self.rebuild_index,
            },
            now=SYSTEM_CLOCK.now,
        )

    def harvest_recent_days(self) -> RunReport:
        """Harvest the last announced days, giving up soon: for a newcomer who is waiting.

        Raises:
            UpstreamError: arXiv cannot be reached within seconds, or answers with errors.
        """
        wait = self.settings.first_fill_timeout_seconds
        probing = FetchPolicy(
            connect_timeout_seconds=wait,
            read_timeout_seconds=wait,
            max_answer_seconds=wait,
            max_attempts=1,
            max_retry_wait_seconds=wait,
            max_total_seconds=wait,
            max_page_bytes=self.settings.max_page_bytes,
        )
        probe(self._make_fetcher(probing), self.settings.oai_url)
        fetcher = self._make_fetcher(self._make_policy(max_attempts=FIRST_FILL_ATTEMPTS))
        days = timedelta(days=self.settings.first_fill_days)
        return self._harvest(
            OaiClient(fetcher, self.settings.oai_url), (SYSTEM_CLOCK.now() - days).date()
        )

    def load_sample(self) -> RunReport:
        """Import the bundled sample."""
        return self.import_file(SAMPLE_PATH)

    def import_file(self, path: Path) -> RunReport:
        """Import one snapshot file.

        Raises:
            SnapshotError: as `import_snapshot`.
        """
        return import_snapshot(
            self.database,
            path,
            rejects_dir=self.settings.data_dir / "rejects",
            batch_papers=self.settings.import_batch_papers,
            progress=self._make_progress(),
            now=SYSTEM_CLOCK.now,
        )

    def update_index(self) -> RunReport:
        """Bring the index up to date."""
        return update_index(
            self.database,
            self.settings.resolved_index_dir,
            batch_papers=self.settings.index_batch_papers,
            progress=self._make_progress(),
        )

    def rebuild_index(self) -> RunReport:
        """Build the index anew and switch to it."""
        return rebuild(
            self.database,
            self.settings.resolved_index_dir,
            batch_papers=self.settings.index_batch_papers,
            progress=self._make_progress(),
        )

    def _harvest(self, client: OaiClient, from_date: date | None) -> RunReport:
        metadata_format = MetadataFormat(self.settings.oai_format)
        windows = [
            HarvestWindow(from_date, set_spec=set_spec, metadata_format=metadata_format)
            for set_spec in self.settings.oai_sets or ("",)
        ]
        reports = harvest_sets(
            self.database,
            client,
            windows,
            overlap_days=self.settings.overlap_days,
            progress=self._make_progress(),
        )
        return reports[-1] if len(reports) == 1 else _join_reports(reports)

    def _make_policy(self, max_attempts: int | None = None) -> FetchPolicy:
        return FetchPolicy(
            connect_timeout_seconds=self.settings.connect_timeout_seconds,
            read_timeout_seconds=self.settings.read_timeout_seconds,
            max_attempts=max_attempts or self.settings.max_attempts,
            max_retry_wait_seconds=self.settings.max_retry_wait_seconds,
            max_page_bytes=self.settings.max_page_bytes,
        )

    def _make_fetcher(self, policy: FetchPolicy) -> PoliteFetcher:
        pace = MachinePace(self.settings.pacing_file, pacing_seconds=self.settings.pacing_seconds)
        fetcher = PoliteFetcher(policy, pace, contact=self.settings.contact)
        self._fetchers.append(fetcher)
        return fetcher

    @staticmethod
    def _make_progress() -> Progress:
        return make_progress(sys.stderr)


def _join_reports(reports: list[RunReport]) -> RunReport:
    details: dict[str, int | str] = {}
    for report in reports:
        for name, value in report.details.items():
            known = details.get(name)
            if isinstance(known, int) and isinstance(value, int):
                details[name] = known + value
            else:
                details[name] = value
    return RunReport(
        stage=reports[0].stage,
        started_at=reports[0].started_at,
        finished_at=reports[-1].finished_at,
        succeeded=all(report.succeeded for report in reports),
        message=" ".join(report.message for report in reports),
        details=details,
    )
