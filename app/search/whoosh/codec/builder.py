"""Documents -> one segment, without Whoosh's writer between.

The result is what Whoosh's own writer would give for the same documents (the tests compare), but
no posting passes through a pickled pool on the way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.search.whoosh.analyzer import FieldAnalyzer
from app.search.whoosh.codec import layout
from app.search.whoosh.codec.document_columns import DocumentColumns
from app.search.whoosh.codec.posting_columns import PostingColumns
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.codec.segment_file import SegmentFacts
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.codec.whoosh_internals import (
    Existence,
    FieldType,
    Frequency,
    Positions,
    iter_tokens,
)

Posting = tuple[bytes, float, int, list[int] | None]
"""Term, weight, frequency, and positions of a field that has them."""


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
    found = postings.sort(field_names, length_bytes, dict.fromkeys(scored, True))
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


class SegmentBuilder:
    """Gathers documents for one segment.

    Args:
        schema: Whoosh's schema.

    Raises:
        ValueError: a field of the schema cannot be held.
    """

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._documents = DocumentColumns()
        self._postings = PostingColumns()
        for name, field in schema.items():
            if field.indexed:
                check_field(name, field)

    @property
    def document_count(self) -> int:
        """Documents added so far; the number of the next one."""
        return self._documents.document_count

    def add_document(self, values: dict[str, Any]) -> int:
        """Add a document given as values by field name; its number."""
        number = self._documents.start_document()
        stored = {}
        for name in sorted(values):
            value = values[name]
            field = self._schema[name]
            if field.indexed:
                self._index(name, field, value, number)
            if field.stored:
                stored[name] = value
            if field.column_type:
                self._documents.add_value(name, field.column_type, field.to_column_value(value))
        if stored:
            self._documents.add_stored(stored)
        return number

    def _index(self, name: str, field: Any, value: Any, number: int) -> None:
        if _counts_tokens(field):
            tokens = field.analyzer.list_terms(value)
            self._postings.add_tokens(name, number, tokens)
            length = len(tokens)
        else:
            length = 0
            for text, weight, frequency, positions in _iter_postings(field, value):
                self._postings.add(name, text, number, weight, frequency, positions)
                length += frequency
        if field.scorable and length:
            self._documents.add_length(name, length)

    def build(self) -> SegmentColumns:
        """The columns of the segment."""
        return assemble_columns(self._documents, self._postings)

    def write(self, folder: Path, segment_id: str) -> SegmentFacts:
        """Write and sync the segment."""
        return write_segment(folder, segment_id, self.build())


def _counts_tokens(field: Any) -> bool:
    """Whether a posting's weight is its number of tokens, under an analyzer of our own."""
    return (
        isinstance(field.analyzer, FieldAnalyzer)
        and type(field.format) is Positions
        and field.format.field_boost == 1.0
    )


def _iter_postings(field: Any, value: Any) -> Iterable[Posting]:
    if type(field).index is FieldType.index:
        if type(field.format) is Positions:
            return _iter_positions(field, value)
        return _iter_counts(field, value)
    return _combine(decode_items(field.format, field.index(value)))


def _iter_positions(field: Any, value: Any) -> Iterator[Posting]:
    """What `Positions.word_values` gives, without its detour over encoded bytes."""
    places: dict[str, list[int]] = defaultdict(list)
    boosted: dict[str, float] = {}
    for token in iter_tokens(field, value):
        places[token.text].append(token.pos)
        if token.boost != 1.0:
            boosted[token.text] = boosted.get(token.text, 0.0) + token.boost - 1.0
    field_boost = field.format.field_boost
    for text, positions in places.items():
        weight = (len(positions) + boosted.get(text, 0.0)) * field_boost
        yield text.encode("utf-8"), weight, len(positions), positions


def _iter_counts(field: Any, value: Any) -> Iterator[Posting]:
    """What `Existence` or `Frequency` gives, without a detour over encoded bytes either."""
    counts: dict[str, int] = defaultdict(int)
    weights: dict[str, float] = defaultdict(float)
    for token in iter_tokens(field, value):
        counts[token.text] += 1
        weights[token.text] += token.boost
    field_boost = field.format.field_boost
    only_exists = type(field.format) is Existence
    for text, count in counts.items():
        if only_exists:
            yield text.encode("utf-8"), field_boost, 1, None
        else:
            yield text.encode("utf-8"), weights[text] * field_boost, count, None


def decode_items(
    posting_format: Any, items: Iterable[tuple[bytes, int, float, bytes]]
) -> Iterator[Posting]:
    """The postings that a field's `index` gives."""
    has_positions = type(posting_format) is Positions
    for text, frequency, weight, value in items:
        positions = posting_format.decode_positions(value) if has_positions else None
        yield bytes(text), weight, frequency, positions


def _combine(postings: Iterable[Posting]) -> Iterable[Posting]:
    """Postings of one document with each term once: lists of numbers share their short terms."""
    combined: dict[bytes, Posting] = {}
    for text, weight, frequency, positions in postings:
        _, former_weight, former_frequency, former_positions = combined.get(text, (b"", 0, 0, None))
        places = None if positions is None else sorted([*(former_positions or []), *positions])
        combined[text] = text, former_weight + weight, former_frequency + frequency, places
    return combined.values()
