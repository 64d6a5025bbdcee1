"""The shapes of REST answers about the service itself."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.api.out import Out


class IndexOut(Out):
    """The search index next to the database."""

    is_usable: bool
    problem: str | None
    index_version: int | None
    change_number: int | None
    papers: int | None
    schema_version: int | None
    changes_behind: int | None


class RunOut(Out):
    """The newest run of one stage."""

    stage: str
    started_at: datetime
    finished_at: datetime
    succeeded: bool
    message: str
    details: dict[str, int | str]


class ReceiptOut(Out):
    """Announced against held, for one list and day."""

    announced_on: date
    category: str
    announced: int
    held: int
    missing: list[str]
    checked_at: datetime
    repaired_at: datetime | None


class LeaseOut(Out):
    """Who writes now."""

    owner: str
    expires_at: datetime


class JobOut(Out):
    """One requested piece of work."""

    job_id: int
    kind: str
    status: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    message: str | None


class StatusOut(Out):
    """What is held, how fresh it is and what is missing."""

    papers: int
    last_change_number: int
    newest_submission_day: date | None
    latest_announced_day: date | None
    index: IndexOut
    last_runs: list[RunOut]
    receipts: list[ReceiptOut]
    missing: list[str]
    lease: LeaseOut | None
    jobs: list[JobOut]
    holdings: Literal["nothing", "sample", "recent", "archive"] = Field(
        description="How much of arXiv was ever fetched: the bundled sample only, the last "
        "announced days and what followed, or everything."
    )


class HealthOut(Out):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyOut(Out):
    """Database and index can be used."""

    status: Literal["ready"] = "ready"
    index_version: int
    papers: int


class ServiceVersionOut(Out):
    """Which program answers."""

    name: str
    version: str
    api: str
