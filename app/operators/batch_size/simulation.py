"""A noisy quadratic problem on which the laws of this package can be watched and measured."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_count, as_float_array, as_positive
from app.operators.batch_size.inputs import as_deviations, as_gradient, as_hessian
from app.operators.batch_size.quadratic import quadratic_form
from app.operators.errors import OperatorDomainError

MAX_DRAWN_NUMBERS = 20_000_000
"""Largest draws × N of one simulation: 160 MB of float64."""


@dataclass(frozen=True, slots=True)
class SimulatedSteps:
    """What one simulated step did to the loss, for each learning rate tried."""

    loss_drop: FloatArray
    """Mean fall of the loss, shape (h,), positive where the step helped."""
    standard_error: FloatArray
    """Standard error of that mean, shape (h,)."""
    best_eta: float
    """The learning rate at the top of the measured parabola, not only the best of those tried."""


def simulate_steps(
    gradient: ArrayLike,
    sigma: ArrayLike,
    hessian: ArrayLike,
    batch_size: float,
    etas: ArrayLike,
    *,
    update: Literal["sgd", "sign"],
    draws: int,
    rng: np.random.Generator,
) -> SimulatedSteps:
    """Return the loss change of steps with independent Gaussian gradient noise, by Monte Carlo.

    Each draw makes one batch gradient g̃ = g + σ z/√B and one update u = g̃ or sign(g̃); the loss
    falls by η u·g − (η²/2) u·Hu. All learning rates share the draws. Cost O(draws · N²), or
    O(draws · N) for a diagonal H.

    Args:
        gradient: g, shape (N,).
        sigma: per-sample deviations, shape (N,).
        hessian: H, shape (N, N), or (N,) for its diagonal; positive definite.
        batch_size: B > 0.
        etas: learning rates to try, shape (h,).
        update: the direction of the step.
        draws: how many batches; at least 2.
        rng: source of the noise.

    Raises:
        OperatorDomainError: If an argument is out of its range, or draws · N is above
            `MAX_DRAWN_NUMBERS`.
    """
    g = as_gradient(gradient)
    deviations = as_deviations(sigma, g.size)
    H = as_hessian(hessian, g.size)
    rates = as_float_array(etas, name="etas")
    as_count(draws, name="draws", low=2, high=max(2, MAX_DRAWN_NUMBERS // g.size))
    if update not in ("sgd", "sign"):
        raise OperatorDomainError(f"Unknown update {update!r}: use sgd or sign.")
    spread = deviations / np.sqrt(as_positive(batch_size, name="batch_size"))
    noisy = g + spread * rng.standard_normal((draws, g.size))
    directions = np.sign(noisy) if update == "sign" else noisy
    gains = directions @ g  # (draws,)
    curvatures = quadratic_form(H, directions)  # (draws,)
    drops = rates[:, None] * gains - 0.5 * rates[:, None] ** 2 * curvatures  # (h, draws)
    return SimulatedSteps(
        loss_drop=drops.mean(axis=1),
        standard_error=drops.std(axis=1, ddof=1) / np.sqrt(draws),
        best_eta=float(gains.mean() / curvatures.mean()),
    )
