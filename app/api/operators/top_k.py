"""Hard and smooth top-k (post 10373): every operator on its own."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.fields import Batch, BatchOut, Number, PerRow, Temperature, describe
from app.api.operators.libraries import top_k
from app.api.operators.limits import (
    MAX_GRAD_TOP_K_CELLS,
    MAX_ITERATED_CELLS,
    MAX_VECTOR_ENTRIES,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, JACOBIAN_LIMIT, TOP_K
from app.api.operators.shapes import Array, as_batch, require_jacobian_size
from app.operators.arrays import FloatArray

Count = Annotated[int, Field(ge=0, le=MAX_VECTOR_ENTRIES)]
RealCount = Annotated[float, Field(ge=0, le=MAX_VECTOR_ENTRIES)]

GRAD_LIMIT = f"rows times n times k at most {MAX_GRAD_TOP_K_CELLS:,}"
COUNT_LIMIT = "k at most n"


class HardInputs(Inputs):
    """A vector and how many of its entries are wanted."""

    x: Batch = describe("One vector, or rows of vectors.")
    k: Count = describe("How many are taken, 0 to n.")


class SmoothInputs(HardInputs):
    """Inputs of the operators that need a whole number k."""

    temperature: Temperature = Field(1.0, description="tau; the operator is applied to x/tau.")


class GradInputs(SmoothInputs):
    """Inputs of GradTopK."""

    jacobian: bool = Field(False, description="Give dp_i/dx_j too (one vector only).")


class ThresholdInputs(Inputs):
    """Inputs of ThreTopK, where k may be any real number."""

    x: Batch = describe("One vector, or rows of vectors.")
    k: RealCount = describe("How many are taken, 0 to n; need not be whole.")
    temperature: Temperature = Field(1.0, description="tau; the operator is applied to x/tau.")
    jacobian: bool = Field(False, description="Give dp_i/dx_j too (one vector only).")


class SigmoidInputs(ThresholdInputs):
    """Inputs of ThreTopK with the sigmoid."""

    tolerance: Annotated[float, Field(gt=0, le=1)] = Field(
        1e-12, description="Largest last step of the search, in units of x/tau (the post: 1e-4)."
    )
    max_iterations: Annotated[int, Field(ge=1, le=1_000)] = Field(
        200, description="Steps after which the midpoint is returned."
    )


class TopKResult(Result):
    """Weights that stand for "is among the k largest"."""

    p: BatchOut
    hard: BatchOut = describe("The hard top-k, ties to the lowest index.")
    total: PerRow = describe("Sum of p, which should be k.")
    threshold: PerRow = describe("lambda of p = f(x/tau - lambda), where there is one.")
    jacobian: list[list[Number]] | None = describe("dp_i/dx_j, if asked for.")


class HardResult(Result):
    """The hard top-k."""

    p: BatchOut
    largest_sum: PerRow = describe("Sum of the k largest.")


class GradResult(TopKResult):
    """GradTopK."""

    log_partition: PerRow = describe("log Z_k, the smooth sum of the k largest of x/tau.")


class RecursionResult(TopKResult):
    """The plain recursion beside the stable form."""

    stable: BatchOut
    largest_error: Number = describe("Largest difference to the stable form; null with NaN.")


def _hard(inputs: HardInputs) -> Outcome:
    x = as_batch(inputs.x)
    found = top_k.hard_top_k(x, inputs.k)
    values = {"p": found.p, "largest_sum": top_k.top_k_sum(x, inputs.k)}
    return make_outcome(HardResult, values, warnings=found.warnings)


def _grad(inputs: GradInputs) -> Outcome:
    x = as_grad_batch(inputs.x, inputs.k)
    found = top_k.grad_top_k(x, inputs.k, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        require_jacobian_size(x)
        jacobian = top_k.grad_top_k_jacobian(x, inputs.k, temperature=inputs.temperature)
    log_partition: FloatArray | float = np.zeros(x.shape[:-1])
    if inputs.k:
        log_partition = top_k.log_partition_top_k(x, inputs.k, temperature=inputs.temperature)
    values = describe_top_k(x, inputs.k, found, jacobian) | {"log_partition": log_partition}
    return make_outcome(GradResult, values, warnings=found.warnings)


def as_grad_batch(values: Batch, k: int) -> Array:
    """The rows of a GradTopK whose cost is within its limit.

    Raises:
        OperatorDomainError: it is not.
    """
    x = as_batch(values)
    require_at_most(x.size * k, MAX_GRAD_TOP_K_CELLS, "The numbers of x times k")
    return x


def _recursive(inputs: SmoothInputs) -> Outcome:
    x = as_grad_batch(inputs.x, inputs.k)
    found = top_k.grad_top_k_recursive(x, inputs.k, temperature=inputs.temperature)
    stable = top_k.grad_top_k(x, inputs.k, temperature=inputs.temperature).p
    values = describe_top_k(x, inputs.k, found, None) | {
        "stable": stable,
        "largest_error": float(np.abs(found.p - stable).max()),
    }
    return make_outcome(RecursionResult, values, warnings=found.warnings)


def _iterated(inputs: SmoothInputs) -> Outcome:
    x = _as_iterated_batch(inputs)
    found = top_k.iterated_softmax_top_k(x, inputs.k, temperature=inputs.temperature)
    return _finish(x, inputs.k, found, None)


def _weighted(inputs: SmoothInputs) -> Outcome:
    x = _as_iterated_batch(inputs)
    found = top_k.weighted_softmax_top_k(x, inputs.k, temperature=inputs.temperature)
    return _finish(x, inputs.k, found, None)


def _as_iterated_batch(inputs: SmoothInputs) -> Array:
    x = as_batch(inputs.x)
    require_at_most(x.size * inputs.k, MAX_ITERATED_CELLS, "The numbers of x times k")
    return x


def _exp(inputs: ThresholdInputs) -> Outcome:
    x = _as_threshold_batch(inputs)
    found = top_k.thre_top_k_exp(x, inputs.k, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        jacobian = top_k.thre_top_k_exp_jacobian(x, inputs.k, temperature=inputs.temperature)
    return _finish(x, inputs.k, found, jacobian)


def _sigmoid(inputs: SigmoidInputs) -> Outcome:
    x = _as_threshold_batch(inputs)
    found = top_k.thre_top_k_sigmoid(
        x,
        inputs.k,
        temperature=inputs.temperature,
        tolerance=inputs.tolerance,
        max_iterations=inputs.max_iterations,
    )
    jacobian = None
    if inputs.jacobian:
        jacobian = top_k.thre_top_k_sigmoid_jacobian(x, inputs.k, temperature=inputs.temperature)
    return _finish(x, inputs.k, found, jacobian)


def _laplace(inputs: ThresholdInputs) -> Outcome:
    x = _as_threshold_batch(inputs)
    found = top_k.thre_top_k_laplace(x, inputs.k, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        jacobian = top_k.thre_top_k_laplace_jacobian(x, inputs.k, temperature=inputs.temperature)
    return _finish(x, inputs.k, found, jacobian)


def _as_threshold_batch(inputs: ThresholdInputs) -> Array:
    x = as_batch(inputs.x)
    if inputs.jacobian:
        require_jacobian_size(x)
    return x


def _finish(x: Array, k: float, found: "top_k.TopK", jacobian: FloatArray | None) -> Outcome:
    return make_outcome(TopKResult, describe_top_k(x, k, found, jacobian), warnings=found.warnings)


def describe_top_k(
    x: Array, k: float, found: "top_k.TopK", jacobian: FloatArray | None
) -> dict[str, object]:
    """The values that the results of all smooth operators share."""
    # A k that is not whole has no hard top-k of its own: that of the next lower one is shown.
    return {
        "p": found.p,
        "hard": top_k.hard_top_k(x, int(k)).p,
        "total": found.p.sum(axis=-1),
        "threshold": found.threshold,
        "jacobian": jacobian,
    }


_EXAMPLE = {"x": [3.0, 2.0, 1.0, 4.0], "k": 2}

OPERATORS = (
    Operator(
        name="hard_top_k",
        title="Hard top-k",
        post=TOP_K,
        section="the operator T_k",
        formula="T_k(x)_i = 1 if x_i is among the k largest, else 0",
        tex=r"\mathcal{T}_k(x) = \nabla_x \sum_{i \in \Omega_k(x)} x_i",
        method="Partition",
        complexity="O(n)",
        limits=(BATCH_LIMIT, COUNT_LIMIT),
        pitfalls=("Ties go to the lowest index, and the k largest are then not unique.",),
        inputs=HardInputs,
        result=HardResult,
        compute=_hard,
        example=_EXAMPLE,
    ),
    Operator(
        name="grad_top_k",
        title="GradTopK",
        post=TOP_K,
        section="GradTopK",
        formula="p_i = Z_{k,i}/Z_k, Z_k = Σ_{|S|=k} e^(Σ_S x), Z_{k,i} the S that contain i",
        tex=(
            r"p_i = \frac{Z_{k,i}}{Z_k},\;"
            r" Z_k = \sum_{\lvert S \rvert = k} e^{\sum_{j \in S} x_j}"
        ),
        method="Distributions of counts over a binary tree: sums of positive numbers only",
        complexity="O(nk); O(n² k) with the Jacobian",
        limits=(BATCH_LIMIT, GRAD_LIMIT, JACOBIAN_LIMIT, COUNT_LIMIT),
        pitfalls=(
            "At k = n all are ones, at k = 0 all zeros.",
            "k must be whole.",
            "The recursion of the post cancels at large spread: see grad_top_k_recursive.",
        ),
        inputs=GradInputs,
        result=GradResult,
        compute=_grad,
        example=_EXAMPLE | {"jacobian": True},
    ),
    Operator(
        name="grad_top_k_recursive",
        title="GradTopK by the post's recursion (breaks)",
        post=TOP_K,
        section="GradTopK, recursion",
        formula="log Z_{k,i} = x_i + log(e^(log Z_{k-1}) - e^(log Z_{k-1,i}))",
        tex=r"\log Z_{k,i} = x_i + \log\left(e^{\log Z_{k-1}} - e^{\log Z_{k-1,i}}\right)",
        method="The recursion as written, beside the stable form",
        complexity="O(nk)",
        limits=(BATCH_LIMIT, GRAD_LIMIT, "k from 1 to n"),
        pitfalls=(
            "The difference cancels: 100 normal entries at k = 20 lose digits at spread 3.",
            "At spread 5 they become NaN, null here.",
        ),
        inputs=SmoothInputs,
        result=RecursionResult,
        compute=_recursive,
        example=_EXAMPLE,
    ),
    Operator(
        name="iterated_softmax_top_k",
        title="The author's iteration",
        post=TOP_K,
        section="first section; post 6620",
        formula="x ← x - min x; k times: p ← p + softmax((1 - p) ⊙ x)",
        tex=r"p \leftarrow p + \operatorname{softmax}((1 - p) \otimes (x - \min x))",
        method="k Softmaxes",
        complexity="O(nk)",
        limits=(BATCH_LIMIT, f"rows times n times k at most {MAX_ITERATED_CELLS:,}", COUNT_LIMIT),
        pitfalls=("Weights may leave [0, 1].", "At k = n its limit is wrong."),
        inputs=SmoothInputs,
        result=TopKResult,
        compute=_iterated,
        example=_EXAMPLE | {"k": 3},
    ),
    Operator(
        name="weighted_softmax_top_k",
        title="The weighted iteration (a counter-example)",
        post=TOP_K,
        section="first section",
        formula="k times: p ← p + softmax(x; 1 - p), softmax(x; w)_i = w_i e^(x_i)/Σ_j w_j e^(x_j)",
        tex=r"p \leftarrow p + \frac{(1 - p) \otimes e^x}{\sum_j (1 - p_j) e^{x_j}}",
        method="k weighted Softmaxes",
        complexity="O(nk)",
        limits=(BATCH_LIMIT, f"rows times n times k at most {MAX_ITERATED_CELLS:,}", COUNT_LIMIT),
        pitfalls=(
            "Its limit at k = 2 is 1.5 and 0.5; at temperatures near 0.02 rounding hides it.",
            "It is not monotone.",
        ),
        inputs=SmoothInputs,
        result=TopKResult,
        compute=_weighted,
        example=_EXAMPLE | {"temperature": 0.1},
    ),
    Operator(
        name="thre_top_k_exp",
        title="ThreTopK with min(1, e^t)",
        post=TOP_K,
        section="ThreTopK, first example",
        formula="p_i = min(1, e^(x_i - λ)), λ = LSE_{i>m}(x_i) - log(k - m)",
        tex=r"p_i = \min(1, e^{x_i - \lambda}),\; \sum_i p_i = k",
        method="Sort of the k largest, then the first m that fits",
        complexity="O(n + k log k)",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT, COUNT_LIMIT),
        pitfalls=(
            "The step has a kink at λ: gradients are one-sided there.",
            "Not symmetric under x → -x, k → n - k.",
        ),
        inputs=ThresholdInputs,
        result=TopKResult,
        compute=_exp,
        example=_EXAMPLE,
    ),
    Operator(
        name="thre_top_k_sigmoid",
        title="ThreTopK with the sigmoid",
        post=TOP_K,
        section="ThreTopK, second example",
        formula="p_i = σ(x_i - λ) with Σ p = k",
        tex=r"p_i = \sigma(x_i - \lambda),\; \sum_i p_i = k",
        method="Newton inside a shrinking bracket",
        complexity="O(n) for each step",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT, COUNT_LIMIT),
        pitfalls=("Never equal to Softmax at k = 1.", "At k = n there is no finite λ."),
        inputs=SigmoidInputs,
        result=TopKResult,
        compute=_sigmoid,
        example=_EXAMPLE | {"jacobian": True},
    ),
    Operator(
        name="thre_top_k_laplace",
        title="ThreTopK with the Laplace distribution function",
        post=TOP_K,
        section="ThreTopK, third example",
        formula="p_i = ½ + ½ sign(t)(1 - e^(-|t|)), t = x_i - λ, with Σ p = k",
        tex=(
            r"p_i = \tfrac12 + \tfrac12 \operatorname{sign}(x_i - \lambda)"
            r"(1 - e^{-\lvert x_i - \lambda \rvert})"
        ),
        method="Closed form for each m, stepping to the m that fits",
        complexity="O(n) for each step, a few steps",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT, COUNT_LIMIT),
        pitfalls=(
            "At k = 1 it equals Softmax only if no Softmax probability exceeds ½.",
            "The post's code misses the branch λ < min x, possible for k > n/2.",
        ),
        inputs=ThresholdInputs,
        result=TopKResult,
        compute=_laplace,
        example=_EXAMPLE | {"k": 1},
    ),
)
