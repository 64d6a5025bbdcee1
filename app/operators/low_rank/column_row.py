"""Column–row approximation: X Y = Σ x_i y_iᵀ by r of its l terms, for less than the full product.

x_i are columns of X (n × l), y_i rows of Y (l × m), v_i = vec(x_i y_iᵀ) with ‖v_i‖ = ‖x_i‖ ‖y_i‖.
Dropping the set with the least ‖Σ v_i‖ is believed NP-hard. Keeping the largest ‖v_i‖ is exact
where the v_i are orthogonal and usually good; sampling is unbiased but noisy (for Gaussian
20×30 times 30×25 and r = 10 its expected squared error, 38.4e3, exceeds ‖XY‖² = 13.6e3, while
keeping the largest leaves 7.1e3): it is here for its theory, not as the better choice.

Why selections: φ(X W) S = φ(X W S) holds for a selection matrix S and any element-wise φ, not for
a general S. X and Y may be scipy sparse matrices; the n m × l matrix of the v_i is never formed.

Source: kexue.fm 10427; Drineas, Kannan, Mahoney, Fast Monte Carlo Algorithms for Matrices I (2006).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt
import scipy.sparse

from app.operators.arrays import FloatArray, IntArray, as_count, as_float_array
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.factors import (
    MatrixLike,
    as_factors,
    dense,
    factor_column_norms,
)
from app.operators.low_rank.matrices import as_matrix

MAX_TUPLES = 1_000_000
"""Most k-tuples that one round of `cr_greedy` compares (k · 8 MB of indices)."""


@dataclass(frozen=True, slots=True)
class ColumnRowSelection:
    """Which terms of Σ x_i y_iᵀ are kept, and with which weights."""

    indices: IntArray
    """Distinct term numbers, shape (s,)."""
    weights: FloatArray
    """λ_i of each, shape (s,); 1 where terms are only kept or dropped."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def cr_norms(x: MatrixLike, y: MatrixLike) -> FloatArray:
    """Return ‖v_i‖ = ‖x_i‖ ‖y_i‖ of every term, shape (l,). O(l (n + m)), or O(non-zeros).

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.

    Raises:
        OperatorDomainError: If the matrices are not finite or their inner sizes differ.
    """
    X, Y = as_factors(x, y)
    return np.asarray(factor_column_norms(X) * factor_column_norms(Y.T))


def cr_top_norm(x: MatrixLike, y: MatrixLike, r: int) -> ColumnRowSelection:
    """Return the r terms of largest norm, largest first, ties by lower index.

    The exact optimum if the v_i are pairwise orthogonal. O(l (n + m) + l log l).

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        r: terms to keep, 1 ≤ r ≤ l.

    Raises:
        OperatorDomainError: If the matrices are not finite, their inner sizes differ or r is out
            of range.

    >>> cr_top_norm([[1, 0], [0, 2]], [[3, 0], [0, 4]], 1).indices
    array([1])
    """
    return _largest(cr_norms(x, y), r)


def cr_top_norm_from_norms(
    x_norms: npt.ArrayLike, y_norms: npt.ArrayLike, r: int
) -> ColumnRowSelection:
    """Return the r terms of largest ‖x_i‖ ‖y_i‖ where these norms are already known.

    Args:
        x_norms: ‖x_i‖ ≥ 0 of the columns of X, shape (l,).
        y_norms: ‖y_i‖ ≥ 0 of the rows of Y, shape (l,).
        r: terms to keep, 1 ≤ r ≤ l.

    Raises:
        OperatorDomainError: If a norm is negative or not finite, the shapes differ or r is out of
            range.
    """
    x_lengths = as_float_array(x_norms, name="x_norms")
    y_lengths = as_float_array(y_norms, name="y_norms")
    if x_lengths.ndim != 1 or x_lengths.shape != y_lengths.shape:
        raise OperatorDomainError("x_norms and y_norms must be two vectors of the same length.")
    if (x_lengths < 0).any() or (y_lengths < 0).any():
        raise OperatorDomainError("A norm is negative; give lengths of at least 0.")
    with np.errstate(over="ignore"):
        norms = x_lengths * y_lengths
    if not np.isfinite(norms).all():
        raise OperatorDomainError("A product of norms overflows; rescale x_norms or y_norms.")
    return _largest(norms, r)


