"""`POST /api/v1/preferences/…`: lists in the order of a reader's words, and word clouds.

Both are calculations: what is sent is answered and forgotten.
"""

from pydantic import Field

from app.api.bodies import In, Text
from app.api.deps import PreferencesDep, make_router
from app.api.openapi import list_problems
from app.api.out import Out

router = make_router("preferences")


class RankIn(In):
    """A list, and what the reader follows."""

    ids: list[Text] = Field(
        description="Identifiers in any written form, in the order of the list.",
        examples=[["2405.00418", "2405.01234"]],
    )
    words: list[Text] = Field(
        description="Words or phrases; none of them: the order stays.",
        examples=[["sparse attention", "kernels"]],
    )


class RankedIdOut(Out):
    """One place of the list."""

    id: str = Field(description="As it was given.")
    score: float = Field(description="0 for papers that hold none of the words.")


class RankOut(Out):
    """The whole list, the best first."""

    results: list[RankedIdOut]


class CloudIn(In):
    """Papers somebody looked at."""

    ids: list[Text] = Field(
        description="Identifiers in any written form, the one looked at last at the end.",
        examples=[["2405.00418", "2405.01234"]],
    )


class CloudWordOut(Out):
    """One word of a cloud."""

    word: str
    count: int = Field(description="Papers that have it among their ten keywords.")


class CloudOut(Out):
    """A word cloud, most frequent first."""

    words: list[CloudWordOut]
    preferences: list[str] = Field(
        description="The first 20 words: what to follow where nothing was entered."
    )
    missing: list[str] = Field(description="Papers that are not held here, as they were given.")


@router.post(
    "/preferences/rank",
    response_model=RankOut,
    summary="A list in the order of preference",
    responses=list_problems(422, 503),
)
def rank_by_preference(body: RankIn, service: PreferencesDep) -> RankOut:
    """All the papers of the list, those first that fit the words best.

    Papers that fit none keep their order at the end; nothing is ever lost.
    """
    ranked = service.rank(body.ids, body.words)
    return RankOut(results=[RankedIdOut(id=each.written, score=each.score) for each in ranked])


@router.post(
    "/preferences/cloud",
    response_model=CloudOut,
    summary="The word cloud of papers",
    responses=list_problems(422, 503),
)
def make_preference_cloud(body: CloudIn, service: PreferencesDep) -> CloudOut:
    """How many of the papers have each word among their keywords."""
    cloud = service.make_cloud(body.ids)
    return CloudOut(
        words=[CloudWordOut(word=word, count=count) for word, count in cloud.words],
        preferences=list(cloud.preferences),
        missing=list(cloud.missing),
    )
