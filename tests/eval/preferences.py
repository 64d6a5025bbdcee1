"""`make eval ARGS=preferences`: tastes learned from a few papers, on later ones.

A reader is a category, or an author's papers. Of what came earlier a reader likes eight papers and
skips sixteen, half of them near misses; what is learned ranks 2,000 later papers, of which those
of the category or author count as found. All readers are drawn from the sample records.
"""

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log2, sqrt
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from rich.console import Console
from rich.table import Table

from app.services.preference_learning import DEFAULT_LEARNED_TERMS
from app.text.taste_learning import keep_heaviest, learn_by_rocchio, make_unit_vectors
from tests.eval.keyphrases import BACKGROUND, count_statistics
from tests.eval.preference_learners import Matrix, learn_by_svm, learn_by_top_k

PAPERS = 30_000
READERS = 60
LIKED = 8
SKIPPED = 16
POOL = 2_000
DEPTH = 20
MIN_CATEGORY_PAPERS = 40
AUTHOR_PAPERS = range(8, 26)
"""Of an author whose papers are taken for one person's."""

SEED = 7

Vector = Mapping[str, float]
Learn = Callable[[Sequence[Vector], Sequence[Vector]], Vector]


@dataclass(frozen=True, slots=True)
class Paper:
    """What readers are simulated from."""

    vector: Vector
    category: str
    day: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Examples, later papers, and which of these are wanted; all places in a list of papers."""

    liked: list[int]
    skipped: list[int]
    pool: list[int]
    wanted: frozenset[int]


def read_papers(path: Path) -> list[Paper]:
    """Sample records, the oldest first."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, islice(lines, PAPERS)) if row["categories"]]
    rows.sort(key=lambda row: str(row["created"] or row["update_date"]))
    texts = [(row["title"], row["abstract"]) for row in rows]
    vectors = make_unit_vectors(texts, count_statistics(texts))
    return [
        Paper(
            vector,
            row["categories"].split()[0],
            str(row["created"] or row["update_date"]),
            tuple(name.strip() for name in row["authors"].replace(" and ", ", ").split(",")),
        )
        for vector, row in zip(vectors, rows, strict=True)
    ]


def iter_category_readers(papers: Sequence[Paper], chance: random.Random) -> Iterator[Reader]:
    """Readers of one category each; half of what they skip is of the same archive."""
    border = 2 * len(papers) // 3
    by_category = defaultdict(list)
    for place in range(border):
        by_category[papers[place].category].append(place)
    later = Counter(each.category for each in papers[border:])
    names = [
        name
        for name, places in sorted(by_category.items())
        if min(len(places), later[name]) >= MIN_CATEGORY_PAPERS
    ]
    while True:
        name = chance.choice(names)
        others = [each for each in range(border) if papers[each].category != name]
        archive = name.partition(".")[0]
        near = [each for each in others if papers[each].category.partition(".")[0] == archive]
        pool = chance.sample(range(border, len(papers)), POOL)
        wanted = frozenset(each for each in pool if papers[each].category == name)
        if wanted:
            liked = chance.sample(by_category[name], LIKED)
            yield Reader(liked, _draw_skipped(near, others, chance), pool, wanted)


