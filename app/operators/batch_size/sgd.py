"""The learning rate of SGD that lowers the expected quadratic loss most, for each batch size.

A batch gradient has mean g and covariance Σ/B, so a step of length η changes the expected loss by
−η g·g + (η²/2)(g·Hg + Tr(ΣH)/B). Its lowest point is η* = η_max / (1 + B_noise/B), where
η_max = g·g / g·Hg and B_noise = Tr(ΣH) / g·Hg: linear in B far below B_noise, flat far above.

Source: kexue.fm 10542; arXiv:1812.06162, section 2.2; the same idea in arXiv:1705.07774.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_float_array, as_positive
from app.operators.batch_size.inputs import (
    as_batch_sizes,
    as_covariance,
    as_gradient,
    as_hessian,
    as_non_negative,
)
from app.operators.batch_size.quadratic import diagonal_of, quadratic_form, trace_of_product
from app.operators.errors import OperatorDomainError


@dataclass(frozen=True, slots=True)
class SgdStats:
    """What gradient, Hessian and noise say about SGD on the local quadratic."""

    eta_max: float
    """g·g / g·Hg, the best learning rate without noise (B → ∞)."""
    noise_batch_size: float
    """B_noise = Tr(ΣH) / g·Hg, where the best learning rate is half of `eta_max`."""
    simple_noise_batch_size: float
    """B_simple = Tr(Σ) / g·g, which equals B_noise when H is a multiple of the identity."""
    loss_drop_max: float
    """(g·g)² / (2 g·Hg), the largest expected fall of the loss in one step."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def sgd_stats(gradient: ArrayLike, hessian: ArrayLike, covariance: ArrayLike) -> SgdStats:
    """Return η_max, B_noise, B_simple and the largest loss drop of SGD.

    The values drift during training: measure once it is on track, or keep measuring.

    Args:
        gradient: g, the mean gradient, shape (N,).
        hessian: H, shape (N, N), or (N,) for its diagonal; positive definite.
        covariance: Σ of one sample's gradient, shape (N, N), or (N,) for variances alone.

    Raises:
        OperatorDomainError: If g = 0, H is not positive definite, Σ is not positive semi-definite
            or the shapes do not fit.

    Example:
        >>> stats = sgd_stats([3.0, 4.0], [2.0, 2.0], [50.0, 50.0])
        >>> stats.eta_max, stats.noise_batch_size, stats.simple_noise_batch_size
        (0.5, 4.0, 4.0)
    """
    g = as_gradient(gradient)
    H = as_hessian(hessian, g.size)
    Sigma = as_covariance(covariance, g.size)
    squared_norm = float(g @ g)
    curvature = float(quadratic_form(H, g))
    warnings: tuple[str, ...] = ()
    if not Sigma.any():
        warnings = ("The gradient noise is zero: every batch size has the same best rate.",)
    return SgdStats(
        eta_max=squared_norm / curvature,
        noise_batch_size=trace_of_product(Sigma, H) / curvature,
        simple_noise_batch_size=float(np.sum(diagonal_of(Sigma))) / squared_norm,
        loss_drop_max=squared_norm**2 / (2 * curvature),
        warnings=warnings,
    )


def sgd_eta(batch_size: ArrayLike, eta_max: float, noise_batch_size: float) -> FloatArray:
    """Return η*(B) = η_max / (1 + B_noise/B); increasing in B and below η_max.

    Raises:
        OperatorDomainError: If B or η_max is not positive, or B_noise is negative.

    Example:
        >>> float(sgd_eta(32, eta_max=0.5, noise_batch_size=32))
        0.25
    """
    as_positive(eta_max, name="eta_max")
    return np.asarray(eta_max / _noise_factor(batch_size, noise_batch_size))


def sgd_loss_drop(
    batch_size: ArrayLike, loss_drop_max: float, noise_batch_size: float
) -> FloatArray:
    """Return the expected fall of the loss in one best step, ΔL_max / (1 + B_noise/B).

    Raises:
        OperatorDomainError: If B or ΔL_max is not positive, or B_noise is negative.
    """
    as_positive(loss_drop_max, name="loss_drop_max")
    return np.asarray(loss_drop_max / _noise_factor(batch_size, noise_batch_size))


def sgd_eta_max(batch_size: float, best_eta: float, noise_batch_size: float) -> float:
    """Return η_max from one grid search at one (small) batch size: η*(B) (1 + B_noise/B).

    Raises:
        OperatorDomainError: If B or the learning rate is not positive, or B_noise is negative.

    Example:
        >>> sgd_eta_max(batch_size=32, best_eta=0.25, noise_batch_size=32)
        0.5
    """
    as_positive(best_eta, name="best_eta")
    return float(best_eta * _noise_factor(batch_size, noise_batch_size))


def b_simple(gradient: ArrayLike, variances: ArrayLike) -> float:
    """Return B_simple = Tr(Σ) / g·g, which needs only the variance of every component.

    Args:
        gradient: g, shape (N,).
        variances: the diagonal of Σ, shape (N,), each at least 0.

    Raises:
        OperatorDomainError: If g = 0, a variance is negative or the shapes differ.
    """
    g = as_gradient(gradient)
    Sigma = as_covariance(variances, g.size)
    return float(np.sum(diagonal_of(Sigma))) / float(g @ g)


def b_simple_from_devices(device_gradients: ArrayLike, device_batch_size: float) -> float:
    """Return an estimate of B_simple from the gradients that data-parallel devices hold anyway.

    Each device's mean gradient has covariance Σ/b, so b times their sample variance estimates
    Tr(Σ), and the squared norm of their mean, less Tr(Σ) / (D b), estimates g·g without bias
    (arXiv:1812.06162, appendix A).

    Args:
        device_gradients: one mean gradient per device, shape (D, N), D ≥ 2.
        device_batch_size: b, the samples behind each of them.

    Raises:
        OperatorDomainError: If there are fewer than two devices, b is not positive, or the noise
            hides the gradient so that the estimate of g·g is not positive.
    """
    gradients = as_float_array(device_gradients, name="device_gradients")
    as_positive(device_batch_size, name="device_batch_size")
    if gradients.ndim != 2 or gradients.shape[0] < 2:
        raise OperatorDomainError(
            "device_gradients must have shape (D, N) with D ≥ 2: one gradient per device."
        )
    devices = gradients.shape[0]
    trace = device_batch_size * float(np.var(gradients, axis=0, ddof=1).sum())
    mean = gradients.mean(axis=0)
    squared_norm = float(mean @ mean) - trace / (devices * device_batch_size)
    if squared_norm <= 0:
        raise OperatorDomainError(
            "The noise hides the mean gradient: give more devices or larger device batches."
        )
    return float(trace / squared_norm)


def _noise_factor(batch_size: ArrayLike, noise_batch_size: float) -> FloatArray:
    noise = as_non_negative(noise_batch_size, name="noise_batch_size")
    return 1 + noise / as_batch_sizes(batch_size)
