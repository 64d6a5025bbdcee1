"""The OpenAPI document: problems have their own media type, and every route names its own."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples import EXAMPLES
from app.api.problems import KINDS, MEDIA_TYPE, TYPE_PREFIX, ProblemKind, ProblemOut

Responses = dict[int | str, dict[str, Any]]

_MEANINGS = {
    400: "The query cannot be read (only with `strict`).",
    404: "Not held here.",
    410: "arXiv deleted the record.",
    422: "A parameter is unknown, cannot be read or passes a limit.",
    429: "Asked too often; the header Retry-After says when to ask again.",
    503: "Database or index cannot be used; the detail says what to run.",
}


def list_problems(*statuses: int) -> Responses:
    """The problem answers of a route, for its `responses`."""
    return {
        status: {
            "model": ProblemOut,
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"example": _make_example(status)}},
        }
        for status in statuses
    }


def install_openapi(app: FastAPI) -> None:
    """Make the application document problems as `application/problem+json`."""

    def make_document() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            _move_problem_schemas(document)
            _add_examples(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = make_document  # type: ignore[method-assign]


def _move_problem_schemas(document: dict[str, Any]) -> None:
    """FastAPI files every model under JSON; give problems their own media type."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                if MEDIA_TYPE in content:
                    content[MEDIA_TYPE] |= content.pop("application/json", {})


def _add_examples(document: dict[str, Any]) -> None:
    """Put the examples in; FastAPI would take the nulls out of them."""
    for (method, path), example in EXAMPLES.items():
        answer = document["paths"][path][method]["responses"]["200"]
        answer["content"]["application/json"]["example"] = example


def _make_example(status: int) -> dict[str, object]:
    kind = next(each for each in KINDS.values() if each.status == status)
    return {
        "type": TYPE_PREFIX + kind.slug,
        "title": kind.title,
        "status": status,
        "detail": _example_detail(kind),
    }


def _example_detail(kind: ProblemKind) -> str:
    return {
        400: "A quotation mark has no partner. Close the phrase, or leave the mark out.",
        404: "arXiv:1706.99999 is not held here.",
        410: "arXiv deleted the record of 1706.99999.",
        422: 'The parameter "form" is not known here. Accepted are: q, cat, from, to.',
        429: "More than 30 stars within a minute are not accepted from one client. Wait a minute.",
        503: "There is no search index yet. Run `papersift index`.",
    }[kind.status]
