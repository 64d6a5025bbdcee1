"""Losses of the maps to the simplex, each with its gradient (post 10145)."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from app.operators.arrays import (
    Float64Array,
    FloatArray,
    IntArray,
    as_class_index,
    as_float_array,
    as_positive,
    centred_by_maximum,
)
from app.operators.errors import OperatorDomainError
from app.operators.results import ValueAndGradient, ValueAndVjp
from app.operators.softmax.exponential import normalised_exponential
from app.operators.softmax.kept import sparse_softmax
from app.operators.softmax.projection import as_alpha, entmax, sparsemax

OUTSIDE_WARNING = (
    "The target is outside the kept set, so the loss can be negative and is unbounded below; "
    "force the target into the set."
)
MEANINGLESS_WARNING = (
    "The value has the right gradient but no meaning of its own (here it is negative); "
    "monitor something else."
)

# Cosines computed in float32 may leave [-1, 1] by this much.
COSINE_SLACK = 1e-6


def cross_entropy_loss(x: npt.ArrayLike, target: npt.ArrayLike) -> ValueAndGradient:
    """Return -log softmax(x)_t and its gradient p - onehot(t).

    The gradient is never 0 at finite logits, which is the motive for the sparse alternatives.

    Args:
        x: Logits, finite, shape (..., n).
        target: Class index t, one for all rows or one for each, shape (...).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> round(float(cross_entropy_loss([1.0, 2.0, 3.0], 2).value), 6)
    0.407606
    """
    values, t = _logits(x, target)
    centred, _ = centred_by_maximum(values, 1.0)
    loss = _log_odds_loss(centred, t)
    return _pair(values, loss, normalised_exponential(centred) - _one_hot(t, values))


def smooth_accuracy_loss(x: npt.ArrayLike, target: npt.ArrayLike) -> ValueAndGradient:
    """Return -softmax(x)_t, minus the smooth accuracy, and its gradient p_t (p - onehot(t)).

    The gradient vanishes for badly wrong rows too: for fine-tuning only.

    Args:
        x: Logits, finite, shape (..., n).
        target: Class index, one for all rows or one for each.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> round(float(smooth_accuracy_loss([1.0, 2.0, 3.0], 2).value), 6)
    -0.665241
    """
    values, t = _logits(x, target)
    p = normalised_exponential(centred_by_maximum(values, 1.0)[0])
    hit = np.take_along_axis(p, t[..., None], axis=-1)
    return _pair(values, -hit[..., 0], hit * (p - _one_hot(t, values)))


def margin_softmax_loss(
    cosines: npt.ArrayLike, target: npt.ArrayLike, *, margin: float, temperature: float
) -> ValueAndGradient:
    """Return the AM-Softmax loss and its gradient with respect to the cosines.

    -log( e^{(c_t - m)/tau} / (e^{(c_t - m)/tau} + sum_{j != t} e^{c_j/tau}) ): the target has to
    lead by m. With m = 0 it is the cross entropy of c/tau.

    Args:
        cosines: c = cos(z, c_j), in [-1, 1], shape (..., n).
        target: Class index t, one for all rows or one for each.
        margin: m >= 0.
        temperature: tau > 0; without it logits in [-1, 1] could not tell classes apart.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> loss = margin_softmax_loss([0.9, 0.1], 0, margin=0.3, temperature=0.1)
    >>> round(float(loss.value), 6)
    0.006715
    """
    values, t = _logits(cosines, target)
    temperature = as_positive(temperature, name="temperature")
    if float(np.abs(values).max()) > 1.0 + COSINE_SLACK:
        raise OperatorDomainError("cosines must lie between -1 and 1.")
    if not 0.0 <= float(margin) < np.inf:
        raise OperatorDomainError(f"margin must be finite and at least 0, but it is {margin}.")
    one_hot = _one_hot(t, values)
    centred, _ = centred_by_maximum(values.astype(np.float64) - margin * one_hot, temperature)
    loss = _log_odds_loss(centred, t)
    return _pair(values, loss, (normalised_exponential(centred) - one_hot) / temperature)


def sparse_softmax_loss(
    x: npt.ArrayLike, target: npt.ArrayLike, k: int, *, force_target: bool = False
) -> ValueAndGradient:
    """Return LSE over the kept set minus x_t, and its gradient: Softmax inside minus onehot(t).

    Args:
        x: Logits, finite, shape (..., n).
        target: Class index t, one for all rows or one for each.
        k: Size of the kept set Omega_k, 1 <= k <= n.
        force_target: Add t to the kept set, as the paper 2112.12433 does; the loss is then >= 0.

    Returns:
        Value and gradient; `warnings` if some target is outside its kept set.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: O(n).

    >>> sparse_softmax_loss([3.0, 2.0, 1.0, 4.0], 2, 2).warnings[0][:29]
    'The target is outside the kep'
    """
    values, t = _logits(x, target)
    kept = sparse_softmax(values, k).support
    one_hot = _one_hot(t, values)
    inside = np.take_along_axis(kept, t[..., None], axis=-1)
    if force_target:
        kept = kept | (one_hot > 0.0)
    centred, _ = centred_by_maximum(values, 1.0)
    reference = np.take_along_axis(centred, t[..., None], axis=-1)
    weights = np.where(kept, np.exp(centred), 0.0)
    total = weights.sum(axis=-1, keepdims=True)
    outside = not force_target and not bool(inside.all())
    return _pair(
        values,
        (np.log(total) - reference)[..., 0],
        weights / total - one_hot,
        (OUTSIDE_WARNING,) if outside else (),
    )


def sparsemax_loss(x: npt.ArrayLike, target: npt.ArrayLike) -> ValueAndGradient:
    """Return 1/2 - x_t + (1/2) sum_{i in S}(x_i^2 - lambda^2) and its gradient p - onehot(t).

    Never negative; 0, with gradient 0, exactly if x_t leads every other logit by at least 1.

    Args:
        x: Logits, finite, shape (..., n).
        target: Class index t, one for all rows or one for each.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: as `sparsemax`.

    >>> round(float(sparsemax_loss([0.3, 1.1, 0.9, -0.5], 2).value), 6)
    0.36
    """
    values, t = _logits(x, target)
    centred, _ = centred_by_maximum(values, 1.0)
    point = sparsemax(centred)
    one_hot = _one_hot(t, values)
    # x_i^2 - lambda^2 = p_i (2 x_i - p_i) on the support, which avoids squares of large logits.
    impurity = (point.p * (1.0 - point.p)).sum(axis=-1)
    loss = ((point.p - one_hot) * centred).sum(axis=-1) + 0.5 * impurity
    return _pair(values, np.maximum(loss, 0.0), point.p - one_hot, point.warnings)


def entmax_loss(x: npt.ArrayLike, target: npt.ArrayLike, alpha: float = 1.5) -> ValueAndGradient:
    """Return (p - onehot(t)) . x + (1 - sum p^alpha)/(alpha (alpha - 1)) and p - onehot(t).

    The Fenchel-Young loss of entmax: alpha = 2 is `sparsemax_loss`, alpha = 1 the cross entropy.
    Never negative; 0 exactly if x_t leads by at least 1/(alpha - 1).

    Args:
        x: Logits, finite, shape (..., n).
        target: Class index t, one for all rows or one for each.
        alpha: 1 <= alpha <= 2.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    Cost: as `entmax`. Source: 1901.02324, 1905.05702.

    >>> round(float(entmax_loss([0.3, 1.1, 0.9, -0.5], 2, alpha=2.0).value), 6)
    0.36
    """
    values, t = _logits(x, target)
    alpha = as_alpha(alpha)
    if alpha == 1.0:
        return cross_entropy_loss(values, t)
    centred, _ = centred_by_maximum(values, 1.0)
    point = entmax(centred, alpha)
    one_hot = _one_hot(t, values)
    # p - p^alpha by expm1: near alpha = 1 both the difference and its divisor vanish.
    logs = np.log(np.where(point.p > 0.0, point.p, 1.0))
    entropy = (-point.p * np.expm1((alpha - 1.0) * logs)).sum(axis=-1) / (alpha * (alpha - 1.0))
    loss = ((point.p - one_hot) * centred).sum(axis=-1) + entropy
    return _pair(values, np.maximum(loss, 0.0), point.p - one_hot, point.warnings)


def stop_gradient_loss(
    x: npt.ArrayLike, target: npt.ArrayLike, mapping: Callable[[FloatArray], FloatArray]
) -> ValueAndVjp:
    """Return the generic loss sg(p - onehot(t)) . x and its vector-Jacobian product.

    For any map to the simplex the post defines a loss by a stop-gradient: its gradient is
    p - onehot(t), but its value means nothing. The two are returned as a pair.

    Args:
        x: Logits, finite, shape (..., n).
        target: Class index t, one for all rows or one for each.
        mapping: A map to the simplex, shape (..., n) to (..., n).

    Returns:
        `value`, shape (...), with a warning if one is negative; `vjp` maps a cotangent of shape
        (...) to (..., n).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> pair = stop_gradient_loss([1.0, 0.0], 0, lambda x: sparsemax(x).p)
    >>> pair.vjp(np.array(1.0))
    array([0., 0.])
    """
    values, t = _logits(x, target)
    difference = mapping(values) - _one_hot(t, values)
    centred, _ = centred_by_maximum(values, 1.0)
    value = (difference * centred).sum(axis=-1)

    def vjp(cotangent: FloatArray) -> FloatArray:
        return np.asarray((np.asarray(cotangent)[..., None] * difference).astype(values.dtype))

    negative = bool(np.any(value < 0.0))
    return ValueAndVjp(
        value=np.asarray(value.astype(values.dtype)),
        vjp=vjp,
        warnings=(MEANINGLESS_WARNING,) if negative else (),
    )


def _logits(x: npt.ArrayLike, target: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    values = as_float_array(x)
    return values, as_class_index(target, shape=values.shape[:-1], classes=values.shape[-1])


def _one_hot(target: IntArray, values: FloatArray) -> Float64Array:
    return np.equal(target[..., None], np.arange(values.shape[-1])).astype(np.float64)


def _log_odds_loss(centred: Float64Array, target: IntArray) -> Float64Array:
    """Return log(1 + sum_{j != t} e^{x_j - x_t}), precise for a loss near 0."""
    reference = np.take_along_axis(centred, target[..., None], axis=-1)
    others = centred - reference
    np.put_along_axis(others, target[..., None], -np.inf, axis=-1)
    return np.asarray(np.logaddexp(0.0, np.logaddexp.reduce(others, axis=-1)))


def _pair(
    values: FloatArray,
    loss: FloatArray,
    gradient: FloatArray,
    warnings: tuple[str, ...] = (),
) -> ValueAndGradient:
    return ValueAndGradient(
        value=np.asarray(loss.astype(values.dtype)),
        gradient=np.asarray(gradient.astype(values.dtype)),
        warnings=warnings,
    )
