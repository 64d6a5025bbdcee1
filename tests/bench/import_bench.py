"""Importing a snapshot: records per second, and memory that does not grow with the file."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from tests.bench.corpus import iter_snapshot_lines
from tests.bench.table import Row

RATE_BAR = 15_000.0
"""Records a second that an import must reach on two cores."""

MEMORY_BAR_MB = 400.0

_CHILD = """
import resource, sys
from pathlib import Path
from datetime import UTC, datetime
from time import perf_counter
from app.db.migrate import upgrade
from app.db.session import Database
from indexer.progress import SilentProgress
from indexer.snapshot import import_snapshot
folder = Path(sys.argv[1])
url = f"sqlite:///{folder / 'papersift.db'}"
upgrade(url)
database = Database(url)
begin = perf_counter()
report = import_snapshot(database, Path(sys.argv[2]), rejects_dir=folder, batch_papers=2000,
                         progress=SilentProgress(), now=lambda: datetime.now(UTC))
seconds = perf_counter() - begin
database.close()
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, report.message)
"""


def rows(limit: int = 100_000) -> Iterator[Row]:
    """The rows of the table; `limit` records are imported, and a quarter of them beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, small = folder / "large.jsonl", folder / "small.jsonl"
        _write(large, limit)
        _write(small, limit // 4)
        peer_rate = limit / _load_raw(large, folder / "peer.db")
        small_rate, small_memory = _import(small, folder / "small", limit // 4)
        rate, memory = _import(large, folder / "large", limit)
    peer = "json + sqlite3 executemany, raw text"
    yield Row(f"import, {limit:,} records", rate, "records/s", peer, peer_rate)
    yield Row(f"import, {limit:,} records", rate, "records/s", "bar", RATE_BAR)
    yield Row(f"import, {limit // 4:,} records", small_rate, "records/s", "bar", RATE_BAR)
    yield Row(f"peak memory, {limit:,} records", memory, "MB", "bar", MEMORY_BAR_MB)
    yield Row(
        f"peak memory, {limit:,} records", memory, "MB", f"{limit // 4:,} records", small_memory
    )


def _write(path: Path, limit: int) -> None:
    with path.open("wb") as file:
        file.writelines(iter_snapshot_lines(limit))


def _import(path: Path, folder: Path, records: int) -> tuple[float, float]:
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder), str(path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    seconds, memory = done.stdout.split()[:2]
    return records / float(seconds), float(memory)


def _load_raw(path: Path, database_path: Path) -> float:
    """Seconds to parse the same lines and store their fields untouched: the floor."""
    fields = ("id", "title", "authors", "abstract", "categories", "comments", "doi", "update_date")
    begin = perf_counter()
    connection = sqlite3.connect(database_path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"CREATE TABLE papers ({', '.join(fields)}, PRIMARY KEY (id))")
    with path.open("rb") as file:
        values = (tuple(json.loads(line).get(field) for field in fields) for line in file)
        connection.executemany("INSERT INTO papers VALUES (?,?,?,?,?,?,?,?)", values)
    connection.commit()
    connection.close()
    return perf_counter() - begin
