"""One run of a bulk build: documents gathered as numbers of pieces, then inverted at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.builder import check_field
from app.search.whoosh.codec.bulk_batch import Batch
from app.search.whoosh.codec.bulk_kernels import BulkKernels, PieceRun
from app.search.whoosh.codec.bulk_numbers import PieceNumbers, PieceTable, make_numbers
from app.search.whoosh.codec.bulk_papers import COLUMNS, PaperColumns, make_category_arrays
from app.search.whoosh.codec.bulk_pieces import choose_kind
from app.search.whoosh.codec.posting_columns import (
    compute_position_shifts,
    make_posting_arrays,
    make_term_arrays,
    narrow_positions,
)
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.codec.whoosh_internals import Positions, encode_lengths
from app.search.whoosh.schema import CATEGORIES

Array = NDArray[Any]


class _FieldRun:
    """The pieces of one field of a run."""

    def __init__(self, name: str, field: Any, numbers: PieceNumbers) -> None:
        self.name = name
        self.numbers = numbers
        self.has_positions = type(field.format) is Positions
        self.is_scorable = bool(field.scorable)
        self._blocks: list[Array] = []
        self._end_blocks: list[Array] = []
        self._piece_count = 0

    def add(self, batch: Batch) -> None:
        """Take the texts of further documents."""
        column = batch.texts.get(self.name)
        if column is None:
            ends = np.zeros(batch.document_count, np.int64)
        else:
            pieces, ends = self.numbers.number(column.data, column.ends)
            self._blocks.append(pieces)
        self._end_blocks.append(ends + self._piece_count)
        self._piece_count += int(ends[-1]) if len(ends) else 0

    def make_run(self) -> PieceRun:
        """All pieces so far."""
        table = self.numbers.table
        return PieceRun(
            pieces=_join(self._blocks, np.uint32),
            document_ends=_join(self._end_blocks, np.int64),
            entry_starts=np.array(table.entry_starts, np.int64),
            entry_terms=np.array(table.entry_terms, np.uint32),
            entry_offsets=np.array(table.entry_offsets, np.uint32),
            widths=np.array(table.widths, np.uint32),
            term_count=len(table.terms),
        )


class RunBuilder:
    """Gathers the documents of one run after the other.

    Args:
        schema: Whoosh's schema.
        kernels: what it works with; all give equal results.

    Raises:
        ValueError: the schema has a field that is not known here.

    Attributes:
        document_count: documents of the current run.
    """

    def __init__(self, schema: Any, kernels: BulkKernels) -> None:
        self._kernels = kernels
        self._fields: dict[str, tuple[Any, PieceNumbers]] = {}
        numbers: dict[str, PieceNumbers] = {}
        for name, field in sorted(schema.items()):
            _check_field(name, field)
            if field.indexed:
                kind = choose_kind(name, field)
                if kind.name not in numbers:
                    numbers[kind.name] = make_numbers(kind, kernels)
                self._fields[name] = field, numbers[kind.name]
        self._numbers = list(numbers.values())
        self._start()

    def add(self, batch: Batch) -> None:
        """Add documents."""
        self.document_count += batch.document_count
        for field in self._runs.values():
            field.add(batch)
        self._papers.add(batch)

    def build(self) -> SegmentColumns:
        """The columns of the run; the next one begins."""
        postings = _RunPostings(self.document_count, self._kernels)
        categories = self._runs[CATEGORIES].make_run()
        category_texts = list(self._runs[CATEGORIES].numbers.table.terms)
        for numbers in self._numbers:
            fields = [field for field in self._runs.values() if field.numbers is numbers]
            postings.gather(numbers.table, fields)
        found: dict[str, Any] = {
            **postings.make_arrays(),
            **self._papers.make_arrays(),
            **make_category_arrays(categories, category_texts),
        }
        columns = SegmentColumns(document_count=self.document_count, **found)
        columns.fill_derived()
        self._start()
        return columns

    def _start(self) -> None:
        self.document_count = 0
        self._papers = PaperColumns()
        for numbers in self._numbers:
            numbers.end_run()
        self._runs = {
            name: _FieldRun(name, field, numbers) for name, (field, numbers) in self._fields.items()
        }


def _check_field(name: str, field: Any) -> None:
    if field.indexed:
        check_field(name, field)
    if field.stored or (field.column_type and name not in COLUMNS):
        raise ValueError(
            f"field {name} is stored or sortable, which the bulk build does not do for it; "
            "write it with a SegmentBuilder"
        )


class _RunPostings:
    """The postings of all fields of a run, in order of fields and terms."""

    def __init__(self, document_count: int, kernels: BulkKernels) -> None:
        self._document_count = document_count
        self._kernels = kernels
        self._fields: dict[str, _FieldPostings] = {}

    def gather(self, table: PieceTable, fields: Sequence[_FieldRun]) -> None:
        """Sort the postings of the fields whose pieces are numbered alike."""
        runs = [field.make_run() for field in fields]
        counts = [self._kernels.count(run) for run in runs]
        is_used = np.sum([postings for postings, _, _ in counts], axis=0) > 0
        # Code points and UTF-8 have the same order.
        texts = sorted(compress(table.terms, is_used.tolist()))
        order = np.fromiter(map(table.terms.__getitem__, texts), np.int64, len(texts))
        ranks = np.zeros(len(table.terms), np.int64)
        ranks[order] = np.arange(len(order))
        for field, run, (postings, occurrences, lengths) in zip(fields, runs, counts, strict=True):
            is_found = postings[order] > 0
            if not is_found.any():
                continue
            documents, frequencies, positions = self._kernels.place(
                run, ranks, (postings, occurrences, lengths)
            )
            self._fields[field.name] = _FieldPostings(
                texts=[text.encode("utf-8") for text in compress(texts, is_found.tolist())],
                counts=postings[order[is_found]],
                documents=documents,
                frequencies=frequencies,
                positions=positions if field.has_positions else None,
                lengths=lengths if field.is_scorable else None,
            )

    def make_arrays(self) -> dict[str, Any]:
        """Fields of `SegmentColumns`: terms, postings, positions, lengths."""
        names = tuple(sorted(self._fields))
        fields = [self._fields.pop(name) for name in names]
        length_bytes = np.zeros((len(fields), self._document_count), np.uint8)
        for number, field in enumerate(fields):
            if field.lengths is not None:
                length_bytes[number] = encode_lengths(field.lengths)
        counts = _join([field.counts for field in fields], np.int64)
        arrays = make_posting_arrays(
            counts=counts,
            docs=_join([field.documents for field in fields], np.uint32),
            frequencies=(frequencies := _join([each.frequencies for each in fields], np.int64)),
            weights=frequencies.astype(np.float64),
            lengths=_join(
                [length_bytes[number][each.documents] for number, each in enumerate(fields)],
                np.uint8,
            ),
        )
        heads = [layout.make_term_key(number, b"") for number in range(len(fields))]
        keys = [
            head + text for head, field in zip(heads, fields, strict=True) for text in field.texts
        ]
        positions = [field.positions for field in fields if field.positions is not None]
        return {
            **arrays,
            **make_term_arrays(keys),
            "positions": narrow_positions(_join(positions, np.uint32)),
            "length_bytes": length_bytes.reshape(-1),
            "position_shifts": compute_position_shifts(
                np.array([int(field.frequencies.sum()) for field in fields], np.int64),
                np.array([field.positions is not None for field in fields], np.bool_),
            ),
            "field_names": names,
            "field_lengths": tuple(
                0 if field.lengths is None else int(field.lengths.sum()) for field in fields
            ),
        }


@dataclass(frozen=True, slots=True)
class _FieldPostings:
    """The postings of one field.

    Attributes:
        texts: its terms in ascending order.
        counts: postings of each.
        documents, frequencies: of each posting.
        positions: of each occurrence; None for a field without them.
        lengths: occurrences by document; None for a field whose length does not count.
    """

    texts: list[bytes]
    counts: Array
    documents: Array
    frequencies: Array
    positions: Array | None
    lengths: Array | None


def _join(blocks: Sequence[Array], item_type: type) -> Array:
    return np.concatenate([np.zeros(0, item_type), *blocks]).astype(item_type, copy=False)
