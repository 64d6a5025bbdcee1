"""`POST /api/v1/recommend/upload`: the same for a form with a bibliography as a file."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.deps import RecommendDep, make_router
from app.api.openapi import list_problems
from app.api.recommend import RecommendIn, RecommendOut, answer_recommendation
from app.text.comma_lists import split_identifiers
from app.text.form_data import FORM_TYPE, read_form

router = make_router("recommend")

_LISTS = ("positive", "negative")
_FILES = ("bibtex", "text")
"""Fields that may be sent as files, several of them one after another."""

_FORM = {
    "type": "object",
    "properties": {
        "bibtex": {"type": "string", "format": "binary", "description": "A .bib file."},
        "text": {"type": "string", "description": "A text to find papers for."},
        "positive": {"type": "string", "description": "Identifiers of liked papers, by blanks."},
        "negative": {"type": "string", "description": "Identifiers of disliked papers."},
        "cat": {"type": "string", "description": "Category expression."},
        "from": {"type": "string", "description": "First year, month or day."},
        "to": {"type": "string", "description": "Last year, month or day, included."},
        "date": {"type": "string", "description": "Which date is meant."},
        "sort": {"type": "string", "description": "Order of the recommended papers."},
        "limit": {"type": "integer", "description": "Papers wanted."},
        "offset": {"type": "integer", "description": "Papers to skip."},
    },
}


async def _read_body(request: Request) -> bytes:
    # Starlette reads bodies asynchronously, nowhere else.
    return await request.body()


@router.post(
    "/recommend/upload",
    response_model=RecommendOut,
    summary="Papers for an uploaded bibliography",
    responses=list_problems(422, 503),
    openapi_extra={"requestBody": {"required": True, "content": {FORM_TYPE: {"schema": _FORM}}}},
)
def recommend_for_upload(
    request: Request, body: Annotated[bytes, Depends(_read_body)], service: RecommendDep
) -> RecommendOut:
    """As `POST /api/v1/recommend`, for a form (`multipart/form-data`) with a .bib file in it.

    The file is read and forgotten.
    """
    form = read_form(request.headers.get("content-type", ""), body)
    try:
        wanted = RecommendIn.model_validate(_gather(form))
    except ValidationError as error:
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        ) from error
    return answer_recommendation(wanted, service)


def _gather(form: dict[str, list[str]]) -> dict[str, Any]:
    """The fields of a form as a body has them; empty ones are left out."""
    fields: dict[str, Any] = {}
    for name, values in form.items():
        text = "\n".join(values)
        if not text.strip():
            continue
        if name in _LISTS:
            fields[name] = split_identifiers(text)
        else:
            fields[name] = text if name in _FILES else values[-1].strip()
    return fields
