"""Server-rendered pages: the same use cases as REST, without scripts.

The address is the whole state of a page. Unknown parameters are ignored here, since links pick
them up on their way; REST refuses them.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.categories import list_categories
from app.domain.errors import (
    InvalidInputError,
    PaperNotFoundError,
)
from app.domain.query import DateField, RankMode, Sort
from app.domain.related import RelatedMethod
from app.domain.results import SearchPage
from app.services.search import SearchQuestion
from app.services.search_help import HelpWanted
from app.services.use_cases import UseCases
from app.web import facet_views, search_views, views
from app.web.error_pages import render_missing_paper
from app.web.help_texts import PROBLEM_MEANINGS, QUERY_FORMS
from app.web.rendering import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MAX_NUMBER = 2**31 - 1
RELATED_SHOWN = 25
"""Related papers on a page."""

REASONS_SHOWN = 8
"""Reasons named for each of them."""

MAX_MISSING_SHOWN = 100
MAX_RECEIPTS_SHOWN = 100

Offset = Annotated[int, Query(ge=0, le=MAX_NUMBER)]


@router.get("/search")
def show_search(
    request: Request,
    *,
    q: str = "",
    cat: str = "",
    from_: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    date: DateField = DateField.SUBMITTED,
    sort: Sort | None = None,
    spell: str = "",
    expand: str = "",
    as_written: str = "",
    explain: str = "",
    offset: Offset = 0,
    limit: Annotated[int | None, Query(ge=1, le=MAX_NUMBER)] = None,
    author: str = "",
    rank: RankMode = RankMode.DEFAULT,
    cursor: str = "",
) -> Response:
    """One page of results; a question that cannot be answered comes back with the reason."""
    # Without words nothing is more relevant than anything else.
    default_sort = Sort.RELEVANCE if q.strip() else Sort.NEWEST
    question = SearchQuestion(
        text=q,
        categories=cat,
        first=from_,
        last=to,
        date_field=date,
        sort=sort or default_sort,
        offset=offset,
        limit=limit,
        author=author,
        rank=rank,
        cursor=cursor,
        facets=facet_views.PAGE_FACETS,
        corrects_spelling=spell != "0",
        expands_acronyms=expand != "0",
        as_written=search_views.split_as_written(as_written),
    )
    service = _get_use_cases(request).search
    try:
        page = service.search(question)
    except InvalidInputError as error:
        return render_page(
            request,
            "search.html",
            status=422,
            question=question,
            category_choices=list_categories(),
            has_filters=views.has_filters(question),
            error=str(error),
        )
    return render_page(
        request,
        "search.html",
        question=question,
        category_choices=list_categories(),
        has_filters=views.has_filters(question),
        error="",
        page=page,
        paging=views.make_search_paging(page, question, service.limits),
        **_show_help(request, page, question, explains=explain == "1"),
    )


def _show_help(
    request: Request, page: SearchPage, question: SearchQuestion, *, explains: bool
) -> dict[str, Any]:
    """What stands around the results of a search."""
    wanted = HelpWanted(
        highlights=bool(question.text),
        explanations=explains,
        # Keywords belong to the whole result, not to each of its pages.
        keywords=question.offset == 0,
    )
    search_help = _get_use_cases(request).search_help.help_with(page, wanted)
    diagnosis = search_help.diagnosis
    today = (page.answered_at or datetime.now(UTC)).date()
    return {
        "search_help": search_help,
        "respelling": search_views.make_respelling_view(page, question),
        "facets": facet_views.list_facet_views(page, search_help, question),
        "chips": facet_views.list_chips(question, page.expansions),
        "dates_name": search_views.name_dates(question),
        "date_presets": search_views.list_date_presets(question, today),
        "relaxation_links": (
            [] if diagnosis is None else search_views.list_relaxation_links(diagnosis, question)
        ),
        "hit_reasons": {
            arxiv_id: search_views.list_reasons(explanation)
            for arxiv_id, explanation in search_help.explanations.items()
        },
        "explain_address": search_views.make_question_address(question, explains=True),
    }


@router.get("/related/{written_id:path}")
def show_related(
    request: Request,
    written_id: str,
    *,
    method: RelatedMethod = RelatedMethod.DEFAULT,
    sort: Sort = Sort.RELEVANCE,
) -> Response:
    """The papers most like one paper, with reasons; other spellings of its identifier sent on."""
    asked = parse_arxiv_id(written_id)
    if written_id != asked.arxiv_id.value:
        return RedirectResponse(f"/related/{asked.arxiv_id}", status_code=308)
    use_cases = _get_use_cases(request)
    try:
        paper = use_cases.papers.get_paper(written_id).paper
        page = use_cases.related.find_related(
            written_id, SearchQuestion(sort=sort, limit=RELATED_SHOWN), method
        )
    except PaperNotFoundError as error:
        return render_missing_paper(request, asked.arxiv_id, error)
    return render_page(
        request,
        "related.html",
        paper=paper,
        page=page,
        method=method,
        sort=sort,
        max_reasons=REASONS_SHOWN,
    )


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
    return RedirectResponse("/static/favicon.svg", status_code=308)


def _get_use_cases(request: Request) -> UseCases:
    use_cases: UseCases = request.app.state.use_cases
    return use_cases
