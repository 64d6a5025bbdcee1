"""`GET /api/v1/search`."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from app.api.caching import CACHE_CONTROL, answer_unchanged, make_cache_headers
from app.api.deps import UseCasesDep, make_router
from app.api.openapi import list_problems
from app.api.query_answers import (
    make_doctor_out,
    make_explanation_out,
    make_highlights_out,
    make_spelling_out,
)
from app.api.query_schemas import ExpansionOut
from app.api.schemas import FacetOut, HitOut, SearchOut, make_hit_out
from app.domain.errors import InvalidInputError
from app.domain.query import DateField, FacetField, RankMode, Sort
from app.domain.results import FacetCount, Hit, SearchPage
from app.services.cursors import MAX_CURSOR_CHARS
from app.services.search import SearchLimits, SearchQuestion, find_next_offset, has_next_page
from app.services.search_help import HelpWanted, SearchHelp
from app.text.comma_lists import split_names

router = make_router("search")

KEYWORD = "keyword"
FACET_NAMES = (*(field.value for field in FacetField), KEYWORD)
"""What can be counted: columns of the index, and telling phrases."""

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
    use_cases: UseCasesDep,
    q: Annotated[
        str,
        Query(
            description='Words, "phrases", "a b"~3, a NEAR3 b, word*, -word, OR, parentheses, '
            "field:word (ti au abs co jr rn doi id all), cat: year: submitted: updated: "
            "announced: since: has: is: similar:, identifiers, arXiv addresses, DOIs.",
            openapi_examples={
                "words": {"value": "equivariant networks"},
                "fields": {"value": 'ti:(graph OR tree) au:"Lee, A" -survey'},
                "conditions": {"value": "cat:cs.LG year:2020-2024 has:code diffusion"},
                "similar": {"value": "similar:1706.03762 since:1y"},
            },
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
    author: Annotated[
        str,
        Query(description="A name, as behind au:; ^Lee for first authors, Lee$ for last ones."),
    ] = "",
    sort: Annotated[
        Sort,
        Query(description="Order of the results; every order ends in a tie-break by identifier."),
    ] = Sort.RELEVANCE,
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
    cursor: Annotated[
        str,
        Query(
            max_length=MAX_CURSOR_CHARS,
            description="Instead of offset, at any depth: * for the first page, then what `next` "
            "of the page before holds.",
        ),
    ] = "",
    fields: Annotated[
        str,
        Query(
            description="Fields of each result, in a comma list; empty for all. What highlight "
            "and explain ask for is always there.",
            examples=["arxiv_id,title"],
        ),
    ] = "",
    facets: Annotated[
        str,
        Query(
            description=f"What to count over all matches, of: {', '.join(FACET_NAMES)}; "
            "several with commas. keyword: telling phrases of the best titles. author: names as "
            "they are written; au: finds their other spellings too.",
            examples=["cat,year"],
        ),
    ] = "",
    highlight: Annotated[
        bool, Query(description="Give title and abstract of each result with marked words.")
    ] = False,
    explain: Annotated[
        bool, Query(description="Give the contributions to the score of each result.")
    ] = False,
    spell: Annotated[
        bool,
        Query(description="Correct words that are certainly misspelt, and propose corrections."),
    ] = True,
    expand: Annotated[
        bool,
        Query(
            description="Search acronyms with the long forms that the papers give for them, and "
            "the reverse; `expansions` of the answer names them."
        ),
    ] = True,
    as_written: Annotated[
        str,
        Query(
            description="Acronyms and long forms to search as they are written only, in a comma "
            "list; `written` of an expansion.",
            examples=["RAG"],
        ),
    ] = "",
    strict: Annotated[
        bool,
        Query(
            description="Refuse (400) a query that would have to be guessed at, and search its "
            "words as they are written."
        ),
    ] = False,
) -> SearchOut | Response:
    """Papers that answer the query, with the exact total.

    A query without a match on all its words is answered with papers that hold any of them
    (`relaxed`). Papers named by identifier or DOI come first. Answers carry an ETag that changes
    with the index, unless stars order them.
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
        corrects_spelling=spell,
        expands_acronyms=expand,
        as_written=split_names(as_written),
        is_strict=strict,
        author=author,
        rank=rank,
        cursor=cursor,
    )
    selected = _select_fields_asked_for(fields, highlight=highlight, explain=explain)
    service = use_cases.search
    # A request that would be refused must be refused also when its ETag is known.
    service.understand(question)
    # Stars change without the index.
    is_steady = sort is not Sort.STARS
    headers = make_cache_headers(service.get_state(), counts_days=has_relative_dates(q))
    unchanged = answer_unchanged(request, headers) if is_steady else None
    if unchanged is not None:
        return unchanged
    page = service.search(question)
    wanted = HelpWanted(highlights=highlight, explanations=explain, keywords=wants_keywords(facets))
    search_help = use_cases.search_help.help_with(page, wanted)
    headers = (
        make_cache_headers(page.state, counts_days=has_relative_dates(q))
        if is_steady
        else {"Cache-Control": CACHE_CONTROL}
    )
    response.headers.update(headers)
    answer = make_search_out(page, search_help, request, service.limits)
    return answer if not selected else select_fields(answer, selected, headers)


