"""The result type of the maps to the simplex that are sparse or have pitfalls."""

from dataclasses import dataclass

from app.operators.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SimplexPoint:
    """A probability vector for each row, and how it came about.

    Attributes:
        p: Shape (..., n), in the dtype of the input; each row is >= 0 and sums to 1.
        support: Shape (..., n), True where p may be above 0.
        threshold: lambda, shape (...), for maps of the form relu(beta x/temperature - lambda)^(1/
            beta); None for the others.
        warnings: One sentence for each pitfall that fired in some row; empty if none did.
    """

    p: FloatArray
    support: BoolArray
    threshold: FloatArray | None = None
    warnings: tuple[str, ...] = ()
