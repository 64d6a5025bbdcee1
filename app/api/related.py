"""`GET /api/v1/papers/{id}/related`: papers like a paper, and why."""

from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import Field

from app.api.deps import RelatedDep, make_router
from app.api.openapi import list_problems
from app.api.out import Out
from app.api.papers import ArxivIdParam
from app.api.schemas import PaperOut, make_paper_out
from app.api.search import OFFSET_MAX, make_next_address
from app.domain.arxiv_id import parse_arxiv_id
from app.domain.query import DateField, Sort
from app.domain.related import Reason, RelatedMethod, RelatedPage, RelatedPaper, TimeRelation
from app.services.search import SearchQuestion
from app.services.similar_papers import MAX_SIMILAR

router = make_router("related")

WEIGHT_DIGITS = 6


class ReasonOut(Out):
    """One part of a score."""

    kind: Literal["term", "phrase", "category", "subject"]
    text: str = Field(
        description="Words as the model text has them, categories, or `the subject as a whole`."
    )
    weight: float = Field(description="Negative for what is disliked.")


class RelatedPaperOut(PaperOut):
    """One related paper."""

    score: float = Field(description="Comparable within one answer only.")
    relation: Literal["earlier", "same", "later"] | None = Field(
        description="When it was submitted beside the paper asked about: more than 183 days "
        "before it, within 183 days, or more than 183 days after it."
    )
    reasons: list[ReasonOut] = Field(description="Largest first; they add up to the score.")
    shared_authors: list[str] = Field(description="On both papers; no part of the score.")
    duplicates: list[str] = Field(description="Papers that say nearly the same, folded in here.")


class RelationCountsOut(Out):
    """How many papers of the whole list were submitted when."""

    earlier: int
    same: int
    later: int


class RelatedOut(Out):
    """One page of related papers."""

    arxiv_id: str
    method: Literal["default", "literal"]
    total: int = Field(
        description=f"Related papers in all, at most {MAX_SIMILAR}, duplicates folded."
    )
    counts: RelationCountsOut
    asked_with: list[ReasonOut] = Field(description="What was looked for, heaviest first.")
    index_version: int = Field(description="Generation of the index that answered.")
    results: list[RelatedPaperOut]
    next: str | None = Field(description="Address of the next page, relative to this service.")


@router.get(
    "/papers/{arxiv_id:path}/related",
    response_model=RelatedOut,
    summary="Related papers, with reasons",
    responses=list_problems(404, 410, 422, 503),
)
def list_related(
    *,
    arxiv_id: ArxivIdParam,
    request: Request,
    service: RelatedDep,
    method: Annotated[
        RelatedMethod,
        Query(
            description="default: by all words and pairs of words of title and abstract. literal: "
            "by the paper's ten keywords, any of them."
        ),
    ] = RelatedMethod.DEFAULT,
    cat: Annotated[
        str, Query(description="Category expression: cs.LG, cs, cs.AI+cs.LG-cs.CY.")
    ] = "",
    from_: Annotated[
        str,
        Query(alias="from", description="First year, month or day: 2024, 2024-05, 2024-05-31."),
    ] = "",
    to: Annotated[str, Query(description="Last year, month or day, included.")] = "",
    date: Annotated[
        DateField, Query(description="Which date `from` and `to` look at.")
    ] = DateField.SUBMITTED,
    sort: Annotated[Sort, Query(description="Order of the related papers.")] = Sort.RELEVANCE,
    limit: Annotated[int | None, Query(ge=0, le=OFFSET_MAX, description="Papers wanted.")] = None,
    offset: Annotated[int, Query(ge=0, le=OFFSET_MAX, description="Papers to skip.")] = 0,
) -> RelatedOut:
    """The papers most like a paper; no date is part of the score.

    Every paper comes with the words, pairs of words and categories it shares with the paper asked
    about, and the part of the score each of them makes.
    """
    question = SearchQuestion(
        categories=cat,
        first=from_,
        last=to,
        date_field=date,
        sort=sort,
        offset=offset,
        limit=limit,
    )
    page = service.find_related(arxiv_id, question, method)
    return RelatedOut(
        arxiv_id=parse_arxiv_id(arxiv_id).arxiv_id.value,
        method=method.value,
        total=page.total,
        counts=RelationCountsOut(**{each.value: page.counts.get(each, 0) for each in TimeRelation}),
        asked_with=[make_reason_out(each) for each in page.asked_with],
        index_version=page.state.generation,
        results=[make_related_paper_out(each) for each in page.papers],
        next=make_next_address(request, _find_next_offset(page)),
    )


def make_related_paper_out(related: RelatedPaper) -> RelatedPaperOut:
    """A related paper as REST gives it."""
    return RelatedPaperOut(
        **make_paper_out(related.paper).model_dump(),
        score=related.score,
        relation=related.relation.value if related.relation is not None else None,
        reasons=[make_reason_out(each) for each in related.reasons],
        shared_authors=list(related.shared_authors),
        duplicates=[each.value for each in related.duplicates],
    )


def make_reason_out(reason: Reason) -> ReasonOut:
    """A reason as REST gives it."""
    return ReasonOut(
        kind=reason.kind.value, text=reason.text, weight=round(reason.weight, WEIGHT_DIGITS)
    )


def _find_next_offset(page: RelatedPage) -> int | None:
    following = page.offset + page.limit
    return following if page.limit > 0 and following < page.total else None
