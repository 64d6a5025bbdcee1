"""What operators return beside plain arrays: a value with its gradient, or with its VJP.

Where a pitfall named by the posts can fire, the result carries `warnings`: one sentence for each
pitfall that fired on this input (in any row of a batch), empty if none did.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.operators.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ValueAndGradient:
    """A scalar for each row, and its gradient.

    Attributes:
        value: Shape (...), one number for each row of the input.
        gradient: Shape (..., n), derivative of each value with respect to its own row.
        warnings: One sentence for each pitfall that fired.
    """

    value: FloatArray
    gradient: FloatArray
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ValueAndVjp:
    """A value, and the vector-Jacobian product that stands for its stop-gradient definition.

    numpy has no stop-gradient. Where a post defines a backward pass by one, the forward value and
    the backward map are returned side by side.

    Attributes:
        value: Shape (...), the forward value.
        vjp: Maps a cotangent of the shape of `value` to one of the shape of the input.
        warnings: One sentence for each pitfall that fired.
    """

    value: FloatArray
    vjp: Callable[[FloatArray], FloatArray]
    warnings: tuple[str, ...] = ()
