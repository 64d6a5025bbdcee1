"""Test collections: documents, queries and judgements, read from the folder of real records."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COLLECTIONS = ("cranfield", "cisi", "cacm", "med", "vaswani", "scholar")


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """One document of a collection; title or text may be empty."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """One question and the grades of its judged documents, at least one of them above 0."""

    name: str
    text: str
    grades: dict[str, float]


@dataclass(frozen=True, slots=True)
class Collection:
    """One test collection."""

    name: str
    documents: tuple[JudgedDocument, ...]
    queries: tuple[JudgedQuery, ...]


def read_collection(folder: Path, *, max_queries: int | None = None) -> Collection:
    """The collection in a folder that holds `docs.jsonl.gz`, `queries.jsonl` and `qrels.tsv`.

    Queries without a relevant document in the collection are left out, since no ranking can be
    told from another by them. Of more than `max_queries` every n-th is taken.
    """
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    documents = tuple(JudgedDocument(str(row["id"]), row["title"], row["text"]) for row in rows)
    grades = _read_grades(folder / "qrels.tsv", {each.name for each in documents})
    queries = [
        JudgedQuery(str(row["id"]), row["text"], grades[str(row["id"])])
        for row in map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
        if str(row["id"]) in grades
    ]
    step = 1 if max_queries is None else -(-len(queries) // max_queries)
    return Collection(folder.name, documents, tuple(queries[::step]))


def _read_grades(path: Path, known: set[str]) -> dict[str, dict[str, float]]:
    """Grades above 0 by query and document."""
    grades: dict[str, dict[str, float]] = {}
    for query, document, grade in _iter_rows(path):
        if document in known and grade > 0.0:
            grades.setdefault(query, {})[document] = grade
    return grades


def _iter_rows(path: Path) -> Iterator[tuple[str, str, float]]:
    for line in path.read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        yield query, document, float(grade)
