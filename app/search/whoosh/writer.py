"""Writes a Whoosh index: documents into a segment, and commits of many at once."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from whoosh.index import FileIndex
from whoosh.reading import TermNotFound
from whoosh.writing import NO_MERGE, SegmentWriter

from app.domain.arxiv_id import ArxivId
from app.domain.errors import SearchIndexError
from app.domain.results import IndexState
from app.search.documents import SCHEMA_VERSION, IndexDocument
from app.search.whoosh import commits
from app.search.whoosh.commits import INDEX_NAME, Commit
from app.search.whoosh.durable import DurableStorage
from app.search.whoosh.generations import READERS_NAME, compute_generation, remove_path
from app.search.whoosh.merging import merge_by_tiers
from app.search.whoosh.readers import open_reader
from app.search.whoosh.schema import ARXIV_ID, make_fields, make_schema

POSTING_POOL_MB = 128
"""Postings held in memory before they are sorted into a temporary file, MiB by Whoosh's count."""

_TEMPORARY_FOLDER = f"{INDEX_NAME}.tmp"


class _CommittingWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's segment writer, which ends a commit with our record instead of its own rename."""

    change_number = 0
    committed: Commit | None = None

    def _commit_toc(self, segments: list[Any]) -> None:
        self.committed = commits.write_commit(
            self.storage,
            segments=segments,
            generation=self.generation,
            change_number=self.change_number,
        )


