"""`/recommend`: papers for a bibliography, identifiers or a text, by a form without scripts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.errors import InvalidInputError
from app.domain.recommendation import Recommendation
from app.services.recommend import Taste
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from app.text.comma_lists import split_identifiers
from app.text.form_data import read_form
from app.web.related_page import REASONS_SHOWN
from app.web.rendering import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SHOWN = 25
UNREADABLE = 422


async def _read_body(request: Request) -> bytes:
    # Starlette reads bodies asynchronously, nowhere else.
    return await request.body()


@router.get("/recommend")
def show_form(request: Request) -> Response:
    """The empty form."""
    return _render(request, Taste())


@router.post("/recommend")
def show_recommended(request: Request, body: Annotated[bytes, Depends(_read_body)]) -> Response:
    """The papers for what was sent, above the form; nothing of it is kept."""
    taste = Taste()
    try:
        taste = _read_taste(read_form(request.headers.get("content-type", ""), body))
        use_cases: UseCases = request.app.state.use_cases
        found = use_cases.recommend.recommend(taste, SearchQuestion(limit=SHOWN))
    except InvalidInputError as error:
        return _render(request, taste, problem=str(error))
    return _render(request, taste, found)


def _read_taste(form: dict[str, list[str]]) -> Taste:
    def read(name: str) -> str:
        return "\n".join(form.get(name, ())).strip()

    return Taste(
        positive=split_identifiers(read("positive")),
        negative=split_identifiers(read("negative")),
        text=read("text"),
        bibtex=read("bibtex"),
    )


def _render(
    request: Request, taste: Taste, found: Recommendation | None = None, *, problem: str = ""
) -> Response:
    answer = render_page(
        request,
        "recommend.html",
        taste=taste,
        found=found,
        problem=problem,
        unknown=[] if found is None else [s.written for s in found.seeds if s.arxiv_id is None],
        max_reasons=REASONS_SHOWN,
    )
    if problem:
        answer.status_code = UNREADABLE
    return answer
