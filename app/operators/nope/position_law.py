"""Where causal attention without positions hides the position: in the norm (post 10347).

With uniform weights y_n is the mean of n values, so for independent components with variance
sigma^2 its mean square falls like sigma^2/n. Neighbouring norms soon become indistinguishable.
"""

from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, as_count, as_float_array, as_positive
from app.operators.errors import OperatorDomainError
from app.operators.softmax.exponential import normalised_exponential

SHARP_WARNING = (
    "The law sigma^2/n holds for uniform weights; with sharp attention n is replaced by the "
    "effective length, the exponential of the entropy of the weights."
)
MEAN_WARNING = "Values with a mean other than 0 leave a floor of mean^2 under sigma^2/n."
DEPTH_WARNING = (
    "The law holds for independent values; from the second layer on the inputs share what the "
    "layers below averaged."
)


def uniform_causal_average(values: npt.ArrayLike) -> FloatArray:
    """Return Y with y_n = (v_1 + ... + v_n)/n: causal attention with equal weights.

    Args:
        values: V, shape (..., L, d).

    Returns:
        Shape (..., L, d); the first row is v_1.

    Raises:
        OperatorDomainError: If V is not finite or has fewer than two axes.

    Cost: O(L d).

    >>> uniform_causal_average([[2.0], [4.0], [0.0]])
    array([[2.],
           [3.],
           [2.]])
    """
    content = as_float_array(values, name="values", min_ndim=2)
    counts = np.arange(1, content.shape[-2] + 1)[:, None]
    means = np.cumsum(content, axis=-2, dtype=np.float64) / counts
    return means.astype(content.dtype, copy=False)


def mean_square(values: npt.ArrayLike) -> FloatArray:
    """Return ||y_n||^2/d for each row, shape (..., L): where the position hides.

    Args:
        values: Y, shape (..., L, d).

    Raises:
        OperatorDomainError: If Y is not finite or has fewer than two axes.

    >>> mean_square([[3.0, 4.0]])
    array([12.5])
    """
    content = as_float_array(values, name="values", min_ndim=2)
    squares = np.square(content, dtype=np.float64).mean(axis=-1)
    return np.asarray(squares.astype(content.dtype))


def expected_mean_square(
    position: npt.ArrayLike, *, sigma: float = 1.0, mean: float = 0.0
) -> FloatArray:
    """Return mean^2 + sigma^2/n, the expected mean square of y_n under uniform weights.

    Args:
        position: n >= 1, any shape.
        sigma: Standard deviation of the independent components of v.
        mean: Their mean; 0 in the post.

    Raises:
        OperatorDomainError: If a position is below 1 or sigma is not above 0.

    >>> expected_mean_square([1, 4])
    array([1.  , 0.25])
    """
    n = _positions(position)
    sigma = as_positive(sigma, name="sigma")
    return np.asarray(float(mean) ** 2 + sigma**2 / n)


def position_resolution(position: npt.ArrayLike) -> FloatArray:
    """Return 1/sqrt(n) - 1/sqrt(n+1), the gap between the norms of neighbouring positions.

    Asymptotically n^{-3/2}/2. Computed as 1/(sqrt(n (n+1)) (sqrt n + sqrt(n+1))), without
    cancellation at large n.

    Args:
        position: n >= 1, any shape.

    Raises:
        OperatorDomainError: If a position is below 1.

    >>> position_resolution([1, 10]).round(6)
    array([0.292893, 0.014716])
    """
    n = _positions(position)
    low, high = np.sqrt(n), np.sqrt(n + 1.0)
    return np.asarray(1.0 / (low * high * (low + high)))


def effective_length(weights: npt.ArrayLike) -> FloatArray:
    """Return exp(entropy) of each row of weights: n for n equal weights, 1 for a one-hot row.

    Args:
        weights: Rows >= 0 that sum to 1, shape (..., L).

    Raises:
        OperatorDomainError: If a weight is negative or not finite.

    >>> effective_length([0.25, 0.25, 0.25, 0.25])
    array(4.)
    """
    p = as_float_array(weights, name="weights")
    if float(p.min()) < 0.0:
        raise OperatorDomainError("weights must not be negative.")
    logs = np.log(np.where(p > 0.0, p, 1.0))
    return np.asarray(np.exp(-(p * logs).sum(axis=-1)))


def _positions(position: npt.ArrayLike) -> FloatArray:
    n = as_float_array(position, name="position", min_ndim=0).astype(np.float64)
    if float(n.min()) < 1.0:
        raise OperatorDomainError("Positions count from 1.")
    return n


@dataclass(frozen=True, slots=True, eq=False)
class NopeRun:
    """A stack of random causal layers without positions, measured.

    Attributes:
        mean_square: ||y_n||^2/d of the last layer, shape (L,).
        expected: mean^2 + sigma^2/n, shape (L,).
        effective_length: exp(entropy) of row n of the last layer's weights, shape (L,).
        weights: Attention matrix of the last layer, shape (L, L).
        warnings: One sentence for each assumption of the law that this run breaks.
    """

    mean_square: FloatArray
    expected: FloatArray
    effective_length: FloatArray
    weights: FloatArray
    warnings: tuple[str, ...]


def simulate_causal_layers(
    length: SupportsIndex,
    dimension: SupportsIndex,
    *,
    rng: np.random.Generator,
    sigma: float = 1.0,
    mean: float = 0.0,
    sharpness: float = 0.0,
    layers: SupportsIndex = 1,
) -> NopeRun:
    """Return the measured mean square by position beside the law sigma^2/n.

    Values are independent normal; each layer draws normal logits with standard deviation
    `sharpness` and replaces the values by their causal averages.

    Args:
        length: L >= 1.
        dimension: d >= 1.
        rng: The source of randomness.
        sigma: Standard deviation of the components, above 0.
        mean: Their mean.
        sharpness: Standard deviation of the logits, >= 0; 0 is uniform attention.
        layers: Number of layers, >= 1.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(layers L^2 d).

    >>> run = simulate_causal_layers(4, 4096, rng=np.random.default_rng(0))
    >>> bool(np.all(abs(run.mean_square - run.expected) < 0.05)), run.warnings
    (True, ())
    """
    length = as_count(length, name="length", low=1)
    dimension = as_count(dimension, name="dimension", low=1)
    layers = as_count(layers, name="layers", low=1)
    sigma = as_positive(sigma, name="sigma")
    if not 0.0 <= sharpness < np.inf:
        raise OperatorDomainError(f"sharpness must be at least 0, but it is {sharpness}.")
    content = mean + sigma * rng.standard_normal((length, dimension))
    visible = np.tri(length, dtype=np.bool_)
    weights = np.empty((length, length))
    for _ in range(layers):
        logits = sharpness * rng.standard_normal((length, length))
        logits = np.where(visible, logits, -np.inf)
        weights = normalised_exponential(logits - logits.max(axis=-1, keepdims=True))
        content = weights @ content
    broken = ((sharpness > 0.0, SHARP_WARNING), (mean != 0.0, MEAN_WARNING),
              (layers > 1, DEPTH_WARNING))  # fmt: skip
    return NopeRun(
        mean_square=mean_square(content),
        expected=expected_mean_square(np.arange(1, length + 1), sigma=sigma, mean=mean),
        effective_length=effective_length(weights),
        weights=weights,
        warnings=tuple(sentence for fired, sentence in broken if fired),
    )
