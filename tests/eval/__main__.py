"""`make eval`: how good rankings are on judged collections, beside two peers in the same run.

Ours is what a plain `q=` gives by default, through the service, a database and an index; the
ablations switch one part off each. `make eval ARGS="cranfield med"` takes some collections only.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter

from rich.console import Console
from rich.table import Table

from app import blas  # noqa: F401 - before anything that loads numpy
from tests.bench.corpus import find_data_dir
from tests.eval import keyphrase_parameters, keyphrases, ours, preferences, verb_forms
from tests.eval.ablations import ABLATIONS, Ablation
from tests.eval.collections import COLLECTIONS, Collection, read_collection
from tests.eval.cross_validation import evaluate_parameters
from tests.eval.further_signals import evaluate_further_signals
from tests.eval.metrics import Quality, average, measure
from tests.eval.peers import Bm25sPeer, UntunedBm25
from tests.eval.related import evaluate_related

DEPTH = 100
"""Hits that are asked for; MAP looks no deeper."""

MAX_QUERIES = 300
"""Queries of a collection; of more, every n-th is asked, to end within minutes."""

RELATED = "related"
"""Not a search: papers by what they cite (`tests.eval.related`)."""

KEYPHRASES = "keyphrases"
"""Not a search either: phrases that people chose (`tests.eval.keyphrases`)."""

PREFERENCES = "preferences"
"""Nor this: tastes learned by simulated readers (`tests.eval.preferences`)."""

PARAMETERS = "parameters"
"""Parameters chosen on some collections, measured on another (`tests.eval.cross_validation`)."""

FURTHER_SIGNALS = "further-signals"
"""What was left out of the ranking (`tests.eval.further_signals`)."""

VERB_FORMS = "verb-forms"
"""Words that abstracts use as verbs, for the lexicon of phrases (`tests.eval.verb_forms`)."""

KEYPHRASE_PARAMETERS = "keyphrase-parameters"
"""The same for keyphrases (`tests.eval.keyphrase_parameters`)."""

ON_REQUEST = (PARAMETERS, FURTHER_SIGNALS, KEYPHRASE_PARAMETERS, VERB_FORMS)
"""Only when they are asked for."""

NAMES = (*COLLECTIONS, RELATED, KEYPHRASES, PREFERENCES)

Search = Callable[[str, int], list[str]]


def main() -> None:
    """Measure the chosen collections and print one table for each, and one of means."""
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument(
        "collections", nargs="*", metavar="NAME", help=", ".join((*NAMES, *ON_REQUEST))
    )
    parser.add_argument("--max-queries", type=int, default=MAX_QUERIES)
    arguments = parser.parse_args()
    folder = find_data_dir()
    if folder is None:
        parser.error("there are no collections: set PAPERSIFT_DATA to the folder of real records")
    chosen = list(arguments.collections or NAMES)
    if PARAMETERS in chosen:
        chosen.remove(PARAMETERS)
        evaluate_parameters(folder, max_queries=arguments.max_queries)
    if FURTHER_SIGNALS in chosen:
        chosen.remove(FURTHER_SIGNALS)
        evaluate_further_signals(folder, max_queries=arguments.max_queries)
    if KEYPHRASE_PARAMETERS in chosen:
        chosen.remove(KEYPHRASE_PARAMETERS)
        keyphrase_parameters.evaluate(folder)
    if VERB_FORMS in chosen:
        chosen.remove(VERB_FORMS)
        verb_forms.evaluate(folder)
    if RELATED in chosen:
        chosen.remove(RELATED)
        evaluate_related(folder, max_seeds=arguments.max_queries)
    if KEYPHRASES in chosen:
        chosen.remove(KEYPHRASES)
        keyphrases.evaluate(folder)
    if PREFERENCES in chosen:
        chosen.remove(PREFERENCES)
        preferences.evaluate(folder)
    unknown = set(chosen) - set(COLLECTIONS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    found: list[dict[str, Quality]] = []
    for name in chosen:
        collection = read_collection(folder / "ir" / name, max_queries=arguments.max_queries)
        begin = perf_counter()
        found.append(evaluate(collection))
        title = (
            f"{name}: {len(collection.documents):,} documents, "
            f"{len(collection.queries)} queries, {perf_counter() - begin:.0f} s"
        )
        print_table(title, found[-1])
    if len(found) > 1:
        means = {system: average([each[system] for each in found]) for system in found[0]}
        print_table(f"mean of {len(found)} collections", means)


def evaluate(collection: Collection) -> dict[str, Quality]:
    """The mean quality of every system over the queries of a collection."""
    quality = {
        peer.name: _run(peer(collection).search, collection) for peer in (UntunedBm25, Bm25sPeer)
    }
    with ours.build(collection) as library:
        for name, ablation in {"Papersift": Ablation(), **ABLATIONS}.items():
            with ablation.apply(), library.open() as papersift:
                quality[name] = _run(partial(papersift.search, **ablation.options), collection)
    return quality


def _run(search: Search, collection: Collection) -> Quality:
    rankings = (search(query.text, DEPTH) for query in collection.queries)
    return average(
        [
            measure(ranking, query.grades)
            for ranking, query in zip(rankings, collection.queries, strict=True)
        ]
    )


def print_table(title: str, quality: dict[str, Quality]) -> None:
    """One line a system."""
    table = Table(title=title, title_justify="left")
    table.add_column("ranking")
    for column in ("nDCG@10", f"MAP@{DEPTH}", "R@100", "MRR"):
        table.add_column(column, justify="right")
    for system, each in quality.items():
        figures: Sequence[float] = (
            each.ndcg,
            each.average_precision,
            each.recall,
            each.reciprocal_rank,
        )
        table.add_row(system, *(f"{figure:.4f}" for figure in figures))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
