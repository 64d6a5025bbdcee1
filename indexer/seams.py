"""Records that a page boundary may have hidden, and the days to read again because of them.

A resumption token of arXiv means "this day, from the k-th record on". When a record of the first
k changes between two pages, it leaves its day (its datestamp becomes today), the others move up
by one, and the next page begins one record too late: one paper is lost without any error. The one
that moved is seen again at the end of the list, with its new datestamp. So whoever remembers
the papers read before each boundary can tell which days were disturbed.

A run that is interrupted forgets the papers, but not the days: those are stored with its cursor,
and the run that goes on reads all of them again.
"""

import hashlib
from array import array
from collections.abc import Collection, Sequence
from datetime import date

from app.db import state
from app.db.session import Transaction
from app.domain.harvest import HarvestedRecord


class SeamWatch:
    """The papers read before each page boundary in its day, and those that came again later.

    Takes 16 bytes for a paper before a boundary: about 20 MB for all of arXiv.

    Args:
        settled_from: days from here on are read again by the next run anyhow.
    """

    def __init__(self, settled_from: date) -> None:
        self._settled_from = settled_from
        self._hashes = array("q")
        self._days = array("q")
        self._late: set[int] = set()

    def note_page(self, records: Sequence[HarvestedRecord], last_day: date | None) -> date | None:
        """Remember what a page with a successor holds of its last day.

        Returns:
            The day that the boundary cuts; None where the next run reads it again anyhow.
        """
        for record in records:
            if record.datestamp is not None and record.datestamp >= self._settled_from:
                self._late.add(hash(record.arxiv_id.value))
        if last_day is None or last_day >= self._settled_from:
            return None
        for record in records:
            if record.datestamp == last_day:
                self._hashes.append(hash(record.arxiv_id.value))
                self._days.append(last_day.toordinal())
        return last_day

    def find_disturbed_days(self) -> set[date]:
        """Days with a boundary that a paper left after it had been read."""
        return {
            date.fromordinal(day)
            for hashed, day in zip(self._hashes, self._days, strict=True)
            if hashed in self._late
        }


def load_seam_days(tx: Transaction, cursor_key: str) -> set[date]:
    """The cut days that an unfinished run left behind; what stood before them is forgotten."""
    text = state.get_state(tx, _make_state_key(cursor_key)) or ""
    return {date.fromisoformat(day) for day in text.split()}


def save_seam_days(tx: Transaction, cursor_key: str, days: Collection[date]) -> None:
    """Keep the days that are to be read again if this run stops here."""
    text = " ".join(day.isoformat() for day in sorted(days))
    state.set_state(tx, _make_state_key(cursor_key), text)


def _make_state_key(cursor_key: str) -> str:
    digest = hashlib.blake2s(cursor_key.encode(), digest_size=16).hexdigest()
    return f"harvest-seams:{digest}"  # state keys are short, cursor keys may not be
