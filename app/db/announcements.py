"""The ledger of arXiv's daily lists, and the receipts of reconciling it."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Row, and_, func, or_, select

from app.db.change_sequence import ChangeSequence
from app.db.last_announcements import find_last_announcements, note_changed_papers
from app.db.models import announcements, receipts
from app.db.parameters import is_one_of
from app.db.session import Transaction
from app.db.upserts import insert_for, make_upsert
from app.domain.announcements import Announcement, AnnounceType, ReconciliationReceipt
from app.domain.arxiv_id import ArxivId
from app.domain.categories import CategoryExpression

DEFAULT_RECEIPTS_LISTED = 1_000
"""A week's receipts of all categories and then some."""

_GROUPS = {
    AnnounceType.NEW: 0,
    AnnounceType.CROSS: 1,
    AnnounceType.REPLACE: 2,
    AnnounceType.REPLACE_CROSS: 2,
}
"""The groups of arXiv's lists, in their order; it shows both kinds of replacement together."""


def add_announcements(tx: Transaction, items: Sequence[Announcement]) -> int:
    """Store the lines that the ledger lacks and return how many those were.

    A line is known by day, category and paper: reading a feed again changes nothing. Papers whose
    last announcement becomes another one get new change numbers, so that the index takes it in.
    """
    if not items:
        return 0
    # The papers' numbers are read and given under the lock that every writer of papers takes.
    sequence = ChangeSequence.lock(tx)
    named = {item.arxiv_id for item in items}
    known = find_last_announcements(tx, named)
    count = select(func.count()).select_from(announcements)
    touched_days = count.where(announcements.c.announced_on.in_({i.announced_on for i in items}))
    before: int = tx.execute(touched_days).scalar_one()
    tx.execute(
        insert_for(tx.dialect.name, announcements).on_conflict_do_nothing(),
        [
            {
                "announced_on": item.announced_on,
                "category": item.category,
                "arxiv_id": item.arxiv_id.value,
                "version": item.version,
                "announce_type": item.announce_type.value,
                "position": item.position,
            }
            for item in items
        ],
    )
    after: int = tx.execute(touched_days).scalar_one()
    if after > before:
        latest = find_last_announcements(tx, named)
        note_changed_papers(tx, sequence, (k for k, v in latest.items() if v != known.get(k)))
        sequence.save()
    return after - before


def list_announced(
    tx: Transaction,
    day: date,
    expression: CategoryExpression | None,
    *,
    offset: int,
    limit: int,
) -> tuple[list[Announcement], int]:
    """One page of a day's list, and how many papers it has in all.

    The expression is held against the categories that listed the paper on this day, not
    against those it has now. A paper that several of the included categories list has one
    line: the one in the foremost group. The order is arXiv's: new papers, cross-lists,
    replacements; within a group by position (of several categories together: first lines
    first), then by id.
    """
    query = select(announcements).where(announcements.c.announced_on == day)
    if expression is not None:
        concerned = expression.included | expression.excluded
        query = query.where(is_one_of(tx.dialect.name, announcements.c.category, concerned))
    lines_by_paper: dict[str, list[Announcement]] = {}
    for row in tx.execute(query):
        lines_by_paper.setdefault(row.arxiv_id, []).append(_make_announcement(row))
    listed = [
        min(_select_lines(lines, expression), key=_get_place)
        for lines in lines_by_paper.values()
        if expression is None or expression.matches({line.category for line in lines})
    ]
    listed.sort(key=_get_place)
    return listed[offset : offset + limit], len(listed)


def find_latest_day(tx: Transaction) -> date | None:
    """The last day with any announcement; None while the ledger is empty."""
    latest: date | None = tx.execute(select(func.max(announcements.c.announced_on))).scalar_one()
    return latest


def list_announced_ids(tx: Transaction, day: date, category: str) -> list[ArxivId]:
    """The papers that one category listed on a day, in the list's order."""
    query = select(announcements).where(
        announcements.c.announced_on == day, announcements.c.category == category
    )
    lines = sorted((_make_announcement(row) for row in tx.execute(query)), key=_get_place)
    return [line.arxiv_id for line in lines]


def list_unreconciled(tx: Transaction, *, since: date) -> list[tuple[date, str]]:
    """The days (from `since` on) and categories whose ledger has no valid, complete receipt.

    These have none yet, or theirs names missing papers, or lines arrived after it was written.
    Oldest first.
    """
    day, category = announcements.c.announced_on, announcements.c.category
    receipt_of_group = and_(receipts.c.announced_on == day, receipts.c.category == category)
    query = (
        select(day, category)
        .outerjoin(receipts, receipt_of_group)
        .where(day >= since)
        .group_by(day, category, receipts.c.announced, receipts.c.held)
        .having(
            or_(
                receipts.c.announced.is_(None),
                receipts.c.held < receipts.c.announced,
                receipts.c.announced != func.count(),
            )
        )
        .order_by(day, category)
    )
    return [(row.announced_on, row.category) for row in tx.execute(query)]


def save_receipt(tx: Transaction, receipt: ReconciliationReceipt) -> None:
    """Store the receipt in place of the former one of its day and category."""
    tx.execute(
        make_upsert(tx.dialect.name, receipts).values(
            announced_on=receipt.announced_on,
            category=receipt.category,
            announced=receipt.announced,
            held=receipt.held,
            missing=" ".join(arxiv_id.value for arxiv_id in receipt.missing),
            checked_at=receipt.checked_at,
            repaired_at=receipt.repaired_at,
        )
    )


def list_receipts(
    tx: Transaction, *, since: date | None = None, limit: int = DEFAULT_RECEIPTS_LISTED
) -> list[ReconciliationReceipt]:
    """The receipts, the latest day first, categories in alphabetical order."""
    query = select(receipts).order_by(receipts.c.announced_on.desc(), receipts.c.category)
    if since is not None:
        query = query.where(receipts.c.announced_on >= since)
    return [_make_receipt(row) for row in tx.execute(query.limit(limit))]


def _select_lines(
    lines: Iterable[Announcement], expression: CategoryExpression | None
) -> list[Announcement]:
    return [line for line in lines if expression is None or line.category in expression.included]


def _get_place(line: Announcement) -> tuple[int, int, str, str]:
    return _GROUPS[line.announce_type], line.position, line.arxiv_id.value, line.category


def _make_announcement(row: Row[tuple[object, ...]]) -> Announcement:
    return Announcement(
        announced_on=row.announced_on,
        category=row.category,
        arxiv_id=ArxivId.from_canonical(row.arxiv_id),
        version=row.version,
        announce_type=AnnounceType(row.announce_type),
        position=row.position,
    )


def _make_receipt(row: Row[tuple[object, ...]]) -> ReconciliationReceipt:
    return ReconciliationReceipt(
        announced_on=row.announced_on,
        category=row.category,
        announced=row.announced,
        held=row.held,
        missing=tuple(ArxivId.from_canonical(value) for value in row.missing.split()),
        checked_at=row.checked_at,
        repaired_at=row.repaired_at,
    )
