"""Two rules of thumb that carry a learning rate from one batch size to another.

Both can hold only locally: continued, they would allow an unbounded learning rate. Where they stop
is the subject of `sgd` and `surge`. Warm-up steps lie outside every law of this package.

Source: kexue.fm 10542; the square root from arXiv:1404.5997 (and 1705.08741), the linear rule from
arXiv:1706.02677 and, by its stochastic differential equation, arXiv:1811.01558. For RMSProp and
Adam that equation gives the square root (arXiv:2205.10287).
"""

import numpy as np
from numpy.typing import ArrayLike

from app.operators.arrays import FloatArray, as_positive
from app.operators.batch_size.inputs import as_batch_sizes


def lr_sqrt(batch_size: ArrayLike, base_batch_size: float, base_eta: float) -> FloatArray:
    """Return η₀ √(B / B₀), which keeps the covariance η²/B of the SGD increment constant.

    Args:
        batch_size: B > 0, any shape; real numbers are legal.
        base_batch_size: B₀ > 0, where the learning rate was tuned.
        base_eta: η₀ > 0, the learning rate that was best there.

    Raises:
        OperatorDomainError: If a batch size or η₀ is not positive.

    Example:
        >>> float(lr_sqrt(1024, 256, 0.1))
        0.2
    """
    return np.asarray(base_eta * np.sqrt(_ratio(batch_size, base_batch_size, base_eta)))


def lr_linear(batch_size: ArrayLike, base_batch_size: float, base_eta: float) -> FloatArray:
    """Return η₀ B / B₀, which keeps the noise scale η/B of the SGD diffusion constant.

    Args:
        batch_size: B > 0, any shape; real numbers are legal.
        base_batch_size: B₀ > 0, where the learning rate was tuned.
        base_eta: η₀ > 0, the learning rate that was best there.

    Raises:
        OperatorDomainError: If a batch size or η₀ is not positive.

    Example:
        >>> float(lr_linear(1024, 256, 0.1))
        0.4
    """
    return np.asarray(base_eta * _ratio(batch_size, base_batch_size, base_eta))


def _ratio(batch_size: ArrayLike, base_batch_size: float, base_eta: float) -> FloatArray:
    as_positive(base_eta, name="base_eta")
    return as_batch_sizes(batch_size) / as_positive(base_batch_size, name="base_batch_size")
