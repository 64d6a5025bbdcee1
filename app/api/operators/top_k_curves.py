"""Hard and smooth top-k (post 10373): all operators side by side, and against the temperature."""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    CurvePoints,
    Number,
    Numbers,
    Temperature,
    Vector,
    describe,
)
from app.api.operators.libraries import top_k
from app.api.operators.limits import (
    MAX_BATCH_ENTRIES,
    MAX_GRAD_TOP_K_CELLS,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import TOP_K
from app.api.operators.shapes import Array, as_batch
from app.api.operators.top_k import COUNT_LIMIT, Count, as_grad_batch
from app.operators.errors import OperatorDomainError

SmoothName: TypeAlias = Literal[
    "grad_top_k",
    "thre_top_k_exp",
    "thre_top_k_sigmoid",
    "thre_top_k_laplace",
    "iterated_softmax_top_k",
    "weighted_softmax_top_k",
]
SMOOTH_NAMES: tuple[SmoothName, ...] = (
    "grad_top_k",
    "thre_top_k_exp",
    "thre_top_k_sigmoid",
    "thre_top_k_laplace",
    "iterated_softmax_top_k",
    "weighted_softmax_top_k",
)


class ComparisonInputs(Inputs):
    """Inputs of all operators at once."""

    x: Vector
    k: Count
    temperature: Temperature = 1.0


class SmoothOut(Result):
    """What one operator gives; p is null where it refuses."""

    operator: SmoothName
    p: Numbers | None
    threshold: Number
    warnings: list[str]


class ComparisonResult(Result):
    """What every operator gives for the same inputs."""

    hard: Numbers
    operators: list[SmoothOut]


class TemperatureCurveInputs(Inputs):
    """One operator over a range of temperatures."""

    x: Vector
    k: Count
    operator: SmoothName = "grad_top_k"
    log10_low: Annotated[float, Field(ge=-6, le=6)] = -2.0
    log10_high: Annotated[float, Field(ge=-6, le=6)] = 2.0
    points: CurvePoints = 61


class TemperatureCurveResult(Result):
    """Weights against the temperature."""

    log10_temperature: Numbers
    p: list[Numbers | None] = describe("One row for each temperature; null where refused.")
    hard: Numbers


def _comparison(inputs: ComparisonInputs) -> Outcome:
    x = as_grad_batch(inputs.x, inputs.k)
    found = [_try(name, x, inputs.k, inputs.temperature) for name in SMOOTH_NAMES]
    values = {"hard": top_k.hard_top_k(x, inputs.k).p, "operators": found}
    return make_outcome(ComparisonResult, values)


def _try(name: SmoothName, x: Array, k: int, temperature: float) -> dict[str, object]:
    """What an operator gives; where it refuses, its sentence as a warning."""
    try:
        found = _apply(name, x, k, temperature)
    except OperatorDomainError as error:
        return {"operator": name, "p": None, "threshold": None, "warnings": [str(error)]}
    return {
        "operator": name,
        "p": found.p,
        "threshold": found.threshold,
        "warnings": list(found.warnings),
    }


def _apply(name: SmoothName, x: Array, k: int, temperature: float) -> "top_k.TopK":
    operators = {
        "grad_top_k": top_k.grad_top_k,
        "thre_top_k_exp": top_k.thre_top_k_exp,
        "thre_top_k_sigmoid": top_k.thre_top_k_sigmoid,
        "thre_top_k_laplace": top_k.thre_top_k_laplace,
        "iterated_softmax_top_k": top_k.iterated_softmax_top_k,
        "weighted_softmax_top_k": top_k.weighted_softmax_top_k,
    }
    return operators[name](x, k, temperature=temperature)


def _temperature_curve(inputs: TemperatureCurveInputs) -> Outcome:
    x = as_batch(inputs.x)
    require_at_most(inputs.points * x.size, MAX_BATCH_ENTRIES, "Points times numbers of x")
    require_at_most(
        inputs.points * x.size * inputs.k, MAX_GRAD_TOP_K_CELLS, "Points times n times k"
    )
    hard = top_k.hard_top_k(x, inputs.k)
    exponents = np.linspace(inputs.log10_low, inputs.log10_high, inputs.points)
    found = [_try(inputs.operator, x, inputs.k, float(10.0**at)) for at in exponents]
    refused = [str(each["warnings"]) for each in found if each["p"] is None]
    values = {
        "log10_temperature": exponents,
        "p": [each["p"] for each in found],
        "hard": hard.p,
    }
    warnings = hard.warnings
    if refused:
        warnings += (f"{inputs.operator} refuses {len(refused)} of the temperatures.",)
    return make_outcome(TemperatureCurveResult, values, warnings=warnings)


_X = [3.0, 2.0, 1.0, 4.0]

OPERATORS = (
    Operator(
        name="top_k_comparison",
        title="All smooth top-k operators side by side",
        post=TOP_K,
        section="the whole post",
        formula="ST_k(x/τ) for every operator of the post, beside T_k(x)",
        tex=r"\mathcal{ST}_k(x/\tau)",
        method="Each operator by itself",
        complexity="O(nk)",
        limits=(f"n times k at most {MAX_GRAD_TOP_K_CELLS:,}", COUNT_LIMIT),
        pitfalls=("The two iterations are there to be looked at, not to be relied on.",),
        inputs=ComparisonInputs,
        result=ComparisonResult,
        compute=_comparison,
        example={"x": _X, "k": 2},
    ),
    Operator(
        name="top_k_temperature_curve",
        title="Weights against the temperature",
        post=TOP_K,
        section="limits of the smooth operators",
        formula="ST_k(x/τ) → T_k(x) as τ → 0, → k/n as τ → ∞",
        tex=r"\lim_{\tau \to 0^+} \mathcal{ST}_k(x/\tau) = \mathcal{T}_k(x)",
        method="The operator at each temperature",
        complexity="O(points · nk)",
        limits=(
            f"points times n at most {MAX_BATCH_ENTRIES:,}",
            f"points times n times k at most {MAX_GRAD_TOP_K_CELLS:,}",
            COUNT_LIMIT,
        ),
        pitfalls=("The weighted iteration tends to 1.5 and 0.5 at k = 2.",),
        inputs=TemperatureCurveInputs,
        result=TemperatureCurveResult,
        compute=_temperature_curve,
        example={"x": _X, "k": 2, "points": 9},
    ),
)
