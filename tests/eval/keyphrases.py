"""`make eval ARGS=keyphrases`: F1 of keyphrases beside eleven published methods, in the same run.

F1@k is the mean over documents of the F1 of the first k phrases. Published figures come from
several protocols, which differ by far more than methods do: "reach" therefore counts, beside the
strict F1@10, recall against at most ten phrases, as no list of ten can hold more. By it SingleRank
has 41.9 on SemEval-2017 and YAKE 24.1, where the table of YAKE's authors has 44.9 and 32.9; by the
strict measure YAKE has 18.0, where later papers have 18.1. So compare within one run only.

Background statistics are those of the 100,000 sample records, or of the collection itself.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import fmean

import Stemmer
from rich.console import Console
from rich.table import Table

from app.domain.keywords import CorpusStatistics
from app.text.keyphrases import extract_keyphrases
from app.text.keywords import extract_literal_keywords
from app.text.tokenize import index_terms
from tests.eval.keyphrase_peers import Extract, list_peers

COLLECTIONS = ("semeval2017", "kdd", "www")
DEPTH = 10
BACKGROUND = "arxiv/papers-100k.jsonl.gz"
_WORD = re.compile(r"[^\W_]+")
_PORTER = Stemmer.Stemmer("porter")


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A title and abstract with the phrases that people chose."""

    title: str
    abstract: str
    keyphrases: tuple[str, ...]


def read_texts(path: Path) -> list[JudgedText]:
    """The documents of one collection."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [JudgedText(row["title"], row["abstract"], tuple(row["keyphrases"])) for row in rows]


def count_statistics(texts: Iterable[tuple[str, str]]) -> CorpusStatistics:
    """Document frequencies as an index over these titles and abstracts has them."""
    df: Counter[str] = Counter()
    papers = 0
    for title, abstract in texts:
        df.update({*index_terms(title), *index_terms(abstract)})
        papers += 1
    return CorpusStatistics(papers, lambda terms: [df[term] for term in terms])


def read_background(path: Path) -> CorpusStatistics:
    """The statistics of the sample records."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return count_statistics((row["title"], row["abstract"]) for row in rows)


@lru_cache(None)
def stem_phrase(phrase: str) -> str:
    """Lower case, Porter stems."""
    return " ".join(_PORTER.stemWords(_WORD.findall(phrase.lower())))


def fold_phrase(phrase: str) -> str:
    """Lower case, punctuation away."""
    return " ".join(_WORD.findall(phrase.lower()))


def compute_f1(
    chosen: Sequence[str],
    gold: Iterable[str],
    depth: int,
    normalise: Callable[[str], str] = stem_phrase,
    *,
    is_reach: bool = False,
) -> float:
    """F1 of the first `depth` distinct phrases; with `is_reach`, recall against at most `depth`.

    >>> compute_f1(["Graph kernels", "graph kernel"], ["graph kernel", "trees"], 10)
    0.6666666666666666
    """
    wanted = {normalise(each) for each in gold} - {""}
    first = list(filter(None, dict.fromkeys(map(normalise, chosen))))[:depth]
    found = len(wanted.intersection(first))
    if not found:
        return 0.0
    possible = min(len(wanted), depth) if is_reach else len(wanted)
    return 2 * found / (len(first) + possible)


def measure(texts: Sequence[JudgedText], extract: Extract) -> tuple[float, ...]:
    """F1@5 and @10 stemmed, @5 and @10 exact, and @10 stemmed within reach, in per cent."""
    lists = [extract(each.title, each.abstract) for each in texts]
    ways: list[tuple[int, Callable[[str], str], bool]] = [(5, stem_phrase, False)]
    ways += [(10, stem_phrase, False), (5, fold_phrase, False)]
    ways += [(10, fold_phrase, False), (10, stem_phrase, True)]
    return tuple(
        100
        * fmean(
            compute_f1(chosen, text.keyphrases, depth, normalise, is_reach=is_reach)
            for chosen, text in zip(lists, texts, strict=True)
        )
        for depth, normalise, is_reach in ways
    )


def list_methods(background: CorpusStatistics, own: CorpusStatistics) -> dict[str, Extract]:
    """Ours and the peers, by name."""

    def phrases(statistics: CorpusStatistics) -> Extract:
        return lambda title, abstract: [
            each.text for each in extract_keyphrases(title, abstract, statistics, 2 * DEPTH)
        ]

    def literal(title: str, abstract: str) -> list[str]:
        found = extract_literal_keywords(title, abstract, background, 2 * DEPTH)
        return [each.text for each in found]

    return {
        "phrases, df of arXiv": phrases(background),
        "phrases, df of the collection": phrases(own),
        "literal, df of arXiv": literal,
        **list_peers(background),
    }


def evaluate(folder: Path) -> None:
    """Print one table a collection.

    Args:
        folder: of the real records.
    """
    background = read_background(folder / BACKGROUND)
    for name in COLLECTIONS:
        texts = read_texts(folder / "keywords" / name / "test.jsonl.gz")
        own = count_statistics((each.title, each.abstract) for each in texts)
        table = Table(title=f"{name}: {len(texts)} abstracts, F1 in %", title_justify="left")
        for column in ("", "@5 stem", "@10 stem", "@5 exact", "@10 exact", "@10 reach"):
            table.add_column(column, justify="right" if column else "left")
        for method, extract in list_methods(background, own).items():
            table.add_row(method, *(f"{figure:.2f}" for figure in measure(texts, extract)))
        Console(width=100).print(table)
