"""`GET /api/v1/search`."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from app.api.caching import answer_unchanged, make_cache_headers
from app.api.deps import SearchDep, make_router
from app.api.openapi import list_problems
from app.api.schemas import FacetOut, SearchOut, make_hit_out
from app.domain.errors import InvalidInputError
from app.domain.query import DateField, FacetField, RankMode, Sort
from app.domain.results import SearchPage
from app.services.search import SearchLimits, SearchQuestion, find_next_offset

router = make_router("search")

OFFSET_MAX = 2**31 - 1
"""Largest number any parameter takes; the limits that matter are settings."""


@router.get(
    "/search",
    response_model=SearchOut,
    summary="Search papers",
    responses={
        304: {"description": "Nothing changed since the answer with this ETag."},
        **list_problems(400, 422, 503),
    },
)
def search(
    *,
    request: Request,
    response: Response,
    service: SearchDep,
    q: Annotated[
        str,
        Query(
            description='Words, "phrases", -word, OR, field:word (ti au abs co jr rn doi id), '
            "identifiers, arXiv addresses, DOIs.",
            examples=["equivariant networks"],
        ),
    ] = "",
    cat: Annotated[
        str,
        Query(description="Category expression: cs.LG, cs, cs.AI+cs.LG-cs.CY.", examples=["cs.LG"]),
    ] = "",
    from_: Annotated[
        str,
        Query(alias="from", description="First year, month or day: 2024, 2024-05, 2024-05-31."),
    ] = "",
    to: Annotated[str, Query(description="Last year, month or day, included.")] = "",
    date: Annotated[
        DateField, Query(description="Which date `from` and `to` look at.")
    ] = DateField.SUBMITTED,
    sort: Annotated[Sort, Query(description="Order of the results.")] = Sort.RELEVANCE,
    rank: Annotated[
        RankMode,
        Query(
            description="bm25 orders by the words alone; full orders the best of that anew by "
            "what papers are about."
        ),
    ] = RankMode.DEFAULT,
    limit: Annotated[
        int | None,
        Query(ge=0, le=OFFSET_MAX, description="Results wanted; 0 gives total and facets only."),
    ] = None,
    offset: Annotated[int, Query(ge=0, le=OFFSET_MAX, description="Results to skip.")] = 0,
    facets: Annotated[
        str, Query(description="Columns to count over all matches: cat, year, or cat,year.")
    ] = "",
    strict: Annotated[
        bool, Query(description="Refuse (400) a query that would have to be guessed at.")
    ] = False,
) -> SearchOut | Response:
    """Papers that answer the query, with the exact total.

    A query without a match on all its words is answered with papers that hold any of them
    (`relaxed`). Papers named by identifier or DOI come first. Answers carry an ETag that changes
    with the index.
    """
    question = SearchQuestion(
        text=q,
        categories=cat,
        first=from_,
        last=to,
        date_field=date,
        sort=sort,
        offset=offset,
        limit=limit,
        facets=parse_facets(facets),
        is_strict=strict,
        rank=rank,
    )
    # A request that would be refused must be refused also when its ETag is known.
    service.understand(question)
    headers = make_cache_headers(service.get_state())
    unchanged = answer_unchanged(request, headers)
    if unchanged is not None:
        return unchanged
    page = service.search(question)
    response.headers.update(make_cache_headers(page.state))
    return make_search_out(page, request, service.limits)


def parse_facets(text: str) -> tuple[FacetField, ...]:
    """The columns named in a comma list, each once.

    Raises:
        InvalidInputError: one of them cannot be counted.
    """
    names = dict.fromkeys(name.strip() for name in text.split(",") if name.strip())
    known = {each.value: each for each in FacetField}
    for name in names:
        if name not in known:
            raise InvalidInputError(
                f'"{name[:40]}" cannot be counted. facets takes {" and ".join(known)}.'
            )
    return tuple(known[name] for name in names)


def make_search_out(page: SearchPage, request: Request, limits: SearchLimits) -> SearchOut:
    """A page of results as REST gives it."""
    return SearchOut(
        total=page.total,
        took_ms=round(page.took_ms, 3),
        index_version=page.state.generation,
        query=page.understood_as,
        relaxed=page.relaxed,
        notes=list(page.notes),
        missing=page.missing,
        facets={
            facet.value: [FacetOut(value=c.value, count=c.count) for c in counts]
            for facet, counts in page.facets.items()
        },
        results=[make_hit_out(hit) for hit in page.hits],
        next=make_next_address(request, find_next_offset(page, limits)),
    )


def make_next_address(request: Request, next_offset: int | None) -> str | None:
    """The request's own address with another offset, relative to the service."""
    if next_offset is None:
        return None
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "offset"]
    return f"{request.url.path}?{urlencode([*kept, ('offset', str(next_offset))])}"
