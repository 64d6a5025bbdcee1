"""Softmax and its alternatives (post 10145): losses with their gradients."""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    Batch,
    BatchOut,
    NonNegative,
    PerRow,
    Temperature,
    describe,
)
from app.api.operators.libraries import softmax
from app.api.operators.limits import MAX_VECTOR_ENTRIES
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, SOFTMAX
from app.api.operators.shapes import Array, as_batch
from app.operators.arrays import FloatArray
from app.operators.results import ValueAndGradient

MapName: TypeAlias = Literal["softmax", "sparsemax", "entmax15", "taylor"]

ClassIndex = Annotated[int, Field(ge=0, lt=MAX_VECTOR_ENTRIES)]


class LossInputs(Inputs):
    """Logits and the class they should give."""

    x: Batch = describe("Logits, one vector or rows of vectors.")
    target: ClassIndex = describe("Class index t, from 0; the same for every row.")


class EntmaxLossInputs(LossInputs):
    """Inputs of the entmax loss."""

    alpha: Annotated[float, Field(ge=1, le=2)] = 1.5


class SparseLossInputs(LossInputs):
    """Inputs of the sparse Softmax loss."""

    k: Annotated[int, Field(ge=1, le=MAX_VECTOR_ENTRIES)] = describe("Size of the kept set.")
    force_target: bool = Field(False, description="Add the target to the kept set.")


class StopGradientLossInputs(LossInputs):
    """Inputs of the generic loss."""

    map: MapName = Field("sparsemax", description="The map to the simplex.")


class MarginLossInputs(Inputs):
    """Inputs of AM-Softmax."""

    cosines: Batch = describe("cos(z, c_j), each in [-1, 1].")
    target: ClassIndex = describe("Class index t, from 0.")
    margin: NonNegative = Field(0.3, description="m, by which the target has to lead.")
    temperature: Temperature = Field(0.1, description="tau.")


class LossResult(Result):
    """A loss and its gradient."""

    value: PerRow
    gradient: BatchOut


def _cross_entropy(inputs: LossInputs) -> Outcome:
    return _finish(softmax.cross_entropy_loss(as_batch(inputs.x), inputs.target))


def _smooth_accuracy(inputs: LossInputs) -> Outcome:
    return _finish(softmax.smooth_accuracy_loss(as_batch(inputs.x), inputs.target))


def _sparsemax(inputs: LossInputs) -> Outcome:
    return _finish(softmax.sparsemax_loss(as_batch(inputs.x), inputs.target))


def _entmax(inputs: EntmaxLossInputs) -> Outcome:
    return _finish(softmax.entmax_loss(as_batch(inputs.x), inputs.target, inputs.alpha))


def _sparse_softmax(inputs: SparseLossInputs) -> Outcome:
    loss = softmax.sparse_softmax_loss(
        as_batch(inputs.x), inputs.target, inputs.k, force_target=inputs.force_target
    )
    return _finish(loss)


def _margin(inputs: MarginLossInputs) -> Outcome:
    loss = softmax.margin_softmax_loss(
        as_batch(inputs.cosines, name="cosines"),
        inputs.target,
        margin=inputs.margin,
        temperature=inputs.temperature,
    )
    return _finish(loss)


def _stop_gradient(inputs: StopGradientLossInputs) -> Outcome:
    x = as_batch(inputs.x)
    pair = softmax.stop_gradient_loss(
        x, inputs.target, lambda logits: apply_map(inputs.map, np.asarray(logits, np.float64))
    )
    values = {"value": pair.value, "gradient": pair.vjp(np.ones(x.shape[:-1]))}
    return make_outcome(LossResult, values, warnings=pair.warnings)


def apply_map(name: MapName, x: Array) -> FloatArray:
    """The point of the simplex that a map without further parameters gives."""
    if name == "sparsemax":
        return softmax.sparsemax(x).p
    if name == "entmax15":
        return softmax.entmax(x, 1.5).p
    if name == "taylor":
        return softmax.taylor_softmax(x, 2).p
    return softmax.softmax(x)


def _finish(loss: ValueAndGradient) -> Outcome:
    values = {"value": loss.value, "gradient": loss.gradient}
    return make_outcome(LossResult, values, warnings=loss.warnings)


_LIMITS = (BATCH_LIMIT, "target below n")

