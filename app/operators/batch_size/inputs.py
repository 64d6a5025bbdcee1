"""What the formulas of batch size and learning rate accept, checked in one place.

Shapes: ``N`` parameters. A Hessian or a covariance may be given in full, ``(N, N)``, or as its
diagonal alone, ``(N,)``, which makes every formula of this package O(N).
"""

import numpy as np
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_float_array
from app.operators.errors import OperatorDomainError

SYMMETRY_TOLERANCE = 1e-5
"""Largest asymmetry of a matrix, relative to its largest entry: float32 products stay below."""

NEGATIVE_EIGENVALUE_TOLERANCE = 1e-6
"""How negative, relative to the largest, an eigenvalue of a covariance may be by rounding."""


def as_gradient(values: ArrayLike) -> FloatArray:
    """Return the mean gradient, shape (N,).

    Raises:
        OperatorDomainError: If it is not a vector, or zero: no step lowers the loss to first order.
    """
    gradient = as_float_array(values, name="gradient")
    if gradient.ndim != 1:
        raise OperatorDomainError("The gradient must be a vector: give one number per parameter.")
    if not gradient.any():
        raise OperatorDomainError(
            "The gradient is zero, so no learning rate is better than another: give a non-zero one."
        )
    with np.errstate(over="ignore", under="ignore"):
        squared_norm = float(gradient @ gradient)
    if not (np.isfinite(squared_norm) and squared_norm >= np.finfo(gradient.dtype).tiny):
        raise OperatorDomainError(
            "The squared gradient overflows or underflows: rescale the loss so that it does not."
        )
    return gradient


def as_deviations(values: ArrayLike, size: int) -> FloatArray:
    """Return the per-sample standard deviations of the gradient, shape (N,), each at least 0.

    Raises:
        OperatorDomainError: If the shape is not (N,) or a deviation is negative.
    """
    deviations = as_float_array(values, name="sigma")
    if deviations.shape != (size,) or (deviations < 0).any():
        raise OperatorDomainError(
            f"sigma must hold {size} standard deviations of at least 0, one per parameter."
        )
    return deviations


def as_hessian(values: ArrayLike, size: int) -> FloatArray:
    """Return the Hessian, shape (N, N) or its diagonal (N,), positive definite.

    Costs a Cholesky factorisation, N³/3 operations, for a full matrix.

    Raises:
        OperatorDomainError: If the shape does not fit, or the matrix is not symmetric positive
            definite: the second-order loss then has no lowest point along some direction.
    """
    hessian = _as_symmetric(values, size, name="Hessian")
    if hessian.ndim == 1:
        is_positive = bool((hessian > 0).all())
    else:
        try:
            np.linalg.cholesky(hessian)
            is_positive = True
        except np.linalg.LinAlgError:
            is_positive = False
    if not is_positive:
        raise OperatorDomainError(
            "The Hessian is not positive definite, so the quadratic loss has no minimum: "
            "give a symmetric matrix with positive eigenvalues."
        )
    return hessian


def as_covariance(values: ArrayLike, size: int) -> FloatArray:
    """Return the covariance of one sample's gradient, shape (N, N) or its diagonal (N,).

    Raises:
        OperatorDomainError: If the shape does not fit, or the matrix is not symmetric positive
            semi-definite.
    """
    covariance = _as_symmetric(values, size, name="covariance")
    eigenvalues = covariance if covariance.ndim == 1 else np.linalg.eigvalsh(covariance)
    slack = NEGATIVE_EIGENVALUE_TOLERANCE * float(np.abs(eigenvalues).max())
    if float(eigenvalues.min()) < (-slack if covariance.ndim == 2 else 0.0):
        raise OperatorDomainError(
            "The covariance has a negative eigenvalue: give a positive semi-definite matrix "
            "or non-negative variances."
        )
    return covariance


def as_batch_sizes(values: ArrayLike) -> FloatArray:
    """Return batch sizes as floats of any shape.

    Raises:
        OperatorDomainError: If one is not positive.
    """
    batch_sizes = as_float_array(values, name="batch_size", min_ndim=0)
    if (batch_sizes <= 0).any():
        raise OperatorDomainError("A batch size must be positive: give real numbers above 0.")
    return batch_sizes


def as_non_negative(value: float, *, name: str) -> float:
    """Return the value as a float.

    Raises:
        OperatorDomainError: If it is negative or not finite.
    """
    if not (np.isfinite(value) and value >= 0):
        raise OperatorDomainError(f"{name} must be a number of at least 0; got {value}.")
    return float(value)


def _as_symmetric(values: ArrayLike, size: int, *, name: str) -> FloatArray:
    matrix = as_float_array(values, name=name)
    if matrix.shape not in ((size,), (size, size)):
        raise OperatorDomainError(
            f"The {name} must have shape ({size}, {size}), or ({size},) for its diagonal, "
            f"to fit the gradient; got {matrix.shape}."
        )
    if matrix.ndim == 2:
        largest = float(np.abs(matrix).max())
        if float(np.abs(matrix - matrix.T).max()) > SYMMETRY_TOLERANCE * largest:
            raise OperatorDomainError(f"The {name} is not symmetric: give A with A = Aᵀ.")
    return matrix
