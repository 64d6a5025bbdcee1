"""What the address of a search's page asks; its twins in other formats read the same one."""

from typing import Annotated

from fastapi import Query

from app.domain.query import DateField, RankMode, Sort
from app.services.search import SearchQuestion
from app.text.comma_lists import split_names

MAX_NUMBER = 2**31 - 1

Offset = Annotated[int, Query(ge=0, le=MAX_NUMBER)]
Limit = Annotated[int | None, Query(ge=1, le=MAX_NUMBER)]


def read_search_question(
    *,
    q: str = "",
    cat: str = "",
    from_: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    date: DateField = DateField.SUBMITTED,
    sort: Annotated[Sort | None, Query()] = None,
    spell: str = "",
    expand: str = "",
    as_written: str = "",
    offset: Offset = 0,
    limit: Limit = None,
    author: str = "",
    rank: RankMode = RankMode.DEFAULT,
    cursor: str = "",
) -> SearchQuestion:
    """The question of an address; parameters it does not know are passed over."""
    return SearchQuestion(
        text=q,
        categories=cat,
        first=from_,
        last=to,
        date_field=date,
        sort=sort or get_default_sort(q),
        offset=offset,
        limit=limit,
        author=author,
        rank=rank,
        cursor=cursor,
        corrects_spelling=spell != "0",
        expands_acronyms=expand != "0",
        as_written=split_names(as_written),
    )


def get_default_sort(text: str) -> Sort:
    """The order of results when none is chosen: without words nothing is more relevant."""
    return Sort.RELEVANCE if text.strip() else Sort.NEWEST
