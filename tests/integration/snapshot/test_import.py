import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.db import harvests, imports, papers
from app.db.migrate import upgrade
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.errors import SnapshotError
from app.domain.harvest import RunReport
from indexer.progress import SilentProgress
from indexer.snapshot import HOPELESS_LINES, import_snapshot

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.db.session import Database
from indexer.progress import SilentProgress
from indexer.snapshot import import_snapshot
print("begun", flush=True)
import_snapshot(Database(sys.argv[1]), Path(sys.argv[2]), rejects_dir=Path(sys.argv[3]),
                batch_papers=50, progress=SilentProgress(), now=lambda: datetime.now(UTC))
"""


def make_row(number: int, **changes: object) -> dict[str, Any]:
    return {
        "id": f"1706.{number:05d}",
        "title": f"Alfa bravo {number}",
        "authors": "C. Delta and E. Foxtrot",
        "abstract": "Golf hotel.",
        "categories": "cs.CL",
        "versions": [{"version": "v1", "created": "Mon, 12 Jun 2017 17:57:34 GMT"}],
        "update_date": "2017-06-13",
        **changes,
    }


def write_lines(path: Path, rows: Iterable[object]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


class Importer:
    """Imports files into one database, rejects beside them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder

    def run(self, path: Path, batch_papers: int = 50) -> RunReport:
        return import_snapshot(
            self.database,
            path,
            rejects_dir=self.folder / "rejects",
            batch_papers=batch_papers,
            progress=SilentProgress(),
            now=lambda: NOON,
        )

    def read_rejects(self, name: str) -> list[dict[str, Any]]:
        text = (self.folder / "rejects" / f"{name}.rejects.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def get_state(self) -> tuple[int, int]:
        with self.database.read() as tx:
            return papers.count_papers(tx), papers.get_last_change_number(tx)


@pytest.fixture
def importer(database: Database, tmp_path: Path) -> Importer:
    return Importer(database, tmp_path)


def test_every_paper_is_stored_and_the_report_counts_them(
    importer: Importer, tmp_path: Path
) -> None:
    report = importer.run(write_lines(tmp_path / "s.jsonl", (make_row(n) for n in range(1, 121))))

    assert report.succeeded
    assert report.message == ("s.jsonl: 120 papers added, 0 changed, 0 unchanged, 0 lines refused.")
    assert importer.get_state()[0] == 120
    with importer.database.read() as tx:
        assert harvests.list_runs(tx, stage="import", limit=1)[0].details["added"] == 120


def test_a_file_loaded_twice_changes_nothing(importer: Importer, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "s.jsonl", (make_row(n) for n in range(1, 121)))
    importer.run(path)
    before = importer.get_state()
    report = importer.run(path)

    assert report.details["unchanged"] == 120
    assert importer.get_state() == before


def test_bad_lines_are_kept_with_number_and_reason_and_stop_nothing(
    importer: Importer, tmp_path: Path
) -> None:
    rows = [
        make_row(1),
        "{not json",
        make_row(2, title=None),
        make_row(3, id="1713.00001"),
        make_row(4, categories=" "),
        "[1, 2]",
        make_row(5, versions=[{"version": "v1", "created": "some day"}]),
        make_row(6),
    ]
    report = importer.run(write_lines(tmp_path / "s.jsonl", rows))
    rejects = importer.read_rejects("s.jsonl")

    assert (report.details["added"], report.details["rejected"]) == (2, 6)
    assert (
        "6 lines refused (see rejects/s.jsonl.rejects.jsonl in the data folder)" in report.message
    )
    assert [row["line"] for row in rejects] == [2, 3, 4, 5, 6, 7]
    assert all(row["reason"] and row["text"] for row in rejects)
    assert "title" in rejects[1]["reason"]
    assert "1713.00001" in rejects[2]["reason"]


def test_a_file_of_something_else_is_refused_soon(importer: Importer, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "log.txt", (f"line {n}" for n in range(HOPELESS_LINES + 200)))

    with pytest.raises(SnapshotError, match=r"holds no papers.*one JSON object a line"):
        importer.run(path)
    with importer.database.read() as tx:
        assert not harvests.list_runs(tx, stage="import", limit=1)[0].succeeded


@pytest.mark.parametrize("content", ["", "# Alfa\n\nbravo\n"])
def test_a_file_without_one_paper_is_an_error(
    importer: Importer, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "README.md"
    path.write_text(content)
    with pytest.raises(SnapshotError, match=r"README\.md holds no papers"):
        importer.run(path)
    with importer.database.read() as tx:
        assert not harvests.list_runs(tx, stage="import", limit=1)[0].succeeded


def test_what_was_read_before_the_damage_is_stored(importer: Importer, tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "s.jsonl.gz"
    lines = "".join(json.dumps(make_row(n)) + "\n" for n in range(1, 20_000))
    path.write_bytes(gzip.compress(lines.encode())[:-20_000])
    with pytest.raises(SnapshotError, match="damaged or incomplete"):
        importer.run(path, batch_papers=500)

    held, _ = importer.get_state()
    assert held >= 500
    assert held % 500 == 0


def test_names_are_split_and_accents_decoded(importer: Importer, tmp_path: Path) -> None:
    row = make_row(
        1, authors='E. Schr\\"odinger, A. van der Berg Jr.', title="$\\ell_1$ and caf\\'e"
    )
    importer.run(write_lines(tmp_path / "s.jsonl", [row]))
    with importer.database.read() as tx:
        paper = papers.get_paper(tx, ArxivId("1706.00001"))

    assert [author.name for author in paper.authors] == ["E. Schrödinger", "A. van der Berg Jr."]
    assert paper.title == "$\\ell_1$ and café"
    assert paper.title_tex == "$\\ell_1$ and caf\\'e"


def interrupt_after(
    importer: Importer, path: Path, commits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run an import that dies in the transaction after so many complete ones."""
    original = imports.save_checkpoint
    done = 0

    def save(*args: Any, **kwargs: Any) -> None:
        nonlocal done
        original(*args, **kwargs)
        done += 1
        if done > commits:
            raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(imports, "save_checkpoint", save)
        with pytest.raises(RuntimeError, match="power cut"):
            importer.run(path)


def test_an_interrupted_import_goes_on_where_it_stopped(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[object] = [make_row(n) for n in range(1, 301)]
    rows[70] = "broken"
    rows[130] = "broken too"
    path = write_lines(tmp_path / "s.jsonl", rows)
    interrupt_after(importer, path, 2, monkeypatch)
    assert importer.get_state()[0] == 99
    report = importer.run(path)

    assert importer.get_state()[0] == 298
    assert report.details["added"] == 199
    assert report.details["lines"] == 300
    assert [row["line"] for row in importer.read_rejects("s.jsonl")] == [71, 131]


def test_a_changed_file_of_the_same_name_is_read_from_its_beginning(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_lines(tmp_path / "s.jsonl", (make_row(n) for n in range(1, 301)))
    interrupt_after(importer, path, 2, monkeypatch)
    write_lines(path, (make_row(n, title=f"Zulu {n}") for n in range(1, 301)))
    importer.run(path)
    with importer.database.read() as tx:
        assert papers.get_paper(tx, ArxivId("1706.00001")).title == "Zulu 1"


def test_a_killed_import_loses_and_repeats_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papersift.db'}"
    upgrade(url)
    path = write_lines(tmp_path / "s.jsonl", (make_row(n) for n in range(1, 4_001)))
    choose = random.Random(5)
    counts = []
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, url, str(path), str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        with child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(choose.uniform(0.01, 0.12))
            child.send_signal(signal.SIGKILL)
        counts.append(count_papers(url))

    database = Database(url)
    importer = Importer(database, tmp_path)
    importer.run(path)
    assert importer.get_state() == (4_000, 4_000)
    assert counts == sorted(counts)
    assert all(count % 50 == 0 for count in counts)
    database.close()


def count_papers(url: str) -> int:
    database = Database(url)
    try:
        with database.read() as tx:
            return papers.count_papers(tx)
    finally:
        database.close()


def test_memory_does_not_hold_the_file(importer: Importer, tmp_path: Path) -> None:
    """A line that never ends is passed over without being collected."""
    path = tmp_path / "s.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps(make_row(1)).encode() + b"\n")
        for _ in range(40):
            file.write(b"x" * 2**20)
        file.write(b"\n" + json.dumps(make_row(2)).encode() + b"\n")
    report = importer.run(path)

    assert report.details["added"] == 2
    reject = importer.read_rejects("s.jsonl")[0]
    assert (reject["line"], reject["cut"], len(reject["text"])) == (2, True, 65_536)
