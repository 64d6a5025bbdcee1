"""Softmax and its alternatives (post 10145): the maps to the simplex."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    Batch,
    BatchOut,
    Number,
    PerRow,
    Seed,
    Temperature,
    describe,
)
from app.api.operators.libraries import softmax
from app.api.operators.limits import (
    MAX_PERTURB_CELLS,
    MAX_PERTURB_DRAWS,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, JACOBIAN_LIMIT, SOFTMAX
from app.api.operators.shapes import Array, as_batch, count_rows, require_jacobian_size
from app.operators.arrays import FloatArray

DEFAULT_NODES = 1_000
"""Nodes of the quadrature where none are asked for, as in the library."""


class Logits(Inputs):
    """Logits, one vector or rows of them."""

    x: Batch = describe("Logits, one vector or rows of vectors.")
    temperature: Temperature = Field(1.0, description="tau; the map is applied to x/tau.")


class LogitsWithJacobian(Logits):
    """Logits of a map whose Jacobian may be asked for."""

    jacobian: bool = Field(False, description="Give dp_i/dx_j too (one vector only).")


class TaylorInputs(LogitsWithJacobian):
    """Inputs of Taylor Softmax."""

    degree: Annotated[int, Field(ge=2, le=150)] = Field(2, description="k, even.")


class PerturbInputs(Logits):
    """Inputs of perturb-max."""

    noise: Literal["gumbel", "normal", "logistic", "laplace"] = "gumbel"
    nodes: Annotated[int, Field(ge=1, le=MAX_PERTURB_CELLS)] | None = Field(
        None, description="K, forces the quadrature; null: closed form if any, else 1000."
    )
    rule: Literal["midpoint", "open"] = Field(
        "midpoint", description="Nodes (q - 1/2)/K, or q/(K + 1) as the post has them."
    )
    renormalise: bool = Field(True, description="Divide by the sum that quadrature leaves.")
    draws: Annotated[int, Field(ge=0, le=MAX_PERTURB_DRAWS)] = Field(
        0, description="Also sample the argmax this often."
    )
    seed: Seed = 0


class SoftmaxResult(Result):
    """A point of the simplex, and how strong its gradient is."""

    p: BatchOut
    logsumexp: PerRow = describe("tau log sum e^(x/tau).")
    half_norm: PerRow = describe("1 - sum p^2, half the entrywise L1 norm of the Jacobian.")
    jacobian: list[list[Number]] | None = None


class LogsumexpResult(Result):
    """A smooth maximum between its bounds."""

    value: PerRow
    maximum: PerRow = describe("max x, the lower bound.")
    upper_bound: PerRow = describe("max x + tau log n.")
    softmax: BatchOut = describe("Its gradient.")


class SimplexResult(Result):
    """A point of the simplex."""

    p: BatchOut
    support: list[bool] | list[list[bool]] = describe("Where p may be above 0.")
    support_size: int | list[int]
    threshold: PerRow = describe("lambda, where the map has one.")
    jacobian: list[list[Number]] | None = None


class TaylorResult(SimplexResult):
    """A point of the simplex, and where the polynomial stops being monotone."""

    minimum_at: Number = describe("Left of this x/tau the polynomial falls.")
    minimum_value: Number


class PerturbResult(Result):
    """Chances to win after noise."""

    p: BatchOut
    total: PerRow = describe("Sum of p; 1 unless renormalise is off.")
    sampled: BatchOut | None = describe("Share of draws that each entry won.")


def _softmax(inputs: LogitsWithJacobian) -> Outcome:
    x = as_batch(inputs.x)
    p = softmax.softmax(x, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        require_jacobian_size(x)
        jacobian = softmax.softmax_jacobian(x, temperature=inputs.temperature)
    values = {
        "p": p,
        "logsumexp": softmax.logsumexp(x, temperature=inputs.temperature),
        "half_norm": softmax.jacobian_half_norm(p),
        "jacobian": jacobian,
    }
    return make_outcome(SoftmaxResult, values)


def _logsumexp(inputs: Logits) -> Outcome:
    x = as_batch(inputs.x)
    values = {
        "value": softmax.logsumexp(x, temperature=inputs.temperature),
        "maximum": x.max(axis=-1),
        "upper_bound": x.max(axis=-1) + inputs.temperature * float(np.log(x.shape[-1])),
        "softmax": softmax.softmax(x, temperature=inputs.temperature),
    }
    return make_outcome(LogsumexpResult, values)


def _taylor(inputs: TaylorInputs) -> Outcome:
    x = as_batch(inputs.x)
    point = softmax.taylor_softmax(x, inputs.degree, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        require_jacobian_size(x)
        jacobian = softmax.taylor_softmax_jacobian(x, inputs.degree, temperature=inputs.temperature)
    place, least = softmax.taylor_exp_minimum(inputs.degree)
    values = describe_point(point, jacobian) | {"minimum_at": place, "minimum_value": least}
    return make_outcome(TaylorResult, values, warnings=point.warnings)


def _perturb(inputs: PerturbInputs) -> Outcome:
    x = as_batch(inputs.x)
    n, rows = x.shape[-1], count_rows(x)
    is_closed = inputs.noise == "gumbel" or (inputs.noise == "normal" and n == 2)
    if inputs.nodes is not None or not is_closed:
        nodes = DEFAULT_NODES if inputs.nodes is None else inputs.nodes
        require_at_most(rows * nodes * n * n, MAX_PERTURB_CELLS, "Rows times nodes times n times n")
    require_at_most(inputs.draws * x.size, MAX_PERTURB_DRAWS, "Draws times numbers of x")
    p = softmax.perturb_max(
        x,
        inputs.noise,
        temperature=inputs.temperature,
        nodes=inputs.nodes,
        rule=inputs.rule,
        renormalise=inputs.renormalise,
    )
    method = "closed form" if is_closed and inputs.nodes is None else "quadrature"
    values = {"p": p, "total": p.sum(axis=-1), "sampled": _sample(inputs, x)}
    return make_outcome(PerturbResult, values, method=method)


def _sample(inputs: PerturbInputs, x: Array) -> Array | None:
    if not inputs.draws:
        return None
    winners = softmax.perturb_max_sample(
        x,
        inputs.noise,
        size=inputs.draws,
        rng=np.random.default_rng(inputs.seed),
        temperature=inputs.temperature,
    ).reshape(inputs.draws, -1)
    counts = [np.bincount(row, minlength=x.shape[-1]) for row in winners.T]
    return (np.array(counts) / inputs.draws).reshape(x.shape)


def describe_point(point: "softmax.SimplexPoint", jacobian: FloatArray | None) -> dict[str, object]:
    """The values that the results of all these maps share."""
    return {
        "p": point.p,
        "support": point.support,
        "support_size": np.count_nonzero(point.support, axis=-1),
        "threshold": point.threshold,
        "jacobian": jacobian,
    }


OPERATORS = (
    Operator(
        name="softmax",
        title="Softmax",
        post=SOFTMAX,
        section="Softmax",
        formula="p_i = e^(x_i/τ) / Σ_j e^(x_j/τ)",
        tex=r"p_i = \frac{e^{x_i/\tau}}{\sum_j e^{x_j/\tau}}",
        method="Maximum subtracted first, then exponentials",
        complexity="O(n); O(n²) with the Jacobian",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT),
        pitfalls=(
            "The gradient vanishes at one-hot p: half the norm of the Jacobian is 1 - Σ p².",
            "τ → 0 gives the one-hot argmax, τ → ∞ the uniform 1/n.",
        ),
        inputs=LogitsWithJacobian,
        result=SoftmaxResult,
        compute=_softmax,
        example={"x": [1.0, 2.0, 3.0], "jacobian": True},
    ),
    Operator(
        name="logsumexp",
        title="LogSumExp, a smooth maximum",
        post=SOFTMAX,
        section="Softmax",
        formula="LSE_τ(x) = τ log Σ_i e^(x_i/τ), max x ≤ LSE_τ(x) ≤ max x + τ log n",
        tex=r"\tau \log \sum_i e^{x_i/\tau}",
        method="Maximum subtracted first",
        complexity="O(n)",
        limits=(BATCH_LIMIT,),
        pitfalls=("It lies above the maximum, by up to τ log n.",),
        inputs=Logits,
        result=LogsumexpResult,
        compute=_logsumexp,
        example={"x": [1.0, 2.0, 3.0]},
    ),
    Operator(
        name="taylor_softmax",
        title="Taylor Softmax",
        post=SOFTMAX,
        section="Taylor Softmax",
        formula="p_i = f_k(x_i) / Σ_j f_k(x_j), f_k(x) = Σ_{m≤k} x^m/m!, k even",
        tex=r"p_i = \frac{f_k(x_i)}{\sum_j f_k(x_j)},\; f_k(x) = \sum_{m=0}^{k} \frac{x^m}{m!}",
        method="Horner for x ≥ 0, Kummer's function for x < 0",
        complexity="O(kn); O(n²) with the Jacobian",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT, "degree even"),
        pitfalls=(
            "Not shift invariant, and not monotone left of the polynomial's minimum.",
            "Odd degrees can be negative and are refused.",
        ),
        inputs=TaylorInputs,
        result=TaylorResult,
        compute=_taylor,
        example={"x": [1.0, 2.0, 3.0], "degree": 2},
    ),
    Operator(
        name="perturb_max",
        title="Perturb-max",
        post=SOFTMAX,
        section="Perturb Max; quadrature from post 9085",
        formula="p_i = P[argmax(x + ε) = i] = E_ε[ Π_{j≠i} Φ(x_i - x_j + ε) ]",
        tex=r"p_i = \mathbb{E}_\varepsilon \prod_{j \ne i} \Phi(x_i - x_j + \varepsilon)",
        method="Closed form where there is one, else quadrature",
        complexity="O(n) in closed form, O(K n²) by quadrature with K nodes",
        limits=(
            BATCH_LIMIT,
            f"rows times nodes times n² at most {MAX_PERTURB_CELLS:,}",
            f"draws times rows times n at most {MAX_PERTURB_DRAWS:,}",
        ),
        pitfalls=(
            "Gumbel noise gives exactly Softmax; other noises do not.",
            "Quadrature leaves a sum a little off 1; renormalise divides by it.",
        ),
        inputs=PerturbInputs,
        result=PerturbResult,
        compute=_perturb,
        example={"x": [1.0, 2.0, 3.0], "noise": "normal"},
    ),
)
