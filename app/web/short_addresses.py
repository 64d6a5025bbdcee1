"""Addresses as papers.cool writes them, sent on to the pages that answer them here."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.text.date_syntax import parse_day
from app.web.list_names import make_list_address, parse_list_name
from app.web.presentation import make_search_address
from app.web.redirects import MOVED

router = APIRouter(include_in_schema=False)

BY_STARS = "1"


@router.get("/arxiv/search")
@router.get("/arxiv/search/feed")
def redirect_search(request: Request, query: str = "") -> Response:
    """A search, or the feed of one."""
    address = make_search_address(q=query)
    if request.url.path.endswith("/feed"):
        address = address.replace("/search", "/search.atom", 1)
    return RedirectResponse(address, MOVED)


@router.get("/arxiv/{text:path}/feed")
def redirect_feed(text: str) -> Response:
    """The feed of a category expression."""
    return RedirectResponse(f"{make_list_address(parse_list_name(text))}.atom", MOVED)


@router.get("/arxiv/{text:path}")
def redirect_short_address(
    text: str, date: str = "", sort: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    """A paper, several papers, or a category's list."""
    try:
        return RedirectResponse(f"/abs/{parse_arxiv_id(text)}", MOVED)
    except InvalidArxivIdError:
        pass
    parts = [part for part in text.split(",") if part]
    if len(parts) > 1 and all(map(_is_arxiv_id, parts)):
        return RedirectResponse(make_search_address(q=" ".join(parts)), MOVED)
    address = make_list_address(parse_list_name(text))
    if date.strip():
        address += f"/{parse_day(date)}"
    query = urlencode({"sort": "stars"}) if sort == BY_STARS else ""
    return RedirectResponse(f"{address}?{query}" if query else address, MOVED)


def _is_arxiv_id(text: str) -> bool:
    try:
        parse_arxiv_id(text)
    except InvalidArxivIdError:
        return False
    return True
