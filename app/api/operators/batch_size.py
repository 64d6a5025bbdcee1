"""Learning rate against batch size (post 10542): SGD, data efficiency and momentum."""

from typing import Annotated

import numpy as np
from pydantic import Field

from app.api.operators.fields import (
    BatchSizes,
    Deviations,
    Matrix,
    NonNegative,
    Number,
    Numbers,
    Parameters,
    Positive,
    SquareOrDiagonal,
    describe,
)
from app.api.operators.libraries import batch_size
from app.api.operators.limits import MAX_CURVE_POINTS
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_SIZE, MATRIX_LIMIT
from app.operators.errors import OperatorDomainError

Runs = Annotated[list[Positive], Field(min_length=2, max_length=MAX_CURVE_POINTS)]


class RuleInputs(Inputs):
    """A rule of thumb carried from one batch size to others."""

    batch_sizes: BatchSizes = describe("B.")
    base_batch_size: Positive = describe("B0, where the learning rate was tuned.")
    base_eta: Positive = describe("eta0, the best learning rate there.")


class SgdStatsInputs(Inputs):
    """Gradient, Hessian and noise of the local quadratic."""

    gradient: Parameters = describe("g, the mean gradient.")
    hessian: SquareOrDiagonal = describe("H, or its diagonal; positive definite.")
    covariance: SquareOrDiagonal = describe("Sigma of one sample's gradient, or its diagonal.")


class SgdOptimumInputs(Inputs):
    """The two constants of SGD's law, and batch sizes."""

    batch_sizes: BatchSizes = describe("B.")
    eta_max: Positive = describe("Best learning rate as B tends to infinity.")
    noise_batch_size: NonNegative = describe("B_noise.")
    loss_drop_max: Positive = Field(1.0, description="Loss drop as B tends to infinity.")


class EtaMaxInputs(Inputs):
    """One grid search at one batch size."""

    batch_size: Positive
    best_eta: Positive = describe("Best learning rate found there.")
    noise_batch_size: NonNegative


class BSimpleInputs(Inputs):
    """Variances, or the gradients of data-parallel devices."""

    gradient: Parameters | None = Field(None, description="g; with variances.")
    variances: Deviations | None = Field(None, description="Diagonal of Sigma.")
    device_gradients: Matrix | None = Field(
        None, description="One mean gradient for each device, in place of the two above."
    )
    device_batch_size: Positive | None = Field(None, description="Samples behind each of them.")


class EfficiencyInputs(Inputs):
    """The constants of the (S, E) law, and batch sizes."""

    batch_sizes: BatchSizes = describe("B.")
    steps_min: Positive = describe("S_min.")
    noise_batch_size: Positive = describe("B_noise = E_min/S_min.")


class FitInputs(Inputs):
    """Measured runs to the same loss."""

    steps: Runs = describe("S of each run.")
    examples: Runs = describe("E of each run.")


class MomentumInputs(Inputs):
    """The decay of momentum."""

    beta1: Annotated[float, Field(ge=0, lt=1)] = 0.9
    simple_noise_batch_size: NonNegative = Field(1.0, description="B_simple.")


class RuleResult(Result):
    """Learning rates by a rule."""

    eta: Numbers


class SgdStatsResult(Result):
    """What the local quadratic says about SGD."""

    eta_max: Number = describe("g·g / g·Hg.")
    noise_batch_size: Number = describe("B_noise = Tr(Sigma H) / g·Hg.")
    simple_noise_batch_size: Number = describe("B_simple = Tr(Sigma) / g·g.")
    loss_drop_max: Number = describe("(g·g)² / (2 g·Hg).")


class OptimumResult(Result):
    """The best learning rate and what it brings."""

    eta: Numbers
    loss_drop: Numbers


class EtaMaxResult(Result):
    """The learning rate at infinite batch size."""

    eta_max: Number


class BSimpleResult(Result):
    """The simple noise scale."""

    simple_noise_batch_size: Number


class EfficiencyResult(Result):
    """Steps and examples."""

    steps: Numbers = describe("S(B).")
    examples: Numbers = describe("E(B).")
    examples_min: Number = describe("E_min = B_noise S_min.")
    hyperbola: Numbers = describe("(S/S_min - 1)(E/E_min - 1), which is 1.")


class FitResult(Result):
    """The hyperbola nearest to the runs."""

    steps_min: Number
    examples_min: Number
    noise_batch_size: Number = describe("B_noise = E_min/S_min.")
    relative_error: Number = describe("Root mean square of the relative misfit.")
    batch_sizes: Numbers = describe("E/S of each run.")


class MomentumResult(Result):
    """What momentum does."""

    factor: Number = describe("By which it multiplies the effective batch size.")
    update_rms: Number = describe("Root mean square of Adam's update where noise rules.")
    surge_batch_size: Number = describe("Beyond it Adam's best rate falls; null if never.")


def _sqrt(inputs: RuleInputs) -> Outcome:
    eta = batch_size.lr_sqrt(inputs.batch_sizes, inputs.base_batch_size, inputs.base_eta)
    return make_outcome(RuleResult, {"eta": eta})


