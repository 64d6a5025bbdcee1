"""Vector quantisation: training a codebook on points of the plane, and its collapse."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from app.api.operators.fields import Numbers, Real, Seed, Table, describe
from app.api.operators.libraries import vector_quantization as vq
from app.api.operators.limits import MAX_ROWS, MAX_TRAINING_CELLS, require_at_most
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import VECTOR_QUANTIZATION
from app.api.operators.shapes import as_batch

MAX_STEPS = 1_000
"""Most steps of one training."""

Point = Annotated[list[Real], Field(min_length=2, max_length=2)]


class TrainingInputs(Inputs):
    """What is quantised, by how many codes, and how they learn."""

    method: Literal["vq", "ema", "simvq", "fsq"] = "vq"
    start: Literal["data", "normal", "corner"] = Field(
        "corner", description="Where codes start: among the points, at the origin, or far off."
    )
    levels: Annotated[
        list[Annotated[int, Field(ge=2, le=16)]], Field(min_length=2, max_length=2)
    ] = Field(default_factory=lambda: [4, 4], description="K = L1 L2 codes; the grid of FSQ.")
    points: Annotated[list[Point], Field(min_length=2, max_length=MAX_ROWS)] | None = Field(
        None, description="Points of the plane; null: made in clusters around a ring."
    )
    count: Annotated[int, Field(ge=2, le=MAX_ROWS)] = Field(400, description="Points made.")
    clusters: Annotated[int, Field(ge=1, le=64)] = Field(8, description="Clusters made.")
    spread: Annotated[float, Field(gt=0, le=10)] = Field(0.1, description="Of each cluster.")
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] = 300
    batch_size: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 64
    rate: Annotated[float, Field(gt=0, le=10)] = Field(0.5, description="Learning rate.")
    alpha: Annotated[float, Field(ge=0, le=1)] = Field(
        0.9, description="What a code keeps of itself, for ema."
    )
    looks: Annotated[int, Field(ge=2, le=101)] = Field(
        31, description="Times the codebook is looked at."
    )
    seed: Seed = 0


class TrainingResult(Result):
    """A training, looked at from time to time."""

    points: Table
    steps: list[int] = describe("Steps made before each look.")
    loss: Numbers = describe("Mean squared distance of points from their codes.")
    used_fraction: Numbers
    perplexity: Numbers
    codebooks: list[Table] = describe("Where the codes are, at each look.")
    indices: list[int] = describe("The code of each point in the end.")
    counts: list[int] = describe("How many points chose each code in the end.")


def _train(inputs: TrainingInputs) -> Outcome:
    codes = inputs.levels[0] * inputs.levels[1]
    points_given = inputs.count if inputs.points is None else len(inputs.points)
    require_at_most(
        (inputs.steps * inputs.batch_size + inputs.looks * points_given) * codes,
        MAX_TRAINING_CELLS,
        "Steps times batch and looks times points, times codes",
    )
    rng = np.random.default_rng(inputs.seed)
    if inputs.points is None:
        points = vq.toy_points(inputs.count, inputs.clusters, inputs.spread, rng)
    else:
        points = as_batch(inputs.points, name="points")
    plan = vq.TrainingPlan(
        steps=inputs.steps,
        batch_size=inputs.batch_size,
        rate=inputs.rate,
        alpha=inputs.alpha,
        looks=min(inputs.looks, inputs.steps + 1),
    )
    trained = vq.train_codebook(
        points,
        (inputs.levels[0], inputs.levels[1]),
        inputs.method,
        rng,
        start=inputs.start,
        plan=plan,
    )
    values = {
        "points": points,
        "steps": trained.steps,
        "loss": trained.loss,
        "used_fraction": trained.used_fraction,
        "perplexity": trained.perplexity,
        "codebooks": trained.codebooks,
        "indices": trained.indices,
        "counts": trained.counts,
    }
    return make_outcome(TrainingResult, values, warnings=trained.warnings)


OPERATORS = (
    Operator(
        name="codebook_training",
        title="Training a codebook in the plane",
        post=VECTOR_QUANTIZATION,
        section="collapse; posts 6760, 9826 and 10519",
        formula="VQ: e ← e - η ∂‖q - sg[z]‖²; EMA; SimVQ: W ← W - η ∂L/∂W; FSQ: a learnt grid",
        tex=r"e \leftarrow e - \eta \nabla_e \lVert q - \operatorname{sg}[z] \rVert^2",
        method="Minibatches of the points, by the chosen method",
        complexity="O((steps · batch + looks · points) · K)",
        limits=(
            f"(steps times batch + looks times points) times K at most {MAX_TRAINING_CELLS:,}",
        ),
        pitfalls=(
            "From a start far off, VQ and EMA use only the few codes that won first: collapse.",
            "The remedy of the post is a start from the encodings themselves.",
        ),
        inputs=TrainingInputs,
        result=TrainingResult,
        compute=_train,
        example={"method": "vq", "start": "corner", "looks": 4, "count": 100, "steps": 60},
    ),
)
