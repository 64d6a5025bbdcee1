"""The few facts of a segment that are no arrays, in one checked JSON file.

    {"segment": "MAIN_k3j9", "format": 1, "documents": 2000, ...}
    crc32 2774001345

Everything a reader needs to open the arrays is here; deletions belong to commits, not segments.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from app.search.whoosh.codec.array_file import ARRAY_SUFFIX, make_damage_error
from app.search.whoosh.codec.layout import SEGMENT_FORMAT_VERSION

_CHECKSUM_LABEL = b"crc32 "


NO_POSITIONS = -1


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """What a segment is, beside its arrays.

    Attributes:
        segment_id: first part of the names of all its files.
        documents: number of documents, deleted ones included.
        field_names: indexed fields by number, in alphabetical order.
        field_lengths: tokens of each field over all documents.
        position_shifts: for each field the frequencies of all postings before it that have no
            positions, see `layout`; `NO_POSITIONS` for a field without positions.
        category_names: what category codes stand for.
        number_columns: fields with a sortable number, in the order of their arrays.
        number_defaults: what documents without a number have, likewise.
        byte_columns: fields with a sortable text, likewise.
        item_counts: length of every array by name.
    """

    segment_id: str
    documents: int
    field_names: tuple[str, ...]
    field_lengths: tuple[int, ...]
    position_shifts: tuple[int, ...]
    category_names: tuple[str, ...]
    number_columns: tuple[str, ...]
    number_defaults: tuple[float, ...]
    byte_columns: tuple[str, ...]
    item_counts: dict[str, int]

    @property
    def file_names(self) -> frozenset[str]:
        """All files of the segment."""
        arrays = (make_array_name(self.segment_id, name) for name in self.item_counts)
        return frozenset(arrays) | {make_facts_name(self.segment_id)}


def make_array_name(segment_id: str, array_name: str) -> str:
    """The file that holds one array of a segment."""
    return f"{segment_id}.{array_name}{ARRAY_SUFFIX}"


def make_facts_name(segment_id: str) -> str:
    """The file that holds the facts of a segment."""
    return f"{segment_id}.segment.json"


def seal(record: dict[str, object]) -> bytes:
    r"""A JSON record with its checksum in a line of its own.

    >>> seal({"a": 1})
    b'{"a":1}\ncrc32 1444654255\n'
    """
    data = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%s\n%s%d\n" % (data, _CHECKSUM_LABEL, zlib.crc32(data))


def unseal(path: Path, contents: bytes) -> dict[str, object]:
    """The record that `seal` wrote.

    Raises:
        IndexDamagedError: it is not what was written.
    """
    data, _, last = contents.removesuffix(b"\n").rpartition(b"\n")
    if not last.startswith(_CHECKSUM_LABEL) or not contents.endswith(b"\n"):
        raise make_damage_error(path, "is truncated or foreign")
    if last != b"%s%d" % (_CHECKSUM_LABEL, zlib.crc32(data)):
        raise make_damage_error(path, "does not have the checksum it was written with")
    record = json.loads(data)
    if not isinstance(record, dict):
        raise make_damage_error(path, "is foreign")
    return record


def write_facts(folder: Path, facts: SegmentFacts) -> Path:
    """Write the facts of a segment; the file, not synced yet."""
    path = folder / make_facts_name(facts.segment_id)
    path.write_bytes(seal({"format": SEGMENT_FORMAT_VERSION, **asdict(facts)}))
    return path


def read_facts(folder: Path, segment_id: str) -> SegmentFacts:
    """The facts of a segment.

    Raises:
        IndexDamagedError: the file is missing, damaged, or of another version.
    """
    path = folder / make_facts_name(segment_id)
    try:
        record = unseal(path, path.read_bytes())
    except FileNotFoundError:
        raise make_damage_error(path, "is missing") from None
    version = record.pop("format", None)
    if version != SEGMENT_FORMAT_VERSION:
        raise make_damage_error(path, f"has format {version}, not {SEGMENT_FORMAT_VERSION}")
    try:
        facts = SegmentFacts(
            **{key: tuple(value) if isinstance(value, list) else value
               for key, value in record.items()}  # type: ignore[arg-type]  # checked below
        )  # fmt: skip
    except TypeError:
        raise make_damage_error(path, "does not describe a segment") from None
    if facts.segment_id != segment_id:
        raise make_damage_error(path, f"describes the segment {facts.segment_id}")
    return facts
