"""Learning rate against batch size (post 10542): all laws on one quadratic, and a simulation."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from app.api.operators.batch_size_sign import (
    QuadraticInputs,
    SurgeParamsResult,
    describe_landmarks,
)
from app.api.operators.fields import (
    BatchSizes,
    NonNegative,
    Number,
    Numbers,
    Positive,
    Seed,
    describe,
)
from app.api.operators.libraries import batch_size
from app.api.operators.limits import MAX_CURVE_POINTS, MAX_STEP_DRAWS, require_at_most
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_SIZE, MATRIX_LIMIT
from app.operators.arrays import FloatArray

MAX_PARAMETERS = 50
"""Most parameters of a quadratic made at random."""

MAX_SIMULATED_BATCH_SIZES = 50
"""Most batch sizes of one simulation."""


class CurvesInputs(QuadraticInputs):
    """A local quadratic, batch sizes, and where the rules of thumb are anchored."""

    batch_sizes: BatchSizes = describe("B.")
    base_batch_size: Positive | None = Field(
        None, description="B0, where the two rules agree with SGD's law; null: the smallest B."
    )
    epsilon: NonNegative = Field(1e-5, description="Of softsign.")


class SimulationInputs(QuadraticInputs):
    """A local quadratic, and how it is simulated."""

    batch_sizes: Annotated[
        list[Positive], Field(min_length=1, max_length=MAX_SIMULATED_BATCH_SIZES)
    ] = describe("B.")
    update: Literal["sgd", "sign"] = "sign"
    draws: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        2_000, description="Batches drawn for each B."
    )
    seed: Seed = 0


class RandomQuadraticInputs(Inputs):
    """What a random quadratic is made from."""

    parameters: Annotated[int, Field(ge=1, le=MAX_PARAMETERS)] = Field(8, description="N.")
    condition: Annotated[float, Field(ge=1, le=1e6)] = Field(
        10.0, description="Largest over smallest eigenvalue of H."
    )
    coupling: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.5, description="0: diagonal H; towards 1: the signs of the gradient share curvature."
    )
    noise: Positive = Field(5.0, description="sigma_i over the root mean square of g.")
    seed: Seed = 0


class LawOut(Result):
    """One law: the best learning rate by batch size."""

    law: str
    eta: Numbers
    loss_drop: Numbers | None


class CurvesResult(Result):
    """Every law on the same quadratic."""

    batch_sizes: Numbers
    laws: list[LawOut]
    noise_batch_size: Number = describe("B_noise of SGD.")
    simple_noise_batch_size: Number = describe("B_simple.")
    surge: SurgeParamsResult


class SimulationResult(Result):
    """Measured against the formula, for each batch size."""

    measured_eta: Numbers = describe("Top of the measured parabola.")
    formula_eta: Numbers
    measured_loss_drop: Numbers = describe("Mean fall of the loss at the formula's rate.")
    standard_error: Numbers = describe("Of that mean.")
    formula_loss_drop: Numbers


class RandomQuadraticResult(Result):
    """A quadratic that the other operators take."""

    gradient: Numbers
    sigma: Numbers
    hessian: list[Numbers]


def _curves(inputs: CurvesInputs) -> Outcome:
    sizes = np.array(inputs.batch_sizes)
    g, sigma, H = inputs.gradient, inputs.sigma, inputs.hessian
    sums = batch_size.softsign_sums(g, sigma, H, 0.0)
    stats = batch_size.sgd_stats(g, H, np.square(sigma))
    noise = stats.noise_batch_size
    sgd = batch_size.sgd_eta(sizes, stats.eta_max, noise)
    base = float(sizes.min()) if inputs.base_batch_size is None else inputs.base_batch_size
    base_eta = float(batch_size.sgd_eta(base, stats.eta_max, noise))
    surge = (sums.diagonal, sums.off_diagonal, sums.gradient_gain, sums.kappa2)
    params = batch_size.surge_params(*surge)
    sign = batch_size.sign_eta(sizes, g, sigma, H)
    laws = [
        ("sqrt", batch_size.lr_sqrt(sizes, base, base_eta), None),
        ("linear", batch_size.lr_linear(sizes, base, base_eta), None),
        ("sgd", sgd, batch_size.sgd_loss_drop(sizes, stats.loss_drop_max, noise)),
        ("sign", sign.eta, sign.loss_drop),
        (
            "sign_meanfield",
            batch_size.surge_eta(sizes, *surge),
            batch_size.surge_loss_drop(sizes, *surge),
        ),
        ("softsign", batch_size.softsign_eta(sizes, g, sigma, H, inputs.epsilon), None),
    ]
    values = {
        "batch_sizes": sizes,
        "laws": [{"law": law, "eta": eta, "loss_drop": drop} for law, eta, drop in laws],
        "noise_batch_size": noise,
        "simple_noise_batch_size": stats.simple_noise_batch_size,
        "surge": describe_landmarks(params),
    }
    return make_outcome(CurvesResult, values, warnings=stats.warnings + params.warnings)


def _simulation(inputs: SimulationInputs) -> Outcome:
    size = len(inputs.gradient)
    is_full = isinstance(inputs.hessian[0], list)
    require_at_most(
        len(inputs.batch_sizes) * inputs.draws * size ** (2 if is_full else 1),
        MAX_STEP_DRAWS,
        "Batch sizes times draws times N² (N for a diagonal H)",
    )
    rng = np.random.default_rng(inputs.seed)
    etas, drops = _formula(inputs)
    runs = [
        batch_size.simulate_steps(
            inputs.gradient,
            inputs.sigma,
            inputs.hessian,
            B,
            [eta],
            update=inputs.update,
            draws=inputs.draws,
            rng=rng,
        )
        for B, eta in zip(inputs.batch_sizes, etas.tolist(), strict=True)
    ]
    values = {
        "measured_eta": [run.best_eta for run in runs],
        "formula_eta": etas,
        "measured_loss_drop": [float(run.loss_drop[0]) for run in runs],
        "standard_error": [float(run.standard_error[0]) for run in runs],
        "formula_loss_drop": drops,
    }
    return make_outcome(SimulationResult, values)


def _formula(inputs: SimulationInputs) -> tuple[FloatArray, FloatArray]:
    sizes = inputs.batch_sizes
    if inputs.update == "sign":
        found = batch_size.sign_eta(sizes, inputs.gradient, inputs.sigma, inputs.hessian)
        return found.eta, found.loss_drop
    stats = batch_size.sgd_stats(inputs.gradient, inputs.hessian, np.square(inputs.sigma))
    noise = stats.noise_batch_size
    return (
        batch_size.sgd_eta(sizes, stats.eta_max, noise),
        batch_size.sgd_loss_drop(sizes, stats.loss_drop_max, noise),
    )


def _random_quadratic(inputs: RandomQuadraticInputs) -> Outcome:
    rng = np.random.default_rng(inputs.seed)
    size = inputs.parameters
    gradient = rng.standard_normal(size)
    eigenvalues = np.geomspace(1.0, inputs.condition, size)
    signs = np.sign(gradient)
    # A rank-one part along the signs of the gradient makes O large, which is what surges.
    shared = float(eigenvalues.mean()) * np.outer(signs, signs)
    hessian = (1 - inputs.coupling) * np.diag(eigenvalues) + inputs.coupling * shared
    scale = float(np.sqrt(np.mean(gradient**2)))
    values = {
        "gradient": gradient,
        "sigma": np.full(size, inputs.noise * scale),
        "hessian": hessian,
    }
    return make_outcome(RandomQuadraticResult, values)


_QUADRATIC = {
    "gradient": [0.3, -0.2],
    "sigma": [2.0, 1.0],
    "hessian": [[2.0, -1.2], [-1.2, 1.0]],
}

OPERATORS = (
    Operator(
        name="batch_size_curves",
        title="All laws on one quadratic",
        post=BATCH_SIZE,
        section="the whole post",
        formula="η*(B) by square root, linear, SGD, SignSGD exact and mean field, softsign",
        tex=r"\eta^*(B)",
        method="Each law by its own operator; the two rules are anchored to SGD at B₀",
        complexity="O(batch sizes · N²)",
        limits=(MATRIX_LIMIT, "H positive definite", f"at most {MAX_CURVE_POINTS} batch sizes"),
        pitfalls=("The laws have markers only where they exist: null otherwise.",),
        inputs=CurvesInputs,
        result=CurvesResult,
        compute=_curves,
        example=_QUADRATIC | {"batch_sizes": [1.0, 10.0, 100.0, 1000.0]},
    ),
    Operator(
        name="quadratic_simulation",
        title="Simulated steps against the formula",
        post=BATCH_SIZE,
        section="facing the loss; Adam as SignSGD",
        formula="ΔL = η u·g - (η²/2) u·Hu, u = g̃ or sign(g̃), g̃ = g + σz/√B",
        tex=r"\Delta \mathcal{L} = \eta\, u \cdot g - \tfrac12 \eta^2\, u^\top H u",
        method="Monte Carlo over batches with independent Gaussian noise",
        complexity="O(batch sizes · draws · N²)",
        limits=(
            MATRIX_LIMIT,
            f"batch sizes times draws times N² (N for a diagonal H) at most {MAX_STEP_DRAWS:,}",
        ),
        pitfalls=("Compare within a few standard errors.",),
        inputs=SimulationInputs,
        result=SimulationResult,
        compute=_simulation,
        example=_QUADRATIC | {"batch_sizes": [4.0, 64.0, 1024.0], "update": "sign"},
    ),
    Operator(
        name="random_quadratic",
        title="A random quadratic problem",
        post=BATCH_SIZE,
        section="for the simulation",
        formula="H = (1 - c) diag(1 … condition) + c · mean · s sᵀ, s = sign(g)",
        tex=r"H = (1 - c) \operatorname{diag}(\lambda) + c\, \bar\lambda\, s s^\top",
        method="Normal gradient, geometric eigenvalues, curvature shared along the signs",
        complexity="O(N²)",
        limits=(),
        pitfalls=("A large coupling makes O > D, and with it a surge.",),
        inputs=RandomQuadraticInputs,
        result=RandomQuadraticResult,
        compute=_random_quadratic,
        example={"parameters": 4, "coupling": 0.5, "seed": 0},
    ),
)
