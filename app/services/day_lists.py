"""What a day's list is: its lines, where they come from, and why there may be none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.announcements import Announcement, AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.categories import CategoryExpression
from app.domain.paper import Paper


class DaySource(StrEnum):
    """Where a day's list comes from."""

    ANNOUNCED = "announced"
    SUBMITTED = "submitted"


class DayOrder(StrEnum):
    """How a day's list is ordered."""

    LISTED = "listed"
    """As arXiv lists it; by identifier where that is not known."""

    STARS = "stars"
    """Most stars first, equal ones as listed."""

    NEWEST = "newest"
    """By the moment of the first version, the newest first."""


class DayState(StrEnum):
    """What is known about a day, which says why its list is what it is."""

    ANNOUNCED = "announced"
    NOT_RECORDED = "not-recorded"
    ASKED_BY_SUBMISSION = "asked-by-submission"
    WEEKEND = "weekend"
    NOTHING_ANNOUNCED = "nothing-announced"
    NOT_DUE = "not-due"
    NOT_COLLECTED = "not-collected"


EXPLANATIONS = {
    DayState.ANNOUNCED: "As arXiv announced it on this day, in arXiv's order.",
    DayState.NOT_RECORDED: (
        "arXiv's announcement of this day is not on record here; these papers had their first "
        "version submitted on it (UTC)."
    ),
    DayState.ASKED_BY_SUBMISSION: (
        "These papers had their first version submitted on this day (UTC)."
    ),
    DayState.WEEKEND: "arXiv announces nothing on Saturdays and Sundays.",
    DayState.NOTHING_ANNOUNCED: "arXiv announced nothing on this day, as on holidays.",
    DayState.NOT_DUE: "arXiv has not announced this day's papers yet.",
    DayState.NOT_COLLECTED: (
        "arXiv's announcement of this day has not been collected here yet; the next daily run does."
    ),
}
"""One sentence on every state."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One paper of a day.

    Attributes:
        paper: None while an announced paper is not held here.
        announcement: None in lists by submission.
        stars: how many readers gave it.
    """

    arxiv_id: ArxivId
    paper: Paper | None
    announcement: Announcement | None
    stars: int = 0


@dataclass(frozen=True, slots=True)
class DayList:
    """One page of a day's list.

    Attributes:
        expression: None for all of arXiv.
        state: what is known about the day.
        total: papers of the whole day that are of the kinds asked for.
        counts: announced papers by kind, all kinds; empty in lists by submission.
        missing: announced papers of the whole day that are not held here.
        previous_day: the nearest earlier day that has a list; None when there is none.
        next_day: the nearest later one.
        kinds: the kinds of announcement asked for; empty for all.
        due_at: when arXiv's lists of the day appear, UTC.
    """

    day: date
    expression: CategoryExpression | None
    source: DaySource
    state: DayState
    lines: tuple[DayLine, ...]
    total: int
    offset: int
    limit: int
    counts: Mapping[AnnounceType, int]
    missing: tuple[ArxivId, ...]
    due_at: datetime
    previous_day: date | None = None
    next_day: date | None = None
    order: DayOrder = DayOrder.LISTED
    kinds: frozenset[AnnounceType] = frozenset()

    @property
    def explanation(self) -> str:
        """One sentence on where the list comes from, or why it is empty."""
        return EXPLANATIONS[self.state]

    @property
    def by_choice(self) -> bool:
        """Whether the list is by submission because somebody asked for that."""
        return self.state is DayState.ASKED_BY_SUBMISSION

    @property
    def next_offset(self) -> int | None:
        """Where the page after this one begins; None on the last."""
        following = self.offset + self.limit
        return following if self.limit > 0 and following < self.total else None
