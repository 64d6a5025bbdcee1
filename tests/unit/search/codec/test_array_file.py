from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from app.domain.errors import IndexDamagedError
from app.search.whoosh.codec.array_file import (
    HEADER_BYTES,
    ITEM_TYPES,
    open_array,
    release_pages,
    verify_array,
    write_array,
    write_blocks,
)


@given(data=st.data(), item_type=st.sampled_from(ITEM_TYPES))
def test_an_array_comes_back_as_it_was_written(
    data: st.DataObject, item_type: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    array = data.draw(npst.arrays(np.dtype(item_type), st.integers(0, 50)))
    path = tmp_path_factory.mktemp("arrays") / "docs.arr"
    write_array(path, array)

    found = open_array(path)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    verify_array(path)


def test_blocks_are_one_array(tmp_path: Path) -> None:
    path = tmp_path / "docs.arr"
    write_blocks(path, (np.arange(n, n + 3, dtype=np.uint32) for n in (0, 3, 6)), np.dtype("u4"))

    assert open_array(path).tolist() == list(range(9))


def test_items_begin_on_a_cache_line_and_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "docs.arr"
    write_array(path, np.arange(5, dtype=np.uint16))
    array = open_array(path)

    assert array.ctypes.data % 64 == 0
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize("kept", [0, 10, HEADER_BYTES, HEADER_BYTES + 7])
def test_a_truncated_file_is_named_and_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "segment.docs.arr"
    write_array(path, np.arange(100, dtype=np.uint32))
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(IndexDamagedError, match=r"segment\.docs\.arr.*papersift reindex"):
        open_array(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match=r"docs\.arr is missing"):
        open_array(tmp_path / "docs.arr")


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "docs.arr"
    np.save(path.with_suffix(".npy"), np.arange(100))

    with pytest.raises(IndexDamagedError, match="not an array of this index"):
        open_array(path.with_suffix(".npy"))


@pytest.mark.parametrize("place", [9, 17, 25, 29])
def test_a_changed_header_is_refused(tmp_path: Path, place: int) -> None:
    path = tmp_path / "docs.arr"
    write_array(path, np.arange(100, dtype=np.uint32))
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)

    with pytest.raises(IndexDamagedError, match="damaged header"):
        open_array(path)


def test_changed_data_is_found_by_verifying(tmp_path: Path) -> None:
    path = tmp_path / "docs.arr"
    write_array(path, np.arange(100, dtype=np.uint32))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    open_array(path)

    with pytest.raises(IndexDamagedError, match="checksum"):
        verify_array(path)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="tells memory only on Linux")
def test_released_pages_are_no_longer_ours_and_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "large.array"
    numbers = np.arange(2**20, dtype="<u4")
    write_array(path, numbers)
    array = np.asarray(open_array(path))
    assert array.sum() == numbers.sum()
    assert count_resident_kilobytes(path) > 3_000
    release_pages(array)
    assert count_resident_kilobytes(path) == 0
    assert array.tolist() == numbers.tolist()


def count_resident_kilobytes(path: Path) -> int:
    """How much of a mapped file counts as this process's memory."""
    lines = Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace").splitlines()
    (place,) = (i for i, line in enumerate(lines) if line.endswith(str(path)))
    return next(int(line.split()[1]) for line in lines[place:] if line.startswith("Rss:"))
