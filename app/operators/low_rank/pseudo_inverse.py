"""The pseudo-inverse, and the best factor of a product when the other factor is given.

Source: kexue.fm 10366. ⟨P, Q⟩ = Tr(PᵀQ); multiplying by an orthogonal factor keeps the norm.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray, as_float_array, as_positive
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.matrices import as_matrix, rank_tolerance


@dataclass(frozen=True, slots=True)
class FactorizationLoss:
    """‖A B − M‖² in the Frobenius norm, with both gradients."""

    loss: float
    gradient_a: FloatArray
    """2 (A B − M) Bᵀ, shape (n, r)."""
    gradient_b: FloatArray
    """2 Aᵀ (A B − M), shape (r, m)."""


def pinv(matrix: npt.ArrayLike) -> FloatArray:
    """Return the Moore–Penrose inverse A⁺ of each matrix, shape (..., n, r) gives (..., r, n).

    A A⁺ A = A, A⁺ A A⁺ = A⁺, (A⁺)⁺ = A. From the SVD: A⁺ = V Σ⁺ Uᵀ, where singular values below
    max(n, r) ε σ₁ count as zero and stay zero. Left and right inverses of a rectangular matrix of
    full rank are special cases. O(n r min(n, r)).

    Raises:
        OperatorDomainError: If A holds no finite numbers or has fewer than two axes.

    >>> pinv([[1, 2], [2, 4], [0, 0]]).round(12) + 0.0
    array([[0.04, 0.08, 0.  ],
           [0.08, 0.16, 0.  ]])
    """
    a = as_float_array(matrix, name="matrix", min_ndim=2)
    return np.asarray(np.linalg.pinv(a, rtol=rank_tolerance(a.shape[-2:], a.dtype)))


def pinv_regularized(matrix: npt.ArrayLike, ridge: float) -> FloatArray:
    """Return (AᵀA + ε I)⁻¹ Aᵀ, shape (r, n), which tends to A⁺ as ε → 0+.

    Accurate to about 1e-16 σ₁²/ε, so the limit is watched at ε well above 1e-16 σ₁².

    Args:
        matrix: A, shape (n, r).
        ridge: ε > 0.

    Raises:
        OperatorDomainError: If A is not a finite matrix, or ε is not positive or lost beside AᵀA.
    """
    a = as_matrix(matrix)
    gram = a.T @ a
    gram[np.diag_indices_from(gram)] += as_positive(ridge, name="ridge")
    try:
        factor = scipy.linalg.cho_factor(gram, check_finite=False)
    except np.linalg.LinAlgError as error:
        raise OperatorDomainError(
            "ridge is too small beside the matrix to be felt; use a larger one, or pinv."
        ) from error
    return np.asarray(scipy.linalg.cho_solve(factor, a.T, check_finite=False))


def best_right_factor(a: npt.ArrayLike, target: npt.ArrayLike) -> FloatArray:
    """Return argmin_B ‖A B − M‖² = A⁺ M, shape (r, m); the shortest one if several are best.

    Args:
        a: A, shape (n, r).
        target: M, shape (n, m).

    Raises:
        OperatorDomainError: If the matrices are not finite or their rows differ in number.
    """
    A, M = as_matrix(a, name="a"), as_matrix(target, name="target")
    if A.shape[0] != M.shape[0]:
        raise OperatorDomainError(f"a has {A.shape[0]} rows but target has {M.shape[0]}.")
    return pinv(A) @ M


def best_left_factor(b: npt.ArrayLike, target: npt.ArrayLike) -> FloatArray:
    """Return argmin_A ‖A B − M‖² = M B⁺, shape (n, r); the shortest one if several are best.

    Args:
        b: B, shape (r, m).
        target: M, shape (n, m).

    Raises:
        OperatorDomainError: If the matrices are not finite or their columns differ in number.
    """
    B, M = as_matrix(b, name="b"), as_matrix(target, name="target")
    if B.shape[1] != M.shape[1]:
        raise OperatorDomainError(f"b has {B.shape[1]} columns but target has {M.shape[1]}.")
    return M @ pinv(B)


def factorization_loss(
    a: npt.ArrayLike, b: npt.ArrayLike, target: npt.ArrayLike
) -> FactorizationLoss:
    """Return ‖A B − M‖² with its gradients 2 (A B − M) Bᵀ and 2 Aᵀ (A B − M).

    Args:
        a: A, shape (n, r).
        b: B, shape (r, m).
        target: M, shape (n, m).

    Raises:
        OperatorDomainError: If the matrices are not finite or their shapes do not fit.
    """
    A, B = as_matrix(a, name="a"), as_matrix(b, name="b")
    M = as_matrix(target, name="target")
    if A.shape[1] != B.shape[0] or (A.shape[0], B.shape[1]) != M.shape:
        raise OperatorDomainError(
            f"a {A.shape} times b {B.shape} must have the shape of target, {M.shape}."
        )
    residual = A @ B - M
    return FactorizationLoss(
        float(np.vdot(residual, residual)), 2 * residual @ B.T, 2 * A.T @ residual
    )
