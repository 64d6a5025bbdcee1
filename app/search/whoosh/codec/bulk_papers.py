"""What a run of a bulk build knows of each paper beside its words: id, dates, flags, categories."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.bulk_batch import Batch
from app.search.whoosh.codec.bulk_kernels import PieceRun
from app.search.whoosh.codec.document_columns import PAPER_NUMBERS
from app.search.whoosh.codec.name_columns import make_name_arrays
from app.search.whoosh.schema import ARXIV_ID, AUTHOR_NAMES, CATEGORIES

Array = NDArray[Any]

COLUMNS: Final = frozenset({ARXIV_ID, CATEGORIES, AUTHOR_NAMES, *PAPER_NUMBERS})
"""Fields whose values are kept by document."""


class PaperColumns:
    """Ids, dates and flags of the papers of a run."""

    def __init__(self) -> None:
        self._ids: list[bytes] = []
        self._id_ends: list[Array] = [np.zeros(1, np.int64)]
        self._id_bytes = 0
        self._numbers: dict[str, list[Array]] = {name: [] for name in PAPER_NUMBERS}
        self._authors: list[bytes] = []

    def add(self, batch: Batch) -> None:
        """Take further papers."""
        ids = batch.texts.get(ARXIV_ID)
        ends = np.zeros(batch.document_count, np.int64) if ids is None else ids.ends
        self._id_ends.append(ends + self._id_bytes)
        if ids is not None:
            self._ids.append(ids.data)
            self._id_bytes += len(ids.data)
        self._authors += _list_texts(batch, AUTHOR_NAMES)
        for name, blocks in self._numbers.items():
            blocks.append(np.frombuffer(batch.numbers[name], np.int64))

    def make_arrays(self) -> dict[str, Array]:
        """Fields of `SegmentColumns`."""
        nothing = np.zeros(0, np.int64)
        return {
            "id_bytes": np.frombuffer(b"".join(self._ids), np.uint8),
            "id_offsets": np.concatenate(self._id_ends),
            **make_name_arrays(self._authors),
            **{
                array_name: np.concatenate([nothing, *self._numbers[name]]).astype(
                    layout.ITEM_TYPES[array_name]
                )
                for name, array_name in PAPER_NUMBERS.items()
            },
        }


def _list_texts(batch: Batch, field: str) -> list[bytes]:
    """A field of every paper, nothing where it lacks it."""
    column = batch.texts.get(field)
    if column is None:
        return [b""] * batch.document_count
    ends = [0, *column.ends.tolist()]
    return [column.data[begin:end] for begin, end in pairwise(ends)]


def make_category_arrays(run: PieceRun, texts: Sequence[str]) -> dict[str, Any]:
    """Categories of each paper in its own order, and their names as they come first.

    Args:
        run: the categories as pieces, each of one term.
        texts: terms by number.
    """
    terms = run.entry_terms[run.entry_starts[:-1][run.pieces]]
    found, firsts, places = np.unique(terms, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    codes = np.empty(len(found), np.uint16)
    codes[order] = np.arange(len(found))
    return {
        "category_offsets": np.concatenate([np.zeros(1, np.int64), run.document_ends]),
        layout.CATEGORY_CODES: codes[places],
        "category_names": tuple(texts[term] for term in found[order].tolist()),
    }
