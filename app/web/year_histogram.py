"""Results by year of submission, as small bars that lead to their years."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.results import FacetCount
from app.services.question import SearchQuestion
from app.web.search_addresses import SearchAddresses

MAX_BARS = 60
"""Most years drawn, the latest; arXiv began in 1991."""

BAR_STEP = 10
"""From one bar to the next, in the units of the drawing."""

MAX_HEIGHT = 40.0
"""Height of the tallest bar, in the same units."""

MIN_HEIGHT = 2.0
"""Height of a bar that stands for a single paper beside thousands."""


@dataclass(frozen=True, slots=True)
class YearBar:
    """One year.

    Attributes:
        left: where its bar begins.
        height: how tall it is; 0 for years without results.
        address: the search within the year.
        is_chosen: whether the date range touches the year.
    """

    year: int
    count: int
    left: int
    height: float
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """All years from the first result to the last one."""

    bars: tuple[YearBar, ...]

    @property
    def width(self) -> int:
        """Of the drawing."""
        return BAR_STEP * len(self.bars)


def make_histogram(counts: Sequence[FacetCount], addresses: SearchAddresses) -> Histogram | None:
    """The bars of a search; None where they would tell nothing.

    Args:
        counts: results by year of submission, whatever the date range.
    """
    by_year = {int(each.value): each.count for each in counts}
    if len(by_year) < 2:
        return None
    last = max(by_year)
    years = range(max(min(by_year), last - MAX_BARS + 1), last + 1)
    most = max(by_year.values())
    bars = []
    for place, year in enumerate(years):
        count = by_year.get(year, 0)
        height = max(MIN_HEIGHT, MAX_HEIGHT * count / most) if count else 0.0
        address = addresses.in_years(str(year))
        is_chosen = _holds(addresses.question, year)
        bars.append(YearBar(year, count, place * BAR_STEP, height, address, is_chosen))
    return Histogram(tuple(bars))


def _holds(question: SearchQuestion, year: int) -> bool:
    """Whether a range of dates, of which either bound may be open, touches a year."""
    first, last = question.first.strip()[:4], question.last.strip()[:4]
    if not (first or last):
        return False
    return (not first or first <= str(year)) and (not last or str(year) <= last)
