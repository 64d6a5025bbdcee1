"""Vector quantisation (post 9826): finite scalar quantisation."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.fields import Batch, BatchOut, Numbers, describe
from app.api.operators.libraries import vector_quantization as vq
from app.api.operators.limits import MAX_ROWS, MAX_VECTOR_ENTRIES
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, VECTOR_QUANTIZATION
from app.api.operators.shapes import as_batch
from app.operators.errors import OperatorDomainError

Level = Annotated[int, Field(ge=2, le=2**20)]
Levels = Annotated[list[Level], Field(min_length=1, max_length=MAX_VECTOR_ENTRIES)]
CodeNumbers = Annotated[
    list[Annotated[int, Field(ge=0, lt=2**53)]], Field(min_length=1, max_length=MAX_ROWS)
]
CodeRows = Annotated[
    list[
        Annotated[
            list[Annotated[int, Field(ge=0, lt=2**20)]],
            Field(min_length=1, max_length=MAX_VECTOR_ENTRIES),
        ]
    ],
    Field(min_length=1, max_length=MAX_ROWS),
]


class FsqInputs(Inputs):
    """Vectors and the levels of each coordinate."""

    z: Batch = describe("t, one vector or rows of vectors.")
    levels: Levels = describe("L of each coordinate; one number counts for all.")
    gradient: Batch | None = Field(None, description="dL/d(code), in the form of z; null: ones.")


class FsqIndexInputs(Inputs):
    """Codes and their levels."""

    codes: CodeRows = describe("One row of levels for each code.")
    levels: Levels


class FsqDecodeInputs(Inputs):
    """Code numbers and their levels."""

    indices: CodeNumbers
    levels: Levels


class FsqEdgesInputs(Inputs):
    """The levels of one coordinate."""

    levels: Annotated[int, Field(ge=2, le=MAX_VECTOR_ENTRIES)] = 5


class FsqResult(Result):
    """Levels, and the gradient straight through the rounding."""

    codes: list[int] | list[list[int]]
    index: int | list[int] | None = describe(
        "Number of each code, first coordinate fastest; null where it does not fit 63 bits."
    )
    bounded: BatchOut = describe("(L - 1) sigmoid(t) before rounding.")
    slope: BatchOut = describe("(L - 1) sigmoid'(t).")
    gradient: BatchOut = describe("dL/dt.")


class FsqIndexResult(Result):
    """Code numbers."""

    indices: list[int]


class FsqDecodeResult(Result):
    """Levels."""

    codes: list[list[int]]


class FsqEdgesResult(Result):
    """Where the level changes."""

    edges: Numbers


def _fsq(inputs: FsqInputs) -> Outcome:
    t = as_batch(inputs.z, name="z")
    levels = inputs.levels * t.shape[-1] if len(inputs.levels) == 1 else inputs.levels
    found = vq.fsq(t, np.array(levels))
    gradient = np.ones(t.shape)
    if inputs.gradient is not None:
        gradient = as_batch(inputs.gradient, name="gradient")
    warnings = found.warnings
    try:
        index = vq.fsq_index(found.codes, np.array(levels))
    except OperatorDomainError:
        index = None
        warnings += ("The product of levels does not fit 63 bits: the codes have no numbers.",)
    values = {
        "codes": found.codes,
        "index": index,
        "bounded": found.bounded,
        "slope": found.slope,
        "gradient": found.vjp(gradient),
    }
    return make_outcome(FsqResult, values, warnings=warnings)


def _fsq_index(inputs: FsqIndexInputs) -> Outcome:
    codes = as_batch(inputs.codes, name="codes").astype(np.int64)
    return make_outcome(FsqIndexResult, {"indices": vq.fsq_index(codes, np.array(inputs.levels))})


def _fsq_decode(inputs: FsqDecodeInputs) -> Outcome:
    codes = vq.fsq_decode(np.array(inputs.indices), np.array(inputs.levels))
    return make_outcome(FsqDecodeResult, {"codes": codes})


def _fsq_edges(inputs: FsqEdgesInputs) -> Outcome:
    return make_outcome(FsqEdgesResult, {"edges": vq.fsq_bin_edges(inputs.levels)})


OPERATORS = (
    Operator(
        name="fsq",
        title="Finite scalar quantisation",
        post=VECTOR_QUANTIZATION,
        section="FSQ; arXiv:2309.15505",
        source_post=9826,
        formula="round((L - 1) σ(t)) in {0 … L - 1}, gradient (L - 1) σ'(t)",
        tex=r"\operatorname{round}\bigl((L - 1)\, \sigma(t)\bigr)",
        method="numpy's rounding, halves to even",
        complexity="O(d)",
        limits=(BATCH_LIMIT, "the product of levels below 2^63"),
        pitfalls=(
            "Even L at t = 0 falls on a half: L = 2 gives 0 and L = 6 gives 2 here.",
            "A saturated sigmoid has no gradient.",
            "L ≥ 5 is advised.",
        ),
        inputs=FsqInputs,
        result=FsqResult,
        compute=_fsq,
        example={"z": [-3.0, -1.0, -0.2, 0.0, 0.7, 2.0, 4.0], "levels": [5]},
    ),
    Operator(
        name="fsq_index",
        title="Numbers of FSQ codes",
        post=VECTOR_QUANTIZATION,
        section="FSQ",
        source_post=9826,
        formula="mixed radix, first coordinate fastest",
        tex=r"\sum_i c_i \prod_{j < i} L_j",
        method="Mixed radix",
        complexity="O(d)",
        limits=("the product of levels below 2^63",),
        pitfalls=("With L = [8, 5, 5, 5] the basis is [1, 8, 40, 200].",),
        inputs=FsqIndexInputs,
        result=FsqIndexResult,
        compute=_fsq_index,
        example={"codes": [[3, 0, 4, 2]], "levels": [8, 5, 5, 5]},
    ),
    Operator(
        name="fsq_decode",
        title="FSQ codes of numbers",
        post=VECTOR_QUANTIZATION,
        section="FSQ",
        source_post=9826,
        formula="inverse of the mixed radix",
        tex=r"c_i = \lfloor k / \prod_{j < i} L_j \rfloor \bmod L_i",
        method="Mixed radix",
        complexity="O(d)",
        limits=("each number below the product of levels",),
        pitfalls=("Numbers beyond 2^53 lose digits in JavaScript and are refused.",),
        inputs=FsqDecodeInputs,
        result=FsqDecodeResult,
        compute=_fsq_decode,
        example={"indices": [563], "levels": [8, 5, 5, 5]},
    ),
    Operator(
        name="fsq_bin_edges",
        title="Where the level of FSQ changes",
        post=VECTOR_QUANTIZATION,
        section="FSQ",
        source_post=9826,
        formula="logit((j + ½)/(L - 1))",
        tex=r"\operatorname{logit}\frac{j + 1/2}{L - 1}",
        method="Closed form",
        complexity="O(L)",
        limits=(),
        pitfalls=("The outer bins are unbounded.",),
        inputs=FsqEdgesInputs,
        result=FsqEdgesResult,
        compute=_fsq_edges,
        example={"levels": 5},
    ),
)
