"""Pages that say what is wrong, in the frame of all others."""

from fastapi import Request
from fastapi.responses import Response

from app.domain.arxiv_id import ArxivId
from app.domain.errors import PaperDeletedError, PaperNotFoundError
from app.web.rendering import render_page


def render_error(request: Request, *, status: int, title: str, detail: str) -> Response:
    """A page for an error; the title is translated, the detail is shown as it is."""
    return render_page(
        request, "error.html", status=status, title=title, detail=detail, arxiv_address=""
    )


def render_missing_paper(
    request: Request, arxiv_id: ArxivId, error: PaperNotFoundError
) -> Response:
    """The page of a paper that is not here, with the way to arXiv's own."""
    is_deleted = isinstance(error, PaperDeletedError)
    return render_page(
        request,
        "error.html",
        status=410 if is_deleted else 404,
        title="arXiv deleted this record" if is_deleted else "This paper is not held here",
        detail=str(error),
        arxiv_address=arxiv_id.abs_url,
    )
