"""The index: papers per second to build it, and how long searches take, beside two peers.

All three engines hold title and abstract of the same papers, stemmed; each query asks for the ten
best papers and the exact number of matches. The engines answer each query in turns.
"""

import random
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from app.domain.query import And, Or, SearchRequest, Term
from app.domain.results import EngineResult
from app.search.documents import IndexDocument
from app.search.engine import SearchEngine
from app.search.factory import open_engine, open_index_writer, rebuild_index
from indexer.snapshot_record import RejectedLineError, parse_snapshot_line
from tests.bench.corpus import iter_snapshot_lines
from tests.bench.table import Row, percentile

QUERIES = 200
HITS = 10
ROUNDS = 3
"""Each query is timed so often on each engine; the best time counts."""

UPDATE_PAPERS = 2_000
WRITER_MEMORY_BYTES = 256 * 2**20

_WORD = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True, slots=True)
class Contender:
    """One engine with its index built.

    Attributes:
        papers_per_second: rate of building it.
        search: answers words, required or not, with the total number of matches.
    """

    name: str
    papers_per_second: float
    search: Callable[[Sequence[str], bool], int]


def rows(limit: int = 20_000) -> Iterator[Row]:
    """The rows of the table, for an index of `limit` papers."""
    documents = list(iter_documents(limit))
    queries = make_queries([document.title for document in documents])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index_dir = folder / "index"
        rate = len(documents) / _time(lambda: _build(index_dir, documents))
        engine = open_engine(index_dir)
        engine.warm_up()
        ours = Contender("Papersift", rate, lambda words, all_of: _ask(engine, words, all_of).total)
        peers = [_make_tantivy(folder / "tantivy", documents), _make_fts5(documents)]
        for peer in peers:
            what = f"build, {len(documents):,} papers"
            yield Row(what, rate, "papers/s", peer.name, peer.papers_per_second)
        yield from _compare_searches(ours, peers, queries)
        engine.close()
        changed = [replace(document, comments="changed") for document in documents[:UPDATE_PAPERS]]
        seconds = _time(lambda: _update(index_dir, changed))
        size = sum(path.stat().st_size for path in index_dir.rglob("*") if path.is_file())
    yield Row(f"commit of {len(changed):,} changed papers", seconds, "s")
    yield Row("index, other fields included", size / len(documents), "bytes/paper")


def make_queries(titles: Sequence[str]) -> list[list[str]]:
    """One to five words out of each of some titles; the same for the same titles."""
    chance = random.Random(len(titles))
    queries = []
    for title in chance.choices(titles, k=10 * QUERIES):
        words = list(dict.fromkeys(_WORD.findall(title.lower())))
        if words:
            queries.append(chance.sample(words, min(len(words), chance.randint(1, 5))))
    return queries[:QUERIES]


def _compare_searches(
    ours: Contender, peers: list[Contender], queries: list[list[str]]
) -> Iterator[Row]:
    contenders = [ours, *peers]
    for mode, all_of in (("any word", False), ("all words", True)):
        best = {each.name: [float("inf")] * len(queries) for each in contenders}
        for _ in range(ROUNDS):
            for number, words in enumerate(queries):
                for each in contenders:
                    seconds = _time(partial(each.search, words, all_of))
                    best[each.name][number] = min(best[each.name][number], seconds)
        for share, label in ((0.5, "p50"), (0.95, "p95")):
            figures = {name: 1e3 * percentile(times, share) for name, times in best.items()}
            for peer in peers:
                what = f"search, {mode}, {label}"
                yield Row(what, figures[ours.name], "ms", peer.name, figures[peer.name])


def iter_documents(limit: int) -> Iterator[IndexDocument]:
    for line in iter_snapshot_lines(limit):
        try:
            record = parse_snapshot_line(line)
        except RejectedLineError:
            continue
        yield IndexDocument(
            arxiv_id=record.arxiv_id,
            title=record.title,
            abstract=record.abstract,
            authors=tuple(author.name for author in record.authors),
            categories=record.categories,
            submitted_at=record.submitted_at,
            updated_at=record.updated_at,
            comments=record.comments,
            journal_ref=record.journal_ref,
            doi=record.doi,
            report_no=record.report_no,
        )


def _build(index_dir: Path, documents: list[IndexDocument]) -> None:
    with rebuild_index(index_dir) as building:
        building.writer.replace(documents)
        building.writer.commit(1)
        building.publish()


def _update(index_dir: Path, documents: list[IndexDocument]) -> None:
    with open_index_writer(index_dir) as writer:
        writer.replace(documents)
        writer.commit(2)


def _ask(engine: SearchEngine, words: Sequence[str], all_of: bool) -> EngineResult:
    terms = tuple(map(Term, words))
    return engine.search(SearchRequest(And(terms) if all_of else Or(terms), limit=HITS))


def _make_tantivy(folder: Path, documents: list[IndexDocument]) -> Contender:
    import tantivy

    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("arxiv_id", stored=True, tokenizer_name="raw")
    for name in ("title", "abstract"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    index = tantivy.Index(builder.build(), path=str(folder))

    def build() -> None:
        writer = index.writer(WRITER_MEMORY_BYTES, 1)
        for document in documents:
            writer.add_document(
                tantivy.Document(
                    arxiv_id=document.arxiv_id.value,
                    title=document.title,
                    abstract=document.abstract,
                )
            )
        writer.commit()
        writer.wait_merging_threads()

    seconds = _time(build)
    index.reload()
    searcher = index.searcher()

    def search(words: Sequence[str], all_of: bool) -> int:
        text = " ".join(f"+{word}" for word in words) if all_of else " ".join(words)
        query = index.parse_query(text, ["title", "abstract"])
        found: Any = searcher.search(query, HITS, count=True)
        return int(found.count)

    return Contender("tantivy, 1 thread", len(documents) / seconds, search)


def _make_fts5(documents: list[IndexDocument]) -> Contender:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE papers USING fts5"
        "(arxiv_id UNINDEXED, title, abstract, content='', tokenize='porter unicode61')"
    )

    def build() -> None:
        with connection:
            connection.executemany(
                "INSERT INTO papers (arxiv_id, title, abstract) VALUES (?, ?, ?)",
                ((each.arxiv_id.value, each.title, each.abstract) for each in documents),
            )

    seconds = _time(build)

    def search(words: Sequence[str], all_of: bool) -> int:
        match = (" AND " if all_of else " OR ").join(f'"{word}"' for word in words)
        with closing(
            connection.execute(
                "SELECT rowid FROM papers WHERE papers MATCH ? ORDER BY bm25(papers) LIMIT ?",
                (match, HITS),
            )
        ) as found:
            found.fetchall()
        (total,) = connection.execute(
            "SELECT count(*) FROM papers WHERE papers MATCH ?", (match,)
        ).fetchone()
        return int(total)

    return Contender("SQLite FTS5, in memory", len(documents) / seconds, search)


def _time(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin
