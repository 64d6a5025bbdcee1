"""From lists of the request to checked arrays."""

import numpy as np
import numpy.typing as npt

from app.api.operators.limits import MAX_BATCH_ENTRIES, MAX_JACOBIAN_SIDE, require_at_most
from app.operators.arrays import as_float_array
from app.operators.errors import OperatorDomainError

Array = npt.NDArray[np.float64]


def as_batch(values: npt.ArrayLike, *, name: str = "x") -> Array:
    """A vector or rows of vectors as an array, shape (n,) or (rows, n).

    Raises:
        OperatorDomainError: the rows differ in length, or are too many numbers together.
    """
    array = as_float_array(values, name=name)
    require_at_most(array.size, MAX_BATCH_ENTRIES, f"The numbers of {name}")
    return np.asarray(array, dtype=np.float64)


def require_jacobian_size(x: Array) -> None:
    """Refuse a Jacobian of rows, or one that is too large to be given.

    Raises:
        OperatorDomainError: says which.
    """
    if x.ndim != 1:
        raise OperatorDomainError("A Jacobian is given for one vector only; send x as one vector.")
    if x.size > MAX_JACOBIAN_SIDE:
        raise OperatorDomainError(
            f"A Jacobian is given for at most {MAX_JACOBIAN_SIDE} numbers, but x has {x.size}."
        )


def count_rows(x: Array) -> int:
    """How many vectors there are."""
    return 1 if x.ndim == 1 else x.shape[0]
