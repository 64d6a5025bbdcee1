"""The home page, day lists, calendars, and the cards that scripts add to them."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.categories import (
    CategoryExpression,
    parse_category_expression,
)
from app.domain.errors import InvalidInputError, NotFoundError
from app.services.browse import DayList, DayOrder, DaySource
from app.services.limits import check_limit
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from app.text.announce_kinds import parse_kinds
from app.text.comma_lists import split_identifiers
from app.text.date_syntax import parse_day, parse_month
from app.web import day_views
from app.web.category_steps import make_list_steps
from app.web.list_names import make_list_address, parse_list_name, write_list_name
from app.web.redirects import MOVED, SEE_OTHER
from app.web.rendering import render_page
from app.web.search_questions import Offset

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MAX_CARDS = 50
"""Most cards that a script gets at once."""

ARXIV_DAYS = frozenset({"new", "pastweek", "recent"})
"""What stands behind a category in the addresses of arXiv's own lists: here, its newest day."""


@router.get("/")
def show_home(request: Request) -> Response:
    """The search box, the state of the service, the newest day, a calendar and the chooser."""
    use_cases = _get_use_cases(request)
    newest = use_cases.calendar.count_newest_day()
    month = (newest.day or datetime.now(UTC).date()).replace(day=1)
    counts = use_cases.calendar.count_month(month)
    return render_page(
        request,
        "home.html",
        question=SearchQuestion(),
        line=use_cases.status.get_line(),
        newest=newest,
        unread_day=use_cases.calendar.find_unread_day(),
        calendar=day_views.make_calendar(counts, None, current=newest.day),
        groups=day_views.list_choices(newest.by_code),
    )


@router.get("/choose")
def choose_categories(
    in_: Annotated[list[str] | None, Query(alias="in")] = None,
    out: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """The list of the categories ticked in the chooser.

    Raises:
        InvalidInputError: none is ticked, or one is no category.
    """
    excluded = dict.fromkeys(out or ())
    included = [code for code in dict.fromkeys(in_ or ()) if code not in excluded]
    if not included and not excluded:
        raise InvalidInputError("No category is chosen. Tick some on the home page first.")
    written = "+".join(included) + "".join(f"-{code}" for code in excluded)
    return RedirectResponse(make_list_address(parse_category_expression(written)), SEE_OTHER)


@router.get("/list/{name}")
def show_latest_day(
    request: Request,
    name: str,
    *,
    date: str = "",
    kind: str = "",
    offset: Offset = 0,
    sort: DayOrder = DayOrder.LISTED,
) -> Response:
    """The newest list of a category expression, or that of `date`."""
    expression = parse_list_name(name)
    if date.strip():
        return RedirectResponse(f"{make_list_address(expression)}/{parse_day(date)}", SEE_OTHER)
    latest = _get_use_cases(request).browse.find_latest_day(expression)
    if latest is None:
        raise NotFoundError(
            "No papers are held here yet. Fill the database with `papersift harvest` or "
            "`papersift import FILE`."
        )
    page = _get_use_cases(request).browse.list_day(
        latest, expression, offset=offset, order=sort, kinds=parse_kinds(kind)
    )
    return _render_day(request, page)


@router.get("/list/{name}/{day}")
def show_day(
    request: Request,
    name: str,
    day: str,
    *,
    kind: str = "",
    offset: Offset = 0,
    sort: DayOrder = DayOrder.LISTED,
    by: DaySource | None = None,
) -> Response:
    """The list of a category expression of one day."""
    if day in ARXIV_DAYS:
        return RedirectResponse(make_list_address(parse_list_name(name)), MOVED)
    page = _get_use_cases(request).browse.list_day(
        parse_day(day),
        parse_list_name(name),
        offset=offset,
        order=sort,
        kinds=parse_kinds(kind),
        source=by,
    )
    return _render_day(request, page)


@router.get("/calendar/{name}")
def show_latest_month(request: Request, name: str) -> Response:
    """The calendar of an expression, at its newest month."""
    expression = parse_list_name(name)
    latest = _get_use_cases(request).browse.find_latest_day(expression)
    return _render_month(request, expression, latest or datetime.now(UTC).date())


@router.get("/calendar/{name}/{month}")
def show_month(request: Request, name: str, month: str) -> Response:
    """One month of an expression."""
    return _render_month(request, parse_list_name(name), parse_month(month))


@router.get("/cards")
def give_cards(
    request: Request,
    ids: str,
    *,
    list_: Annotated[str, Query(alias="list")] = "",
    level: int = 3,
) -> Response:
    """Cards of papers by identifier, for scripts that show a list in another way.

    Raises:
        InvalidInputError: the level is no heading's.
        LimitExceededError: more than `MAX_CARDS` are asked for.
    """
    written = split_identifiers(ids)
    check_limit(len(written), "cards", MAX_CARDS, "papers")
    if level not in (2, 3):
        raise InvalidInputError("Cards have headings of level 2 or 3.")
    expression = parse_list_name(list_) if list_ else None
    papers = _get_use_cases(request).exports.list_named(written).papers if written else ()
    stars = _get_use_cases(request).stars.count([each.paper.arxiv_id for each in papers])
    return render_page(
        request,
        "cards.html",
        papers=[each.paper for each in papers],
        stars=stars,
        level=level,
        steps=make_list_steps(expression) if expression is not None else None,
    )


def _render_day(request: Request, page: DayList) -> Response:
    expression = page.expression
    return render_page(
        request,
        "day.html",
        page=page,
        expression=expression,
        expression_text=write_list_name(expression),
        expression_name=day_views.name_expression(expression),
        list_address=make_list_address(expression),
        addresses=day_views.make_day_addresses(page),
        groups=day_views.group_lines(page),
        paging=day_views.make_day_paging(page),
        page_address=day_views.make_day_address(page),
        steps=make_list_steps(expression, str(page.day)) if expression is not None else None,
        max_export_papers=_get_use_cases(request).exports.max_papers,
    )


def _render_month(request: Request, expression: CategoryExpression | None, month: date) -> Response:
    counts = _get_use_cases(request).calendar.count_month(month, expression)
    return render_page(
        request,
        "calendar.html",
        expression_text=write_list_name(expression),
        expression_name=day_views.name_expression(expression),
        list_address=make_list_address(expression),
        calendar=day_views.make_calendar(counts, expression),
    )


def _get_use_cases(request: Request) -> UseCases:
    use_cases: UseCases = request.app.state.use_cases
    return use_cases
