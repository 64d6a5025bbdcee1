"""Vectors of papers: a model's term matrix, and what it makes of the papers of each segment.

Both belong to commits, as deletions do: a segment stays as it was written, and gets new vectors
when a commit brings another model. A merge copies vectors, so a paper is projected once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.array_file import (
    make_damage_error,
    open_array,
    write_array,
    write_blocks,
)

Array = NDArray[Any]
Vectors = NDArray[np.int8]

TERM_BYTES = "term_bytes"
"""u1: the model's terms in UTF-8, ascending, one after another."""
TERM_OFFSETS = "term_offsets"
"""u8[V+1]: where each begins."""
TERM_VECTORS = "term_vectors"
"""f4[V*r]: what one occurrence of each adds to a paper, weights such as idf included."""

_DIGEST_BYTES = 8


@dataclass(frozen=True)
class LatentModel:
    """A term matrix of V terms and r columns.

    Attributes:
        name: vectors of models with different names cannot be compared.
        rank: r, columns.
        arrays: its arrays of one dimension by name, item types as array files have them; the
            three above, and whatever else its maker wants to find again.
    """

    name: str
    rank: int
    arrays: Mapping[str, Array]

    @cached_property
    def term_vectors(self) -> NDArray[np.float32]:
        """The term matrix, float32[V, r]."""
        vectors: NDArray[np.float32] = self.arrays[TERM_VECTORS].reshape(-1, self.rank)
        return vectors

    @cached_property
    def term_numbers(self) -> dict[bytes, int]:
        """The row of each term."""
        data = self.arrays[TERM_BYTES].tobytes()
        ends = self.arrays[TERM_OFFSETS].tolist()
        return {data[ends[i] : ends[i + 1]]: i for i in range(len(ends) - 1)}


@dataclass(frozen=True, slots=True)
class LatentVectors:
    """The vectors of a segment's papers.

    Attributes:
        model_name: the model they were made with.
        file_name: where they are.
        vectors: int8[D, r], memory-mapped.
    """

    model_name: str
    file_name: str
    vectors: Vectors


def make_model(
    terms: Sequence[str], vectors: NDArray[np.float32], more: Mapping[str, Array] | None = None
) -> LatentModel:
    """A model, named after its contents.

    Args:
        terms: distinct index terms of titles and abstracts, in ascending order of code points.
        vectors: a row for each, shape (V, r), r at least 1.
        more: further arrays of one dimension to keep with it.
    """
    encoded = [term.encode() for term in terms]
    offsets = np.zeros(len(encoded) + 1, np.uint64)
    np.cumsum(np.fromiter(map(len, encoded), np.uint64, len(encoded)), out=offsets[1:])
    arrays: dict[str, Array] = {
        TERM_BYTES: np.frombuffer(b"".join(encoded), np.uint8),
        TERM_OFFSETS: offsets,
        TERM_VECTORS: np.ascontiguousarray(vectors, np.float32).reshape(-1),
        **(more or {}),
    }
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {len(array)} ".encode())
        digest.update(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
    return LatentModel(digest.hexdigest(), vectors.shape[1], arrays)


def name_model_file(model_name: str, array_name: str) -> str:
    """The file that holds one array of a model."""
    return f"latent-{model_name}.{array_name}.array"


def is_latent_file(name: str) -> bool:
    """Whether a file belongs to a model, or holds vectors.

    >>> is_latent_file("latent-9f3b.term_bytes.array"), is_latent_file("MAIN_5f.docs.array")
    (True, False)
    """
    return name.startswith("latent-") or ".latent-" in name


def write_model(folder: Path, model: LatentModel) -> None:
    """Write and sync all arrays of a model; it counts once a commit names it."""
    for name, array in model.arrays.items():
        write_array(folder / name_model_file(model.name, name), array)


def open_model(folder: Path, name: str, rank: int, array_names: Sequence[str]) -> LatentModel:
    """A model that a commit names, memory-mapped.

    Raises:
        IndexDamagedError: a file is not what was written.
    """
    arrays = {each: open_array(folder / name_model_file(name, each)) for each in array_names}
    if arrays[TERM_VECTORS].size != rank * (arrays[TERM_OFFSETS].size - 1):
        path = folder / name_model_file(name, TERM_VECTORS)
        raise make_damage_error(path, "holds no row for each term")
    return LatentModel(name, rank, arrays)


def write_vectors(
    folder: Path, segment_id: str, model_name: str, blocks: Sequence[Vectors]
) -> LatentVectors:
    """Write and sync the vectors of a segment's papers; they count once a commit names them.

    Args:
        blocks: at least one, int8[n, r] each; together a row for each document of the segment,
            deleted ones included.
    """
    file_name = f"{segment_id}.latent-{model_name}.array"
    write_blocks(folder / file_name, (block.reshape(-1) for block in blocks), np.dtype("<i1"))
    documents = sum(map(len, blocks))
    return open_vectors(folder, file_name, model_name, documents, blocks[0].shape[1])


def open_vectors(
    folder: Path, file_name: str, model_name: str, documents: int, rank: int
) -> LatentVectors:
    """The vectors of a segment, memory-mapped.

    Raises:
        IndexDamagedError: the file is not what was written.
    """
    array = open_array(folder / file_name)
    if array.size != documents * rank:
        raise make_damage_error(folder / file_name, f"holds no {rank} numbers for each paper")
    return LatentVectors(model_name, file_name, array.reshape(documents, rank))
