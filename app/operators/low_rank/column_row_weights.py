"""Weights between the kept columns and rows of a product, and the error that is left.

C Λ R with C = X[:, S], R = Y[S, :] is never worse than C R: a free Λ beats a diagonal one, which
beats Λ = I. Source: kexue.fm 10427.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg

from app.operators.arrays import FloatArray
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.column_row import ColumnRowSelection, cr_product
from app.operators.low_rank.factors import MatrixLike, as_factors, dense
from app.operators.low_rank.matrices import Indices, as_indices, as_matrix, svd_floor
from app.operators.low_rank.pseudo_inverse import pinv


@dataclass(frozen=True, slots=True)
class ColumnRowError:
    """The achieved error of a column–row approximation beside the least possible one."""

    error: float
    """‖X Y − Σ λ_i x_i y_iᵀ‖ in the Frobenius norm."""
    svd_floor: float
    """Least Frobenius error of any matrix of the same rank."""


def cr_lambda_full(
    columns: npt.ArrayLike, rows: npt.ArrayLike, product: npt.ArrayLike
) -> FloatArray:
    """Return Λ* = C⁺ M R⁺, shape (r, r), which minimises ‖C Λ R − M‖.

    Args:
        columns: C, shape (n, r).
        rows: R, shape (r, m).
        product: M = X Y, shape (n, m).

    Raises:
        OperatorDomainError: If the matrices are not finite or their shapes do not fit.
    """
    C, R = as_matrix(columns, name="columns"), as_matrix(rows, name="rows")
    M = as_matrix(product, name="product")
    if (C.shape[0], R.shape[1]) != M.shape or C.shape[1] != R.shape[0]:
        raise OperatorDomainError(
            f"columns {C.shape} times rows {R.shape} must have the shape of product, {M.shape}."
        )
    return pinv(C) @ M @ pinv(R)


def cr_lambda_diag(x: MatrixLike, y: MatrixLike, indices: Indices) -> ColumnRowSelection:
    """Return the kept terms with the weights λ* that minimise ‖X Y − Σ λ_i x_i y_iᵀ‖.

    λ* = (UᵀU)⁺ UᵀV 1 with UᵀU = (CᵀC) ∘ (R Rᵀ) and UᵀV = (CᵀX) ∘ (R Yᵀ), so the n m × l matrix V
    of the terms is never formed. O(r l (n + m) + r³).

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        indices: S, distinct, shape (r,).

    Raises:
        OperatorDomainError: If the matrices do not fit or an index is out of range or repeated.
    """
    X, Y = as_factors(x, y)
    S = as_indices(indices, size=X.shape[1], name="indices")
    C, R = X[:, S], Y[S]
    gram = as_matrix(dense(C.T @ C) * dense(R @ R.T), name="the Gram matrix of the terms")
    targets = (dense(C.T @ X) * dense(R @ Y.T)).sum(axis=1)
    inverse, rank = scipy.linalg.pinvh(gram, return_rank=True, check_finite=False)
    warnings: tuple[str, ...] = ()
    if rank < S.size:
        warnings = (
            f"The kept terms are linearly dependent (rank {rank} of {S.size}): weights not unique.",
        )
    return ColumnRowSelection(S, np.asarray(inverse @ targets), warnings)


def cr_error(x: MatrixLike, y: MatrixLike, selection: ColumnRowSelection) -> ColumnRowError:
    """Return the achieved error and the least possible one at the same rank.

    Forms the exact product, O(n l m), and its singular values: for judging a selection, not for
    use beside it.

    Args:
        x: X, shape (n, l), dense or sparse.
        y: Y, shape (l, m), dense or sparse.
        selection: terms and weights.

    Raises:
        OperatorDomainError: If the matrices do not fit or the selection names a term beyond l.

    >>> from app.operators.low_rank import cr_top_norm
    >>> x, y = [[1, 0], [0, 2]], [[3, 0], [0, 4]]
    >>> cr_error(x, y, cr_top_norm(x, y, 1))
    ColumnRowError(error=3.0, svd_floor=3.0)
    """
    X, Y = as_factors(x, y)
    exact = dense(X @ Y)
    return ColumnRowError(
        error=float(np.linalg.norm(exact - cr_product(X, Y, selection))),
        svd_floor=svd_floor(exact, selection.indices.size),
    )
