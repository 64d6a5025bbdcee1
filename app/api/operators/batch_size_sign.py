"""Learning rate against batch size (post 10542): sign steps, the surge, softsign."""

import math
from typing import Literal, TypeAlias

import numpy as np
from pydantic import Field

from app.api.operators.batch_size import OptimumResult
from app.api.operators.fields import (
    BatchSizes,
    Deviations,
    NonNegative,
    Number,
    Numbers,
    Parameters,
    Positive,
    Real,
    SquareOrDiagonal,
    Table,
    Vector,
    describe,
)
from app.api.operators.libraries import batch_size
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_SIZE, MATRIX_LIMIT
from app.operators.errors import OperatorDomainError

SignMode: TypeAlias = Literal["erf", "approx", "meanfield"]
SIGN_MODES: tuple[SignMode, ...] = ("erf", "approx", "meanfield")


class SignMeanInputs(Inputs):
    """Gradient components, their noise and batch sizes."""

    gradient: Parameters = describe("g.")
    sigma: Deviations = describe("Standard deviation of one sample's gradient, like g.")
    batch_sizes: BatchSizes = describe("B.")


class ErfInputs(Inputs):
    """Where erf and its approximation are compared."""

    x: Vector


class QuadraticInputs(Inputs):
    """A local quadratic with independent noise."""

    gradient: Parameters = describe("g, the mean gradient.")
    sigma: Deviations = describe("Standard deviation of one sample's gradient, like g.")
    hessian: SquareOrDiagonal = describe("H, or its diagonal; positive definite.")


class SignOptimumInputs(QuadraticInputs):
    """A local quadratic, batch sizes and the form of E[sign]."""

    batch_sizes: BatchSizes = describe("B.")
    mode: SignMode = "erf"


class SurgeInputs(Inputs):
    """The sums that the mean-field law needs."""

    diagonal: Positive = describe("D = sum H_ii.")
    off_diagonal: Real = describe("O = sum over i != j of sign(g_i g_j) H_ij, above -D.")
    gradient_gain: Positive = describe("G1 = sum |g_i|.")
    kappa2: NonNegative = describe("kappa², an average of (sigma_i/g_i)².")


class SurgeOptimumInputs(SurgeInputs):
    """The sums and batch sizes."""

    batch_sizes: BatchSizes = describe("B.")


class SoftsignInputs(Inputs):
    """Inputs of softsign."""

    x: Vector
    epsilon: NonNegative = Field(1e-5, description="0 is the sign.")


class SoftsignSumsInputs(QuadraticInputs):
    """A local quadratic and the epsilon of Adam."""

    epsilon: NonNegative = Field(0.0, description="0 is SignSGD; large is SGD.")


class SoftsignOptimumInputs(SoftsignSumsInputs):
    """A local quadratic, the epsilon of Adam and batch sizes."""

    batch_sizes: BatchSizes = describe("B.")


class SignMeanResult(Result):
    """E[sign] in three forms, one row for each batch size."""

    erf: Table = describe("Exact for Gaussian noise.")
    approx: Table = describe("(g/sigma) / sqrt(pi/(2B) + (g/sigma)²).")
    meanfield: Table = describe("g / sqrt(g² + sigma²/B), the form of 2025.")


class ErfResult(Result):
    """erf against its approximation."""

    erf: Numbers
    approximation: Numbers = describe("x / sqrt(x² + pi/4).")
    error: Numbers


class SurgeParamsResult(Result):
    """Landmarks of the curve; null where it has no such point."""

    beta_noise: Number = describe("sqrt(D/O); null if O <= 0.")
    eta_max: Number = describe("G1 / (2 sqrt(D O)); null if O <= 0.")
    noise_batch_size: Number = describe("Where the peak lies; null without a surge.")
    efficiency_batch_size: Number = describe("B_noise2 of the (S, E) law.")
    loss_drop_max: Number
    eta_infinity: Number


