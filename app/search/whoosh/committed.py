"""What a commit names, opened: segments with their deletions, the latent model, vectors."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from app.domain.errors import IndexDamagedError
from app.search.whoosh.codec.array_file import open_array
from app.search.whoosh.codec.codec import ColumnCodec
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.commits import Commit, find_newest_generation
from app.search.whoosh.latent import LatentModel, LatentVectors, open_model, open_vectors

_log = logging.getLogger(__name__)
_Opened = TypeVar("_Opened")


def read_model(
    folder: Path, commit: Commit, known: LatentModel | None = None
) -> LatentModel | None:
    """The latent model of a commit, memory-mapped; None when its papers have no vectors.

    A damaged one is None, too: papers are found without it, and the next rebuild makes another.

    Args:
        known: the model of another commit, returned when it is the same.

    Raises:
        FileNotFoundError: as `read_segments`.
    """
    facts = commit.model
    if facts is None or (known is not None and known.name == facts.name):
        return None if facts is None else known
    return _find_latent(
        folder, commit, lambda: open_model(folder, facts.name, facts.rank, facts.arrays)
    )


def _find_latent(folder: Path, commit: Commit, open_files: Callable[[], _Opened]) -> _Opened | None:
    """What is opened; None when its files are missing or damaged, which is logged."""
    try:
        return open_files()
    except (IndexDamagedError, FileNotFoundError) as error:
        if find_newest_generation(folder) != commit.generation:
            raise FileNotFoundError(f"{folder.name}: a newer commit is there") from error
        _log.warning("papers are ordered by their words alone: %s", error)
        return None


def read_segments(
    folder: Path, commit: Commit, known: Iterable[ColumnSegment] = ()
) -> list[ColumnSegment]:
    """The segments of a commit with the deletions it made, all their files mapped.

    Args:
        known: segments of another commit of the folder, whose maps are shared.

    Raises:
        IndexDamagedError: a file is not what was written.
        FileNotFoundError: it is gone, since a newer commit replaced this one.
    """
    arrays_by_id = {segment.segment_id(): segment.get_arrays() for segment in known}
    with _notice_newer_commit(folder, commit):
        return [
            _read_segment(folder, commit, segment_id, arrays_by_id)
            for segment_id in commit.deletion_names
        ]


@contextmanager
def _notice_newer_commit(folder: Path, commit: Commit) -> Iterator[None]:
    """Inside, what is missing because a newer commit replaced this one is no damage."""
    try:
        yield
    except IndexDamagedError as error:
        if find_newest_generation(folder) != commit.generation:
            raise FileNotFoundError(f"{folder.name}: a newer commit is there") from error
        raise


def _read_segment(
    folder: Path, commit: Commit, segment_id: str, known: Mapping[str, SegmentArrays]
) -> ColumnSegment:
    arrays = known.get(segment_id)
    if arrays is None:
        arrays = SegmentArrays.open(folder, segment_id)
        # A later commit may remove files while we read; what is mapped stays readable.
        arrays.map_all()
    deletion_name = commit.deletion_names[segment_id]
    deleted = [] if deletion_name is None else open_array(folder / deletion_name).tolist()
    return ColumnSegment(
        ColumnCodec(),
        segment_id,
        arrays=arrays,
        deleted=deleted,
        deletion_name=deletion_name,
        latent=_read_vectors(folder, commit, segment_id, arrays.document_count),
    )


def _read_vectors(
    folder: Path, commit: Commit, segment_id: str, documents: int
) -> LatentVectors | None:
    name, facts = commit.latent_names[segment_id], commit.model
    if name is None or facts is None:
        return None
    return _find_latent(
        folder, commit, lambda: open_vectors(folder, name, facts.name, documents, facts.rank)
    )
