"""Low-rank operators against the routine each stands on or replaces, in the same run.

Own and peer calls alternate and the best of several counts, so that a busy moment of the machine
meets both. Rows name the error of an approximation beside its peer's, because speed at a worse
error would prove nothing.
"""

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.linalg.interpolative

from app.operators.low_rank import cr_product, cr_top_norm, id_colsample, id_cpqr_to_rank
from tests.bench.table import time_interleaved

SIZE, RANK, SAMPLE = 2000, 50, 100
PRODUCT_SIZE = 4096
ROUNDS = 5
PRODUCT_ROUNDS = 3

Array = npt.NDArray[np.floating]
Row = tuple[str, float, str, float]


def rows() -> list[Row]:
    """Return (what, our seconds, peer, peer seconds) for each bar of the low-rank operators."""
    flat = _low_rank_plus_noise(decades=0.0)
    falling = _low_rank_plus_noise(decades=1.0)
    return [
        _pivoted(flat),
        _sampled(falling, "singular values over one decade"),
        _sampled(flat, "equal singular values"),
        _column_row(),
    ]


def _pivoted(M: Array) -> Row:
    ours, peer = time_interleaved(
        lambda: id_cpqr_to_rank(M, RANK, with_floor=False),
        lambda: scipy.linalg.qr(M, mode="r", pivoting=True),
        repeat=ROUNDS,
    )
    what = f"ID by pivoted QR to rank {RANK}, {SIZE}x{SIZE}"
    return what, ours, "scipy.linalg.qr(mode='r', pivoting=True)", peer


def _sampled(M: Array, kind: str) -> Row:
    rng = np.random.default_rng(1)
    errors: list[float] = []

    def sample() -> None:
        found = id_colsample(M, RANK, SAMPLE, rng, exchange_bound=1.0, with_floor=False)
        errors.append(found.error)

    ours, peer = time_interleaved(
        sample,
        lambda: scipy.linalg.interpolative.interp_decomp(M, RANK, rand=True),
        repeat=ROUNDS,
    )
    order, projection = scipy.linalg.interpolative.interp_decomp(M, RANK, rand=True)
    Z = scipy.linalg.interpolative.reconstruct_interp_matrix(order, projection)
    peer_error = float(np.linalg.norm(M - M[:, order[:RANK]] @ Z))
    what = (
        f"ID by column sampling (k = {SAMPLE}, exchange), rank {RANK} plus noise, {kind}: "
        f"mean error {np.mean(errors):.4g} against {peer_error:.4g}"
    )
    return what, ours, "scipy.linalg.interpolative.interp_decomp(rand=True)", peer


def _column_row() -> Row:
    rng = np.random.default_rng(2)
    X, Y = (rng.standard_normal((PRODUCT_SIZE, PRODUCT_SIZE)) for _ in range(2))
    r = PRODUCT_SIZE // 10
    ours, peer = time_interleaved(
        lambda: cr_product(X, Y, cr_top_norm(X, Y, r)),
        lambda: X @ Y,
        repeat=PRODUCT_ROUNDS,
    )
    return f"CR by top norms, r = l/10, {PRODUCT_SIZE}^3", ours, "numpy X @ Y", peer


def _low_rank_plus_noise(decades: float) -> Array:
    rng = np.random.default_rng(0)
    left = rng.standard_normal((SIZE, RANK)) * np.logspace(0, -decades, RANK)
    right = rng.standard_normal((RANK, SIZE))
    return np.asarray(left @ right + 1e-3 * rng.standard_normal((SIZE, SIZE)))
