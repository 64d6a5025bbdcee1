"""Pages to play with the operators. They talk to REST; without scripts they show an example."""

from importlib import import_module

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.errors import NotFoundError
from app.web.middleware import SCRIPTED_PAGE_POLICY
from app.web.operator_catalogue import PAGES, find_page

router = APIRouter(
    prefix="/operators", include_in_schema=False, default_response_class=HTMLResponse
)


@router.get("")
def show_operator_index(request: Request) -> Response:
    """One card a page, with what one can learn there."""
    return _render(request, "operators/index.html", pages=PAGES)


@router.get("/{slug}")
def show_operator_page(request: Request, slug: str) -> Response:
    """One page, with the numbers of its example.

    Raises:
        NotFoundError: There is no page of this name.
    """
    page = find_page(slug)
    if page is None:
        raise NotFoundError("There is no such operator page. /operators lists them all.")
    template = f"operators/{slug}.html"
    return _render(request, template, page=page, tables=_make_tables(slug))


def _make_tables(slug: str) -> object:
    """The tables of the example; scipy, which takes most of a second to load, comes with them."""
    return import_module("app.web.operator_examples").make_example_tables(slug)


def _render(request: Request, template: str, **context: object) -> Response:
    state = request.app.state
    html = state.templates.get_template(template).render(assets=state.operator_assets, **context)
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": SCRIPTED_PAGE_POLICY}
    return HTMLResponse(html, headers=headers)
