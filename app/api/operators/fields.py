"""The fields that inputs and results of operators are made of."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from app.api.operators.limits import (
    MAX_CURVE_POINTS,
    MAX_MAGNITUDE,
    MAX_MATRIX_SIDE,
    MAX_ROWS,
    MAX_SEED,
    MAX_VECTOR_ENTRIES,
)

Real = Annotated[float, Field(ge=-MAX_MAGNITUDE, le=MAX_MAGNITUDE)]
NonNegative = Annotated[float, Field(ge=0, le=MAX_MAGNITUDE)]
Positive = Annotated[float, Field(gt=0, le=MAX_MAGNITUDE)]

Vector = Annotated[list[Real], Field(min_length=1, max_length=MAX_VECTOR_ENTRIES)]
Rows = Annotated[list[Vector], Field(min_length=1, max_length=MAX_ROWS)]
Matrix = Annotated[
    list[Annotated[list[Real], Field(min_length=1, max_length=MAX_MATRIX_SIDE)]],
    Field(min_length=1, max_length=MAX_MATRIX_SIDE),
]

VECTOR_TAG, ROWS_TAG = "vector", "rows"


def _depth_tag(value: Any) -> str:
    """Which of the two forms was meant, so that an error speaks of that one alone."""
    is_nested = isinstance(value, list) and bool(value) and isinstance(value[0], list)
    return ROWS_TAG if is_nested else VECTOR_TAG


Batch = Annotated[
    Annotated[Vector, Tag(VECTOR_TAG)] | Annotated[Rows, Tag(ROWS_TAG)], Discriminator(_depth_tag)
]
"""One vector, or rows of vectors that are answered row by row."""

SquareOrDiagonal = Annotated[
    Annotated[Annotated[list[Real], Field(min_length=1, max_length=MAX_MATRIX_SIDE)], Tag("vector")]
    | Annotated[Matrix, Tag(ROWS_TAG)],
    Discriminator(_depth_tag),
]
"""A square matrix, or its diagonal alone."""

BatchSizes = Annotated[list[Positive], Field(min_length=1, max_length=MAX_CURVE_POINTS)]
Parameters = Annotated[list[Real], Field(min_length=1, max_length=MAX_MATRIX_SIDE)]
Deviations = Annotated[list[NonNegative], Field(min_length=1, max_length=MAX_MATRIX_SIDE)]
CurvePoints = Annotated[int, Field(ge=2, le=MAX_CURVE_POINTS)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Temperature = Annotated[float, Field(gt=0, le=MAX_MAGNITUDE)]

Number = float | None
"""A number of a result; null where it is not finite."""
Numbers = list[Number]
Table = list[Numbers]
BatchOut = Numbers | Table
"""In the form of the inputs: one vector, or one for each row."""
PerRow = Number | Numbers
"""One number, or one for each row."""


def describe(text: str) -> Any:
    """A field that is explained."""
    return Field(description=text)