def parse_facets(text: str) -> tuple[FacetField, ...]:
    """The columns named in a comma list, each once, without the keywords.

    Raises:
        InvalidInputError: one of them cannot be counted.
    """
    names = split_names(text)
    for name in names:
        if name not in FACET_NAMES:
            raise InvalidInputError(
                f'"{name[:40]}" cannot be counted. facets takes {", ".join(FACET_NAMES)}.'
            )
    return tuple(FacetField(name) for name in names if name != KEYWORD)


def wants_keywords(facets: str) -> bool:
    """Whether a comma list of facets names the keywords."""
    return KEYWORD in split_names(facets)


def make_search_out(
    page: SearchPage, search_help: SearchHelp, request: Request, limits: SearchLimits
) -> SearchOut:
    """A page of results as REST gives it."""
    respelling = page.respelling
    diagnosis = search_help.diagnosis
    facets: dict[str, tuple[FacetCount, ...]] = {
        facet.value: counts for facet, counts in page.facets.items()
    }
    if search_help.keywords is not None:
        facets[KEYWORD] = search_help.keywords
    return SearchOut(
        total=page.total,
        took_ms=round(page.took_ms + search_help.took_ms, 3),
        index_version=page.state.generation,
        query=page.understood_as,
        relaxed=page.relaxed,
        notes=list(page.notes),
        missing=page.missing,
        did_you_mean=(
            respelling.corrected if respelling is not None and not respelling.is_applied else None
        ),
        spelling=None if respelling is None else make_spelling_out(respelling),
        expansions=[
            ExpansionOut(written=each.written, expanded=each.expanded, papers=each.papers)
            for each in page.expansions
        ],
        doctor=None if diagnosis is None else make_doctor_out(diagnosis),
        facets={
            name: [FacetOut(value=c.value, count=c.count) for c in counts]
            for name, counts in facets.items()
        },
        results=[_make_hit_out(hit, search_help) for hit in page.hits],
        next=make_following_address(page, request, limits),
    )


def _make_hit_out(hit: Hit, search_help: SearchHelp) -> HitOut:
    highlights = search_help.highlights.get(hit.paper.arxiv_id)
    explanation = search_help.explanations.get(hit.paper.arxiv_id)
    return make_hit_out(
        hit,
        None if highlights is None else make_highlights_out(highlights),
        None if explanation is None else make_explanation_out(explanation),
    )


def make_following_address(page: SearchPage, request: Request, limits: SearchLimits) -> str | None:
    """The request's own address for the page behind this one, relative to the service.

    By offset as far as offsets reach, unless cursors are used already; by cursor beyond.
    """
    if not has_next_page(page):
        return None
    following = find_next_offset(page, limits)
    if following is None or "cursor" in request.query_params:
        return _change_page(request, "cursor", page.cursor)
    return make_next_address(request, following)


def make_next_address(request: Request, next_offset: int | None) -> str | None:
    """The request's own address with another offset, relative to the service."""
    return None if next_offset is None else _change_page(request, "offset", str(next_offset))


def _change_page(request: Request, name: str, value: str) -> str:
    kept = [
        (known, given)
        for known, given in request.query_params.multi_items()
        if known not in ("offset", "cursor")
    ]
    return f"{request.url.path}?{urlencode([*kept, (name, value)])}"


def parse_fields(text: str) -> tuple[str, ...]:
    """The fields of a result named in a comma list, each once.

    Raises:
        InvalidInputError: results have no such field.
    """
    names = split_names(text)
    for name in names:
        if name not in HitOut.model_fields:
            raise InvalidInputError(
                f'"{name[:40]}" is no field of a result. fields takes '
                f"{', '.join(HitOut.model_fields)}."
            )
    return names


def _select_fields_asked_for(fields: str, *, highlight: bool, explain: bool) -> tuple[str, ...]:
    """The fields of a comma list, and those that another parameter asks for; empty for all."""
    names = parse_fields(fields)
    besides = {"highlights": highlight, "explanation": explain}
    return (
        tuple(dict.fromkeys((*names, *(n for n, is_asked in besides.items() if is_asked))))
        if names
        else ()
    )


def select_fields(
    found: SearchOut, names: tuple[str, ...], headers: Mapping[str, str]
) -> JSONResponse:
    """The answer with only some fields of each result."""
    content = found.model_dump(mode="json", by_alias=True)
    content["results"] = [{name: hit[name] for name in names} for hit in content["results"]]
    return JSONResponse(content, headers=dict(headers))


def has_relative_dates(text: str) -> bool:
    """Whether the answer to a query depends on the day on which it is asked."""
    return "since:" in text.lower()
