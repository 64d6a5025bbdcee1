"""`GET /api/v1/days`: the days of a month; `GET /api/v1/days/{day}`: a day of a category."""

from typing import Annotated

from fastapi import Path, Query, Request

from app.api.deps import BrowseDep, CalendarDep, make_router
from app.api.openapi import list_problems
from app.api.schemas import DayCountOut, DayLineOut, DayOut, MonthOut, make_paper_out
from app.api.search import OFFSET_MAX, make_next_address
from app.domain.categories import parse_category_filter
from app.services.browse import DayLine, DayList, DayOrder, DaySource
from app.text.announce_kinds import parse_kinds
from app.text.date_syntax import parse_day, parse_month

router = make_router("days")


@router.get(
    "/days",
    response_model=MonthOut,
    summary="The days of a month",
    responses=list_problems(422, 503),
)
def get_month(
    *,
    service: CalendarDep,
    month: Annotated[str, Query(description="A month.", examples=["2024-05"])],
    cat: Annotated[
        str, Query(description="Category expression; empty for all.", examples=["cs.LG"])
    ] = "",
) -> MonthOut:
    """How many papers each day of a month brought.

    Announced days count new and cross-listed papers; days before the ledger begins count papers
    by submission, which `source` says.
    """
    expression = parse_category_filter(cat)
    counts = service.count_month(parse_month(month), expression)
    return MonthOut(
        month=f"{counts.month:%Y-%m}",
        category=str(expression) if expression is not None else None,
        papers=counts.papers,
        days=[
            DayCountOut(
                day=each.day,
                papers=each.papers,
                replaced=each.replaced,
                source=each.source.value if each.source is not None else None,
            )
            for each in counts.days
        ],
    )


@router.get(
    "/days/{day}",
    response_model=DayOut,
    summary="A day's list",
    responses=list_problems(422, 503),
)
def get_day(
    *,
    request: Request,
    service: BrowseDep,
    day: Annotated[str, Path(description="The day, UTC.", examples=["2024-05-31"])],
    cat: Annotated[
        str, Query(description="Category expression; empty for all.", examples=["cs.LG"])
    ] = "",
    sort: Annotated[
        DayOrder,
        Query(
            description="listed: as arXiv lists them. stars: most stars first. newest: by the "
            "moment of the first version."
        ),
    ] = DayOrder.LISTED,
    kind: Annotated[
        str,
        Query(
            description="Only papers announced as these: some of new, cross, replace. Empty: all.",
            examples=["new,cross"],
        ),
    ] = "",
    by: Annotated[
        DaySource | None,
        Query(description="`submitted`: the papers submitted that day, whatever was announced."),
    ] = None,
    limit: Annotated[int | None, Query(ge=0, le=OFFSET_MAX, description="Papers wanted.")] = None,
    offset: Annotated[int, Query(ge=0, le=OFFSET_MAX, description="Papers to skip.")] = 0,
) -> DayOut:
    """What arXiv announced on a day; where that is not on record, what was submitted on it.

    `source` and `explanation` say which of the two it is.
    """
    expression = parse_category_filter(cat)
    page = service.list_day(
        parse_day(day),
        expression,
        offset=offset,
        limit=limit,
        order=sort,
        kinds=parse_kinds(kind),
        source=by,
    )
    return _make_day_out(page, request)


def _make_day_out(page: DayList, request: Request) -> DayOut:
    return DayOut(
        day=page.day,
        category=str(page.expression) if page.expression is not None else None,
        source=page.source.value,
        state=page.state.value,
        due_at=page.due_at,
        explanation=page.explanation,
        total=page.total,
        counts={kind.value: count for kind, count in page.counts.items()},
        missing=[each.value for each in page.missing],
        results=[_make_line_out(line) for line in page.lines],
        previous_day=page.previous_day,
        next_day=page.next_day,
        next=make_next_address(request, page.next_offset),
    )


def _make_line_out(line: DayLine) -> DayLineOut:
    announced = line.announcement
    return DayLineOut(
        arxiv_id=line.arxiv_id.value,
        announce_type=announced.announce_type.value if announced is not None else None,
        position=announced.position if announced is not None else None,
        stars=line.stars,
        paper=make_paper_out(line.paper) if line.paper is not None else None,
    )
