"""Low-rank approximation (posts 10366, 10407): pseudo-inverse, best factors, SVD."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from app.api.operators.fields import Number, Numbers, Positive, Table, describe
from app.api.operators.libraries import low_rank
from app.api.operators.limits import MAX_MATRIX_SIDE
from app.api.operators.low_rank_matrices import MatrixIn, as_given_matrix
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import LOW_RANK, MATRIX_LIMIT
from app.api.operators.shapes import Array

RANK_LIMIT = "r at most min(n, m)"

Rank = Annotated[int, Field(ge=1, le=MAX_MATRIX_SIDE)]


class PinvInputs(Inputs):
    """A matrix, and the ridge of its regularised inverse."""

    matrix: MatrixIn = describe("A, n × r.")
    ridge: Positive | None = Field(None, description="eps of (AᵀA + eps I)⁻¹Aᵀ, to compare.")


class BestFactorInputs(Inputs):
    """One factor of a product, and the target."""

    factor: MatrixIn = describe("A, if the right factor is wanted; B, if the left one is.")
    target: MatrixIn = describe("M.")
    wanted: Literal["right", "left"] = "right"


class FactorizationInputs(Inputs):
    """Two factors and the target."""

    a: MatrixIn
    b: MatrixIn
    target: MatrixIn


class RankInputs(Inputs):
    """A matrix and a rank."""

    matrix: MatrixIn
    r: Rank


class PinvResult(Result):
    """A pseudo-inverse and how well it keeps its four conditions."""

    inverse: Table = describe("A⁺, r × n.")
    regularized: Table | None = describe("(AᵀA + eps I)⁻¹Aᵀ, if asked for.")
    difference: Number = describe("Largest difference of the two; null without a ridge.")
    residuals: Numbers = describe(
        "Largest entries of AA⁺A - A, A⁺AA⁺ - A⁺, and of how asymmetric AA⁺ and A⁺A are."
    )


class BestFactorResult(Result):
    """The best other factor."""

    factor: Table
    squared_error: Number = describe("|AB - M|².")


class FactorizationResult(Result):
    """A loss and its gradients."""

    loss: Number = describe("|AB - M|².")
    gradient_a: Table = describe("2(AB - M)Bᵀ.")
    gradient_b: Table = describe("2Aᵀ(AB - M).")


class SvdResult(Result):
    """The best approximation of its rank."""

    matrix: Table
    approximation: Table
    singular_values: Numbers = describe("All of them.")
    error: Number = describe("Frobenius norm of what is left out; nothing of rank r does better.")
    squared_error: Number
    spectral_error: Number = describe("sigma_(r+1).")


def _pinv(inputs: PinvInputs) -> Outcome:
    A = as_given_matrix(inputs.matrix)
    inverse = low_rank.pinv(A)
    regularized = None
    if inputs.ridge is not None:
        regularized = low_rank.pinv_regularized(A, inputs.ridge)
    left, right = A @ inverse, inverse @ A
    residuals = [left @ A - A, right @ inverse - inverse, left - left.T, right - right.T]
    values = {
        "inverse": inverse,
        "regularized": regularized,
        "difference": None if regularized is None else np.abs(regularized - inverse).max(),
        "residuals": [float(np.abs(residual).max()) for residual in residuals],
    }
    return make_outcome(PinvResult, values)


def _best_factor(inputs: BestFactorInputs) -> Outcome:
    known = as_given_matrix(inputs.factor, name="factor")
    target = as_given_matrix(inputs.target, name="target")
    if inputs.wanted == "right":
        found = low_rank.best_right_factor(known, target)
        product = known @ found
    else:
        found = low_rank.best_left_factor(known, target)
        product = found @ known
    values = {"factor": found, "squared_error": float(np.sum((product - target) ** 2))}
    return make_outcome(BestFactorResult, values)


def _factorization(inputs: FactorizationInputs) -> Outcome:
    loss = low_rank.factorization_loss(
        as_given_matrix(inputs.a, name="a"),
        as_given_matrix(inputs.b, name="b"),
        as_given_matrix(inputs.target, name="target"),
    )
    values = {
        "loss": loss.loss,
        "gradient_a": loss.gradient_a,
        "gradient_b": loss.gradient_b,
    }
    return make_outcome(FactorizationResult, values)


def _svd(inputs: RankInputs) -> Outcome:
    M = as_given_matrix(inputs.matrix)
    best = low_rank.svd_approx(M, inputs.r)
    values = {
        "matrix": M,
        "approximation": best.approximation(),
        "singular_values": list_singular_values(M),
        "error": best.error,
        "squared_error": best.error**2,
        "spectral_error": best.spectral_error,
    }
    return make_outcome(SvdResult, values, warnings=best.warnings)


def list_singular_values(matrix: Array) -> Array:
    """All singular values, largest first."""
    return np.asarray(np.linalg.svd(matrix, compute_uv=False))


OPERATORS = (
    Operator(
        name="pinv",
        title="Pseudo-inverse",
        post=LOW_RANK,
        section="pseudo-inverse",
        source_post=10366,
        formula="A⁺ = lim_{ε→0+} (AᵀA + εI)⁻¹Aᵀ = V Σ⁺ Uᵀ",
        tex=r"A^\dagger = \lim_{\varepsilon \to 0^+} (A^\top A + \varepsilon I)^{-1} A^\top",
        method="SVD; singular values below rounding stay zero",
        complexity="O(nr · min(n, r))",
        limits=(MATRIX_LIMIT,),
        pitfalls=("The regularised form loses digits for ε near 1e-16 σ₁².",),
        inputs=PinvInputs,
        result=PinvResult,
        compute=_pinv,
        example={"matrix": [[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]], "ridge": 1e-6},
    ),
    Operator(
        name="best_factor",
        title="Best other factor of a product",
        post=LOW_RANK,
        section="least squares",
        source_post=10366,
        formula="argmin_B ‖AB - M‖² = A⁺M, argmin_A ‖AB - M‖² = MB⁺",
        tex=r"\operatorname{argmin}_B \lVert AB - M \rVert_F^2 = A^\dagger M",
        method="Pseudo-inverse",
        complexity="O(nmr)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("Where several are best the shortest is given.",),
        inputs=BestFactorInputs,
        result=BestFactorResult,
        compute=_best_factor,
        example={
            "factor": [[1.0], [2.0], [2.0]],
            "target": [[1.0, 2.0], [2.0, 4.0], [2.0, 3.0]],
            "wanted": "right",
        },
    ),
    Operator(
        name="factorization_loss",
        title="Loss of a factorisation and its gradients",
        post=LOW_RANK,
        section="gradients",
        source_post=10366,
        formula="‖AB - M‖², ∂/∂A = 2(AB - M)Bᵀ, ∂/∂B = 2Aᵀ(AB - M)",
        tex=r"\lVert AB - M \rVert_F^2",
        method="Closed form",
        complexity="O(nmr)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("Orthogonal factors do not change the norm.",),
        inputs=FactorizationInputs,
        result=FactorizationResult,
        compute=_factorization,
        example={
            "a": [[1.0], [2.0]],
            "b": [[1.0, 1.0]],
            "target": [[1.0, 2.0], [2.0, 1.0]],
        },
    ),
    Operator(
        name="svd_approx",
        title="Best approximation of a rank",
        post=LOW_RANK,
        section="Eckart–Young–Mirsky",
        source_post=10407,
        formula="U_r Σ_r V_rᵀ, error √(Σ_{i>r} σ_i²)",
        tex=r"\min_{\operatorname{rank} \le r} \lVert \tilde M - M \rVert_F^2"
        r" = \sum_{i > r} \sigma_i^2",
        method="Singular value decomposition",
        complexity="O(nm · min(n, m))",
        limits=(MATRIX_LIMIT, RANK_LIMIT),
        pitfalls=(
            "σ_r = σ_{r+1}: the best approximation is not unique.",
            "Singular vectors are determined up to a sign.",
        ),
        inputs=RankInputs,
        result=SvdResult,
        compute=_svd,
        example={"matrix": {"kind": "worked_svd"}, "r": 1},
    ),
)
