"""Related papers, recommendations and preference orders, through the services.

Related papers are compared with what the engine itself calls more like a paper, which reads no
texts and gives no reasons.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import TypeVar

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord
from app.domain.query import Filters
from app.domain.related import RelatedMethod
from app.search.documents import make_index_document
from app.search.engine import SearchEngine
from app.services.preferences import PreferenceLimits, PreferenceService
from app.services.recommend import RecommendLimits, RecommendService, Taste
from app.services.related import RelatedService
from app.services.search import SearchLimits, SearchQuestion
from indexer.snapshot_record import RejectedLineError, parse_snapshot_line
from tests.bench.corpus import iter_snapshot_lines
from tests.bench.table import Row, percentile
from tests.support.big_library import open_big_library

Item = TypeVar("Item")

ASKED = 200
"""Papers that are asked about."""

LISTED = 2_000
"""Papers of a list to be ordered."""

SEEDS = 50
ROUNDS = 3
"""Every question is asked so often; the best time counts."""

TASTES = 20
"""Different groups of seeds."""

SHARES = ((0.5, "p50"), (0.95, "p95"))
PREFERENCES = ("neural network", "galaxy", "quantum", "graph", "stochastic", "superconductor")
PAGE = SearchQuestion(limit=20)


def rows(limit: int = 20_000) -> Iterator[Row]:
    """The rows of the table, for a library of `limit` papers."""
    records = list(_iter_records(limit))
    ids = [record.arxiv_id for record in records]
    chance = random.Random(limit)
    with open_big_library(records) as (database, engine):
        yield from _time_related(database, engine, chance.sample(ids, min(ASKED, len(ids))))
        yield from _time_preferences(database, engine, chance.sample(ids, min(LISTED, len(ids))))
        groups = [chance.sample(ids, SEEDS) for _ in range(TASTES)]
        yield from _time_recommendations(database, engine, groups)


def _time_related(
    database: Database, engine: SearchEngine, asked: Sequence[ArxivId]
) -> Iterator[Row]:
    service = RelatedService(database, engine, SearchLimits())

    def find_related(method: RelatedMethod, arxiv_id: ArxivId) -> object:
        return service.find_related(arxiv_id.value, PAGE, method)

    def find_more_like(arxiv_id: ArxivId) -> object:
        with database.read() as tx:
            (paper,) = find_papers(tx, [arxiv_id]).values()
        return engine.find_more_like([make_index_document(paper)], Filters(), 20)

    theirs = _time_each(asked, find_more_like)
    for method in RelatedMethod:
        ours = _time_each(asked, partial(find_related, method))
        for share, label in SHARES:
            yield Row(
                f"related papers, {method}, {label}",
                1e3 * percentile(ours, share),
                "ms",
                "engine's more-like, no reasons",
                1e3 * percentile(theirs, share),
            )


def _time_preferences(
    database: Database, engine: SearchEngine, ids: Sequence[ArxivId]
) -> Iterator[Row]:
    service = PreferenceService(database, engine, PreferenceLimits())
    listed = [each.value for each in ids]
    (order,) = _time_each([PREFERENCES], lambda words: service.rank(listed, words))
    yield Row(f"preference order of {len(listed):,} papers", 1e3 * order, "ms")
    (cloud,) = _time_each([listed], service.make_cloud)
    yield Row(f"word cloud of {len(listed):,} papers", 1e3 * cloud, "ms")


def _time_recommendations(
    database: Database, engine: SearchEngine, groups: Sequence[Sequence[ArxivId]]
) -> Iterator[Row]:
    service = RecommendService(database, engine, RecommendLimits(), SearchLimits())
    tastes = [Taste(positive=[each.value for each in group]) for group in groups]
    times = _time_each(tastes, lambda taste: service.recommend(taste, PAGE))
    for share, label in SHARES:
        yield Row(f"recommend from {SEEDS} seeds, {label}", 1e3 * percentile(times, share), "ms")


def _iter_records(limit: int) -> Iterator[PaperRecord]:
    for line in iter_snapshot_lines(limit):
        try:
            yield parse_snapshot_line(line)
        except RejectedLineError:
            continue


def _time_each(items: Sequence[Item], work: Callable[[Item], object]) -> list[float]:
    """The best time of each item, seconds."""
    best = [float("inf")] * len(items)
    for _ in range(ROUNDS):
        for place, item in enumerate(items):
            begin = perf_counter()
            work(item)
            best[place] = min(best[place], perf_counter() - begin)
    return best
