"""Errors as RFC 9457 problem answers: one table from our error tree to status and type.

Pages show the same problems in words; `app.main` decides by path who gets which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.api.operators.errors import (
    OperatorInputError,
    OperatorsBusyError,
    TimeBudgetError,
    UnknownOperatorError,
)
from app.domain.errors import (
    DatabaseUnavailableError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    InvalidArxivIdError,
    InvalidCategoryError,
    InvalidCursorError,
    InvalidDateError,
    InvalidInputError,
    InvalidQueryError,
    LimitExceededError,
    NotFoundError,
    PaperDeletedError,
    PaperNotFoundError,
    PapersiftError,
    RateLimitError,
    SchemaOutOfDateError,
    SearchIndexError,
    StorageError,
)
from app.text.server_paths import hide_folders

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/help#problem-"
"""Problem types are addresses on the help page, which explains each."""

RETRY_AFTER_SECONDS = 30
"""What a client is asked to wait while database or index cannot be used."""


class UnknownParameterError(InvalidInputError):
    """A query parameter that the route does not have, or one given twice.

    Attributes:
        parameter: its name.
        accepted: names of the parameters that exist.
    """

    def __init__(self, parameter: str, accepted: list[str], *, is_repeated: bool = False) -> None:
        names = ", ".join(accepted)
        advice = f"Accepted are: {names}." if accepted else "This address takes no parameters."
        if is_repeated:
            advice = "Give it once."
        what = "is given more than once" if is_repeated else "is not known here"
        super().__init__(f'The parameter "{parameter[:60]}" {what}. {advice}')
        self.parameter = parameter[:60]
        self.accepted = accepted


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What all problems of one type share."""

    status: int
    slug: str
    title: str


KINDS: dict[type[PapersiftError], ProblemKind] = {
    InvalidQueryError: ProblemKind(400, "invalid-query", "The query cannot be read"),
    InvalidCursorError: ProblemKind(400, "invalid-cursor", "Not a cursor of this question"),
    UnknownParameterError: ProblemKind(422, "unknown-parameter", "Unknown parameter"),
    InvalidArxivIdError: ProblemKind(422, "invalid-arxiv-id", "Not an arXiv identifier"),
    InvalidCategoryError: ProblemKind(422, "invalid-category", "Not an arXiv category"),
    InvalidDateError: ProblemKind(422, "invalid-date", "Not a date or date range"),
    TimeBudgetError: ProblemKind(422, "time-budget", "The calculation took too long"),
    LimitExceededError: ProblemKind(422, "limit-exceeded", "A limit was passed"),
    OperatorInputError: ProblemKind(422, "operator-input", "Not inputs of this operator"),
    InvalidInputError: ProblemKind(422, "invalid-input", "The request cannot be understood"),
    PaperDeletedError: ProblemKind(410, "paper-deleted", "arXiv deleted this record"),
    PaperNotFoundError: ProblemKind(404, "paper-not-found", "This paper is not held here"),
    UnknownOperatorError: ProblemKind(404, "unknown-operator", "There is no such operator"),
    NotFoundError: ProblemKind(404, "not-found", "Not found"),
    DatabaseUnavailableError: ProblemKind(
        503, "database-unavailable", "The database cannot be reached"
    ),
    SchemaOutOfDateError: ProblemKind(503, "database-outdated", "The database must be migrated"),
    StorageError: ProblemKind(503, "database-unavailable", "The database cannot be used"),
    IndexMissingError: ProblemKind(503, "index-missing", "There is no search index yet"),
    IndexDamagedError: ProblemKind(503, "index-damaged", "The search index is damaged"),
    IndexOutdatedError: ProblemKind(503, "index-outdated", "The search index must be rebuilt"),
    SearchIndexError: ProblemKind(503, "index-unavailable", "The search index cannot be used"),
    RateLimitError: ProblemKind(429, "rate-limit", "Too many requests"),
    OperatorsBusyError: ProblemKind(503, "operators-busy", "Too many calculations at once"),
}
"""From error to problem; an error not listed is described by its nearest base."""

