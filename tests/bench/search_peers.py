"""The engines that `search_engines` compares: how each is built, opened and asked.

Every build runs in a process of its own, so that its memory can be told:

    python -m tests.bench.search_peers ENGINE CORPUS PAPERS FOLDER
"""

import importlib.util
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from app.domain.query import (
    And,
    FacetField,
    Filters,
    Or,
    Phrase,
    QueryNode,
    RankMode,
    SearchRequest,
    Term,
)
from app.search.engine import SearchEngine
from app.search.factory import rebuild_index
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.engine import WhooshEngine
from tests.bench.corpus import ROOT
from tests.bench.search_corpus import iter_corpus, iter_documents, make_id
from tests.support.kernels import compile_kernels_once

HITS = 10
TANTIVY_THREADS = 2
TANTIVY_MEMORY_BYTES = 512 * 2**20
BATCH_PAPERS = 10_000

PACKAGES = {"tantivy": "tantivy", "tantivy, whole records": "tantivy", "stock Whoosh": "whoosh"}
"""What has to be installed for an engine."""


class Searcher(Protocol):
    """An open index; every answer is the exact number of matches besides the ten best."""

    def search(self, words: Sequence[str], *, all_of: bool) -> int:
        """Papers with any or all of the words in title or abstract."""
        ...

    def find_phrase(self, text: str) -> int:
        """Papers that hold words one after another."""
        ...


@dataclass(frozen=True, slots=True)
class Build:
    """What building an index took.

    Attributes:
        memory_mb: most resident memory of the process that was asked, MiB.
        others_mb: the same for the largest process it started.
        vector_seconds: what vectors of papers took besides, which no other engine has.
    """

    seconds: float
    memory_mb: float
    others_mb: float
    vector_seconds: float = 0.0


class OurSearcher:
    """Papersift through the seam.

    Args:
        rank: `BM25` for what the other engines do; `DEFAULT` orders the best hits once more.
        kernels: instead of the fastest that are installed.
    """

    def __init__(
        self, folder: Path, rank: RankMode = RankMode.BM25, kernels: Kernels | None = None
    ) -> None:
        self.engine: SearchEngine = WhooshEngine(folder, kernels=kernels)
        self.engine.warm_up()
        self._rank = rank

    def search(
        self,
        words: Sequence[str],
        *,
        all_of: bool,
        filters: Filters = Filters(),  # noqa: B008  # immutable
        facets: tuple[FacetField, ...] = (),
    ) -> int:
        """Papers with any or all of the words."""
        terms = tuple(map(Term, words))
        return self._ask(And(terms) if all_of else Or(terms), filters, facets)

    def find_phrase(self, text: str) -> int:
        """Papers with a phrase."""
        return self._ask(Phrase(text), Filters(), ())

    def _ask(self, query: QueryNode, filters: Filters, facets: tuple[FacetField, ...]) -> int:
        request = SearchRequest(query, filters, limit=HITS, facets=facets, rank=self._rank)
        return self.engine.search(request).total

    def find_similar(self, terms: Sequence[tuple[str, float]]) -> int:
        """Papers with any of many weighted terms."""
        return self.engine.find_similar(terms, Filters(), HITS).total


class TantivySearcher:
    """tantivy through its Python binding."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    def search(self, words: Sequence[str], *, all_of: bool) -> int:
        """Papers with any or all of the words."""
        return self._count(" ".join(f"+{word}" for word in words) if all_of else " ".join(words))

    def find_phrase(self, text: str) -> int:
        """Papers with a phrase."""
        return self._count(f'"{text}"')

    def _count(self, text: str) -> int:
        query = self._index.parse_query(text, ["title", "abstract"])
        found: Any = self._searcher.search(query, HITS, count=True)
        return int(found.count)


class FtsSearcher:
    """SQLite FTS5."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "fts.db")

    def search(self, words: Sequence[str], *, all_of: bool) -> int:
        """Papers with any or all of the words."""
        return self._count((" AND " if all_of else " OR ").join(f'"{word}"' for word in words))

    def find_phrase(self, text: str) -> int:
        """Papers with a phrase."""
        return self._count(f'"{text}"')

    def _count(self, match: str) -> int:
        best = "SELECT rowid FROM papers WHERE papers MATCH ? ORDER BY bm25(papers) LIMIT ?"
        with closing(self._connection.execute(best, (match, HITS))) as found:
            found.fetchall()
        count = "SELECT count(*) FROM papers WHERE papers MATCH ?"
        (total,) = self._connection.execute(count, (match,)).fetchone()
        return int(total)


class StockWhooshSearcher:
    """Whoosh as it is installed, with its own codec and stemming analyzer."""

    def __init__(self, folder: Path) -> None:
        from whoosh.index import open_dir
        from whoosh.qparser import AndGroup, MultifieldParser, OrGroup

        index = open_dir(str(folder))
        self._searcher = index.searcher()
        self._parsers = {
            all_of: MultifieldParser(["title", "abstract"], index.schema, group=group)
            for all_of, group in ((True, AndGroup), (False, OrGroup))
        }

    def search(self, words: Sequence[str], *, all_of: bool) -> int:
        """Papers with any or all of the words."""
        return self._count(self._parsers[all_of].parse(" ".join(words)))

    def find_phrase(self, text: str) -> int:
        """Papers with a phrase."""
        return self._count(self._parsers[True].parse(f'"{text}"'))

    def _count(self, query: Any) -> int:
        return len(self._searcher.search(query, limit=HITS))


