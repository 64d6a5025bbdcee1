"""`make eval ARGS=related`: related papers on citations, beside peers in the same run.

A paper is asked about through the service, over a real database and index; right are the papers it
cites (`citation`), or those cited together with it (`cocitation`, graded). Then: how much of the
whole paper's answer ten of its words keep.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
from rich.console import Console
from rich.table import Table

from app.db.session import Database
from app.domain.related import RelatedMethod
from app.search.engine import SearchEngine
from app.services.related import RelatedService
from app.services.search import SearchLimits, SearchQuestion
from app.text.similarity import count_terms
from tests.eval.column_row import measure_choices
from tests.eval.metrics import Quality, average, measure
from tests.eval.related_collection import (
    TASKS,
    RelatedCollection,
    read_related_collection,
)
from tests.eval.related_peers import PEERS
from tests.support.big_library import open_big_library

DEPTH = 100
CHOICE_SEEDS = 200
"""Papers for which choices of ten words are compared."""

Find = Callable[[str], list[str]]

ABLATIONS: dict[str, dict[str, float]] = {
    "without pairs of words": {"app.text.similarity.PAIR_WEIGHT": 0.0},
    "without categories": {"app.services.candidate_scores.CATEGORY_SHARE": 0.0},
    "without latent vectors": {"app.services.candidate_scores.LATENT_SHARE": 0.0},
    "title as weighty as abstract": {
        "app.text.similarity.TITLE_WEIGHT": 1.0,
        "app.services.candidate_scores.TITLE_WEIGHT": 1.0,
    },
}
"""Constants that are changed to see what a signal earns."""


def evaluate_related(folder: Path, *, max_seeds: int) -> None:
    """Print the tables.

    Args:
        folder: of real records.
        max_seeds: papers asked about; of more, every n-th is.
    """
    collection = read_related_collection(folder)
    every = collection.list_seeds()
    seeds = every[:: -(-len(every) // max_seeds)]
    rankings: dict[str, dict[str, list[str]]] = {}
    with open_big_library(collection.records) as (database, engine):
        for name, find in iter_own(database, engine):
            rankings[name] = {seed: find(seed) for seed in seeds}
        for name, constants in ABLATIONS.items():
            with replaced(constants):
                find = _make_find(database, engine, RelatedMethod.DEFAULT)
                rankings[name] = {seed: find(seed) for seed in seeds}
    rankings |= dict(_rank_peers(collection, seeds))
    for task in TASKS:
        judged = collection.tasks[task]
        asked = [seed for seed in seeds if seed in judged]
        quality = {
            name: average([measure(found[seed], judged[seed]) for seed in asked])
            for name, found in rankings.items()
        }
        _print_quality(f"related, {task}: {len(asked)} papers asked about", quality)
    texts = [_count_single_terms(record.title, record.abstract) for record in collection.records]
    places = {record.arxiv_id.value: place for place, record in enumerate(collection.records)}
    step = max(1, len(seeds) // CHOICE_SEEDS)
    _print_choices(measure_choices(texts, [places[seed] for seed in seeds[::step]]))


def iter_own(database: Database, engine: SearchEngine) -> Iterator[tuple[str, Find]]:
    """Our own methods, each with its name."""
    for method in RelatedMethod:
        yield f"Papersift, {method}", _make_find(database, engine, method)


@contextmanager
def replaced(constants: Mapping[str, float]) -> Iterator[None]:
    """Inside, constants of modules have other values."""
    patches = [patch(name, value) for name, value in constants.items()]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


def _make_find(database: Database, engine: SearchEngine, method: RelatedMethod) -> Find:
    service = RelatedService(database, engine, SearchLimits())

    def find(seed: str) -> list[str]:
        page = service.find_related(seed, SearchQuestion(limit=DEPTH), method)
        # Folded papers follow the one they repeat, as a reader meets them.
        return [
            each.value
            for related in page.papers
            for each in (related.paper.arxiv_id, *related.duplicates)
        ]

    return find


def _rank_peers(
    collection: RelatedCollection, seeds: Sequence[str]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    names = [record.arxiv_id.value for record in collection.records]
    places = {name: place for place, name in enumerate(names)}
    for make in PEERS:
        peer = make(collection.records)
        rankings = {}
        for seed in seeds:
            scores = peer.score(places[seed])
            scores[places[seed]] = -np.inf
            best = np.argsort(-scores, kind="stable")[:DEPTH]
            rankings[seed] = [names[each] for each in best]
        yield peer.name, rankings


def _count_single_terms(title: str, abstract: str) -> dict[str, float]:
    counts = count_terms(title, abstract).counts
    return {feature[0]: count for feature, count in counts.items() if len(feature) == 1}


def _print_quality(title: str, quality: dict[str, Quality]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("ranking")
    for column in ("nDCG@10", f"MAP@{DEPTH}", "R@100"):
        table.add_column(column, justify="right")
    for name, each in quality.items():
        figures = (each.ndcg, each.average_precision, each.recall)
        table.add_row(name, *(f"{figure:.4f}" for figure in figures))
    Console(width=100).print(table)


def _print_choices(recall: dict[str, float]) -> None:
    table = Table(title="ten words for the whole paper", title_justify="left")
    table.add_column("choice")
    table.add_column("recall@20 of the full query", justify="right")
    for name, figure in recall.items():
        table.add_row(name, f"{figure:.3f}")
    Console(width=100).print(table)
