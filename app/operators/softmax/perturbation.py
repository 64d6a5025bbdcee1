"""Perturb-max: how often each entry wins after independent noise is added (posts 10145, 9085).

p_i = P[argmax(x + eps) = i] = E_eps[prod_{j != i} Phi(x_i - x_j + eps)]. Gumbel noise gives exactly
Softmax; normal noise has a closed form for two entries; the rest is quadrature.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import log_expit, log_ndtr, logit, ndtr, ndtri

from app.operators.arrays import (
    Float64Array,
    FloatArray,
    IntArray,
    as_count,
    as_float_array,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.softmax.exponential import normalised_exponential

NoiseName: TypeAlias = Literal["gumbel", "normal", "logistic", "laplace"]
NodeRule: TypeAlias = Literal["midpoint", "open"]

DEFAULT_NODES = 1000

# Entries of the largest temporary array of the quadrature: 32 MiB of float64.
BLOCK_ENTRIES = 1 << 22


@dataclass(frozen=True, slots=True)
class Noise:
    """A continuous distribution: log of its distribution function, and its quantiles."""

    log_cdf: Callable[[Float64Array], Float64Array]
    quantile: Callable[[Float64Array], Float64Array]


def _gumbel_log_cdf(t: Float64Array) -> Float64Array:
    # Beyond -700 the exponential overflows; e^700 already is a probability of exactly 0.
    return np.asarray(-np.exp(np.minimum(-t, 700.0)))


def _gumbel_quantile(u: Float64Array) -> Float64Array:
    return np.asarray(-np.log(-np.log(u)))


def _laplace_log_cdf(t: Float64Array) -> Float64Array:
    tail = 0.5 * np.exp(-np.abs(t))
    return np.where(t >= 0.0, np.log1p(-tail), -np.abs(t) - np.log(2.0))


def _laplace_quantile(u: Float64Array) -> Float64Array:
    return np.where(u < 0.5, np.log(2.0 * u), -np.log(2.0 * (1.0 - u)))


NOISES: Mapping[NoiseName, Noise] = {
    "gumbel": Noise(_gumbel_log_cdf, _gumbel_quantile),
    "normal": Noise(log_ndtr, ndtri),
    "logistic": Noise(log_expit, logit),
    "laplace": Noise(_laplace_log_cdf, _laplace_quantile),
}


def perturb_max(
    x: npt.ArrayLike,
    noise: NoiseName = "gumbel",
    *,
    temperature: float = 1.0,
    nodes: int | None = None,
    rule: NodeRule = "midpoint",
    renormalise: bool = True,
) -> FloatArray:
    """Return the chance of each entry to be the largest after noise, shape (..., n).

    Monotone and shift invariant. Without `nodes`, the exact form is used where there is one
    (Gumbel: Softmax; normal noise and n = 2: Phi((x_1 - x_2)/sqrt 2)), else 1000 nodes.

    Args:
        x: Finite array, shape (..., n).
        noise: Distribution of the noise, one draw for each entry.
        temperature: Above 0; the operator is applied to x/temperature.
        nodes: K, forces the quadrature (1/K) sum_q prod_{j != i} Phi(x_i - x_j + Phi^-1(u_q)).
        rule: u_q = (q - 1/2)/K ("midpoint", converges faster) or q/(K + 1) ("open", the post's).
        renormalise: Divide by the row sum, which the quadrature leaves a little off 1.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(K n^2) time for each row by quadrature, bounded memory; O(n) in closed form.

    >>> perturb_max([1.0, 2.0, 3.0], "normal").round(4)
    array([0.0471, 0.2241, 0.7288])
    """
    values = as_float_array(x)
    _check_noise(noise)
    if rule not in ("midpoint", "open"):
        raise OperatorDomainError(f'rule must be "midpoint" or "open", not {rule!r}.')
    centred, _ = centred_by_maximum(values, temperature)
    if nodes is None and noise == "gumbel":
        p = normalised_exponential(centred)
    elif nodes is None and noise == "normal" and values.shape[-1] == 2:
        p = ndtr((centred - centred[..., ::-1]) / np.sqrt(2.0))
    else:
        count = as_count(DEFAULT_NODES if nodes is None else nodes, name="nodes", low=1)
        rows = centred.reshape(-1, values.shape[-1])
        p = np.stack([_quadrature(row, NOISES[noise], count, rule) for row in rows])
        p = p.reshape(values.shape)
        if renormalise:
            p /= p.sum(axis=-1, keepdims=True)
    return np.asarray(p.astype(values.dtype))


def _quadrature(row: Float64Array, noise: Noise, count: int, rule: NodeRule) -> Float64Array:
    ranks = np.arange(1.0, count + 1.0)
    shares = (ranks - 0.5) / count if rule == "midpoint" else ranks / (count + 1.0)
    shifts = noise.quantile(shares)
    own = noise.log_cdf(shifts)
    n = row.size
    p = np.zeros(n)
    some_rows = max(1, min(n, BLOCK_ENTRIES // n))
    some_nodes = max(1, BLOCK_ENTRIES // (some_rows * n))
    for first in range(0, n, some_rows):
        taken = slice(first, first + some_rows)
        ahead = row[taken, None] - row
        for node in range(0, count, some_nodes):
            block = slice(node, node + some_nodes)
            # The product over j includes j = i, whose factor is Phi(eps): divided out again.
            logs = noise.log_cdf(ahead + shifts[block, None, None]).sum(axis=-1)
            p[taken] += np.exp(logs - own[block, None]).sum(axis=0)
    return p / count


def _check_noise(noise: NoiseName) -> None:
    if noise not in NOISES:
        raise OperatorDomainError(f"noise must be one of {', '.join(NOISES)}, not {noise!r}.")


def perturb_max_sample(
    x: npt.ArrayLike,
    noise: NoiseName = "gumbel",
    *,
    size: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
) -> IntArray:
    """Return `size` draws of argmax(x/temperature + noise), shape (size, ...).

    With Gumbel noise, -log(-log u), the draws follow Softmax exactly.

    Args:
        x: Finite array, shape (..., n).
        noise: Distribution of the noise.
        size: Number of draws for each row.
        rng: The source of randomness; the same state gives the same draws.
        temperature: Above 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(size n) time for each row; memory bounded by one block of draws.

    >>> perturb_max_sample([0.0, 9.0], size=3, rng=np.random.default_rng(0))
    array([1, 1, 1])
    """
    values = as_float_array(x)
    _check_noise(noise)
    size = as_count(size, name="size", low=1)
    centred, _ = centred_by_maximum(values, temperature)
    draws = np.empty((size, *values.shape[:-1]), dtype=np.intp)
    block = max(1, BLOCK_ENTRIES // values.size)
    for first in range(0, size, block):
        rows = min(block, size - first)
        # In (0, 1], and never exactly 1 or 0 after the shift by half a step of the generator.
        uniform = rng.random((rows, *values.shape)) + 2.0**-54
        noisy = centred + NOISES[noise].quantile(uniform)
        draws[first : first + rows] = noisy.argmax(axis=-1)
    return draws
