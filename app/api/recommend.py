"""`POST /api/v1/recommend`: papers for several seeds, with the profile they were found by."""

from typing import Annotated

from pydantic import Field

from app.api.bodies import In, Text
from app.api.deps import RecommendDep, make_router
from app.api.openapi import list_problems
from app.api.out import Out
from app.api.related import ReasonOut, RelatedPaperOut, make_reason_out, make_related_paper_out
from app.api.search import OFFSET_MAX
from app.domain.query import DateField, Sort
from app.domain.recommendation import ProfileTerm, Recommendation
from app.services.recommend import RecommendService, Taste
from app.services.search import SearchQuestion
from app.services.similar_papers import MAX_SIMILAR

router = make_router("recommend")

MAX_WEIGHT = 1e6
"""Largest size of a weight; what is beyond cannot be compared with anything."""


class ProfileTermIn(In):
    """One line of a profile."""

    text: Text = Field(description="A word or phrase.", examples=["sparse attention"])
    weight: Annotated[float, Field(ge=-MAX_WEIGHT, le=MAX_WEIGHT, allow_inf_nan=False)] = Field(
        description="Negative for what is disliked.", examples=[12.5]
    )
    kind: Text = Field("", description="As an answer has it; not used.")


class RecommendIn(In):
    """What somebody likes, and which papers are wanted."""

    positive: list[Text] = Field(
        [],
        description="Liked papers: identifiers in any written form.",
        examples=[["1706.03762"]],
    )
    negative: list[Text] = Field([], description="Disliked papers.", examples=[["2405.00418"]])
    text: Text = Field("", description="A text to find papers for, such as a draft's abstract.")
    bibtex: Text = Field(
        "", description="A bibliography (.bib); papers are found by arXiv id, DOI or title."
    )
    profile: list[ProfileTermIn] = Field(
        [],
        description="The profile of an earlier answer, as edited. It replaces what the papers "
        "say; they are still left out of the answer.",
    )
    cat: Text = Field("", description="Category expression: cs.LG, cs, cs.AI+cs.LG-cs.CY.")
    from_: Text = Field("", alias="from", description="First year, month or day.")
    to: Text = Field("", description="Last year, month or day, included.")
    date: DateField = Field(DateField.SUBMITTED, description="Which date is meant.")
    sort: Sort = Field(Sort.RELEVANCE, description="Order of the recommended papers.")
    limit: int | None = Field(None, ge=0, le=OFFSET_MAX, description="Papers wanted.")
    offset: int = Field(0, ge=0, le=OFFSET_MAX, description="Papers to skip.")


class SeedOut(Out):
    """What an identifier or an entry of the bibliography was understood as."""

    written: str = Field(description="The identifier, or the entry's key.")
    arxiv_id: str | None = Field(description="Null where no paper held here is meant.")
    positive: bool


class RecommendOut(Out):
    """One page of recommended papers."""

    total: int = Field(
        description=f"Recommended papers in all, at most {MAX_SIMILAR}, duplicates folded."
    )
    profile: list[ReasonOut] = Field(
        description="What was looked for, heaviest first. Strike lines or change weights and send "
        "it back as `profile`."
    )
    seeds: list[SeedOut]
    index_version: int = Field(description="Generation of the index that answered.")
    results: list[RelatedPaperOut]
    next_offset: int | None = Field(description="`offset` of the next page; null on the last.")


@router.post(
    "/recommend",
    response_model=RecommendOut,
    summary="Papers for several seeds",
    responses=list_problems(422, 503),
)
def recommend(body: RecommendIn, service: RecommendDep) -> RecommendOut:
    """Papers like the liked ones and unlike the disliked ones, each with its reasons.

    Nothing is kept: the next request brings everything along again.
    """
    return answer_recommendation(body, service)


def answer_recommendation(body: RecommendIn, service: RecommendService) -> RecommendOut:
    """The answer to what somebody likes, however it was sent."""
    taste = Taste(
        positive=body.positive,
        negative=body.negative,
        text=body.text,
        bibtex=body.bibtex,
        profile=[ProfileTerm(each.text, each.weight) for each in body.profile],
    )
    question = SearchQuestion(
        categories=body.cat,
        first=body.from_,
        last=body.to,
        date_field=body.date,
        sort=body.sort,
        offset=body.offset,
        limit=body.limit,
    )
    answer = service.recommend(taste, question)
    return RecommendOut(
        total=answer.total,
        profile=[make_reason_out(each) for each in answer.profile],
        seeds=[
            SeedOut(
                written=each.written,
                arxiv_id=each.arxiv_id.value if each.arxiv_id is not None else None,
                positive=each.is_positive,
            )
            for each in answer.seeds
        ],
        index_version=answer.state.generation,
        results=[make_related_paper_out(each) for each in answer.papers],
        next_offset=_find_next_offset(answer),
    )


def _find_next_offset(answer: Recommendation) -> int | None:
    following = answer.offset + answer.limit
    return following if answer.limit > 0 and following < answer.total else None
