"""Rules that choose r columns of a matrix, for CUR or as the skeleton of a decomposition.

Largest norms, sampling by norm or evenly, leverage scores, DEIM points, pivoted QR, and the
columns nearest to the centres of clusters. For rows give the transpose.
Source: kexue.fm 10662, section on the choice of columns and rows.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import scipy.cluster.vq
from scipy.spatial.distance import cdist

from app.operators.arrays import FloatArray, IntArray, as_count
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.interpolative import id_cpqr_to_rank, padded_columns
from app.operators.low_rank.matrices import as_matrix, column_norms
from app.operators.low_rank.selection import deim, leverage_scores
from app.operators.low_rank.svd import svd_approx

ColumnRule: TypeAlias = Literal[
    "largest_norm",
    "norm_sample",
    "uniform_sample",
    "leverage",
    "leverage_sample",
    "deim",
    "cpqr",
    "clusters",
]
"""Rules that `choose_columns` knows."""

RANDOM_RULES: frozenset[ColumnRule] = frozenset(
    {"norm_sample", "uniform_sample", "leverage_sample", "clusters"}
)
"""Those that draw at random."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Columns chosen by a rule."""

    indices: IntArray
    """Distinct column numbers, shape (r,)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


@dataclass(frozen=True, slots=True)
class ColumnClusters:
    """Clusters of columns, each with the column that stands for it."""

    indices: IntArray
    """The column nearest to the centre of each cluster, distinct, shape (r,)."""
    labels: IntArray
    """The cluster of each column, shape (m,)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def choose_columns(
    matrix: npt.ArrayLike, r: int, rule: ColumnRule, rng: np.random.Generator | None = None
) -> ColumnChoice:
    """Return r distinct columns of M by a rule; sampling is without replacement.

    Args:
        matrix: M, shape (n, m).
        r: columns to choose, 1 ≤ r ≤ min(n, m).
        rule: which rule.
        rng: source of randomness for the rules of `RANDOM_RULES`.

    Raises:
        OperatorDomainError: If M is not a finite matrix or is zero where the rule needs weights,
            r is out of range, the rule is unknown, or a random one has no source.

    >>> choose_columns([[1.0, 0.0, 3.0], [0.0, 2.0, 0.0]], 2, "largest_norm").indices
    array([2, 1])
    """
    M = as_matrix(matrix)
    as_count(r, name="r", low=1, high=min(M.shape))
    if rule not in get_args(ColumnRule):
        raise OperatorDomainError(
            f"rule must be one of {', '.join(get_args(ColumnRule))}, not {rule!r}."
        )
    if rule not in RANDOM_RULES:
        return _choose_fixed(M, r, rule)
    if rng is None:
        raise OperatorDomainError(f"The rule {rule} draws at random; give a generator.")
    if rule == "clusters":
        clusters = cluster_columns(M, r, rng)
        return ColumnChoice(clusters.indices, clusters.warnings)
    return _sample(M, r, rule, rng)


def cluster_columns(matrix: npt.ArrayLike, r: int, rng: np.random.Generator) -> ColumnClusters:
    """Return r clusters of the columns of M by k-means, and the column nearest to each centre.

    Centres start from columns drawn as in k-means++: with a chance in proportion to the squared
    distance from the centres drawn so far. Where columns repeat, so that there are fewer than r
    clusters, the first unused columns stand in. O(n m r) for each of a few steps.

    Args:
        matrix: M, shape (n, m).
        r: clusters, 1 ≤ r ≤ m.
        rng: source of the first centres.

    Raises:
        OperatorDomainError: If M is not a finite matrix or r is out of range.

    >>> matrix = [[1.0, 1.1, 0.9, 0.0, 0.0], [0.0, 0.0, 0.0, 5.0, 5.2]]
    >>> clusters = cluster_columns(matrix, 2, np.random.default_rng(0))
    >>> sorted(clusters.indices.tolist()), len(set(clusters.labels[:3].tolist()))
    ([0, 3], 1)
    """
    M = as_matrix(matrix)
    as_count(r, name="r", low=1, high=M.shape[1])
    largest = float(np.abs(M).max())
    # scipy stops by an absolute change of the distortion, so the scale is taken out first.
    points = np.ascontiguousarray(M.T, dtype=np.float64) / (largest if largest > 0 else 1.0)
    centres, _ = scipy.cluster.vq.kmeans(points, _first_centres(points, r, rng))
    distances = cdist(points, centres)  # (m, clusters)
    labels = distances.argmin(axis=1)
    nearest = np.array(
        [
            members[distances[members, cluster].argmin()]
            for cluster in range(centres.shape[0])
            if (members := np.flatnonzero(labels == cluster)).size
        ],
        dtype=np.intp,
    )
    warnings: tuple[str, ...] = ()
    if nearest.size < r:
        warnings = (
            f"The columns form only {nearest.size} clusters; the first unused ones stand in.",
        )
    return ColumnClusters(padded_columns(nearest, r, M.shape[1]), labels.astype(np.intp), warnings)


def _first_centres(points: FloatArray, r: int, rng: np.random.Generator) -> FloatArray:
    chosen = [int(rng.integers(points.shape[0]))]
    squares = cdist(points, points[chosen], "sqeuclidean")[:, 0]
    while len(chosen) < r and squares.any():
        chosen.append(int(rng.choice(points.shape[0], p=squares / squares.sum())))
        squares = np.minimum(squares, cdist(points, points[chosen[-1:]], "sqeuclidean")[:, 0])
    return np.asarray(points[chosen])


def _choose_fixed(M: FloatArray, r: int, rule: ColumnRule) -> ColumnChoice:
    if rule == "cpqr":
        decomposition = id_cpqr_to_rank(M, r, with_floor=False)
        return ColumnChoice(decomposition.columns)
    if rule == "deim":
        points = deim(svd_approx(M, r).vt.T, r)
        return ColumnChoice(points.indices, points.warnings)
    if rule == "leverage":
        weights, warnings = _leverage(M, r)
    else:
        weights, warnings = column_norms(M), ()
    return ColumnChoice(np.argsort(-weights, kind="stable")[:r], warnings)


def _sample(M: FloatArray, r: int, rule: ColumnRule, rng: np.random.Generator) -> ColumnChoice:
    warnings: tuple[str, ...] = ()
    if rule == "uniform_sample":
        weights: FloatArray = np.ones(M.shape[1])
    elif rule == "norm_sample":
        weights = column_norms(M).astype(np.float64) ** 2
    else:
        weights, warnings = _leverage(M, r)
    eligible = np.flatnonzero(weights > 0)
    if eligible.size == 0:
        raise OperatorDomainError("The matrix is zero: there is nothing to sample by.")
    shares = weights[eligible].astype(np.float64)
    drawn = rng.choice(eligible, size=min(r, eligible.size), replace=False, p=shares / shares.sum())
    if drawn.size < r:
        warnings += (f"Only {drawn.size} columns have weight; the first unused ones stand in.",)
    return ColumnChoice(padded_columns(drawn, r, M.shape[1]), warnings)


def _leverage(M: FloatArray, r: int) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the scores for the r dominant singular vectors, fewer where the rank is lower."""
    rank = leverage_scores(M).rank
    found = leverage_scores(M, min(r, rank))
    return found.scores, found.warnings
