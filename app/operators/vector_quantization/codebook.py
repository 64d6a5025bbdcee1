"""Nearest codes, the losses of VQ-VAE, moving-average codebooks, SimVQ, and how codes are used.

Shapes: ``z`` and ``q`` are (..., d), a codebook is (K, d). The stop-gradient of the posts has no
meaning in numpy: losses come with the gradients that it leaves.

Source: kexue.fm 6760 (VQ-VAE, arXiv:1711.00937), 10519 (SimVQ, arXiv:2411.02038).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from app.operators.arrays import FloatArray, IntArray, as_count, as_float_array
from app.operators.errors import OperatorDomainError

MAX_DISTANCE_BLOCK = 4_000_000
"""Most distances held at once (32 MB of float64); longer inputs are taken in blocks of rows."""


@dataclass(frozen=True, slots=True)
class NearestCode:
    """The nearest code of each vector."""

    indices: IntArray
    """Code numbers, shape (...)."""
    codes: FloatArray
    """q, shape (..., d), in the type of z."""
    squared_distances: FloatArray
    """‖z − q‖², shape (...)."""


@dataclass(frozen=True, slots=True)
class VqLosses:
    """The three terms of the VQ-VAE loss per item, and their gradients through stop-gradient."""

    reconstruction: FloatArray
    """‖x − x̂‖², shape (...)."""
    codebook: FloatArray
    """‖q − sg[z]‖², shape (...); moves the code to z."""
    commitment: FloatArray
    """‖z − sg[q]‖², shape (...); moves z to the code."""
    total: FloatArray
    """reconstruction + β codebook + γ commitment, shape (...)."""
    gradient_reconstruction: FloatArray
    """∂total/∂x̂ = 2 (x̂ − x), in the shape of x."""
    gradient_q: FloatArray
    """∂total/∂q = 2 β (q − z), (..., d), without what arrives through the decoder."""
    gradient_z: FloatArray
    """∂total/∂z = 2 γ (z − q), (..., d), without what arrives through the decoder."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


