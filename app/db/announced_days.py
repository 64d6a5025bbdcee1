"""The ledger by day: which days have lists, and how many papers these hold."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import case, func, select

from app.db.models import announcements
from app.db.parameters import is_one_of
from app.db.session import Transaction
from app.domain.announcements import AnnounceType
from app.domain.categories import CategoryExpression

_KINDS = tuple(AnnounceType)
"""In the order of arXiv's groups: a paper counts in the foremost one that lists it."""


def find_announced_day_before(tx: Transaction, day: date) -> date | None:
    """The last day before `day` with any announcement."""
    query = select(func.max(announcements.c.announced_on)).where(announcements.c.announced_on < day)
    found: date | None = tx.execute(query).scalar_one()
    return found


def find_announced_day_after(tx: Transaction, day: date) -> date | None:
    """The first day after `day` with any announcement."""
    query = select(func.min(announcements.c.announced_on)).where(announcements.c.announced_on > day)
    found: date | None = tx.execute(query).scalar_one()
    return found


def find_first_announced_day(tx: Transaction) -> date | None:
    """The day the ledger begins; None while it is empty."""
    found: date | None = tx.execute(select(func.min(announcements.c.announced_on))).scalar_one()
    return found


def has_lines_on(tx: Transaction, day: date, expression: CategoryExpression | None = None) -> bool:
    """Whether any list of the included categories, or any at all, has a line on a day."""
    query = select(announcements.c.arxiv_id).where(announcements.c.announced_on == day)
    if expression is not None:
        dialect = tx.dialect.name
        query = query.where(is_one_of(dialect, announcements.c.category, expression.included))
    return tx.execute(query.limit(1)).first() is not None


def count_lines_on(tx: Transaction, day: date) -> int:
    """How many lines the ledger has for a day, all lists together."""
    query = select(func.count()).where(announcements.c.announced_on == day)
    count: int = tx.execute(query).scalar_one()
    return count


def count_announced_by_day(
    tx: Transaction, expression: CategoryExpression | None, first: date, last: date
) -> dict[date, Counter[AnnounceType]]:
    """How many papers the lists of an expression named on each day, by kind.

    Every paper counts once a day, in the foremost group of those that list it, as in
    `app.db.announcements.list_announced`. Days without any such paper are left out.

    Args:
        first: the first day counted.
        last: the last one.
    """
    lines = announcements.c
    rank = case({kind.value: rank for rank, kind in enumerate(_KINDS)}, value=lines.announce_type)
    query = select(lines.announced_on, func.min(rank).label("rank")).where(
        lines.announced_on.between(first, last)
    )
    if expression is not None:
        dialect = tx.dialect.name
        query = query.where(is_one_of(dialect, lines.category, expression.included))
        if expression.excluded:
            other = announcements.alias("other")
            is_taken_away = (
                select(other.c.arxiv_id)
                .where(
                    other.c.announced_on == lines.announced_on,
                    is_one_of(dialect, other.c.category, expression.excluded),
                    other.c.arxiv_id == lines.arxiv_id,
                )
                .exists()
            )
            query = query.where(~is_taken_away)
    papers = query.group_by(lines.announced_on, lines.arxiv_id).subquery()
    counted = select(papers.c.announced_on, papers.c.rank, func.count()).group_by(
        papers.c.announced_on, papers.c.rank
    )
    counts: dict[date, Counter[AnnounceType]] = defaultdict(Counter)
    for day, found_rank, number in tx.execute(counted):
        counts[day][_KINDS[found_rank]] += number
    return dict(counts)


def iter_lines_on(tx: Transaction, day: date) -> Iterator[tuple[str, str, AnnounceType]]:
    """Paper, list and kind of every line of a day, in no particular order."""
    lines = announcements.c
    query = select(lines.arxiv_id, lines.category, lines.announce_type)
    for arxiv_id, category, kind in tx.execute(query.where(lines.announced_on == day)):
        yield arxiv_id, category, AnnounceType(kind)
