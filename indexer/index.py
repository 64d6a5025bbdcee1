"""Stage 2: changed papers -> search index.

The index remembers, inside each commit, the last change number it holds. Updating reads on from
there, so a crash anywhere is healed by the next run. Rebuilding reads one snapshot of the
database into a new index beside the old one, compares the counts and switches; changes accepted
meanwhile are caught up by the next update, since the new index carries the snapshot's number.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.db import harvests, papers
from app.db.last_announcements import find_last_announcements
from app.db.session import Database
from app.domain.announcements import LastAnnouncement
from app.domain.arxiv_id import ArxivId
from app.domain.errors import IndexDamagedError, IndexOutdatedError, SearchIndexError
from app.domain.harvest import RunReport
from app.domain.paper import Paper
from app.domain.results import IndexState
from app.search.documents import IndexDocument, make_index_document
from app.search.engine import IndexWriter
from app.search.factory import index_exists, open_index_writer, rebuild_index
from indexer.clock import SYSTEM_CLOCK
from indexer.lexicon import rebuild_lexicon, update_lexicon
from indexer.progress import Progress, SilentProgress

DEFAULT_BATCH_PAPERS = 2_000
"""Changed papers read and committed at a time."""


def update_index(
    database: Database,
    index_dir: Path,
    *,
    batch_papers: int = DEFAULT_BATCH_PAPERS,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> RunReport:
    """The stored report of bringing the index up to the database's last change.

    Builds the index anew where that is needed or cheaper: it is missing, outdated, damaged, ahead
    of the database (which was restored), or most of it would change. The lexicon follows.

    Raises:
        IndexLockedError: somebody else is writing; nothing was done.
        SearchIndexError: the index cannot be written; all batches before are committed, and
            calling again goes on from there.
        StorageError: the database failed; as above.
    """
    stage = _Stage(database, index_dir, batch_papers, now, progress or SilentProgress())
    reason = "there was no index"
    if index_exists(index_dir):
        try:
            with open_index_writer(index_dir) as writer:
                reason = stage.find_reason_to_rebuild(writer.state)
                report = None if reason else stage.update(writer)
            if report is not None:
                update_lexicon(database, index_dir)
                return report
        except IndexOutdatedError:
            reason = "the index was of another version"
        except IndexDamagedError:
            reason = "the index was damaged"
    return stage.rebuild(reason)


def rebuild(
    database: Database,
    index_dir: Path,
    *,
    batch_papers: int = DEFAULT_BATCH_PAPERS,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> RunReport:
    """The stored report of building the index anew and switching to it.

    Raises:
        IndexLockedError: somebody else is writing; nothing was done.
        SearchIndexError: the new index cannot be written, or does not hold as many papers as the
            database; the old one stays.
        StorageError: the database failed; the old index stays.
    """
    stage = _Stage(database, index_dir, batch_papers, now, progress or SilentProgress())
    return stage.rebuild("")


@dataclass(frozen=True, slots=True)
class _Stage:
    """One run over one index."""

    database: Database
    index_dir: Path
    batch_papers: int
    now: Callable[[], datetime]
    progress: Progress

    def find_reason_to_rebuild(self, state: IndexState) -> str:
        """Why an update would not do, in words; empty when it does."""
        with self.database.read() as tx:
            last_change = papers.get_last_change_number(tx)
        if state.change_number > last_change:
            return (
                f"the index held change {state.change_number}, the database ends at {last_change}"
            )
        if last_change - state.change_number > max(state.papers, self.batch_papers):
            return "most papers are new"
        return ""

    def update(self, writer: IndexWriter) -> RunReport:
        started_at = self.now()
        replaced = deleted = 0
        state = writer.state
        with self.database.read() as tx:
            total = papers.get_last_change_number(tx) - state.change_number
        self.progress.start("Updating the index", total)
        try:
            while True:
                with self.database.read() as tx:
                    changed = papers.stream_changes(tx, state.change_number, self.batch_papers)
                    announced = find_last_announcements(tx, (each.arxiv_id for each in changed))
                if not changed:
                    break
                gone = [paper.arxiv_id for paper in changed if paper.deleted_at is not None]
                living = [paper for paper in changed if paper.deleted_at is None]
                writer.delete(gone)
                writer.replace(_make_documents(living, announced))
                before = state.change_number
                state = writer.commit(changed[-1].change_number)
                replaced += len(living)
                deleted += len(gone)
                self.progress.advance(
                    state.change_number - before, f"{replaced + deleted:,} changed papers"
                )
        finally:
            self.progress.finish()
        message = (
            f"{replaced:,} papers indexed, {deleted:,} taken out; the index holds {state.papers:,}."
        )
        details = {"indexed": replaced, "deleted": deleted}
        return self._store("index", started_at, message, state, details)

    def rebuild(self, reason: str) -> RunReport:
        started_at = self.now()
        with rebuild_index(self.index_dir) as building:
            state, expected = self._build(building.writer)
            if state.papers != expected:
                raise SearchIndexError(
                    f"The new index holds {state.papers:,} papers, the database {expected:,}; the "
                    "old index stays. Run `papersift reindex` again; if the numbers still differ, "
                    "report it."
                )
            building.publish()
        rebuild_lexicon(self.database, self.index_dir)
        because = f" because {reason}" if reason else ""
        message = f"Index built anew{because}; it holds {state.papers:,} papers."
        return self._store("rebuild", started_at, message, state, {"indexed": state.papers})

    def _build(self, writer: IndexWriter) -> tuple[IndexState, int]:
        """Read one snapshot into an empty index; its last state, and the snapshot's count."""
        with self.database.read() as tx:
            change_number = papers.get_last_change_number(tx)
            expected = papers.count_papers(tx)
            self.progress.start("Building the index", expected)
            try:
                written = 0
                for batch in papers.stream_all_papers(tx, self.batch_papers):
                    announced = find_last_announcements(tx, (each.arxiv_id for each in batch))
                    writer.replace(_make_documents(batch, announced))
                    written += len(batch)
                    self.progress.advance(len(batch), f"{written:,} papers")
                return writer.commit(change_number), expected
            finally:
                self.progress.finish()

    def _store(
        self,
        stage: str,
        started_at: datetime,
        message: str,
        state: IndexState,
        counts: dict[str, int],
    ) -> RunReport:
        report = RunReport(
            stage=stage,
            started_at=started_at,
            finished_at=self.now(),
            succeeded=True,
            message=message,
            details={
                **counts,
                "papers": state.papers,
                "change_number": state.change_number,
                "generation": state.generation,
            },
        )
        with self.database.transaction() as tx:
            harvests.add_run(tx, report)
        return report


def _make_documents(
    batch: Iterable[Paper], announced: Mapping[ArxivId, LastAnnouncement]
) -> Iterator[IndexDocument]:
    return (make_index_document(paper, announced.get(paper.arxiv_id)) for paper in batch)
