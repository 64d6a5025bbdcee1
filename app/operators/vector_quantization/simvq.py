"""SimVQ: every code e_i is replaced by e_i W, so that a step moves unselected codes too.

The same capacity with other dynamics: W is learnt, E stays random and frozen by default, and the
moving average must be off. A diagonal W gives part of the gain.

Source: kexue.fm 10519; arXiv:2411.02038.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, as_float_array
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization.codebook import NearestCode, vq_nearest


@dataclass(frozen=True, slots=True)
class SimVqGradients:
    """Gradients of the two factors of a linear codebook E W."""

    base: FloatArray
    """∂L/∂E = G Wᵀ, shape (K, c); unused while E is frozen."""
    transform: FloatArray
    """∂L/∂W = Eᵀ G, shape (c, d)."""


def simvq_codebook(base: npt.ArrayLike, transform: npt.ArrayLike) -> FloatArray:
    """Return the effective codebook E W, shape (K, d).

    Args:
        base: E, shape (K, c).
        transform: W, shape (c, d), or (c,) for a diagonal one.

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes do not fit.
    """
    E, W = _as_factors(base, transform)
    return np.asarray(E @ W)


def simvq_nearest(z: npt.ArrayLike, base: npt.ArrayLike, transform: npt.ArrayLike) -> NearestCode:
    """Return the nearest of the effective codes e_i W, q = argmin ‖z − e_i W‖.

    Use the result in `vq_losses` as it is.

    Args:
        z: shape (..., d).
        base: E, shape (K, c).
        transform: W, shape (c, d), or (c,) for a diagonal one.

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes do not fit.

    >>> int(simvq_nearest([0.0, 2.0], [[1, 0], [0, 1]], [[0, 2], [1, 0]]).indices)
    0
    """
    return vq_nearest(z, simvq_codebook(base, transform))


def simvq_gradients(
    base: npt.ArrayLike, transform: npt.ArrayLike, code_gradients: npt.ArrayLike
) -> SimVqGradients:
    """Return ∂L/∂E and ∂L/∂W from the gradients G of the effective codes.

    Args:
        base: E, shape (K, c).
        transform: W, shape (c, d), or (c,) for a diagonal one; its gradient comes in full.
        code_gradients: G = ∂L/∂(E W), shape (K, d); zero rows for unselected codes.

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes do not fit.
    """
    E, W, G = _as_step(base, transform, code_gradients)
    return SimVqGradients(base=np.asarray(G @ W.T), transform=np.asarray(E.T @ G))


def simvq_effective_step(
    base: npt.ArrayLike, transform: npt.ArrayLike, code_gradients: npt.ArrayLike, eta: float
) -> FloatArray:
    """Return the effective codes after one step on E and W, to first order in η, shape (K, d).

    e_i W − η (g_i WᵀW + e_i Σ_j e_jᵀ g_j) with g_j = ∂L/∂(e_j W): the second term moves every code.

    Args:
        base: E, shape (K, c).
        transform: W, shape (c, d), or (c,) for a diagonal one.
        code_gradients: G, shape (K, d).
        eta: learning rate of both factors.

    Raises:
        OperatorDomainError: If numbers are not finite or the shapes do not fit.
    """
    E, W, G = _as_step(base, transform, code_gradients)
    return np.asarray(E @ W - eta * (G @ (W.T @ W) + E @ (E.T @ G)))


def _as_factors(base: npt.ArrayLike, transform: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    E = as_float_array(base, name="base", min_ndim=2)
    W = as_float_array(transform, name="transform")
    if W.ndim == 1:
        W = np.diag(W)
    if E.ndim != 2 or W.ndim != 2 or E.shape[1] != W.shape[0]:
        raise OperatorDomainError(
            "base must have shape (K, c) and transform (c, d), or (c,) for a diagonal one."
        )
    return E, W


def _as_step(
    base: npt.ArrayLike, transform: npt.ArrayLike, code_gradients: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    E, W = _as_factors(base, transform)
    G = as_float_array(code_gradients, name="code_gradients", min_ndim=2)
    if G.shape != (E.shape[0], W.shape[1]):
        raise OperatorDomainError(
            f"code_gradients must have the shape of the effective codebook, "
            f"({E.shape[0]}, {W.shape[1]}); got {G.shape}."
        )
    return E, W, G
