"""Speed of the top-k operators and of the sparse maps, each beside its plain alternative."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from app.operators import softmax, top_k
from tests.bench.table import time_interleaved

Array = npt.NDArray[np.float64]

TABLES = "prefix and suffix tables by logaddexp"
SORT = "one np.sort"


def rows() -> list[tuple[str, float, str, float]]:
    """Return (what, our seconds, peer, peer seconds), best of several interleaved runs."""
    rng = np.random.default_rng(0)
    middle = rng.standard_normal(10_000)
    large = rng.standard_normal(1_000_000)
    narrow = 1e-3 * large
    sort, sort_narrow = partial(np.sort, large), partial(np.sort, narrow)
    plain = partial(log_domain_grad_top_k, middle, 100)
    cases: list[tuple[str, Callable[[], object], str, Callable[[], object]]] = [
        ("GradTopK n=10,000 k=100", partial(top_k.grad_top_k, middle, 100), TABLES, plain)
    ]
    for k in (100, 100_000, 500_000):
        exp = partial(top_k.thre_top_k_exp, large, k)
        laplace = partial(top_k.thre_top_k_laplace, large, k)
        cases.append((f"ThreTopK-exp n=1e6 k={k:,}", exp, SORT, sort))
        cases.append((f"ThreTopK-Laplace n=1e6 k={k:,}", laplace, SORT, sort))
    cases += [
        ("sparsemax n=1e6", partial(softmax.sparsemax, large), SORT, sort),
        ("entmax-1.5 n=1e6", partial(softmax.entmax, large), SORT, sort),
        # Close together, so that most entries are in the support and nothing can be discarded.
        ("sparsemax n=1e6, spread 1e-3", partial(softmax.sparsemax, narrow), SORT, sort_narrow),
        ("entmax-1.5 n=1e6, spread 1e-3", partial(softmax.entmax, narrow), SORT, sort_narrow),
    ]
    measured = []
    for what, ours, peer, theirs in cases:
        our_seconds, peer_seconds = time_interleaved(ours, theirs)
        measured.append((what, our_seconds, peer, peer_seconds))
    return measured


def log_domain_grad_top_k(x: Array, k: int) -> Array:
    """Return GradTopK by tables of log e_j over prefixes and suffixes, one step for each entry."""
    n = x.size
    prefix = np.full((n + 1, k + 1), -np.inf)
    suffix = np.full((n + 1, k + 1), -np.inf)
    prefix[0, 0] = suffix[n, 0] = 0.0
    for i in range(n):
        j = n - 1 - i
        prefix[i + 1, 0] = suffix[j, 0] = 0.0
        np.logaddexp(prefix[i, 1:], x[i] + prefix[i, :-1], out=prefix[i + 1, 1:])
        np.logaddexp(suffix[j + 1, 1:], x[j] + suffix[j + 1, :-1], out=suffix[j, 1:])
    without = np.logaddexp.reduce(prefix[:-1, :k] + suffix[1:, :k][:, ::-1], axis=1)
    return np.asarray(np.exp(x + without - prefix[n, k]))
