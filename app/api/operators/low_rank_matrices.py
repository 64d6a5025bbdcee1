"""Matrices for low-rank approximation: given, made from a recipe, or worked in the posts."""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Discriminator, Field, Tag

from app.api.operators.fields import Matrix, NonNegative, Numbers, Seed, Table
from app.api.operators.limits import MAX_MATRIX_SIDE
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import LOW_RANK
from app.api.operators.shapes import Array
from app.operators.arrays import FloatArray, as_float_array
from app.operators.errors import OperatorDomainError

WorkedName: TypeAlias = Literal["worked_svd", "worked_id", "worked_norm", "worked_cur"]

WORKED: dict[str, list[list[float]]] = {
    "worked_svd": [[3, 0], [4, 5]],
    "worked_id": [[1, 0, 1, 2], [0, 2, 2, 0], [0, 0, 0, 0.1]],
    "worked_norm": [[1, 1, 1, 1, 0], [0, 0.1, -0.1, 0, 1.5]],
    "worked_cur": [[1, 2, 3], [2, 4, 7], [1, 1, 1]],
}
"""Matrices that the posts, or their errata, work through by hand."""

KAHAN_COSINE = 0.285
"""c of the Kahan-like matrix, at which |z| passes the usual bound of 2."""

Side = Annotated[int, Field(ge=1, le=MAX_MATRIX_SIDE)]


class MatrixRecipe(Inputs):
    """How a matrix is made; the same recipe gives the same matrix."""

    kind: Literal[
        "low_rank_noise", "image", "clustered", "kahan", "gaussian",
        "worked_svd", "worked_id", "worked_norm", "worked_cur",
    ]  # fmt: skip
    rows: Side = 40
    columns: Side = 60
    rank: Side = Field(5, description="Of low_rank_noise; number of clusters of clustered.")
    noise: NonNegative = Field(0.05, description="Standard deviation of what is added.")
    seed: Seed = 0


def _form_tag(value: object) -> str:
    return "recipe" if isinstance(value, dict | MatrixRecipe) else "given"


MatrixIn = Annotated[
    Annotated[Matrix, Tag("given")] | Annotated[MatrixRecipe, Tag("recipe")],
    Discriminator(_form_tag),
]
"""A matrix row by row, or a recipe."""


class RecipeInputs(Inputs):
    """A recipe."""

    recipe: MatrixRecipe


class MatrixResult(Result):
    """A matrix and what can be hoped for."""

    matrix: Table
    singular_values: Numbers


def as_given_matrix(matrix: list[list[float]] | MatrixRecipe, *, name: str = "matrix") -> Array:
    """The matrix that was sent or is made from the recipe, shape (n, m).

    Raises:
        OperatorDomainError: the rows differ in length.
    """
    if isinstance(matrix, MatrixRecipe):
        return make_matrix(matrix)
    array = as_float_array(matrix, name=name, min_ndim=2)
    return np.asarray(array, dtype=np.float64)


def make_matrix(recipe: MatrixRecipe) -> Array:
    """The matrix of a recipe, shape (rows, columns); kahan is square with `columns`.

    Raises:
        OperatorDomainError: the rank is larger than the matrix.
    """
    if recipe.kind in WORKED:
        return np.array(WORKED[recipe.kind], dtype=np.float64)
    rng = np.random.default_rng(recipe.seed)
    n, m = recipe.rows, recipe.columns
    noise = recipe.noise * rng.standard_normal((n, m))
    match recipe.kind:
        case "gaussian":
            return rng.standard_normal((n, m))
        case "kahan":
            sine = np.sqrt(1 - KAHAN_COSINE**2)
            upper = np.eye(m) - KAHAN_COSINE * np.triu(np.ones((m, m)), 1)
            return np.asarray(sine ** np.arange(m)[:, None] * upper)
        case "image":
            return _make_image(n, m) + noise
        case "clustered":
            _require_rank(recipe.rank, m)
            centres = rng.standard_normal((n, recipe.rank))
            return centres[:, np.arange(m) % recipe.rank] + noise
        case _:
            _require_rank(recipe.rank, min(n, m))
            left = rng.standard_normal((n, recipe.rank))
            right = rng.standard_normal((recipe.rank, m))
            return np.asarray(left @ right / np.sqrt(recipe.rank) + noise)


def _require_rank(rank: int, limit: int) -> None:
    if rank > limit:
        raise OperatorDomainError(f"rank must be at most {limit} here, but it is {rank}.")


def _make_image(n: int, m: int) -> Array:
    """A picture: a soft gradient, a disc, a bar and a bright spot, in [0, 1]."""
    y, x = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, m), indexing="ij")
    picture = 0.3 + 0.2 * x + 0.1 * y
    picture += 0.4 * (np.hypot(x + 0.3, y + 0.2) < 0.4)
    picture += 0.3 * ((np.abs(x - 0.5) < 0.15) & (y > -0.5))
    picture += 0.5 * np.exp(-((x - 0.2) ** 2 + (y - 0.6) ** 2) / 0.02)
    return np.asarray(np.clip(picture, 0.0, 1.0))


def _generate(inputs: RecipeInputs) -> Outcome:
    matrix = make_matrix(inputs.recipe)
    values: dict[str, object] = {
        "matrix": matrix,
        "singular_values": np.linalg.svd(matrix, compute_uv=False),
    }
    return make_outcome(MatrixResult, values)


def orient(matrix: FloatArray, side: Literal["columns", "rows"]) -> FloatArray:
    """The matrix itself for its columns, its transpose for its rows."""
    return matrix if side == "columns" else matrix.T


OPERATORS = (
    Operator(
        name="generate_matrix",
        title="A matrix from a recipe",
        post=LOW_RANK,
        section="for the other operators",
        formula="low rank + noise, image, clustered columns, Kahan-like, or worked in the posts",
        tex=r"M = A B + \varepsilon",
        method="numpy's default generator with the given seed",
        complexity="O(nm · rank), and an SVD for the singular values",
        limits=(),
        pitfalls=("kahan is square with `columns`; the worked ones have their own size.",),
        inputs=RecipeInputs,
        result=MatrixResult,
        compute=_generate,
        example={
            "recipe": {"kind": "low_rank_noise", "rows": 8, "columns": 10, "rank": 3, "seed": 0}
        },
    ),
)
