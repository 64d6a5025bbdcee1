"""What routes depend on, each declared once as an annotated type."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.api.problems import UnknownParameterError
from app.services.browse import BrowseService
from app.services.calendar import CalendarService
from app.services.keywords import KeywordService
from app.services.papers import PaperService
from app.services.preference_learning import PreferenceLearningService
from app.services.preferences import PreferenceService
from app.services.recommend import RecommendService
from app.services.related import RelatedService
from app.services.stars import StarService
from app.services.status import StatusService
from app.services.use_cases import UseCases

API_PREFIX = "/api/v1"


def get_use_cases(request: Request) -> UseCases:
    """The use cases that `create_app` put together."""
    use_cases = request.app.state.use_cases
    assert isinstance(use_cases, UseCases)  # noqa: S101 - set by create_app, typed here
    return use_cases


UseCasesDep = Annotated[UseCases, Depends(get_use_cases)]


def _get_papers(use_cases: UseCasesDep) -> PaperService:
    return use_cases.papers


def _get_browse(use_cases: UseCasesDep) -> BrowseService:
    return use_cases.browse


def _get_calendar(use_cases: UseCasesDep) -> CalendarService:
    return use_cases.calendar


def _get_status(use_cases: UseCasesDep) -> StatusService:
    return use_cases.status


def _get_stars(use_cases: UseCasesDep) -> StarService:
    return use_cases.stars


def _get_related(use_cases: UseCasesDep) -> RelatedService:
    return use_cases.related


def _get_recommend(use_cases: UseCasesDep) -> RecommendService:
    return use_cases.recommend


def _get_preferences(use_cases: UseCasesDep) -> PreferenceService:
    return use_cases.preferences


def _get_keywords(use_cases: UseCasesDep) -> KeywordService:
    return use_cases.keywords


def _get_preference_learning(use_cases: UseCasesDep) -> PreferenceLearningService:
    return use_cases.preference_learning


PapersDep = Annotated[PaperService, Depends(_get_papers)]
BrowseDep = Annotated[BrowseService, Depends(_get_browse)]
CalendarDep = Annotated[CalendarService, Depends(_get_calendar)]
StatusDep = Annotated[StatusService, Depends(_get_status)]
StarsDep = Annotated[StarService, Depends(_get_stars)]
RelatedDep = Annotated[RelatedService, Depends(_get_related)]
RecommendDep = Annotated[RecommendService, Depends(_get_recommend)]
PreferencesDep = Annotated[PreferenceService, Depends(_get_preferences)]
PreferenceLearningDep = Annotated[PreferenceLearningService, Depends(_get_preference_learning)]
KeywordsDep = Annotated[KeywordService, Depends(_get_keywords)]


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse parameters that the route does not have, and repeated ones.

    A misspelt filter that is ignored would silently answer another question.

    Raises:
        UnknownParameterError: names the parameter and those that exist.
    """
    given = Counter(name for name, _ in request.query_params.multi_items())
    if not given:
        return
    accepted = list_parameters(request)
    for name, times in given.items():
        if name not in accepted or times > 1:
            raise UnknownParameterError(name, accepted, is_repeated=name in accepted)


def list_parameters(request: Request) -> list[str]:
    """Names of the query parameters of the route that a request was given to, as documented."""
    route = request.scope["route"]
    operation = request.app.openapi()["paths"].get(route.path_format, {}).get("get", {})
    return [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]


def make_router(tag: str) -> APIRouter:
    """A router of this version of the API, which refuses parameters its routes do not have.

    The prefix belongs to the router itself, so that a matched route knows its whole path.
    """
    return APIRouter(
        prefix=API_PREFIX, tags=[tag], dependencies=[Depends(refuse_unknown_parameters)]
    )
