"""Low-rank approximation: every method against the rank, over the floor of the SVD."""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.fields import Number, Numbers, Seed, describe
from app.api.operators.libraries import low_rank
from app.api.operators.limits import MAX_COMPARISON_CELLS, MAX_GREEDY_CELLS, require_at_most
from app.api.operators.low_rank import RANK_LIMIT, Rank, list_singular_values
from app.api.operators.low_rank_columns import IdMethod, RuleName, decompose
from app.api.operators.low_rank_matrices import MatrixIn, as_given_matrix
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import LOW_RANK, MATRIX_LIMIT
from app.api.operators.shapes import Array

MethodName: TypeAlias = Literal[
    "id_cpqr", "id_best_greedy", "id_colsample", "id_project",
    "cur_deim", "cur_leverage", "cur_largest_norm", "cur_cpqr", "cur_clusters",
    "cur_uniform_sample", "cur_intersection_deim",
]  # fmt: skip

MAX_RANKS = 20
"""Most ranks of one comparison."""

_ID: dict[MethodName, IdMethod] = {
    "id_cpqr": "cpqr",
    "id_best_greedy": "best_greedy",
    "id_colsample": "colsample",
    "id_project": "project",
}
_CUR: dict[MethodName, RuleName] = {
    "cur_deim": "deim",
    "cur_leverage": "leverage",
    "cur_largest_norm": "largest_norm",
    "cur_cpqr": "cpqr",
    "cur_clusters": "clusters",
    "cur_uniform_sample": "uniform_sample",
    "cur_intersection_deim": "deim",
}
METHODS: tuple[MethodName, ...] = (*_ID, *_CUR)


class ComparisonInputs(Inputs):
    """A matrix, and which methods are tried at which ranks."""

    matrix: MatrixIn
    ranks: Annotated[list[Rank], Field(min_length=1, max_length=MAX_RANKS)]
    methods: Annotated[list[MethodName], Field(min_length=1, max_length=len(METHODS))] = Field(
        default_factory=lambda: list(METHODS)
    )
    seed: Seed = 0


class MethodOut(Result):
    """One method over all ranks."""

    method: MethodName
    errors: Numbers = describe("Frobenius error at each rank.")
    max_abs_coefficient: Numbers | None = describe("max |z| at each rank, for ID.")


class ComparisonResult(Result):
    """Errors by rank."""

    ranks: list[int]
    svd_floor: Numbers = describe("Least possible error at each rank.")
    norm: Number = describe("Frobenius norm of the matrix.")
    singular_values: Numbers
    methods: list[MethodOut]


def _compare(inputs: ComparisonInputs) -> Outcome:
    M = as_given_matrix(inputs.matrix)
    n, m = M.shape
    require_at_most(
        len(inputs.ranks) * len(inputs.methods) * n * m * min(n, m),
        MAX_COMPARISON_CELLS,
        "Ranks times methods times n times m times min(n, m)",
    )
    if "id_best_greedy" in inputs.methods:
        require_at_most(
            sum(inputs.ranks) * n * m * m,
            MAX_GREEDY_CELLS,
            "The sum of ranks times rows times columns squared",
        )
    rng = np.random.default_rng(inputs.seed)
    methods = [_try(method, M, inputs.ranks, rng) for method in dict.fromkeys(inputs.methods)]
    singular_values = list_singular_values(M)
    values = {
        "ranks": inputs.ranks,
        "svd_floor": [float(np.linalg.norm(singular_values[r:])) for r in inputs.ranks],
        "norm": np.linalg.norm(M),
        "singular_values": singular_values,
        "methods": methods,
    }
    return make_outcome(ComparisonResult, values)


def _try(
    method: MethodName, M: Array, ranks: list[int], rng: "np.random.Generator"
) -> dict[str, object]:
    if method in _ID:
        found = [decompose(M, r, _ID[method], rng, with_floor=False) for r in ranks]
        return {
            "method": method,
            "errors": [each.error for each in found],
            "max_abs_coefficient": [each.max_abs_coefficient for each in found],
        }
    mode: Literal["intersection", "optimal"] = (
        "intersection" if method == "cur_intersection_deim" else "optimal"
    )
    errors = [_cur_error(M, r, _CUR[method], mode, rng) for r in ranks]
    return {"method": method, "errors": errors, "max_abs_coefficient": None}


def _cur_error(
    M: Array,
    r: int,
    rule: RuleName,
    mode: Literal["intersection", "optimal"],
    rng: "np.random.Generator",
) -> float:
    columns = low_rank.choose_columns(M, r, rule, rng).indices
    rows = low_rank.choose_columns(M.T, r, rule, rng).indices
    return low_rank.cur(M, columns, rows, mode, with_floor=False).error


OPERATORS = (
    Operator(
        name="low_rank_comparison",
        title="All methods against the rank",
        post=LOW_RANK,
        section="posts 10407, 10501 and 10662",
        formula="‖M - M̃_r‖ for ID and CUR by every rule, over √(Σ_{i>r} σ_i²)",
        tex=r"\lVert M - \tilde M_r \rVert_F \ge \sqrt{\textstyle\sum_{i > r} \sigma_i^2}",
        method="Each method by its own operator",
        complexity="O(ranks · methods · nm · min(n, m))",
        limits=(
            MATRIX_LIMIT,
            RANK_LIMIT,
            f"at most {MAX_RANKS} ranks",
            f"ranks times methods times n times m times min(n, m) at most {MAX_COMPARISON_CELLS:,}",
            f"with id_best_greedy: sum of ranks times n times m² at most {MAX_GREEDY_CELLS:,}",
        ),
        pitfalls=("Nothing goes below the floor; random methods vary with the seed.",),
        inputs=ComparisonInputs,
        result=ComparisonResult,
        compute=_compare,
        example={
            "matrix": {"kind": "low_rank_noise", "rows": 20, "columns": 30, "rank": 5, "seed": 0},
            "ranks": [1, 2, 3, 4, 5, 6, 8],
        },
    ),
)
