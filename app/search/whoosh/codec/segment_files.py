"""The files of one segment, written array by array."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.array_file import ArrayWriter
from app.search.whoosh.codec.segment_arrays import byte_column_names, number_column_name
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.codec.segment_file import SegmentFacts, make_array_name, write_facts
from app.search.whoosh.durable import sync_files

Array = NDArray[Any]


class SegmentFiles:
    """Writes a segment array by array, and syncs all files at the end.

    Arrays may be written in blocks, so that a large segment never is in memory as a whole.

    Args:
        is_durable: False for a segment that is only there for the time being: nothing is synced.
    """

    def __init__(self, folder: Path, segment_id: str, *, is_durable: bool = True) -> None:
        self._is_durable = is_durable
        self._folder = folder
        self._segment_id = segment_id
        self._writers: dict[str, ArrayWriter] = {}

    def write(self, name: str, *blocks: Array) -> None:
        """Write one array of `layout.ITEM_TYPES` given as consecutive blocks."""
        largest = 0
        if name in layout.WIDER_TYPES:
            largest = max((int(block.max()) for block in blocks if block.size), default=0)
        self.write_blocks(name, blocks, layout.choose_item_type(name, largest))

    def write_blocks(
        self, name: str, blocks: Iterable[Array], item_type: np.dtype[Any] | None = None
    ) -> None:
        """Write one array.

        Args:
            item_type: where it is not the one in `layout.ITEM_TYPES`.
        """
        with self.open(name, item_type) as writer:
            for block in blocks:
                writer.append(block)

    def open(self, name: str, item_type: np.dtype[Any] | None = None) -> ArrayWriter:
        """One array to be written little by little; the caller leaves its `with` block."""
        chosen = layout.ITEM_TYPES[name] if item_type is None else item_type
        writer = ArrayWriter(self._make_path(name), chosen, is_durable=False)
        self._writers[name] = writer
        return writer

    def _make_path(self, name: str) -> Path:
        return self._folder / make_array_name(self._segment_id, name)

    def open_posting_arrays(
        self, stack: ExitStack, largest: Mapping[str, int]
    ) -> dict[str, ArrayWriter]:
        """All arrays that hold postings and positions, at once.

        Args:
            stack: closes them.
            largest: a bound of the items of arrays that may be wider than usual.
        """
        return {
            name: stack.enter_context(
                self.open(name, layout.choose_item_type(name, largest.get(name, 0)))
            )
            for name in layout.POSTING_ARRAYS
        }

    def finish(
        self,
        *,
        documents: int,
        field_names: tuple[str, ...],
        field_lengths: tuple[int, ...],
        position_shifts: tuple[int, ...],
        category_names: tuple[str, ...] = (),
        number_columns: tuple[str, ...] = (),
        number_defaults: tuple[float, ...] = (),
        byte_columns: tuple[str, ...] = (),
    ) -> SegmentFacts:
        """Write the facts and sync all files; the folder itself is synced by the commit.

        Raises:
            OSError: a file cannot be written.
            ValueError: an array of the layout was not written.
        """
        missing = layout.ITEM_TYPES.keys() - self._writers.keys()
        if missing:
            raise ValueError(f"segment {self._segment_id} lacks {', '.join(sorted(missing))}")
        facts = SegmentFacts(
            segment_id=self._segment_id,
            documents=documents,
            field_names=field_names,
            field_lengths=field_lengths,
            position_shifts=position_shifts,
            category_names=category_names,
            number_columns=number_columns,
            number_defaults=number_defaults,
            byte_columns=byte_columns,
            item_counts={name: writer.items for name, writer in self._writers.items()},
        )
        facts_path = write_facts(self._folder, facts)
        if self._is_durable:
            sync_files([*map(self._make_path, self._writers), facts_path])
        return facts


def write_segment(
    folder: Path, segment_id: str, columns: SegmentColumns, *, is_durable: bool = True
) -> SegmentFacts:
    """Write and sync all files of a segment that is in memory.

    Args:
        is_durable: False for one that is only there for the time being: nothing is synced.
    """
    files = SegmentFiles(folder, segment_id, is_durable=is_durable)
    for name in layout.ITEM_TYPES:
        files.write(name, getattr(columns, name))
    for place, numbers in enumerate(columns.number_columns.values()):
        files.write_blocks(number_column_name(place), [numbers.values], numbers.values.dtype)
    for place, texts in enumerate(columns.byte_columns.values()):
        data_name, offsets_name = byte_column_names(place)
        files.write_blocks(data_name, [texts.data], np.dtype("<u1"))
        files.write_blocks(offsets_name, [texts.offsets], np.dtype("<u8"))
    return files.finish(
        documents=columns.document_count,
        field_names=columns.field_names,
        field_lengths=columns.field_lengths,
        position_shifts=columns.position_shifts,
        category_names=columns.category_names,
        number_columns=tuple(columns.number_columns),
        number_defaults=tuple(each.default for each in columns.number_columns.values()),
        byte_columns=tuple(columns.byte_columns),
    )
