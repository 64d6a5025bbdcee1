"""The result type of every top-k operator."""

from dataclasses import dataclass

from app.operators.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TopK:
    """Weights that stand for "is among the k largest".

    Attributes:
        p: Shape (..., n), in the dtype of the input; each row sums to k.
        threshold: The lambda of p = f(x/temperature - lambda), shape (...), in units of
            x/temperature; None for operators without one, and where it would be infinite.
        warnings: One sentence for each pitfall that fired in some row; empty if none did.
    """

    p: FloatArray
    threshold: FloatArray | None = None
    warnings: tuple[str, ...] = ()
