"""Building an index of whole records: every field that Papersift keeps, in both engines.

    python -m tests.bench.search_records ENGINE RECORDS PAPERS FOLDER

The other builds of this bench hold title, abstract, id and categories, as those that search do.
Here are authors, comments, references and dates besides, of real records only. Ours then also
lists the names of authors to count them; tantivy keeps dates as fast fields to sort by.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from app.domain.arxiv_id import ArxivId
from app.search.documents import IndexDocument
from app.search.factory import rebuild_index
from tests.bench.search_bench import iter_documents
from tests.bench.search_peers import (
    TANTIVY_MEMORY_BYTES,
    TANTIVY_THREADS,
    Build,
    Contender,
    OurSearcher,
    TantivySearcher,
    measure_build,
    run_build,
)

MAX_RECORDS = 50_000
"""Records are read and written first, which takes longer than indexing them."""


def write_records(path: Path, papers: int) -> None:
    """Write the indexed fields of real papers, one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for document in iter_documents(papers):
            record = {
                "id": document.arxiv_id.value,
                "title": document.title,
                "abstract": document.abstract,
                "authors": document.authors,
                "categories": document.categories,
                "submitted": document.submitted_at.timestamp(),
                "updated": document.updated_at.timestamp(),
                "comments": document.comments,
                "journal_ref": document.journal_ref,
                "doi": document.doi,
                "report_no": document.report_no,
            }
            file.write(json.dumps(record) + "\n")


def _iter_records(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _make_document(record: dict[str, object]) -> IndexDocument:
    values: dict[str, object] = {
        **record,
        "arxiv_id": ArxivId(str(record["id"])),
        "submitted_at": _make_moment(record["submitted"]),
        "updated_at": _make_moment(record["updated"]),
    }
    for name in ("authors", "categories"):
        found = record[name]
        values[name] = tuple(found) if isinstance(found, list) else ()
    for name in ("id", "submitted", "updated"):
        del values[name]
    return IndexDocument(**values)  # type: ignore[arg-type]  # the names are those of the fields


def _make_moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), UTC)


def build_ours(records: Path, papers: int, folder: Path) -> Build:
    """All fields, without vectors."""
    begin = perf_counter()
    with rebuild_index(folder) as building:
        building.writer.replace(map(_make_document, _iter_records(records)))
        building.writer.commit(1)
        return measure_build(begin)


def build_tantivy(records: Path, papers: int, folder: Path) -> Build:
    """All fields; names and references are not stemmed, dates are integers to sort by."""
    import tantivy

    begin = perf_counter()
    builder = tantivy.SchemaBuilder()
    for name in ("arxiv_id", "categories", "doi"):
        builder.add_text_field(name, stored=name == "arxiv_id", tokenizer_name="raw")
    for name in ("title", "abstract", "comments"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    for name in ("authors", "journal_ref", "report_no"):
        builder.add_text_field(name)
    for name in ("submitted", "updated"):
        builder.add_integer_field(name, fast=True)
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer(TANTIVY_MEMORY_BYTES, TANTIVY_THREADS)
    for record in _iter_records(records):
        arxiv_id, submitted, updated = (record.pop(key) for key in ("id", "submitted", "updated"))
        writer.add_document(
            tantivy.Document(
                arxiv_id=ArxivId(str(arxiv_id)).value,
                submitted=int(_make_moment(submitted).timestamp()),
                updated=int(_make_moment(updated).timestamp()),
                **record,
            )
        )
    writer.commit()
    writer.wait_merging_threads()
    return measure_build(begin)


OURS = Contender("Papersift, whole records", build_ours, OurSearcher)
PEER = Contender("tantivy, whole records", build_tantivy, TantivySearcher)


if __name__ == "__main__":
    run_build((OURS, PEER), *sys.argv[1:])
