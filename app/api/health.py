"""Addresses for whoever runs the service: is it alive, is it ready, which version, how busy."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.api.deps import StatusDep
from app.api.openapi import list_problems
from app.api.program import PROGRAM_NAME, PROGRAM_VERSION
from app.api.status_schemas import HealthOut, ReadyOut, ServiceVersionOut

router = APIRouter(tags=["operation"])


@router.get("/health", response_model=HealthOut, summary="The process answers")
def get_health() -> HealthOut:
    """Says that the process runs; looks at nothing else, so a busy database does not fail it."""
    return HealthOut()


@router.get(
    "/ready",
    response_model=ReadyOut,
    summary="Database and index can be used",
    responses=list_problems(503),
)
def get_ready(service: StatusDep) -> ReadyOut:
    """Says that searches can be answered; 503 with the reason and the remedy when not."""
    state = service.check_ready()
    return ReadyOut(index_version=state.generation, papers=state.papers)


@router.get("/version", response_model=ServiceVersionOut, summary="Which program answers")
def get_version() -> ServiceVersionOut:
    """Name and version of the program, and the address of the current API."""
    return ServiceVersionOut(name=PROGRAM_NAME, version=PROGRAM_VERSION, api="/api/v1")


@router.get(
    "/metrics",
    response_class=Response,
    summary="Counters for Prometheus",
    responses={200: {"content": {"text/plain": {}}}},
)
def get_metrics(request: Request) -> Response:
    """Requests by route, method and status, and their durations; nothing about readers."""
    return Response(
        generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST
    )
