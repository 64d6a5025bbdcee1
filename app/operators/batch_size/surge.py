"""The surge: why the best learning rate of Adam-like steps may fall again at large batches.

In the mean field every μ_i is sign(g_i) β with β = (1 + π κ²/(2B))^(−1/2), so only three sums
matter: D = Σ H_ii, O = Σ_{i≠j} sign(g_i g_j) H_ij and G₁ = Σ |g_i|. Then
η* = G₁ β / (D + β² O), which peaks at β = β_noise = √(D/O). Since β < 1, the peak is met only if
β_noise < 1. The explanation: sign(g) is not the best direction, noise corrects it, and a larger
batch takes that correction away. The loss drop never surges.

Source: kexue.fm 10542; arXiv:2405.14578; softsign from kexue.fm 10563.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_float_array, as_positive
from app.operators.batch_size.inputs import (
    as_batch_sizes,
    as_deviations,
    as_gradient,
    as_hessian,
    as_non_negative,
)
from app.operators.batch_size.quadratic import diagonal_of, quadratic_form
from app.operators.errors import OperatorDomainError


@dataclass(frozen=True, slots=True)
class SurgeSums:
    """The sums over parameters that the mean-field law needs; they multiply into `surge_params`."""

    diagonal: float
    """D = Σ H_ii > 0."""
    off_diagonal: float
    """O = Σ_{i≠j} sign(g_i g_j) H_ij; for softsign Σ_ij u_i u_j H_ij − D."""
    gradient_gain: float
    """G₁ = Σ |g_i|; for softsign Σ u_i g_i."""
    kappa2: float
    """κ² = Σ σ_i² / Σ g_i², an average of (σ_i/g_i)² that is finite where a g_i is zero."""


@dataclass(frozen=True, slots=True)
class SurgeParams:
    """The landmarks of the curve η*(B); None where the curve has no such point."""

    beta_noise: float | None
    """√(D/O), the β of the peak; None if O ≤ 0."""
    eta_max: float | None
    """G₁ / (2 √(D O)), the height of the peak; None if O ≤ 0, unreached if β_noise ≥ 1."""
    noise_batch_size: float | None
    """B_noise = π κ² β_noise² / (2 (1 − β_noise²)), where the peak lies; None without a surge."""
    efficiency_batch_size: float
    """B_noise2 = π κ² D / (2 (D + O)), the E_min/S_min of the (S, E) law."""
    loss_drop_max: float
    """G₁² / (2 (D + O)), the loss drop as B → ∞."""
    eta_infinity: float
    """G₁ / (D + O), the best learning rate as B → ∞."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def sign_beta(batch_size: ArrayLike, kappa2: float) -> FloatArray:
    """Return β = (1 + π κ²/(2B))^(−1/2), the mean-field size of the expected sign, in (0, 1].

    Raises:
        OperatorDomainError: If B is not positive or κ² is negative.
    """
    noise = math.pi * as_non_negative(kappa2, name="kappa2") / 2
    return np.asarray(1 / np.sqrt(1 + noise / as_batch_sizes(batch_size)))


def sign_beta_meanfield(batch_size: ArrayLike, simple_noise_batch_size: float) -> FloatArray:
    """Return β = (1 + B_simple/B)^(−1/2), the form of 2025: B_simple in place of π κ²/2.

    Raises:
        OperatorDomainError: If B is not positive or B_simple is negative.
    """
    noise = as_non_negative(simple_noise_batch_size, name="simple_noise_batch_size")
    return np.asarray(1 / np.sqrt(1 + noise / as_batch_sizes(batch_size)))


def surge_sums(gradient: ArrayLike, sigma: ArrayLike, hessian: ArrayLike) -> SurgeSums:
    """Return D, O, G₁ and κ² of SignSGD on a local quadratic; O(N²), or O(N) for a diagonal H.

    Args:
        gradient: g, shape (N,).
        sigma: per-sample deviations, shape (N,).
        hessian: H, shape (N, N), or (N,) for its diagonal; positive definite.

    Raises:
        OperatorDomainError: If g = 0, σ is negative, H is not positive definite or shapes differ.
    """
    return softsign_sums(gradient, sigma, hessian, epsilon=0.0)


