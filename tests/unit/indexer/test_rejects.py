import json
from pathlib import Path

from indexer.rejects import MAX_KEPT_BYTES, RejectFile


def read_rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(row) for row in path.read_text().splitlines()]


def test_a_refused_line_is_kept_with_its_number_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "rejects" / "snapshot.rejects.jsonl"
    with RejectFile(path) as rejects:
        rejects.add(7, "no title", b'{"id": "\xff"}')

    assert read_rows(path) == [
        {"line": 7, "reason": "no title", "text": '{"id": "\\xff"}', "cut": False}
    ]


def test_no_file_is_made_when_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.rejects.jsonl"
    with RejectFile(path) as rejects:
        rejects.flush()

    assert not path.exists()


def test_a_huge_line_is_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "rejects.jsonl"
    with RejectFile(path) as rejects:
        rejects.add(1, "too long", b"x" * (MAX_KEPT_BYTES + 1))

    row = read_rows(path)[0]
    assert (len(str(row["text"])), row["cut"]) == (MAX_KEPT_BYTES, True)


def test_what_an_interrupted_run_wrote_after_its_last_batch_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "rejects.jsonl"
    with RejectFile(path) as rejects:
        for line in (3, 8, 12):
            rejects.add(line, "bad", b"x")
    path.write_bytes(path.read_bytes() + b'{"line": 15, "rea')  # killed in mid-row

    with RejectFile(path) as rejects:
        rejects.keep_up_to(8)
        rejects.add(12, "bad", b"x")

    assert [row["line"] for row in read_rows(path)] == [3, 8, 12]


def test_a_fresh_import_starts_with_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "rejects.jsonl"
    with RejectFile(path) as rejects:
        rejects.add(3, "bad", b"x")
    with RejectFile(path) as rejects:
        rejects.keep_up_to(0)

    assert not path.exists()
