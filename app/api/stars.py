"""`POST /api/v1/papers/{id}/star`: one anonymous star."""

from fastapi import Request
from pydantic import Field

from app.api.deps import StarsDep, make_router
from app.api.openapi import list_problems
from app.api.out import Out
from app.api.papers import ArxivIdParam

router = make_router("stars")

UNKNOWN_CLIENT = "unknown"
"""Stands for clients without a network address, as behind a socket file; they count as one."""


class StarOut(Out):
    """What became of a star."""

    arxiv_id: str
    stars: int = Field(description="Stars of the paper now.")
    counted: bool = Field(
        description="False for a second star from the same place on a day, and where it could not "
        "be stored."
    )
    note: str | None = Field(description="Why it did not count.")


@router.post(
    "/papers/{arxiv_id:path}/star",
    response_model=StarOut,
    summary="Star a paper",
    responses=list_problems(404, 410, 422, 429, 503),
)
def star_paper(arxiv_id: ArxivIdParam, request: Request, service: StarsDep) -> StarOut:
    """Count a star: one for a paper, place and day.

    Only the number is stored. That a place starred a paper today is remembered as a salted hash,
    in memory, until the day ends.
    """
    client = request.client.host if request.client is not None else UNKNOWN_CLIENT
    answer = service.star(arxiv_id, client)
    return StarOut(
        arxiv_id=answer.arxiv_id.value,
        stars=answer.stars,
        counted=answer.is_counted,
        note=answer.note or None,
    )