def _linear(inputs: RuleInputs) -> Outcome:
    eta = batch_size.lr_linear(inputs.batch_sizes, inputs.base_batch_size, inputs.base_eta)
    return make_outcome(RuleResult, {"eta": eta})


def _sgd_stats(inputs: SgdStatsInputs) -> Outcome:
    stats = batch_size.sgd_stats(inputs.gradient, inputs.hessian, inputs.covariance)
    values = {
        "eta_max": stats.eta_max,
        "noise_batch_size": stats.noise_batch_size,
        "simple_noise_batch_size": stats.simple_noise_batch_size,
        "loss_drop_max": stats.loss_drop_max,
    }
    return make_outcome(SgdStatsResult, values, warnings=stats.warnings)


def _sgd_optimum(inputs: SgdOptimumInputs) -> Outcome:
    noise = inputs.noise_batch_size
    values = {
        "eta": batch_size.sgd_eta(inputs.batch_sizes, inputs.eta_max, noise),
        "loss_drop": batch_size.sgd_loss_drop(inputs.batch_sizes, inputs.loss_drop_max, noise),
    }
    return make_outcome(OptimumResult, values)


def _sgd_eta_max(inputs: EtaMaxInputs) -> Outcome:
    eta_max = batch_size.sgd_eta_max(inputs.batch_size, inputs.best_eta, inputs.noise_batch_size)
    return make_outcome(EtaMaxResult, {"eta_max": eta_max})


def _b_simple(inputs: BSimpleInputs) -> Outcome:
    if inputs.device_gradients is not None and inputs.device_batch_size is not None:
        found = batch_size.b_simple_from_devices(inputs.device_gradients, inputs.device_batch_size)
        method = "from the gradients of devices"
    elif inputs.gradient is not None and inputs.variances is not None:
        found = batch_size.b_simple(inputs.gradient, inputs.variances)
        method = "from gradient and variances"
    else:
        raise OperatorDomainError(
            "Give gradient and variances, or device_gradients and device_batch_size."
        )
    return make_outcome(BSimpleResult, {"simple_noise_batch_size": found}, method=method)


def _efficiency(inputs: EfficiencyInputs) -> Outcome:
    steps_min, noise = inputs.steps_min, inputs.noise_batch_size
    steps = batch_size.steps(inputs.batch_sizes, steps_min, noise)
    examples = batch_size.examples(inputs.batch_sizes, steps_min, noise)
    values = {
        "steps": steps,
        "examples": examples,
        "examples_min": noise * steps_min,
        "hyperbola": (steps / steps_min - 1) * (examples / (noise * steps_min) - 1),
    }
    return make_outcome(EfficiencyResult, values)


def _fit(inputs: FitInputs) -> Outcome:
    fit = batch_size.fit_critical_batch(inputs.steps, inputs.examples)
    values = {
        "steps_min": fit.steps_min,
        "examples_min": fit.examples_min,
        "noise_batch_size": fit.noise_batch_size,
        "relative_error": fit.relative_error,
        "batch_sizes": np.array(inputs.examples) / np.array(inputs.steps),
    }
    return make_outcome(FitResult, values, warnings=fit.warnings)


def _momentum(inputs: MomentumInputs) -> Outcome:
    values = {
        "factor": batch_size.momentum_factor(inputs.beta1),
        "update_rms": batch_size.adam_update_rms(inputs.beta1),
        "surge_batch_size": batch_size.adam_surge_batch_size(
            inputs.beta1, inputs.simple_noise_batch_size
        ),
    }
    return make_outcome(MomentumResult, values)


_RULE = {"batch_sizes": [64.0, 256.0, 1024.0], "base_batch_size": 256.0, "base_eta": 0.1}

