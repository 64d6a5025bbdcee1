"""The smooth steps f of ThreTopK: from 0 to 1, increasing, with their slopes.

A step is everything that tells one ThreTopK operator from another: p = f(x/temperature - lambda).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import expit

from app.operators.arrays import Float64Array

StepName: TypeAlias = Literal["exp", "sigmoid", "laplace"]


@dataclass(frozen=True, slots=True)
class SoftStep:
    """A step function and its derivative, both elementwise on float64 arrays."""

    value: Callable[[Float64Array], Float64Array]
    slope: Callable[[Float64Array], Float64Array]


def _exp_value(t: Float64Array) -> Float64Array:
    capped = np.minimum(t, 0.0)
    return np.exp(capped, out=capped)


def _exp_slope(t: Float64Array) -> Float64Array:
    # One-sided at the kink: from t = 0 on, f is constant.
    return np.where(t < 0.0, np.exp(np.minimum(t, 0.0)), 0.0)


def _sigmoid_slope(t: Float64Array) -> Float64Array:
    return np.asarray(expit(t) * expit(-t))


def _laplace_value(t: Float64Array) -> Float64Array:
    tail = np.abs(t)
    np.exp(np.negative(tail, out=tail), out=tail)
    tail *= 0.5
    return np.where(t >= 0.0, 1.0 - tail, tail)


def _laplace_slope(t: Float64Array) -> Float64Array:
    return 0.5 * np.exp(-np.abs(t))


# f(t) = min(1, e^t); 1/(1 + e^-t); the distribution function of the Laplace distribution.
SOFT_STEPS: Mapping[StepName, SoftStep] = {
    "exp": SoftStep(_exp_value, _exp_slope),
    "sigmoid": SoftStep(expit, _sigmoid_slope),
    "laplace": SoftStep(_laplace_value, _laplace_slope),
}
