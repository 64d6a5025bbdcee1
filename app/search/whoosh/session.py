"""What is written between two commits: new documents, and the former ones they take the place of.

Documents are gathered by column, as when an index is built anew, and inverted together. Which
documents of earlier segments they replace is looked up at the end, for all of them at once.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from app.search.documents import IndexDocument
from app.search.whoosh.codec import layout
from app.search.whoosh.codec.bulk import MAX_RUN_DOCUMENTS, RUN_TEXT_BYTES
from app.search.whoosh.codec.bulk_batch import make_batch
from app.search.whoosh.codec.bulk_kernels import choose_bulk_kernels
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.codec import ColumnCodec
from app.search.whoosh.codec.document_columns import PAPER_NUMBERS
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.codec.segment_file import SegmentFacts
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.schema import ARXIV_ID, make_fields, make_schema

BATCH_DOCUMENTS = 2_000
"""Documents gathered before they are cut into words: those of a commit of the indexer."""

SCANNED_TERMS = 16
"""A dictionary with fewer identifiers for each wanted one is read through; otherwise each is looked
up, which costs about as much as reading so many."""


class WriteSession:
    """Takes documents and deletions, and makes segments of them.

    Args:
        folder: where segments are written.
        segments: those of the last commit; they are copied, not changed.
        builder: that of an earlier session, which knows words already.

    Attributes:
        builder: what inverts the documents; for the next session once this one is finished.
    """

    def __init__(
        self, folder: Path, segments: Iterable[ColumnSegment], builder: RunBuilder | None = None
    ) -> None:
        self._folder = folder
        self._segments = [segment.copy() for segment in segments]
        self.builder = builder
        self._begin_segment()

    def _begin_segment(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._document_count = 0
        self._text_bytes = 0
        self._new_numbers: dict[str, int] = {}
        self._outdated: list[int] = []
        self._touched: dict[str, None] = {}

    def replace(self, document: IndexDocument) -> None:
        """Add a document in place of an earlier one of the same paper."""
        value = document.arxiv_id.value
        self.delete(value)
        self._new_numbers[value] = self._document_count
        self._document_count += 1
        self._rows.append(make_fields(document))
        if len(self._rows) == BATCH_DOCUMENTS:
            self._pass_on()

    def delete(self, value: str) -> None:
        """Take a paper out, if it is there."""
        self._touched[value] = None
        uncommitted = self._new_numbers.pop(value, None)
        if uncommitted is not None:
            self._outdated.append(uncommitted)

    def finish(self) -> list[ColumnSegment]:
        """Write what is in memory; all segments of the index, not yet committed."""
        self._pass_on()
        self._end_segment()
        return self._segments

    def _pass_on(self) -> None:
        """Cut the gathered documents into words; write them when they are many."""
        if not self._rows:
            return
        builder = self._choose_builder(len(self._rows))
        batch = make_batch(self._rows, PAPER_NUMBERS)
        self._rows = []
        builder.add(batch)
        self._text_bytes += batch.text_bytes
        if self._document_count >= MAX_RUN_DOCUMENTS or self._text_bytes >= RUN_TEXT_BYTES:
            self._end_segment()

    def _choose_builder(self, documents: int) -> RunBuilder:
        """The builder under way; a faster one if that is worth it and nothing is lost by it."""
        if self.builder is None or not self.builder.document_count:
            kernels = choose_bulk_kernels(documents)
            if self.builder is None or self.builder.kernels is not kernels:
                self.builder = RunBuilder(make_schema(), kernels)
        return self.builder

    def _end_segment(self) -> None:
        for segment in self._segments:
            delete_papers(segment, self._touched)
        if self.builder is not None and self.builder.document_count:
            columns = self.builder.build()
            facts = write_segment(self._folder, make_segment_id(), columns)
            segment = open_segment(self._folder, facts)
            for number in self._outdated:
                segment.delete_document(number)
            self._segments.append(segment)
        self._begin_segment()


def delete_papers(segment: ColumnSegment, values: Collection[str]) -> None:
    """Mark the documents of some papers as deleted; papers it does not hold are ignored."""
    arrays = segment.get_arrays()
    for term in _find_papers(arrays, values):
        start, end = arrays.get_postings(term)
        for number in arrays.docs[start:end].tolist():
            if not segment.is_deleted(number):
                segment.delete_document(number)


def _find_papers(arrays: SegmentArrays, values: Collection[str]) -> list[int]:
    """The terms of the identifiers that a segment knows."""
    field = arrays.find_field(ARXIV_ID)
    if field < 0 or not values:
        return []
    first, last = arrays.get_field_terms(field)
    if last - first > SCANNED_TERMS * len(values):
        found = (arrays.find_term(field, value.encode("utf-8")) for value in values)
        return [term for term in found if term >= 0]
    keys = {layout.make_term_key(field, value.encode("utf-8")) for value in values}
    return [
        term
        for term, key in enumerate(arrays.iter_term_keys(first, last), start=first)
        if key in keys
    ]


def find_documents(arrays: SegmentArrays, value: str) -> list[int]:
    """A paper's documents in a segment, deleted ones included; usually none or one."""
    term = arrays.find_term(arrays.find_field(ARXIV_ID), value.encode("utf-8"))
    if term < 0:
        return []
    start, end = arrays.get_postings(term)
    numbers: list[int] = arrays.docs[start:end].tolist()
    return numbers


def open_segment(folder: Path, facts: SegmentFacts) -> ColumnSegment:
    """A segment just written, with all its files mapped."""
    arrays = SegmentArrays(folder, facts)
    arrays.map_all()
    return ColumnSegment(ColumnCodec(), facts.segment_id, arrays=arrays)
