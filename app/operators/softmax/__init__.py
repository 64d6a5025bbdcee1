"""Softmax and its alternatives (post 10145), importable as one module.

>>> from app.operators import softmax
>>> softmax.sparsemax([1.0, 2.0, 3.0]).p
array([0., 0., 1.])
"""

from app.operators.softmax.exponential import (
    jacobian_half_norm,
    logsumexp,
    softmax,
    softmax_jacobian,
)
from app.operators.softmax.kept import (
    sparse_softmax,
    sparse_softmax_jacobian,
    sparse_softmax_top_p,
)
from app.operators.softmax.losses import (
    cross_entropy_loss,
    entmax_loss,
    margin_softmax_loss,
    smooth_accuracy_loss,
    sparse_softmax_loss,
    sparsemax_loss,
    stop_gradient_loss,
)
from app.operators.softmax.perturbation import perturb_max, perturb_max_sample
from app.operators.softmax.projection import (
    entmax,
    entmax_bisect,
    entmax_jacobian,
    sparsemax,
    sparsemax_jacobian,
)
from app.operators.softmax.result import SimplexPoint
from app.operators.softmax.taylor import (
    taylor_exp,
    taylor_exp_minimum,
    taylor_softmax,
    taylor_softmax_jacobian,
)

__all__ = [
    "SimplexPoint",
    "cross_entropy_loss",
    "entmax",
    "entmax_bisect",
    "entmax_jacobian",
    "entmax_loss",
    "jacobian_half_norm",
    "logsumexp",
    "margin_softmax_loss",
    "perturb_max",
    "perturb_max_sample",
    "smooth_accuracy_loss",
    "softmax",
    "softmax_jacobian",
    "sparse_softmax",
    "sparse_softmax_jacobian",
    "sparse_softmax_loss",
    "sparse_softmax_top_p",
    "sparsemax",
    "sparsemax_jacobian",
    "sparsemax_loss",
    "stop_gradient_loss",
    "taylor_exp",
    "taylor_exp_minimum",
    "taylor_softmax",
    "taylor_softmax_jacobian",
]
