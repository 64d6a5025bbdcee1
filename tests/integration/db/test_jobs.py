"""Jobs are asked for once, claimed by one, finished once, and survive their runner."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.db.jobs import (
    SUPERSEDED_MESSAGE,
    add_job,
    claim_job,
    finish_job,
    has_queued_job,
    list_jobs,
    requeue_orphans,
)
from app.db.session import Database
from app.domain.jobs import Job, JobKind, JobStatus
from tests.support.factories import NOON

LATER = NOON + timedelta(minutes=5)


def test_asking_twice_is_asking_once(database: Database) -> None:
    with database.transaction() as tx:
        first = add_job(tx, JobKind.HARVEST, now=NOON)
        assert first == Job(first.job_id, JobKind.HARVEST, JobStatus.QUEUED, NOON)
        assert add_job(tx, JobKind.HARVEST, now=LATER) == first
        assert add_job(tx, JobKind.INDEX, now=LATER).job_id != first.job_id
        assert len(list_jobs(tx)) == 2


def test_the_job_that_waited_longest_is_claimed_first(database: Database) -> None:
    with database.transaction() as tx:
        assert not has_queued_job(tx)
        assert claim_job(tx, owner="ada", now=NOON) is None
        index, run = (add_job(tx, kind, now=NOON) for kind in (JobKind.INDEX, JobKind.RUN))
        claimed = claim_job(tx, owner="ada", now=LATER)
        assert claimed is not None
        assert claimed.job_id == index.job_id
        assert (claimed.status, claimed.owner, claimed.started_at) == (
            JobStatus.RUNNING, "ada", LATER,
        )  # fmt: skip
        assert has_queued_job(tx)
        second = claim_job(tx, owner="ada", now=LATER)
        assert second is not None
        assert second.job_id == run.job_id
        assert not has_queued_job(tx)


def test_a_job_may_be_asked_for_again_while_one_of_its_kind_runs(database: Database) -> None:
    with database.transaction() as tx:
        running = add_job(tx, JobKind.RUN, now=NOON)
        claim_job(tx, owner="ada", now=NOON)
        assert add_job(tx, JobKind.RUN, now=LATER).job_id != running.job_id


def test_claimers_at_once_never_get_the_same_job(database: Database) -> None:
    with database.transaction() as tx:
        wanted = {add_job(tx, kind, now=NOON).job_id for kind in JobKind}

    def claim(owner: int) -> int | None:
        with database.transaction() as tx:
            job = claim_job(tx, owner=f"runner {owner}", now=LATER)
        return None if job is None else job.job_id

    with ThreadPoolExecutor(8) as pool:
        claimed = [job_id for job_id in pool.map(claim, range(12)) if job_id is not None]
    assert sorted(claimed) == sorted(wanted)


def test_an_outcome_is_noted_once(database: Database) -> None:
    with database.transaction() as tx:
        for kind in (JobKind.INDEX, JobKind.REBUILD):
            add_job(tx, kind, now=NOON)
            job = claim_job(tx, owner="ada", now=NOON)
            assert job is not None
            succeeded = kind is JobKind.INDEX
            finish_job(tx, job.job_id, succeeded=succeeded, message=f"{kind}!", now=LATER)
            finish_job(tx, job.job_id, succeeded=True, message="again", now=NOON)
        rebuild, index = list_jobs(tx)
    assert (index.status, index.message) == (JobStatus.DONE, "index!")
    assert (rebuild.status, rebuild.message) == (JobStatus.FAILED, "rebuild!")
    assert index.finished_at == rebuild.finished_at == LATER


def test_jobs_of_dead_runners_wait_again(database: Database) -> None:
    with database.transaction() as tx:
        dead = add_job(tx, JobKind.RUN, now=NOON)
        claim_job(tx, owner="dead", now=NOON)
        add_job(tx, JobKind.INDEX, now=NOON)
        mine = claim_job(tx, owner="living", now=NOON)
        assert requeue_orphans(tx, living_owner="living", now=LATER) == 1
        jobs = {job.job_id: job for job in list_jobs(tx)}
    assert jobs[dead.job_id] == dead
    assert mine is not None
    assert jobs[mine.job_id] == mine


def test_an_orphan_gives_way_to_a_later_request_of_its_kind(database: Database) -> None:
    with database.transaction() as tx:
        for _ in range(2):
            add_job(tx, JobKind.RUN, now=NOON)
            claim_job(tx, owner="dead", now=NOON)
        add_job(tx, JobKind.INDEX, now=NOON)
        claim_job(tx, owner="dead", now=NOON)
        waiting = add_job(tx, JobKind.INDEX, now=NOON)
        assert requeue_orphans(tx, living_owner="living", now=LATER) == 1
        newest_first = list_jobs(tx)
    assert [(job.kind, job.status) for job in newest_first] == [
        (JobKind.INDEX, JobStatus.QUEUED),
        (JobKind.INDEX, JobStatus.FAILED),
        (JobKind.RUN, JobStatus.QUEUED),
        (JobKind.RUN, JobStatus.FAILED),
    ]
    assert newest_first[0] == waiting
    assert newest_first[1].message == newest_first[3].message == SUPERSEDED_MESSAGE
    assert newest_first[3].finished_at == LATER


def test_jobs_are_listed_from_the_latest_up_to_a_limit(database: Database) -> None:
    with database.transaction() as tx:
        ids = [add_job(tx, kind, now=NOON).job_id for kind in JobKind]
        assert [job.job_id for job in list_jobs(tx, 2)] == ids[:-3:-1]
