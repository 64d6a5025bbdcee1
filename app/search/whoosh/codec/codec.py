"""The Whoosh codec whose segments are memory-mapped arrays.

Whoosh's writer, readers, matchers, collectors, sorting and suggestions work on it as on its own
W3 codec. `app.search.whoosh.codec.bulk` writes the same segments without Whoosh's writer.
"""

from collections.abc import Iterable
from typing import Any

from app.search.whoosh.codec.assembly import assemble_columns, check_field
from app.search.whoosh.codec.document_columns import DocumentColumns
from app.search.whoosh.codec.document_reader import ColumnDocumentReader
from app.search.whoosh.codec.posting_columns import PostingColumns
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.codec.terms_reader import ColumnTermsReader
from app.search.whoosh.codec.whoosh_internals import (
    Codec,
    FieldWriter,
    PerDocumentWriter,
    Positions,
    get_folder,
)


class ColumnCodec(Codec):  # type: ignore[misc]  # Whoosh has no types
    """Writes and reads segments of arrays; see `layout`."""

    length_stats = False
    """Lengths reach the postings through the document columns, not through a reader."""

    def new_segment(self, storage: Any, indexname: str) -> ColumnSegment:
        """A segment to be written, under a name of its own."""
        get_folder(storage)
        segment_id = make_segment_id().partition("_")[2]
        return ColumnSegment(self, f"{indexname}_{segment_id}", index_name=indexname)

    def per_document_writer(self, storage: Any, segment: ColumnSegment) -> "ColumnDocumentWriter":
        """Gathers what is known of each document."""
        del storage
        return ColumnDocumentWriter(segment)

    def field_writer(self, storage: Any, segment: ColumnSegment) -> "ColumnFieldWriter":
        """Gathers postings, and writes the segment when it is closed."""
        return ColumnFieldWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: ColumnSegment) -> ColumnTermsReader:
        """The dictionary and postings of a written segment."""
        del storage
        return ColumnTermsReader(segment.get_arrays())

    def per_document_reader(self, storage: Any, segment: ColumnSegment) -> ColumnDocumentReader:
        """The documents of a written segment."""
        del storage
        return ColumnDocumentReader(segment)

    def supports_columns(self) -> bool:
        """Sortable fields are kept."""
        return True


class ColumnDocumentWriter(PerDocumentWriter):  # type: ignore[misc]  # Whoosh has no types
    """Takes documents from Whoosh's writer."""

    def __init__(self, segment: ColumnSegment) -> None:
        self.columns = DocumentColumns()
        self.is_closed = False
        self._stored: dict[str, Any] = {}
        # The field writer puts both halves together; Whoosh makes the two apart.
        segment.gathered_documents = self.columns

    def start_doc(self, docnum: int) -> None:
        """Begin a document.

        Raises:
            ValueError: documents do not come one after another.
        """
        if self.columns.start_document() != docnum:
            raise ValueError(f"document {docnum} is out of order")

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        """The stored value and the number of tokens of a field."""
        del fieldobj
        if value is not None:
            self._stored[fieldname] = value
        if length:
            self.columns.add_length(fieldname, length)

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        """The sortable value of a field."""
        self.columns.add_value(fieldname, columnobj, value)

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Any) -> None:
        """Refused.

        Raises:
            ValueError: always.
        """
        del items
        check_field(fieldname, fieldobj)
        raise ValueError(f"field {fieldname} has term vectors; an index keeps none")

    def finish_doc(self) -> None:
        """End a document."""
        if self._stored:
            self.columns.add_stored(self._stored)
            self._stored = {}

    def close(self) -> None:
        """All documents are known."""
        self.is_closed = True


class ColumnFieldWriter(FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    """Takes postings from Whoosh's writer, sorted by field, term and document."""

    def __init__(self, storage: Any, segment: ColumnSegment) -> None:
        self._folder = get_folder(storage)
        self._segment = segment
        self._postings = PostingColumns()
        self._has_postings = False
        self.is_closed = False

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Any]) -> None:
        """Take postings: field name, term, document, weight, encoded value.

        Raises:
            ValueError: a field cannot be held.
        """
        del lengths
        self._has_postings = True
        checked: set[str] = set()
        previous: tuple[str, bytes, int] | None = None
        for field_name, text, document, weight, value in items:
            posting_format = schema[field_name].format
            if field_name not in checked:
                check_field(field_name, schema[field_name])
                checked.add(field_name)
            if (field_name, text, document) == previous:
                continue  # Whoosh's spelling fields name a word once for every time it occurs.
            previous = field_name, text, document
            frequency = posting_format.decode_frequency(value) if value else 1
            positions = (
                posting_format.decode_positions(value)
                if type(posting_format) is Positions
                else None
            )
            self._postings.add(field_name, bytes(text), document, weight, frequency, positions)

    def close(self) -> None:
        """Write and sync the segment, if there were postings or documents."""
        self.is_closed = True
        documents = self._segment.gathered_documents
        if not self._has_postings or documents is None:
            return
        columns = assemble_columns(documents, self._postings)
        facts = write_segment(self._folder, self._segment.segment_id(), columns)
        self._segment.arrays = SegmentArrays(self._folder, facts)
        self._segment.gathered_documents = None
