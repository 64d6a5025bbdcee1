"""`GET /cite/{id}.csl.json`: one paper for what formats citations; the other forms are twins."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.services.use_cases import UseCases
from app.text.citation import make_csl_item

router = APIRouter(include_in_schema=False)

CSL_TYPE = "application/vnd.citationstyles.csl+json"


@router.get("/cite/{written_id:path}.csl.json")
def show_csl(request: Request, written_id: str) -> Response:
    """The paper as a list of one item of CSL-JSON.

    Raises:
        InvalidArxivIdError: the text is no identifier.
        PaperNotFoundError: the paper is not held here.
    """
    use_cases: UseCases = request.app.state.use_cases
    paper = use_cases.papers.get_paper(written_id).paper
    name = paper.arxiv_id.value.replace("/", "-")
    return Response(
        json.dumps([make_csl_item(paper)], ensure_ascii=False, indent=1),
        media_type=f"{CSL_TYPE}; charset=utf-8",
        headers={
            "Content-Disposition": f'inline; filename="{name}.csl.json"',
            "Cache-Control": "no-cache",
        },
    )
