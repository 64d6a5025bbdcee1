"""`GET /cite/{id}.bib`, `.ris`, `.csl.json`: one paper for a reference manager."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.errors import NotFoundError
from app.domain.paper import Paper
from app.services.use_cases import UseCases
from app.text.citation import make_csl_item, render_bibtex, render_ris

router = APIRouter(include_in_schema=False)

MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
"""By the ending of the address."""


@router.get("/cite/{written:path}")
def show_citation(request: Request, written: str) -> Response:
    """The citation of a paper in the form that the address ends in.

    Raises:
        NotFoundError: there is no such form.
        PaperNotFoundError: the paper is not held here.
    """
    form = next((form for form in MEDIA_TYPES if written.endswith(f".{form}")), None)
    if form is None:
        raise NotFoundError(f"End the address in one of .{', .'.join(MEDIA_TYPES)}.")
    use_cases: UseCases = request.app.state.use_cases
    paper = use_cases.papers.get_paper(written.removesuffix(f".{form}")).paper
    name = paper.arxiv_id.value.replace("/", "-")
    headers = {
        "Content-Disposition": f'inline; filename="{name}.{form}"',
        "Cache-Control": "no-cache",
    }
    return Response(
        _render(paper, form), media_type=f"{MEDIA_TYPES[form]}; charset=utf-8", headers=headers
    )


def _render(paper: Paper, form: str) -> str:
    if form == "bib":
        return render_bibtex([paper])
    if form == "ris":
        return render_ris([paper])
    return json.dumps([make_csl_item(paper)], ensure_ascii=False, indent=1)