def build_ours(corpus: Path, papers: int, folder: Path) -> Build:
    """A rebuild as `papersift reindex` does it, without the database."""
    begin = perf_counter()
    with rebuild_index(folder) as building:
        building.writer.replace(iter_documents(corpus, papers))
        building.writer.commit(1)
        built = measure_build(begin)
        middle = perf_counter()
        building.publish()
    return replace(built, vector_seconds=perf_counter() - middle)


def build_tantivy(corpus: Path, papers: int, folder: Path) -> Build:
    """Stemmed, with positions, two threads, merged as tantivy likes."""
    import tantivy

    begin = perf_counter()
    builder = tantivy.SchemaBuilder()
    for name in ("arxiv_id", "categories"):
        builder.add_text_field(name, stored=name == "arxiv_id", tokenizer_name="raw")
    for name in ("title", "abstract"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer(TANTIVY_MEMORY_BYTES, TANTIVY_THREADS)
    for number, paper in enumerate(iter_corpus(corpus, papers)):
        writer.add_document(
            tantivy.Document(
                arxiv_id=make_id(number).value,
                categories=paper.categories.split(),
                title=paper.title,
                abstract=paper.abstract,
            )
        )
    writer.commit()
    writer.wait_merging_threads()
    return measure_build(begin)


def build_fts(corpus: Path, papers: int, folder: Path) -> Build:
    """Porter stems, contents elsewhere."""
    begin = perf_counter()
    with closing(sqlite3.connect(folder / "fts.db")) as connection, connection:
        connection.execute(
            "CREATE VIRTUAL TABLE papers USING fts5"
            "(title, abstract, content='', tokenize='porter unicode61')"
        )
        connection.executemany(
            "INSERT INTO papers (title, abstract) VALUES (?, ?)",
            ((paper.title, paper.abstract) for paper in iter_corpus(corpus, papers)),
        )
    return measure_build(begin)


def build_stock_whoosh(corpus: Path, papers: int, folder: Path) -> Build:
    """One process, a pool of half a gigabyte, so one segment."""
    from whoosh.analysis import StemmingAnalyzer
    from whoosh.fields import ID, KEYWORD, TEXT, Schema
    from whoosh.index import create_in

    begin = perf_counter()
    schema = Schema(
        arxiv_id=ID(stored=True),
        categories=KEYWORD,
        title=TEXT(analyzer=StemmingAnalyzer()),
        abstract=TEXT(analyzer=StemmingAnalyzer()),
    )
    writer = create_in(str(folder), schema).writer(limitmb=512)
    for number, paper in enumerate(iter_corpus(corpus, papers)):
        writer.add_document(
            arxiv_id=make_id(number).value,
            categories=paper.categories,
            title=paper.title,
            abstract=paper.abstract,
        )
    writer.commit()
    return measure_build(begin)


def measure_build(begin: float) -> Build:
    """What was taken since a moment."""
    memory = [
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return Build(perf_counter() - begin, *memory)


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine that takes part."""

    name: str
    build: Callable[[Path, int, Path], Build]
    open: Callable[[Path], Searcher]

    @property
    def is_installed(self) -> bool:
        """Whether what it needs is here."""
        package = PACKAGES.get(self.name)
        return package is None or importlib.util.find_spec(package) is not None


OURS = Contender("Papersift", build_ours, OurSearcher)
PEERS = (
    Contender("tantivy", build_tantivy, TantivySearcher),
    Contender("SQLite FTS5", build_fts, FtsSearcher),
    Contender("stock Whoosh", build_stock_whoosh, StockWhooshSearcher),
)


def build_apart(contender: Contender, corpus: Path, papers: int, folder: Path) -> Build:
    """Build in another process, unless the folder holds a finished build of that many papers."""
    record = folder / f"{contender.name} {papers}.json"
    target = folder / contender.name
    if not record.exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        done = subprocess.run(
            [
                *(sys.executable, "-m", contender.build.__module__, contender.name),
                *(str(corpus), str(papers), str(target)),
            ],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        record.write_text(done.stdout, encoding="utf-8")
    return Build(*json.loads(record.read_text(encoding="utf-8")))


def run_build(
    contenders: Sequence[Contender], name: str, corpus: str, papers: str, folder: str
) -> None:
    """Build the index of one of some contenders and print what it took.

    Our code is compiled before: that happens once after an installation, as tantivy's did at home.
    """
    compile_kernels_once()
    (contender,) = (each for each in contenders if each.name == name)
    built = contender.build(Path(corpus), int(papers), Path(folder))
    print(json.dumps([built.seconds, built.memory_mb, built.others_mb, built.vector_seconds]))


if __name__ == "__main__":
    run_build((OURS, *PEERS), *sys.argv[1:])
