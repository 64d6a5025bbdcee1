"""Low-rank approximation (post 10427): a product by some of its columns and rows."""

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from app.api.operators.fields import Number, Numbers, Seed, Table, describe
from app.api.operators.libraries import low_rank
from app.api.operators.limits import (
    MAX_REPEATS,
    MAX_SPREAD_CELLS,
    MAX_TUPLE_ENTRIES,
    MAX_VECTOR_ENTRIES,
    require_at_most,
)
from app.api.operators.low_rank import Rank
from app.api.operators.low_rank_matrices import MatrixIn, as_given_matrix
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import LOW_RANK, MATRIX_LIMIT
from app.api.operators.shapes import Array
from app.operators.errors import OperatorDomainError

Draws = Annotated[int, Field(ge=1, le=MAX_VECTOR_ENTRIES)]
Probabilities = Literal["optimal", "uniform"]


class ProductInputs(Inputs):
    """The two factors of a product."""

    x: MatrixIn = describe("X, n × l.")
    y: MatrixIn = describe("Y, l × m.")


class SelectionInputs(ProductInputs):
    """A product, how many terms are kept and how they are chosen and weighted."""

    r: Draws = describe("Terms to keep, or draws of the sampling.")
    method: Literal["top_norm", "greedy", "sample"] = "top_norm"
    weights: Literal["plain", "diagonal", "full"] = Field(
        "plain", description="Those of the method; or the best diagonal or full matrix between."
    )
    k: Rank = Field(1, description="Terms that greedy drops together; divides l - r.")
    probabilities: Probabilities = Field("optimal", description="Of the sampling.")
    seed: Seed = 0


class SpreadInputs(ProductInputs):
    """A product, and how often it is sampled."""

    r: Draws = describe("Draws of each repetition.")
    repeats: Annotated[int, Field(ge=2, le=MAX_REPEATS)] = 200
    probabilities: Probabilities = "optimal"
    seed: Seed = 0


class SelectionResult(Result):
    """Kept terms and what they leave out."""

    indices: list[int]
    weights: Numbers | Table = describe("lambda of each term, or the full matrix between.")
    norms: Numbers = describe("|x_i| |y_i| of every term.")
    probabilities: Numbers | None = describe("Of the sampling; null where every term is zero.")
    error: Number = describe("Frobenius norm of XY minus its approximation.")
    squared_error: Number
    svd_floor: Number = describe("Least possible error at the same rank.")
    product_norm: Number = describe("Frobenius norm of XY.")
    expected_squared_error: Number = describe("Of the sampling, in theory; null otherwise.")


class SpreadResult(Result):
    """Squared errors of repeated sampling beside the theory."""

    squared_errors: Numbers
    mean: Number
    standard_error: Number = describe("Of the mean.")
    theory: Number = describe("Expected squared error.")
    top_norm: Number = describe("Squared error of keeping the r largest norms.")
    svd_floor: Number = describe("Least possible squared error at rank r.")
    product_norm: Number = describe("Squared Frobenius norm of XY.")


def _selection(inputs: SelectionInputs) -> Outcome:
    X, Y = _as_factors(inputs)
    norms = low_rank.cr_norms(X, Y)
    selection = _select(inputs, X, Y)
    warnings = selection.warnings
    product = X @ Y
    floor = low_rank.svd_floor(product, selection.indices.size)
    weights: Array
    if inputs.weights == "full":
        C, R = X[:, selection.indices], Y[selection.indices]
        weights = np.asarray(low_rank.cr_lambda_full(C, R, product))
        error = float(np.linalg.norm(C @ weights @ R - product))
    else:
        if inputs.weights == "diagonal":
            selection = low_rank.cr_lambda_diag(X, Y, selection.indices)
            warnings += selection.warnings
        weights = np.asarray(selection.weights)
        error = float(np.linalg.norm(low_rank.cr_product(X, Y, selection) - product))
    expected = None
    if inputs.method == "sample":
        expected = low_rank.cr_sampling_error(
            X, Y, inputs.r, probabilities=_probabilities(inputs.probabilities, X)
        )
    values = {
        "indices": selection.indices,
        "weights": weights,
        "norms": norms,
        "probabilities": low_rank.cr_probabilities(X, Y) if norms.any() else None,
        "error": error,
        "squared_error": error**2,
        "svd_floor": floor,
        "product_norm": np.linalg.norm(product),
        "expected_squared_error": expected,
    }
    return make_outcome(SelectionResult, values, warnings=warnings)


def _as_factors(inputs: ProductInputs) -> tuple[Array, Array]:
    X, Y = as_given_matrix(inputs.x, name="x"), as_given_matrix(inputs.y, name="y")
    if X.shape[1] != Y.shape[0]:
        raise OperatorDomainError(
            f"x has {X.shape[1]} columns but y has {Y.shape[0]} rows; the product needs them equal."
        )
    return X, Y


