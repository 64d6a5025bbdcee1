"""Rotary positions (posts 10352, 10040): rotating vectors, and how attention decays."""

from typing import Annotated, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.fields import Number, Numbers, Positive, Real, Seed, Table, describe
from app.api.operators.libraries import rope
from app.api.operators.limits import (
    MAX_DECAY_CELLS,
    MAX_MATRIX_SIDE,
    MAX_VECTOR_ENTRIES,
    require_at_most,
)
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import ROPE
from app.operators.arrays import FloatArray
from app.operators.errors import OperatorDomainError

RotatedVector = Annotated[list[Real], Field(min_length=2, max_length=MAX_VECTOR_ENTRIES)]
Coordinate: TypeAlias = Annotated[float, Field(ge=-1e9, le=1e9)]

MAX_OFFSET = 1_000
"""Farthest offset of a decay curve in one dimension."""

MAX_GRID_OFFSET = 50
"""Farthest offset along each axis of a decay map in two dimensions."""


class RotationInputs(Inputs):
    """A vector and how its frequencies are chosen."""

    x: RotatedVector = describe("Vector of d components.")
    base: Positive = Field(10_000.0, description="b of theta_i = b^(-2i/d).")


class SharedRotationInputs(RotationInputs):
    """Inputs in several dimensions."""

    symmetric: bool = Field(
        False, description="Give pairs of different axes the same frequency; text then changes."
    )


class Rotation1Inputs(RotationInputs):
    """Inputs of the rotation by one position."""

    position: Coordinate


class Rotation2Inputs(SharedRotationInputs):
    """Inputs of the rotation by row and column."""

    position: Annotated[list[Coordinate], Field(min_length=2, max_length=2)]


class Rotation3Inputs(SharedRotationInputs):
    """Inputs of the rotation by row, column and frame."""

    position: Annotated[list[Coordinate], Field(min_length=3, max_length=3)]


class MatrixInputs(Inputs):
    """Inputs of the rotation as a matrix."""

    dimension: Annotated[int, Field(ge=2, le=MAX_MATRIX_SIDE)]
    position: Annotated[list[Coordinate], Field(min_length=1, max_length=3)] = describe(
        "One, two or three coordinates."
    )
    base: Positive = 10_000.0


class DecayInputs(Inputs):
    """Two vectors and how far apart they may be."""

    dimension: Annotated[int, Field(ge=2, le=MAX_VECTOR_ENTRIES)] = 64
    axes: Annotated[int, Field(ge=1, le=2)] = Field(1, description="1: a curve; 2: a map.")
    max_offset: Annotated[int, Field(ge=1, le=MAX_OFFSET)] = 100
    base: Positive = 10_000.0
    symmetric: bool = False
    query: RotatedVector | None = Field(None, description="q; null: drawn, or all ones.")
    key: RotatedVector | None = Field(None, description="k; null: equal to q.")
    seed: Seed | None = Field(None, description="Draws a normal q of length 1; null: all ones.")


class RotationResult(Result):
    """A rotated vector."""

    rotated: Numbers
    norm: Number = describe("Length of x.")
    rotated_norm: Number = describe("Length of the rotated x, the same.")
    theta: Numbers = describe("Frequencies, d/2 of them.")


class MatrixResult(Result):
    """A rotation as a matrix."""

    matrix: Table


class DecayResult(Result):
    """Attention score against the offset."""

    offsets: list[int] = describe("Along each axis.")
    score: Numbers | Table = describe("q·R_offset k; for two axes by row, then column offset.")


def _rope_1d(inputs: Rotation1Inputs) -> Outcome:
    theta = rope.rope_frequencies(len(inputs.x), base=inputs.base)
    return _finish(inputs.x, rope.rope_1d(inputs.x, inputs.position, theta=theta), theta)


def _rope_2d(inputs: Rotation2Inputs) -> Outcome:
    theta = _frequencies(inputs, axes=2)
    return _finish(inputs.x, rope.rope_2d(inputs.x, inputs.position, theta=theta), theta)


def _rope_3d(inputs: Rotation3Inputs) -> Outcome:
    theta = _frequencies(inputs, axes=3)
    return _finish(inputs.x, rope.rope_3d(inputs.x, inputs.position, theta=theta), theta)


def _frequencies(inputs: SharedRotationInputs, axes: int) -> FloatArray:
    shared = axes if inputs.symmetric else 1
    return rope.rope_frequencies(len(inputs.x), base=inputs.base, axes=shared)


def _finish(x: list[float], rotated: FloatArray, theta: FloatArray) -> Outcome:
    values = {
        "rotated": rotated,
        "norm": np.linalg.norm(x),
        "rotated_norm": np.linalg.norm(rotated),
        "theta": theta,
    }
    return make_outcome(RotationResult, values)


def _matrix(inputs: MatrixInputs) -> Outcome:
    theta = rope.rope_frequencies(inputs.dimension, base=inputs.base)
    matrix = rope.rope_matrix(inputs.dimension, inputs.position, theta=theta)
    return make_outcome(MatrixResult, {"matrix": matrix})


