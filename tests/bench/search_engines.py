"""`make bench-search`: the index beside tantivy, SQLite FTS5 and stock Whoosh, in one run.

    make bench-search ARGS="--papers 3000000 --without 'SQLite FTS5' --keep ~/search-bench"

All engines hold title, abstract, id and categories of the same papers, ours also their dates and
the inflected words of titles. One more row compares building whole records, where tantivy indexes
authors, comments, references and dates too (`search_records`). They answer the same queries
in turns of twenty, three times over; the best time of each query counts, so that a busy machine
slows all alike. From the second time on ours remembers the plans of queries. Stock Whoosh has a
table of its own over fewer papers: it needs a minute for each further forty thousand.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench.corpus import describe_corpus
from tests.bench.search_corpus import Queries, make_queries, write_corpus
from tests.bench.search_measures import (
    LARGE_PAPERS,
    SHARES,
    measure_facets_and_stages,
    measure_filters,
    measure_kernels,
    measure_likeness,
    measure_start,
    measure_updates,
    time_in_turns,
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
from tests.bench.search_records import MAX_RECORDS, write_records
from tests.bench.search_records import OURS as OURS_WHOLE
from tests.bench.search_records import PEER as PEER_WHOLE
from tests.bench.table import Row, percentile, print_rows

STOCK_WHOOSH = "stock Whoosh"
TANTIVY = "tantivy"
STOCK_PAPERS = 20_000
CORPUS_NAME = "papers.jsonl"
RECORDS_NAME = "records.jsonl"
VECTORS_MARK = "latent-"
"""In the name of every file that holds vectors of papers or their model."""


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000, help="papers in the index")
    names = [each.name for each in PEERS]
    parser.add_argument("--without", action="append", default=[], choices=names)
    parser.add_argument(
        "--keep", type=Path, help="a folder in which papers and indexes stay, and are found again"
    )
    arguments = parser.parse_args()
    papers = arguments.papers
    peers = choose_peers(arguments.without)
    stock = [each for each in peers if each.name == STOCK_WHOOSH]
    with ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        if stock:
            small = min(papers, STOCK_PAPERS)
            show(small, list(compare(folder / "small", small, stock)))
        show(papers, list(compare(folder, papers, [each for each in peers if each not in stock])))


def show(papers: int, rows: Sequence[Row]) -> None:
    """One table."""
    print_rows(f"search engines, {papers:,} papers ({describe_corpus()})", rows)


def choose_peers(without: Sequence[str]) -> list[Contender]:
    """The peers that take part; says why another does not."""
    chosen = []
    for peer in PEERS:
        if peer.name in without:
            print(f"{peer.name} is left out as asked.")
        elif not peer.is_installed:
            print(f"{peer.name} is not installed; `make bench-search` installs it. Left out.")
        else:
            chosen.append(peer)
    return chosen


def compare(folder: Path, papers: int, peers: Sequence[Contender]) -> Iterator[Row]:
    """The rows of one table; those of Papersift alone where stock Whoosh does not take part."""
    folder.mkdir(exist_ok=True)
    corpus = folder / CORPUS_NAME
    if not corpus.exists():
        write_corpus(corpus, papers)
    queries = make_queries(corpus)
    contenders = (OURS, *peers)
    builds = {each.name: build_apart(each, corpus, papers, folder) for each in contenders}
    places = {each.name: folder / each.name for each in contenders}
    yield from _compare_builds(builds, places, papers, peers)
    if any(peer.name == TANTIVY for peer in peers):
        yield _compare_whole_records(folder, min(papers, MAX_RECORDS))
    ours = OurSearcher(places[OURS.name])
    others = {each.name: each.open(places[each.name]) for each in peers}
    yield from _compare_searches(ours, others, queries, papers)
    if STOCK_WHOOSH in others:
        return
    yield from measure_start(places[OURS.name], queries)
    yield from measure_filters(ours, queries)
    yield from measure_likeness(ours, queries, papers)
    yield from measure_facets_and_stages(places[OURS.name], ours, queries)
    yield from measure_kernels(places[OURS.name], ours, queries, papers)
    yield from measure_updates(places[OURS.name], corpus, papers)


def _compare_whole_records(folder: Path, papers: int) -> Row:
    """The same of real records with all their fields, in both engines."""
    corpus = folder / RECORDS_NAME
    if not corpus.exists():
        write_records(corpus, papers)
    ours, theirs = (build_apart(each, corpus, papers, folder) for each in (OURS_WHOLE, PEER_WHOLE))
    what = f"build, all fields of {papers:,} records"
    return Row(what, papers / ours.seconds, "papers/s", TANTIVY, papers / theirs.seconds)


def _compare_builds(
    builds: Mapping[str, Build],
    places: Mapping[str, Path],
    papers: int,
    peers: Sequence[Contender],
) -> Iterator[Row]:
    ours = builds[OURS.name]
    rate = papers / ours.seconds
    whole = _measure_size(places[OURS.name])
    vectors = _measure_size(places[OURS.name], f"*{VECTORS_MARK}*")
    size = (whole - vectors) / papers
    for peer in peers:
        theirs = builds[peer.name]
        note = "bar 0.8; tantivy has 2 threads" if peer.name == TANTIVY else ""
        yield Row(
            "build, title and abstract", rate, "papers/s", peer.name, papers / theirs.seconds, note
        )
        their_size = _measure_size(places[peer.name]) / papers
        yield Row("size", size, "bytes/paper", peer.name, their_size)
    if papers >= LARGE_PAPERS:
        yield Row("build", ours.seconds, "s", "bar", 300)
    yield Row("size", size, "bytes/paper", "bar", 800)
    yield Row("vectors of papers besides", vectors / papers, "bytes/paper")
    yield Row("to train and make them, after the build", ours.vector_seconds, "s")
    yield Row("build, memory of the first process", ours.memory_mb, "MiB", "bar", 3_072)
    yield Row("build, memory of the second process", ours.others_mb, "MiB")


def _measure_size(folder: Path, pattern: str = "*") -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


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
                note = bar if name == TANTIVY else ""
                yield Row(f"{what}, {label}", ours, "ms", name, theirs, note)


if __name__ == "__main__":
    main()