def iter_author_readers(papers: Sequence[Paper], chance: random.Random) -> Iterator[Reader]:
    """Readers who like the first half of an author's papers; half of what they skip is near."""
    by_author = defaultdict(list)
    for place, paper in enumerate(papers):
        for name in paper.authors if len(paper.authors) <= LIKED else ():
            # Initials and short names belong to many people.
            if len(name) > 8 and "." not in name:
                by_author[name].append(place)
    names = [name for name, places in by_author.items() if len(places) in AUTHOR_PAPERS]
    for name in chance.sample(names, len(names)):
        own = by_author[name]
        liked = own[: len(own) // 2][-LIKED:]
        wanted = frozenset(own[len(own) // 2 :])
        others = [each for each in range(liked[-1]) if each not in own]
        near = [each for each in others if papers[each].category == papers[liked[-1]].category]
        later = [each for each in range(liked[-1] + 1, len(papers)) if each not in own]
        if len(others) >= SKIPPED and len(later) >= POOL:
            pool = chance.sample(later, POOL) + sorted(wanted)
            yield Reader(liked, _draw_skipped(near, others, chance), pool, wanted)


def _draw_skipped(near: list[int], others: list[int], chance: random.Random) -> list[int]:
    skipped = chance.sample(near, min(len(near), SKIPPED // 2))
    rest = chance.sample(others, SKIPPED)
    return list(dict.fromkeys(skipped + rest))[:SKIPPED]


def learn_over_words(learn: Callable[[Matrix, int], Matrix]) -> Learn:
    """A learner on matrices, over the words that Rocchio's rule keeps."""

    def learned(liked: Sequence[Vector], skipped: Sequence[Vector]) -> Vector:
        words = list(keep_heaviest(learn_by_rocchio(liked, skipped), DEFAULT_LEARNED_TERMS))
        rows = [[each.get(word, 0.0) for word in words] for each in (*liked, *skipped)]
        weights = learn(np.array(rows), len(liked))
        return dict(zip(words, weights.tolist(), strict=True))

    return learned


METHODS: dict[str, Learn] = {
    "Rocchio (shipped)": lambda liked, skipped: keep_heaviest(
        learn_by_rocchio(liked, skipped), DEFAULT_LEARNED_TERMS
    ),
    "Rocchio, all words": learn_by_rocchio,
    "liked papers only": lambda liked, _skipped: keep_heaviest(
        learn_by_rocchio(liked, []), DEFAULT_LEARNED_TERMS
    ),
    "linear SVM": learn_over_words(learn_by_svm),
    "smooth top-k recall (ThreTopK)": learn_over_words(learn_by_top_k),
}


def measure_reader(papers: Sequence[Paper], reader: Reader, learn: Learn) -> tuple[float, float]:
    """Recall@20 (of at most 20) and nDCG@20 of the later papers."""
    liked, skipped = (
        [papers[each].vector for each in places] for places in (reader.liked, reader.skipped)
    )
    weights = learn(liked, skipped)
    scores = {
        each: sum(weights.get(term, 0.0) * value for term, value in papers[each].vector.items())
        for each in reader.pool
    }
    best = sorted(reader.pool, key=lambda each: -scores[each])[:DEPTH]
    gains = [each in reader.wanted for each in best]
    possible = min(DEPTH, len(reader.wanted))
    ideal = sum(1 / log2(place + 2) for place in range(possible))
    gained = sum(gain / log2(place + 2) for place, gain in enumerate(gains))
    return sum(gains) / possible, gained / ideal


def evaluate(folder: Path) -> None:
    """Print the table of all methods for both kinds of readers.

    Args:
        folder: of the real records.
    """
    papers = read_papers(folder / BACKGROUND)
    chance = random.Random(SEED)
    kinds = {"category": iter_category_readers, "author": iter_author_readers}
    readers = {name: list(islice(draw(papers, chance), READERS)) for name, draw in kinds.items()}
    counts = ", ".join(f"{len(each)} readers of one {name}" for name, each in readers.items())
    table = Table(title=f"preferences: {counts}; nDCG with its standard error")
    table.add_column("learned by")
    for name in readers:
        for column in (f"R@{DEPTH}", f"nDCG@{DEPTH}"):
            table.add_column(f"{name} {column}", justify="right")
    for method, learn in METHODS.items():
        figures = []
        for each in readers.values():
            found = [measure_reader(papers, reader, learn) for reader in each]
            ndcg = [figure for _recall, figure in found]
            error = stdev(ndcg) / sqrt(len(ndcg))
            figures += [f"{fmean(r for r, _ in found):.3f}", f"{fmean(ndcg):.3f} ± {error:.3f}"]
        table.add_row(method, *figures)
    Console(width=110).print(table)
