"""Softmax and its alternatives (post 10145): the maps that give zeros."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.libraries import softmax
from app.api.operators.limits import MAX_VECTOR_ENTRIES
from app.api.operators.operator import Operator, Outcome, make_outcome
from app.api.operators.posts import BATCH_LIMIT, JACOBIAN_LIMIT, SOFTMAX
from app.api.operators.shapes import as_batch, require_jacobian_size
from app.api.operators.softmax import LogitsWithJacobian, SimplexResult, describe_point
from app.operators.errors import OperatorDomainError


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
    return make_outcome(SimplexResult, describe_point(point, jacobian), warnings=point.warnings)


def _sparsemax(inputs: LogitsWithJacobian) -> Outcome:
    x = as_batch(inputs.x)
    point = softmax.sparsemax(x, temperature=inputs.temperature)
    jacobian = None
    if inputs.jacobian:
        require_jacobian_size(x)
        jacobian = softmax.sparsemax_jacobian(x, temperature=inputs.temperature)
    return make_outcome(SimplexResult, describe_point(point, jacobian), warnings=point.warnings)


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
        SimplexResult, describe_point(point, jacobian), warnings=point.warnings, method=method
    )


OPERATORS = (
    Operator(
        name="sparse_softmax",
        title="Sparse Softmax",
        post=SOFTMAX,
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
        name="sparsemax",
        title="Sparsemax",
        post=SOFTMAX,
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
        post=SOFTMAX,
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
