"""ThreTopK: p = f(x/temperature - lambda), lambda chosen so that each row sums to k.

Monotone and shift invariant by construction, and tends to the hard top-k as the temperature tends
to 0. k may be any real number in 0..n. Source: post 10373, section on threshold top-k.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.operators.arrays import (
    Float64Array,
    FloatArray,
    as_count,
    as_float_array,
    as_positive,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.root_finding import MAX_ITERATIONS
from app.operators.top_k.levels import (
    DEFAULT_TOLERANCE,
    exp_level,
    laplace_level,
    sigmoid_level,
)
from app.operators.top_k.result import TopK
from app.operators.top_k.steps import SOFT_STEPS, StepName

FULL_WARNING = "k equals n: every entry is taken with weight 1, and no finite threshold exists."
EMPTY_WARNING = "k is 0: nothing is taken, and no finite threshold exists."
NOT_SOFTMAX_WARNING = (
    "With k = 1 the Laplace step equals Softmax only if no Softmax probability exceeds 1/2; "
    "here one does."
)
BELOW_ALL_WARNING = (
    "The threshold lies below every entry, the branch m = n that the post's code misses."
)
KINK_WARNING = (
    "An entry equals the threshold, where the exp step has a kink: gradients are one-sided."
)

# Far below the maximum a float lambda is coarse, and with it the sum of p; from this spacing on the
# shifted entries, which are near 0 where it matters, are corrected.
COARSE_SPACING = 1e-13
POLISH_STEPS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Where the sum of a step over the entries crosses k.

    Attributes:
        shifted: x/temperature - lambda in float64, shape (..., n), precise at any common offset;
            all -inf for k = 0, all +inf where lambda is -inf (k = n).
        threshold: lambda, shape (...), or None where it is infinite.
        warnings: One sentence for each pitfall that fired.
    """

    shifted: Float64Array
    threshold: Float64Array | None
    warnings: tuple[str, ...]


def thre_top_k_exp(x: npt.ArrayLike, k: float, *, temperature: float = 1.0) -> TopK:
    """Return ThreTopK with f(t) = min(1, e^t); for k = 1 this is Softmax.

    With x sorted in descending order and m entries at weight 1, lambda is
    LSE_{i>m}(x_i) - log(k - m), for the first m in 0..ceil(k)-1 with lambda >= x_{m+1}.

    Args:
        x: Finite array, shape (..., n).
        k: Real number, 0 <= k <= n.
        temperature: Above 0; the operator is applied to x/temperature.

    Returns:
        `p` in [0, 1], and `threshold`; at k = n, where every p is 1, that is the least entry.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n + K log K) time for each row, K = ceil(k): only the K largest are sorted; O(n) memory.

    >>> thre_top_k_exp([3.0, 2.0, 1.0, 4.0], 2).p.round(6)
    array([0.665241, 0.244728, 0.090031, 1.      ])
    """
    return _top_k(as_float_array(x), k, "exp", temperature)


