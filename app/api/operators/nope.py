"""Attention without positions (post 10347)."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    Matrix,
    NonNegative,
    Numbers,
    Positive,
    Real,
    Seed,
    Table,
    describe,
)
from app.api.operators.libraries import nope
from app.api.operators.limits import (
    MAX_MATRIX_SIDE,
    MAX_SIMULATED_CELLS,
    MAX_VECTOR_ENTRIES,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import MATRIX_LIMIT, NOPE
from app.operators.arrays import FloatArray

SIMULATION_LIMIT = f"layers times length² times dimension at most {MAX_SIMULATED_CELLS:,}"


class AttentionInputs(Inputs):
    """Queries, keys and values."""

    queries: Matrix = describe("One row for each query, N × d.")
    keys: Matrix = describe("One row for each key, L × d.")
    values: Matrix = describe("One row for each key, L × e.")
    scale: Real = Field(1.0, description="Factor of the logits; the post has none.")


class ValuesInputs(Inputs):
    """Rows of values."""

    values: Matrix = describe("One row for each position, L × d.")


class PositionsInputs(Inputs):
    """Positions from 1."""

    positions: Annotated[
        list[Annotated[float, Field(ge=1, le=1e15)]],
        Field(min_length=1, max_length=MAX_VECTOR_ENTRIES),
    ]


class SimulationInputs(Inputs):
    """A stack of random causal layers without positions."""

    length: Annotated[int, Field(ge=1, le=1_000)] = Field(128, description="L, positions.")
    dimension: Annotated[int, Field(ge=1, le=4_096)] = Field(64, description="d.")
    sigma: Positive = Field(1.0, description="Standard deviation of the values' components.")
    mean: Real = Field(0.0, description="Their mean; 0 in the post.")
    sharpness: Annotated[float, Field(ge=0, le=100)] = Field(
        0.0, description="Standard deviation of the logits; 0 is uniform attention."
    )
    layers: Annotated[int, Field(ge=1, le=16)] = 1
    seed: Seed = 0


class ShuffleInputs(Inputs):
    """Random attention whose keys and values are shuffled."""

    length: Annotated[int, Field(ge=2, le=MAX_MATRIX_SIDE)] = 16
    dimension: Annotated[int, Field(ge=1, le=256)] = 8
    sharpness: NonNegative = Field(1.0, description="Factor of the logits.")
    seed: Seed = 0


class AttentionResult(Result):
    """What attention gives, and its weights."""

    y: Table
    weights: Table = describe("A, each row sums to 1.")
    effective_length: Numbers = describe("exp(entropy) of each row of A.")


class AverageResult(Result):
    """Causal averages, and where the position hides in them."""

    y: Table
    mean_square: Numbers = describe("|y_n|²/d.")


class MeanSquareResult(Result):
    """Mean squares by position."""

    mean_square: Numbers


class ResolutionResult(Result):
    """How far apart the norms of neighbouring positions are."""

    resolution: Numbers = describe("1/sqrt(n) - 1/sqrt(n + 1).")
    asymptotic: Numbers = describe("n^(-3/2)/2.")


class SimulationResult(Result):
    """Measured mean squares beside the law."""

    position: list[int]
    mean_square: Numbers = describe("|y_n|²/d of the last layer.")
    expected: Numbers = describe("mean² + sigma²/n.")
    effective_length: Numbers = describe("exp(entropy) of row n of the last layer's weights.")
    resolution: Numbers
    weights: Table | None = describe(f"A of the last layer, up to {MAX_MATRIX_SIDE} positions.")


class ShuffleResult(Result):
    """How much each output moves when keys and values are shuffled."""

    order: list[int] = describe("New order of the keys and values; the last one stays.")
    bidirectional: Numbers = describe("Largest change of each y_n: 0 but for rounding.")
    causal: Numbers = describe("The same, causal: y_1 .. y_(n-1) change, the last does not.")
    bidirectional_weights: Table = describe("A before the shuffle, bidirectional.")
    causal_weights: Table = describe("A before the shuffle, causal.")


def _bidirectional(inputs: AttentionInputs) -> Outcome:
    y = nope.bidirectional_attention(inputs.queries, inputs.keys, inputs.values, scale=inputs.scale)
    weights = nope.attention_weights(inputs.queries, inputs.keys, scale=inputs.scale)
    return _finish_attention(y, weights)


def _causal(inputs: AttentionInputs) -> Outcome:
    y = nope.causal_attention(inputs.queries, inputs.keys, inputs.values, scale=inputs.scale)
    weights = nope.attention_weights(inputs.queries, inputs.keys, causal=True, scale=inputs.scale)
    return _finish_attention(y, weights)


def _finish_attention(y: FloatArray, weights: FloatArray) -> Outcome:
    values = {"y": y, "weights": weights, "effective_length": nope.effective_length(weights)}
    return make_outcome(AttentionResult, values)


def _average(inputs: ValuesInputs) -> Outcome:
    y = nope.uniform_causal_average(inputs.values)
    return make_outcome(AverageResult, {"y": y, "mean_square": nope.mean_square(y)})


def _mean_square(inputs: ValuesInputs) -> Outcome:
    return make_outcome(MeanSquareResult, {"mean_square": nope.mean_square(inputs.values)})


def _resolution(inputs: PositionsInputs) -> Outcome:
    values = {
        "resolution": nope.position_resolution(inputs.positions),
        "asymptotic": 0.5 * np.array(inputs.positions) ** -1.5,
    }
    return make_outcome(ResolutionResult, values)


def _simulation(inputs: SimulationInputs) -> Outcome:
    require_at_most(
        inputs.layers * inputs.length**2 * inputs.dimension,
        MAX_SIMULATED_CELLS,
        "Layers times length² times dimension",
    )
    run = nope.simulate_causal_layers(
        inputs.length,
        inputs.dimension,
        rng=np.random.default_rng(inputs.seed),
        sigma=inputs.sigma,
        mean=inputs.mean,
        sharpness=inputs.sharpness,
        layers=inputs.layers,
    )
    position = np.arange(1, inputs.length + 1)
    values = {
        "position": position,
        "mean_square": run.mean_square,
        "expected": run.expected,
        "effective_length": run.effective_length,
        "resolution": nope.position_resolution(position),
        "weights": run.weights if inputs.length <= MAX_MATRIX_SIDE else None,
    }
    return make_outcome(SimulationResult, values, warnings=run.warnings)


def _shuffle(inputs: ShuffleInputs) -> Outcome:
    rng = np.random.default_rng(inputs.seed)
    q, k, v = rng.standard_normal((3, inputs.length, inputs.dimension))
    order = np.append(rng.permutation(inputs.length - 1), inputs.length - 1)
    scale = inputs.sharpness / float(np.sqrt(inputs.dimension))
    changes = {}
    for name, attention in (
        ("bidirectional", nope.bidirectional_attention),
        ("causal", nope.causal_attention),
    ):
        before = attention(q, k, v, scale=scale)
        after = attention(q, k[order], v[order], scale=scale)
        changes[name] = np.abs(after - before).max(axis=-1)
    values = {
        "order": order,
        **changes,
        "bidirectional_weights": nope.attention_weights(q, k, scale=scale),
        "causal_weights": nope.attention_weights(q, k, causal=True, scale=scale),
    }
    return make_outcome(ShuffleResult, values)


_QUERIES = {
    "queries": [[0.5, 0.0], [0.0, 1.0], [1.0, 1.0]],
    "keys": [[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]],
    "values": [[2.0], [4.0], [6.0]],
}

OPERATORS = (
    Operator(
        name="bidirectional_attention",
        title="Bidirectional attention without positions",
        post=NOPE,
        section="bidirectional attention",
        formula="y_n = Σ_m softmax_m(q_n·k_m) v_m",
        tex=r"y_n = \sum_m \operatorname{softmax}_m(q_n \cdot k_m)\, v_m",
        method="Softmax of the logits of each query",
        complexity="O(N L (d + e))",
        limits=(MATRIX_LIMIT,),
        pitfalls=("Blind to order: shuffled keys and values give the same y.",),
        inputs=AttentionInputs,
        result=AttentionResult,
        compute=_bidirectional,
        example=_QUERIES,
    ),
    Operator(
        name="causal_attention",
        title="Causal attention without positions",
        post=NOPE,
        section="causal attention; arXiv:2203.16634",
        formula="y_n = Σ_{m≤n} softmax_{m≤n}(q_n·k_m) v_m",
        tex=r"y_n = \sum_{m \le n} \operatorname{softmax}_{m \le n}(q_n \cdot k_m)\, v_m",
        method="Softmax of the logits of each query and the keys up to it",
        complexity="O(L² (d + e))",
        limits=(MATRIX_LIMIT, "as many queries as keys"),
        pitfalls=(
            "y_n does not change if the first n - 1 keys and values are shuffled; the others do.",
        ),
        inputs=AttentionInputs,
        result=AttentionResult,
        compute=_causal,
        example=_QUERIES,
    ),
    Operator(
        name="uniform_causal_average",
        title="Causal attention with equal weights",
        post=NOPE,
        section="position in the variance",
        formula="y_n = (v_1 + … + v_n)/n",
        tex=r"y_n = \frac1n \sum_{m=1}^{n} v_m",
        method="Cumulative sum",
        complexity="O(Ld)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("The law σ²/n holds for independent values of mean 0.",),
        inputs=ValuesInputs,
        result=AverageResult,
        compute=_average,
        example={"values": [[2.0], [4.0], [0.0]]},
    ),
    Operator(
        name="mean_square",
        title="Mean square by position",
        post=NOPE,
        section="position in the variance",
        formula="|y_n|²/d",
        tex=r"\lVert y_n \rVert^2 / d",
        method="Row by row",
        complexity="O(Ld)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("Values with a mean leave a floor of mean² under σ²/n.",),
        inputs=ValuesInputs,
        result=MeanSquareResult,
        compute=_mean_square,
        example={"values": [[3.0, 4.0]]},
    ),
    Operator(
        name="position_resolution",
        title="Gap between the norms of neighbouring positions",
        post=NOPE,
        section="weak points",
        formula="1/√n - 1/√(n + 1) ≈ n^(-3/2)/2",
        tex=r"\frac{1}{\sqrt n} - \frac{1}{\sqrt{n + 1}} \approx \tfrac12 n^{-3/2}",
        method="Written without cancellation",
        complexity="O(1) for each position",
        limits=("positions at least 1",),
        pitfalls=("Far positions cannot be told apart.",),
        inputs=PositionsInputs,
        result=ResolutionResult,
        compute=_resolution,
        example={"positions": [1.0, 10.0, 100.0, 1000.0]},
    ),
    Operator(
        name="nope_simulation",
        title="Random causal layers against σ²/n",
        post=NOPE,
        section="position in the variance; arXiv:2305.13571",
        formula="E|y_n|²/d = mean² + σ²/n with uniform weights",
        tex=r"\mathbb{E} \lVert y_n \rVert^2 / d = \mu^2 + \sigma^2 / n",
        method="Normal values, normal logits, causal averages, layer by layer",
        complexity="O(layers · L² d)",
        limits=(SIMULATION_LIMIT,),
        pitfalls=(
            "With sharp attention n is replaced by the exponential of the entropy.",
            "From the second layer on the values are no longer independent.",
        ),
        inputs=SimulationInputs,
        result=SimulationResult,
        compute=_simulation,
        example={"length": 64, "dimension": 256, "seed": 0},
    ),
    Operator(
        name="attention_shuffle",
        title="What a shuffle of keys and values changes",
        post=NOPE,
        section="bidirectional and causal attention",
        formula="max |y_n(shuffled) - y_n| for both kinds, the last key kept in place",
        tex=r"\max \lvert y_n(\pi) - y_n \rvert",
        method="Both kinds on the same random queries, keys and values",
        complexity="O(L² d)",
        limits=(),
        pitfalls=("Causal outputs before the last do change: order matters to them.",),
        inputs=ShuffleInputs,
        result=ShuffleResult,
        compute=_shuffle,
        example={"length": 8, "dimension": 4, "seed": 0},
    ),
)
