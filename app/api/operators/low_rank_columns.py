"""Low-rank approximation (posts 10501, 10662): choosing columns and rows; ID and CUR."""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.fields import Number, Numbers, Seed, Table, describe
from app.api.operators.libraries import low_rank
from app.api.operators.limits import MAX_GREEDY_CELLS, MAX_MATRIX_SIDE, require_at_most
from app.api.operators.low_rank import RANK_LIMIT, Rank
from app.api.operators.low_rank_matrices import MatrixIn, as_given_matrix, orient
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import LOW_RANK, MATRIX_LIMIT
from app.api.operators.shapes import Array
from app.operators.arrays import FloatArray
from app.operators.errors import OperatorDomainError

Index = Annotated[int, Field(ge=0, lt=MAX_MATRIX_SIDE)]
Indices = Annotated[list[Index], Field(min_length=1, max_length=MAX_MATRIX_SIDE)]
SideName: TypeAlias = Literal["columns", "rows"]
RuleName: TypeAlias = Literal[
    "largest_norm", "norm_sample", "uniform_sample", "leverage", "leverage_sample",
    "deim", "cpqr", "clusters",
]  # fmt: skip
IdMethod: TypeAlias = Literal["cpqr", "best_greedy", "best_single", "colsample", "project"]

HISTOGRAM_BINS = 40
"""Bins of the histogram of |z|."""

DEFAULT_OVERSAMPLING = 10
"""Rows of a projection beyond r, where none are asked for."""


class IdInputs(Inputs):
    """A matrix, how large its skeleton may be and how it is chosen."""

    matrix: MatrixIn
    r: Rank | None = Field(None, description="Columns of the skeleton; null with relative_error.")
    relative_error: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="With cpqr, in place of r: Frobenius error over the norm of M."
    )
    method: IdMethod = "cpqr"
    sample: Rank | None = Field(
        None, description="Columns sampled (colsample; default 2r) or rows projected to (r + 10)."
    )
    exchange_bound: Annotated[float, Field(ge=1, le=1e6)] | None = Field(
        None, description="Exchange skeleton columns until no |z| is above this."
    )
    seed: Seed = 0


class CurInputs(Inputs):
    """A matrix, and its chosen columns and rows or how to choose them."""

    matrix: MatrixIn
    r: Rank | None = Field(None, description="How many of each; null if both are given.")
    rule: RuleName = Field("deim", description="How those that are not given are chosen.")
    columns: Indices | None = None
    rows: Indices | None = None
    mode: Literal["optimal", "intersection"] = "optimal"
    seed: Seed = 0


class LeverageInputs(Inputs):
    """A matrix and how many singular vectors count."""

    matrix: MatrixIn
    g: Rank | None = Field(None, description="Dominant singular vectors; null: the rank.")
    side: SideName = "columns"


class DeimInputs(Inputs):
    """A basis, or a matrix whose singular vectors are the basis."""

    matrix: MatrixIn
    r: Rank
    side: Literal["columns", "rows", "basis"] = Field(
        "columns", description="basis: the matrix itself is V, columns in order of importance."
    )


class ChooseInputs(Inputs):
    """A matrix and a rule."""

    matrix: MatrixIn
    r: Rank
    rule: RuleName = "clusters"
    side: SideName = "columns"
    seed: Seed = 0


class IdResult(Result):
    """A skeleton and the coefficients of every column in it."""

    columns: list[int] = describe("S, in the order of choice.")
    coefficients: Table = describe("Z, r × m; the identity on S.")
    error: Number = describe("Frobenius norm of M - M[:, S] Z.")
    squared_error: Number
    svd_floor: Number = describe("Least possible error at this rank.")
    max_abs_coefficient: Number
    histogram_edges: Numbers = describe("Edges of |z| for the counts.")
    histogram_counts: list[int]


class CurResult(Result):
    """Columns, rows and the small matrix between them."""

    columns: list[int]
    rows: list[int]
    u: Table
    approximation: Table
    error: Number
    squared_error: Number
    svd_floor: Number


class LeverageResult(Result):
    """Leverage scores."""

    scores: Numbers
    rank: int = describe("g; the sum of the scores.")
    order: list[int] = describe("Largest score first.")


class IndicesResult(Result):
    """Chosen columns or rows."""

    indices: list[int] = describe("In the order of choice.")


class ChooseResult(IndicesResult):
    """Chosen columns or rows, and the clusters they stand for."""

    labels: list[int] | None = describe("The cluster of each, for the rule clusters.")


