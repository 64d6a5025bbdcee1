"""`GET /api/v1/suggest`: completions of what is typed, also in the form of OpenSearch."""

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from app.api.deps import UseCasesDep, make_router
from app.api.openapi import list_problems
from app.api.query_schemas import SuggestionGroupOut, SuggestionOut, SuggestOut
from app.domain.results import IndexState
from app.services.suggest import (
    DEFAULT_PER_GROUP,
    MAX_PER_GROUP,
    MAX_SUGGEST_CHARS,
    SuggestService,
)
from app.services.suggestions import (
    Suggestion,
    SuggestionKind,
    Suggestions,
    make_suggestion_address,
)

router = make_router("search")

SUGGESTIONS_TYPE = "application/x-suggestions+json"

KEPT_SECONDS = 60
"""How long browsers may keep suggestions: while somebody types, the same texts come again."""


def _get_suggest(use_cases: UseCasesDep) -> SuggestService:
    return use_cases.suggest


@router.get(
    "/suggest",
    response_model=SuggestOut,
    summary="Complete what is typed",
    responses={
        200: {
            "description": "Suggestions by kind, or as OpenSearch defines them: the text, then "
            "lists of completions, descriptions and addresses.",
            "content": {
                SUGGESTIONS_TYPE: {
                    "schema": {"type": "array", "minItems": 4, "maxItems": 4},
                    "example": [
                        "graph neu",
                        ['"graph neural networks"'],
                        ["412 papers"],
                        ["/search?q=%22graph+neural+networks%22"],
                    ],
                }
            },
        },
        **list_problems(422, 503),
    },
)
def suggest(
    *,
    request: Request,
    service: Annotated[SuggestService, Depends(_get_suggest)],
    use_cases: UseCasesDep,
    q: Annotated[
        str,
        Query(
            description=f"What is typed so far, up to {MAX_SUGGEST_CHARS} characters; the last "
            "word may have just begun. Behind au: only authors, behind cat: only categories.",
            examples=["graph neu"],
        ),
    ] = "",
    limit: Annotated[
        int,
        Query(ge=1, description=f"Most suggestions of each kind, up to {MAX_PER_GROUP}."),
    ] = DEFAULT_PER_GROUP,
    format: Annotated[  # noqa: A002 - the name people know from other services
        Literal["json", "opensearch"],
        Query(
            description="`opensearch`: the form that browsers ask for; so does the header "
            f"`Accept: {SUGGESTIONS_TYPE}`.",
        ),
    ] = "json",
) -> SuggestOut | Response:
    """Phrases, authors, categories and titles that begin like the text.

    Counts are exact. Phrases and authors come from the titles and author lists that are held;
    titles hold all the words.
    """
    suggestions = service.suggest(q, per_group=limit)
    headers = {"Cache-Control": f"public, max-age={KEPT_SECONDS}", "Vary": "Accept"}
    accepted = request.headers.get("accept", "")
    if format == "opensearch" or SUGGESTIONS_TYPE in accepted:
        base = request.app.state.public_url or str(request.base_url).rstrip("/")
        content = render_opensearch(suggestions, base)
        return JSONResponse(content, headers=headers, media_type=SUGGESTIONS_TYPE)
    answer = make_suggest_out(suggestions, use_cases.search.get_state())
    return JSONResponse(answer.model_dump(mode="json"), headers=headers)


def make_suggest_out(suggestions: Suggestions, state: IndexState) -> SuggestOut:
    """Suggestions as REST gives them."""
    groups = [
        (SuggestionKind.PHRASE, suggestions.phrases),
        (SuggestionKind.AUTHOR, suggestions.authors),
        (SuggestionKind.CATEGORY, suggestions.categories),
        (SuggestionKind.TITLE, suggestions.titles),
    ]
    return SuggestOut(
        query=suggestions.text,
        index_version=state.generation,
        groups=[
            SuggestionGroupOut(type=kind.value, suggestions=list(_make_outs(members)))
            for kind, members in groups
            if members
        ],
    )


def render_opensearch(suggestions: Suggestions, base: str) -> list[object]:
    """The text, the completions, what each is, and where it leads (OpenSearch suggestions 1.1)."""
    listed = list(suggestions)
    return [
        suggestions.text,
        [_complete(each) for each in listed],
        [_describe(each) for each in listed],
        [base + make_suggestion_address(each) for each in listed],
    ]


def _make_outs(suggestions: Iterable[Suggestion]) -> Iterable[SuggestionOut]:
    for each in suggestions:
        yield SuggestionOut(
            text=each.text,
            query=each.query,
            count=each.count,
            description=each.description or None,
            url=make_suggestion_address(each),
        )


def _complete(suggestion: Suggestion) -> str:
    """What a browser puts into its search box."""
    is_title = suggestion.kind is SuggestionKind.TITLE
    return suggestion.text if is_title else suggestion.query


def _describe(suggestion: Suggestion) -> str:
    if suggestion.kind is SuggestionKind.TITLE:
        return f"arXiv:{suggestion.arxiv_id}"
    papers = f"{suggestion.count:,} paper{'s' if suggestion.count != 1 else ''}"
    return f"{suggestion.description}, {papers}" if suggestion.description else papers
