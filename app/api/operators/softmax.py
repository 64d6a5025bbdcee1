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
    MAX_BATCH_ENTRIES,
    MAX_JACOBIAN_SIDE,
    MAX_PERTURB_CELLS,
    MAX_PERTURB_DRAWS,
    MAX_VECTOR_ENTRIES,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Post, Result, make_outcome
from app.api.operators.shapes import Array, as_batch, count_rows, require_jacobian_size
from app.operators.arrays import FloatArray
from app.operators.errors import OperatorDomainError

POST = Post(10145, "Softmax and its alternatives", "softmax", "softmax", successors=(9085,))

DEFAULT_NODES = 1_000
"""Nodes of the quadrature where none are asked for, as in the library."""

BATCH_LIMIT = f"rows times n at most {MAX_BATCH_ENTRIES:,}"
JACOBIAN_LIMIT = f"with jacobian: one vector of n at most {MAX_JACOBIAN_SIDE}"


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


class SparseInputs(LogitsWithJacobian):
    """Inputs of sparse Softmax."""

    k: Annotated[int, Field(ge=1, le=MAX_VECTOR_ENTRIES)] | None = Field(
        None, description="Size of the kept set; null with `mass`."
    )
    mass: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Share of Softmax to keep (top-p), in place of k."
    )


class EntmaxInputs(LogitsWithJacobian):
    """Inputs of entmax."""

    alpha: Annotated[float, Field(ge=1, le=2)] = Field(
        1.5, description="1 is Softmax, 2 Sparsemax."
    )
    search: bool = Field(False, description="Use the bracketed search at alpha 1.5 and 2 too.")


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
    values = _describe_point(point, jacobian) | {"minimum_at": place, "minimum_value": least}
    return make_outcome(TaylorResult, values, warnings=point.warnings)


def _sparse(inputs: SparseInputs) -> Outcome:
    x = as_batch(inputs.x)
    if (inputs.k is None) == (inputs.mass is None):
        raise OperatorDomainError("Give either k or mass, and not both.")
    if inputs.jacobian:
        require_jacobian_size(x)
    if inputs.k is not None:
        point = softmax.sparse_softmax(x, inputs.k, temperature=inputs.temperature)
    else:
        mass = 1.0 if inputs.mass is None else inputs.mass
        point = softmax.sparse_softmax_top_p(x, mass, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        kept = int(np.count_nonzero(point.support))
        jacobian = softmax.sparse_softmax_jacobian(x, kept, temperature=inputs.temperature)
    return make_outcome(SimplexResult, _describe_point(point, jacobian), warnings=point.warnings)


def _sparsemax(inputs: LogitsWithJacobian) -> Outcome:
    x = as_batch(inputs.x)
    point = softmax.sparsemax(x, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        require_jacobian_size(x)
        jacobian = softmax.sparsemax_jacobian(x, temperature=inputs.temperature)
    return make_outcome(SimplexResult, _describe_point(point, jacobian), warnings=point.warnings)


def _entmax(inputs: EntmaxInputs) -> Outcome:
    x = as_batch(inputs.x)
    entmax = softmax.entmax_bisect if inputs.search else softmax.entmax
    point = entmax(x, inputs.alpha, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        require_jacobian_size(x)
        jacobian = softmax.entmax_jacobian(x, inputs.alpha, temperature=inputs.temperature)
    is_exact = inputs.alpha in (1.5, 2.0) and not inputs.search
    method = "exact, by sorting" if is_exact else "bracketed search for lambda"
    return make_outcome(
        SimplexResult, _describe_point(point, jacobian), warnings=point.warnings, method=method
    )


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


def _describe_point(
    point: "softmax.SimplexPoint", jacobian: FloatArray | None
) -> dict[str, object]:
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
        post=POST,
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
        post=POST,
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
        post=POST,
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
        name="sparse_softmax",
        title="Sparse Softmax",
        post=POST,
        section="Sparse Softmax",
        formula="p_i = e^(x_i) / Σ_{j∈Ω_k} e^(x_j) for i ∈ Ω_k (the k largest), else 0",
        tex=r"p_i = \frac{[i \in \Omega_k]\, e^{x_i}}{\sum_{j \in \Omega_k} e^{x_j}}",
        method="Partition, then Softmax inside the kept set",
        complexity="O(n); O(n log n) by mass",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT, "k at most n; either k or mass"),
        pitfalls=(
            "No gradient outside the kept set: for fine-tuning, slow to train from scratch.",
            "Ties at the border of the kept set go to the lowest index.",
        ),
        inputs=SparseInputs,
        result=SimplexResult,
        compute=_sparse,
        example={"x": [3.0, 2.0, 1.0, 4.0], "k": 2},
    ),
    Operator(
        name="perturb_max",
        title="Perturb-max",
        post=POST,
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
    Operator(
        name="sparsemax",
        title="Sparsemax",
        post=POST,
        section="Sparsemax",
        formula="p = relu(x - λ) with Σ p = 1, the point of the simplex nearest to x",
        tex=r"p = \operatorname{relu}(x - \lambda), \; \sum_i p_i = 1",
        method="Sort of the entries within 1 of the maximum",
        complexity="O(n log n); O(n²) with the Jacobian",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT),
        pitfalls=(
            "Never take the logarithm of a sparse p.",
            "An entry exactly on λ has probability 0 and a one-sided gradient.",
        ),
        inputs=LogitsWithJacobian,
        result=SimplexResult,
        compute=_sparsemax,
        example={"x": [0.5, 0.2, 0.1], "jacobian": True},
    ),
    Operator(
        name="entmax",
        title="Entmax",
        post=POST,
        section="Entmax-α",
        formula="p = relu(βx - λ)^(1/β), β = α - 1, with Σ p = 1",
        tex=r"p = \operatorname{relu}(\beta x - \lambda)^{1/\beta},\; \beta = \alpha - 1",
        method="Exact by sorting at α = 1.5 and 2, else a bracketed search",
        complexity="O(n log n) exact, O(n) for each step of the search",
        limits=(BATCH_LIMIT, JACOBIAN_LIMIT),
        pitfalls=(
            "At the boundary, such as x = [2, 0] and α = 1.5, strict inequalities find no λ.",
            "For large |x| the variance term loses all digits unless the maximum is subtracted.",
            "α = 1 is Softmax.",
        ),
        inputs=EntmaxInputs,
        result=SimplexResult,
        compute=_entmax,
        example={"x": [1.0, 2.0, 3.0], "alpha": 1.5},
    ),
)
