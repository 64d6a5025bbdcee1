"""`GET /api/v1/papers/…`: one paper, and what it said before."""

from typing import Annotated

from fastapi import Path, Response

from app.api.deps import PapersDep, make_router
from app.api.openapi import list_problems
from app.api.schemas import (
    AskedOut,
    HistoryOut,
    PaperDetailOut,
    make_history_entry_out,
    make_paper_detail_out,
)

router = make_router("papers")

ArxivIdParam = Annotated[
    str,
    Path(
        description="Identifier in any written form: 1706.03762, hep-th/9901001, with arXiv: or "
        "vN, an address, a DOI of arXiv.",
        examples=["1706.03762"],
    ),
]


# Registered before the paper itself: identifiers may hold a slash.
@router.get(
    "/papers/{arxiv_id:path}/history",
    response_model=HistoryOut,
    summary="Superseded metadata of a paper",
    responses=list_problems(404, 410, 422, 503),
)
def get_history(arxiv_id: ArxivIdParam, service: PapersDep) -> HistoryOut:
    """Title, authors, abstract and comments as earlier harvests saw them, newest first."""
    answer = service.get_paper(arxiv_id)
    return HistoryOut(
        arxiv_id=answer.paper.arxiv_id.value,
        history=[make_history_entry_out(entry) for entry in answer.history],
    )


@router.get(
    "/papers/{arxiv_id:path}",
    response_model=PaperDetailOut,
    summary="One paper",
    responses=list_problems(404, 410, 422, 503),
)
def get_paper(arxiv_id: ArxivIdParam, service: PapersDep, response: Response) -> PaperDetailOut:
    """Everything held about a paper; `asked` says how it was asked for and what is held."""
    answer = service.get_paper(arxiv_id)
    paper = answer.paper
    response.headers["Content-Location"] = f"/api/v1/papers/{paper.arxiv_id}"
    response.headers["Link"] = f'<https://doi.org/{paper.arxiv_id.doi}>; rel="cite-as"'
    asked = AskedOut(
        written=arxiv_id, version=answer.asked.version, note=answer.version_note or None
    )
    return make_paper_detail_out(paper, asked, stars=answer.stars)
