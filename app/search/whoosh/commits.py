"""What a commit is: one small record that names everything belonging to it.

A folder holds segments, lists of deleted documents, vectors of papers (`latent`), and
`commit-<n>.json`, a line of JSON and a line with its checksum:

    {"generation": 12, "change_number": 48210, "papers": 99981,
     "schema_version": 1, "analyzer_version": 1,
     "model": {"name": "9f3b", "rank": 128, "arrays": ["term_bytes"]},
     "segments": [{"id": "MAIN_5f0c21aa", "deleted": "MAIN_5f0c21aa.deleted-12.array",
                   "latent": "MAIN_5f0c21aa.latent-9f3b.array"}],
     "files": {"MAIN_5f0c21aa.docs.array": 73400320}}

The rename of this record *is* the commit: before it, all files it names are synced but mean
nothing; with it, documents and change number appear together. Readers follow the newest record.
It stands in for Whoosh's table of contents, which is a pickle; the schema comes from the code.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.domain.errors import IndexDamagedError, IndexOutdatedError
from app.search.documents import SCHEMA_VERSION
from app.search.whoosh.codec.array_file import write_array
from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.segment_file import seal, unseal
from app.search.whoosh.durable import replace_file, sync_files, sync_folder
from app.search.whoosh.latent import (
    LatentModel,
    is_latent_file,
    name_model_file,
)
from app.text.tokenize import ANALYZER_VERSION

_RECORD_NAME = re.compile(r"commit-([0-9]+)\.json")
_REBUILD = "Run `papersift reindex` to build the index anew from the database."


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which latent model the papers of a commit have vectors of.

    Attributes:
        arrays: names of its arrays.
    """

    name: str
    rank: int
    arrays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """One committed state of an index folder.

    Attributes:
        generation: number of the commit within its folder, from 0.
        change_number: last database change it holds.
        papers: living papers.
        deletion_names: for each segment, in order, the file that lists its deleted documents;
            None when all live.
        latent_names: likewise the file with the vectors of its papers; None without.
        model: what those vectors were made with; None when no paper has any.
        file_bytes: length of every file by name.
    """

    generation: int
    change_number: int
    papers: int
    deletion_names: dict[str, str | None] = field(default_factory=dict)
    latent_names: dict[str, str | None] = field(default_factory=dict)
    model: ModelFacts | None = None
    file_bytes: dict[str, int] = field(default_factory=dict)

    @property
    def record_name(self) -> str:
        """The file that holds this record."""
        return f"commit-{self.generation}.json"

    @property
    def file_names(self) -> frozenset[str]:
        """All files that belong to the commit, the record too."""
        return frozenset(self.file_bytes) | {self.record_name}


def find_newest_generation(folder: Path) -> int | None:
    """The number of the newest commit of a folder; None when there is none."""
    numbers = [
        int(match[1])
        for path in folder.iterdir()
        if (match := _RECORD_NAME.fullmatch(path.name)) is not None
    ]
    return max(numbers, default=None)


def read_commit(folder: Path) -> Commit:
    """The newest commit of a folder, its files checked for presence and length.

    Files of the latent model are not: without them papers are found all the same.

    Raises:
        IndexOutdatedError: written with another version of the fields or of the analyzer.
        IndexDamagedError: no record, an unreadable one, or a file missing or of another length.
        FileNotFoundError: a newer commit has just replaced this one, or the folder is gone.
    """
    generation = find_newest_generation(folder)
    if generation is None:
        raise IndexDamagedError(f"The search index {folder.name} has no commit. {_REBUILD}")
    try:
        path = folder / f"commit-{generation}.json"
        commit = _parse_record(path, path.read_bytes())
        for name, expected in commit.file_bytes.items():
            if not is_latent_file(name):
                _check_length(folder / name, expected)
    except FileNotFoundError as error:
        if find_newest_generation(folder) != generation:
            raise
        raise IndexDamagedError(
            f"The index file {Path(error.filename).name} is missing. {_REBUILD}"
        ) from error
    return commit


