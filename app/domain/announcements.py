"""What arXiv announced on a day, and whether all of it is held here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.arxiv_id import ArxivId


class AnnounceType(StrEnum):
    """Why a paper stands in a day's list."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One line of the ledger: on this day this list named this paper, at this position."""

    announced_on: date
    category: str
    arxiv_id: ArxivId
    version: int
    announce_type: AnnounceType
    position: int


@dataclass(frozen=True, slots=True)
class LastAnnouncement:
    """The last day on which any list named a paper, and why.

    Attributes:
        announce_type: of several lists of that day, the foremost kind: new before cross-list
            before replacement.
    """

    announced_on: date
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class ReconciliationReceipt:
    """What was announced for a category and day, against what is held.

    Attributes:
        announced: number of distinct papers in the ledger.
        held: how many of them are in the database.
        missing: the others, in ledger order.
        checked_at: when this was counted, UTC.
        repaired_at: when the last missing paper arrived; None while any is missing, and
            None when nothing was ever missing.
    """

    announced_on: date
    category: str
    announced: int
    held: int
    missing: tuple[ArxivId, ...]
    checked_at: datetime
    repaired_at: datetime | None = None
