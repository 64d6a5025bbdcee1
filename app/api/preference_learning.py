"""`POST /api/v1/preferences/learn`: word weights from liked and skipped papers."""

from pydantic import Field

from app.api.bodies import In, Text
from app.api.deps import PreferenceLearningDep, make_router
from app.api.openapi import list_problems
from app.api.out import Out
from app.services.preference_learning import DEFAULT_LEARNED_TERMS

router = make_router("preferences")

LIMIT_MAX = 2**31 - 1
"""Largest number the field takes; the limit that matters is a setting."""


class LearnIn(In):
    """What somebody liked, and what they passed over."""

    liked: list[Text] = Field(
        description="Identifiers in any written form.", examples=[["2405.00418"]]
    )
    skipped: list[Text] = Field(
        default_factory=list,
        description="Papers seen and not wanted; may be empty.",
        examples=[["2405.01234"]],
    )
    limit: int = Field(
        DEFAULT_LEARNED_TERMS, ge=1, le=LIMIT_MAX, description="Terms wanted, the heaviest ones."
    )


class LearnedTermOut(Out):
    """One line of a taste, to be read and edited."""

    text: str = Field(description="The word as it stands in one of the papers.")
    weight: float = Field(description="From 1 down to -1, which stands for what is skipped.")
    liked: int = Field(description="Liked papers that hold it.")
    skipped: int = Field(description="Skipped papers that hold it.")


class LearnOut(Out):
    """A taste, heaviest lines first."""

    terms: list[LearnedTermOut] = Field(
        description="`text` and `weight` of the lines to keep can be sent to "
        "`/api/v1/recommend` as `profile`."
    )
    missing: list[str] = Field(description="Papers that are not held here, as they were given.")


@router.post(
    "/preferences/learn",
    response_model=LearnOut,
    summary="Weighted terms from liked and skipped papers",
    responses=list_problems(422, 503),
)
def learn_preferences(body: LearnIn, service: PreferenceLearningDep) -> LearnOut:
    """The terms that tell liked papers from skipped ones; what is sent is not kept."""
    learned = service.learn(body.liked, body.skipped, body.limit)
    return LearnOut(
        terms=[
            LearnedTermOut(
                text=each.text, weight=each.weight, liked=each.liked, skipped=each.skipped
            )
            for each in learned.terms
        ],
        missing=list(learned.missing),
    )
