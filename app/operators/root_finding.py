"""Roots of decreasing functions of one variable, one for each row of a batch."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from app.operators.arrays import Float64Array

# Bisection alone halves an interval of 1e6 down to one unit in the last place in under 75 steps;
# Newton usually needs fewer than 10.
MAX_ITERATIONS = 200

# At a level, shape (rows, 1): the function there and the level that a Newton-like step proposes.
Proposal: TypeAlias = Callable[[Float64Array], tuple[Float64Array, Float64Array]]


def find_decreasing_root(
    propose: Proposal,
    low: Float64Array,
    high: Float64Array,
    *,
    start: Float64Array,
    tolerance: float,
    max_iterations: int = MAX_ITERATIONS,
) -> Float64Array:
    """Return the level at which a decreasing function crosses zero, by safeguarded steps.

    Each row keeps a bracket. A proposed step is taken if it stays inside the bracket and at least
    halves the step before last; otherwise the bracket is halved. So the worst case is bisection
    and the usual case is Newton's.

    Args:
        propose: Function value and proposed next level at a level, each of shape (rows, 1).
            Proposals may be infinite or NaN; they are then replaced by the midpoint.
        low: Lower ends, shape (rows, 1): function >= 0 there.
        high: Upper ends, shape (rows, 1): function <= 0 there.
        start: First levels, clipped to the bracket.
        tolerance: A row is finished when its step is at most this (plus the spacing of floats).
        max_iterations: After so many steps the midpoint of what is left is returned.
    """
    level = np.clip(start, low, high)
    last_step = step_before = high - low
    for _ in range(max_iterations):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value, proposed = propose(level)
            low = np.where(value >= 0.0, level, low)
            high = np.where(value <= 0.0, level, high)
            usable = (proposed >= low) & (proposed <= high)
            usable &= np.abs(proposed - level) <= 0.5 * step_before
            following = np.where(usable, proposed, low + 0.5 * (high - low))
        step_before, last_step = last_step, np.abs(following - level)
        level = following
        if np.all(last_step <= tolerance + 4.0 * np.spacing(np.abs(level))):
            return level
    return low + 0.5 * (high - low)
