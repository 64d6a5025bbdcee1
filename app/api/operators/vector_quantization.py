"""Vector quantisation (posts 6760, 10519): codes, losses, moving averages, SimVQ, usage."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    Batch,
    BatchOut,
    Matrix,
    NonNegative,
    Number,
    Numbers,
    PerRow,
    SquareOrDiagonal,
    Table,
    describe,
)
from app.api.operators.libraries import vector_quantization as vq
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, MATRIX_LIMIT, VECTOR_QUANTIZATION
from app.api.operators.shapes import as_batch
from app.operators.arrays import FloatArray

MAX_CODES = 100_000
"""Largest number of codes whose usage is counted."""

Decay = Annotated[float, Field(ge=0, le=1)]


class NearestInputs(Inputs):
    """Vectors and a codebook."""

    z: Batch = describe("One vector, or rows of vectors.")
    codebook: Matrix = describe("E, one row for each code.")


class LossesInputs(Inputs):
    """What the VQ-VAE loss is made of."""

    x: Batch = describe("Input.")
    reconstruction: Batch = describe("What the decoder gives.")
    z: Batch = describe("Encoding.")
    q: Batch = describe("Its code.")
    beta: NonNegative = Field(1.0, description="Weight of the codebook term.")
    gamma: NonNegative = Field(0.25, description="Weight of the commitment term.")


class EmaInputs(Inputs):
    """A codebook, encodings and how much of itself a code keeps."""

    codebook: Matrix = describe("E, one row for each code.")
    z: Matrix = describe("Encodings, one row each.")
    alpha: Decay = 0.9


class SimVqInputs(Inputs):
    """Vectors and a codebook in two factors."""

    z: Batch = describe("One vector, or rows of vectors.")
    base: Matrix = describe("E, frozen.")
    transform: SquareOrDiagonal = describe("W, or its diagonal.")


class SimVqStepInputs(Inputs):
    """A codebook in two factors, and the gradient of its codes."""

    base: Matrix = describe("E.")
    transform: SquareOrDiagonal = describe("W, or its diagonal.")
    code_gradients: Matrix = describe("dL/d(e_i W), zero rows for codes that were not chosen.")
    eta: NonNegative = Field(0.1, description="Learning rate.")


class UsageInputs(Inputs):
    """Chosen codes."""

    indices: Annotated[
        list[Annotated[int, Field(ge=0, lt=MAX_CODES)]],
        Field(min_length=1, max_length=MAX_CODES),
    ]
    codes: Annotated[int, Field(ge=1, le=MAX_CODES)] = describe("K, codes there are.")


class NearestResult(Result):
    """The nearest code of each vector."""

    index: int | list[int] = describe("Ties go to the lowest.")
    q: BatchOut
    squared_distance: PerRow
    squared_distances: Numbers | Table = describe("To every code.")


class LossesResult(Result):
    """The three terms and what stop-gradient leaves of their gradients."""

    reconstruction: PerRow
    codebook: PerRow
    commitment: PerRow
    total: PerRow
    gradient_reconstruction: BatchOut
    gradient_q: BatchOut
    gradient_z: BatchOut


class EmaResult(Result):
    """A codebook after one moving average."""

    codebook: Table
    indices: list[int]


class SimVqResult(NearestResult):
    """The nearest effective codes."""

    codebook: Table = describe("E W.")


class SimVqStepResult(Result):
    """Gradients and the effective codes after one step."""

    gradient_base: Table = describe("dL/dE.")
    gradient_transform: Table = describe("dL/dW.")
    codebook: Table = describe("E W before.")
    stepped_transform: Table = describe("E (W - eta dL/dW): E frozen, every code moves.")
    stepped_both: Table = describe("A step on E and W, to first order in eta.")


class UsageResult(Result):
    """How codes are used."""

    counts: list[int]
    used_fraction: Number
    perplexity: Number = describe("exp of the entropy, in [1, K].")


def _nearest(inputs: NearestInputs) -> Outcome:
    return _find_nearest(inputs.z, np.array(as_batch(inputs.codebook, name="codebook")))


def _find_nearest(
    z: Batch, codebook: FloatArray, extra: dict[str, object] | None = None
) -> Outcome:
    vectors = as_batch(z, name="z")
    found = vq.vq_nearest(vectors, codebook)
    gaps = vectors[..., None, :] - codebook
    values = {
        "index": found.indices,
        "q": found.codes,
        "squared_distance": found.squared_distances,
        "squared_distances": np.einsum("...i,...i->...", gaps, gaps),
    }
    if extra is None:
        return make_outcome(NearestResult, values)
    return make_outcome(SimVqResult, values | extra)


def _losses(inputs: LossesInputs) -> Outcome:
    found = vq.vq_losses(
        as_batch(inputs.x, name="x"),
        as_batch(inputs.reconstruction, name="reconstruction"),
        as_batch(inputs.z, name="z"),
        as_batch(inputs.q, name="q"),
        beta=inputs.beta,
        gamma=inputs.gamma,
    )
    values = {
        "reconstruction": found.reconstruction,
        "codebook": found.codebook,
        "commitment": found.commitment,
        "total": found.total,
        "gradient_reconstruction": found.gradient_reconstruction,
        "gradient_q": found.gradient_q,
        "gradient_z": found.gradient_z,
    }
    return make_outcome(LossesResult, values, warnings=found.warnings)


def _ema(inputs: EmaInputs) -> Outcome:
    z, codebook = as_batch(inputs.z, name="z"), as_batch(inputs.codebook, name="codebook")
    indices = vq.vq_nearest(z, codebook).indices
    updated = vq.ema_codebook(codebook, z, indices, inputs.alpha)
    return make_outcome(EmaResult, {"codebook": updated, "indices": indices})


def _simvq(inputs: SimVqInputs) -> Outcome:
    codebook = vq.simvq_codebook(inputs.base, inputs.transform)
    return _find_nearest(inputs.z, codebook, {"codebook": codebook})


def _simvq_step(inputs: SimVqStepInputs) -> Outcome:
    base, transform = np.array(as_batch(inputs.base, name="base")), inputs.transform
    gradients = vq.simvq_gradients(base, transform, inputs.code_gradients)
    codebook = vq.simvq_codebook(base, transform)
    values = {
        "gradient_base": gradients.base,
        "gradient_transform": gradients.transform,
        "codebook": codebook,
        "stepped_transform": codebook - inputs.eta * base @ gradients.transform,
        "stepped_both": vq.simvq_effective_step(base, transform, inputs.code_gradients, inputs.eta),
    }
    return make_outcome(SimVqStepResult, values)


def _usage(inputs: UsageInputs) -> Outcome:
    found = vq.codebook_usage(np.array(inputs.indices), inputs.codes)
    values = {
        "counts": found.counts,
        "used_fraction": found.used_fraction,
        "perplexity": found.perplexity,
    }
    return make_outcome(UsageResult, values, warnings=found.warnings)


_CODEBOOK = [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]]

OPERATORS = (
    Operator(
        name="vq_nearest",
        title="Nearest code",
        post=VECTOR_QUANTIZATION,
        section="VQ-VAE",
        source_post=6760,
        formula="q = argmin_{e ∈ E} ‖z - e‖",
        tex=r"q = \operatorname{argmin}_{e \in E} \lVert z - e \rVert",
        method="Squared distances of differences",
        complexity="O(K d) for each vector",
        limits=(BATCH_LIMIT, MATRIX_LIMIT),
        pitfalls=("Ties go to the lowest index.", "Moving z and E together changes nothing."),
        inputs=NearestInputs,
        result=NearestResult,
        compute=_nearest,
        example={"z": [0.8, 0.3], "codebook": _CODEBOOK},
    ),
    Operator(
        name="vq_losses",
        title="The loss of VQ-VAE and its gradients",
        post=VECTOR_QUANTIZATION,
        section="VQ-VAE, loss; arXiv:1711.00937",
        source_post=6760,
        formula="‖x - x̂‖² + β‖q - sg[z]‖² + γ‖z - sg[q]‖²",
        tex=(
            r"\lVert x - \hat x \rVert^2 + \beta \lVert q - \operatorname{sg}[z] \rVert^2"
            r" + \gamma \lVert z - \operatorname{sg}[q] \rVert^2"
        ),
        method="Each term with the gradient that stop-gradient leaves",
        complexity="O(d)",
        limits=(BATCH_LIMIT,),
        pitfalls=("β > γ > 0: codes should move more than encodings.",),
        inputs=LossesInputs,
        result=LossesResult,
        compute=_losses,
        example={
            "x": [1.0, 0.0],
            "reconstruction": [0.5, 0.5],
            "z": [0.8, 0.3],
            "q": [1.0, 0.0],
        },
    ),
    Operator(
        name="ema_codebook",
        title="Moving-average codebook",
        post=VECTOR_QUANTIZATION,
        section="VQ-VAE-2; arXiv:1906.00446",
        source_post=6760,
        formula="e ← α e + (1 - α) mean of the z that chose e",
        tex=r"e \leftarrow \alpha e + (1 - \alpha) \bar z",
        method="Nearest codes, then one moving average",
        complexity="O(K d) for each vector",
        limits=(MATRIX_LIMIT,),
        pitfalls=("Replaces the codebook term (β = 0); codes nobody chose stay.",),
        inputs=EmaInputs,
        result=EmaResult,
        compute=_ema,
        example={"codebook": _CODEBOOK, "z": [[0.8, 0.3], [1.1, 0.1]], "alpha": 0.9},
    ),
    Operator(
        name="simvq_nearest",
        title="SimVQ: nearest of the codes e W",
        post=VECTOR_QUANTIZATION,
        section="SimVQ; arXiv:2411.02038",
        source_post=10519,
        formula="q = argmin_e ‖z - eW‖",
        tex=r"q = \operatorname{argmin}_{e \in E} \lVert z - e W \rVert",
        method="The effective codebook, then the nearest code",
        complexity="O(K d²) once, O(K d) for each vector",
        limits=(BATCH_LIMIT, MATRIX_LIMIT),
        pitfalls=("The moving average must be off.", "A diagonal W gives part of the gain."),
        inputs=SimVqInputs,
        result=SimVqResult,
        compute=_simvq,
        example={"z": [0.0, 2.0], "base": [[1.0, 0.0], [0.0, 1.0]], "transform": [[0, 2], [1, 0]]},
    ),
    Operator(
        name="simvq_step",
        title="SimVQ: one step moves every code",
        post=VECTOR_QUANTIZATION,
        section="SimVQ, dynamics",
        source_post=10519,
        formula="e_iW - η(g_i WᵀW + e_i Σ_j e_jᵀ g_j)",
        tex=r"e_i W - \eta\Bigl(g_i W^\top W + e_i \sum_j e_j^\top g_j\Bigr)",
        method="Gradients of both factors, to first order in η",
        complexity="O(K d²)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("E is frozen at random by default: look at stepped_transform.",),
        inputs=SimVqStepInputs,
        result=SimVqStepResult,
        compute=_simvq_step,
        example={
            "base": [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]],
            "transform": [[1.0, 0.0], [0.0, 1.0]],
            "code_gradients": [[0.5, -0.5], [0.0, 0.0], [0.0, 0.0]],
        },
    ),
    Operator(
        name="codebook_usage",
        title="Usage and perplexity of a codebook",
        post=VECTOR_QUANTIZATION,
        section="collapse",
        formula="share of codes used; perplexity exp(-Σ p log p)",
        tex=r"\exp\Bigl(-\sum_k p_k \log p_k\Bigr)",
        method="Counts",
        complexity="O(indices + K)",
        limits=("indices below codes",),
        pitfalls=("One code for all: the codebook has collapsed.",),
        inputs=UsageInputs,
        result=UsageResult,
        compute=_usage,
        example={"indices": [0, 0, 1, 1], "codes": 4},
    ),
)
