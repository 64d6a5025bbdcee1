"""Writes a new index in one go: the seam's writer for rebuilds."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from app.domain.arxiv_id import ArxivId
from app.domain.errors import SearchIndexError
from app.domain.results import IndexState
from app.search.documents import IndexDocument
from app.search.whoosh import commits
from app.search.whoosh.codec.bulk import BulkBuilder
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.latent import LatentModel
from app.search.whoosh.schema import ARXIV_ID, make_fields
from app.search.whoosh.session import find_documents, open_segment
from app.search.whoosh.writer import WhooshIndexWriter

BATCH_DOCUMENTS = 1_000
"""Papers analysed, or handed to the second process, at a time."""


class BulkIndexWriter:
    """Fills an empty folder of an index; see `app.search.engine.IndexWriter`.

    Everything up to the first commit becomes one segment. Whoever goes on writing after it is
    served by an ordinary writer.

    Args:
        folder: where the index is, empty and not yet published.
        processes: 1 or 2; as many as there are processors when not given.
    """

    def __init__(self, folder: Path, *, processes: int | None = None) -> None:
        self._folder = folder
        self._processes = processes
        self._writer = WhooshIndexWriter(folder)
        self._is_closed = False
        self._is_first = True
        self._begin()

    @property
    def state(self) -> IndexState:
        """The index as of the last commit."""
        return self._writer.state

    def replace(self, documents: Iterable[IndexDocument]) -> None:
        """Add documents, each in place of an earlier one of the same paper.

        Raises:
            SearchIndexError: the files cannot be written; nothing since the last commit is kept.
        """
        if not self._is_first or self._is_closed:
            self._writer.replace(documents)
            return
        with self._translate_write_errors():
            for document in documents:
                self._rows.append(make_fields(document))
                if len(self._rows) == BATCH_DOCUMENTS:
                    self._pass_on()

    def delete(self, arxiv_ids: Iterable[ArxivId]) -> None:
        """Take papers out; unknown ones are ignored."""
        if not self._is_first or self._is_closed:
            self._writer.delete(arxiv_ids)
            return
        before = self._builder.document_count + len(self._rows)
        self._deletions += [(arxiv_id.value, before) for arxiv_id in arxiv_ids]

    def commit(self, change_number: int) -> IndexState:
        """Publish everything written, together with the change number it brings the index to.

        Raises:
            SearchIndexError: the files cannot be written, the second process ended, or the number
                is below the last one; nothing written since the last commit is kept.
        """
        if not self._is_first or self._is_closed:
            return self._writer.commit(change_number)
        with self._translate_write_errors():
            self._pass_on()
            with self._builder as builder:
                facts = builder.finish(make_segment_id())
            segments = []
            if facts is not None:
                segment = open_segment(self._folder, facts)
                self._delete_outdated(segment)
                segments = [segment] if segment.doc_count() else []
            commits.write_commit(
                self._folder, segments=segments, generation=1, change_number=change_number
            )
            self._writer.close()
            self._writer = WhooshIndexWriter(self._folder)
            self._is_first = False
        return self.state

    @property
    def segments(self) -> tuple[ColumnSegment, ...]:
        """The segments of the last commit, to be read only: what a model is trained on."""
        return self._writer.segments

    def adopt_model(self, model: LatentModel) -> IndexState:
        """Give every paper a vector of a model; see `WhooshIndexWriter.adopt_model`.

        Raises:
            SearchIndexError: the files cannot be written.
            ValueError: something is not committed yet.
        """
        if self._is_first and (self._rows or self._builder.document_count):
            raise ValueError("commit what was written before a model is adopted")
        return self._writer.adopt_model(model)

    def close(self) -> None:
        """Drop what was not committed."""
        self._is_closed = True
        self._rows.clear()
        self._builder.close()
        self._writer.close()

    def _begin(self) -> None:
        self._builder = BulkBuilder(self._folder, processes=self._processes)
        self._rows: list[dict[str, Any]] = []
        self._deletions: list[tuple[str, int]] = []

    def _pass_on(self) -> None:
        if self._rows:
            rows, self._rows = self._rows, []
            self._builder.add(rows)

    def _delete_outdated(self, segment: ColumnSegment) -> None:
        """Delete papers that were taken out, and all but the last document of the others."""
        arrays = segment.get_arrays()
        for value, before in self._deletions:
            for number in find_documents(arrays, value):
                if number < before:
                    segment.delete_document(number)
        for number in _find_replaced(arrays):
            segment.delete_document(number)

    @contextmanager
    def _translate_write_errors(self) -> Iterator[None]:
        """Inside, a full disk or a lost process drops what was written since the last commit."""
        try:
            yield
        except OSError as error:
            self._builder.close()
            self._begin()
            raise SearchIndexError(
                f"The new search index cannot be written ({error.strerror or error}); the old one "
                "stays. Check disk and memory and run `papersift reindex`."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _find_replaced(arrays: SegmentArrays) -> list[int]:
    """Documents behind which the same paper was written once more; almost always none."""
    first, last = arrays.get_field_terms(arrays.find_field(ARXIV_ID))
    starts = arrays.posting_starts[first : last + 1].astype(np.int64)
    several = np.flatnonzero(np.diff(starts) > 1)
    return [
        int(number)
        for place in several
        for number in arrays.docs[starts[place] : starts[place + 1] - 1]
    ]
