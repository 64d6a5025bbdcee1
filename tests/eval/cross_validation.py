"""`make eval ARGS=parameters`: parameters chosen on some collections, measured on another.

For every collection the parameters are chosen on all the others (highest mean nDCG@10) and its own
figure is taken with those: what a collection gets that no choice has seen. Beside it the shipped
parameters, and the best ones for it alone, which is what fitting could gain. The first stage
(`rank=bm25`) is chosen first, then the second over the shipped first one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

from app.domain.query import RankMode
from app.search.whoosh import scoring
from app.search.whoosh.fast_path import latent_ranking
from app.search.whoosh.schema import TITLE
from tests.eval import ours
from tests.eval.ablations import Ablation
from tests.eval.collections import COLLECTIONS, Collection, read_collection
from tests.eval.metrics import measure

K1 = (1.2, 1.5, 2.0)
B = (0.45, 0.6, 0.75)
TITLE_WEIGHTS = (1.0, 2.0, 3.0)
LATENT_WEIGHTS = (0.67, 1.0, 1.33, 1.67)
FEEDBACK_HITS = (1, 3, 5)
TITLE_B_BELOW = scoring.BM25_B - scoring.TITLE_B
"""Lengths of titles count so much less than those of abstracts throughout."""

DEPTH = 10
_SCORING = "app.search.whoosh.scoring"
_TERMS = "app.search.whoosh.fast_path.terms"
_LATENT = "app.search.whoosh.fast_path.latent_ranking"

Parameters = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a ranking with the parameters that are tried.

    Attributes:
        title: what it is, and the measure.
        names: of the parameters.
        shipped: their values.
        settings: what is changed for each choice.
    """

    title: str
    names: tuple[str, ...]
    shipped: Parameters
    settings: Mapping[Parameters, Ablation]


def evaluate_parameters(folder: Path, *, max_queries: int) -> None:
    """Print a table for each stage.

    Args:
        folder: of the real records; its collections are in `ir`.
    """
    stages = (_list_first_stage(), _list_second_stage())
    found: dict[str, list[dict[Parameters, float]]] = {}
    for name in COLLECTIONS:
        collection = read_collection(folder / "ir" / name, max_queries=max_queries)
        with ours.build(collection) as library:
            found[name] = [_try_all(stage, library, collection) for stage in stages]
    for place, stage in enumerate(stages):
        print_held_out(stage, {name: tried[place] for name, tried in found.items()})


def choose(tried: Sequence[Mapping[Parameters, float]]) -> Parameters:
    """The parameters with the highest mean over collections.

    >>> choose([{(1.0,): 0.2, (2.0,): 0.3}, {(1.0,): 0.5, (2.0,): 0.3}])
    (1.0,)
    """
    return max(tried[0], key=lambda parameters: fmean(each[parameters] for each in tried))


def _try_all(
    stage: Stage, library: ours.Library, collection: Collection
) -> dict[Parameters, float]:
    tried = {}
    for parameters, ablation in stage.settings.items():
        with ablation.apply(), library.open() as papersift:
            rankings = [
                papersift.search(query.text, DEPTH, **ablation.options)
                for query in collection.queries
            ]
        tried[parameters] = fmean(
            measure(ranking, query.grades).ndcg
            for ranking, query in zip(rankings, collection.queries, strict=True)
        )
    return tried


def _list_first_stage() -> Stage:
    settings: dict[Parameters, Ablation] = {}
    for k1, b, title_weight in product(K1, B, TITLE_WEIGHTS):
        changed: dict[str, Any] = {
            f"{_TERMS}.BM25_K1": k1,
            f"{_SCORING}.BM25_K1": k1,
            f"{_TERMS}.BM25_B": b,
            f"{_TERMS}.FIELD_B": {TITLE: b - TITLE_B_BELOW},
            f"{_TERMS}.FIELD_WEIGHTS": {TITLE: title_weight},
        }
        settings[k1, b, title_weight] = Ablation({"rank": RankMode.BM25}, changed)
    shipped = (scoring.BM25_K1, scoring.BM25_B, scoring.TITLE_WEIGHT)
    return Stage("BM25F alone, nDCG@10", ("k1", "b", "title weight"), shipped, settings)


def _list_second_stage() -> Stage:
    settings: dict[Parameters, Ablation] = {
        (weight, float(hits)): Ablation(
            settings={f"{_LATENT}.LATENT_WEIGHT": weight, f"{_LATENT}.FEEDBACK_HITS": hits}
        )
        for weight, hits in product(LATENT_WEIGHTS, FEEDBACK_HITS)
    }
    shipped = (latent_ranking.LATENT_WEIGHT, float(latent_ranking.FEEDBACK_HITS))
    return Stage("both stages, nDCG@10", ("latent weight", "feedback hits"), shipped, settings)


def print_held_out(stage: Stage, tried: Mapping[str, Mapping[Parameters, float]]) -> None:
    """One line a collection: its figure with what the others choose, as shipped, and at best.

    Args:
        stage: what was tried.
        tried: the figure of each choice, by collection.
    """
    table = Table(title=f"{stage.title}, {len(stage.settings)} choices", title_justify="left")
    table.add_column("held out")
    table.add_column(f"chosen on the others ({', '.join(stage.names)})")
    for column in ("chosen", "shipped", "best for it alone"):
        table.add_column(column, justify="right")
    sums = [0.0, 0.0, 0.0]
    for name, own in tried.items():
        chosen = choose([each for other, each in tried.items() if other != name])
        figures = (own[chosen], own[stage.shipped], max(own.values()))
        sums = [total + figure for total, figure in zip(sums, figures, strict=True)]
        table.add_row(
            name, ", ".join(f"{each:g}" for each in chosen), *map("{:.4f}".format, figures)
        )
    table.add_row("mean", "", *(f"{total / len(tried):.4f}" for total in sums))
    Console(width=100).print(table)
