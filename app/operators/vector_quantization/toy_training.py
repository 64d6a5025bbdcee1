"""Training of a two-dimensional codebook on points of the plane, to watch codes live and die.

The encoder is the identity, so training is k-means by other means. With `vq` and `ema` only codes
that some point chose ever move: winner takes all, and a start far from the points leaves most
codes unused for good (collapse). With `simvq` a step of W moves every code. With `fsq` the codes
are a grid that the points are mapped onto and back, so hardly one stays unused.

Source: kexue.fm 6760 (VQ-VAE, EMA), 9826 (FSQ), 10519 (SimVQ), 10489 (collapse and its remedy, a
start from the encodings themselves).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, SupportsIndex, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from app.operators.arrays import Float64Array, IntArray, as_count, as_float_array, as_positive
from app.operators.errors import OperatorDomainError
from app.operators.vector_quantization.codebook import (
    codebook_gradient,
    codebook_usage,
    ema_codebook,
    vq_nearest,
)
from app.operators.vector_quantization.finite_scalar import fsq, fsq_decode, fsq_index
from app.operators.vector_quantization.simvq import simvq_codebook, simvq_gradients

TrainingMethod: TypeAlias = Literal["vq", "ema", "simvq", "fsq"]
"""Gradient steps on the codes; their moving averages; steps on W; a learnt grid."""

TrainingStart: TypeAlias = Literal["data", "normal", "corner"]
"""Codes start at random points of the data, around the origin, or crowded beyond a corner."""

# Where the codes are, and what gives the code of each of some points.
State: TypeAlias = tuple[Float64Array, Callable[[Float64Array], IntArray]]

DATA_RADIUS = 1.0
"""Radius of the ring on which the centres of the toy clusters lie."""

CORNER = (2.0, 2.0)
"""Where the codes start that are to collapse, and how far they spread: a tenth of it."""

COLLAPSED_FRACTION = 0.5
"""Share of used codes below which a codebook counts as collapsed."""

DIVERGED = 1e6
"""Codes this many times as far out as the points have diverged."""

SPREADS_AT_THE_EDGE = 2.0
"""Standard deviations of the points at which an FSQ grid starts to saturate."""


@dataclass(frozen=True, slots=True)
class CodebookTraining:
    """A training, looked at from time to time; h looks, K codes, n points."""

    steps: IntArray
    """Steps made before each look, shape (h,); the first is 0."""
    loss: Float64Array
    """Mean squared distance of the points from their codes, shape (h,)."""
    used_fraction: Float64Array
    """Share of codes that some point chose, shape (h,)."""
    perplexity: Float64Array
    """exp of the entropy of the choices, in [1, K], shape (h,)."""
    codebooks: Float64Array
    """Where the codes are, shape (h, K, 2)."""
    indices: IntArray
    """The code of each point in the end, shape (n,)."""
    counts: IntArray
    """How many points chose each code in the end, shape (K,)."""
    warnings: tuple[str, ...] = ()
    """Pitfalls that fired, one sentence each."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How long and how fast a codebook is trained."""

    steps: int = 300
    """Steps, at least 1."""
    batch_size: int = 64
    """Points drawn for each step, with replacement."""
    rate: float = 0.5
    """Learning rate of codes, of W and of the FSQ maps; 1 puts a code onto its points."""
    alpha: float = 0.9
    """What a code keeps of itself in a moving average, in [0, 1]."""
    looks: int = 31
    """Times the codebook is looked at, evenly over the steps, at least 2."""


def toy_points(
    count: SupportsIndex, clusters: SupportsIndex, spread: float, rng: np.random.Generator
) -> Float64Array:
    """Return points of the plane in clusters around a ring, shape (count, 2).

    Args:
        count: n, at least 1.
        clusters: centres on the ring, at least 1.
        spread: standard deviation around a centre, above 0.
        rng: source of the points.

    Raises:
        OperatorDomainError: If an argument is out of its range.

    >>> toy_points(3, 1, 0.1, np.random.default_rng(0)).shape
    (3, 2)
    """
    n = as_count(count, name="count", low=1)
    size = as_count(clusters, name="clusters", low=1)
    deviation = as_positive(spread, name="spread")
    angles = 2 * math.pi * rng.integers(size, size=n) / size
    centres = DATA_RADIUS * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.asarray(centres + deviation * rng.standard_normal((n, 2)))


