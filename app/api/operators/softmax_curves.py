"""Softmax and its alternatives (post 10145): all maps beside each other, and curves of them."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    Batch,
    BatchOut,
    CurvePoints,
    NonNegative,
    Number,
    Numbers,
    Real,
    Table,
    Temperature,
    Vector,
    describe,
)
from app.api.operators.libraries import softmax
from app.api.operators.limits import (
    MAX_BATCH_ENTRIES,
    MAX_PERTURB_CELLS,
    MAX_VECTOR_ENTRIES,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, SOFTMAX
from app.api.operators.shapes import Array, as_batch, count_rows
from app.operators.arrays import FloatArray

NORMAL_NODES = 400
"""Nodes of perturb-max with normal noise in a comparison: enough for a plot."""


class ComparisonInputs(Inputs):
    """Logits, and the parameters of the maps that have one."""

    x: Batch = describe("Logits, one vector or rows of vectors.")
    temperature: Temperature = 1.0
    alpha: Annotated[float, Field(ge=1, le=2)] = Field(1.25, description="Of the free entmax.")
    k: Annotated[int, Field(ge=1, le=MAX_VECTOR_ENTRIES)] = Field(
        2, description="Of sparse Softmax."
    )
    degree: Annotated[int, Field(ge=2, le=150)] = Field(2, description="Of Taylor Softmax.")


class MapOut(Result):
    """What one map gives."""

    map: str
    p: BatchOut
    support_size: int | list[int]
    warnings: list[str]


class ComparisonResult(Result):
    """What every map gives for the same logits."""

    maps: list[MapOut]


class SupportCurveInputs(Inputs):
    """Logits, and how finely alpha goes from 1 to 2."""

    x: Vector
    temperature: Temperature = 1.0
    points: CurvePoints = 51


class SupportCurveResult(Result):
    """Entmax against alpha."""

    alpha: Numbers
    p: Table = describe("One row for each alpha.")
    support_size: list[int]


class MarginCurveInputs(Inputs):
    """Two classes, and how far the target's logit leads."""

    low: Real = Field(-3.0, description="Least lead x_t - x_other.")
    high: Real = Field(3.0, description="Largest lead.")
    points: CurvePoints = 121
    alpha: Annotated[float, Field(ge=1, le=2)] = Field(1.5, description="Of the entmax loss.")
    margin: NonNegative = Field(0.3, description="Of AM-Softmax, at cosines ± lead/2.")
    temperature: Temperature = Field(1.0, description="Of AM-Softmax.")


class LossCurveOut(Result):
    """One loss against the lead."""

    loss: str
    value: Numbers
    slope: Numbers = describe("Derivative with respect to the target's logit.")


class MarginCurveResult(Result):
    """Losses against the lead of the target."""

    lead: Numbers
    losses: list[LossCurveOut]
    zero_from: Number = describe("Lead from which the Sparsemax loss is 0.")


def _comparison(inputs: ComparisonInputs) -> Outcome:
    x = as_batch(inputs.x)
    n = x.shape[-1]
    require_at_most(
        count_rows(x) * NORMAL_NODES * n * n,
        MAX_PERTURB_CELLS,
        f"Rows times {NORMAL_NODES} nodes times n times n",
    )
    tau = inputs.temperature
    points = {
        "softmax": _dense(softmax.softmax(x, temperature=tau)),
        "entmax": softmax.entmax(x, inputs.alpha, temperature=tau),
        "entmax15": softmax.entmax(x, 1.5, temperature=tau),
        "sparsemax": softmax.sparsemax(x, temperature=tau),
        "sparse_softmax": softmax.sparse_softmax(x, min(inputs.k, n), temperature=tau),
        "taylor_softmax": softmax.taylor_softmax(x, inputs.degree, temperature=tau),
        "perturb_max_normal": _dense(
            softmax.perturb_max(
                x, "normal", temperature=tau, nodes=None if n == 2 else NORMAL_NODES
            )
        ),
    }
    maps = [
        {
            "map": name,
            "p": point.p,
            "support_size": np.count_nonzero(point.support, axis=-1),
            "warnings": list(point.warnings),
        }
        for name, point in points.items()
    ]
    warnings = tuple(warning for point in points.values() for warning in point.warnings)
    return make_outcome(ComparisonResult, {"maps": maps}, warnings=warnings)


def _dense(p: FloatArray) -> "softmax.SimplexPoint":
    return softmax.SimplexPoint(p=p, support=np.ones(p.shape, dtype=np.bool_))


