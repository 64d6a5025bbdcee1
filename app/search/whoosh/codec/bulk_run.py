"""One run of a bulk build: documents gathered as numbers of pieces, then inverted at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.assembly import check_field
from app.search.whoosh.codec.bulk_batch import Batch
from app.search.whoosh.codec.bulk_kernels import BulkKernels, PieceRun
from app.search.whoosh.codec.bulk_numbers import PieceNumbers, make_numbers
from app.search.whoosh.codec.bulk_papers import COLUMNS, PaperColumns, make_category_arrays
from app.search.whoosh.codec.bulk_pieces import choose_kind
from app.search.whoosh.codec.bulk_postings import FieldPieces, make_postings
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.codec.whoosh_internals import Positions
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
            entry_starts=table.entry_starts.items,
            entry_terms=table.entry_terms.items,
            entry_offsets=table.entry_offsets.items,
            widths=table.widths.items,
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
        kernels: what it works with.
        document_count: documents of the current run.
    """

    def __init__(self, schema: Any, kernels: BulkKernels) -> None:
        self.kernels = kernels
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
        categories = self._runs[CATEGORIES].make_run()
        category_texts = list(self._runs[CATEGORIES].numbers.table.terms)
        fields = [
            FieldPieces(
                field.name,
                field.make_run(),
                field.numbers.table,
                has_positions=field.has_positions,
                is_scorable=field.is_scorable,
            )
            for field in self._runs.values()
        ]
        found: dict[str, Any] = {
            **make_postings(fields, self.document_count, self.kernels),
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
            "add it to bulk_papers.COLUMNS and to what PaperColumns makes"
        )


def _join(blocks: Sequence[Array], item_type: type) -> Array:
    return np.concatenate([np.zeros(0, item_type), *blocks]).astype(item_type, copy=False)