def train_codebook(
    points: npt.ArrayLike,
    levels: tuple[SupportsIndex, SupportsIndex],
    method: TrainingMethod,
    rng: np.random.Generator,
    *,
    start: TrainingStart = "data",
    plan: TrainingPlan | None = None,
) -> CodebookTraining:
    """Return how a codebook of K = L₁ L₂ codes learns the points.

    O((steps · batch + looks · n) · K).

    Args:
        points: what is to be quantised, shape (n, 2).
        levels: (L₁, L₂), the grid of FSQ, each at least 2; other methods take their product.
        method: how the codes move.
        rng: source of the start and of the batches.
        start: where the codes start; FSQ fits its grid to the points and does not look at it.
        plan: how long and how fast; None: the defaults.

    Raises:
        OperatorDomainError: If the points are not (n, 2) or lie on one line along an axis, an
            argument is out of its range, or the rate is so high that the training diverges.

    >>> rng = np.random.default_rng(0)
    >>> points = toy_points(200, 8, 0.1, rng)
    >>> dead = train_codebook(points, (4, 4), "vq", rng, start="corner")
    >>> alive = train_codebook(points, (4, 4), "vq", rng, start="data")
    >>> bool(dead.used_fraction[-1] < 0.5 < alive.used_fraction[-1])
    True
    """
    data = _as_points(points)
    chosen = TrainingPlan() if plan is None else plan
    _require_plan(chosen)
    grid = tuple(as_count(level, name="each level", low=2) for level in levels)
    if method not in get_args(TrainingMethod) or start not in get_args(TrainingStart):
        raise OperatorDomainError(
            f"method must be one of {', '.join(get_args(TrainingMethod))}, and start one of "
            f"{', '.join(get_args(TrainingStart))}."
        )
    if method == "fsq":
        states = _train_grid(data, grid, rng, chosen)
    else:
        codes = _first_codes(data, math.prod(grid), start, rng)
        states = _train_codes(data, codes, method, rng, chosen)
    return _watch(data, states, chosen)


def _as_points(points: npt.ArrayLike) -> Float64Array:
    data = as_float_array(points, name="points", min_ndim=2).astype(np.float64)
    if data.ndim != 2 or data.shape[1] != 2:
        raise OperatorDomainError(f"points must have the shape (n, 2), not {data.shape}.")
    if not (np.ptp(data, axis=0) > 0).all():
        raise OperatorDomainError("points must differ along both axes.")
    return data


def _require_plan(plan: TrainingPlan) -> None:
    as_count(plan.steps, name="steps", low=1)
    as_count(plan.batch_size, name="batch_size", low=1)
    as_count(plan.looks, name="looks", low=2, high=plan.steps + 1)
    as_positive(plan.rate, name="rate")
    if not 0 <= plan.alpha <= 1:
        raise OperatorDomainError(f"alpha must be in [0, 1], but it is {plan.alpha}.")


def _first_codes(
    data: Float64Array, K: int, start: TrainingStart, rng: np.random.Generator
) -> Float64Array:
    noise = rng.standard_normal((K, 2))
    if start == "data":
        # A hair apart, so that points drawn twice do not make one code shadow another.
        spread = 1e-3 * data.std(axis=0)
        return np.asarray(data[rng.choice(data.shape[0], size=K)] + spread * noise)
    if start == "normal":
        return noise
    return np.asarray(np.array(CORNER) * (1 + 0.1 * noise))


