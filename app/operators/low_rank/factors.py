"""The two factors of a product X Y, dense or scipy sparse, checked once for all methods."""

from typing import Any, TypeAlias

import numpy as np
import scipy.sparse

from app.operators.arrays import FloatArray
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.matrices import as_matrix, column_norms

# scipy ships no types: a sparse array, or anything numpy reads as a matrix.
MatrixLike: TypeAlias = Any
Matrix: TypeAlias = Any


def as_factors(x: MatrixLike, y: MatrixLike) -> tuple[Matrix, Matrix]:
    """Return X, shape (n, l), and Y, shape (l, m), as float arrays or sparse float arrays.

    A sparse X is stored by columns and a sparse Y by rows, which is how terms are taken from them.

    Raises:
        OperatorDomainError: If a matrix is empty or not finite, or the inner sizes differ.
    """
    X, Y = _as_factor(x, name="x", column_access=True), _as_factor(y, name="y", column_access=False)
    if X.shape[1] != Y.shape[0]:
        raise OperatorDomainError(
            f"x has {X.shape[1]} columns but y has {Y.shape[0]} rows; X Y needs them equal."
        )
    return X, Y


def _as_factor(values: MatrixLike, *, name: str, column_access: bool) -> Matrix:
    if not scipy.sparse.issparse(values):
        return as_matrix(values, name=name)
    if min(values.shape) == 0:
        raise OperatorDomainError(f"{name} is empty; give at least one row and column.")
    matrix = scipy.sparse.csc_array(values) if column_access else scipy.sparse.csr_array(values)
    if matrix.nnz:
        matrix.data = as_matrix(matrix.data[None, :], name=name)[0]
    elif matrix.dtype not in (np.float32, np.float64):
        matrix = matrix.astype(np.float64)
    return matrix


def factor_column_norms(matrix: Matrix) -> FloatArray:
    """Return the Euclidean norm of every column of a dense or sparse matrix."""
    if scipy.sparse.issparse(matrix):
        return np.asarray(np.sqrt(matrix.multiply(matrix).sum(axis=0))).ravel()
    return column_norms(np.asarray(matrix))


def dense(matrix: Matrix) -> FloatArray:
    """Return the matrix as a numpy array."""
    return np.asarray(matrix.toarray() if scipy.sparse.issparse(matrix) else matrix)
