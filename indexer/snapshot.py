"""The Kaggle arXiv metadata snapshot (JSON lines) into papers: streamed, resumable, idempotent.

A batch of papers and the place reached in the file are stored in one transaction, so a run that
is interrupted anywhere goes on from its last complete batch. Lines that hold no paper are counted
and written to a reject file with their number and the reason; they never stop an import.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from app.db import harvests, imports, papers
from app.db.session import Database
from app.domain.errors import PapersiftError, SnapshotError
from app.domain.harvest import ImportCheckpoint, RunReport, UpsertCounts
from indexer.progress import Progress
from indexer.rejects import RejectFile
from indexer.snapshot_file import SnapshotFile
from indexer.snapshot_reader import Batch, read_batches

HOPELESS_LINES = 1_000
"""A file whose first so many lines hold no paper at all is not a snapshot."""

STAGE = "import"

log = structlog.get_logger()


def import_snapshot(
    database: Database,
    path: Path,
    *,
    rejects_dir: Path,
    batch_papers: int,
    progress: Progress,
    now: Callable[[], datetime],
) -> RunReport:
    """Store every paper of a snapshot file; the report says what was new, changed or refused.

    Args:
        path: JSON lines, plain, gzip or zstandard (told by content, not by name).
        rejects_dir: folder for `<file name>.rejects.jsonl`; written only if a line is refused.
        batch_papers: lines in one transaction.

    Raises:
        SnapshotError: the file cannot be opened, is damaged, or holds no papers. What was read
            before the damage is stored.
    """
    started_at = now()
    rejects = RejectFile(rejects_dir / f"{path.name}.rejects.jsonl")
    with SnapshotFile(path) as snapshot, rejects:
        work = SnapshotImport(database, snapshot, rejects, now=now)
        try:
            work.run(batch_papers, progress)
        except PapersiftError as error:
            failure = RunReport(STAGE, started_at, now(), False, f"{path.name}: {error}")
            with database.transaction() as tx:
                harvests.add_run(tx, failure)
            raise
    report = RunReport(STAGE, started_at, now(), True, work.describe(), work.get_details())
    with database.transaction() as tx:
        imports.clear_checkpoint(tx, snapshot.fingerprint)
        harvests.add_run(tx, report)
    return report


class SnapshotImport:
    """One file on its way into the database."""

    def __init__(
        self,
        database: Database,
        snapshot: SnapshotFile,
        rejects: RejectFile,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._snapshot = snapshot
        self._rejects = rejects
        self._now = now
        self._counts = UpsertCounts()
        with database.read() as tx:
            found = imports.find_checkpoint(tx, snapshot.fingerprint)
        self._checkpoint = found or ImportCheckpoint(snapshot.fingerprint, 0, 0, 0, 0)

    def run(self, batch_papers: int, progress: Progress) -> None:
        """Store the file from the last checkpoint to its end."""
        if self._checkpoint.lines:
            log.info("import continues", file=self._snapshot.path.name, line=self._checkpoint.lines)
        self._rejects.keep_up_to(self._checkpoint.lines)
        progress.start(f"Importing {self._snapshot.path.name}", self._snapshot.size_bytes)
        position = 0
        batches = read_batches(
            self._snapshot.path,
            skip_lines=self._checkpoint.lines,
            skip_bytes=self._checkpoint.bytes,
            batch_papers=batch_papers,
        )
        try:
            for batch in batches:
                self._store(batch)
                note = (
                    f"{self._checkpoint.accepted:,} papers, {self._checkpoint.rejected:,} refused"
                )
                progress.advance(batch.position_bytes - position, note)
                position = batch.position_bytes
        finally:
            batches.close()
            progress.finish()
        if not self._checkpoint.accepted:
            raise self._make_hopeless_error("")

    def describe(self) -> str:
        """What was done, in one sentence."""
        refused = f"{self._checkpoint.rejected:,} lines refused"
        if self._checkpoint.rejected:
            # Everybody can read this on the status page: it names no folder of the machine.
            path = self._rejects.path
            refused += f" (see {path.parent.name}/{path.name} in the data folder)"
        return (
            f"{self._snapshot.path.name}: {self._counts.added:,} papers added, "
            f"{self._counts.changed:,} changed, {self._counts.unchanged:,} unchanged, {refused}."
        )

    def get_details(self) -> dict[str, int | str]:
        """The same as counts; `lines` and `rejected` include what an interrupted run did."""
        return {
            "added": self._counts.added,
            "changed": self._counts.changed,
            "unchanged": self._counts.unchanged,
            "rejected": self._checkpoint.rejected,
            "lines": self._checkpoint.lines,
        }

    def _store(self, batch: Batch) -> None:
        for rejection in batch.rejections:
            self._rejects.add(rejection.line, rejection.reason, rejection.data)
        self._rejects.flush()
        reached = ImportCheckpoint(
            fingerprint=self._snapshot.fingerprint,
            lines=batch.last_line,
            bytes=batch.end_offset,
            accepted=self._checkpoint.accepted + len(batch.records),
            rejected=self._checkpoint.rejected + len(batch.rejections),
        )
        if reached.accepted == 0 and reached.rejected >= HOPELESS_LINES:
            raise self._make_hopeless_error(
                f" in its first {reached.lines:,} lines "
                f"(first reason: {batch.rejections[0].reason})"
            )
        with self._database.transaction() as tx:
            self._counts += papers.upsert_records(tx, batch.records, now=self._now())
            imports.save_checkpoint(tx, reached)
        self._checkpoint = reached

    def _make_hopeless_error(self, where: str) -> SnapshotError:
        return SnapshotError(
            f"{self._snapshot.path.name} holds no papers{where}. Give the arXiv metadata snapshot: "
            "one JSON object a line, with id, title, authors, abstract and categories."
        )
