"""Server-rendered pages: the same use cases as REST, without scripts.

The address is the whole state of a page. Unknown parameters are ignored here, since links pick
them up on their way; REST refuses them.
"""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from app.services.use_cases import UseCases
from app.web.help_texts import PROBLEM_MEANINGS, QUERY_FORMS
from app.web.redirects import MOVED
from app.web.rendering import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MAX_MISSING_SHOWN = 100
MAX_RECEIPTS_SHOWN = 100


@router.get("/status")
def show_status(request: Request) -> Response:
    """What is held, how fresh it is, what is missing."""
    return render_page(
        request,
        "status.html",
        report=_get_use_cases(request).status.get_report(),
        max_missing=MAX_MISSING_SHOWN,
        max_receipts=MAX_RECEIPTS_SHOWN,
    )


@router.get("/help")
def show_help(request: Request) -> Response:
    """How to ask, and what the problems of the API mean."""
    return render_page(
        request,
        "help.html",
        query_forms=QUERY_FORMS,
        problem_meanings=PROBLEM_MEANINGS,
    )


@router.get("/favicon.ico")
def redirect_favicon() -> Response:
    """The drawing, for browsers that ask for the old name."""
    return RedirectResponse("/static/favicon.svg", MOVED)


ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /cards
Disallow: /library
Disallow: /recommend
Disallow: /related
Disallow: /search
"""
"""Papers and days may be listed elsewhere; searches have more addresses than anybody can visit."""


@router.get("/robots.txt")
def show_robots() -> Response:
    """What crawlers are asked to leave alone."""
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


@router.get("/list")
def redirect_list() -> Response:
    """Home, where lists are chosen."""
    return RedirectResponse("/", MOVED)


@router.get("/pdf/{written_id:path}")
def redirect_pdf(written_id: str) -> Response:
    """The paper's page, which leads to its PDF: PDFs are never served from here."""
    return RedirectResponse(f"/abs/{quote(written_id.removesuffix('.pdf'))}", MOVED)


def _get_use_cases(request: Request) -> UseCases:
    use_cases: UseCases = request.app.state.use_cases
    return use_cases
