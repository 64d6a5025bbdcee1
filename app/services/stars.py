"""Readers' stars: anonymous counts, and lists in their order."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import structlog

from app.db.session import Database
from app.db.stars import add_star, count_stars
from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import (
    PaperNotFoundError,
    RateLimitError,
    StorageError,
)
from app.services.papers import get_living_paper
from app.services.star_memory import SECONDS_PER_MINUTE, Admission, StarLimits, StarMemory

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StarAnswer:
    """What became of a star.

    Attributes:
        stars: of the paper now.
        is_counted: False for a second star of the same client on a day, and where it could not
            be stored.
        note: why a star did not count; empty when it did.
    """

    arxiv_id: ArxivId
    stars: int
    is_counted: bool
    note: str = ""


class StarService:
    """Counts stars; safe to share between threads.

    Args:
        database: read for counts.
        writable: the same database with a short patience: a reader's click never waits for the
            harvest. The only connection of the web process that writes, and only star counts.
        clock: seconds that never go back.
        today: the UTC day.
    """

    def __init__(
        self,
        database: Database,
        writable: Database,
        limits: StarLimits,
        *,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._database = database
        self._writable = writable
        self._limits = limits
        self._memory = StarMemory(limits)
        self._clock = clock
        self._today = today

    def star(self, written_id: str, client: str) -> StarAnswer:
        """Count a star, once for a client, paper and day.

        A star that cannot be stored now is not counted, and nothing else fails.

        Raises:
            InvalidArxivIdError: `written_id` is not an identifier.
            PaperDeletedError: arXiv deleted the record.
            PaperNotFoundError: the paper is not held here.
            RateLimitError: the client asked too often within a minute.
            StorageError: the database cannot be read.
        """
        arxiv_id = parse_arxiv_id(written_id).arxiv_id
        with self._database.read() as tx:
            get_living_paper(tx, arxiv_id)
        admission = self._memory.admit(
            client, arxiv_id.value, day=self._today(), seconds=self._clock()
        )
        if admission is Admission.TOO_MANY:
            raise RateLimitError(
                f"More than {self._limits.stars_per_minute} stars within a minute are not "
                "accepted from one client (stars_per_minute). Wait a minute.",
                retry_after_seconds=int(SECONDS_PER_MINUTE),
            )
        if admission is Admission.REPEATED:
            return self._decline(arxiv_id, "This paper was starred from here today.")
        try:
            with self._writable.transaction() as tx:
                return StarAnswer(arxiv_id, add_star(tx, arxiv_id), is_counted=True)
        except StorageError as error:
            self._memory.forget(client, arxiv_id.value)
            log.warning("a star could not be stored", error=type(error).__name__)
            return self._decline(arxiv_id, "Stars cannot be stored at the moment. Try again later.")
        except PaperNotFoundError:
            self._memory.forget(client, arxiv_id.value)
            raise

    def count(self, ids: Sequence[ArxivId]) -> dict[ArxivId, int]:
        """How many stars each of the papers has; those without any are left out.

        Raises:
            StorageError: there is no usable database.
        """
        with self._database.read() as tx:
            return count_stars(tx, ids)

    def _decline(self, arxiv_id: ArxivId, note: str) -> StarAnswer:
        stars = self.count([arxiv_id]).get(arxiv_id, 0)
        return StarAnswer(arxiv_id, stars, is_counted=False, note=note)
