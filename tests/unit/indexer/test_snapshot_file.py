import gzip
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import SnapshotError
from indexer import snapshot_file
from indexer.snapshot_file import SnapshotFile, SnapshotLine

CONTENT = b'{"id": 1}\n\n{"id": 2}\r\n{"id": 3}'


def write(path: Path, content: bytes, compression: str) -> Path:
    match compression:
        case "gzip":
            path.write_bytes(gzip.compress(content))
        case "zstd":
            path.write_bytes(zstandard.compress(content))
        case _:
            path.write_bytes(content)
    return path


@pytest.mark.parametrize("compression", ["plain", "gzip", "zstd"])
def test_lines_are_numbered_from_one_and_empty_ones_are_left_out(
    tmp_path: Path, compression: str
) -> None:
    with SnapshotFile(write(tmp_path / "snapshot", CONTENT, compression)) as file:
        lines = list(file.read_lines())

    assert lines == [
        SnapshotLine(b'{"id": 1}', 1, 10),
        SnapshotLine(b'{"id": 2}', 3, 22),
        SnapshotLine(b'{"id": 3}', 4, 31),
    ]


@pytest.mark.parametrize("compression", ["plain", "gzip", "zstd"])
def test_reading_goes_on_after_a_given_line(tmp_path: Path, compression: str) -> None:
    with SnapshotFile(write(tmp_path / "snapshot", CONTENT, compression)) as file:
        lines = list(file.read_lines(skip_lines=3, skip_bytes=22))

    assert lines == [SnapshotLine(b'{"id": 3}', 4, 31)]


def test_zstandard_frames_may_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "snapshot"
    path.write_bytes(zstandard.compress(b"1\n2") + zstandard.compress(b"3\n4\n"))
    with SnapshotFile(path) as file:
        lines = [line.data for line in file.read_lines()]

    assert lines == [b"1", b"23", b"4"]


@given(rows=st.lists(st.binary(max_size=40).map(lambda row: row.replace(b"\n", b" "))))
def test_every_line_ends_where_the_next_reading_can_begin(
    rows: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("lines") / "snapshot"
    path.write_bytes(b"plain\n" + b"\n".join(rows))
    with SnapshotFile(path) as file:
        lines = list(file.read_lines())
    for place, line in enumerate(lines):
        with SnapshotFile(path) as file:
            rest = list(file.read_lines(skip_lines=line.number, skip_bytes=line.end_offset))
        assert rest == lines[place + 1 :]


def test_a_line_beyond_the_limit_is_cut_and_the_next_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_file, "MAX_LINE_BYTES", 10)
    path = write(tmp_path / "snapshot", b"x" * 35 + b"\nshort\n" + b"y" * 10 + b"\n", "plain")
    with SnapshotFile(path) as file:
        lines = list(file.read_lines())

    assert lines == [
        SnapshotLine(b"x" * 10, 1, 36, is_cut=True),
        SnapshotLine(b"short", 2, 42),
        SnapshotLine(b"y" * 10, 3, 53, is_cut=True),
    ]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_truncated_file_gives_its_first_lines_and_then_says_what_to_do(
    tmp_path: Path, compression: str
) -> None:
    content = b"".join(b'{"id": %d}\n' % number for number in range(500_000))
    path = write(tmp_path / "snapshot", content, compression)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    seen: list[SnapshotLine] = []
    with (
        SnapshotFile(path) as file,
        pytest.raises(SnapshotError, match=r"damaged or incomplete.*fetch the file again"),
    ):
        seen.extend(file.read_lines())

    assert len(seen) > 10_000


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"nowhere\.json cannot be opened \(No such file"):
        SnapshotFile(tmp_path / "nowhere.json")


def test_the_fingerprint_tells_files_apart_and_stays_with_the_content(tmp_path: Path) -> None:
    fingerprints = []
    for name, content in (("a", b"1\n2\n"), ("b", b"1\n3\n"), ("c", b"1\n2\n")):
        (tmp_path / name).write_bytes(content)
        with SnapshotFile(tmp_path / name) as file:
            fingerprints.append(file.fingerprint)

    assert fingerprints[0] == fingerprints[2] != fingerprints[1]