def _support_curve(inputs: SupportCurveInputs) -> Outcome:
    x = as_batch(inputs.x)
    require_at_most(inputs.points * x.size, MAX_BATCH_ENTRIES, "Points times numbers of x")
    alphas = np.linspace(1.0, 2.0, inputs.points)
    points = [softmax.entmax(x, alpha, temperature=inputs.temperature) for alpha in alphas]
    values = {
        "alpha": alphas,
        "p": np.stack([point.p for point in points]),
        "support_size": [int(np.count_nonzero(point.support)) for point in points],
    }
    warnings = tuple(warning for point in points for warning in point.warnings)
    return make_outcome(SupportCurveResult, values, warnings=warnings)


def _margin_curve(inputs: MarginCurveInputs) -> Outcome:
    lead = np.linspace(inputs.low, inputs.high, inputs.points)
    x = np.stack([lead / 2, -lead / 2], axis=-1)
    losses: dict[str, tuple[Array, FloatArray, FloatArray]] = {}
    for name, loss in (
        ("cross_entropy", softmax.cross_entropy_loss(x, 0)),
        ("smooth_accuracy", softmax.smooth_accuracy_loss(x, 0)),
        ("entmax", softmax.entmax_loss(x, 0, inputs.alpha)),
        ("sparsemax", softmax.sparsemax_loss(x, 0)),
    ):
        losses[name] = (lead, loss.value, loss.gradient[:, 0])
    inside = np.abs(lead) <= 2.0
    if inside.any():
        loss = softmax.margin_softmax_loss(
            x[inside], 0, margin=inputs.margin, temperature=inputs.temperature
        )
        losses["am_softmax"] = (lead[inside], loss.value, loss.gradient[:, 0])
    curves = [
        {"loss": name, "value": _spread(lead, at, value), "slope": _spread(lead, at, slope)}
        for name, (at, value, slope) in losses.items()
    ]
    return make_outcome(MarginCurveResult, {"lead": lead, "losses": curves, "zero_from": 1.0})


def _spread(lead: Array, at: Array, value: FloatArray) -> list[float | None]:
    """The values at all leads; None where a loss is not defined, cosines being at most 1."""
    known = dict(zip(at.tolist(), value.tolist(), strict=True))
    return [known.get(place) for place in lead.tolist()]


OPERATORS = (
    Operator(
        name="softmax_comparison",
        title="All maps to the simplex, side by side",
        post=SOFTMAX,
        section="the whole post",
        formula="p = map(x/τ) for Softmax, entmax, Sparsemax, sparse and Taylor Softmax, noise",
        tex=r"p = \operatorname{map}(x/\tau)",
        method="Each map by its own operator",
        complexity=f"O(K n²) for perturb-max with K = {NORMAL_NODES}, O(n log n) for the others",
        limits=(
            BATCH_LIMIT,
            f"rows times {NORMAL_NODES} times n² at most {MAX_PERTURB_CELLS:,}",
            "k above n counts as n",
        ),
        pitfalls=("With rows [[x_1, 0], …] it is the two-class curve of every map.",),
        inputs=ComparisonInputs,
        result=ComparisonResult,
        compute=_comparison,
        example={"x": [3.0, 2.0, 1.0, 4.0], "alpha": 1.2, "k": 2},
    ),
    Operator(
        name="entmax_support_curve",
        title="Entmax and its support against α",
        post=SOFTMAX,
        section="Entmax-α",
        formula="|S(α)| for α from 1 (Softmax) to 2 (Sparsemax)",
        tex=r"\lvert \{ i : p_i > 0 \} \rvert \text{ against } \alpha",
        method="Entmax at each α",
        complexity="O(points · n log n)",
        limits=(f"points times n at most {MAX_BATCH_ENTRIES:,}",),
        pitfalls=("As a rule the support shrinks as α grows.",),
        inputs=SupportCurveInputs,
        result=SupportCurveResult,
        compute=_support_curve,
        example={"x": [3.0, 2.0, 1.0, 4.0], "points": 21},
    ),
    Operator(
        name="loss_margin_curve",
        title="Losses against the lead of the target",
        post=SOFTMAX,
        section="Losses",
        formula="L(x_t - x_other) and ∂L/∂x_t for two classes",
        tex=r"\mathcal{L}(x_t - x_{\mathrm{other}})",
        method="Each loss on rows (lead/2, -lead/2)",
        complexity="O(points)",
        limits=(),
        pitfalls=(
            "Cross entropy never becomes 0; the sparse losses do.",
            "AM-Softmax takes cosines, so it is null beyond a lead of ±2.",
        ),
        inputs=MarginCurveInputs,
        result=MarginCurveResult,
        compute=_margin_curve,
        example={"low": -3.0, "high": 3.0, "points": 25},
    ),
)