def thre_top_k_sigmoid(
    x: npt.ArrayLike,
    k: float,
    *,
    temperature: float = 1.0,
    tolerance: float = DEFAULT_TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> TopK:
    """Return ThreTopK with the logistic sigmoid.

    lambda is the root of sum_i sigmoid(x_i - lambda) = k, which lies in
    [min x - logit(k/n), max x - logit(k/n)]; Newton's method inside a shrinking bracket finds it.
    Identity: ST_k(x) = 1 - ST_{n-k}(-x). Never equal to Softmax at k = 1 for n > 1.

    Args:
        x: Finite array, shape (..., n).
        k: Real number, 0 <= k <= n.
        temperature: Above 0; the operator is applied to x/temperature.
        tolerance: Largest last step of the search, in units of x/temperature (the post: 1e-4).
        max_iterations: Steps after which the midpoint of the bracket is returned.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n) for each step of the search; O(n) memory.

    >>> round(float(thre_top_k_sigmoid([3.0, 2.0, 1.0, 4.0], 1).threshold), 6)
    3.894
    """
    tolerance = as_positive(tolerance, name="tolerance")
    max_iterations = as_count(max_iterations, name="max_iterations", low=1)
    return _top_k(
        as_float_array(x),
        k,
        "sigmoid",
        temperature,
        tolerance=tolerance,
        max_iterations=max_iterations,
    )


def thre_top_k_laplace(x: npt.ArrayLike, k: float, *, temperature: float = 1.0) -> TopK:
    """Return ThreTopK with the Laplace distribution function, (1 - e^-|t|) sign(t)/2 + 1/2.

    With m entries at or above lambda, A = sum_{i<=m} e^{-x_i} and B = sum_{i>m} e^{x_i},
    lambda solves k = m - e^lambda A/2 + e^-lambda B/2: a quadratic equation in e^lambda, solved
    without cancellation on either side of k = m, for every m in 0..n (m = n has the closed form
    log(2(n - k)) - LSE(-x)).
    Identity: ST_k(x) = 1 - ST_{n-k}(-x). Equals Softmax at k = 1 only if max softmax(x) <= 1/2.

    Args:
        x: Finite array, shape (..., n).
        k: Real number, 0 <= k <= n.
        temperature: Above 0; the operator is applied to x/temperature.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: instead of sorting and trying every m, m is found by stepping from closed form to closed
        form: O(n) for each step, usually 1 to 5 steps, at most 200; O(n) memory.

    >>> thre_top_k_laplace([3.0, 2.0, 1.0, 4.0], 2).p.round(6)
    array([0.696735, 0.303265, 0.111565, 0.888435])
    """
    return _top_k(as_float_array(x), k, "laplace", temperature)


def _top_k(
    values: FloatArray,
    k: float,
    step: StepName,
    temperature: float,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> TopK:
    crossing = find_crossing(
        values, k, step, temperature, tolerance=tolerance, max_iterations=max_iterations
    )
    level = crossing.threshold
    return TopK(
        p=SOFT_STEPS[step].value(crossing.shifted).astype(values.dtype, copy=False),
        threshold=None if level is None else np.asarray(level.astype(values.dtype)),
        warnings=crossing.warnings,
    )


def find_crossing(
    values: FloatArray,
    k: float,
    step: StepName,
    temperature: float = 1.0,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Crossing:
    """Return x/temperature - lambda and lambda, for a checked array of shape (..., n).

    Raises:
        OperatorDomainError: If k is not a finite number in 0..n, or the temperature is not above 0.
    """
    n = values.shape[-1]
    count = float(k)
    if step not in SOFT_STEPS:
        raise OperatorDomainError(f"step must be one of {', '.join(SOFT_STEPS)}, not {step!r}.")
    if not (math.isfinite(count) and 0.0 <= count <= n):
        raise OperatorDomainError(f"k must be between 0 and n = {n}, but it is {k}.")
    centred, top = centred_by_maximum(values, temperature)
    if count == 0.0:
        return Crossing(np.full(values.shape, -np.inf), None, (EMPTY_WARNING,))
    if count == n and step != "exp":
        return Crossing(np.full(values.shape, np.inf), None, (FULL_WARNING,))
    rows = centred.reshape(-1, n)
    if count == n:
        level = rows.min(axis=-1, keepdims=True)
    elif step == "exp":
        level = exp_level(rows, count)
    elif step == "laplace":
        level = laplace_level(rows, count)
    else:
        level = sigmoid_level(rows, count, tolerance=tolerance, max_iterations=max_iterations)
    warnings = _pitfalls(rows, count, level, step)
    rows -= level
    if float(np.spacing(np.abs(level)).max()) > COARSE_SPACING:
        _polish(rows, count, level, step)
    return Crossing(rows.reshape(values.shape), (level.reshape(top.shape) + top)[..., 0], warnings)


def _polish(rows: Float64Array, k: float, level: Float64Array, step: StepName) -> None:
    """Move the shifted rows by the fraction of a float's spacing that lambda could not hold."""
    reach = 2.0 * np.spacing(np.abs(level))
    for _ in range(POLISH_STEPS):
        excess = SOFT_STEPS[step].value(rows).sum(axis=-1, keepdims=True) - k
        steepness = SOFT_STEPS[step].slope(rows).sum(axis=-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            move = np.where(excess == 0.0, 0.0, excess / steepness)
        rows -= np.clip(np.nan_to_num(move), -reach, reach)


def _pitfalls(rows: Float64Array, k: float, level: Float64Array, step: StepName) -> tuple[str, ...]:
    warnings = []
    if step == "exp" and k < rows.shape[-1] and bool(np.any(rows == level)):
        warnings.append(KINK_WARNING)
    # At k = 1 Softmax is the branch m = 0, lambda > max x = 0; at lambda = max x both agree.
    if step == "laplace" and k == 1.0 and bool(np.any(level < 0.0)):
        warnings.append(NOT_SOFTMAX_WARNING)
    if step == "laplace" and bool(np.any(level < rows.min(axis=-1, keepdims=True))):
        warnings.append(BELOW_ALL_WARNING)
    return tuple(warnings)
