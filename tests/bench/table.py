"""One row of the bench table: a figure, and a named peer measured in the same run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured, on how much.
        ours: our figure.
        unit: of both figures; "/s" units are better when larger, others when smaller.
        peer: what it is compared with, measured in the same run; empty where nothing compares.
        theirs: the peer's figure, or a stated bar.
        note: a condition that the reader must know.
    """

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        return None if not self.theirs else self.ours / self.theirs


def time_interleaved(
    ours: Callable[[], object], theirs: Callable[[], object], *, repeat: int = 5
) -> tuple[float, float]:
    """Best seconds of two pieces of work, run in turns so that a busy machine slows both."""
    best_ours = best_theirs = float("inf")
    for _ in range(repeat):
        begin = perf_counter()
        ours()
        middle = perf_counter()
        theirs()
        end = perf_counter()
        best_ours = min(best_ours, middle - begin)
        best_theirs = min(best_theirs, end - middle)
    return best_ours, best_theirs


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; the nearest one, no averaging."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_rows(title: str, rows: Sequence[Row]) -> None:
    """One table on standard output."""
    table = Table(title=title, title_justify="left")
    for heading in ("what", "figure", "peer", "peer's figure", "ratio", "note"):
        table.add_column(
            heading, justify="right" if heading in ("figure", "peer's figure", "ratio") else "left"
        )
    for row in rows:
        theirs = "" if row.theirs is None else f"{_format(row.theirs)} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(
            row.what, f"{_format(row.ours)} {row.unit}", row.peer, theirs, ratio, row.note
        )
    Console(width=160).print(table)


def _format(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
