"""The pages of related papers: of one paper, `/related/{id}`, and of several, `/related?ids=…`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidInputError, PaperNotFoundError
from app.domain.query import DateField, Sort
from app.domain.related import RelatedMethod, RelatedPage, RelatedPaper, TimeRelation
from app.services.recommend import Taste
from app.services.search import SearchQuestion
from app.services.similar_papers import MAX_SIMILAR
from app.services.use_cases import UseCases
from app.text.comma_lists import split_identifiers
from app.web.error_pages import render_missing_paper
from app.web.languages import translatable
from app.web.presentation import make_address
from app.web.redirects import MOVED
from app.web.rendering import render_page
from app.web.search_views import SORT_NAMES, LinkView

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

REASONS_SHOWN = 8
"""Reasons named for each paper."""

GROUP_SHOWN = 10
"""Papers of each time in sight; the page of a time has them all."""

SORTS = (Sort.RELEVANCE, Sort.NEWEST, Sort.OLDEST)


class TimeChoice(StrEnum):
    """Which related papers are shown, by when they were submitted."""

    ANY = ""
    EARLIER = "earlier"
    SAME = "same"
    LATER = "later"


_TIME_NAMES = {
    TimeChoice.ANY: translatable("all times"),
    TimeChoice.EARLIER: translatable("earlier"),
    TimeChoice.SAME: translatable("of the same time"),
    TimeChoice.LATER: translatable("later"),
}
_GROUP_NAMES = {
    TimeRelation.EARLIER: translatable("Earlier"),
    TimeRelation.SAME: translatable("Of the same time"),
    TimeRelation.LATER: translatable("Later"),
}


@dataclass(frozen=True, slots=True)
class RelatedQuestion:
    """What the address of a page of related papers asks."""

    method: RelatedMethod = RelatedMethod.DEFAULT
    sort: Sort = Sort.RELEVANCE
    time: TimeChoice = TimeChoice.ANY
    categories: str = ""
    first: str = ""
    last: str = ""
    date_field: DateField = DateField.SUBMITTED

    @property
    def search(self) -> SearchQuestion:
        """Filters and order, for all related papers at once."""
        return SearchQuestion(
            categories=self.categories,
            first=self.first,
            last=self.last,
            date_field=self.date_field,
            sort=self.sort,
            limit=MAX_SIMILAR,
        )

    def make_address(self, path: str, **more: str) -> str:
        """The page of this question."""
        is_submitted = self.date_field is DateField.SUBMITTED
        return make_address(
            path,
            **more,
            method=None if self.method is RelatedMethod.DEFAULT else self.method.value,
            sort=None if self.sort is Sort.RELEVANCE else self.sort.value,
            time=self.time.value,
            cat=self.categories,
            from_=self.first,
            to=self.last,
            date=None if is_submitted else self.date_field.value,
        )


@dataclass(frozen=True, slots=True)
class RelatedSection:
    """Related papers of one time, or of all; `address` leads to those that are not in sight."""

    name: str
    total: int
    papers: tuple[RelatedPaper, ...]
    address: str = ""


def read_related_question(
    *,
    method: RelatedMethod = RelatedMethod.DEFAULT,
    sort: Sort = Sort.RELEVANCE,
    time: TimeChoice = TimeChoice.ANY,
    cat: str = "",
    from_: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    date: DateField = DateField.SUBMITTED,
) -> RelatedQuestion:
    """The question of an address; parameters it does not know are passed over."""
    return RelatedQuestion(method, sort, time, cat, from_, to, date)


@router.get("/related/{written_id:path}")
def show_related(
    request: Request,
    written_id: str,
    question: Annotated[RelatedQuestion, Depends(read_related_question)],
) -> Response:
    """The papers most like one paper, with reasons; other spellings of its identifier sent on."""
    asked = parse_arxiv_id(written_id)
    if written_id != asked.arxiv_id.value:
        return RedirectResponse(f"/related/{asked.arxiv_id}", MOVED)
    use_cases = _get_use_cases(request)
    try:
        paper = use_cases.papers.get_paper(written_id).paper
    except PaperNotFoundError as error:
        return render_missing_paper(request, asked.arxiv_id, error)
    path = f"/related/{asked.arxiv_id}"
    page, problem = None, ""
    try:
        page = use_cases.related.find_related(written_id, question.search, question.method)
    except InvalidInputError as error:
        problem = str(error)
    return render_page(
        request,
        "related.html",
        status=422 if problem else 200,
        paper=paper,
        seeds=(),
        total=0 if page is None else page.total,
        sections=[] if page is None else _list_sections(page, question, path),
        times=[] if page is None else _list_times(page, question, path),
        other_method=replace(question, method=_get_other(question.method)).make_address(path),
        **_show_question(request, question, path, problem),
    )


@router.get("/related")
def show_related_to_several(
    request: Request,
    question: Annotated[RelatedQuestion, Depends(read_related_question)],
    ids: str = "",
) -> Response:
    """The papers most like several papers together, with reasons."""
    written = split_identifiers(ids)
    if not written:
        raise InvalidInputError(
            "No papers are named. Write their identifiers behind ids=, separated by commas."
        )
    found, problem = None, ""
    try:
        found = _get_use_cases(request).recommend.recommend(
            Taste(positive=written), question.search
        )
    except InvalidInputError as error:
        problem = str(error)
    papers = () if found is None else found.papers
    return render_page(
        request,
        "related.html",
        status=422 if problem else 200,
        paper=None,
        seeds=[parse_arxiv_id(each).arxiv_id for each in written] if not problem else (),
        total=len(papers),
        sections=[RelatedSection("", len(papers), papers)] if papers else [],
        times=[],
        other_method="",
        **_show_question(request, question, "/related", problem, ids=ids),
    )


def _show_question(
    request: Request, question: RelatedQuestion, path: str, problem: str, **more: str
) -> dict[str, Any]:
    """What stands around every list of related papers."""
    return {
        "question": question,
        "problem": problem,
        "path": path,
        "ids": more.get("ids", ""),
        "is_filtered": bool(question.categories or question.first or question.last),
        "max_reasons": REASONS_SHOWN,
        "most": _get_use_cases(request).exports.max_papers,
        "twin_address": replace(
            question, time=TimeChoice.ANY, categories="", first="", last=""
        ).make_address(path),
        "sorts": [
            LinkView(
                SORT_NAMES[sort],
                replace(question, sort=sort).make_address(path, **more),
                is_active=question.sort is sort,
            )
            for sort in SORTS
        ],
    }


def _list_times(page: RelatedPage, question: RelatedQuestion, path: str) -> list[LinkView]:
    """The ways to look at one time alone, with how many papers are there."""
    counts = {TimeChoice.ANY: page.total} | {
        TimeChoice(relation.value): count for relation, count in page.counts.items()
    }
    return [
        LinkView(
            name,
            replace(question, time=choice).make_address(path),
            counts[choice],
            is_active=question.time is choice,
        )
        for choice, name in _TIME_NAMES.items()
        if counts.get(choice)
    ]


def _list_sections(page: RelatedPage, question: RelatedQuestion, path: str) -> list[RelatedSection]:
    """The papers by time, the earlier ones first; all of the time that is chosen."""
    sections = []
    for relation, name in _GROUP_NAMES.items():
        choice = TimeChoice(relation.value)
        papers = _choose(page.papers, relation)
        if papers and question.time in (TimeChoice.ANY, choice):
            is_whole = question.time is choice or len(papers) <= GROUP_SHOWN
            address = "" if is_whole else replace(question, time=choice).make_address(path)
            shown = papers if is_whole else papers[:GROUP_SHOWN]
            sections.append(RelatedSection(name, len(papers), shown, address))
    return sections


def _choose(papers: Sequence[RelatedPaper], relation: TimeRelation) -> tuple[RelatedPaper, ...]:
    return tuple(each for each in papers if each.relation is relation)


def _get_other(method: RelatedMethod) -> RelatedMethod:
    is_default = method is RelatedMethod.DEFAULT
    return RelatedMethod.LITERAL if is_default else RelatedMethod.DEFAULT


def _get_use_cases(request: Request) -> UseCases:
    use_cases: UseCases = request.app.state.use_cases
    return use_cases
