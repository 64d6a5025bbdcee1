"""`GET /api/v1/papers/…/keywords` and `POST /api/v1/keywords`: what stands for a paper."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.api.bodies import In, Text
from app.api.deps import KeywordsDep, make_router
from app.api.openapi import list_problems
from app.api.out import Out
from app.api.papers import ArxivIdParam
from app.domain.keywords import KeywordMethod
from app.services.keywords import DEFAULT_KEYWORDS, KeywordAnswer

router = make_router("keywords")

LIMIT_MAX = 2**31 - 1
"""Largest number the parameter takes; the limit that matters is a setting."""

_METHOD = (
    "`phrases`: keyphrases of one to four words. `literal`: single words by plain TF-IDF, as the "
    "original site takes them."
)
_LIMIT = "Keywords wanted; fewer come where the text has fewer."


class KeywordsIn(In):
    """Any title and abstract."""

    title: Text = Field("", description="May be empty.", examples=["Sparse attention"])
    abstract: Text = Field("", description="May be empty.", examples=["We prune attention."])
    method: KeywordMethod = Field(KeywordMethod.PHRASES, description=_METHOD)
    limit: int = Field(DEFAULT_KEYWORDS, ge=1, le=LIMIT_MAX, description=_LIMIT)


class KeywordOut(Out):
    """One word or phrase, with all that its place comes from."""

    text: str = Field(description="As people read it.")
    acronym: str | None = Field(description="The short form that the text itself gives for it.")
    weight: float = Field(description="What the order goes by; comparable within one answer only.")
    tf: float = Field(description="Occurrences in title and abstract.")
    df: int = Field(
        description="Papers of the index that hold the word; of a phrase, its rarest word."
    )
    idf: float = Field(description="How rare it is in the index, a logarithm.")


class KeywordsOut(Out):
    """The keywords of a text, best first."""

    arxiv_id: str | None = Field(description="Null for a text that was sent.")
    method: KeywordMethod
    papers: int = Field(description="Papers of the index that `df` is counted over.")
    keywords: list[KeywordOut]


# Registered before the paper itself: identifiers may hold a slash.
@router.get(
    "/papers/{arxiv_id:path}/keywords",
    response_model=KeywordsOut,
    summary="Keywords of a paper",
    responses=list_problems(404, 410, 422, 503),
)
def get_keywords(
    arxiv_id: ArxivIdParam,
    service: KeywordsDep,
    method: Annotated[KeywordMethod, Query(description=_METHOD)] = KeywordMethod.PHRASES,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description=_LIMIT)] = DEFAULT_KEYWORDS,
) -> KeywordsOut:
    """The words or phrases that stand for a paper, computed from the index as it is now."""
    return make_keywords_out(service.get_keywords(arxiv_id, method, limit))


@router.post(
    "/keywords",
    response_model=KeywordsOut,
    summary="Keywords of any text",
    responses=list_problems(422, 503),
)
def extract_keywords(body: KeywordsIn, service: KeywordsDep) -> KeywordsOut:
    """The words or phrases that stand for a title and abstract, which are not kept."""
    return make_keywords_out(service.extract(body.title, body.abstract, body.method, body.limit))


def make_keywords_out(answer: KeywordAnswer) -> KeywordsOut:
    """Keywords as REST gives them."""
    return KeywordsOut(
        arxiv_id=answer.arxiv_id.value if answer.arxiv_id else None,
        method=answer.method,
        papers=answer.papers,
        keywords=[
            KeywordOut(
                text=each.text,
                acronym=each.acronym or None,
                weight=each.weight,
                tf=each.tf,
                df=each.df,
                idf=each.idf,
            )
            for each in answer.keywords
        ],
    )
