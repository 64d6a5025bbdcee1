"""What a commit is: one small record that names everything belonging to it.

A folder holds segments and tables of contents as Whoosh writes them, and `commit-<n>.json`, ours:

    {"generation": 12, "change_number": 48210, "papers": 99981,
     "schema_version": 1, "analyzer_version": 1,
     "toc": {"name": "_MAIN_12.toc", "bytes": 2911, "crc32": 3735928559},
     "files": {"MAIN_k3j9.seg": 73400320}}

The rename of this record *is* the commit: before it, segments and table of contents are synced
but mean nothing; with it, documents and change number appear together. Readers follow the newest
record and never Whoosh's own "newest table of contents". Because the record is read first, an
index of another version is refused before anything in it is unpickled, and a truncated or foreign
file is found by its length or checksum. A hidden document for the number was the alternative; it
would be one more thing to keep out of every count, and the schema's pickle another, which cannot
be read without unpickling.
"""

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.index import TOC

from app.domain.errors import IndexDamagedError, IndexOutdatedError
from app.search.documents import SCHEMA_VERSION
from app.search.whoosh.durable import DurableStorage, replace_file
from app.search.whoosh.schema import make_schema
from app.text.tokenize import ANALYZER_VERSION

INDEX_NAME = "MAIN"
_RECORD_NAME = re.compile(r"commit-([0-9]+)\.json")
_REBUILD = "Run `papersift reindex` to build the index anew from the database."


@dataclass(frozen=True, slots=True)
class Commit:
    """One committed state of an index folder.

    Attributes:
        generation: number of the commit within its folder, from 0.
        change_number: last database change it holds.
        papers: living papers.
        toc_name: Whoosh's table of contents.
        toc_crc32: its checksum.
        file_bytes: length of every file by name, table of contents included.
    """

    generation: int
    change_number: int
    papers: int
    toc_name: str
    toc_crc32: int
    file_bytes: dict[str, int]

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
    try:
        record = json.loads(data)
        versions = int(record["schema_version"]), int(record["analyzer_version"])
        if versions == (SCHEMA_VERSION, ANALYZER_VERSION):
            return Commit(
                generation=int(record["generation"]),
                change_number=int(record["change_number"]),
                papers=int(record["papers"]),
                toc_name=str(record["toc"]["name"]),
                toc_crc32=int(record["toc"]["crc32"]),
                file_bytes={
                    **{str(name): int(size) for name, size in record["files"].items()},
                    str(record["toc"]["name"]): int(record["toc"]["bytes"]),
                },
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"The index file {path.name} cannot be read. {_REBUILD}") from error
    raise IndexOutdatedError(
        f"The search index was built with schema version {versions[0]} and analyzer version "
        f"{versions[1]}, this program has {SCHEMA_VERSION} and {ANALYZER_VERSION}. {_REBUILD}"
    )


def read_segments(folder: Path, commit: Commit) -> list[Any]:
    """Whoosh's segments of a commit, with the deletions it made.

    Raises:
        IndexDamagedError: the table of contents is not the one that was written.
        FileNotFoundError: it is gone, since a newer commit replaced this one.
    """
    data = (folder / commit.toc_name).read_bytes()
    if zlib.crc32(data) != commit.toc_crc32:
        raise IndexDamagedError(f"The index file {commit.toc_name} was altered. {_REBUILD}")
    storage = DurableStorage(folder)
    try:
        toc = TOC.read(storage, INDEX_NAME, gen=commit.generation, schema=make_schema())
    except FileNotFoundError:
        raise
    except Exception as error:  # whatever unpickling another Python's or Whoosh's file raises
        raise IndexDamagedError(
            f"The index file {commit.toc_name} cannot be read ({error}). {_REBUILD}"
        ) from error
    return list(toc.segments)


def write_first_commit(storage: DurableStorage) -> Commit:
    """Make a new folder an empty index."""
    return write_commit(storage, segments=[], generation=0, change_number=0)


def write_commit(
    storage: DurableStorage, *, segments: list[Any], generation: int, change_number: int
) -> Commit:
    """Make segments that are already written the state of the folder; returns once it is durable.

    Order: table of contents under its name; all new files and their names synced; the record
    written aside, synced, renamed, the folder synced.
    """
    TOC(make_schema(), segments, generation).write(storage, INDEX_NAME)
    toc_name = TOC._filename(INDEX_NAME, generation)
    toc_data = (storage.path / toc_name).read_bytes()
    names = _list_segment_files(storage, segments)
    commit = Commit(
        generation=generation,
        change_number=change_number,
        papers=sum(segment.doc_count() for segment in segments),
        toc_name=toc_name,
        toc_crc32=zlib.crc32(toc_data),
        file_bytes={name: storage.file_length(name) for name in names} | {toc_name: len(toc_data)},
    )
    storage.sync()
    replace_file(storage.path / commit.record_name, _render_record(commit))
    return commit


def _list_segment_files(storage: DurableStorage, segments: Iterable[Any]) -> list[str]:
    return sorted(name for segment in segments for name in segment.list_files(storage))


def _render_record(commit: Commit) -> bytes:
    toc_bytes = commit.file_bytes[commit.toc_name]
    record = {
        "generation": commit.generation,
        "change_number": commit.change_number,
        "papers": commit.papers,
        "schema_version": SCHEMA_VERSION,
        "analyzer_version": ANALYZER_VERSION,
        "toc": {"name": commit.toc_name, "bytes": toc_bytes, "crc32": commit.toc_crc32},
        "files": {
            name: size for name, size in commit.file_bytes.items() if name != commit.toc_name
        },
    }
    return json.dumps(record, indent=1).encode()
