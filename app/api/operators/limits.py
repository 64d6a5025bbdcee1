"""How large the inputs of one call may be; the seconds and bytes of a call are settings."""

from app.operators.errors import OperatorDomainError

MAX_VECTOR_ENTRIES = 1_000
"""Longest vector, numbers."""

MAX_ROWS = 1_000
"""Most rows of a batch of vectors."""

MAX_BATCH_ENTRIES = 40_000
"""Most numbers of a batch of vectors, rows times columns."""

MAX_MATRIX_SIDE = 200
"""Most rows, and most columns, of a matrix."""

MAX_MAGNITUDE = 1e100
"""Largest size of any number: its square still is a floating-point number."""

MAX_CURVE_POINTS = 500
"""Most points of a curve, and longest list of batch sizes or offsets."""

MAX_SEED = 2**32 - 1
"""Largest seed of a random generator."""

MAX_GRAD_TOP_K_CELLS = 1_000_000
"""Most rows * n * k of one GradTopK."""

MAX_GRAD_TOP_K_JACOBIAN_CELLS = 20_000_000
"""Most n * n * min(k, n - k) of one Jacobian of GradTopK."""

MAX_ITERATED_CELLS = 10_000_000
"""Most rows * n * k of the top-k iterations."""

MAX_PERTURB_CELLS = 10_000_000
"""Most rows * nodes * n * n of one perturb-max quadrature."""

MAX_PERTURB_DRAWS = 10_000_000
"""Most draws * rows * n of one perturb-max simulation."""

MAX_JACOBIAN_SIDE = 200
"""Longest vector whose Jacobian, n * n numbers, is given."""

MAX_SIMULATED_CELLS = 20_000_000
"""Most layers * length * length * dimension of one simulation of attention."""

MAX_TOKENS = 20_000
"""Most tokens of text and patches of one sequence of positions."""

MAX_TUPLE_ENTRIES = 1_000_000
"""Most rounds * tuples * k of one greedy column-row selection."""

MAX_GREEDY_CELLS = 1_000_000_000
"""Most ranks * rows * columns * columns of the greedy interpolative decompositions of one call."""

MAX_SPREAD_CELLS = 500_000_000
"""Most repeats * n * l * m of one repeated sampling."""

MAX_COMPARISON_CELLS = 200_000_000
"""Most ranks * methods * n * m * min(n, m) of one comparison of low-rank methods."""

MAX_DECAY_CELLS = 2_000_000
"""Most offsets * dimension of one decay of attention."""

MAX_REPEATS = 1_000
"""Most repetitions of a random method in one call."""

MAX_STEP_DRAWS = 5_000_000
"""Most batch sizes * draws * N * N of one simulation of steps."""

MAX_TRAINING_CELLS = 20_000_000
"""Most (steps * batch + looks * points) * codes of one toy training."""


def require_at_most(cells: int, limit: int, what: str) -> None:
    """Refuse an input whose cost passes a limit.

    Raises:
        OperatorDomainError: names what is too much, how much it is and the limit.
    """
    if cells > limit:
        raise OperatorDomainError(
            f"{what} must be at most {limit:,} together, but it is {cells:,}; make one smaller."
        )
