"""`GET /api/v1/status`: what is held, how fresh it is, what is missing."""

from app.api.deps import StatusDep, make_router
from app.api.openapi import list_problems
from app.api.status_schemas import IndexOut, JobOut, LeaseOut, ReceiptOut, RunOut, StatusOut
from app.domain.announcements import ReconciliationReceipt
from app.domain.harvest import RunReport
from app.domain.jobs import Job
from app.services.status import IndexStatus, StatusReport

router = make_router("status")


@router.get(
    "/status",
    response_model=StatusOut,
    summary="What is held and how fresh it is",
    responses=list_problems(422, 503),
)
def get_status(service: StatusDep) -> StatusOut:
    """Papers held, the newest run of each stage, reconciliation receipts and gaps."""
    return make_status_out(service.get_report())


def make_status_out(report: StatusReport) -> StatusOut:
    """The report as REST, and the command line with `--json`, give it."""
    lease = report.lease
    return StatusOut(
        papers=report.papers,
        last_change_number=report.last_change_number,
        newest_submission_day=report.newest_submission_day,
        latest_announced_day=report.latest_announced_day,
        index=_make_index_out(report.index),
        last_runs=[_make_run_out(run) for run in report.last_runs],
        receipts=[_make_receipt_out(receipt) for receipt in report.receipts],
        missing=[each.value for each in report.missing],
        lease=LeaseOut(owner=lease.owner, expires_at=lease.expires_at) if lease else None,
        jobs=[_make_job_out(job) for job in report.jobs],
    )


def _make_index_out(index: IndexStatus) -> IndexOut:
    state = index.state
    return IndexOut(
        is_usable=state is not None,
        problem=index.problem or None,
        index_version=state.generation if state else None,
        change_number=state.change_number if state else None,
        papers=state.papers if state else None,
        schema_version=state.schema_version if state else None,
        changes_behind=index.changes_behind,
    )


def _make_run_out(run: RunReport) -> RunOut:
    return RunOut(
        stage=run.stage,
        started_at=run.started_at,
        finished_at=run.finished_at,
        succeeded=run.succeeded,
        message=run.message,
        details=run.details,
    )


def _make_receipt_out(receipt: ReconciliationReceipt) -> ReceiptOut:
    return ReceiptOut(
        announced_on=receipt.announced_on,
        category=receipt.category,
        announced=receipt.announced,
        held=receipt.held,
        missing=[each.value for each in receipt.missing],
        checked_at=receipt.checked_at,
        repaired_at=receipt.repaired_at,
    )


def _make_job_out(job: Job) -> JobOut:
    return JobOut(
        job_id=job.job_id,
        kind=job.kind.value,
        status=job.status.value,
        requested_at=job.requested_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        message=job.message or None,
    )
