"""Pages to play with the operators. They talk to REST; without scripts they show an example."""

from importlib import import_module

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.errors import NotFoundError
from app.web.middleware import PLOT_PAGE_POLICY
from app.web.operator_catalogue import PAGES, find_page
from app.web.rendering import render_page

router = APIRouter(
    prefix="/operators", include_in_schema=False, default_response_class=HTMLResponse
)

_HEADERS = {"Content-Security-Policy": PLOT_PAGE_POLICY}


@router.get("")
def show_operator_index(request: Request) -> Response:
    """One card a page, with what one can learn there."""
    return render_page(
        request,
        "operators/index.html",
        headers=_HEADERS,
        assets=request.app.state.operator_assets,
        pages=PAGES,
    )


@router.get("/{slug}")
def show_operator_page(request: Request, slug: str) -> Response:
    """One page, with the numbers of its example.

    Raises:
        NotFoundError: There is no page of this name.
    """
    page = find_page(slug)
    if page is None:
        raise NotFoundError("There is no such operator page. /operators lists them all.")
    return render_page(
        request,
        f"operators/{slug}.html",
        headers=_HEADERS,
        assets=request.app.state.operator_assets,
        page=page,
        tables=_make_tables(slug),
    )


def _make_tables(slug: str) -> object:
    """The tables of the example; scipy, which takes most of a second to load, comes with them."""
    return import_module("app.web.operator_examples").make_example_tables(slug)
