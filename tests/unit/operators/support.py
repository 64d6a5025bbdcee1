"""Finite differences, input strategies and doctests, shared by the tests of the operators."""

import doctest
from collections.abc import Callable
from types import ModuleType

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Array = npt.NDArray[np.floating]

# Spec B: "All numbers in (d) were recomputed; use 1e-6 tolerance."
PRINTED = 1e-6
# Spec C2: finite differences agree to this relative error.
DIFFERENCE_RTOL = 1e-6


def numeric_jacobian(
    function: Callable[[Array], npt.ArrayLike], point: npt.ArrayLike, *, step: float = 1e-3
) -> Array:
    """Derivative of `function` at `point` by a sixth-order central difference.

    Returns shape `function(point).shape + point.shape`: entry [..., j] is the derivative with
    respect to coordinate j. With a step of 1e-3 both the truncation error (step**6) and the
    rounding error (1e-16/step) stay near 1e-13 for values and derivatives of order one.
    """
    at = np.asarray(point, dtype=np.float64)
    columns = []
    for index in np.ndindex(at.shape):
        shift = np.zeros(at.shape)
        shift[index] = step
        central = [
            np.asarray(function(at + times * shift), dtype=np.float64)
            - np.asarray(function(at - times * shift), dtype=np.float64)
            for times in (1, 2, 3)
        ]
        columns.append((45.0 * central[0] - 9.0 * central[1] + central[2]) / (60.0 * step))
    return np.stack(columns, axis=-1).reshape(columns[0].shape + at.shape)


def assert_same_derivative(
    actual: npt.ArrayLike,
    function: Callable[[Array], npt.ArrayLike],
    point: npt.ArrayLike,
    *,
    step: float = 1e-3,
    rtol: float = DIFFERENCE_RTOL,
) -> None:
    """Assert that `actual` is the derivative of `function` at `point`.

    The error allowed is `rtol` times the largest entry of the derivative: the norm-wise relative
    error, because an entry that is zero by cancellation has no relative error of its own.
    """
    expected = numeric_jacobian(function, point, step=step)
    scale = max(float(np.abs(expected).max()), 1e-9)
    np.testing.assert_allclose(np.asarray(actual), expected, rtol=0.0, atol=rtol * scale)


def numeric_vjp(
    function: Callable[[Array], npt.ArrayLike],
    point: npt.ArrayLike,
    cotangent: npt.ArrayLike,
    *,
    step: float = 1e-3,
) -> Array:
    """Vector-Jacobian product `cotangent^T J` by finite differences, in the shape of `point`."""
    cotangent = np.asarray(cotangent, dtype=np.float64)
    jacobian = numeric_jacobian(function, point, step=step)
    return np.tensordot(cotangent, jacobian, axes=cotangent.ndim)


def vectors(
    *, min_size: int = 1, max_size: int = 12, magnitude: float = 20.0
) -> st.SearchStrategy[Array]:
    """Finite float64 vectors, ties and zeros included."""
    return hnp.arrays(
        np.float64,
        st.integers(min_size, max_size),
        elements=st.floats(-magnitude, magnitude, allow_nan=False, allow_subnormal=False),
    )


def matrices(
    *, max_rows: int = 8, max_columns: int = 8, magnitude: float = 10.0
) -> st.SearchStrategy[Array]:
    """Finite float64 matrices, rank-deficient ones included."""
    return hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, max_rows), st.integers(1, max_columns)),
        elements=st.floats(-magnitude, magnitude, allow_nan=False, allow_subnormal=False),
    )


def run_doctests(module: ModuleType) -> doctest.TestResults:
    """Run every docstring example of `module` and return (failed, attempted)."""
    return doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