def softsign(x: ArrayLike, epsilon: float) -> FloatArray:
    """Return x / √(x² + ε²): sign(x) for ε = 0, x/ε for large ε.

    Raises:
        OperatorDomainError: If ε is negative.
    """
    values = as_float_array(x, min_ndim=0)
    if as_non_negative(epsilon, name="epsilon") == 0:
        return np.asarray(np.sign(values))
    return np.asarray(values / np.hypot(values, epsilon))


def softsign_sums(
    gradient: ArrayLike, sigma: ArrayLike, hessian: ArrayLike, epsilon: float
) -> SurgeSums:
    """Return the sums with which the mean-field law holds for softsign, the model of Adam's ε.

    With u_i = softsign(g_i): D as before, O = Σ_ij u_i u_j H_ij − D, G₁ = Σ u_i g_i and
    κ² = Σ σ_i² / Σ (g_i² + ε²). A larger ε makes a surge less likely; ε → ∞ is SGD. Usual values
    are 1e-8 (PyTorch), 1e-7 (Keras) and 1e-5 (large language models).

    Args:
        gradient: g, shape (N,).
        sigma: per-sample deviations, shape (N,).
        hessian: H, shape (N, N), or (N,) for its diagonal; positive definite.
        epsilon: ε ≥ 0; 0 is SignSGD.

    Raises:
        OperatorDomainError: If g = 0, σ or ε is negative, H is not positive definite or the shapes
            differ.
    """
    curvature, diagonal, gain, kappa2 = _softsign_terms(gradient, sigma, hessian, epsilon)
    return SurgeSums(diagonal, curvature - diagonal, gain, kappa2)


def surge_params(
    diagonal: float, off_diagonal: float, gradient_gain: float, kappa2: float
) -> SurgeParams:
    """Return where the best learning rate peaks, how high, and what the loss drop tends to.

    With a peak at finite B: 1/B_noise2 − 1/B_noise = 4/(π κ²).

    Args:
        diagonal: D = Σ H_ii > 0.
        off_diagonal: O > −D (anything else contradicts a positive definite H).
        gradient_gain: G₁ > 0.
        kappa2: κ² ≥ 0.

    Raises:
        OperatorDomainError: If an argument is out of its range.

    Example:
        >>> params = surge_params(diagonal=4, off_diagonal=10, gradient_gain=3, kappa2=50)
        >>> round(params.beta_noise, 6), round(params.noise_batch_size, 6)
        (0.632456, 52.359878)
    """
    D, O, G1, noise = _checked(diagonal, off_diagonal, gradient_gain, kappa2)  # noqa: E741
    beta_noise = math.sqrt(D / O) if O > 0 else None
    noise_batch_size = noise * D / (O - D) if D < O else None
    warnings: tuple[str, ...] = ()
    if beta_noise is None:
        warnings = ("O ≤ 0: there is no beta_noise; the best learning rate only rises with B.",)
    elif noise_batch_size is None:
        warnings = ("beta_noise ≥ 1: the peak is never reached; there is no surge and no B_noise.",)
    return SurgeParams(
        beta_noise=beta_noise,
        eta_max=G1 / (2 * math.sqrt(D * O)) if O > 0 else None,
        noise_batch_size=noise_batch_size,
        efficiency_batch_size=noise * D / (D + O),
        loss_drop_max=G1**2 / (2 * (D + O)),
        eta_infinity=G1 / (D + O),
        warnings=warnings,
    )


def surge_eta(
    batch_size: ArrayLike,
    diagonal: float,
    off_diagonal: float,
    gradient_gain: float,
    kappa2: float,
) -> FloatArray:
    """Return η*(B) = G₁ β / (D + β² O) of the mean-field law, in the shape of B.

    Equals η_max / ((β_noise/β + β/β_noise)/2) where O > 0. For B ≪ π κ²/2 it grows like √B.

    Raises:
        OperatorDomainError: If B is not positive or another argument is out of its range, see
            `surge_params`.

    Example:
        >>> eta = surge_eta([10, 100, 1000], 4, 10, 3, 50)
        >>> [round(float(rate), 6) for rate in eta]
        [0.196554, 0.23385, 0.217657]
    """
    D, O, G1, _ = _checked(diagonal, off_diagonal, gradient_gain, kappa2)  # noqa: E741
    beta = sign_beta(batch_size, kappa2)
    return np.asarray(G1 * beta / (D + beta**2 * O))


