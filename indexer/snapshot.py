"""The Kaggle arXiv metadata snapshot (JSON lines) into papers: streamed, resumable, idempotent.

A batch of papers and the place reached in the file are stored in one transaction, so a run that
is interrupted anywhere goes on from its last complete batch. Lines that hold no paper are counted
and written to a reject file with their number and the reason; they never stop an import.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import structlog

from app.db import harvests, imports, papers
from app.db.session import Database
from app.domain.errors import PapersiftError, SnapshotError
from app.domain.harvest import ImportCheckpoint, PaperRecord, RunReport, UpsertCounts
from indexer.progress import Progress
from indexer.rejects import RejectFile
from indexer.snapshot_file import SnapshotFile, SnapshotLine
from indexer.snapshot_record import RejectedLineError, parse_snapshot_line

HOPELESS_LINES = 1_000
"""A file whose first so many lines hold no paper at all is not a snapshot."""

STAGE = "import"

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rejection:
    """One line that holds no paper, and why."""

    line: SnapshotLine
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive lines, parsed: the unit of one transaction.

    Attributes:
        last_line: number of the last line in it, 1-based.
        end_offset: bytes of the (decompressed) file up to its end.
    """

    records: tuple[PaperRecord, ...]
    rejections: tuple[Rejection, ...]
    last_line: int
    end_offset: int


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
        try:
            for batch in _read_ahead(self._read_batches(batch_papers)):
                self._store(batch)
                moved = self._snapshot.position_bytes - position
                position += moved
                progress.advance(
                    moved,
                    f"{self._checkpoint.accepted:,} papers, {self._checkpoint.rejected:,} refused",
                )
        finally:
            progress.finish()

    def describe(self) -> str:
        """What was done, in one sentence."""
        refused = f"{self._checkpoint.rejected:,} lines refused"
        if self._checkpoint.rejected:
            refused += f" (see {self._rejects.path})"
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
            self._rejects.add(rejection.line.number, rejection.reason, rejection.line.data)
        self._rejects.flush()
        reached = ImportCheckpoint(
            fingerprint=self._snapshot.fingerprint,
            lines=batch.last_line,
            bytes=batch.end_offset,
            accepted=self._checkpoint.accepted + len(batch.records),
            rejected=self._checkpoint.rejected + len(batch.rejections),
        )
        if reached.accepted == 0 and reached.rejected >= HOPELESS_LINES:
            raise SnapshotError(
                f"{self._snapshot.path.name} holds no papers in its first {reached.lines:,} lines "
                f"(first reason: {batch.rejections[0].reason}). Give the arXiv metadata snapshot: "
                "one JSON object a line, with id, title, authors, abstract and categories."
            )
        with self._database.transaction() as tx:
            self._counts += papers.upsert_records(tx, batch.records, now=self._now())
            imports.save_checkpoint(tx, reached)
        self._checkpoint = reached

    def _read_batches(self, batch_papers: int) -> Iterator[Batch]:
        lines = self._snapshot.read_lines(
            skip_lines=self._checkpoint.lines, skip_bytes=self._checkpoint.bytes
        )
        while chunk := list(islice(lines, batch_papers)):
            records: list[PaperRecord] = []
            rejections: list[Rejection] = []
            for line in chunk:
                try:
                    records.append(parse_snapshot_line(line.data, is_cut=line.is_cut))
                except RejectedLineError as error:
                    rejections.append(Rejection(line, str(error)))
            yield Batch(tuple(records), tuple(rejections), chunk[-1].number, chunk[-1].end_offset)


def _read_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each next one made in a thread while the caller works on the last.

    SQLite and zlib let go of the interpreter lock, so parsing and storing overlap on two cores.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as executor:
        pending = executor.submit(next, items, None)
        while (item := pending.result()) is not None:
            pending = executor.submit(next, items, None)
            yield item