def cr_probabilities(x: MatrixLike, y: MatrixLike) -> FloatArray:
    """Return p_i ∝ ‖x_i‖ ‖y_i‖, the sampling with the least expected error, shape (l,).

    Raises:
        OperatorDomainError: If the matrices are not finite, their inner sizes differ or every term
            is zero.

    >>> cr_probabilities([[1, 0], [0, 2]], [[3, 0], [0, 4]]).round(6)
    array([0.272727, 0.727273])
    """
    norms = cr_norms(x, y)
    total = norms.sum()
    if not total > 0:
        raise OperatorDomainError("Every term of the product is zero: there is nothing to sample.")
    return np.asarray(norms / total)


def cr_sample(
    x: MatrixLike,
    y: MatrixLike,
    r: int,
    rng: np.random.Generator,
    *,
    probabilities: npt.ArrayLike | None = None,
) -> ColumnRowSelection:
    """Return r independent draws of terms, whose weighted sum has the expectation X Y.

    A draw of i has the weight 1/(r p_i); repeated draws are one term with the sum of their weights.

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        r: draws, at least 1.
        rng: source of the draws.
        probabilities: p, shape (l,), sum 1; None: the optimal ones. Zero only where v_i = 0.

    Raises:
        OperatorDomainError: If the matrices do not fit, every term is zero, or p is not a
            probability vector or zero where a term is not.
    """
    as_count(r, name="r", low=1)
    p = _as_probabilities(x, y, probabilities)
    draws = rng.choice(p.size, size=r, p=p)
    indices, counts = np.unique(draws, return_counts=True)
    warnings: tuple[str, ...] = ()
    if indices.size < r:
        warnings = (f"{r} draws met {indices.size} different terms; weights of repeats are added.",)
    return ColumnRowSelection(indices.astype(np.intp), counts / (r * p[indices]), warnings)


def cr_sampling_error(
    x: MatrixLike, y: MatrixLike, r: int, *, probabilities: npt.ArrayLike | None = None
) -> float:
    """Return the expected squared error of `cr_sample`: (Σ ‖v_i‖²/p_i − ‖XY‖²) / r.

    With the optimal p the first sum is (Σ ‖v_i‖)². O(n l m) for ‖XY‖.

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        r: draws, at least 1.
        probabilities: p, shape (l,), sum 1; None: the optimal ones.

    Raises:
        OperatorDomainError: As `cr_sample`.

    >>> round(cr_sampling_error([[1, 0], [0, 2]], [[3, 0], [0, 4]], 1), 9)
    48.0
    """
    as_count(r, name="r", low=1)
    p = _as_probabilities(x, y, probabilities)
    X, Y = as_factors(x, y)
    squares = cr_norms(X, Y).astype(np.float64) ** 2
    second_moment = np.divide(squares, p, out=np.zeros_like(squares), where=p > 0).sum()
    product = as_matrix(dense(X @ Y), name="the product")
    return float(second_moment - np.vdot(product, product)) / r


