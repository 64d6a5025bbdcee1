"""Hard and smooth top-k operators (post 10373), importable as one module.

>>> from app.operators import top_k
>>> top_k.thre_top_k_exp([1.0, 1.0, 1.0, 1.0], 2).p
array([0.5, 0.5, 0.5, 0.5])
"""

from app.operators.top_k.gradients import (
    smooth_top_k_sum,
    thre_top_k_exp_jacobian,
    thre_top_k_laplace_jacobian,
    thre_top_k_sigmoid_jacobian,
    threshold_gradient,
    threshold_with_vjp,
)
from app.operators.top_k.hard import hard_top_k, top_k_sum, top_k_sum_bound
from app.operators.top_k.iterated import iterated_softmax_top_k, weighted_softmax_top_k
from app.operators.top_k.result import TopK
from app.operators.top_k.steps import SOFT_STEPS, SoftStep
from app.operators.top_k.subsets import (
    grad_top_k,
    grad_top_k_jacobian,
    grad_top_k_recursive,
    log_partition_top_k,
)
from app.operators.top_k.threshold import (
    thre_top_k_exp,
    thre_top_k_laplace,
    thre_top_k_sigmoid,
)

__all__ = [
    "SOFT_STEPS",
    "SoftStep",
    "TopK",
    "grad_top_k",
    "grad_top_k_jacobian",
    "grad_top_k_recursive",
    "hard_top_k",
    "iterated_softmax_top_k",
    "log_partition_top_k",
    "smooth_top_k_sum",
    "thre_top_k_exp",
    "thre_top_k_exp_jacobian",
    "thre_top_k_laplace",
    "thre_top_k_laplace_jacobian",
    "thre_top_k_sigmoid",
    "thre_top_k_sigmoid_jacobian",
    "threshold_gradient",
    "threshold_with_vjp",
    "top_k_sum",
    "top_k_sum_bound",
    "weighted_softmax_top_k",
]
