"""`GET /abs/{id}`: everything about one paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import PaperNotFoundError, SearchIndexError
from app.domain.related import RelatedPaper, TimeRelation
from app.services.question import SearchQuestion
from app.services.use_cases import UseCases
from app.web import views
from app.web.error_pages import render_missing_paper
from app.web.languages import translatable
from app.web.paper_metadata import make_paper_metadata
from app.web.redirects import MOVED
from app.web.rendering import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

KEYWORDS_SHOWN = 10
RELATED_ASKED = 25
RELATED_SHOWN = 4
"""Related papers of each time on the page; all are on the page of related papers."""

_RELATIONS = {
    TimeRelation.EARLIER: translatable("Earlier"),
    TimeRelation.SAME: translatable("Of the same time"),
    TimeRelation.LATER: translatable("Later"),
}


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Related papers of one time; `total` counts those that are not shown, too."""

    relation: TimeRelation
    name: str
    total: int
    papers: tuple[RelatedPaper, ...]


@router.get("/abs/{written_id:path}")
def show_paper(request: Request, written_id: str) -> Response:
    """Everything about one paper; other spellings of its identifier are sent on."""
    asked = parse_arxiv_id(written_id)
    if written_id != str(asked):
        return RedirectResponse(f"/abs/{asked}", MOVED)
    use_cases: UseCases = request.app.state.use_cases
    try:
        answer = use_cases.papers.get_paper(written_id)
    except PaperNotFoundError as error:
        return render_missing_paper(request, asked.arxiv_id, error)
    paper = answer.paper
    base = request.app.state.public_url or str(request.base_url).rstrip("/")
    keywords = _find_keywords(use_cases, written_id)
    metadata = make_paper_metadata(paper, base, keywords)
    return render_page(
        request,
        "paper.html",
        headers={"Link": metadata.link_header},
        paper=paper,
        version_note=answer.version_note,
        history=views.make_history_views(answer.history),
        metadata=metadata,
        facts=views.list_paper_facts(paper),
        stars=answer.stars,
        keywords=keywords,
        related=_find_related(use_cases, written_id),
    )


def _find_keywords(use_cases: UseCases, written_id: str) -> list[str]:
    """The paper's keywords; none while there is no index to weigh them by."""
    try:
        found = use_cases.keywords.get_keywords(written_id, limit=KEYWORDS_SHOWN)
    except SearchIndexError:
        return []
    return [keyword.text for keyword in found.keywords]


def _find_related(use_cases: UseCases, written_id: str) -> list[RelatedGroup] | None:
    """The papers most like it by time; None while there is no index to find them in."""
    question = SearchQuestion(limit=RELATED_ASKED)
    try:
        page = use_cases.related.find_related(written_id, question)
    except SearchIndexError:
        return None
    return [
        RelatedGroup(relation, name, page.counts[relation], _list_of(page.papers, relation))
        for relation, name in _RELATIONS.items()
        if page.counts.get(relation)
    ]


def _list_of(papers: Sequence[RelatedPaper], relation: TimeRelation) -> tuple[RelatedPaper, ...]:
    return tuple(each for each in papers if each.relation is relation)[:RELATED_SHOWN]