INTERNAL = ProblemKind(500, "internal", "Something went wrong here")
INVALID_PARAMETER = ProblemKind(422, "invalid-parameter", "A parameter cannot be read")
NO_SUCH_ADDRESS = ProblemKind(404, "no-such-address", "There is no such address")
METHOD_NOT_ALLOWED = ProblemKind(405, "method-not-allowed", "This method is not allowed here")


class ProblemOut(BaseModel):
    """An RFC 9457 problem."""

    type: str = Field(description="Address of the explanation.", examples=["/help#problem-…"])
    title: str = Field(description="The same for all problems of this type.")
    status: int
    detail: str = Field(description="What is wrong here, and what to do about it.")
    parameter: str | None = Field(None, description="The parameter or input at fault.")
    accepted: list[str] | None = Field(None, description="Parameters that exist.")
    near: list[str] | None = Field(None, description="Existing names like the one asked for.")
    limit_name: str | None = Field(None, description="The limit that was passed.")
    limit: int | None = Field(None, description="Its value.")
    unit: str | None = Field(None, description="What it counts.")
    token: str | None = Field(None, description="The piece of the query at fault.")
    column: int | None = Field(None, description="Where it begins, from 1.")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, before it is written as JSON or as a page."""

    kind: ProblemKind
    detail: str
    facts: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def make_problem(error: PapersiftError) -> Problem:
    """The problem of an error raised on purpose."""
    kind = next((KINDS[base] for base in type(error).__mro__ if base in KINDS), INTERNAL)
    detail = hide_folders(str(error)) if kind.status >= 500 else str(error)
    return Problem(kind, detail, _list_facts(error), _make_headers(kind, error))


def _make_headers(kind: ProblemKind, error: PapersiftError) -> dict[str, str]:
    if isinstance(error, RateLimitError):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if kind.status == 503 else {}


def make_validation_problem(error: RequestValidationError) -> Problem:
    """The problem of parameters that do not have the documented form; the first one is named."""
    first = error.errors()[0]
    name = str(first["loc"][-1])
    message = str(first["msg"]).rstrip(".")
    detail = f'The parameter "{name}" cannot be read: {message[:1].lower()}{message[1:]}.'
    return Problem(INVALID_PARAMETER, detail, {"parameter": name})


def make_http_problem(error: HTTPException) -> Problem:
    """The problem of an address or method that does not exist."""
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allowed = headers.get("Allow", headers.get("allow", "GET"))
        return Problem(METHOD_NOT_ALLOWED, f"Use {allowed} at this address.", headers=headers)
    if error.status_code == 404:
        detail = "Check the spelling, or start from the search page or /api/v1/openapi.json."
        return Problem(NO_SUCH_ADDRESS, detail, headers=headers)
    kind = ProblemKind(error.status_code, "http", "The request was refused")
    return Problem(kind, str(error.detail), headers=headers)


def make_internal_problem() -> Problem:
    """The problem of an error nobody foresaw; says nothing about the inside."""
    detail = "This is a fault of the service, not of your request. Its log has the details."
    return Problem(INTERNAL, detail)


def render_problem(problem: Problem) -> JSONResponse:
    """The problem as `application/problem+json`."""
    content = {
        "type": TYPE_PREFIX + problem.kind.slug,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        **problem.facts,
    }
    headers = dict(problem.headers) | {"Cache-Control": "no-store"}
    return JSONResponse(content, problem.kind.status, headers, MEDIA_TYPE)


def _list_facts(error: PapersiftError) -> dict[str, object]:
    match error:
        case UnknownParameterError():
            return {"parameter": error.parameter, "accepted": error.accepted}
        case UnknownOperatorError():
            return {"near": error.near}
        case OperatorInputError() if error.parameter:
            return {"parameter": error.parameter}
        case LimitExceededError():
            return {"limit_name": error.limit_name, "limit": error.limit, "unit": error.unit}
        case InvalidQueryError():
            return {"token": error.token, "column": error.column}
    return {}
