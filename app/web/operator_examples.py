"""The numbers of each operator page's example, for readers without scripts.

Made with the library itself, in the tables that the page's module makes of REST's answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.operators import batch_size, low_rank, nope, rope, softmax, top_k, vector_quantization

Cell = str | float | bool | None


@dataclass(frozen=True, slots=True)
class NumberTable:
    """Numbers with a caption; the first cell of each row names it."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@cache
def make_example_tables(slug: str) -> tuple[NumberTable, ...]:
    """The tables of a page's default state."""
    return _EXAMPLES[slug]()


def _table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> tuple[NumberTable]:
    plain = tuple(tuple(map(_to_cell, row)) for row in rows)
    return (NumberTable(caption, tuple(columns), plain),)


def _to_cell(value: object) -> Cell:
    if isinstance(value, str | bool | float) or value is None:
        return value
    return float(value)  # type: ignore[arg-type]  # numpy's scalars, all numbers


def _softmax_example() -> tuple[NumberTable, ...]:
    x = [1.0, 2.0, 3.0]
    maps = {
        "softmax": softmax.softmax(x),
        "entmax 1.5": softmax.entmax(x, 1.5).p,
        "sparsemax": softmax.sparsemax(x).p,
        "sparse softmax, k = 2": softmax.sparse_softmax(x, 2).p,
        "Taylor, degree 2": softmax.taylor_softmax(x, 2).p,
        "perturbed by normal noise": softmax.perturb_max(x, "normal"),
    }
    rows = list(zip(range(1, len(x) + 1), x, *maps.values(), strict=True))
    return _table("Probabilities", ("entry", "x", *maps), rows)


def _top_k_example() -> tuple[NumberTable, ...]:
    x, k = [3.0, 2.0, 1.0, 4.0], 2
    p = top_k.grad_top_k(x, k).p
    rows = list(zip(range(1, len(x) + 1), x, p, top_k.hard_top_k(x, k).p, strict=True))
    return _table("GradTopK, k = 2", ("entry", "x", "p", "hard top-k"), rows)


def _nope_example() -> tuple[NumberTable, ...]:
    positions = np.array([1, 2, 4, 8, 16, 32, 64, 128])
    law = nope.expected_mean_square(positions)
    rows = list(zip(positions, law, nope.position_resolution(positions), strict=True))
    return _table("By position, for uniform attention", ("n", "σ²/n", "resolution"), rows)


def _rope_example() -> tuple[NumberTable, ...]:
    segments: list[rope.Segment] = [rope.Text(4), rope.Image(3, 2), rope.Text(4)]
    placed = rope.sequence_positions(segments, "tv")
    rows = [
        (f"token {number}", f"segment {segment + 1}", *position)
        for number, (position, segment) in enumerate(
            zip(placed.positions, placed.segment, strict=True), start=1
        )
    ]
    return _table("Positions by RoPE-TV", ("token", "of", "row", "column"), rows)


def _batch_size_example() -> tuple[NumberTable, ...]:
    batches = np.array([1.0, 10.0, 100.0, 1000.0, 1e6])
    curve = (4.0, 10.0, 3.0, 50.0)
    eta = batch_size.surge_eta(batches, *curve)
    drop = batch_size.surge_loss_drop(batches, *curve)
    return _table("Sign steps", ("B", "best η", "ΔL"), list(zip(batches, eta, drop, strict=True)))


def _low_rank_example() -> tuple[NumberTable, ...]:
    matrix, r = np.array([[1.0, 0, 1, 2], [0, 2, 2, 0], [0, 0, 0, 0.1]]), 2
    floor = low_rank.svd_approx(matrix, r).error
    rows = [
        ("SVD", floor**2),
        ("ID, pivoted QR", low_rank.id_cpqr_to_rank(matrix, r).error ** 2),
        ("ID, best single columns", low_rank.id_best_greedy(matrix, r).error ** 2),
    ]
    caption = "Squared error at rank 2 of [[1,0,1,2],[0,2,2,0],[0,0,0,0.1]]"
    return _table(caption, ("method", "‖M̃ − M‖²"), rows)


def _vector_quantization_example() -> tuple[NumberTable, ...]:
    z, codebook = np.array([0.8, 0.3]), np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    nearest = vector_quantization.vq_nearest(z, codebook)
    distances = np.sum((codebook - z) ** 2, axis=1)
    rows = [
        (number, *code, distance, bool(number == nearest.indices))
        for number, (code, distance) in enumerate(zip(codebook, distances, strict=True))
    ]
    columns = ("code", "x", "y", "squared distance to z = (0.8, 0.3)", "nearest")
    return _table("Codes", columns, rows)


_EXAMPLES: dict[str, Callable[[], tuple[NumberTable, ...]]] = {
    "softmax": _softmax_example,
    "top-k": _top_k_example,
    "nope": _nope_example,
    "rope": _rope_example,
    "batch-size": _batch_size_example,
    "low-rank": _low_rank_example,
    "vector-quantization": _vector_quantization_example,
}