def surge_loss_drop(
    batch_size: ArrayLike,
    diagonal: float,
    off_diagonal: float,
    gradient_gain: float,
    kappa2: float,
) -> FloatArray:
    """Return ΔL(B) = ΔL_max / (1 + B_noise2/B), which equals (β G₁)² / (2 (D + β² O)) exactly.

    Raises:
        OperatorDomainError: If B is not positive or another argument is out of its range, see
            `surge_params`.
    """
    params = surge_params(diagonal, off_diagonal, gradient_gain, kappa2)
    noise_factor = 1 + params.efficiency_batch_size / as_batch_sizes(batch_size)
    return np.asarray(params.loss_drop_max / noise_factor)


def softsign_eta(
    batch_size: ArrayLike,
    gradient: ArrayLike,
    sigma: ArrayLike,
    hessian: ArrayLike,
    epsilon: float,
) -> FloatArray:
    """Return η* = β Σ u_i g_i / (β² Σ_ij u_i u_j H_ij + (1 − β²) D), in the shape of B.

    A surge needs Σ_ij u_i u_j H_ij > D for the peak to exist, and > 2 D for a batch to reach it.

    Raises:
        OperatorDomainError: If B is not positive or an argument is out of its range, see
            `softsign_sums`.
    """
    curvature, diagonal, gain, kappa2 = _softsign_terms(gradient, sigma, hessian, epsilon)
    batch_sizes = as_batch_sizes(batch_size)
    beta = sign_beta(batch_sizes, kappa2)
    noise = math.pi * kappa2 / 2
    # 1 − β² in closed form, and no D + O: both would cancel where ε is large.
    return np.asarray(
        beta * gain / (beta**2 * curvature + noise / (batch_sizes + noise) * diagonal)
    )


def mean_kappa2(gradient: ArrayLike, sigma: ArrayLike) -> float:
    """Return the plain mean of (σ_i/g_i)², which `surge_sums` replaces by a ratio of sums.

    Raises:
        OperatorDomainError: If some g_i is zero, where the mean is infinite.
    """
    g = as_gradient(gradient)
    if not g.all():
        raise OperatorDomainError(
            "A component of the gradient is zero, so sigma/g is infinite there: "
            "use surge_sums, whose kappa2 is a ratio of sums."
        )
    return float(np.mean((as_deviations(sigma, g.size) / g) ** 2))


def _softsign_terms(
    gradient: ArrayLike, sigma: ArrayLike, hessian: ArrayLike, epsilon: float
) -> tuple[float, float, float, float]:
    """Return Σ_ij u_i u_j H_ij, D, G₁ and κ²."""
    g = as_gradient(gradient)
    deviations = as_deviations(sigma, g.size)
    H = as_hessian(hessian, g.size)
    u = softsign(g, epsilon)
    diagonal = float(np.sum(diagonal_of(H)))
    curvature = float(quadratic_form(H, u))
    if epsilon == 0:
        # Where g_i = 0 the sign is a coin with u_i² = 1, as soon as there is any noise.
        curvature += float((1 - u**2) @ diagonal_of(H))
    kappa2 = float(np.sum(deviations**2) / np.sum(g**2 + epsilon**2))
    return curvature, diagonal, float(u @ g), kappa2


def _checked(
    diagonal: float, off_diagonal: float, gradient_gain: float, kappa2: float
) -> tuple[float, float, float, float]:
    D = as_positive(diagonal, name="diagonal (D)")
    G1 = as_positive(gradient_gain, name="gradient_gain (G1)")
    noise = math.pi * as_non_negative(kappa2, name="kappa2") / 2
    if not (math.isfinite(off_diagonal) and off_diagonal > -D):
        raise OperatorDomainError(
            f"off_diagonal (O) must be a number above -D = {-D:g}: D + O is sᵀHs for a sign vector "
            "s, which a positive definite H makes positive."
        )
    return D, float(off_diagonal), G1, noise
