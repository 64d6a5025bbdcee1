"""`make eval ARGS=keyphrase-parameters`: constants of keyphrases, chosen on other collections.

Two of the three collections have the keywords that authors chose and one what annotators marked,
so the one of its kind has nobody to learn from; the table shows what that costs.
"""

from itertools import product
from pathlib import Path

from app.domain.keywords import CorpusStatistics
from app.text import keyphrases
from app.text.keyphrases import extract_keyphrases
from tests.eval.ablations import Ablation
from tests.eval.cross_validation import Parameters, Stage, print_held_out
from tests.eval.keyphrases import (
    BACKGROUND,
    COLLECTIONS,
    DEPTH,
    JudgedText,
    measure,
    read_background,
    read_texts,
)

ALONE_FLOORS = (0.1, 0.3, 0.5)
SINGLE_WORD_FACTORS = (0.35, 0.5, 0.7)
EARLY_POWERS = (0.125, 0.25, 0.375)

_MODULE = keyphrases.__name__


def evaluate(folder: Path) -> None:
    """Print the table.

    Args:
        folder: of the real records.
    """
    background = read_background(folder / BACKGROUND)
    stage = list_choices()
    tried = {
        name: _try_all(stage, read_texts(folder / "keywords" / name / "test.jsonl.gz"), background)
        for name in COLLECTIONS
    }
    print_held_out(stage, tried)


def list_choices() -> Stage:
    """All combinations of the constants."""
    settings: dict[Parameters, Ablation] = {
        (floor, factor, power): Ablation(
            settings={
                f"{_MODULE}.ALONE_FLOOR": floor,
                f"{_MODULE}.SINGLE_WORD_FACTOR": factor,
                f"{_MODULE}.EARLY_POWER": power,
            }
        )
        for floor, factor, power in product(ALONE_FLOORS, SINGLE_WORD_FACTORS, EARLY_POWERS)
    }
    shipped = (keyphrases.ALONE_FLOOR, keyphrases.SINGLE_WORD_FACTOR, keyphrases.EARLY_POWER)
    names = ("alone floor", "single word", "early power")
    return Stage("keyphrases, stemmed F1@10", names, shipped, settings)


def _try_all(
    stage: Stage, texts: list[JudgedText], background: CorpusStatistics
) -> dict[Parameters, float]:
    def extract(title: str, abstract: str) -> list[str]:
        found = extract_keyphrases(title, abstract, background, 2 * DEPTH)
        return [each.text for each in found]

    tried = {}
    for parameters, ablation in stage.settings.items():
        with ablation.apply():
            tried[parameters] = measure(texts, extract)[1] / 100
    return tried
