"""`make bench-search`: the index beside tantivy, SQLite FTS5 and stock Whoosh, in one run.

    make bench-search ARGS="--papers 300000 --without 'stock Whoosh'"

All engines hold title, abstract, id and categories of the same papers. They answer the same queries
in turns of twenty, three times over; the best time of each query counts, so that a busy machine
slows all alike. From the second time on ours remembers the plans of queries.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from app.domain.categories import parse_category_expression
from app.domain.query import DateRange, Filters
from app.text.tokenize import normalise
from tests.bench.corpus import ROOT, describe_corpus
from tests.bench.search_corpus import (
    FIRST_DAY,
    LAST_DAY,
    Queries,
    make_queries,
    write_corpus,
)
from tests.bench.search_peers import (
    OURS,
    PEERS,
    Build,
    Contender,
    OurSearcher,
    Searcher,
    build_apart,
)
from tests.bench.table import Row, percentile, print_rows

ROUNDS = 3
TURN_QUERIES = 20
"""Questions that an engine answers before the next one's turn: with one each, every engine would
find the processor's caches full of the others' data, as it never does in service."""

MAX_STOCK_PAPERS = 100_000
"""Stock Whoosh takes part up to here: it needs minutes for each further hundred thousand."""

LARGE_PAPERS = 1_000_000
"""From here on the bars for three million papers are shown."""

LATE_SHARE = 0.1
SHARES = ((0.5, "p50"), (0.95, "p95"))

Ask = Callable[[], object]

_FIRST_ANSWER = """
from time import perf_counter
import sys
from pathlib import Path
from app.domain.query import Or, SearchRequest, Term
from app.search.factory import open_engine
begin = perf_counter()
engine = open_engine(Path(sys.argv[1]))
engine.get_state()
opened = perf_counter() - begin
for words in sys.argv[2:]:
    engine.search(SearchRequest(Or(tuple(map(Term, words.split()))), limit=10))
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
memory = sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
print(opened, memory / 1024)
"""


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000, help="papers in the index")
    names = [each.name for each in PEERS]
    parser.add_argument("--without", action="append", default=[], choices=names)
    parser.add_argument("--folder", type=Path, help="where the indexes are built; a temporary one")
    arguments = parser.parse_args()
    peers = choose_peers(arguments.papers, arguments.without)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        rows = list(compare(Path(name), arguments.papers, peers))
    print_rows(f"search engines, {arguments.papers:,} papers ({describe_corpus()})", rows)


def choose_peers(papers: int, without: Sequence[str]) -> list[Contender]:
    """The peers that take part; says why another does not."""
    chosen = []
    for peer in PEERS:
        if peer.name in without:
            print(f"{peer.name} is left out as asked.")
        elif not peer.is_installed:
            print(f"{peer.name} is not installed; `make bench-search` installs it. Left out.")
        elif peer.name == "stock Whoosh" and papers > MAX_STOCK_PAPERS:
            print(f"{peer.name} is left out above {MAX_STOCK_PAPERS:,} papers: it takes too long.")
        else:
            chosen.append(peer)
    return chosen


def compare(folder: Path, papers: int, peers: Sequence[Contender]) -> Iterator[Row]:
    """The rows of the table."""
    corpus = folder / "papers.jsonl"
    write_corpus(corpus, papers)
    queries = make_queries(corpus)
    places = {each.name: folder / each.name for each in (OURS, *peers)}
    builds = {
        each.name: build_apart(each, corpus, papers, places[each.name]) for each in (OURS, *peers)
    }
    yield from _compare_builds(builds, places, papers, peers)
    yield from _measure_start(places[OURS.name], queries)
    ours = OurSearcher(places[OURS.name])
    others = {each.name: each.open(places[each.name]) for each in peers}
    yield from _compare_searches(ours, others, queries, papers)
    yield from _measure_filters(ours, queries)
    yield from _measure_likeness(ours, queries, papers)


def _compare_builds(
    builds: Mapping[str, Build],
    places: Mapping[str, Path],
    papers: int,
    peers: Sequence[Contender],
) -> Iterator[Row]:
    ours = builds[OURS.name]
    rate = papers / ours.seconds
    size = _measure_size(places[OURS.name]) / papers
    for peer in peers:
        theirs = builds[peer.name]
        note = "bar 0.8; tantivy has 2 threads" if peer.name == "tantivy" else ""
        yield Row("build", rate, "papers/s", peer.name, papers / theirs.seconds, note)
        their_size = _measure_size(places[peer.name]) / papers
        yield Row("size", size, "bytes/paper", peer.name, their_size)
    yield Row("size", size, "bytes/paper", "bar", 800)
    yield Row("build, memory of the first process", ours.memory_mb, "MiB", "bar", 3_072)
    yield Row("build, memory of the second process", ours.others_mb, "MiB")


def _measure_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _measure_start(folder: Path, queries: Queries) -> Iterator[Row]:
    """Opening, the first answer of a new process, and its memory after all queries."""
    texts = [" ".join(words) for words in queries.words]
    _start(folder, texts[:1])
    begin = perf_counter()
    opened, _ = _start(folder, texts[:1])
    first = perf_counter() - begin
    _, memory = _start(folder, texts)
    yield Row("open an index", 1e3 * opened, "ms", "bar", 20)
    yield Row("start of Python to first answer", first, "s", "bar", 2)
    yield Row("memory beside the page cache", memory, "MiB", "bar", 600, "0: not told here")


def _start(folder: Path, texts: Sequence[str]) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_ANSWER, str(folder), *texts],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    opened, memory = map(float, done.stdout.split())
    return opened, memory


def _compare_searches(
    ours: OurSearcher, others: Mapping[str, Searcher], queries: Queries, papers: int
) -> Iterator[Row]:
    searchers: dict[str, Searcher] = {OURS.name: ours, **others}
    for what, all_of in (("any word (OR)", False), ("all words (AND)", True)):
        times = time_in_turns(
            {
                name: [partial(each.search, words, all_of=all_of) for words in queries.words]
                for name, each in searchers.items()
            }
        )
        yield from _compare_times(what, times, _name_bar(papers))
    times = time_in_turns(
        {
            name: [partial(each.find_phrase, text) for text in queries.phrases]
            for name, each in searchers.items()
        }
    )
    yield from _compare_times("phrase of 2-3 words", times, "")
    if papers >= LARGE_PAPERS:
        for (share, label), bar in zip(SHARES, (10, 40), strict=True):
            figure = 1e3 * percentile(times[OURS.name], share)
            yield Row(f"phrase of 2-3 words, {label}", figure, "ms", "bar", bar)


def _name_bar(papers: int) -> str:
    return "bar p50 0.7, p95 0.6" if papers >= LARGE_PAPERS else "bar p50 1.3"


def _compare_times(what: str, times: Mapping[str, Sequence[float]], bar: str) -> Iterator[Row]:
    for share, label in SHARES:
        ours = 1e3 * percentile(times[OURS.name], share)
        for name in times:
            if name != OURS.name:
                theirs = 1e3 * percentile(times[name], share)
                note = bar if name == "tantivy" else ""
                yield Row(f"{what}, {label}", ours, "ms", name, theirs, note)


def _measure_filters(ours: OurSearcher, queries: Queries) -> Iterator[Row]:
    late = LAST_DAY - LATE_SHARE * (LAST_DAY - FIRST_DAY) + timedelta(days=1)
    filters = {
        "none": Filters(),
        f"category {queries.category}": Filters(parse_category_expression(queries.category)),
        "the last tenth of the dates": Filters(dates=DateRange(first=late.date())),
    }
    for what, all_of in (("any word", False), ("all words", True)):
        times = time_in_turns(
            {
                name: [
                    partial(ours.search, words, all_of=all_of, filters=chosen)
                    for words in queries.words
                ]
                for name, chosen in filters.items()
            }
        )
        for name in filters:
            for share, label in SHARES:
                if name != "none":
                    figure, plain = (
                        1e3 * percentile(times[each], share) for each in (name, "none")
                    )
                    row = f"{what}, {name}, {label}"
                    yield Row(row, figure, "ms", "without it", plain, "bar 1.2")


def _measure_likeness(ours: OurSearcher, queries: Queries, papers: int) -> Iterator[Row]:
    asks = []
    for words in queries.likenesses:
        terms = dict.fromkeys(filter(None, map(normalise, words)))
        weighted = [(term, 1.0 + place / 7 % 3) for place, term in enumerate(terms)]
        asks.append(partial(ours.find_similar, weighted))
    times = time_in_turns({OURS.name: asks})[OURS.name]
    for share, label in SHARES:
        bar = (60 if papers >= LARGE_PAPERS else 10) if label == "p95" else None
        what = f"a whole paper as query, up to 80 terms, {label}"
        yield Row(what, 1e3 * percentile(times, share), "ms", "bar" if bar else "", bar)


def time_in_turns(asks: Mapping[str, Sequence[Ask]]) -> dict[str, list[float]]:
    """Best seconds of each question to each engine, all engines asked one after another."""
    best = {name: [float("inf")] * len(each) for name, each in asks.items()}
    count = min(map(len, asks.values()))
    for first in range(0, count, TURN_QUERIES):
        for _ in range(ROUNDS):
            for name, questions in asks.items():
                for number in range(first, min(first + TURN_QUERIES, count)):
                    begin = perf_counter()
                    questions[number]()
                    best[name][number] = min(best[name][number], perf_counter() - begin)
    return best


if __name__ == "__main__":
    main()
