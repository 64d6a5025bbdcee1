"""Attention without position encoding, bidirectional and causal (post 10347).

Bidirectional attention does not see the order of its keys; causal attention does, because each
query sees one key more than the one before.
"""

import numpy as np
import numpy.typing as npt

from app.operators.arrays import FloatArray, as_float_array
from app.operators.errors import OperatorDomainError
from app.operators.softmax.exponential import normalised_exponential


def bidirectional_attention(
    queries: npt.ArrayLike, keys: npt.ArrayLike, values: npt.ArrayLike, *, scale: float = 1.0
) -> FloatArray:
    """Return y_n = sum_m softmax_m(scale q_n . k_m) v_m.

    Identity: unchanged if the pairs (k_m, v_m) are permuted.

    Args:
        queries: Shape (..., N, d).
        keys: Shape (..., L, d).
        values: Shape (..., L, e).
        scale: Factor of the logits; the post writes none, d^-0.5 is customary.

    Returns:
        Shape (..., N, e).

    Raises:
        OperatorDomainError: If an input is not finite or the shapes do not fit.

    Cost: O(N L (d + e)).

    >>> bidirectional_attention([[0.0]], [[1.0], [2.0]], [[2.0], [4.0]])
    array([[3.]])
    """
    content = as_float_array(values, name="values", min_ndim=2)
    weights = attention_weights(queries, keys, scale=scale)
    return _mix(weights, content)


def causal_attention(
    queries: npt.ArrayLike, keys: npt.ArrayLike, values: npt.ArrayLike, *, scale: float = 1.0
) -> FloatArray:
    """Return y_n = sum_{m<=n} softmax_{m<=n}(scale q_n . k_m) v_m.

    Identities: y_1 = v_1; y_n does not change if the first n - 1 pairs (k_m, v_m) are permuted,
    while y_2, ..., y_{n-1} do.

    Args:
        queries: Shape (..., L, d).
        keys: Shape (..., L, d).
        values: Shape (..., L, e).
        scale: Factor of the logits.

    Returns:
        Shape (..., L, e).

    Raises:
        OperatorDomainError: If an input is not finite or the shapes do not fit.

    Cost: O(L^2 (d + e)).

    >>> causal_attention([[0.0], [0.0]], [[1.0], [2.0]], [[2.0], [4.0]])
    array([[2.],
           [3.]])
    """
    content = as_float_array(values, name="values", min_ndim=2)
    weights = attention_weights(queries, keys, causal=True, scale=scale)
    return _mix(weights, content)


def attention_weights(
    queries: npt.ArrayLike, keys: npt.ArrayLike, *, causal: bool = False, scale: float = 1.0
) -> FloatArray:
    """Return the attention matrix A, shape (..., N, L); each row sums to 1.

    Args:
        queries: Shape (..., N, d).
        keys: Shape (..., L, d); L = N if causal.
        causal: Let query n see keys 1..n only.
        scale: Factor of the logits.

    Raises:
        OperatorDomainError: If an input is not finite or the shapes do not fit.

    Cost: O(N L d).
    """
    q = as_float_array(queries, name="queries", min_ndim=2)
    k = as_float_array(keys, name="keys", min_ndim=2)
    if q.shape[-1] != k.shape[-1]:
        raise OperatorDomainError(
            f"queries have {q.shape[-1]} components but keys {k.shape[-1]}; they must match."
        )
    if causal and q.shape[-2] != k.shape[-2]:
        raise OperatorDomainError(
            f"Causal attention needs as many queries as keys, not {q.shape[-2]} and {k.shape[-2]}."
        )
    with np.errstate(over="ignore", invalid="ignore"):
        logits = scale * (q.astype(np.float64) @ np.swapaxes(k, -1, -2).astype(np.float64))
    if not np.isfinite(logits).all():
        raise OperatorDomainError("queries times keys overflows; use smaller numbers or scale.")
    if causal:
        logits = np.where(np.tri(q.shape[-2], dtype=np.bool_), logits, -np.inf)
    logits -= logits.max(axis=-1, keepdims=True)
    return normalised_exponential(logits).astype(np.result_type(q, k), copy=False)


def _mix(weights: FloatArray, content: FloatArray) -> FloatArray:
    if weights.shape[-1] != content.shape[-2]:
        raise OperatorDomainError(
            f"There are {weights.shape[-1]} keys but {content.shape[-2]} values; they must match."
        )
    return np.asarray(weights @ content)
