"""Quadratic forms of a symmetric matrix given in full, ``(N, N)``, or as its diagonal, ``(N,)``."""

import numpy as np

from app.operators.arrays import FloatArray


def diagonal_of(matrix: FloatArray) -> FloatArray:
    """Return the diagonal, shape (N,), of a matrix given in full or as its diagonal."""
    return matrix if matrix.ndim == 1 else np.diagonal(matrix)


def quadratic_form(matrix: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return uᵀ A u for each vector u along the last axis: shape (..., N) gives (...)."""
    if matrix.ndim == 1:
        return np.asarray((vectors**2) @ matrix)
    return np.asarray(np.sum((vectors @ matrix) * vectors, axis=-1))


def trace_of_product(first: FloatArray, second: FloatArray) -> float:
    """Return Tr(A B) of two symmetric matrices, each in full or as its diagonal; O(N²) or O(N)."""
    if first.ndim == second.ndim:
        return float(np.sum(first * second))
    return float(np.sum(diagonal_of(first) * diagonal_of(second)))
