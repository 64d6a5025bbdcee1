"""Work that somebody asked for, and the leases that keep two runners apart."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobKind(StrEnum):
    """What can be asked for by inserting a job."""

    RUN = "run"
    HARVEST = "harvest"
    ANNOUNCEMENTS = "announcements"
    RECONCILE = "reconcile"
    INDEX = "index"
    REBUILD = "rebuild"


class JobStatus(StrEnum):
    """Where a job stands: queued, then running, then done or failed."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One requested piece of work.

    Attributes:
        requested_at: when it was first asked for, UTC.
        started_at: when its present owner claimed it; None while it is queued.
        finished_at: None until it is done or failed.
        owner: the runner that claimed it; empty while it is queued.
        message: the outcome in one sentence; empty until there is one.
    """

    job_id: int
    kind: JobKind
    status: JobStatus
    requested_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    owner: str = ""
    message: str = ""


RUNNER_LEASE = "runner"
"""The one lease of everything that harvests, imports or writes the index."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one kind of work alone, until a moment that the holder keeps moving.

    Attributes:
        expires_at: from this moment on (UTC) the holder counts as dead and anybody may take over.
    """

    name: str
    owner: str
    expires_at: datetime
