"""Writes a Whoosh index: documents into a segment, and commits of many at once."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.arxiv_id import ArxivId
from app.domain.errors import SearchIndexError
from app.domain.results import IndexState
from app.search.documents import SCHEMA_VERSION, IndexDocument
from app.search.whoosh import commits, committed
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.merge import merge_segments
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import make_segment_id
from app.search.whoosh.commits import Commit
from app.search.whoosh.generations import READERS_NAME, compute_generation, remove_path
from app.search.whoosh.latent import LatentModel, write_model
from app.search.whoosh.latent_projection import merge_vectors, project_if_needed
from app.search.whoosh.merging import choose_segments
from app.search.whoosh.session import WriteSession, open_segment

_log = logging.getLogger(__name__)


class WhooshIndexWriter:
    """Writes into one folder of an index; see `app.search.engine.IndexWriter`.

    Args:
        folder: where the index is; its last commit is continued, leftovers of a writer that
            died are removed.
        release: called once when the writer is closed, to let others write.
    """

    def __init__(self, folder: Path, *, release: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._release: Callable[[], None] | None = release
        self._commit = commits.read_commit(folder)
        self._segments = committed.read_segments(folder, self._commit)
        self._model = committed.read_model(folder, self._commit)
        remove_leftovers(folder, self._commit)
        self._session: WriteSession | None = None
        self._builder: RunBuilder | None = None

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

        Segments are merged afterwards, if there are too many; readers see the papers before.

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
            session = self._open_session()
            self._publish(session.finish(), change_number)
            # The words it met are known to the next one.
            self._session, self._builder = None, session.builder
            self._merge()
            remove_leftovers(self._folder, self._commit)
        return self.state

    @property
    def segments(self) -> tuple[ColumnSegment, ...]:
        """The segments of the last commit, to be read only: what a model is trained on."""
        return tuple(self._segments)

    def adopt_model(self, model: LatentModel) -> IndexState:
        """Give every paper, now and in later commits, a vector of a model; a commit of its own.

        Raises:
            SearchIndexError: the files cannot be written; the index keeps its former model.
            ValueError: something is not committed yet.
        """
        if self._session is not None:
            raise ValueError("commit what was written before a model is adopted")
        with self._translate_write_errors():
            self._open_session()
            write_model(self._folder, model)
            self._model = model
            self._publish([each.copy() for each in self._segments], self._commit.change_number)
            self._session = None
            remove_leftovers(self._folder, self._commit)
        return self.state

    def _publish(self, segments: list[ColumnSegment], change_number: int) -> None:
        living = [segment for segment in segments if segment.doc_count() > 0]
        if self._model is not None:
            for segment in living:
                project_if_needed(self._folder, segment, self._model)
        self._commit = commits.write_commit(
            self._folder,
            segments=living,
            generation=self._commit.generation + 1,
            change_number=change_number,
            model=self._model,
        )
        self._segments = living

    def _merge(self) -> None:
        """Merge while there are too many segments; on failure they stay as they are."""
        try:
            while chosen := choose_segments(self._segments):
                sources = [(each.get_arrays(), each.list_deleted()) for each in chosen]
                segment_id = make_segment_id()
                merged = open_segment(
                    self._folder, merge_segments(self._folder, segment_id, sources)
                )
                merged.latent = merge_vectors(self._folder, segment_id, chosen)
                rest = [segment for segment in self._segments if segment not in chosen]
                self._publish([*rest, merged], self._commit.change_number)
        except OSError as error:
            _log.warning("segments were not merged, the next commit tries again: %s", error)
            self._reread()

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

    def _open_session(self) -> WriteSession:
        if self._release is None:
            raise ValueError("this index writer is closed")
        if self._session is None:
            self._session = WriteSession(self._folder, self._segments, self._builder)
        return self._session

    def _drop_session(self) -> None:
        if self._session is not None:
            self._session = self._builder = None
            self._reread()
            remove_leftovers(self._folder, self._commit)

    def _reread(self) -> None:
        # A commit may have gone through although the step after it failed.
        self._commit = commits.read_commit(self._folder)
        self._segments = committed.read_segments(self._folder, self._commit, self._segments)
        self._model = committed.read_model(self._folder, self._commit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


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