def _id(inputs: IdInputs) -> Outcome:
    M = as_given_matrix(inputs.matrix)
    found = _decompose(inputs, M)
    if inputs.exchange_bound is not None and inputs.method != "colsample":
        found = low_rank.id_exchange(M, found.columns, inputs.exchange_bound)
    counts, edges = np.histogram(np.abs(found.coefficients), bins=HISTOGRAM_BINS)
    values = {
        "columns": found.columns,
        "coefficients": found.coefficients,
        "error": found.error,
        "squared_error": found.error**2,
        "svd_floor": found.svd_floor,
        "max_abs_coefficient": found.max_abs_coefficient,
        "histogram_edges": edges,
        "histogram_counts": counts,
    }
    return make_outcome(
        IdResult, values, warnings=found.warnings, method=_ID_METHODS[inputs.method]
    )


_ID_METHODS: dict[IdMethod, str] = {
    "cpqr": "column-pivoted QR",
    "best_greedy": "greedy by least total projection error",
    "best_single": "the one column with the least total projection error",
    "colsample": "column-pivoted QR among sampled columns, Z solved for all of M",
    "project": "column-pivoted QR of a random projection of the rows",
}


def _decompose(inputs: IdInputs, M: Array) -> "low_rank.InterpolativeDecomposition":
    if inputs.method == "best_single":
        return low_rank.id_best_single(M)
    if inputs.relative_error is not None:
        if inputs.method != "cpqr" or inputs.r is not None:
            raise OperatorDomainError("relative_error goes with the method cpqr, in place of r.")
        return low_rank.id_cpqr_to_tolerance(M, inputs.relative_error)
    if inputs.r is None:
        raise OperatorDomainError("r is missing; give the number of skeleton columns.")
    rng = np.random.default_rng(inputs.seed)
    return decompose(
        M,
        inputs.r,
        inputs.method,
        rng,
        sample=inputs.sample,
        exchange_bound=inputs.exchange_bound,
    )


# Annotations of generators are quoted: numpy imports its random part, slowly, when it is named.
def decompose(
    M: Array,
    r: int,
    method: IdMethod,
    rng: "np.random.Generator",
    *,
    sample: int | None = None,
    exchange_bound: float | None = None,
    with_floor: bool = True,
) -> "low_rank.InterpolativeDecomposition":
    """The interpolative decomposition of rank r by a method.

    Raises:
        OperatorDomainError: r or sample is out of range, or the greedy method costs too much.
    """
    n, m = M.shape
    if method == "best_greedy":
        require_at_most(r * n * m * m, MAX_GREEDY_CELLS, "r times rows times columns squared")
        return low_rank.id_best_greedy(M, r, with_floor=with_floor)
    if method == "colsample":
        k = min(2 * r, m) if sample is None else sample
        return low_rank.id_colsample(
            M, r, k, rng, exchange_bound=exchange_bound, with_floor=with_floor
        )
    if method == "project":
        d = min(r + DEFAULT_OVERSAMPLING, n) if sample is None else sample
        return low_rank.id_project(M, r, d, rng, with_floor=with_floor)
    return low_rank.id_cpqr_to_rank(M, r, with_floor=with_floor)


def _cur(inputs: CurInputs) -> Outcome:
    M = as_given_matrix(inputs.matrix)
    rng = np.random.default_rng(inputs.seed)
    columns, rows = inputs.columns, inputs.rows
    warnings: tuple[str, ...] = ()
    if columns is None or rows is None:
        if inputs.r is None:
            raise OperatorDomainError("r is missing; give it, or columns and rows.")
        if columns is None:
            choice = low_rank.choose_columns(M, inputs.r, inputs.rule, rng)
            columns, warnings = choice.indices.tolist(), choice.warnings
        if rows is None:
            choice = low_rank.choose_columns(M.T, inputs.r, inputs.rule, rng)
            rows, warnings = choice.indices.tolist(), warnings + choice.warnings
    found = low_rank.cur(M, np.array(columns), np.array(rows), inputs.mode)
    values = {
        "columns": found.columns,
        "rows": found.rows,
        "u": found.u,
        "approximation": found.approximation(M),
        "error": found.error,
        "squared_error": found.error**2,
        "svd_floor": found.svd_floor,
    }
    return make_outcome(CurResult, values, warnings=warnings + found.warnings)


def _leverage(inputs: LeverageInputs) -> Outcome:
    M = orient(as_given_matrix(inputs.matrix), inputs.side)
    found = low_rank.leverage_scores(M, inputs.g)
    values = {
        "scores": found.scores,
        "rank": found.rank,
        "order": np.argsort(-found.scores, kind="stable"),
    }
    return make_outcome(LeverageResult, values, warnings=found.warnings)


def _deim(inputs: DeimInputs) -> Outcome:
    M = as_given_matrix(inputs.matrix)
    basis: FloatArray = M
    if inputs.side != "basis":
        basis = low_rank.svd_approx(orient(M, inputs.side), inputs.r).vt.T
    found = low_rank.deim(basis, inputs.r)
    return make_outcome(IndicesResult, {"indices": found.indices}, warnings=found.warnings)


