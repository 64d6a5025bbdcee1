"""Merging what is known of each document, column by column."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.joined_texts import ByteColumn
from app.search.whoosh.codec.merge_sources import (
    MergeSource,
    join_offsets,
    select_lengths,
    select_texts,
)
from app.search.whoosh.codec.name_columns import merge_names
from app.search.whoosh.codec.segment_arrays import byte_column_names, number_column_name
from app.search.whoosh.codec.segment_files import SegmentFiles

Array = NDArray[Any]

_PLAIN = (
    layout.SUBMITTED_AT,
    layout.UPDATED_AT,
    layout.ANNOUNCED_ON,
    layout.FLAGS,
    layout.ID_KEYS,
    layout.CATEGORY_COUNTS,
)


def merge_documents(
    sources: Sequence[MergeSource], has_lengths: Sequence[bool], files: SegmentFiles
) -> dict[str, Any]:
    """Write all arrays that hold one entry for each document.

    Args:
        has_lengths: of each field of the result.

    Returns:
        Names of categories and of other sortable fields, as `SegmentFiles.finish` takes them.
    """
    for name in _PLAIN:
        files.write(name, *(source.arrays.get(name)[source.living] for source in sources))
    files.write_blocks(layout.LENGTH_BYTES, _iter_lengths(sources, has_lengths))
    merge_names(sources, files)
    _merge_stored(sources, files)
    number_columns, number_defaults = _merge_numbers(sources, files)
    return {
        "category_names": _merge_categories(sources, files),
        "number_columns": number_columns,
        "number_defaults": number_defaults,
        "byte_columns": _merge_texts(sources, files),
    }


def _iter_lengths(sources: Sequence[MergeSource], has_lengths: Sequence[bool]) -> Iterator[Array]:
    for number in np.flatnonzero(has_lengths).tolist():
        for source in sources:
            (place,) = np.nonzero(source.field_numbers == number)
            lengths = source.arrays.get_lengths(int(place[0])) if len(place) else None
            yield (
                np.zeros(len(source.living), np.uint8)
                if lengths is None
                else lengths[source.living]
            )


def _write_texts(
    sources: Sequence[MergeSource],
    columns: Sequence[ByteColumn],
    files: SegmentFiles,
    data_name: str,
    offsets_name: str,
) -> None:
    pairs = list(zip(sources, columns, strict=True))
    files.write_blocks(
        data_name,
        (block for source, column in pairs for block in select_texts(column, source.living)),
        np.dtype("<u1"),
    )
    lengths = [select_lengths(column.offsets, source.living) for source, column in pairs]
    offsets = join_offsets(lengths)
    if offsets_name in layout.ITEM_TYPES:
        files.write(offsets_name, offsets)
    else:
        files.write_blocks(offsets_name, [offsets], np.dtype("<u8"))


def _merge_stored(sources: Sequence[MergeSource], files: SegmentFiles) -> None:
    if not any(source.arrays.stored_offsets.size for source in sources):
        files.write(layout.STORED_BYTES)
        files.write(layout.STORED_OFFSETS)
        return
    columns = []
    for source in sources:
        offsets = source.arrays.stored_offsets
        if not offsets.size:
            offsets = np.zeros(source.arrays.document_count + 1, np.uint64)
        columns.append(ByteColumn(source.arrays.stored_bytes, offsets))
    _write_texts(sources, columns, files, layout.STORED_BYTES, layout.STORED_OFFSETS)


def _merge_categories(sources: Sequence[MergeSource], files: SegmentFiles) -> tuple[str, ...]:
    numbers: dict[str, int] = {}
    tables = [
        np.array(
            [numbers.setdefault(name, len(numbers)) for name in source.arrays.facts.category_names],
            np.uint16,
        )
        for source in sources
    ]

    def iter_codes() -> Iterator[Array]:
        for source, table in zip(sources, tables, strict=True):
            column = ByteColumn(source.arrays.category_codes, source.arrays.category_offsets)
            for codes in select_texts(column, source.living):
                yield table[codes]

    files.write_blocks(layout.CATEGORY_CODES, iter_codes())
    return tuple(numbers)


def _merge_numbers(
    sources: Sequence[MergeSource], files: SegmentFiles
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    names = sorted({name for source in sources for name in source.arrays.facts.number_columns})
    defaults: list[float] = []
    for place, name in enumerate(names):
        columns = [source.arrays.get_number_column(name) for source in sources]
        model = next(column for column in columns if column is not None)
        blocks = [
            # A segment in which no document has the field holds no column of it.
            np.full(len(source.living), model.default, model.values.dtype)
            if column is None
            else column.values[source.living]
            for source, column in zip(sources, columns, strict=True)
        ]
        files.write_blocks(number_column_name(place), blocks, model.values.dtype)
        defaults.append(model.default)
    return tuple(names), tuple(defaults)


def _merge_texts(sources: Sequence[MergeSource], files: SegmentFiles) -> tuple[str, ...]:
    names = sorted({name for source in sources for name in source.arrays.facts.byte_columns})
    for place, name in enumerate(names):
        columns = [
            source.arrays.get_byte_column(name)
            or ByteColumn(
                np.zeros(0, np.uint8), np.zeros(source.arrays.document_count + 1, np.uint64)
            )
            for source in sources
        ]
        _write_texts(sources, columns, files, *byte_column_names(place))
    return tuple(names)