class SurgeOptimumResult(OptimumResult):
    """The curve with its landmarks."""

    beta: Numbers = describe("(1 + pi kappa²/(2B))^(-1/2).")
    landmarks: SurgeParamsResult


class SoftsignResult(Result):
    """softsign."""

    value: Numbers


class SumsResult(Result):
    """The sums of the mean-field law."""

    diagonal: Number
    off_diagonal: Number
    gradient_gain: Number
    kappa2: Number
    landmarks: SurgeParamsResult


class SoftsignOptimumResult(Result):
    """The best learning rate with softsign updates."""

    eta: Numbers


def _sign_mean(inputs: SignMeanInputs) -> Outcome:
    batch_sizes = np.array(inputs.batch_sizes)[:, None]
    gradient, sigma = np.array(inputs.gradient), np.array(inputs.sigma)
    if sigma.shape != gradient.shape:
        raise OperatorDomainError("gradient and sigma must have the same length.")
    values: dict[str, object] = {
        mode: batch_size.sign_mean(gradient, sigma, batch_sizes, mode) for mode in SIGN_MODES
    }
    return make_outcome(SignMeanResult, values)


def _erf(inputs: ErfInputs) -> Outcome:
    approximation = batch_size.erf_approximation(inputs.x)
    exact = np.array([math.erf(each) for each in inputs.x])
    values = {"erf": exact, "approximation": approximation, "error": approximation - exact}
    return make_outcome(ErfResult, values)


def _sign_optimum(inputs: SignOptimumInputs) -> Outcome:
    found = batch_size.sign_eta(
        inputs.batch_sizes, inputs.gradient, inputs.sigma, inputs.hessian, inputs.mode
    )
    return make_outcome(OptimumResult, {"eta": found.eta, "loss_drop": found.loss_drop})


def _surge_params(inputs: SurgeInputs) -> Outcome:
    params = batch_size.surge_params(*_sums_of(inputs))
    return make_outcome(SurgeParamsResult, describe_landmarks(params), warnings=params.warnings)


def _surge_optimum(inputs: SurgeOptimumInputs) -> Outcome:
    sums = _sums_of(inputs)
    params = batch_size.surge_params(*sums)
    values = {
        "eta": batch_size.surge_eta(inputs.batch_sizes, *sums),
        "loss_drop": batch_size.surge_loss_drop(inputs.batch_sizes, *sums),
        "beta": batch_size.sign_beta(inputs.batch_sizes, inputs.kappa2),
        "landmarks": describe_landmarks(params),
    }
    return make_outcome(SurgeOptimumResult, values, warnings=params.warnings)


def _sums_of(inputs: SurgeInputs) -> tuple[float, float, float, float]:
    return inputs.diagonal, inputs.off_diagonal, inputs.gradient_gain, inputs.kappa2


def describe_landmarks(params: "batch_size.SurgeParams") -> dict[str, object]:
    """The landmarks of a surge curve as values of a result."""
    return {
        "beta_noise": params.beta_noise,
        "eta_max": params.eta_max,
        "noise_batch_size": params.noise_batch_size,
        "efficiency_batch_size": params.efficiency_batch_size,
        "loss_drop_max": params.loss_drop_max,
        "eta_infinity": params.eta_infinity,
    }


def _softsign(inputs: SoftsignInputs) -> Outcome:
    return make_outcome(SoftsignResult, {"value": batch_size.softsign(inputs.x, inputs.epsilon)})


def _softsign_sums(inputs: SoftsignSumsInputs) -> Outcome:
    sums = batch_size.softsign_sums(inputs.gradient, inputs.sigma, inputs.hessian, inputs.epsilon)
    params = batch_size.surge_params(
        sums.diagonal, sums.off_diagonal, sums.gradient_gain, sums.kappa2
    )
    values = {
        "diagonal": sums.diagonal,
        "off_diagonal": sums.off_diagonal,
        "gradient_gain": sums.gradient_gain,
        "kappa2": sums.kappa2,
        "landmarks": describe_landmarks(params),
    }
    return make_outcome(SumsResult, values, warnings=params.warnings)