@dataclass(frozen=True, slots=True)
class CodebookUsage:
    """How often each code was chosen."""

    counts: IntArray
    """Shape (K,)."""
    used_fraction: float
    """Share of the K codes chosen at least once, in (0, 1]."""
    perplexity: float
    """exp of the entropy of the counts, in [1, K]; K means even use."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


def vq_nearest(z: npt.ArrayLike, codebook: npt.ArrayLike) -> NearestCode:
    """Return the code with the least Euclidean distance, ties to the lowest index.

    Unchanged when z and the codebook are moved together, because differences are taken first.
    O(K d) per vector; no K × d block per vector is formed.

    Args:
        z: shape (..., d).
        codebook: E, shape (K, d), K ≥ 1.

    Raises:
        OperatorDomainError: If numbers are not finite or the last axes differ.

    >>> found = vq_nearest([0.8, 0.3], [[0, 0], [1, 0], [0, 2]])
    >>> int(found.indices), found.codes
    (1, array([1., 0.]))
    """
    vectors, E = _as_vectors_and_codebook(z, codebook)
    flat = vectors.reshape(-1, vectors.shape[-1])
    indices = np.empty(flat.shape[0], dtype=np.intp)
    squares = np.empty(flat.shape[0], dtype=np.float64)
    rows = max(1, MAX_DISTANCE_BLOCK // E.shape[0])
    for start in range(0, flat.shape[0], rows):
        block = slice(start, start + rows)
        distances = cdist(flat[block], E, "sqeuclidean")
        indices[block] = distances.argmin(axis=1)
        squares[block] = distances.min(axis=1)
    shape = vectors.shape[:-1]
    return NearestCode(
        indices=indices.reshape(shape),
        codes=E[indices].astype(vectors.dtype, copy=False).reshape(vectors.shape),
        squared_distances=squares.astype(vectors.dtype, copy=False).reshape(shape),
    )


def vq_losses(
    x: npt.ArrayLike,
    reconstruction: npt.ArrayLike,
    z: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    beta: float = 1.0,
    gamma: float = 0.25,
) -> VqLosses:
    """Return ‖x − x̂‖² + β ‖q − sg[z]‖² + γ ‖z − sg[q]‖² per item, with its gradients.

    ‖q − z‖² alone has the same gradients as both stop-gradient terms with weight 1 : 1. The post
    asks for β > γ > 0, so that codes move to z more than z to codes; β = 0 goes with `ema_update`.
    Removing the commitment term (γ = 0) is worse in practice.

    Args:
        x: input, shape (..., p).
        reconstruction: x̂, the shape of x.
        z: encoder output, shape (..., d), with the leading axes of x.
        q: nearest codes, the shape of z.
        beta: β ≥ 0.
        gamma: γ ≥ 0.

    Raises:
        OperatorDomainError: If numbers are not finite, shapes do not fit or a weight is negative.
    """
    inputs, outputs = as_float_array(x), as_float_array(reconstruction, name="reconstruction")
    encoded, codes = as_float_array(z, name="z"), as_float_array(q, name="q")
    if inputs.shape != outputs.shape or encoded.shape != codes.shape:
        raise OperatorDomainError("x and reconstruction, and z and q, must have equal shapes.")
    if inputs.shape[:-1] != encoded.shape[:-1]:
        raise OperatorDomainError("x and z must have the same leading axes: one item each.")
    if not (0 <= beta < np.inf and 0 <= gamma < np.inf):
        raise OperatorDomainError("beta and gamma must be finite weights of at least 0.")
    warnings: tuple[str, ...] = ()
    if not beta > gamma > 0:
        warnings = ("beta > gamma > 0 does not hold: codes should move more than encodings.",)
    error, gap = outputs - inputs, codes - encoded
    reconstruction_loss = np.sum(error**2, axis=-1)
    distance = np.sum(gap**2, axis=-1)
    return VqLosses(
        reconstruction=np.asarray(reconstruction_loss),
        codebook=np.asarray(distance),
        commitment=np.asarray(distance),
        total=np.asarray(reconstruction_loss + (beta + gamma) * distance),
        gradient_reconstruction=2 * error,
        gradient_q=2 * beta * gap,
        gradient_z=-2 * gamma * gap,
        warnings=warnings,
    )


def codebook_gradient(gradient_q: npt.ArrayLike, indices: npt.ArrayLike, K: int) -> FloatArray:
    """Return the gradient with respect to the codebook, shape (K, d), from that of the chosen q.

    The vector–Jacobian product of q = E[k]: rows of codes never chosen stay zero, which is how
    winner-take-all training lets codes die.

    Args:
        gradient_q: shape (..., d).
        indices: the chosen codes, shape (...).
        K: size of the codebook, at least 1.

    Raises:
        OperatorDomainError: If shapes do not fit or an index is not in 0..K−1.
    """
    gradients = as_float_array(gradient_q, name="gradient_q")
    chosen = as_code_indices(indices, K)
    if gradients.shape[:-1] != chosen.shape:
        raise OperatorDomainError(
            "indices must have the shape of gradient_q without its last axis."
        )
    result = np.zeros((K, gradients.shape[-1]), dtype=gradients.dtype)
    np.add.at(result, chosen.ravel(), gradients.reshape(-1, gradients.shape[-1]))
    return result


def ema_update(code: npt.ArrayLike, z: npt.ArrayLike, alpha: float) -> FloatArray:
    """Return α e + (1 − α) z, which replaces the codebook term (β = 0).

    Equals a gradient step of rate (1 − α) / (2 β) on β ‖e − sg[z]‖².

    Args:
        code: e, shape (..., d).
        z: encodings, broadcast against e.
        alpha: α in [0, 1].

    Raises:
        OperatorDomainError: If numbers are not finite, shapes do not broadcast or α is outside.
    """
    old, new = as_float_array(code, name="code"), as_float_array(z, name="z")
    _require_decay(alpha)
    try:
        return np.asarray(alpha * old + (1 - alpha) * new)
    except ValueError as error:
        raise OperatorDomainError("code and z must have the same last axis.") from error


def ema_codebook(
    codebook: npt.ArrayLike, z: npt.ArrayLike, indices: npt.ArrayLike, alpha: float
) -> FloatArray:
    """Return the codebook after each chosen code moved to the mean of its vectors, shape (K, d).

    Codes that no vector chose stay where they are.

    Args:
        codebook: E, shape (K, d).
        z: encodings, shape (..., d).
        indices: the code of each, shape (...).
        alpha: α in [0, 1], what a code keeps of itself.

    Raises:
        OperatorDomainError: If numbers are not finite, shapes do not fit or α is outside.
    """
    vectors, E = _as_vectors_and_codebook(z, codebook)
    _require_decay(alpha)
    sums = codebook_gradient(vectors, indices, E.shape[0])
    counts = np.bincount(np.ravel(indices), minlength=E.shape[0])
    used = counts > 0
    updated = E.copy()
    updated[used] = alpha * E[used] + (1 - alpha) * (sums[used] / counts[used, None])
    return updated


def codebook_usage(indices: npt.ArrayLike, K: int) -> CodebookUsage:
    """Return counts, share of used codes and perplexity of a set of chosen codes.

    Args:
        indices: chosen codes, any shape, at least one.
        K: size of the codebook, at least 1.

    Raises:
        OperatorDomainError: If there is no index or one is not in 0..K−1.

    >>> usage = codebook_usage([0, 0, 1, 1], 4)
    >>> usage.used_fraction, round(usage.perplexity, 12)
    (0.5, 2.0)
    """
    counts = np.bincount(as_code_indices(indices, K).ravel(), minlength=K)
    shares = counts[counts > 0] / counts.sum()
    warnings: tuple[str, ...] = ()
    if shares.size == 1 and K > 1:
        warnings = ("All vectors share one code: the codebook has collapsed.",)
    return CodebookUsage(
        counts=counts,
        used_fraction=float(shares.size / K),
        perplexity=float(np.exp(-np.sum(shares * np.log(shares)))),
        warnings=warnings,
    )


def perplexity(indices: npt.ArrayLike, K: int) -> float:
    """Return exp of the entropy of the chosen codes, in [1, K]; see `codebook_usage`.

    Raises:
        OperatorDomainError: If there is no index or one is not in 0..K−1.
    """
    return codebook_usage(indices, K).perplexity


def as_code_indices(indices: npt.ArrayLike, K: int) -> IntArray:
    """Return code numbers as integers, any shape.

    Raises:
        OperatorDomainError: If there is none, one is no integer, or one is not in 0..K−1.
    """
    as_count(K, name="K", low=1)
    chosen = np.asarray(indices)
    if chosen.size == 0 or chosen.dtype.kind not in "iu":
        raise OperatorDomainError("indices must hold at least one integer code number.")
    if chosen.min() < 0 or chosen.max() >= K:
        raise OperatorDomainError(f"indices must be between 0 and {K - 1}.")
    return chosen.astype(np.intp)


def _as_vectors_and_codebook(
    z: npt.ArrayLike, codebook: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    vectors = as_float_array(z, name="z")
    E = as_float_array(codebook, name="codebook", min_ndim=2)
    if E.ndim != 2 or E.shape[1] != vectors.shape[-1]:
        raise OperatorDomainError(
            f"codebook must have shape (K, {vectors.shape[-1]}) to fit z; got {E.shape}."
        )
    return vectors, E


def _require_decay(alpha: float) -> None:
    if not 0 <= alpha <= 1:
        raise OperatorDomainError(f"alpha must be in [0, 1], but it is {alpha}.")
