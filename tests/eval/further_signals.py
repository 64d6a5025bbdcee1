"""`make eval ARGS=further-signals`: what is not part of the ranking, added to it.

Each signal orders the best `CANDIDATES` of a plain `q=` anew:

    score + weight (highest - lowest score) x signal, the signal scaled to 0 … 1 among them

* phrases, proximity: neighbouring words of the question next to each other, or within a window
  (Büttcher, Clarke and Lushman, SIGIR 2006, of neighbours only);
* RM3 and Bo1: what the best hits say besides the question (Lavrenko and Croft, SIGIR 2001, with
  the usual mixture of the question itself; Amati, 2003), scored as BM25;
* wordllama: cosine of downloaded vectors.

Weights are chosen on the other collections, 0 among them, as in `tests.eval.cross_validation`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from math import exp, log, log2
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from app.text.tokenize import index_terms, placed_index_terms
from tests.eval import ours
from tests.eval.collections import COLLECTIONS, Collection, JudgedDocument, read_collection
from tests.eval.cross_validation import Parameters, choose
from tests.eval.metrics import Quality, average, measure

CANDIDATES = 200
WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.4)
WINDOW = 8
"""Positions within which two words are near."""

MAX_PAIRS = 20
FEEDBACK_TERMS = 20
RM3_PAPERS, BO1_PAPERS = 10, 3
K1 = 1.2

Signal = Callable[[str, Sequence[tuple[str, float]]], NDArray[np.float64]]
"""Values for a question's candidates, which come with their scores, best first."""


def evaluate_further_signals(folder: Path, *, max_queries: int) -> None:
    """Print a table for each signal.

    Args:
        folder: of the real records; its collections are in `ir`.
    """
    found: dict[str, dict[str, dict[Parameters, Quality]]] = {}
    for name in COLLECTIONS:
        collection = read_collection(folder / "ir" / name, max_queries=max_queries)
        for signal, tried in _try_signals(collection).items():
            found.setdefault(signal, {})[name] = tried
    for signal, by_collection in found.items():
        _print(signal, by_collection)


class Documents:
    """A collection's documents as the signals see them."""

    def __init__(self, collection: Collection) -> None:
        self._documents = {each.name: each for each in collection.documents}
        self._counts: dict[str, Counter[str]] = {}
        self._places: dict[str, dict[str, list[int]]] = {}

    def count(self, name: str) -> Counter[str]:
        """How often a document holds each index term."""
        if name not in self._counts:
            self._counts[name] = Counter(index_terms(_join(self._documents[name])))
        return self._counts[name]

    def place(self, name: str) -> dict[str, list[int]]:
        """Positions of each index term of a document, ascending."""
        if name not in self._places:
            places = self._places.setdefault(name, {})
            for position, term in placed_index_terms(_join(self._documents[name])):
                places.setdefault(term, []).append(position)
        return self._places[name]

    @cached_property
    def totals(self) -> tuple[Counter[str], Counter[str]]:
        """Documents that hold each term, and its occurrences."""
        holding: Counter[str] = Counter()
        occurrences: Counter[str] = Counter()
        for name in self._documents:
            counts = self.count(name)
            holding.update(counts.keys())
            occurrences.update(counts)
        return holding, occurrences

    def weigh(self, term: str) -> float:
        """Lucene's idf."""
        holding = self.totals[0][term]
        return log(1.0 + (len(self._documents) - holding + 0.5) / (holding + 0.5))

    def score(self, name: str, weights: Mapping[str, float]) -> float:
        """Saturated frequencies of weighted terms, times idf."""
        counts = self.count(name)
        return sum(
            weight * self.weigh(term) * counts[term] / (counts[term] + K1)
            for term, weight in weights.items()
            if term in counts
        )

    def share(self, term: str) -> float:
        """Occurrences of a term for each document."""
        return self.totals[1][term] / len(self._documents)

    def embed(self, names: Iterable[str]) -> list[str]:
        """The texts of documents, for vectors."""
        return [_join(self._documents[name]) for name in names]


def score_pairs(documents: Documents, question: str, name: str, window: int) -> float:
    """What neighbouring words of a question are worth where they are near in a document."""
    places = documents.place(name)
    value = 0.0
    for first, second in list(pairwise(dict.fromkeys(index_terms(question))))[:MAX_PAIRS]:
        if first in places and second in places:
            before, after = np.array(places[first]), np.array(places[second])
            gaps = after[None, :] - before[:, None]
            is_near = (gaps == 1) if window == 1 else (np.abs(gaps) <= window)
            near = float(is_near.sum())
            value += min(documents.weigh(first), documents.weigh(second)) * near / (near + K1)
    return value


def model_relevance(
    documents: Documents, question: str, hits: Sequence[tuple[str, float]]
) -> dict[str, float]:
    """RM3's terms of the best hits that the question does not hold, with their probabilities."""
    best = hits[:RM3_PAPERS]
    asked = set(index_terms(question))
    weights: dict[str, float] = {}
    for name, score in best:
        counts = documents.count(name)
        likelihood = exp(score - best[0][1])
        for term, count in counts.items():
            if term not in asked:
                weights[term] = weights.get(term, 0.0) + likelihood * count / counts.total()
    return _keep_heaviest(weights)