def _softsign_optimum(inputs: SoftsignOptimumInputs) -> Outcome:
    eta = batch_size.softsign_eta(
        inputs.batch_sizes, inputs.gradient, inputs.sigma, inputs.hessian, inputs.epsilon
    )
    return make_outcome(SoftsignOptimumResult, {"eta": eta})


_QUADRATIC = {
    "gradient": [0.3, -0.2],
    "sigma": [2.0, 1.0],
    "hessian": [[2.0, -0.5], [-0.5, 1.0]],
}
_SURGE = {"diagonal": 4.0, "off_diagonal": 10.0, "gradient_gain": 3.0, "kappa2": 50.0}
_BATCH_SIZES = [1.0, 10.0, 100.0, 1000.0, 1e6]

OPERATORS = (
    Operator(
        name="sign_mean",
        title="Expected sign of a noisy gradient",
        post=BATCH_SIZE,
        section="Adam as SignSGD; the mean-field form from post 11280",
        formula="E[sign g̃] = erf((g/σ) √(B/2)) ≈ (g/σ)/√(π/(2B) + (g/σ)²)",
        tex=r"\operatorname{erf}\left(\frac{g}{\sigma}\sqrt{\frac B2}\right)",
        method="Exact, approximation and mean field side by side",
        complexity="O(batch sizes · N)",
        limits=("sigma as long as gradient",),
        pitfalls=("Without noise all three are the sign.",),
        inputs=SignMeanInputs,
        result=SignMeanResult,
        compute=_sign_mean,
        example={"gradient": [0.3], "sigma": [2.0], "batch_sizes": [16.0]},
    ),
    Operator(
        name="erf_approximation",
        title="An algebraic approximation of erf",
        post=BATCH_SIZE,
        section="Adam as SignSGD",
        formula="erf(x) ≈ x/√(x² + π/4), slope matched at 0",
        tex=r"\operatorname{erf}(x) \approx \frac{x}{\sqrt{x^2 + \pi/4}}",
        method="Closed form",
        complexity="O(n)",
        limits=(),
        pitfalls=("The largest error is 0.107838 at |x| = 1.3301.",),
        inputs=ErfInputs,
        result=ErfResult,
        compute=_erf,
        example={"x": [0.0, 1.3301, 3.0]},
    ),
    Operator(
        name="sign_optimum",
        title="Best learning rate of SignSGD, all components",
        post=BATCH_SIZE,
        section="Adam as SignSGD; arXiv:2405.14578",
        formula="η* = Σ μ_i g_i / (D + Σ_{i≠j} μ_i μ_j H_ij)",
        tex=r"\eta^* = \frac{\sum_i \mu_i g_i}{\sum_i H_{ii} + \sum_{i \ne j} \mu_i \mu_j H_{ij}}",
        method="μ_i in the chosen form, then quadratic forms",
        complexity="O(batch sizes · N²)",
        limits=(MATRIX_LIMIT, "H positive definite"),
        pitfalls=("As B → ∞ it is proportional to the size of the gradient.",),
        inputs=SignOptimumInputs,
        result=OptimumResult,
        compute=_sign_optimum,
        example=_QUADRATIC | {"batch_sizes": _BATCH_SIZES},
    ),
    Operator(
        name="surge_params",
        title="Landmarks of the surge",
        post=BATCH_SIZE,
        section="the surge phenomenon",
        formula="β_noise = √(D/O), B_noise = πκ²β_noise²/(2(1 - β_noise²)), η_max = G₁/(2√(DO))",
        tex=r"\beta_{\mathrm{noise}} = \sqrt{D / O}",
        method="Closed form",
        complexity="O(1)",
        limits=("off_diagonal above -diagonal",),
        pitfalls=(
            "O ≤ 0: there is no β_noise.",
            "β_noise ≥ 1: there is no B_noise, the best rate only rises.",
        ),
        inputs=SurgeInputs,
        result=SurgeParamsResult,
        compute=_surge_params,
        example=_SURGE,
    ),
    Operator(
        name="surge_optimum",
        title="Best learning rate of SignSGD in the mean field",
        post=BATCH_SIZE,
        section="the surge phenomenon",
        formula="η* = η_max / ((β_noise/β + β/β_noise)/2), β = (1 + πκ²/(2B))^(-1/2)",
        tex=r"\eta^* = \frac{\eta_{\max}}{\frac12\left(\frac{\beta_{\mathrm{noise}}}{\beta}"
        r" + \frac{\beta}{\beta_{\mathrm{noise}}}\right)}",
        method="G₁ β/(D + β² O), which holds for O ≤ 0 too",
        complexity="O(1) for each B",
        limits=("off_diagonal above -diagonal",),
        pitfalls=("Beyond B_noise the best rate falls; the loss drop never does.",),
        inputs=SurgeOptimumInputs,
        result=SurgeOptimumResult,
        compute=_surge_optimum,
        example=_SURGE | {"batch_sizes": _BATCH_SIZES},
    ),
    Operator(
        name="softsign",
        title="softsign, the model of Adam's ε",
        post=BATCH_SIZE,
        section="effect of ε",
        source_post=10563,
        formula="x/√(x² + ε²)",
        tex=r"\frac{x}{\sqrt{x^2 + \varepsilon^2}}",
        method="Closed form",
        complexity="O(n)",
        limits=(),
        pitfalls=("Usual ε: 1e-8 (PyTorch), 1e-7 (Keras), 1e-5 (language models).",),
        inputs=SoftsignInputs,
        result=SoftsignResult,
        compute=_softsign,
        example={"x": [-1.0, 0.0, 1e-5, 1.0], "epsilon": 1e-5},
    ),
    Operator(
        name="surge_sums",
        title="D, O, G₁ and κ² of a quadratic, with softsign",
        post=BATCH_SIZE,
        section="the surge phenomenon; softsign from post 10563",
        formula="D = Σ H_ii, O = Σ_ij u_i u_j H_ij - D, G₁ = Σ u_i g_i, κ² = Σσ²/Σ(g² + ε²)",
        tex=r"O = \sum_{i,j} u_i u_j H_{ij} - D",
        method="Quadratic forms; ε = 0 is SignSGD",
        complexity="O(N²), O(N) with a diagonal H",
        limits=(MATRIX_LIMIT, "H positive definite"),
        pitfalls=("A larger ε makes a surge less likely.",),
        inputs=SoftsignSumsInputs,
        result=SumsResult,
        compute=_softsign_sums,
        example=_QUADRATIC | {"epsilon": 1e-5},
    ),
    Operator(
        name="softsign_optimum",
        title="Best learning rate with softsign updates",
        post=BATCH_SIZE,
        section="effect of ε",
        source_post=10563,
        formula="η* = β Σ u_i g_i / (β² Σ_ij u_i u_j H_ij + (1 - β²) D)",
        tex=r"\frac{\beta \sum_i u_i g_i}{\beta^2 \sum_{i,j} u_i u_j H_{ij} + (1 - \beta^2) D}",
        method="Closed form",
        complexity="O(N²), then O(1) for each B",
        limits=(MATRIX_LIMIT, "H positive definite"),
        pitfalls=("ε → ∞ is SGD.",),
        inputs=SoftsignOptimumInputs,
        result=SoftsignOptimumResult,
        compute=_softsign_optimum,
        example=_QUADRATIC | {"batch_sizes": _BATCH_SIZES, "epsilon": 1e-5},
    ),
)
