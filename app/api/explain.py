"""`GET /api/v1/explain`: why one paper has its score for one query."""

from typing import Annotated

from fastapi import Query

from app.api.deps import UseCasesDep, make_router
from app.api.openapi import list_problems
from app.api.query_answers import make_contribution_outs
from app.api.query_schemas import ExplainOut
from app.domain.arxiv_id import parse_arxiv_id
from app.services.matching import leave_out
from app.services.search import SearchQuestion

router = make_router("search")


@router.get(
    "/explain",
    response_model=ExplainOut,
    summary="Why a paper has its score",
    responses=list_problems(404, 422, 503),
)
def explain(
    use_cases: UseCasesDep,
    q: Annotated[str, Query(description="The query, as in a search.", examples=["attention need"])],
    id: Annotated[  # noqa: A002 - short, as people write it
        str, Query(description="Any written form of an identifier.", examples=["1706.03762"])
    ],
    spell: Annotated[
        bool, Query(description="Whether spelling is corrected, as in a search.")
    ] = True,
    expand: Annotated[
        bool, Query(description="Whether acronyms are expanded, as in a search.")
    ] = True,
) -> ExplainOut:
    """What each term of the query adds in each field; the weights add up to the score.

    The query is read as a search by relevance reads it, with all that it says in `query`. A paper
    that does not answer it has score 0 and no contributions.
    """
    arxiv_id = parse_arxiv_id(id).arxiv_id
    question = SearchQuestion(text=q, limit=0, corrects_spelling=spell, expands_acronyms=expand)
    page = use_cases.search.search(question)
    tree = leave_out(page.tree, sorted(page.named - {arxiv_id}, key=str))
    explanation = use_cases.search_help.explain(tree, arxiv_id)
    return ExplainOut(
        arxiv_id=arxiv_id.value,
        query=page.understood_as,
        relaxed=page.relaxed,
        matches=bool(explanation.contributions) or arxiv_id in page.named,
        score=explanation.score,
        contributions=make_contribution_outs(explanation),
    )