def _select(inputs: SelectionInputs, X: Array, Y: Array) -> "low_rank.ColumnRowSelection":
    size = X.shape[1]
    if inputs.method == "sample":
        return low_rank.cr_sample(
            X,
            Y,
            inputs.r,
            np.random.default_rng(inputs.seed),
            probabilities=_probabilities(inputs.probabilities, X),
        )
    if inputs.method == "greedy":
        if inputs.r < size:
            rounds = (size - inputs.r) // inputs.k
            require_at_most(
                rounds * math.comb(size, inputs.k) * inputs.k,
                MAX_TUPLE_ENTRIES,
                "Rounds times tuples of k terms times k",
            )
        return low_rank.cr_greedy(X, Y, inputs.r, inputs.k)
    return low_rank.cr_top_norm(X, Y, inputs.r)


def _probabilities(kind: Probabilities, X: Array) -> Array | None:
    return np.full(X.shape[1], 1.0 / X.shape[1]) if kind == "uniform" else None


def _spread(inputs: SpreadInputs) -> Outcome:
    X, Y = _as_factors(inputs)
    n, size = X.shape
    require_at_most(
        inputs.repeats * n * size * Y.shape[1], MAX_SPREAD_CELLS, "Repeats times n times l times m"
    )
    product = X @ Y
    p = _probabilities(inputs.probabilities, X)
    rng = np.random.default_rng(inputs.seed)
    errors = np.array(
        [
            np.sum(
                (
                    low_rank.cr_product(
                        X, Y, low_rank.cr_sample(X, Y, inputs.r, rng, probabilities=p)
                    )
                    - product
                )
                ** 2
            )
            for _ in range(inputs.repeats)
        ]
    )
    kept = low_rank.cr_top_norm(X, Y, min(inputs.r, size))
    values = {
        "squared_errors": errors,
        "mean": errors.mean(),
        "standard_error": errors.std(ddof=1) / np.sqrt(errors.size),
        "theory": low_rank.cr_sampling_error(X, Y, inputs.r, probabilities=p),
        "top_norm": np.sum((low_rank.cr_product(X, Y, kept) - product) ** 2),
        "svd_floor": low_rank.svd_floor(product, min(inputs.r, size)) ** 2,
        "product_norm": np.sum(product**2),
    }
    return make_outcome(SpreadResult, values)


_X, _Y = [[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 4.0]]

OPERATORS = (
    Operator(
        name="column_row_selection",
        title="CR: a product by some of its terms",
        post=LOW_RANK,
        section="CR",
        formula="XY = Σ_i x_i y_iᵀ ≈ Σ_{i∈S} λ_i x_i y_iᵀ",
        tex=r"XY \approx X_{[:, S]}\, \Lambda\, Y_{[S, :]}",
        method="By the chosen method and weights",
        complexity="O(l(n + m)) to choose by norm, O(nmr) for the product; judged in O(nlm)",
        limits=(
            MATRIX_LIMIT,
            "r at most l, but for sampling",
            f"greedy: rounds times C(l, k) times k at most {MAX_TUPLE_ENTRIES:,}",
        ),
        pitfalls=(
            "Sampling is unbiased but noisy: keeping the largest norms is usually far better.",
            "Largest norms are the exact optimum only where the terms are orthogonal.",
            "Errors: full weights ≤ diagonal ≤ plain.",
        ),
        inputs=SelectionInputs,
        result=SelectionResult,
        compute=_selection,
        example={"x": _X, "y": _Y, "r": 1},
    ),
    Operator(
        name="column_row_sampling_spread",
        title="Repeated sampling against the theory",
        post=LOW_RANK,
        section="CR by sampling; Drineas, Kannan, Mahoney 2006",
        formula="E‖error‖² = (Σ ‖v_i‖²/p_i - ‖XY‖²)/r, least at p_i ∝ ‖v_i‖",
        tex=r"\frac1r\left(\sum_i \frac{\lVert v_i \rVert^2}{p_i} - \lVert XY \rVert_F^2\right)",
        method="Repetitions with one generator",
        complexity="O(repeats · nmr)",
        limits=(MATRIX_LIMIT, f"repeats times n times l times m at most {MAX_SPREAD_CELLS:,}"),
        pitfalls=("The mean error may exceed ‖XY‖² itself.",),
        inputs=SpreadInputs,
        result=SpreadResult,
        compute=_spread,
        example={"x": _X, "y": _Y, "r": 1, "repeats": 200, "seed": 0},
    ),
)
