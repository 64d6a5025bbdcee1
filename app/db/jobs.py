"""The queue of requested work: asked for by the web process, claimed by the indexer."""

from datetime import datetime

from sqlalchemy import Row, exists, select, update

from app.db.models import jobs
from app.db.session import Transaction
from app.db.upserts import insert_for
from app.domain.jobs import Job, JobKind, JobStatus

SUPERSEDED_MESSAGE = "Its runner stopped; a later request of the same kind replaces it."

DEFAULT_JOBS_LISTED = 20


def add_job(tx: Transaction, kind: JobKind, *, now: datetime) -> Job:
    """Ask for work; returns the waiting job of this kind, which may have been asked for before."""
    tx.execute(
        insert_for(tx.dialect.name, jobs)
        .values(
            kind=kind.value,
            status=JobStatus.QUEUED.value,
            requested_at=now,
            owner="",
            message="",
        )
        .on_conflict_do_nothing(
            index_elements=["kind"], index_where=jobs.c.status == JobStatus.QUEUED.value
        )
    )
    row = tx.execute(
        select(jobs).where(jobs.c.kind == kind.value, jobs.c.status == JobStatus.QUEUED.value)
    ).one()
    return _make_job(row)


def has_queued_job(tx: Transaction) -> bool:
    """Whether any job waits to be claimed."""
    found: bool = tx.execute(
        select(exists().where(jobs.c.status == JobStatus.QUEUED.value))
    ).scalar_one()
    return bool(found)


def claim_job(tx: Transaction, *, owner: str, now: datetime) -> Job | None:
    """The job that waited longest, now running as `owner`'s; None when none waits.

    Two claimers never get the same one: SQLite has one writer at a time, and on PostgreSQL the
    row is locked while it is chosen and the second claimer skips it instead of waiting.
    """
    oldest = (
        select(jobs.c.job_id)
        .where(jobs.c.status == JobStatus.QUEUED.value)
        .order_by(jobs.c.job_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = tx.execute(
        update(jobs)
        .where(jobs.c.job_id == oldest.scalar_subquery())
        .values(status=JobStatus.RUNNING.value, owner=owner, started_at=now)
        .returning(*jobs.c)
    ).one_or_none()
    return None if row is None else _make_job(row)


def finish_job(
    tx: Transaction, job_id: int, *, succeeded: bool, message: str, now: datetime
) -> None:
    """Note the outcome of a running job; one that is not running any more stays as it is."""
    status = JobStatus.DONE if succeeded else JobStatus.FAILED
    tx.execute(
        update(jobs)
        .where(jobs.c.job_id == job_id, jobs.c.status == JobStatus.RUNNING.value)
        .values(status=status.value, finished_at=now, message=message)
    )


def requeue_orphans(tx: Transaction, *, living_owner: str, now: datetime) -> int:
    """Queue again the running jobs of everybody but `living_owner`; returns how many.

    The caller holds the lease, so every other owner is dead. At most one job of a kind may
    wait: an orphan with a younger twin, waiting or orphaned, fails instead.
    """
    orphaned = (jobs.c.status == JobStatus.RUNNING.value) & (jobs.c.owner != living_owner)
    twin = jobs.alias("twin")
    has_twin = exists().where(
        twin.c.kind == jobs.c.kind,
        (twin.c.status == JobStatus.QUEUED.value)
        | (
            (twin.c.status == JobStatus.RUNNING.value)
            & (twin.c.owner != living_owner)
            & (twin.c.job_id > jobs.c.job_id)
        ),
    )
    tx.execute(
        update(jobs)
        .where(orphaned, has_twin)
        .values(status=JobStatus.FAILED.value, finished_at=now, message=SUPERSEDED_MESSAGE)
    )
    requeued = tx.execute(
        update(jobs)
        .where(orphaned)
        .values(status=JobStatus.QUEUED.value, owner="", started_at=None)
        .returning(jobs.c.job_id)
    )
    return len(requeued.all())


def list_jobs(tx: Transaction, limit: int = DEFAULT_JOBS_LISTED) -> list[Job]:
    """The last jobs, the most recently requested first."""
    rows = tx.execute(select(jobs).order_by(jobs.c.job_id.desc()).limit(limit))
    return [_make_job(row) for row in rows]


def _make_job(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        job_id=row.job_id,
        kind=JobKind(row.kind),
        status=JobStatus(row.status),
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        owner=row.owner,
        message=row.message,
    )
