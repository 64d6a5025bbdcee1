"""What Whoosh's writer gathers, document by document and posting by posting -> one segment."""

from typing import Any

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.document_columns import DocumentColumns
from app.search.whoosh.codec.posting_columns import PostingColumns
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.codec.whoosh_internals import Existence, Frequency, Positions


def check_field(field_name: str, field: Any) -> None:
    """Whether the arrays of a segment can hold a field.

    Raises:
        ValueError: its postings or vectors hold more than frequencies and positions.
    """
    if type(field.format) not in (Existence, Frequency, Positions):
        raise ValueError(
            f"field {field_name} has {type(field.format).__name__} postings; "
            "an index keeps Existence, Frequency or Positions"
        )
    if field.vector:
        raise ValueError(f"field {field_name} has term vectors; an index keeps none")


def assemble_columns(documents: DocumentColumns, postings: PostingColumns) -> SegmentColumns:
    """The columns of a segment from what was gathered of its documents and postings.

    Raises:
        ValueError: more fields than a term's key can tell apart.
    """
    scored = documents.field_names
    field_names = tuple(sorted(postings.field_names | scored))
    if len(field_names) > layout.MAX_FIELDS:
        raise ValueError(f"an index keeps {layout.MAX_FIELDS} indexed fields at most")
    length_bytes = documents.make_length_bytes(field_names)
    found = postings.sort(field_names, length_bytes, scored)
    paper_arrays, category_names = documents.make_paper_arrays()
    columns = SegmentColumns(
        document_count=documents.document_count,
        field_names=field_names,
        field_lengths=found.field_lengths,
        position_shifts=found.position_shifts,
        length_bytes=length_bytes.reshape(-1),
        category_names=category_names,
        number_columns=documents.make_number_columns(),
        byte_columns=documents.make_byte_columns(),
        **found.arrays,
        **paper_arrays,
        **documents.make_stored_arrays(),
    )
    columns.fill_derived()
    return columns
