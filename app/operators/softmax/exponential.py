"""Softmax, logsumexp, and how strong the Softmax gradient is (post 10145)."""

import numpy as np
import numpy.typing as npt

from app.operators.arrays import Float64Array, FloatArray, as_float_array, centred_by_maximum


def softmax(x: npt.ArrayLike, *, temperature: float = 1.0) -> FloatArray:
    """Return p_i = e^{x_i/temperature}/Z, a point of the simplex for each row.

    Monotone (ties stay equal) and shift invariant; tends to the one-hot argmax as the temperature
    tends to 0 and to 1/n as it grows. Gradient of `logsumexp`.

    Args:
        x: Finite array, shape (..., n).
        temperature: Above 0.

    Returns:
        Shape (..., n), each row sums to 1.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> softmax([1.0, 2.0, 3.0]).round(6)
    array([0.090031, 0.244728, 0.665241])
    """
    values = as_float_array(x)
    centred, _ = centred_by_maximum(values, temperature)
    return normalised_exponential(centred).astype(values.dtype, copy=False)


def normalised_exponential(centred: Float64Array) -> Float64Array:
    """Return e^c divided by its row sums, for c <= 0 with a maximum of 0 (overwrites c)."""
    np.exp(centred, out=centred)
    centred /= centred.sum(axis=-1, keepdims=True)
    return centred


def logsumexp(x: npt.ArrayLike, *, temperature: float = 1.0) -> FloatArray:
    """Return temperature * log sum_i e^{x_i/temperature}, shape (...): a smooth maximum.

    Bounds: max x <= result <= max x + temperature log n; tends to max x as the temperature tends
    to 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> round(float(logsumexp([1.0, 2.0, 3.0])), 6)
    3.407606
    """
    values = as_float_array(x)
    centred, _ = centred_by_maximum(values, temperature)
    excess = temperature * np.log(np.exp(centred).sum(axis=-1))
    return np.asarray((values.max(axis=-1).astype(np.float64) + excess).astype(values.dtype))


def softmax_jacobian(x: npt.ArrayLike, *, temperature: float = 1.0) -> FloatArray:
    """Return dp_i/dx_j = p_i (delta_ij - p_j)/temperature, shape (..., n, n).

    Symmetric, positive semidefinite, rows sum to 0.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n^2).

    >>> softmax_jacobian([1.0, 0.0]).round(6)
    array([[ 0.196612, -0.196612],
           [-0.196612,  0.196612]])
    """
    values = as_float_array(x)
    centred, _ = centred_by_maximum(values, temperature)
    p = normalised_exponential(centred)
    return (covariance_of_one_hot(p) / temperature).astype(values.dtype, copy=False)


def covariance_of_one_hot(p: Float64Array) -> Float64Array:
    """Return diag(p) - p p^T for each row, shape (..., n, n)."""
    # 0.0 - x rather than -x: no negative zeros where p is 0.
    covariance = 0.0 - p[..., :, None] * p[..., None, :]
    diagonal = np.arange(p.shape[-1])
    covariance[..., diagonal, diagonal] += p
    return covariance


def jacobian_half_norm(p: npt.ArrayLike) -> FloatArray:
    """Return half the entrywise L1 norm of the Softmax Jacobian at p: 1 - sum p_i^2, shape (...).

    0 at a one-hot p, where the gradient vanishes; 1 - 1/n at the uniform p. Computed as
    sum p_i (1 - p_i), which keeps its digits near a one-hot p.

    Args:
        p: Points of the simplex, shape (..., n).

    >>> round(float(jacobian_half_norm(softmax([1.0, 2.0, 3.0]))), 6)
    0.489457
    """
    weights = as_float_array(p, name="p")
    return np.asarray((weights * (1.0 - weights)).sum(axis=-1))
