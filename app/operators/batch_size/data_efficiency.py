"""Steps against examples: what a larger batch saves in time and costs in data.

With S steps of batch size B, E = B S examples are seen. A loss drop of ΔL_max / (1 + B_noise/B)
per step gives S = (1 + B_noise/B) S_min and E = (B + B_noise) S_min, a hyperbola:
(S/S_min − 1)(E/E_min − 1) = 1 with E_min = B_noise S_min. The law is the same for SGD and for
SignSGD (there with `SurgeParams.efficiency_batch_size` as B_noise).

Source: kexue.fm 10542, section on data efficiency; arXiv:1812.06162, section 2.3.
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_float_array, as_positive
from app.operators.batch_size.inputs import (
    as_batch_sizes,
    as_non_negative,
)
from app.operators.errors import OperatorDomainError

DISTINCT_BATCH_TOLERANCE = 1e-9
"""Relative spread of the batch sizes below which two points say nothing about the curve."""

POOR_FIT_RELATIVE_ERROR = 0.1
"""Root mean square of the relative misfit above which the law hardly describes the points."""


@dataclass(frozen=True, slots=True)
class CriticalBatchFit:
    """The hyperbola through measured (steps, examples) pairs."""

    steps_min: float
    """S_min, the steps that no batch size can go below."""
    examples_min: float
    """E_min, the examples that no batch size can go below."""
    noise_batch_size: float
    """B_noise = E_min / S_min, where both are twice their minimum."""
    relative_error: float
    """Root mean square of S_min/S + E_min/E − 1, the relative misfit of S at given B."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def steps(batch_size: ArrayLike, steps_min: float, noise_batch_size: float) -> FloatArray:
    """Return S(B) = (1 + B_noise/B) S_min, the steps needed at batch size B.

    Raises:
        OperatorDomainError: If B or S_min is not positive, or B_noise is negative.

    Example:
        >>> float(steps(64, steps_min=1000, noise_batch_size=64))
        2000.0
    """
    as_positive(steps_min, name="steps_min")
    as_non_negative(noise_batch_size, name="noise_batch_size")
    return np.asarray((1 + noise_batch_size / as_batch_sizes(batch_size)) * steps_min)


def examples(batch_size: ArrayLike, steps_min: float, noise_batch_size: float) -> FloatArray:
    """Return E(B) = (B + B_noise) S_min, the examples seen on the way; E = B S.

    Raises:
        OperatorDomainError: If B or S_min is not positive, or B_noise is negative.

    Example:
        >>> float(examples(64, steps_min=1000, noise_batch_size=64))
        128000.0
    """
    as_positive(steps_min, name="steps_min")
    as_non_negative(noise_batch_size, name="noise_batch_size")
    return np.asarray((as_batch_sizes(batch_size) + noise_batch_size) * steps_min)


def fit_critical_batch(steps_taken: ArrayLike, examples_seen: ArrayLike) -> CriticalBatchFit:
    """Return S_min, E_min and B_noise of the hyperbola nearest to measured runs.

    Least squares on 1 = S_min/S + E_min/E, which is the law divided by S E and linear in both
    unknowns. At a given B its residual is the relative error of S, so runs of very different
    length count alike.

    Args:
        steps_taken: S of each run to the same loss, shape (p,), p ≥ 2.
        examples_seen: E of each run, shape (p,).

    Raises:
        OperatorDomainError: If a number is not positive, the shapes differ, all runs have one batch
            size, or the points rise where the law must fall.

    Example:
        >>> fit = fit_critical_batch([3000, 1500], [3000 * 32, 1500 * 128])
        >>> round(fit.steps_min), round(fit.noise_batch_size)
        (1000, 64)
    """
    S = as_float_array(steps_taken, name="steps_taken")
    E = as_float_array(examples_seen, name="examples_seen")
    _require_points(S, E)
    # Columns of equal size: E is larger than S by a factor of B.
    unit_steps, unit_examples = S.min(), E.min()
    design = np.stack([unit_steps / S, unit_examples / E], axis=-1)
    solution = scipy.linalg.lstsq(design, np.ones_like(S))[0]
    steps_min, examples_min = float(solution[0] * unit_steps), float(solution[1] * unit_examples)
    if steps_min <= 0 or examples_min <= 0:
        raise OperatorDomainError(
            "These runs do not follow the law (more examples must mean fewer steps): "
            "measure batch sizes further apart, each at its own best learning rate."
        )
    misfit = float(np.sqrt(np.mean((design @ solution - 1) ** 2)))
    warnings: tuple[str, ...] = ()
    if misfit > POOR_FIT_RELATIVE_ERROR:
        warnings = (f"The law misses the points by {misfit:.0%} on average: do not trust B_noise.",)
    return CriticalBatchFit(
        steps_min, examples_min, examples_min / steps_min, misfit, warnings=warnings
    )


def _require_points(S: FloatArray, E: FloatArray) -> None:
    if S.ndim != 1 or S.shape != E.shape or S.size < 2:
        raise OperatorDomainError(
            "Give at least two runs: steps_taken and examples_seen, each of shape (p,) with p ≥ 2."
        )
    if (S <= 0).any() or (E <= 0).any():
        raise OperatorDomainError("Steps and examples must be positive numbers.")
    batch_sizes = E / S
    if float(np.ptp(batch_sizes)) <= DISTINCT_BATCH_TOLERANCE * float(batch_sizes.max()):
        raise OperatorDomainError(
            "All runs have the same batch size, so the curve is not determined: vary it."
        )
