"""Low-rank approximation of a matrix or a product, with different demands on the factors.

All solve min ‖M̃ − M‖² over rank(M̃) ≤ r: the SVD without further demands, CR with columns and rows
of a product's factors, ID with columns of M, CUR with columns and rows of M. Results state the
achieved Frobenius error and, beside it, the SVD floor that nothing of that rank can go below.
Source: kexue.fm 10366, 10407, 10427, 10501 and 10662.
"""

from app.operators.low_rank.column_choice import (
    RANDOM_RULES,
    ColumnChoice,
    ColumnClusters,
    ColumnRule,
    choose_columns,
    cluster_columns,
)
from app.operators.low_rank.column_row import (
    ColumnRowSelection,
    cr_gram,
    cr_greedy,
    cr_norms,
    cr_probabilities,
    cr_product,
    cr_sample,
    cr_sampling_error,
    cr_top_norm,
    cr_top_norm_from_norms,
)
from app.operators.low_rank.column_row_weights import (
    ColumnRowError,
    cr_error,
    cr_lambda_diag,
    cr_lambda_full,
)
from app.operators.low_rank.cur import CurDecomposition, cur
from app.operators.low_rank.interpolative import (
    InterpolativeDecomposition,
    id_cpqr_to_rank,
    id_cpqr_to_tolerance,
)
from app.operators.low_rank.interpolative_exchange import id_exchange
from app.operators.low_rank.interpolative_greedy import id_best_greedy, id_best_single
from app.operators.low_rank.interpolative_random import id_colsample, id_project
from app.operators.low_rank.matrices import svd_floor
from app.operators.low_rank.pseudo_inverse import (
    FactorizationLoss,
    best_left_factor,
    best_right_factor,
    factorization_loss,
    pinv,
    pinv_regularized,
)
from app.operators.low_rank.random_svd import RandomSvd, svd_random
from app.operators.low_rank.selection import DeimPoints, LeverageScores, deim, leverage_scores
from app.operators.low_rank.svd import TruncatedSvd, svd_approx

__all__ = [
    "ColumnChoice",
    "ColumnClusters",
    "ColumnRowError",
    "ColumnRowSelection",
    "ColumnRule",
    "CurDecomposition",
    "DeimPoints",
    "FactorizationLoss",
    "InterpolativeDecomposition",
    "LeverageScores",
    "RANDOM_RULES",
    "RandomSvd",
    "TruncatedSvd",
    "best_left_factor",
    "best_right_factor",
    "choose_columns",
    "cluster_columns",
    "cr_error",
    "cr_gram",
    "cr_greedy",
    "cr_lambda_diag",
    "cr_lambda_full",
    "cr_norms",
    "cr_probabilities",
    "cr_product",
    "cr_sample",
    "cr_sampling_error",
    "cr_top_norm",
    "cr_top_norm_from_norms",
    "cur",
    "deim",
    "factorization_loss",
    "id_best_greedy",
    "id_best_single",
    "id_colsample",
    "id_cpqr_to_rank",
    "id_cpqr_to_tolerance",
    "id_exchange",
    "id_project",
    "leverage_scores",
    "pinv",
    "pinv_regularized",
    "svd_approx",
    "svd_floor",
    "svd_random",
]