def cr_greedy(x: MatrixLike, y: MatrixLike, r: int, k: int) -> ColumnRowSelection:
    """Return the r terms left after dropping, round by round, the k-tuple of least ‖Σ v_i‖.

    k = l − r is the exact optimum; k = 1 keeps the terms of largest norm. One round compares
    C(·, k) tuples by their sums of the l × l Gram matrix (XᵀX) ∘ (YYᵀ). Ties go to the
    lexicographically first tuple.

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        r: terms to keep, 1 ≤ r ≤ l.
        k: terms dropped together, at least 1, a divisor of l − r.

    Raises:
        OperatorDomainError: If the matrices do not fit, r is out of range, k does not divide
            l − r, or a round would compare more than `MAX_TUPLES` tuples.
    """
    X, Y = as_factors(x, y)
    size = X.shape[1]
    as_count(r, name="r", low=1, high=size)
    as_count(k, name="k", low=1)
    if (size - r) % k:
        raise OperatorDomainError(f"k must divide l - r = {size - r}, but it is {k}.")
    if size > r and comb(size, k) > MAX_TUPLES:
        raise OperatorDomainError(
            f"k = {k} means comparing {comb(size, k)} tuples; choose a smaller k "
            f"(at most {MAX_TUPLES} tuples)."
        )
    gram = cr_gram(X, Y)
    kept = np.arange(size, dtype=np.intp)
    for _ in range((size - r) // k):
        kept = np.delete(kept, _weakest_tuple(gram[np.ix_(kept, kept)], k))
    return ColumnRowSelection(kept, np.ones(r, dtype=gram.dtype))


def cr_gram(x: MatrixLike, y: MatrixLike) -> FloatArray:
    """Return the inner products v_i·v_j = ((XᵀX) ∘ (YYᵀ))_ij, shape (l, l). O(l² (n + m)).

    Raises:
        OperatorDomainError: If the matrices are not finite or their inner sizes differ.
    """
    X, Y = as_factors(x, y)
    return as_matrix(dense(X.T @ X) * dense(Y @ Y.T), name="the Gram matrix of the terms")


def cr_product(x: MatrixLike, y: MatrixLike, selection: ColumnRowSelection) -> FloatArray:
    """Return Σ_{i∈S} λ_i x_i y_iᵀ, shape (n, m). O(n m s) instead of O(n m l).

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        selection: terms and weights from any method of this module.

    Raises:
        OperatorDomainError: If the matrices do not fit or the selection names a term beyond l.
    """
    X, Y = as_factors(x, y)
    if selection.indices.max(initial=-1) >= X.shape[1]:
        raise OperatorDomainError("The selection was made for a longer inner dimension.")
    rows = Y[selection.indices]
    weights = selection.weights.astype(X.dtype)
    if scipy.sparse.issparse(rows):
        rows = scipy.sparse.diags_array(weights) @ rows
    elif not (weights == 1).all():
        rows = weights[:, None] * rows
    return dense(X[:, selection.indices] @ rows)


def _weakest_tuple(gram: FloatArray, k: int) -> IntArray:
    tuples = np.fromiter(
        (index for chosen in combinations(range(gram.shape[0]), k) for index in chosen),
        dtype=np.intp,
    ).reshape(-1, k)
    squared_norms = np.zeros(tuples.shape[0])
    for a in range(k):
        squared_norms += gram[tuples[:, a], tuples[:, a]]
        for b in range(a):
            squared_norms += 2 * gram[tuples[:, a], tuples[:, b]]
    return np.asarray(tuples[np.argmin(squared_norms)])


def _largest(norms: FloatArray, r: int) -> ColumnRowSelection:
    as_count(r, name="r", low=1, high=norms.size)
    indices = np.argsort(-norms, kind="stable")[:r]
    warnings: tuple[str, ...] = ()
    if norms[indices[-1]] == 0:
        warnings = (
            f"Only {np.count_nonzero(norms)} terms are not zero: the last ones kept add nothing.",
        )
    return ColumnRowSelection(indices, np.ones(r, dtype=norms.dtype), warnings)


def _as_probabilities(
    x: MatrixLike, y: MatrixLike, probabilities: npt.ArrayLike | None
) -> npt.NDArray[np.float64]:
    if probabilities is None:
        p = cr_probabilities(x, y).astype(np.float64)
        return np.asarray(p / p.sum())
    norms = cr_norms(x, y)
    p = as_float_array(probabilities, name="probabilities").astype(np.float64)
    if p.shape != norms.shape or (p < 0).any() or abs(p.sum() - 1) > 1e-6:
        raise OperatorDomainError(
            f"probabilities must hold {norms.size} numbers of at least 0 with the sum 1."
        )
    if (norms[p == 0] > 0).any():
        raise OperatorDomainError(
            "A probability is zero for a term that is not, which would bias the sum: raise it."
        )
    return np.asarray(p / p.sum())
