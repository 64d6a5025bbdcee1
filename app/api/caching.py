"""Conditional answers: an ETag that changes with the index."""

from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi import Request, Response

from app.api.program import PROGRAM_VERSION
from app.domain.results import IndexState

CACHE_CONTROL = "public, no-cache"
"""Keep the answer, but ask each time whether it is still true: new papers must show at once."""


def make_cache_headers(state: IndexState, *, counts_days: bool = False) -> dict[str, str]:
    """The caching headers of answers from one state of the index.

    Args:
        counts_days: whether the answer also changes with the day, UTC.

    The tag is weak, since `took_ms` differs between answers that mean the same.
    """
    tag = f"{PROGRAM_VERSION}-{state.generation}-{state.change_number}-{state.papers}"
    if counts_days:
        tag += f"-{datetime.now(UTC):%Y%m%d}"
    return {"ETag": f'W/"{tag}"', "Cache-Control": CACHE_CONTROL}


def answer_unchanged(request: Request, headers: Mapping[str, str]) -> Response | None:
    """A 304 when the client already has the answer of this tag, else None."""
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["ETag"] in known or "*" in known:
        return Response(status_code=304, headers=dict(headers))
    return None