def _check_length(path: Path, expected: int) -> None:
    found = path.stat().st_size
    if found != expected:
        raise IndexDamagedError(
            f"The index file {path.name} has {found:,} bytes instead of {expected:,}. {_REBUILD}"
        )


def _parse_record(path: Path, data: bytes) -> Commit:
    record: dict[str, Any] = unseal(path, data)
    try:
        versions = int(record["schema_version"]), int(record["analyzer_version"])
        if versions == (SCHEMA_VERSION, ANALYZER_VERSION):
            return Commit(
                generation=int(record["generation"]),
                change_number=int(record["change_number"]),
                papers=int(record["papers"]),
                deletion_names={each["id"]: each["deleted"] for each in record["segments"]},
                latent_names={each["id"]: each["latent"] for each in record["segments"]},
                model=_parse_model(record["model"]),
                file_bytes={str(name): int(size) for name, size in record["files"].items()},
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"The index file {path.name} cannot be read. {_REBUILD}") from error
    raise IndexOutdatedError(
        f"The search index was built with schema version {versions[0]} and analyzer version "
        f"{versions[1]}, this program has {SCHEMA_VERSION} and {ANALYZER_VERSION}. {_REBUILD}"
    )


def _parse_model(record: dict[str, Any] | None) -> ModelFacts | None:
    if record is None:
        return None
    return ModelFacts(str(record["name"]), int(record["rank"]), tuple(record["arrays"]))


def write_first_commit(folder: Path) -> Commit:
    """Make a new folder an empty index."""
    return write_commit(folder, segments=[], generation=0, change_number=0)


def write_commit(
    folder: Path,
    *,
    segments: Sequence[ColumnSegment],
    generation: int,
    change_number: int,
    model: LatentModel | None = None,
) -> Commit:
    """Make segments that are already written the state of the folder; returns once it is durable.

    Order: lists of deleted documents written and synced, as the segments' files are; the folder
    with all their names synced; the record written aside, synced, renamed, the folder synced.

    Args:
        model: what the vectors of all segments were made with; already written, as they are.
    """
    deletion_names = _write_deletions(folder, segments, generation)
    latent_names = {
        segment.segment_id(): segment.latent.file_name
        if segment.latent is not None and model is not None
        else None
        for segment in segments
    }
    array_names = () if model is None else tuple(sorted(model.arrays))
    names = sorted(
        {name for segment in segments for name in segment.get_arrays().facts.file_names}
        | {name for name in deletion_names.values() if name is not None}
        | {name for name in latent_names.values() if name is not None}
        | {name_model_file(model.name, each) for each in array_names if model is not None}
    )
    commit = Commit(
        generation=generation,
        change_number=change_number,
        papers=sum(segment.doc_count() for segment in segments),
        deletion_names=deletion_names,
        latent_names=latent_names,
        model=None if model is None else ModelFacts(model.name, model.rank, array_names),
        file_bytes={name: (folder / name).stat().st_size for name in names},
    )
    sync_folder(folder)
    replace_file(folder / commit.record_name, _render_record(commit))
    return commit


def _write_deletions(
    folder: Path, segments: Sequence[ColumnSegment], generation: int
) -> dict[str, str | None]:
    """For each segment the file that lists its deleted documents, a new one if they changed."""
    new = []
    for segment in segments:
        if segment.has_deletions() and segment.deletion_name is None:
            segment.deletion_name = f"{segment.segment_id()}.deleted-{generation}.array"
            new.append(folder / segment.deletion_name)
            write_array(new[-1], segment.list_deleted(), is_durable=False)
    sync_files(new)
    return {
        segment.segment_id(): segment.deletion_name if segment.has_deletions() else None
        for segment in segments
    }


def _render_record(commit: Commit) -> bytes:
    return seal(
        {
            "generation": commit.generation,
            "change_number": commit.change_number,
            "papers": commit.papers,
            "schema_version": SCHEMA_VERSION,
            "analyzer_version": ANALYZER_VERSION,
            "model": None if commit.model is None else asdict(commit.model),
            "segments": [
                {"id": segment_id, "deleted": name, "latent": commit.latent_names[segment_id]}
                for segment_id, name in commit.deletion_names.items()
            ],
            "files": commit.file_bytes,
        }
    )