OPERATORS = (
    Operator(
        name="lr_sqrt",
        title="Square-root rule",
        post=BATCH_SIZE,
        section="square root; arXiv:1404.5997",
        formula="η = η₀ √(B/B₀)",
        tex=r"\eta = \eta_0 \sqrt{B / B_0}",
        method="Closed form",
        complexity="O(1) for each B",
        limits=(),
        pitfalls=("Holds only locally: continued, it allows an unbounded learning rate.",),
        inputs=RuleInputs,
        result=RuleResult,
        compute=_sqrt,
        example=_RULE,
    ),
    Operator(
        name="lr_linear",
        title="Linear rule",
        post=BATCH_SIZE,
        section="linear; arXiv:1706.02677",
        formula="η = η₀ B/B₀",
        tex=r"\eta = \eta_0 B / B_0",
        method="Closed form",
        complexity="O(1) for each B",
        limits=(),
        pitfalls=("Holds only locally; warm-up is outside every law.",),
        inputs=RuleInputs,
        result=RuleResult,
        compute=_linear,
        example=_RULE,
    ),
    Operator(
        name="sgd_stats",
        title="What gradient, Hessian and noise say about SGD",
        post=BATCH_SIZE,
        section="facing the loss; arXiv:1812.06162",
        formula="η_max = g·g/(g·Hg), B_noise = Tr(ΣH)/(g·Hg), B_simple = Tr(Σ)/(g·g)",
        tex=r"\mathcal{B}_{\mathrm{noise}} = \frac{\operatorname{Tr}(\Sigma H)}{g^\top H g}",
        method="Quadratic forms",
        complexity="O(N²), O(N) with diagonals, and a Cholesky factorisation of H",
        limits=(MATRIX_LIMIT, "H positive definite, Σ positive semi-definite"),
        pitfalls=("The values drift during training: measure once it is on track.",),
        inputs=SgdStatsInputs,
        result=SgdStatsResult,
        compute=_sgd_stats,
        example={"gradient": [3.0, 4.0], "hessian": [2.0, 2.0], "covariance": [50.0, 50.0]},
    ),
    Operator(
        name="sgd_optimum",
        title="Best learning rate and loss drop of SGD",
        post=BATCH_SIZE,
        section="facing the loss",
        formula="η*(B) = η_max/(1 + B_noise/B), ΔL(B) = ΔL_max/(1 + B_noise/B)",
        tex=r"\eta^*(B) = \frac{\eta_{\max}}{1 + \mathcal{B}_{\mathrm{noise}}/B}",
        method="Closed form",
        complexity="O(1) for each B",
        limits=(),
        pitfalls=("Linear far below B_noise, flat far above.",),
        inputs=SgdOptimumInputs,
        result=OptimumResult,
        compute=_sgd_optimum,
        example={
            "batch_sizes": [8.0, 32.0, 128.0],
            "eta_max": 0.5,
            "noise_batch_size": 32.0,
            "loss_drop_max": 1.0,
        },
    ),
    Operator(
        name="sgd_eta_max",
        title="η_max from one grid search",
        post=BATCH_SIZE,
        section="in practice",
        formula="η_max = η*(B) (1 + B_noise/B)",
        tex=r"\eta_{\max} = \eta^*(B)\,(1 + \mathcal{B}_{\mathrm{noise}}/B)",
        method="Closed form",
        complexity="O(1)",
        limits=(),
        pitfalls=("Search at one small batch, then scale.",),
        inputs=EtaMaxInputs,
        result=EtaMaxResult,
        compute=_sgd_eta_max,
        example={"batch_size": 32.0, "best_eta": 0.25, "noise_batch_size": 32.0},
    ),
    Operator(
        name="b_simple",
        title="The simple noise scale",
        post=BATCH_SIZE,
        section="in practice; arXiv:1812.06162, appendix A",
        formula="B_simple = Tr(Σ)/(g·g)",
        tex=r"\mathcal{B}_{\mathrm{simple}} = \frac{\operatorname{Tr}(\Sigma)}{g^\top g}",
        method="From variances, or from the gradients that devices hold",
        complexity="O(N)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("Equals B_noise if H is a multiple of the identity.",),
        inputs=BSimpleInputs,
        result=BSimpleResult,
        compute=_b_simple,
        example={"gradient": [3.0, 4.0], "variances": [50.0, 50.0]},
    ),
    Operator(
        name="data_efficiency",
        title="Steps against examples",
        post=BATCH_SIZE,
        section="data efficiency",
        formula="S = (1 + B_noise/B) S_min, E = (B + B_noise) S_min, (S/S_min-1)(E/E_min-1) = 1",
        tex=r"\left(\frac{S}{S_{\min}} - 1\right)\left(\frac{E}{E_{\min}} - 1\right) = 1",
        method="Closed form",
        complexity="O(1) for each B",
        limits=(),
        pitfalls=("At B = B_noise both are twice their minimum.",),
        inputs=EfficiencyInputs,
        result=EfficiencyResult,
        compute=_efficiency,
        example={
            "batch_sizes": [16.0, 64.0, 256.0],
            "steps_min": 1000.0,
            "noise_batch_size": 64.0,
        },
    ),
    Operator(
        name="fit_critical_batch",
        title="B_noise from measured runs",
        post=BATCH_SIZE,
        section="data efficiency",
        formula="least squares on S_min/S + E_min/E = 1, B_noise = E_min/S_min",
        tex=r"\frac{S_{\min}}{S} + \frac{E_{\min}}{E} = 1",
        method="Linear least squares in S_min and E_min",
        complexity="O(runs)",
        limits=("as many steps as examples, at least two batch sizes",),
        pitfalls=("Runs must reach the same loss, each at its own best learning rate.",),
        inputs=FitInputs,
        result=FitResult,
        compute=_fit,
        example={"steps": [3000.0, 1500.0], "examples": [96000.0, 192000.0]},
    ),
    Operator(
        name="momentum",
        title="Momentum as a larger batch",
        post=BATCH_SIZE,
        section="effect of momentum",
        source_post=11301,
        formula="factor (1 + β₁)/(1 - β₁); Adam surges if β₁ > 1/3",
        tex=r"\frac{1 + \beta_1}{1 - \beta_1}",
        method="Closed form",
        complexity="O(1)",
        limits=(),
        pitfalls=("The surge law is for a diagonal Hessian.",),
        inputs=MomentumInputs,
        result=MomentumResult,
        compute=_momentum,
        example={"beta1": 0.9, "simple_noise_batch_size": 1.0},
    ),
)