class WhooshIndexWriter:
    """Writes into one folder of an index; see `app.search.engine.IndexWriter`.

    Args:
        folder: where the index is; its last commit is continued, leftovers of a writer that
            died are removed.
        release: called once when the writer is closed, to let others write.
        merges: False keeps every commit as one segment of its own, for builds from nothing.
    """

    def __init__(
        self, folder: Path, *, release: Callable[[], None] = lambda: None, merges: bool = True
    ) -> None:
        self._folder = folder
        self._release: Callable[[], None] | None = release
        self._merge_policy = merge_by_tiers if merges else NO_MERGE
        self._commit = commits.read_commit(folder)
        commits.read_segments(folder, self._commit)
        remove_leftovers(folder, self._commit)
        self._session: _Session | None = None

    @property
    def state(self) -> IndexState:
        """The index as of the last commit."""
        return make_state(self._folder, self._commit)

    def replace(self, documents: Iterable[IndexDocument]) -> None:
        """Add documents, each in place of an earlier one of the same paper.

        Raises:
            SearchIndexError: the files cannot be written; nothing since the last commit is kept.
        """
        with self._translate_write_errors():
            session = self._open_session()
            for document in documents:
                session.replace(document)

    def delete(self, arxiv_ids: Iterable[ArxivId]) -> None:
        """Take papers out; unknown ones are ignored.

        Raises:
            SearchIndexError: the files cannot be written; nothing since the last commit is kept.
        """
        with self._translate_write_errors():
            session = self._open_session()
            for arxiv_id in arxiv_ids:
                session.delete(arxiv_id.value)

    def commit(self, change_number: int) -> IndexState:
        """Publish everything written, together with the change number it brings the index to.

        Raises:
            SearchIndexError: the files cannot be written, or the number is below the last one;
                nothing written since the last commit is kept.
        """
        if change_number < self._commit.change_number:
            raise SearchIndexError(
                f"The index already holds change {self._commit.change_number}; it cannot go back "
                f"to {change_number}. Run `papersift reindex` if the database was restored."
            )
        with self._translate_write_errors():
            self._commit = self._open_session().commit(change_number)
            self._session = None
            remove_leftovers(self._folder, self._commit)
        return self.state

    def close(self) -> None:
        """Drop what was not committed and let others write."""
        self._drop_session()
        if self._release is not None:
            release, self._release = self._release, None
            release()

    @contextmanager
    def _translate_write_errors(self) -> Iterator[None]:
        """Inside, a full or failing disk drops what was written since the last commit."""
        try:
            yield
        except OSError as error:
            self._drop_session()
            raise SearchIndexError(
                f"The search index cannot be written ({error.strerror or error}); it stays as of "
                f"change {self._commit.change_number}. Check the disk and run `papersift index`."
            ) from error

    def _open_session(self) -> "_Session":
        if self._release is None:
            raise ValueError("this index writer is closed")
        if self._session is None:
            self._session = _Session(self._folder, self._merge_policy)
        return self._session

    def _drop_session(self) -> None:
        if self._session is not None:
            self._session.abandon()
            self._session = None
            # A commit may have gone through although the step after it failed.
            self._commit = commits.read_commit(self._folder)
            remove_leftovers(self._folder, self._commit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Session:
    """What is written between two commits."""

    def __init__(self, folder: Path, merge_policy: Callable[[Any, list[Any]], list[Any]]) -> None:
        storage = DurableStorage(folder)
        index = FileIndex(storage, schema=make_schema(), indexname=INDEX_NAME)
        # Our own lock covers the whole index; Whoosh's covers one folder.
        self._writer = _CommittingWriter(index, _lk=False, limitmb=POSTING_POOL_MB)
        self._committed_reader = open_reader(folder, self._writer.segments, 0)
        self._merge_policy = merge_policy
        self._new_numbers: dict[str, int] = {}

    def replace(self, document: IndexDocument) -> None:
        value = document.arxiv_id.value
        self.delete(value)
        self._new_numbers[value] = self._writer.docnum
        self._writer.add_document(**make_fields(document))

    def delete(self, value: str) -> None:
        for number in list(self._find_committed(value)):
            self._writer.delete_document(number)
        uncommitted = self._new_numbers.pop(value, None)
        if uncommitted is not None:
            self._writer.newsegment.delete_document(uncommitted)

    def _find_committed(self, value: str) -> Iterator[int]:
        """Numbers of a paper's documents in committed segments; usually none or one."""
        for reader, offset in self._committed_reader.leaf_readers():
            if reader.doc_count_all() == 0:
                continue
            try:
                info = reader.term_info(ARXIV_ID, value)
            except TermNotFound:
                continue
            if info.min_id() == info.max_id():
                yield offset + info.min_id()
            else:
                # The paper was written twice within one commit: all but one are deleted already.
                yield from (
                    offset + int(number) for number in reader.postings(ARXIV_ID, value).all_ids()
                )

    def commit(self, change_number: int) -> Commit:
        self._committed_reader.close()
        self._writer.change_number = change_number
        self._writer.commit(mergetype=self._merge_policy)
        committed = self._writer.committed
        assert committed is not None  # noqa: S101  # commit() always ends in _commit_toc
        return committed

    def abandon(self) -> None:
        """Close all files, whatever state an error left them in."""
        if not getattr(self._committed_reader, "is_closed", True):
            self._committed_reader.close()
        if not self._writer.is_closed:
            for close in _list_closers(self._writer):
                with suppress(Exception):
                    close()


def _list_closers(writer: Any) -> list[Callable[[], object]]:
    """What has to be closed of a segment writer that did not finish, innermost first.

    `SegmentWriter.cancel` stops at the first of these that fails, which is all of them after a
    full disk, and leaves the rest open.
    """
    perdoc, field = writer.perdocwriter, writer.fieldwriter
    return [
        perdoc._cols._temp.close,
        field._tindex.dbfile.close,
        field._postfile.close,
        writer.pool.cleanup,
        writer.temp_storage().destroy,
    ]


def make_state(folder: Path, commit: Commit) -> IndexState:
    """A commit as the seam describes it."""
    return IndexState(
        generation=compute_generation(folder, commit.generation),
        change_number=commit.change_number,
        papers=commit.papers,
        schema_version=SCHEMA_VERSION,
    )


def remove_leftovers(folder: Path, commit: Commit) -> None:
    """Remove all that does not belong to the newest commit.

    Readers of an older one are not disturbed: they hold its files open.
    """
    keep = commit.file_names | {READERS_NAME}
    for path in folder.iterdir():
        if path.name not in keep:
            remove_path(path)
