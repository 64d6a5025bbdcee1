"""Hard and smooth top-k (post 10373): the threshold, its gradient, and sums of the k largest."""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    Batch,
    BatchOut,
    CurvePoints,
    Number,
    Numbers,
    PerRow,
    Real,
    Temperature,
    Vector,
    describe,
)
from app.api.operators.libraries import top_k
from app.api.operators.limits import (
    MAX_CURVE_POINTS,
    MAX_GRAD_TOP_K_JACOBIAN_CELLS,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, TOP_K
from app.api.operators.shapes import as_batch, require_jacobian_size
from app.api.operators.top_k import COUNT_LIMIT, RealCount
from app.operators.errors import OperatorDomainError

StepName: TypeAlias = Literal["exp", "sigmoid", "laplace"]


class ThresholdGradientInputs(Inputs):
    """A threshold, found or given, whose gradient is asked for."""

    x: Batch = describe("One vector, or rows of vectors.")
    k: RealCount | None = Field(None, description="Finds lambda; null if it is given.")
    threshold: Real | None = Field(None, description="lambda, the same for every row.")
    step: StepName = Field("sigmoid", description="The step f.")
    temperature: Temperature = Field(1.0, description="tau; used with k.")


class ThresholdGradientResult(Result):
    """A threshold and its gradient."""

    threshold: PerRow
    gradient: BatchOut = describe("dlambda/dx_j >= 0; each row sums to 1/tau.")


class SmoothSumInputs(Inputs):
    """Inputs of the smooth sum of the k largest."""

    x: Batch = describe("One vector, or rows of vectors.")
    k: RealCount = describe("Whole for GradTopK.")
    operator: Literal["grad", "exp", "sigmoid", "laplace"] = "grad"
    temperature: Temperature = 1.0


class SmoothSumResult(Result):
    """A smooth sum beside the hard one."""

    value: PerRow = describe("sum p_i x_i.")
    gradient: BatchOut
    hard_sum: PerRow = describe("Sum of the k largest, for whole k.")


class SumBoundInputs(Inputs):
    """Inputs of the bound of the top-k sum."""

    x: Vector
    k: RealCount
    thresholds: Annotated[list[Real], Field(min_length=1, max_length=MAX_CURVE_POINTS)]


class SumBoundResult(Result):
    """A bound for each threshold."""

    bound: Numbers = describe("sum max(x_i - lambda, 0) + k lambda.")
    least: Number
    hard_sum: Number = describe("Its minimum over all lambda, for whole k.")


class StepsInputs(Inputs):
    """The range over which the steps are drawn."""

    low: Real = -6.0
    high: Real = 6.0
    points: CurvePoints = 121


class StepOut(Result):
    """One step."""

    step: StepName
    value: Numbers = describe("f(t).")
    slope: Numbers = describe("f'(t).")


class StepsResult(Result):
    """The steps of ThreTopK."""

    t: Numbers
    steps: list[StepOut]


def _threshold_gradient(inputs: ThresholdGradientInputs) -> Outcome:
    x = as_batch(inputs.x)
    if (inputs.k is None) == (inputs.threshold is None):
        raise OperatorDomainError("Give either k or threshold, and not both.")
    if inputs.k is not None:
        pair = top_k.threshold_with_vjp(
            x, inputs.k, step=inputs.step, temperature=inputs.temperature
        )
        values = {"threshold": pair.value, "gradient": pair.vjp(np.ones(x.shape[:-1]))}
        return make_outcome(ThresholdGradientResult, values, warnings=pair.warnings)
    level = np.full(x.shape[:-1], inputs.threshold)
    gradient = top_k.threshold_gradient(x, level, top_k.SOFT_STEPS[inputs.step].slope)
    return make_outcome(ThresholdGradientResult, {"threshold": level, "gradient": gradient})


def _smooth_sum(inputs: SmoothSumInputs) -> Outcome:
    x = as_batch(inputs.x)
    k = inputs.k
    if inputs.operator == "grad":
        require_jacobian_size(x)
        require_at_most(
            x.size**2 * int(min(k, abs(x.size - k))),
            MAX_GRAD_TOP_K_JACOBIAN_CELLS,
            "n times n times k",
        )
        if not k.is_integer():
            raise OperatorDomainError(f"k must be whole for GradTopK, but it is {k:g}.")
    # GradTopK counts subsets and wants an integer; the others take any real number.
    smooth = top_k.smooth_top_k_sum(
        x,
        int(k) if k.is_integer() else k,  # type: ignore[arg-type]
        operator=inputs.operator,
        temperature=inputs.temperature,
    )
    values = {
        "value": smooth.value,
        "gradient": smooth.gradient,
        "hard_sum": top_k.top_k_sum(x, int(k)) if k.is_integer() else None,
    }
    return make_outcome(SmoothSumResult, values, warnings=smooth.warnings)


def _sum_bound(inputs: SumBoundInputs) -> Outcome:
    x = as_batch(inputs.x)
    if inputs.k > x.size:
        raise OperatorDomainError(f"k must be between 0 and n = {x.size}, but it is {inputs.k:g}.")
    bound = [float(top_k.top_k_sum_bound(x, inputs.k, level)) for level in inputs.thresholds]
    hard_sum = float(top_k.top_k_sum(x, int(inputs.k))) if inputs.k.is_integer() else None
    values = {"bound": bound, "least": min(bound), "hard_sum": hard_sum}
    return make_outcome(SumBoundResult, values)


def _steps(inputs: StepsInputs) -> Outcome:
    t = np.linspace(inputs.low, inputs.high, inputs.points)
    steps = [
        {"step": name, "value": step.value(t.copy()), "slope": step.slope(t.copy())}
        for name, step in top_k.SOFT_STEPS.items()
    ]
    return make_outcome(StepsResult, {"t": t, "steps": steps})


_X = [3.0, 2.0, 1.0, 4.0]

OPERATORS = (
    Operator(
        name="threshold_gradient",
        title="Gradient of the threshold λ",
        post=TOP_K,
        section="ThreTopK, gradient",
        formula="∂λ/∂x_j = f'(x_j - λ) / Σ_i f'(x_i - λ)",
        tex=r"\frac{\partial \lambda}{\partial x_j} = \frac{f'(x_j - \lambda)}"
        r"{\sum_i f'(x_i - \lambda)}",
        method="Closed form, however λ was found",
        complexity="O(n) beyond finding λ",
        limits=(BATCH_LIMIT, COUNT_LIMIT, "either k or threshold"),
        pitfalls=("No gradient where every entry lies on a flat part of the step.",),
        inputs=ThresholdGradientInputs,
        result=ThresholdGradientResult,
        compute=_threshold_gradient,
        example={"x": _X, "k": 2.0, "step": "sigmoid"},
    ),
    Operator(
        name="smooth_top_k_sum",
        title="Smooth sum of the k largest",
        post=TOP_K,
        section="reply in the comments",
        formula="Σ_i ST_k(x)_i x_i, gradient p + Jᵀx",
        tex=r"\sum_i \mathcal{ST}_k(x)_i \, x_i",
        method="The smooth top-k, then its product with x",
        complexity="O(n) beyond the operator; O(n² k) for GradTopK",
        limits=(
            BATCH_LIMIT,
            COUNT_LIMIT,
            "with GradTopK: one vector of n at most 200",
        ),
        pitfalls=("It lies below the hard sum and tends to it as τ → 0.",),
        inputs=SmoothSumInputs,
        result=SmoothSumResult,
        compute=_smooth_sum,
        example={"x": _X, "k": 2.0, "operator": "laplace"},
    ),
    Operator(
        name="top_k_sum_bound",
        title="The top-k sum as a minimum over λ",
        post=TOP_K,
        section="comments; Ogryczak and Tamir 2003",
        formula="Σ of the k largest = min_λ Σ_i max(x_i - λ, 0) + kλ",
        tex=r"\min_\lambda \sum_i \max(x_i - \lambda, 0) + k \lambda",
        method="The bound at each λ",
        complexity="O(n) for each λ",
        limits=(COUNT_LIMIT,),
        pitfalls=("Every λ between the (k+1)-th and the k-th largest gives the minimum.",),
        inputs=SumBoundInputs,
        result=SumBoundResult,
        compute=_sum_bound,
        example={"x": _X, "k": 2.0, "thresholds": [1.0, 2.5, 4.0]},
    ),
    Operator(
        name="top_k_steps",
        title="The steps f of ThreTopK and their slopes",
        post=TOP_K,
        section="ThreTopK",
        formula="f(t): min(1, e^t); 1/(1 + e^(-t)); ½ + ½ sign(t)(1 - e^(-|t|))",
        tex=r"f(t),\; f'(t)",
        method="Closed form",
        complexity="O(points)",
        limits=(),
        pitfalls=("min(1, e^t) has a kink at 0; the Laplace step is smooth but for f''.",),
        inputs=StepsInputs,
        result=StepsResult,
        compute=_steps,
        example={"low": -4.0, "high": 4.0, "points": 9},
    ),
)
