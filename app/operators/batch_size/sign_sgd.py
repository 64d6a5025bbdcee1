"""SignSGD, the model of Adam: the expected sign of a noisy gradient and its best learning rate.

Adam's first step is the sign of the batch gradient whatever its β's, and every step is when both
are zero. Components are taken as independent and Gaussian with deviation σ_i/√B. The update then
has mean μ_i, second moments 1 on the diagonal and μ_i μ_j off it.

Source: kexue.fm 10542; arXiv:2405.14578, section 2; the mean-field form from kexue.fm 11280.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.special
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_float_array
from app.operators.batch_size.inputs import (
    as_batch_sizes,
    as_deviations,
    as_gradient,
    as_hessian,
)
from app.operators.batch_size.quadratic import diagonal_of, quadratic_form
from app.operators.errors import OperatorDomainError

SignMode = Literal["erf", "approx", "meanfield"]
"""Exact for Gaussian noise; its algebraic approximation; the mean-field form of 2025."""


@dataclass(frozen=True, slots=True)
class SignOptimum:
    """The best step of SignSGD on the local quadratic, for each batch size asked for."""

    eta: FloatArray
    """η*, in the shape of the batch sizes."""
    loss_drop: FloatArray
    """The expected fall of the loss at η*, in the same shape."""


def erf_approximation(x: ArrayLike) -> FloatArray:
    """Return x / √(x² + π/4), which has the slope 2/√π of erf at 0 and errs by at most 0.107838.

    Example:
        >>> round(float(erf_approximation(1.3301)), 6)
        0.832196
    """
    values = as_float_array(x, min_ndim=0)
    return np.asarray(values / np.hypot(values, math.sqrt(math.pi) / 2))


def sign_mean(
    gradient: ArrayLike, sigma: ArrayLike, batch_size: ArrayLike, mode: SignMode = "erf"
) -> FloatArray:
    """Return E[sign(g̃)] of a batch gradient g̃ with mean g and deviation σ/√B.

    ``erf``: erf((g/σ) √(B/2)), exact for Gaussian noise. ``approx``: (g/σ) / √(π/(2B) + (g/σ)²),
    from `erf_approximation`. ``meanfield``: g / √(g² + σ²/B), as E[g̃] / √E[g̃²]. Without noise all
    three are sign(g).

    Args:
        gradient: g, any shape.
        sigma: σ ≥ 0, per-sample deviation, broadcast against g.
        batch_size: B > 0, broadcast against g.
        mode: which of the three.

    Raises:
        OperatorDomainError: If B is not positive, σ is negative or the mode is unknown.

    Example:
        >>> round(float(sign_mean(0.3, 2.0, 16)), 6)
        0.451494
    """
    g = as_float_array(gradient, name="gradient", min_ndim=0)
    deviations = as_float_array(sigma, name="sigma", min_ndim=0)
    if (deviations < 0).any():
        raise OperatorDomainError("sigma must be at least 0: it is a standard deviation.")
    spread = deviations / np.sqrt(as_batch_sizes(batch_size))
    if mode == "erf":
        return np.asarray(scipy.special.erf(_ratio(g, spread * math.sqrt(2))))
    if mode == "approx":
        return _ratio(g, np.hypot(g, spread * math.sqrt(math.pi / 2)))
    if mode == "meanfield":
        return _ratio(g, np.hypot(g, spread))
    raise OperatorDomainError(f"Unknown mode {mode!r}: use erf, approx or meanfield.")


def sign_eta(
    batch_size: ArrayLike,
    gradient: ArrayLike,
    sigma: ArrayLike,
    hessian: ArrayLike,
    mode: SignMode = "erf",
) -> SignOptimum:
    """Return the best learning rate of SignSGD and the loss drop it brings.

    η* = Σ μ_i g_i / (D + Σ_{i≠j} μ_i μ_j H_ij) with D = Σ H_ii, and ΔL = (Σ μ_i g_i)² / 2 over the
    same denominator. As B → ∞ it tends to Σ|g_i| / (D + O): proportional to the gradient. The
    critique of the source paper: its condition B ≪ π σ_i²/(2 g_i²) depends on i, so no single
    approximation of μ holds for all components; nothing of the kind is assumed here.

    Args:
        batch_size: B > 0, any shape.
        gradient: g, shape (N,).
        sigma: per-sample deviations, shape (N,).
        hessian: H, shape (N, N), or (N,) for its diagonal; positive definite.
        mode: how μ is computed, see `sign_mean`.

    Raises:
        OperatorDomainError: If g = 0, B is not positive, σ is negative, H is not positive definite
            or the shapes do not fit.
    """
    g = as_gradient(gradient)
    H = as_hessian(hessian, g.size)
    mu = sign_mean(g, as_deviations(sigma, g.size), as_batch_sizes(batch_size)[..., None], mode)
    gain = mu @ g  # (...)
    # D + Σ_{i≠j} μ_i μ_j H_ij; the diagonal of μᵀHμ is replaced by that of E[sign²] = 1.
    curvature = quadratic_form(H, mu) + (1 - mu**2) @ diagonal_of(H)
    return SignOptimum(
        eta=np.asarray(gain / curvature), loss_drop=np.asarray(gain**2 / (2 * curvature))
    )


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    # Without noise the denominator may vanish: x/0 is the sign at infinity, and 0/0 is 0.
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    at_infinity = np.asarray(np.copysign(np.inf, numerator))
    with np.errstate(over="ignore"):
        quotient = np.divide(numerator, denominator, out=at_infinity, where=denominator > 0)
    return np.asarray(np.where(numerator == 0, 0, quotient))
