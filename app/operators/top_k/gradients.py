"""Gradients of ThreTopK: of lambda, of p, through a stop-gradient, and of the smooth top-k sum.

Source: post 10373. For p_i = f(x_i - lambda), with weights g_j = f'_j / sum f':
d lambda/d x_j = g_j, and d p_i/d x_j = f'_i (delta_ij - g_j).
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from app.operators.arrays import Float64Array, FloatArray, as_float_array
from app.operators.errors import OperatorDomainError
from app.operators.results import ValueAndGradient, ValueAndVjp
from app.operators.top_k.steps import SOFT_STEPS, StepName
from app.operators.top_k.subsets import grad_top_k, grad_top_k_jacobian
from app.operators.top_k.threshold import Crossing, find_crossing

SmoothTopKName: TypeAlias = Literal["grad", "exp", "sigmoid", "laplace"]


def threshold_gradient(
    x: npt.ArrayLike,
    threshold: npt.ArrayLike,
    slope: Callable[[Float64Array], Float64Array],
) -> FloatArray:
    """Return d lambda/dx, shape (..., n), for sum_i f(x_i - lambda) = k and any differentiable f.

    Identity: entries are >= 0 and each row sums to 1.

    Args:
        x: Finite array, shape (..., n).
        threshold: lambda, shape (...).
        slope: The derivative f', elementwise on float64.

    Raises:
        OperatorDomainError: If f' is 0 at every entry of some row, where lambda has no gradient.

    >>> threshold_gradient([3.0, 2.0, 1.0, 4.0], 2.5, SOFT_STEPS["sigmoid"].slope).round(6)
    array([0.305875, 0.305875, 0.194125, 0.194125])
    """
    values = as_float_array(x)
    level = as_float_array(threshold, name="threshold", min_ndim=0)
    slopes = slope(values.astype(np.float64) - level[..., None])
    total = slopes.sum(axis=-1, keepdims=True)
    if not np.all(total > 0.0):
        raise OperatorDomainError(
            "Every entry lies on a flat part of the step, so the threshold has no gradient; "
            "use a higher temperature or another k."
        )
    return np.asarray((slopes / total).astype(values.dtype))


def threshold_with_vjp(
    x: npt.ArrayLike, k: float, *, step: StepName, temperature: float = 1.0
) -> ValueAndVjp:
    """Return lambda(x/temperature) and its vector-Jacobian product with respect to x.

    The post writes x . sg[grad lambda] + sg[lambda - x . grad lambda], so that a framework gets the
    right gradient however lambda was found. Here the two are returned as a pair.

    Returns:
        `value`: lambda, shape (...); `vjp`: maps a cotangent of shape (...) to shape (..., n).

    Raises:
        OperatorDomainError: If an argument is outside its domain, k is 0 or n, or lambda has no
            gradient.

    >>> pair = threshold_with_vjp([3.0, 2.0, 1.0, 4.0], 2, step="sigmoid")
    >>> float(pair.value), pair.vjp(np.array(1.0)).round(6)
    (2.5, array([0.305875, 0.305875, 0.194125, 0.194125]))
    """
    values = as_float_array(x)
    crossing = find_crossing(values, k, step, temperature)
    if crossing.threshold is None:
        raise OperatorDomainError("k must lie between 0 and n, both excluded, for a threshold.")
    at_zero = np.zeros(crossing.threshold.shape)
    weights = threshold_gradient(crossing.shifted, at_zero, SOFT_STEPS[step].slope)

    def vjp(cotangent: FloatArray) -> FloatArray:
        pulled = np.asarray(cotangent)[..., None] * weights / temperature
        return np.asarray(pulled.astype(values.dtype))

    value = np.asarray(crossing.threshold.astype(values.dtype))
    return ValueAndVjp(value=value, vjp=vjp, warnings=crossing.warnings)


def thre_top_k_exp_jacobian(x: npt.ArrayLike, k: float, *, temperature: float = 1.0) -> FloatArray:
    """Return dp/dx of `thre_top_k_exp`, shape (..., n, n); one-sided where an entry equals lambda.

    Rows sum to 0; symmetric; rows and columns of saturated entries are 0. Cost O(n^2).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> thre_top_k_exp_jacobian([1.0, 0.0], 1).round(6)
    array([[ 0.196612, -0.196612],
           [-0.196612,  0.196612]])
    """
    return _jacobian(x, k, "exp", temperature)


def thre_top_k_sigmoid_jacobian(
    x: npt.ArrayLike, k: float, *, temperature: float = 1.0
) -> FloatArray:
    """Return dp/dx of `thre_top_k_sigmoid`, shape (..., n, n).

    Rows sum to 0; symmetric. Cost O(n^2).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> thre_top_k_sigmoid_jacobian([3.0, 2.0, 1.0, 4.0], 2)[0].round(6)
    array([ 0.163122, -0.071882, -0.04562 , -0.04562 ])
    """
    return _jacobian(x, k, "sigmoid", temperature)


def thre_top_k_laplace_jacobian(
    x: npt.ArrayLike, k: float, *, temperature: float = 1.0
) -> FloatArray:
    """Return dp/dx of `thre_top_k_laplace`, shape (..., n, n).

    Rows sum to 0; symmetric; continuous, although f'' jumps at lambda. Cost O(n^2).

    Raises:
        OperatorDomainError: If an argument is outside its domain.
    """
    return _jacobian(x, k, "laplace", temperature)


def smooth_top_k_sum(
    x: npt.ArrayLike, k: int, *, operator: SmoothTopKName = "grad", temperature: float = 1.0
) -> ValueAndGradient:
    """Return sum_i p_i x_i, a smooth sum of the k largest, with its gradient p + J x.

    Tends to the sum of the k largest as the temperature tends to 0, from below.

    Args:
        x: Finite array, shape (..., n).
        k: Integer for "grad", real for the others; 0 <= k <= n.
        operator: Which smooth top-k gives p.
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n) beyond the operator itself, but O(n^2 k) for "grad", whose Jacobian is dense.
    Source: post 10373, reply in the comments.

    >>> round(float(smooth_top_k_sum([3.0, 2.0, 1.0, 4.0], 2, operator="laplace").value), 6)
    6.362039
    """
    values = as_float_array(x)
    if operator == "grad":
        result = grad_top_k(values, k, temperature=temperature)
        jacobian = grad_top_k_jacobian(values, k, temperature=temperature)
        p, warnings = result.p, result.warnings
        pulled = np.einsum("...ij,...j->...i", jacobian, values)
    else:
        crossing = find_crossing(values, k, operator, temperature)
        p, warnings = SOFT_STEPS[operator].value(crossing.shifted), crossing.warnings
        slopes, weights = _slopes(crossing, operator)
        mean = (weights * values).sum(axis=-1, keepdims=True)
        pulled = slopes * (values - mean) / temperature
    return ValueAndGradient(
        value=np.asarray((p * values).sum(axis=-1).astype(values.dtype)),
        gradient=(p + pulled).astype(values.dtype, copy=False),
        warnings=warnings,
    )


def _jacobian(x: npt.ArrayLike, k: float, step: StepName, temperature: float) -> FloatArray:
    values = as_float_array(x)
    slopes, weights = _slopes(find_crossing(values, k, step, temperature), step)
    jacobian = -slopes[..., :, None] * weights[..., None, :]
    diagonal = np.arange(values.shape[-1])
    jacobian[..., diagonal, diagonal] += slopes
    return np.asarray((jacobian / temperature).astype(values.dtype))


def _slopes(crossing: Crossing, step: StepName) -> tuple[Float64Array, Float64Array]:
    """Return f' at each entry and its share of the row's sum (0 where the whole row is flat)."""
    slopes = SOFT_STEPS[step].slope(crossing.shifted)
    total = slopes.sum(axis=-1, keepdims=True)
    return slopes, slopes / np.where(total > 0.0, total, 1.0)
