"""Papers by id, by day and by change number. `upsert_records`, also found here, writes them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, tuple_

from app.db.models import change_counter, paper_history, papers
from app.db.paper_rows import make_history_entry, make_paper
from app.db.paper_upsert import upsert_records
from app.db.parameters import is_one_of, is_told, write_texts
from app.db.session import Transaction
from app.domain.arxiv_id import ArxivId
from app.domain.categories import CategoryExpression
from app.domain.errors import PaperNotFoundError
from app.domain.paper import DatePrecision, Paper
from app.domain.paper_history import PaperHistoryEntry

__all__ = [
    "count_papers",
    "count_submitted_by_day",
    "find_missing_ids",
    "find_papers",
    "find_submission_moments",
    "find_titles",
    "get_last_change_number",
    "get_newest_submission_day",
    "get_paper",
    "iter_categories_submitted_on",
    "list_history",
    "list_submitted_on",
    "stream_all_papers",
    "stream_changes",
    "upsert_records",
]

_IS_LIVING: ColumnElement[bool] = papers.c.deleted_at.is_(None)
_SOUGHT_IDS = "sought_ids"
_DAY_IS_KNOWN: ColumnElement[bool] = papers.c.submitted_precision != DatePrecision.MONTH.value


def get_paper(tx: Transaction, arxiv_id: ArxivId) -> Paper:
    """The living paper with this id.

    Raises:
        PaperNotFoundError: it is not held, or arXiv withdrew the record.
    """
    row = tx.execute(select(papers).where(papers.c.arxiv_id == arxiv_id.value)).one_or_none()
    if row is None:
        raise PaperNotFoundError(
            f"{arxiv_id} is not held here. It may be too new, or not exist at all: "
            f"see {arxiv_id.abs_url}."
        )
    if row.deleted_at is not None:
        raise PaperNotFoundError(
            f"arXiv withdrew the record of {arxiv_id} on {row.deleted_at:%Y-%m-%d}."
        )
    return make_paper(row)


def find_papers(tx: Transaction, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
    """Those of the papers that are held and living, in no particular order."""
    found = map(make_paper, _read_living(tx, ids, *papers.c.keys()))
    return {paper.arxiv_id: paper for paper in found}


def find_titles(tx: Transaction, ids: Sequence[ArxivId]) -> dict[ArxivId, str]:
    """The titles of those of the papers that are held and living: all that some counts read."""
    found = _read_living(tx, ids, "arxiv_id", "title")
    return {ArxivId.from_canonical(row.arxiv_id): row.title for row in found}


def _read_living(
    tx: Transaction, ids: Sequence[ArxivId], *columns: str
) -> Iterable[Row[tuple[Any, ...]]]:
    """These columns of those of the papers that are held and living."""
    dialect = tx.dialect.name
    told = {_SOUGHT_IDS: write_texts(dialect, [arxiv_id.value for arxiv_id in ids])}
    return tx.execute(_select_living(dialect, *columns), told)


@lru_cache
def _select_living(dialect: str, *columns: str) -> Select[Any]:
    """Composing it anew would cost as much as reading some papers."""
    wanted = [papers.c[name] for name in columns]
    return select(*wanted).where(is_told(dialect, papers.c.arxiv_id, _SOUGHT_IDS), _IS_LIVING)


def find_missing_ids(tx: Transaction, ids: Sequence[ArxivId]) -> list[ArxivId]:
    """Those of the ids that are not held at all, in the order given; a tombstone is held."""
    query = select(papers.c.arxiv_id).where(_has_id_among(tx, ids))
    held = set(tx.execute(query).scalars())
    return [arxiv_id for arxiv_id in ids if arxiv_id.value not in held]


def find_submission_moments(tx: Transaction, ids: Sequence[ArxivId]) -> dict[ArxivId, datetime]:
    """When the first version of each of the papers came, of those that are held and living."""
    columns = papers.c.arxiv_id, papers.c.submitted_at
    query = select(*columns).where(_has_id_among(tx, ids), _IS_LIVING)
    return {ArxivId.from_canonical(value): moment for value, moment in tx.execute(query)}


def count_submitted_by_day(
    tx: Transaction, expression: CategoryExpression | None, first: date, last: date
) -> dict[date, int]:
    """How many papers `list_submitted_on` has for each day of a span; empty days are left out."""
    query = select(papers.c.submitted_at, papers.c.categories).where(*_came_within(first, last))
    return Counter(
        moment.date()
        for moment, categories in tx.execute(query)
        if expression is None or expression.matches(categories.split(" "))
    )


def iter_categories_submitted_on(tx: Transaction, day: date) -> Iterator[list[str]]:
    """The categories of each paper first submitted on a UTC day."""
    query = select(papers.c.categories).where(*_came_within(day, day))
    for categories in tx.execute(query).scalars():
        yield categories.split(" ")


def stream_changes(tx: Transaction, after: int, limit: int) -> list[Paper]:
    """The papers whose last change has a number above `after`, in the order of changes.

    At most `limit` of them, tombstones included (`deleted_at` is set). A paper that changed
    several times occurs once, at its last change.
    """
    query = (
        select(papers)
        .where(papers.c.change_number > after)
        .order_by(papers.c.change_number)
        .limit(limit)
    )
    return [make_paper(row) for row in tx.execute(query)]


def stream_all_papers(tx: Transaction, batch_size: int) -> Iterator[list[Paper]]:
    """All living papers, the oldest submission first, `batch_size` at a time.

    Inside `Database.read` it is one view of the database, whatever is written meanwhile.
    """
    position = tuple_(papers.c.submitted_at, papers.c.arxiv_id)
    query = select(papers).where(_IS_LIVING).order_by(position.clauses[0], position.clauses[1])
    last: Paper | None = None
    while True:
        page = (
            query
            if last is None
            else query.where(position > (last.submitted_at, last.arxiv_id.value))
        )
        batch = [make_paper(row) for row in tx.execute(page.limit(batch_size))]
        if not batch:
            return
        yield batch
        last = batch[-1]


def get_last_change_number(tx: Transaction) -> int:
    """The number of the last accepted change; 0 before the first."""
    number: int = tx.execute(select(change_counter.c.last_number)).scalar_one()
    return number


def count_papers(tx: Transaction) -> int:
    """How many living papers are held. Kept beside the change sequence, so it costs one row."""
    count: int = tx.execute(select(change_counter.c.living_papers)).scalar_one()
    return count


def get_newest_submission_day(tx: Transaction) -> date | None:
    """The UTC day of the most recent first submission; None when no paper has a known day."""
    newest: datetime | None = tx.execute(
        select(papers.c.submitted_at)
        .where(_IS_LIVING, _DAY_IS_KNOWN)
        .order_by(papers.c.submitted_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if newest is None else newest.date()


def list_submitted_on(
    tx: Transaction,
    day: date,
    expression: CategoryExpression | None,
    *,
    offset: int,
    limit: int,
) -> tuple[list[Paper], int]:
    """One page of the papers first submitted on a UTC day, and how many there are in all.

    Newest id first, as `ArxivId.sort_key` orders. Papers of which only the month is known are
    on no day's list: they would all crowd the first. The categories are matched here and not
    in SQL: a day has a few thousand papers, and the expression stays defined in one place.
    """
    of_the_day = select(papers.c.arxiv_id, papers.c.categories).where(*_came_within(day, day))
    matching = [
        ArxivId.from_canonical(arxiv_id)
        for arxiv_id, categories in tx.execute(of_the_day)
        if expression is None or expression.matches(categories.split(" "))
    ]
    matching.sort(key=_get_sort_key, reverse=True)
    page = matching[offset : offset + limit]
    found = find_papers(tx, page)
    return [found[arxiv_id] for arxiv_id in page], len(matching)


def list_history(tx: Transaction, arxiv_id: ArxivId) -> list[PaperHistoryEntry]:
    """The paper's superseded titles, authors, abstracts and comments, the latest first."""
    query = (
        select(paper_history)
        .where(paper_history.c.arxiv_id == arxiv_id.value)
        .order_by(paper_history.c.change_number.desc())
    )
    return [make_history_entry(row) for row in tx.execute(query)]


def _came_within(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """Living papers first submitted on one of the UTC days from `first` to `last`."""
    begin, end = (datetime.combine(each, time(), UTC) for each in (first, last))
    moment = papers.c.submitted_at
    return moment >= begin, moment < end + timedelta(days=1), _IS_LIVING, _DAY_IS_KNOWN


def _has_id_among(tx: Transaction, ids: Sequence[ArxivId]) -> ColumnElement[bool]:
    return is_one_of(tx.dialect.name, papers.c.arxiv_id, [arxiv_id.value for arxiv_id in ids])


def _get_sort_key(arxiv_id: ArxivId) -> tuple[Any, ...]:
    return arxiv_id.sort_key