def _choose(inputs: ChooseInputs) -> Outcome:
    M = orient(as_given_matrix(inputs.matrix), inputs.side)
    rng = np.random.default_rng(inputs.seed)
    if inputs.rule == "clusters":
        clusters = low_rank.cluster_columns(M, inputs.r, rng)
        found = {"indices": clusters.indices, "labels": clusters.labels}
        return make_outcome(ChooseResult, found, warnings=clusters.warnings)
    choice = low_rank.choose_columns(M, inputs.r, inputs.rule, rng)
    values = {"indices": choice.indices, "labels": None}
    return make_outcome(ChooseResult, values, warnings=choice.warnings)


_NOISY = {"kind": "low_rank_noise", "rows": 12, "columns": 15, "rank": 4, "seed": 0}

OPERATORS = (
    Operator(
        name="interpolative_decomposition",
        title="Interpolative decomposition",
        post=LOW_RANK,
        section="ID; arXiv:2105.07076 for column sampling",
        source_post=10501,
        formula="M ≈ M[:, S] Z, Z[:, S] = I",
        tex=r"M \approx M_{[:, S]}\, Z",
        method="By the chosen method",
        complexity="O(nm · min(n, m)) for cpqr, O(r n m²) for best_greedy, O(nkr) for colsample",
        limits=(
            MATRIX_LIMIT,
            RANK_LIMIT,
            f"best_greedy: r times n times m² at most {MAX_GREEDY_CELLS:,}",
        ),
        pitfalls=(
            "Norm is not merit: pivoted QR may take a long column that explains nothing else.",
            "No method but the exchange promises |z| at most 2.",
            "r above the rank: the last columns add nothing.",
        ),
        inputs=IdInputs,
        result=IdResult,
        compute=_id,
        example={"matrix": {"kind": "worked_id"}, "r": 2},
    ),
    Operator(
        name="cur",
        title="CUR decomposition",
        post=LOW_RANK,
        section="CUR; arXiv:1407.5516",
        source_post=10662,
        formula="M ≈ C U R, U = C⁺MR⁺ (optimal) or M[S₂, S₁]⁺ (intersection)",
        tex=r"M \approx C\,U R,\; U = C^\dagger M R^\dagger",
        method="By the chosen columns and rows",
        complexity="O(nm · min(n, m))",
        limits=(MATRIX_LIMIT, RANK_LIMIT),
        pitfalls=("A singular intersection does not reproduce the chosen rows.",),
        inputs=CurInputs,
        result=CurResult,
        compute=_cur,
        example={
            "matrix": {"kind": "worked_cur"},
            "columns": [0, 1],
            "rows": [0, 2],
            "mode": "intersection",
        },
    ),
    Operator(
        name="leverage_scores",
        title="Leverage scores",
        post=LOW_RANK,
        section="leverage scores",
        source_post=10662,
        formula="score_i = ‖V[i, :g]‖², Σ = g",
        tex=r"\lVert V_{[i, :g]} \rVert^2",
        method="SVD",
        complexity="O(nm · min(n, m))",
        limits=(MATRIX_LIMIT, "g at most the rank"),
        pitfalls=("σ_g = σ_{g+1}: the scores are not unique.",),
        inputs=LeverageInputs,
        result=LeverageResult,
        compute=_leverage,
        example={"matrix": _NOISY, "g": 4},
    ),
    Operator(
        name="deim",
        title="DEIM points",
        post=LOW_RANK,
        section="DEIM; arXiv:1407.5516",
        source_post=10662,
        formula="add argmax |V[:, k] - V[:, :k] V[S, :k]⁻¹ V[S, k]|, for k = 0 … r-1",
        tex=r"\operatorname{argmax} \lvert V_{[:,k]} - V_{[:,:k]} V_{[S,:k]}^{-1} V_{[S,k]} \rvert",
        method="All residuals updated at once, as in Gaussian elimination",
        complexity="O(m r²) beyond the SVD",
        limits=(MATRIX_LIMIT, RANK_LIMIT),
        pitfalls=("Dependent columns of V are filled in for, with a warning.",),
        inputs=DeimInputs,
        result=IndicesResult,
        compute=_deim,
        example={"matrix": _NOISY, "r": 4},
    ),
    Operator(
        name="choose_columns",
        title="Columns or rows by a rule",
        post=LOW_RANK,
        section="other choices",
        source_post=10662,
        formula="by norm, leverage, DEIM, pivoted QR, sampling, or the centres of clusters",
        tex=r"S \subset \{1, \ldots, m\},\; \lvert S \rvert = r",
        method="By the chosen rule",
        complexity="O(nmr) for clusters, O(nm · min(n, m)) at most",
        limits=(MATRIX_LIMIT, RANK_LIMIT),
        pitfalls=("Where columns repeat there may be fewer clusters than asked for.",),
        inputs=ChooseInputs,
        result=ChooseResult,
        compute=_choose,
        example={
            "matrix": {"kind": "clustered", "rows": 8, "columns": 12, "rank": 3, "seed": 1},
            "r": 3,
            "rule": "clusters",
        },
    ),
)
