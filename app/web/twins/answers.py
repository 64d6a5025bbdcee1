"""The answer to a question for a twin: rendered, or said to be unchanged."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import Response

from app.services.exports import ExportedList, LibraryVersion
from app.services.use_cases import UseCases
from app.text.citation import render_bibtex, render_csv, render_ris
from app.web.twins.atom import render_atom
from app.web.twins.feed import Feed, bound_paper
from app.web.twins.formats import FORMATS, TwinFormat
from app.web.twins.json_feed import render_json_feed

CACHE_CONTROL = "public, no-cache"
"""Keep the answer, but ask each time whether it is still true: new papers must show at once."""

_OF_TWINS_ONLY = frozenset({"offset", "limit", "bom"})
"""Parameters that say how a twin is given, not which list it is."""

_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9.+-]+")
MAX_FILE_NAME_CHARS = 80


def answer_twin(
    request: Request,
    twin: TwinFormat,
    make_list: Callable[[UseCases], ExportedList],
    *,
    title: str,
    is_conditional: bool = True,
) -> Response:
    """A list in one format; 304 to whoever has it already.

    Args:
        make_list: lists the papers; only called when they are needed.
        title: of the list.
        is_conditional: False for lists that change while the library does not, as by stars.
    """
    use_cases: UseCases = request.app.state.use_cases
    headers = {"Cache-Control": CACHE_CONTROL}
    if is_conditional:
        headers = _make_headers(request.app.version, use_cases.exports.get_version())
        if _has_it(request, headers):
            return Response(status_code=304, headers=headers)
    feed = _make_feed(request, twin, title, make_list(use_cases))
    facts = FORMATS[twin]
    if facts.is_file:
        headers["Content-Disposition"] = f'attachment; filename="{_name_file(title)}.{twin}"'
    has_mark = request.query_params.get("bom") == "1"
    return Response(
        _render(feed, twin, has_mark=has_mark),
        headers=headers,
        media_type=f"{facts.media_type}; charset=utf-8",
    )


def _render(feed: Feed, twin: TwinFormat, *, has_mark: bool) -> bytes:
    if twin is TwinFormat.ATOM:
        return render_atom(feed)
    if twin is TwinFormat.JSON:
        return render_json_feed(feed)
    papers = [bound_paper(each.paper) for each in feed.papers]
    if twin is TwinFormat.CSV:
        return render_csv(papers, with_bom=has_mark).encode()
    render = render_bibtex if twin is TwinFormat.BIBTEX else render_ris
    return render(papers).encode()


def _make_feed(request: Request, twin: TwinFormat, title: str, content: ExportedList) -> Feed:
    path, query = request.url.path, request.query_params.multi_items()
    following = [each for each in query if each[0] != "offset"]
    following.append(("offset", str(content.next_offset)))
    page_query = [each for each in query if each[0] not in _OF_TWINS_ONLY]
    return Feed(
        title=f"{title} – Papersift",
        base=request.app.state.public_url or str(request.base_url).rstrip("/"),
        page_address=_join(path.removesuffix(f".{twin}"), page_query),
        own_address=_join(path, query),
        next_address="" if content.next_offset is None else _join(path, following),
        content=content,
    )


def _make_headers(program: str, version: LibraryVersion) -> dict[str, str]:
    # The day is part of it: "since:7d" means other papers tomorrow.
    parts = [program, f"{datetime.now(UTC):%Y%m%d}", version.change_number]
    parts += [version.latest_day, version.latest_lines]
    if version.index is not None:
        parts += [version.index.generation, version.index.change_number]
    headers = {"ETag": f'W/"{"-".join(map(str, parts))}"', "Cache-Control": CACHE_CONTROL}
    if version.changed_at is not None:
        headers["Last-Modified"] = format_datetime(version.changed_at, usegmt=True)
    return headers


def _has_it(request: Request, headers: dict[str, str]) -> bool:
    """Whether the client's copy is still right; the tag is asked first, as it is exact."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return headers["ETag"] in [tag.strip() for tag in known.split(",")] or known == "*"
    since, changed = request.headers.get("if-modified-since"), headers.get("Last-Modified")
    if since is None or changed is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _join(path: str, query: list[tuple[str, str]]) -> str:
    return quote(path, safe="/+:@,") + (f"?{urlencode(query)}" if query else "")


def _name_file(title: str) -> str:
    name = _NOT_IN_FILE_NAMES.sub("-", title).strip("-.")[:MAX_FILE_NAME_CHARS]
    return f"papersift-{name or 'papers'}"