def _decay(inputs: DecayInputs) -> Outcome:
    query = _as_query(inputs)
    key = query if inputs.key is None else np.array(inputs.key)
    if key.size != query.size:
        raise OperatorDomainError(
            f"query has {query.size} components but key {key.size}; they must match."
        )
    theta = rope.rope_frequencies(
        query.size, base=inputs.base, axes=inputs.axes if inputs.symmetric else 1
    )
    offsets = np.arange(-inputs.max_offset, inputs.max_offset + 1)
    if inputs.axes == 1:
        places = offsets[:, None].astype(np.float64)
    elif inputs.max_offset > MAX_GRID_OFFSET:
        raise OperatorDomainError(
            f"max_offset must be at most {MAX_GRID_OFFSET} for two axes, "
            f"but it is {inputs.max_offset}."
        )
    else:
        rows, columns = np.meshgrid(offsets, offsets, indexing="ij")
        places = np.stack([rows, columns], axis=-1).astype(np.float64)
    require_at_most(
        offsets.size**inputs.axes * query.size, MAX_DECAY_CELLS, "Offsets times dimension"
    )
    score = rope.relative_score(query, key, places, theta=theta)
    return make_outcome(DecayResult, {"offsets": offsets, "score": score})


def _as_query(inputs: DecayInputs) -> FloatArray:
    if inputs.query is not None:
        return np.array(inputs.query)
    if inputs.seed is None:
        return np.full(inputs.dimension, inputs.dimension**-0.5)
    drawn = np.random.default_rng(inputs.seed).standard_normal(inputs.dimension)
    return np.asarray(drawn / np.linalg.norm(drawn))


_VECTOR = [1.0, 0.0, 0.5, -0.5, 1.0, 2.0, 0.0, 1.0, 0.25, -1.0, 1.0, 0.0]

OPERATORS = (
    Operator(
        name="rope_1d",
        title="RoPE in one dimension",
        post=ROPE,
        section="RoPE-1D; post 8265",
        formula="R_n turns each pair of components by n θ_i, θ_i = b^(-2i/d); R_mᵀR_n = R_{n-m}",
        tex=r"(\mathcal{R}_m q)^\top (\mathcal{R}_n k) = q^\top \mathcal{R}_{n-m} k",
        method="Pair by pair, angles in float64",
        complexity="O(d)",
        limits=("d divisible by 2",),
        pitfalls=("float32 angles lose accuracy at positions beyond 1e5.",),
        inputs=Rotation1Inputs,
        result=RotationResult,
        compute=_rope_1d,
        example={"x": _VECTOR, "position": 5.0},
    ),
    Operator(
        name="rope_2d",
        title="RoPE in two dimensions",
        post=ROPE,
        section="RoPE-2D; post 8397",
        formula="Even pairs turn by the row, odd pairs by the column; R_{n,n} = R_n of RoPE-1D",
        tex=r"\mathcal{R}_{n,n} = \mathcal{R}_n",
        method="Pair by pair, angles in float64",
        complexity="O(d)",
        limits=("d divisible by 4",),
        pitfalls=("With symmetric frequencies text is no longer exactly RoPE-1D.",),
        inputs=Rotation2Inputs,
        result=RotationResult,
        compute=_rope_2d,
        example={"x": _VECTOR, "position": [5.0, 5.0]},
    ),
    Operator(
        name="rope_3d",
        title="RoPE in three dimensions",
        post=ROPE,
        section="extension to video",
        formula="Pair i turns by coordinate i mod 3: row, column, frame",
        tex=r"\mathcal{R}_{n,n,n} = \mathcal{R}_n",
        method="Pair by pair, angles in float64",
        complexity="O(d)",
        limits=("d divisible by 6",),
        pitfalls=("With symmetric frequencies text is no longer exactly RoPE-1D.",),
        inputs=Rotation3Inputs,
        result=RotationResult,
        compute=_rope_3d,
        example={"x": _VECTOR, "position": [5.0, 6.0, 7.0]},
    ),
    Operator(
        name="rope_matrix",
        title="RoPE as a matrix",
        post=ROPE,
        section="RoPE-1D and RoPE-2D",
        formula="R_n = block diagonal of [[cos nθ_i, -sin nθ_i], [sin nθ_i, cos nθ_i]]",
        tex=(
            r"\begin{pmatrix} \cos n\theta_i & -\sin n\theta_i \\"
            r" \sin n\theta_i & \cos n\theta_i \end{pmatrix}"
        ),
        method="The rotation of the unit vectors",
        complexity="O(d²), for looking at",
        limits=("dimension divisible by 2, 4 or 6 for 1, 2 or 3 coordinates",),
        pitfalls=("Rotating a vector costs O(d), not O(d²).",),
        inputs=MatrixInputs,
        result=MatrixResult,
        compute=_matrix,
        example={"dimension": 4, "position": [3.0]},
    ),
    Operator(
        name="attention_decay",
        title="Attention score against the offset",
        post=ROPE,
        section="relative positions",
        formula="q·R_{dx,dy} k against the offset",
        tex=r"q^\top \mathcal{R}_{\Delta x, \Delta y}\, k",
        method="One rotation for each offset",
        complexity="O(offsets · d)",
        limits=(
            "d divisible by 2 times axes",
            f"max_offset at most {MAX_GRID_OFFSET} for two axes",
            f"offsets times dimension at most {MAX_DECAY_CELLS:,}",
        ),
        pitfalls=("With all-ones q and k it is the plain sum of cosines.",),
        inputs=DecayInputs,
        result=DecayResult,
        compute=_decay,
        example={"dimension": 64, "axes": 1, "max_offset": 20},
    ),
)
