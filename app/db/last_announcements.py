"""When and why each paper was last announced, and telling the index when that changed."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from app.db.change_sequence import ChangeSequence
from app.db.models import announcements, papers
from app.db.parameters import is_one_of
from app.db.session import Transaction
from app.domain.announcements import AnnounceType, LastAnnouncement
from app.domain.arxiv_id import ArxivId

_RANKS = {kind: rank for rank, kind in enumerate(AnnounceType)}
"""Of several lists of one day, the foremost kind counts."""


def find_last_announcements(
    tx: Transaction, arxiv_ids: Iterable[ArxivId]
) -> dict[ArxivId, LastAnnouncement]:
    """The last announcement of each paper that the ledger names."""
    wanted = {arxiv_id.value for arxiv_id in arxiv_ids}
    if not wanted:
        return {}
    columns = announcements.c.arxiv_id, announcements.c.announced_on, announcements.c.announce_type
    query = select(*columns).where(is_one_of(tx.dialect.name, announcements.c.arxiv_id, wanted))
    found: dict[str, LastAnnouncement] = {}
    for value, day, name in tx.execute(query):
        each = LastAnnouncement(day, AnnounceType(name))
        known = found.get(value)
        if known is None or _order(each) > _order(known):
            found[value] = each
    return {ArxivId.from_canonical(value): last for value, last in found.items()}


def note_changed_papers(tx: Transaction, sequence: ChangeSequence, ids: Iterable[ArxivId]) -> int:
    """Give the living ones of some papers new change numbers, so that they are indexed anew.

    Returns how many those were. The caller saves the sequence.
    """
    wanted = {arxiv_id.value for arxiv_id in ids}
    if not wanted:
        return 0
    living = papers.c.deleted_at.is_(None)
    query = select(papers.c.arxiv_id).where(
        is_one_of(tx.dialect.name, papers.c.arxiv_id, wanted), living
    )
    held = sorted(tx.execute(query).scalars())
    if held:
        tx.execute(
            update(papers)
            .where(papers.c.arxiv_id == bindparam("changed_id"))
            .values(change_number=bindparam("new_number")),
            [{"changed_id": value, "new_number": sequence.take()} for value in held],
        )
    return len(held)


def _order(last: LastAnnouncement) -> tuple[object, int]:
    return last.announced_on, -_RANKS[last.announce_type]
