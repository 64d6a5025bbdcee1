"""Papers with what they cite and what is cited together with them, as judged related papers."""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord
from app.domain.paper import Author, DatePrecision

TASKS = ("citation", "cocitation")
COLLECTION = Path("related") / "citations-1991-1996"
ASSUMED_CATEGORIES = ("hep-th",)
"""Of the few papers whose categories are not known."""

Judgements = dict[str, dict[str, float]]
"""Identifier of the paper asked about -> grade of each related one."""


@dataclass(frozen=True, slots=True)
class RelatedCollection:
    """The papers, and the judgements of each task."""

    records: list[PaperRecord]
    tasks: dict[str, Judgements]

    def list_seeds(self) -> list[str]:
        """Every paper that some task asks about, in order."""
        return sorted({name for judged in self.tasks.values() for name in judged})


def read_related_collection(folder: Path) -> RelatedCollection:
    """The collection under the folder of real records."""
    with gzip.open(folder / COLLECTION / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [_make_record(json.loads(line)) for line in lines]
    known = {record.arxiv_id.value for record in records}
    tasks = {
        task: _read_judgements(folder / COLLECTION / f"{task}_qrels.tsv", known) for task in TASKS
    }
    return RelatedCollection(records, tasks)


def _make_record(line: dict[str, str]) -> PaperRecord:
    arxiv_id = ArxivId.parse(line["id"])
    # Some have no date; their identifier tells the month.
    day = date.fromisoformat(line["date"] or f"{arxiv_id.year}-{arxiv_id.month:02d}-01")
    moment = datetime.combine(day, time(), UTC)
    names = [name.strip() for name in line["authors"].split(",")]
    return PaperRecord(
        arxiv_id=arxiv_id,
        title=line["title"],
        abstract=line["text"],
        authors=tuple(_make_author(name) for name in names if name) or (Author("Nobody"),),
        categories=tuple(line["categories"].split()) or ASSUMED_CATEGORIES,
        submitted_at=moment,
        submitted_precision=DatePrecision.DAY,
        updated_at=moment,
        datestamp=day,
    )


def _make_author(name: str) -> Author:
    given, _, family = name.rpartition(" ")
    return Author(family, given)


def _read_judgements(path: Path, known: set[str]) -> Judgements:
    judged: Judgements = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        seed, related, grade = line.split("\t")
        if seed in known and related in known and float(grade) > 0.0:
            judged.setdefault(seed, {})[related] = float(grade)
    return judged
