"""The addresses of the twins: that of each list page with a suffix.

/list/cs.CL.atom                  the newest days of a category: what feed readers follow
/list/cs.CL/2024-05-03.json       a day's list
/search.bib?q=…                   a search, an author's papers
/related/1706.03762.ris           related papers
/library.csv?ids=…                papers by identifier
/abs/1706.03762.bib               one paper
"""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.convertors import Convertor, register_url_convertor

from app.domain.arxiv_id import parse_arxiv_id
from app.domain.errors import InvalidInputError
from app.domain.query import Sort
from app.domain.related import RelatedMethod
from app.services.browse import DayOrder, DaySource
from app.services.calendar import ADDED_KINDS
from app.services.exports import FEED_PAPERS
from app.services.search import SearchQuestion
from app.text.announce_kinds import parse_kinds
from app.text.comma_lists import split_identifiers
from app.text.date_syntax import parse_day
from app.web.list_names import parse_list_name, write_list_name
from app.web.search_questions import Limit, Offset, read_search_question
from app.web.twins.answers import answer_twin
from app.web.twins.formats import FORMATS, TwinFormat


class _TwinConvertor(Convertor[str]):
    """Only the suffixes of twins: `cs.CL` is no list `cs` in a format `CL`."""

    regex = "|".join(TwinFormat)

    def convert(self, value: str) -> str:
        """The suffix as it is written."""
        return value

    def to_string(self, value: str) -> str:
        """The suffix as it is written."""
        return value


register_url_convertor("twin", _TwinConvertor())

router = APIRouter(include_in_schema=False)


@router.get("/list/{name}.{twin:twin}")
def give_newest_days(request: Request, name: str, twin: TwinFormat, kind: str = "") -> Response:
    """The newest days of a category expression, new and cross-listed papers unless told."""
    expression = parse_list_name(name)
    kinds = parse_kinds(kind) or ADDED_KINDS
    return answer_twin(
        request,
        twin,
        lambda use_cases: use_cases.exports.list_newest_days(expression, kinds),
        title=write_list_name(expression),
    )


@router.get("/list/{name}/{day}.{twin:twin}")
def give_day(
    request: Request,
    name: str,
    day: str,
    twin: TwinFormat,
    *,
    kind: str = "",
    sort: DayOrder = DayOrder.LISTED,
    by: DaySource | None = None,
    offset: Offset = 0,
    limit: Limit = None,
) -> Response:
    """One day of a category expression, everything its page lists."""
    expression, parsed_day, kinds = parse_list_name(name), parse_day(day), parse_kinds(kind)
    return answer_twin(
        request,
        twin,
        lambda use_cases: use_cases.exports.list_day(
            parsed_day,
            expression,
            offset=offset,
            order=sort,
            kinds=kinds,
            source=by,
            limit=_choose_limit(twin, limit),
        ),
        title=f"{write_list_name(expression)}, {parsed_day}",
        is_conditional=sort is not DayOrder.STARS,
    )


@router.get("/search.{twin:twin}")
def give_search(
    request: Request,
    twin: TwinFormat,
    asked: Annotated[SearchQuestion, Depends(read_search_question)],
    sort: Sort | None = None,
) -> Response:
    """The results of a search; feeds have the newest first, unless an order is chosen."""
    order = sort or (asked.sort if FORMATS[twin].is_file else Sort.NEWEST)
    question = replace(asked, sort=order, limit=_choose_limit(twin, asked.limit))
    parts = (asked.text.strip(), asked.author.strip(), asked.categories.strip())
    return answer_twin(
        request,
        twin,
        lambda use_cases: use_cases.exports.list_search(question),
        title=", ".join(filter(None, parts)) or "All papers",
    )


@router.get("/related/{written_id:path}.{twin:twin}")
def give_related(
    request: Request,
    written_id: str,
    twin: TwinFormat,
    *,
    method: RelatedMethod = RelatedMethod.DEFAULT,
    sort: Sort = Sort.RELEVANCE,
    offset: Offset = 0,
    limit: Limit = None,
) -> Response:
    """The papers related to one."""
    asked = parse_arxiv_id(written_id).arxiv_id
    question = SearchQuestion(sort=sort, offset=offset, limit=_choose_limit(twin, limit))
    return answer_twin(
        request,
        twin,
        lambda use_cases: use_cases.exports.list_related(asked.value, question, method),
        title=f"Related to arXiv:{asked}",
    )


@router.get("/library.{twin:twin}")
def give_named(request: Request, twin: TwinFormat, ids: str = "") -> Response:
    """Papers by their identifiers, as a shared library names them.

    Raises:
        InvalidInputError: no identifier is given.
    """
    written = split_identifiers(ids)
    if not written:
        raise InvalidInputError(
            "No papers are named. Write their identifiers behind ids=, separated by commas."
        )
    return answer_twin(
        request, twin, lambda use_cases: use_cases.exports.list_named(written), title="Papers"
    )


@router.get("/abs/{written_id:path}.{twin:twin}")
def give_paper(request: Request, written_id: str, twin: TwinFormat) -> Response:
    """One paper; its absence is an error, and no empty file."""
    asked = parse_arxiv_id(written_id).arxiv_id
    request.app.state.use_cases.papers.get_paper(asked.value)
    return answer_twin(
        request,
        twin,
        lambda use_cases: use_cases.exports.list_named([asked.value]),
        title=f"arXiv:{asked}",
    )


def _choose_limit(twin: TwinFormat, asked: int | None) -> int | None:
    """Most papers of one answer: as asked, else few in a feed and all that a file may hold."""
    return FEED_PAPERS if asked is None and not FORMATS[twin].is_file else asked
