"""How the best learning rate depends on the batch size, for SGD and for Adam-like sign steps.

`lr_sqrt` and `lr_linear` are rules of thumb; `sgd_*` and `sign_*`, `surge_*` minimise the expected
second-order loss; `steps`, `examples` and `fit_critical_batch` trade time against data;
`momentum_factor` and its neighbours carry the result to Adam. A batch size is a positive real
number. Source: kexue.fm 10542, with its successors 10563, 11260, 11280 and 11301.
"""

from app.operators.batch_size.data_efficiency import (
    CriticalBatchFit,
    examples,
    fit_critical_batch,
    steps,
)
from app.operators.batch_size.momentum import (
    adam_surge_batch_size,
    adam_update_rms,
    momentum_factor,
)
from app.operators.batch_size.scaling import lr_linear, lr_sqrt
from app.operators.batch_size.sgd import (
    SgdStats,
    b_simple,
    b_simple_from_devices,
    sgd_eta,
    sgd_eta_max,
    sgd_loss_drop,
    sgd_stats,
)
from app.operators.batch_size.sign_sgd import (
    SignMode,
    SignOptimum,
    erf_approximation,
    sign_eta,
    sign_mean,
)
from app.operators.batch_size.simulation import SimulatedSteps, simulate_steps
from app.operators.batch_size.surge import (
    SurgeParams,
    SurgeSums,
    mean_kappa2,
    sign_beta,
    sign_beta_meanfield,
    softsign,
    softsign_eta,
    softsign_sums,
    surge_eta,
    surge_loss_drop,
    surge_params,
    surge_sums,
)

__all__ = [
    "CriticalBatchFit",
    "SgdStats",
    "SignMode",
    "SignOptimum",
    "SimulatedSteps",
    "SurgeParams",
    "SurgeSums",
    "adam_surge_batch_size",
    "adam_update_rms",
    "b_simple",
    "b_simple_from_devices",
    "erf_approximation",
    "examples",
    "fit_critical_batch",
    "lr_linear",
    "lr_sqrt",
    "mean_kappa2",
    "momentum_factor",
    "sgd_eta",
    "sgd_eta_max",
    "sgd_loss_drop",
    "sgd_stats",
    "sign_beta",
    "sign_beta_meanfield",
    "sign_eta",
    "sign_mean",
    "simulate_steps",
    "softsign",
    "softsign_eta",
    "softsign_sums",
    "steps",
    "surge_eta",
    "surge_loss_drop",
    "surge_params",
    "surge_sums",
]
