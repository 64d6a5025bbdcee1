"""`GET /library`: what a reader keeps in the browser; with `ids=`, a list that somebody shares."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.services.use_cases import UseCases
from app.text.comma_lists import split_identifiers
from app.web.presentation import make_address
from app.web.rendering import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/library")
def show_library(request: Request, ids: str = "") -> Response:
    """The frame of a reader's own library, which scripts fill, or the papers named in the address.

    Raises:
        InvalidInputError: one of them is no identifier, or there are too many.
    """
    use_cases: UseCases = request.app.state.use_cases
    written = split_identifiers(ids)
    if not written:
        return render_page(request, "library.html")
    found = use_cases.exports.list_named(written)
    listed = [each.paper.arxiv_id.value for each in found.papers]
    return render_page(
        request,
        "shared.html",
        papers=[each.paper for each in found.papers],
        missing=found.missing,
        address=make_address("/library", ids=",".join(listed)),
        related_address=make_address("/related", ids=",".join(listed)),
        most=use_cases.exports.max_papers,
    )