def model_divergence(
    documents: Documents, question: str, hits: Sequence[tuple[str, float]]
) -> dict[str, float]:
    """Bo1's terms of the best hits that the question does not hold, with their weights."""
    found: Counter[str] = Counter()
    for name, _score in hits[:BO1_PAPERS]:
        found.update(documents.count(name))
    weights: dict[str, float] = {}
    for term in found.keys() - set(index_terms(question)):
        share = documents.share(term)
        weights[term] = found[term] * log2((1 + share) / share) + log2(1 + share)
    return _keep_heaviest(weights)


def _try_signals(collection: Collection) -> dict[str, dict[Parameters, Quality]]:
    documents = Documents(collection)
    vectors = _Vectors(documents)
    signals: dict[str, Signal] = {
        "phrases of neighbours": lambda question, hits: np.array(
            [score_pairs(documents, question, name, 1) for name, _score in hits]
        ),
        f"proximity, window {WINDOW}": lambda question, hits: np.array(
            [score_pairs(documents, question, name, WINDOW) for name, _score in hits]
        ),
        "RM3": lambda question, hits: _score_all(
            documents, hits, model_relevance(documents, question, hits)
        ),
        "Bo1": lambda question, hits: _score_all(
            documents, hits, model_divergence(documents, question, hits)
        ),
        "wordllama": vectors.compare,
    }
    found: dict[str, dict[Parameters, list[Quality]]] = {}
    with ours.build(collection) as library, library.open() as papersift:
        for query in collection.queries:
            hits = papersift.score(query.text, CANDIDATES)
            for name, signal in signals.items():
                values = signal(query.text, hits) if hits else np.zeros(0)
                for weight in WEIGHTS:
                    quality = measure(_reorder(hits, values, weight), query.grades)
                    found.setdefault(name, {}).setdefault((weight,), []).append(quality)
    return {
        name: {parameters: average(each) for parameters, each in tried.items()}
        for name, tried in found.items()
    }


class _Vectors:
    """Downloaded vectors of documents and questions, made when they are asked for."""

    def __init__(self, documents: Documents) -> None:
        import wordllama

        folder = Path(wordllama.__file__).parent
        self._model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
        self._documents = documents
        self._known: dict[str, NDArray[np.float32]] = {}

    def compare(self, question: str, hits: Sequence[tuple[str, float]]) -> NDArray[np.float64]:
        missing = [name for name, _score in hits if name not in self._known]
        if missing:
            made = self._model.embed(self._documents.embed(missing), norm=True)
            self._known.update(zip(missing, made, strict=True))
        vectors = np.array([self._known[name] for name, _score in hits])
        asked = self._model.embed([question], norm=True)[0]
        return np.asarray(vectors @ asked, np.float64)


def _score_all(
    documents: Documents, hits: Sequence[tuple[str, float]], weights: Mapping[str, float]
) -> NDArray[np.float64]:
    return np.array([documents.score(name, weights) for name, _score in hits])


def _keep_heaviest(weights: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:FEEDBACK_TERMS])


def _reorder(
    hits: Sequence[tuple[str, float]], values: NDArray[np.float64], weight: float
) -> list[str]:
    names = [name for name, _score in hits]
    if len(hits) < 2 or weight == 0.0:
        return names
    scores = np.array([score for _name, score in hits])
    spread = np.ptp(values)
    scaled = (values - values.min()) / spread if spread > 0.0 else np.zeros(len(values))
    order = np.argsort(-(scores + weight * np.ptp(scores) * scaled), kind="stable")
    return [names[at] for at in order]


def _join(document: JudgedDocument) -> str:
    return f"{document.title}\n{document.text}"


def _print(signal: str, found: Mapping[str, Mapping[Parameters, Quality]]) -> None:
    table = Table(title=f"{signal}, nDCG@10 (MAP)", title_justify="left")
    table.add_column("collection")
    for weight in WEIGHTS:
        table.add_column(f"{weight:g}", justify="right")
    table.add_column("chosen on the others", justify="right")
    ndcg = {name: {key: each.ndcg for key, each in own.items()} for name, own in found.items()}
    held_out = []
    for name, own in found.items():
        chosen = choose([each for other, each in ndcg.items() if other != name])
        held_out.append(own[chosen].ndcg)
        cells = [_show(own[(weight,)]) for weight in WEIGHTS]
        table.add_row(name, *cells, f"{chosen[0]:g}: {own[chosen].ndcg:.4f}")
    means = [average([own[(weight,)] for own in found.values()]) for weight in WEIGHTS]
    table.add_row("mean", *map(_show, means), f"{fmean(held_out):.4f}")
    Console(width=130).print(table)


def _show(quality: Quality) -> str:
    return f"{quality.ndcg:.4f} ({quality.average_precision:.3f})"
