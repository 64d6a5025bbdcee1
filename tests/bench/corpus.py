"""Where the benches take papers from: the real records where they are, else the bundled sample."""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from app.db.session import Database
from indexer.progress import SilentProgress
from indexer.snapshot import import_snapshot

ROOT = Path(__file__).parents[2]
SAMPLE_PATH = ROOT / "indexer" / "sample" / "papers.jsonl"


def find_data_dir() -> Path | None:
    """The folder of real records: `PAPERSIFT_DATA`, else `../shared/data`; None if absent."""
    folder = Path(os.environ.get("PAPERSIFT_DATA", ROOT.parent / "shared" / "data"))
    return folder if (folder / "arxiv" / "papers-100k.jsonl.gz").exists() else None


def iter_snapshot_lines(limit: int) -> Iterator[bytes]:
    """`limit` snapshot lines, each with an identifier of its own."""
    folder = find_data_dir()
    if folder is not None:
        with gzip.open(folder / "arxiv" / "papers-100k.jsonl.gz") as file:
            yield from islice(file, limit)
        return
    rows = [json.loads(line) for line in SAMPLE_PATH.read_text(encoding="utf-8").splitlines()]
    for number in range(limit):
        row = dict(rows[number % len(rows)])
        month = 1 + number // 10_000 % 12
        row["id"] = f"{15 + number // 120_000}{month:02d}.{1 + number % 10_000:05d}"
        yield json.dumps(row).encode() + b"\n"


def import_papers(database: Database, snapshot: Path) -> None:
    """Fill a database from a file of snapshot lines; what is refused is noted beside the file."""
    import_snapshot(
        database,
        snapshot,
        rejects_dir=snapshot.parent,
        batch_papers=2_000,
        progress=SilentProgress(),
        now=lambda: datetime.now(UTC),
    )


def describe_corpus() -> str:
    """Which of the two is used, for the head of the table."""
    if find_data_dir() is not None:
        return "real arXiv records"
    return "the bundled sample, repeated (real records: set PAPERSIFT_DATA)"
