"""Readers' stars."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from app.db.models import papers, stars
from app.db.parameters import is_one_of
from app.db.session import Transaction
from app.db.upserts import insert_for
from app.domain.arxiv_id import ArxivId
from app.domain.errors import PaperNotFoundError


def add_star(tx: Transaction, arxiv_id: ArxivId, *, client_day_key: str, day: date) -> bool:
    """Whether this star is new: each `client_day_key` counts once for a paper.

    Raises:
        PaperNotFoundError: no such paper is held.
    """
    held = select(papers.c.arxiv_id).where(
        papers.c.arxiv_id == arxiv_id.value, papers.c.deleted_at.is_(None)
    )
    if tx.execute(held).first() is None:
        raise PaperNotFoundError(f"{arxiv_id} is not held here, so it cannot be starred.")
    added = tx.execute(
        insert_for(tx.dialect.name, stars)
        .values(arxiv_id=arxiv_id.value, client_day_key=client_day_key, starred_on=day)
        .on_conflict_do_nothing()
        .returning(stars.c.arxiv_id)
    )
    return added.first() is not None


def count_stars(tx: Transaction, ids: Sequence[ArxivId]) -> dict[ArxivId, int]:
    """How many stars each of the papers has; those without any are left out."""
    wanted = is_one_of(tx.dialect.name, stars.c.arxiv_id, [arxiv_id.value for arxiv_id in ids])
    query = select(stars.c.arxiv_id, func.count()).where(wanted).group_by(stars.c.arxiv_id)
    return {ArxivId.from_canonical(value): count for value, count in tx.execute(query)}