OPERATORS = (
    Operator(
        name="cross_entropy_loss",
        title="Cross entropy",
        post=SOFTMAX,
        section="Softmax, gradient",
        formula="L = -log p_t, ∂L/∂x = p - onehot(t)",
        tex=r"\mathcal{L} = -\log p_t, \; \nabla_x \mathcal{L} = p - \operatorname{onehot}(t)",
        method="log(1 + Σ_{j≠t} e^(x_j - x_t)), precise near 0",
        complexity="O(n)",
        limits=_LIMITS,
        pitfalls=("The gradient is never 0 at finite logits, which invites over-optimisation.",),
        inputs=LossInputs,
        result=LossResult,
        compute=_cross_entropy,
        example={"x": [1.0, 2.0, 3.0], "target": 2},
    ),
    Operator(
        name="smooth_accuracy_loss",
        title="Smooth accuracy",
        post=SOFTMAX,
        section="Softmax, gradient",
        formula="L = -p_t, ∂L/∂x = p_t (p - onehot(t))",
        tex=r"\mathcal{L} = -p_t",
        method="Softmax",
        complexity="O(n)",
        limits=_LIMITS,
        pitfalls=("The gradient is weak where the target has little weight: for fine-tuning.",),
        inputs=LossInputs,
        result=LossResult,
        compute=_smooth_accuracy,
        example={"x": [1.0, 2.0, 3.0], "target": 2},
    ),
    Operator(
        name="margin_softmax_loss",
        title="AM-Softmax, a loss with a margin",
        post=SOFTMAX,
        section="Margin Softmax",
        formula="L = -log( e^((c_t - m)/τ) / (e^((c_t - m)/τ) + Σ_{j≠t} e^(c_j/τ)) )",
        tex=(
            r"-\log \frac{e^{(c_t - m)/\tau}}"
            r"{e^{(c_t - m)/\tau} + \sum_{j \ne t} e^{c_j/\tau}}"
        ),
        method="Cross entropy of the shifted cosines",
        complexity="O(n)",
        limits=_LIMITS,
        pitfalls=(
            "Without a temperature, cosines in [-1, 1] could not tell classes apart.",
            "m = 0 is plain cross entropy.",
        ),
        inputs=MarginLossInputs,
        result=LossResult,
        compute=_margin,
        example={"cosines": [0.9, 0.1], "target": 0, "margin": 0.3, "temperature": 0.1},
    ),
    Operator(
        name="sparse_softmax_loss",
        title="Loss of sparse Softmax",
        post=SOFTMAX,
        section="Sparse Softmax",
        formula="L = LSE_{Ω_k}(x) - x_t",
        tex=r"\mathcal{L} = \log \sum_{i \in \Omega_k} e^{x_i} - x_t",
        method="Partition, then logsumexp inside the kept set",
        complexity="O(n)",
        limits=(*_LIMITS, "k at most n"),
        pitfalls=(
            "With the target outside the kept set the loss can be negative and has no lower bound.",
        ),
        inputs=SparseLossInputs,
        result=LossResult,
        compute=_sparse_softmax,
        example={"x": [3.0, 2.0, 1.0, 4.0], "target": 2, "k": 2, "force_target": True},
    ),
    Operator(
        name="sparsemax_loss",
        title="Loss of Sparsemax",
        post=SOFTMAX,
        section="Sparsemax, loss",
        formula="L = ½ - x_t + ½ Σ_{i∈S} (x_i² - λ²), ∂L/∂x = p - onehot(t)",
        tex=r"\tfrac12 - x_t + \tfrac12 \sum_{i \in S} (x_i^2 - \lambda^2)",
        method="Sparsemax, then squares written without cancellation",
        complexity="O(n log n)",
        limits=_LIMITS,
        pitfalls=("0, with gradient 0, as soon as the target leads by 1.",),
        inputs=LossInputs,
        result=LossResult,
        compute=_sparsemax,
        example={"x": [0.3, 1.1, 0.9, -0.5], "target": 2},
    ),
    Operator(
        name="entmax_loss",
        title="Loss of entmax (Fenchel–Young)",
        post=SOFTMAX,
        section="Entmax-α, loss; arXiv:1901.02324",
        formula="L = (p - onehot(t))·x + (1 - Σ p^α) / (α(α - 1))",
        tex=(
            r"(p - \operatorname{onehot}(t)) \cdot x"
            r" + \frac{1 - \sum_i p_i^\alpha}{\alpha(\alpha - 1)}"
        ),
        method="Entmax, then the Tsallis entropy by expm1",
        complexity="O(n log n) at α = 1.5 and 2",
        limits=_LIMITS,
        pitfalls=("0 as soon as the target leads by 1/(α - 1).",),
        inputs=EntmaxLossInputs,
        result=LossResult,
        compute=_entmax,
        example={"x": [0.3, 1.1, 0.9, -0.5], "target": 2, "alpha": 1.5},
    ),
    Operator(
        name="stop_gradient_loss",
        title="Generic loss by stop-gradient",
        post=SOFTMAX,
        section="Losses, last section",
        formula="L = sg(p - onehot(t))·x: value by itself meaningless, gradient p - onehot(t)",
        tex=r"(p - \operatorname{onehot}(t)) \cdot \operatorname{sg}[x]",
        method="Value and vector–Jacobian product as a pair",
        complexity="as the map",
        limits=_LIMITS,
        pitfalls=("The value may be negative and says nothing: monitor something else.",),
        inputs=StopGradientLossInputs,
        result=LossResult,
        compute=_stop_gradient,
        example={"x": [1.0, 0.4], "target": 1, "map": "sparsemax"},
    ),
)
