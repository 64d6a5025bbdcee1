"""Ten words for the whole paper: how much of the full query's answer column-row choices keep.

The scores of all papers for a query are X Y with X the query's weights (1, l) and Y the scores of
each of its l terms over the papers (l, m). Ten terms are a column-row approximation of it; figures
are shares of the full query's best 20 papers that the ten find among their best 20.
"""

from collections.abc import Callable, Sequence
from statistics import fmean

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from app.operators.low_rank import cr_greedy, cr_lambda_diag, cr_top_norm
from app.text.similarity import saturate
from tests.eval.related_peers import Scores

WORDS = 10
DEPTH = 20
CANDIDATES = 50
"""Best papers of the full query, over which terms are chosen in a second pass."""

GREEDY_TERMS = 40
"""Terms that are left to the greedy choice, those of the largest norms; an even number of them is
dropped in pairs."""

Matrix = NDArray[np.float64]
Choice = Callable[[Matrix, Matrix, Matrix, Matrix], tuple[Matrix, Sequence[int]]]
"""(query weights, idfs, all scores, scores of candidates) -> weights of the chosen, and which."""


def _by_tfidf(weights: Matrix, idf: Matrix, _all: Matrix, _best: Matrix) -> list[int]:
    return [int(each) for each in np.argsort(-weights * idf, kind="stable")[:WORDS]]


def choose_unweighted(
    weights: Matrix, idf: Matrix, every: Matrix, best: Matrix
) -> tuple[Matrix, Sequence[int]]:
    """The words of largest TF-IDF, OR-ed."""
    chosen = _by_tfidf(weights, idf, every, best)
    return np.ones(len(chosen)), chosen


def choose_weighted(
    weights: Matrix, idf: Matrix, every: Matrix, best: Matrix
) -> tuple[Matrix, Sequence[int]]:
    """The words of largest TF-IDF with their weights."""
    chosen = _by_tfidf(weights, idf, every, best)
    return weights[chosen], chosen


def choose_top_norm(
    weights: Matrix, _idf: Matrix, every: Matrix, _best: Matrix
) -> tuple[Matrix, Sequence[int]]:
    """The terms of largest norm over all papers."""
    chosen = cr_top_norm(weights[None], every, WORDS).indices
    return weights[chosen], chosen.tolist()


def choose_two_passes(
    weights: Matrix, _idf: Matrix, _every: Matrix, best: Matrix
) -> tuple[Matrix, Sequence[int]]:
    """The terms of largest norm over the full query's best papers."""
    chosen = cr_top_norm(weights[None], best, WORDS).indices
    return weights[chosen], chosen.tolist()


def choose_two_passes_lambda(
    weights: Matrix, idf: Matrix, every: Matrix, best: Matrix
) -> tuple[Matrix, Sequence[int]]:
    """The same terms, their weights fitted to the full scores of these papers (diagonal Λ)."""
    _weights, chosen = choose_two_passes(weights, idf, every, best)
    fitted = cr_lambda_diag(weights[None], best, chosen)
    return weights[fitted.indices] * fitted.weights, fitted.indices.tolist()


def choose_greedily(
    weights: Matrix, _idf: Matrix, _every: Matrix, best: Matrix
) -> tuple[Matrix, Sequence[int]]:
    """The terms left after dropping pairs of least sum, over the full query's best papers."""
    kept = cr_top_norm(weights[None], best, min(GREEDY_TERMS, len(weights) // 2 * 2)).indices
    chosen = kept[cr_greedy(weights[None, kept], best[kept], WORDS, 2).indices]
    return weights[chosen], chosen.tolist()


CHOICES: dict[str, Choice] = {
    "TF-IDF words, OR-ed": choose_unweighted,
    "TF-IDF words with their weights": choose_weighted,
    "CR top norm, all papers": choose_top_norm,
    f"CR top norm, best {CANDIDATES} papers (two passes)": choose_two_passes,
    "the same with diagonal Λ": choose_two_passes_lambda,
    f"CR greedy in pairs, best {CANDIDATES} papers": choose_greedily,
}


def measure_choices(texts: Sequence[dict[str, float]], seeds: Sequence[int]) -> dict[str, float]:
    """recall@20 of every choice, a mean over the seeds.

    Args:
        texts: the term counts of each paper.
        seeds: places of the papers that are asked with; those of too few terms are left out.
    """
    columns: dict[str, int] = {}
    scores, idf = _score_terms(texts, columns)
    found: dict[str, list[float]] = {name: [] for name in CHOICES}
    for seed in seeds:
        terms = [columns[term] for term in texts[seed]]
        if len(terms) <= WORDS + 1:
            continue
        weights = np.array([saturate(count) for count in texts[seed].values()])
        every = np.asarray(scores[:, terms].todense()).T
        every[:, seed] = 0.0
        best = _best(weights @ every, CANDIDATES)
        wanted = set(best[:DEPTH])
        for name, choose in CHOICES.items():
            chosen_weights, chosen = choose(weights, idf[terms], every, every[:, best])
            answer = _best(chosen_weights @ every[list(chosen)], DEPTH)
            found[name].append(len(wanted & set(answer)) / DEPTH)
    return {name: fmean(each) for name, each in found.items()}


def _score_terms(
    texts: Sequence[dict[str, float]], columns: dict[str, int]
) -> tuple["scipy.sparse.csc_matrix", Matrix]:
    """BM25 (k1 1.2, b 0.75) of each term in each paper, and the idfs."""
    rows, places, counts = [], [], []
    for row, text in enumerate(texts):
        for term, count in text.items():
            rows.append(row)
            places.append(columns.setdefault(term, len(columns)))
            counts.append(count)
    matrix = scipy.sparse.csr_matrix((counts, (rows, places)), (len(texts), len(columns)))
    lengths = np.asarray(matrix.sum(axis=1)).ravel()
    norms = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
    tf = matrix.data
    matrix.data = tf * 2.2 / (tf + np.repeat(norms, np.diff(matrix.indptr)))
    holding = np.bincount(matrix.indices, minlength=len(columns))
    idf = np.log(len(texts) / (holding + 1)) + 1.0
    return (matrix @ scipy.sparse.diags(idf)).tocsc(), idf


def _best(scores: Scores, depth: int) -> list[int]:
    return [int(each) for each in np.lexsort((np.arange(len(scores)), -scores))[:depth]]
