"""What `search_engines` measures of Papersift alone, beside itself or a stated bar."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter

from app.domain.categories import parse_category_expression
from app.domain.query import DateRange, Everything, FacetField, Filters, RankMode, SearchRequest
from app.search.factory import open_engine, open_index_writer
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.text.tokenize import normalise
from tests.bench.corpus import ROOT
from tests.bench.search_corpus import FIRST_DAY, LAST_DAY, Queries, iter_documents, make_id
from tests.bench.search_peers import OurSearcher
from tests.bench.table import Row, percentile

ROUNDS = 3
TURN_QUERIES = 20
"""Questions that an engine answers before the next one's turn: with one each, every engine would
find the processor's caches full of the others' data, as it never does in service."""

LARGE_PAPERS = 1_000_000
"""From here on the bars for three million papers are shown."""

LATE_SHARE = 0.1
SHARES = ((0.5, "p50"), (0.95, "p95"))
UPDATED_PAPERS = 2_000
COMMITS = 12
"""Commits of so many papers, one after another: more than there may be segments."""

POLL_SECONDS = 1.0
LOOK_SECONDS = 0.01

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
engine.warm_up()
for words in sys.argv[2:]:
    engine.search(SearchRequest(Or(tuple(map(Term, words.split()))), limit=10))
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
memory = sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
print(opened, memory / 1024)
"""


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


def measure_start(folder: Path, queries: Queries) -> Iterator[Row]:
    """Opening, the first answer of a new process, and its memory after all queries."""
    texts = [" ".join(words) for words in queries.words]
    _start(folder, texts[:1])
    begin = perf_counter()
    opened, _ = _start(folder, texts[:1])
    first = perf_counter() - begin
    _, memory = _start(folder, texts)
    yield Row("open an index", 1e3 * opened, "ms", "bar", 20)
    yield Row("start of Python to first answer of compiled code", first, "s", "bar", 2)
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


def measure_filters(ours: OurSearcher, queries: Queries) -> Iterator[Row]:
    """Searches under filters beside the same without."""
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
            if name != "none":
                yield from _beside(f"{what}, {name}", times[name], times["none"], "bar 1.2")


def measure_kernels(
    folder: Path, ours: OurSearcher, queries: Queries, papers: int
) -> Iterator[Row]:
    """Searches without compiled code beside those with."""
    plain = OurSearcher(folder, kernels=NumpyKernels())
    for what, all_of in (("any word", False), ("all words", True)):
        times = time_in_turns(
            {
                name: [partial(each.search, words, all_of=all_of) for words in queries.words]
                for name, each in {"compiled": ours, "numpy": plain}.items()
            }
        )
        label = f"{what}, numpy only"
        yield from _beside(label, times["numpy"], times["compiled"], "bar 6", "compiled")
        if papers >= LARGE_PAPERS:
            figure = 1e3 * percentile(times["numpy"], 0.95)
            yield Row(f"{label}, p95", figure, "ms", "bar", 60)


def measure_facets_and_stages(folder: Path, ours: OurSearcher, queries: Queries) -> Iterator[Row]:
    """What counting and the second stage add to a search."""
    ranked = OurSearcher(folder, RankMode.DEFAULT)
    facets = (FacetField.CATEGORY, FacetField.ARCHIVE, FacetField.YEAR, FacetField.AUTHOR)
    asks = {
        "plain": [partial(ours.search, words, all_of=False) for words in queries.words],
        "facets": [
            partial(ours.search, words, all_of=False, facets=facets) for words in queries.words
        ],
        "ranked": [partial(ranked.search, words, all_of=False) for words in queries.words],
    }
    times = time_in_turns(asks)
    yield from _beside("any word, four facets", times["facets"], times["plain"], "")
    yield from _beside("any word, second stage", times["ranked"], times["plain"], "")


def _beside(
    what: str, ours: Sequence[float], theirs: Sequence[float], note: str, peer: str = "without it"
) -> Iterator[Row]:
    for share, label in SHARES:
        figures = (1e3 * percentile(times, share) for times in (ours, theirs))
        figure, other = figures
        yield Row(f"{what}, {label}", figure, "ms", peer, other, note)


def measure_likeness(ours: OurSearcher, queries: Queries, papers: int) -> Iterator[Row]:
    """Whole papers as queries."""
    asks = []
    for words in queries.likenesses:
        terms = dict.fromkeys(filter(None, map(normalise, words)))
        weighted = [(term, 1.0 + place / 7 % 3) for place, term in enumerate(terms)]
        asks.append(partial(ours.find_similar, weighted))
    times = time_in_turns({"ours": asks})["ours"]
    for share, label in SHARES:
        bar = (60 if papers >= LARGE_PAPERS else 10) if label == "p95" else None
        what = f"a whole paper as query, up to 80 terms, {label}"
        yield Row(what, 1e3 * percentile(times, share), "ms", "bar" if bar else "", bar)


def measure_updates(folder: Path, corpus: Path, papers: int) -> Iterator[Row]:
    """Commits of new and changed papers into a copy of the index, and how soon they are seen."""
    copy = folder.with_name(f"{folder.name} updated")
    shutil.rmtree(copy, ignore_errors=True)
    # Files of an index are never changed, only replaced, so that links are as good as copies.
    shutil.copytree(folder, copy, copy_function=os.link)
    first_number = open_engine(folder).get_state().change_number
    chance = random.Random(papers)
    documents = list(islice(iter_documents(corpus, papers), 2 * UPDATED_PAPERS))
    seconds, seen = [], []
    with closing(open_engine(copy, poll_seconds=POLL_SECONDS)) as engine:
        for change in range(COMMITS):
            half = UPDATED_PAPERS // 2
            batch = chance.sample(documents, UPDATED_PAPERS)
            base = papers + change * half
            new = [replace(each, arxiv_id=make_id(base + i)) for i, each in enumerate(batch[:half])]
            engine.search(SearchRequest(Everything(), limit=1))
            begin = perf_counter()
            with open_index_writer(copy) as writer:
                writer.replace([*new, *batch[half:]])
                writer.commit(first_number + change + 1)
            seconds.append(perf_counter() - begin)
            while engine.get_state().change_number <= first_number + change:
                time.sleep(LOOK_SECONDS)
            engine.search(SearchRequest(Everything(), limit=1))
            seen.append(perf_counter() - begin)
        segments = len(list(copy.rglob("*.segment.json")))
    shutil.rmtree(copy)
    what = f"commit of {UPDATED_PAPERS:,} new and changed papers"
    yield Row(f"{what}, p50 of {COMMITS}", percentile(seconds, 0.5), "s", "bar", 1)
    yield Row(f"{what}, longest, merges included", max(seconds), "s")
    yield Row(
        "until a running service answers with them, p50", percentile(seen, 0.5), "s", "bar", 2
    )
    yield Row(f"segments after {COMMITS} commits", segments, "", "bar", 10)
