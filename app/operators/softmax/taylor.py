"""Taylor Softmax: e^x replaced by its Taylor polynomial of even degree (post 10145)."""

import math
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammaln, hyp1f1

from app.operators.arrays import (
    Float64Array,
    FloatArray,
    as_count,
    as_float_array,
    as_positive,
)
from app.operators.errors import OperatorDomainError
from app.operators.softmax.result import SimplexPoint

NOT_MONOTONE_WARNING = (
    "Some entry lies left of the polynomial's minimum, where a smaller entry gets a larger "
    "probability."
)

# Beyond, the terms x^m/m! pass the largest float long before they matter.
MAX_DEGREE = 150


def taylor_exp(x: npt.ArrayLike, degree: SupportsIndex) -> FloatArray:
    """Return f_k(x) = sum_{m<=k} x^m/m!, elementwise; above 0 for even k.

    For x < 0 the alternating sum is replaced by e^x -+ |x|^{k+1}/(k+1)! M(1, k+2, x), with
    Kummer's function M > 0: for even k both terms are positive and nothing cancels.

    Args:
        x: Finite array, any shape.
        degree: k, 0 <= k <= 150.

    Raises:
        OperatorDomainError: If an argument is outside its domain, or the result overflows.

    Cost: O(k) for each entry.

    >>> taylor_exp([1.0, 2.0, 3.0], 2)
    array([2.5, 5. , 8.5])
    """
    values = as_float_array(x, min_ndim=0)
    k = as_count(degree, name="degree", low=0, high=MAX_DEGREE)
    return np.asarray(_polynomial(values.astype(np.float64), k).astype(values.dtype))


def _polynomial(x: Float64Array, k: int) -> Float64Array:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        raised = np.maximum(x, 0.0)
        positive = np.ones_like(raised)
        for m in range(k, 0, -1):
            positive = 1.0 + raised / m * positive
        y = np.maximum(-x, 0.0)
        remainder = np.exp((k + 1) * np.log(y) - gammaln(k + 2)) * hyp1f1(1.0, k + 2.0, -y)
        negative = np.exp(-y) + (1.0 if k % 2 == 0 else -1.0) * remainder
    value = np.where(x >= 0.0, positive, negative)
    if not np.isfinite(value).all():
        raise OperatorDomainError(
            f"The Taylor polynomial of degree {k} overflows; use smaller values of x."
        )
    return value


def taylor_exp_minimum(degree: SupportsIndex) -> tuple[float, float]:
    """Return the place and the value of the minimum of f_k, k even and above 0.

    There f_k' = f_{k-1} = 0, so the value is x^k/k!. Left of it f_k decreases: the map is not
    monotone there.

    Raises:
        OperatorDomainError: If the degree is odd or outside 2..150.

    >>> [round(number, 6) for number in taylor_exp_minimum(2)]
    [-1.0, 0.5]
    """
    k = _even_degree(degree)
    # f_{k-1}(-k) < 0 < f_{k-1}(0): an odd polynomial with one real root.
    place = brentq(lambda at: float(_polynomial(np.asarray(at), k - 1)), -float(k), 0.0, xtol=1e-15)
    return float(place), float(place) ** k / math.factorial(k)


def taylor_softmax(
    x: npt.ArrayLike, degree: SupportsIndex = 2, *, temperature: float = 1.0
) -> SimplexPoint:
    """Return p_i = f_k(x_i/temperature)/sum_j f_k(x_j/temperature), for even k.

    Neither monotone (see `warnings`) nor shift invariant; tails are polynomial. k = 2 serves in
    linear attention.

    Args:
        x: Finite array, shape (..., n).
        degree: k, even, 2 <= k <= 150; odd polynomials can be negative.
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain, or the polynomial overflows.

    Cost: O(kn).

    >>> taylor_softmax([1.0, 2.0, 3.0], 2).p
    array([0.15625, 0.3125 , 0.53125])
    """
    values = as_float_array(x)
    scaled = values.astype(np.float64) / as_positive(temperature, name="temperature")
    k = _even_degree(degree)
    weights = _polynomial(scaled, k)
    p = _shares(weights)
    falling = bool(np.any(_polynomial(scaled, k - 1) < 0.0))
    return SimplexPoint(
        p=p.astype(values.dtype, copy=False),
        support=np.ones(values.shape, dtype=np.bool_),
        warnings=(NOT_MONOTONE_WARNING,) if falling else (),
    )


def taylor_softmax_jacobian(
    x: npt.ArrayLike, degree: SupportsIndex = 2, *, temperature: float = 1.0
) -> FloatArray:
    """Return dp_i/dx_j = (delta_ij - p_i) f_{k-1}(x_j)/sum f_k / temperature, shape (..., n, n).

    Columns sum to 0; not symmetric; rows do not sum to 0, because a common shift changes p.

    Raises:
        OperatorDomainError: If an argument is outside its domain, or the polynomial overflows.

    Cost: O(n^2 + kn).
    """
    values = as_float_array(x)
    temperature = as_positive(temperature, name="temperature")
    scaled = values.astype(np.float64) / temperature
    k = _even_degree(degree)
    weights = _polynomial(scaled, k)
    slopes = _polynomial(scaled, k - 1) / weights.sum(axis=-1, keepdims=True)
    jacobian = -_shares(weights)[..., :, None] * slopes[..., None, :]
    diagonal = np.arange(values.shape[-1])
    jacobian[..., diagonal, diagonal] += slopes
    return np.asarray((jacobian / temperature).astype(values.dtype))


def _shares(weights: Float64Array) -> Float64Array:
    with np.errstate(over="ignore"):
        total = weights.sum(axis=-1, keepdims=True)
    if not np.isfinite(total).all():
        raise OperatorDomainError("The Taylor polynomials sum to infinity; use smaller values.")
    return np.asarray(weights / total)


def _even_degree(degree: SupportsIndex) -> int:
    k = as_count(degree, name="degree", low=2, high=MAX_DEGREE)
    if k % 2:
        raise OperatorDomainError(
            f"degree must be even, since odd Taylor polynomials can be negative, but it is {k}."
        )
    return k
