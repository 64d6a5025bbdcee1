"""How momentum enlarges the effective batch, and when it makes Adam's best rate surge.

Source: kexue.fm 11301 (September 2025), a successor of post 10542.
"""

import math

from app.operators.batch_size.inputs import as_non_negative
from app.operators.errors import OperatorDomainError

SURGE_BETA1 = 1 / 3
"""With a diagonal Hessian, Adam's best learning rate surges only above this β₁."""


def momentum_factor(beta1: float) -> float:
    """Return (1 + β₁) / (1 − β₁), by which momentum multiplies the effective batch size.

    Raises:
        OperatorDomainError: If β₁ is outside [0, 1).

    Example:
        >>> round(momentum_factor(0.9), 9)
        19.0
    """
    _require_beta1(beta1)
    return (1 + beta1) / (1 - beta1)


def adam_update_rms(beta1: float) -> float:
    """Return √((1 − β₁) / (1 + β₁)), the root mean square of Adam's update where noise rules.

    Raises:
        OperatorDomainError: If β₁ is outside [0, 1).

    Example:
        >>> round(adam_update_rms(0.9), 6)
        0.229416
    """
    return 1 / math.sqrt(momentum_factor(beta1))


def adam_surge_batch_size(beta1: float, simple_noise_batch_size: float) -> float | None:
    """Return the batch size beyond which Adam's best learning rate falls, or None if it never does.

    For a diagonal Hessian: (1 − β₁) / (3 β₁ − 1) · B_simple, if β₁ > 1/3.

    Raises:
        OperatorDomainError: If β₁ is outside [0, 1) or B_simple is negative.

    Example:
        >>> round(adam_surge_batch_size(0.9, 1.0), 6)
        0.058824
        >>> adam_surge_batch_size(0.3, 1.0) is None
        True
    """
    _require_beta1(beta1)
    noise = as_non_negative(simple_noise_batch_size, name="simple_noise_batch_size")
    if beta1 <= SURGE_BETA1:
        return None
    return (1 - beta1) / (3 * beta1 - 1) * noise


def _require_beta1(beta1: float) -> None:
    if not 0 <= beta1 < 1:
        raise OperatorDomainError(f"beta1 must be in [0, 1); got {beta1}.")