def _train_codes(
    data: Float64Array,
    codes: Float64Array,
    method: TrainingMethod,
    rng: np.random.Generator,
    plan: TrainingPlan,
) -> Iterator[State]:
    """Yield the codes, and how points find theirs, before the first step and after every one."""
    K = codes.shape[0]
    transform = np.eye(2)
    current = codes
    while True:
        yield current, partial(_nearest_of, current)
        batch = data[rng.integers(data.shape[0], size=plan.batch_size)]
        nearest = vq_nearest(batch, current)
        if method == "ema":
            current = np.asarray(ema_codebook(current, batch, nearest.indices, plan.alpha))
            continue
        pull = codebook_gradient(nearest.codes - batch, nearest.indices, K)
        if method == "vq":
            # The mean over a code's own points: the step then does not fade as K grows.
            members = np.bincount(nearest.indices, minlength=K)[:, None]
            current = current - plan.rate * pull / np.maximum(members, 1)
        else:
            slope = simvq_gradients(codes, transform, pull / plan.batch_size).transform
            # Over the size of the frozen codes, which sets the curvature in W.
            transform = transform - plan.rate * slope / float(np.mean(codes**2))
            current = np.asarray(simvq_codebook(codes, transform))


def _train_grid(
    data: Float64Array, grid: tuple[int, ...], rng: np.random.Generator, plan: TrainingPlan
) -> Iterator[State]:
    """Yield the decoded grid and how points find theirs; t = a x + b is encoded, c k + d decoded.

    a and b follow the gradient straight through the rounding, c and d their own.
    """
    levels = np.array(grid)
    every = fsq_decode(np.arange(math.prod(grid)), levels)
    middle = (levels - 1) / 2
    scale, shift = data.std(axis=0), data.mean(axis=0)
    a, b = SPREADS_AT_THE_EDGE / scale, -SPREADS_AT_THE_EDGE * shift / scale
    # Levels over the slope of (L - 1) sigmoid at 0, so that decoding starts as the inverse.
    c, d = 4 * scale / (SPREADS_AT_THE_EDGE * (levels - 1)), shift.copy()
    while True:
        yield c * (every - middle) + d, partial(_grid_index_of, a, b, levels)
        batch = data[rng.integers(data.shape[0], size=plan.batch_size)]
        found = fsq(a * batch + b, levels)
        centred = found.codes - middle
        error = c * centred + d - batch
        back = found.vjp(error * c)
        size = np.maximum(np.mean(centred**2, axis=0), 0.25)
        slope = np.maximum(np.mean((found.slope * c) ** 2, axis=0), 1e-12)
        a = a - plan.rate * 0.1 * (back * batch).mean(axis=0) / (slope * np.mean(batch**2, axis=0))
        b = b - plan.rate * 0.1 * back.mean(axis=0) / slope
        c = c - plan.rate * (error * centred).mean(axis=0) / size
        d = d - plan.rate * error.mean(axis=0)


def _nearest_of(codes: Float64Array, data: Float64Array) -> IntArray:
    return vq_nearest(data, codes).indices


def _grid_index_of(
    a: Float64Array, b: Float64Array, levels: IntArray, data: Float64Array
) -> IntArray:
    return fsq_index(fsq(a * data + b, levels).codes, levels)


def _watch(data: Float64Array, states: Iterator[State], plan: TrainingPlan) -> CodebookTraining:
    wanted = np.unique(np.linspace(0, plan.steps, plan.looks).round().astype(np.intp))
    looks = []
    for step, (codes, find_codes) in enumerate(states):
        if float(np.abs(codes).max()) > DIVERGED * float(np.abs(data).max()):
            raise OperatorDomainError(
                f"The training diverged at step {step}; use a lower rate than {plan.rate:g}."
            )
        if step in wanted:
            indices = find_codes(data)
            usage = codebook_usage(indices, codes.shape[0])
            loss = float(np.mean(np.sum((data - codes[indices]) ** 2, axis=1)))
            looks.append((loss, usage, codes))
        if step == plan.steps:
            break
    last = looks[-1][1]
    warnings: tuple[str, ...] = ()
    if last.used_fraction < COLLAPSED_FRACTION:
        used = np.count_nonzero(last.counts)
        warnings = (f"Collapse: only {used} of {last.counts.size} codes are used in the end.",)
    return CodebookTraining(
        steps=wanted,
        loss=np.array([loss for loss, _, _ in looks]),
        used_fraction=np.array([usage.used_fraction for _, usage, _ in looks]),
        perplexity=np.array([usage.perplexity for _, usage, _ in looks]),
        codebooks=np.stack([codes for _, _, codes in looks]),
        indices=indices,
        counts=last.counts,
        warnings=warnings,
    )
