"""The page of a search, whole or in the parts that its modules exchange for newer ones.

The address is the whole state of the page, so every part has the parameters of the whole.
"""

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.query import DateField, FacetField, Sort
from app.domain.results import Explanation, FacetCount, Hit, SearchPage
from app.services.search import SearchQuestion
from app.services.search_help import HelpWanted
from app.services.use_cases import UseCases
from app.web import facet_views, search_views, views
from app.web.category_steps import make_search_steps
from app.web.rendering import get_language, render_page
from app.web.search_addresses import SearchAddresses, make_question_address
from app.web.search_questions import get_default_sort, read_search_question
from app.web.search_typing import find_while_typing
from app.web.year_histogram import make_histogram

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class SearchPart(StrEnum):
    """What of the page is asked for."""

    WHOLE = ""
    RESULTS = "results"
    """Everything below the form."""

    FACETS = "facets"
    """All facets with all their values, whatever the page has of them."""

    REASONS = "reasons"
    """Why one paper stands where it stands."""


_TEMPLATES = {SearchPart.WHOLE: "search.html", SearchPart.RESULTS: "_results.html"}


@router.get("/search")
def show_search(
    request: Request,
    asked: Annotated[SearchQuestion, Depends(read_search_question)],
    *,
    explain: str = "",
    part: SearchPart = SearchPart.WHOLE,
    more: str = "",
    paper: str = "",
    typing: str = "",
) -> Response:
    """One page of results; a question that cannot be answered comes back with the reason.

    With `typing=1` the last word may have just begun; `more=1` counts all facets for the page.
    """
    if part is SearchPart.REASONS:
        return _show_reasons(request, asked, paper)
    if part is SearchPart.FACETS:
        return _show_facets(request, asked)
    shows_more = more == "1"
    facets = facet_views.MORE_FACETS if shows_more else facet_views.PAGE_FACETS
    question = replace(asked, facets=facets)
    service = _get_use_cases(request).search
    try:
        question, page = (
            find_while_typing(service, question)
            if typing == "1"
            else (question, service.search(question))
        )
    except InvalidInputError as error:
        return render_page(
            request,
            _TEMPLATES[part],
            status=422,
            error=str(error),
            **_show_question(request, question),
        )
    return render_page(
        request,
        _TEMPLATES[part],
        error="",
        page=page,
        paging=views.make_search_paging(page, question, service.limits),
        **_show_question(request, question),
        **_show_help(request, page, question, explains=explain == "1", shows_more=shows_more),
    )


def _show_question(request: Request, question: SearchQuestion) -> dict[str, Any]:
    """What stands around a question, answered or not."""
    return {
        "question": question,
        "has_filters": views.has_filters(question),
        "chosen_sort": None if question.sort is get_default_sort(question.text) else question.sort,
        "most": _get_use_cases(request).exports.max_papers,
        "permalink": make_question_address(question, offset=question.offset),
    }


def _show_help(
    request: Request,
    page: SearchPage,
    question: SearchQuestion,
    *,
    explains: bool,
    shows_more: bool,
) -> dict[str, Any]:
    """What stands around the results of a search."""
    wanted = HelpWanted(
        highlights=bool(question.text),
        explanations=explains,
        keywords=shows_more,
        authors=shows_more,
    )
    search_help = _get_use_cases(request).search_help.help_with(page, wanted)
    diagnosis = search_help.diagnosis
    today = (page.answered_at or datetime.now(UTC)).date()
    gettext = get_language(request).translations.gettext
    addresses = SearchAddresses(question)
    return {
        "search_help": search_help,
        "steps": make_search_steps(addresses, page.request.filters.categories),
        "notes": search_views.list_notes(page, gettext),
        "respelling": search_views.make_respelling_view(page, question),
        "facets": facet_views.list_facet_views(page, search_help, addresses, shows_more=shows_more),
        "more_address": (
            ""
            if shows_more or not page.total
            else make_question_address(question, offset=question.offset, shows_more=True)
        ),
        "histogram": make_histogram(_count_years(request, page, question), addresses),
        "chips": facet_views.list_chips(question, page.expansions, gettext),
        "sorts": search_views.list_sorts(question),
        "date_presets": search_views.list_date_presets(question, today),
        "relaxation_links": (
            []
            if diagnosis is None
            else search_views.list_relaxation_links(diagnosis, page, question, gettext)
        ),
        "hit_reasons": {
            hit.paper.arxiv_id: _take_apart(hit, explanation, question)
            for hit in page.hits
            if (explanation := search_help.explanations.get(hit.paper.arxiv_id)) is not None
        },
        "explain_address": make_question_address(question, offset=question.offset, explains=True),
    }


def _count_years(
    request: Request, page: SearchPage, question: SearchQuestion
) -> tuple[FacetCount, ...]:
    """The results by year of submission, those outside the date range too: one may go there."""
    if question.date_field is not DateField.SUBMITTED:
        return ()
    if not (question.first or question.last):
        return page.facets[FacetField.YEAR]
    undated = replace(
        question, first="", last="", offset=0, cursor="", limit=0, facets=(FacetField.YEAR,)
    )
    return _get_use_cases(request).search.search(undated).facets[FacetField.YEAR]


def _show_facets(request: Request, asked: SearchQuestion) -> Response:
    """All that could narrow a search, however deep in its results one is."""
    counted = replace(asked, facets=facet_views.MORE_FACETS, limit=0, offset=0, cursor="")
    use_cases = _get_use_cases(request)
    page = use_cases.search.search(counted)
    wanted = HelpWanted(keywords=True, authors=True, diagnosis=False)
    search_help = use_cases.search_help.help_with(page, wanted)
    addresses = SearchAddresses(asked)
    return render_page(
        request,
        "_facets.html",
        facets=facet_views.list_facet_views(page, search_help, addresses, shows_more=True),
    )


def _show_reasons(request: Request, question: SearchQuestion, written_id: str) -> Response:
    """Why one paper of a page of results stands there."""
    arxiv_id = parse_arxiv_id(written_id).arxiv_id
    use_cases = _get_use_cases(request)
    page = use_cases.search.search(question)
    hits = tuple(hit for hit in page.hits if hit.paper.arxiv_id == arxiv_id)
    if not hits:
        raise NotFoundError(f"{arxiv_id} is not among these results any more. Search again.")
    wanted = HelpWanted(explanations=True, diagnosis=False)
    search_help = use_cases.search_help.help_with(replace(page, hits=hits), wanted)
    explanation = search_help.explanations.get(arxiv_id)
    return render_page(
        request,
        "_reasons.html",
        view=None if explanation is None else _take_apart(hits[0], explanation, question),
    )


def _take_apart(
    hit: Hit, explanation: Explanation, question: SearchQuestion
) -> search_views.ReasonsView:
    is_fresh = question.sort is Sort.FRESH
    return search_views.make_reasons_view(explanation, fresh_score=hit.score if is_fresh else None)


def _get_use_cases(request: Request) -> UseCases:
    use_cases: UseCases = request.app.state.use_cases
    return use_cases
