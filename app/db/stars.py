"""How many stars readers gave the papers; who gave them is never stored."""

from collections.abc import Sequence

from sqlalchemy import select

from app.db.models import papers, star_counts
from app.db.parameters import is_one_of
from app.db.session import Transaction
from app.db.upserts import insert_for
from app.domain.arxiv_id import ArxivId
from app.domain.errors import PaperNotFoundError


def add_star(tx: Transaction, arxiv_id: ArxivId) -> int:
    """How many stars the paper has with the one just added.

    Raises:
        PaperNotFoundError: no such living paper is held.
    """
    held = select(papers.c.arxiv_id).where(
        papers.c.arxiv_id == arxiv_id.value, papers.c.deleted_at.is_(None)
    )
    if tx.execute(held).first() is None:
        raise PaperNotFoundError(f"{arxiv_id} is not held here, so it cannot be starred.")
    added = insert_for(tx.dialect.name, star_counts).values(arxiv_id=arxiv_id.value, stars=1)
    stars: int = tx.execute(
        added.on_conflict_do_update(
            index_elements=[star_counts.c.arxiv_id], set_={"stars": star_counts.c.stars + 1}
        ).returning(star_counts.c.stars)
    ).scalar_one()
    return stars


def count_stars(tx: Transaction, ids: Sequence[ArxivId]) -> dict[ArxivId, int]:
    """How many stars each of the papers has; those without any are left out."""
    if not ids:
        return {}
    wanted = is_one_of(
        tx.dialect.name, star_counts.c.arxiv_id, [arxiv_id.value for arxiv_id in ids]
    )
    query = select(star_counts.c.arxiv_id, star_counts.c.stars).where(wanted)
    return {ArxivId.from_canonical(value): count for value, count in tx.execute(query)}


def list_most_starred(tx: Transaction, limit: int) -> list[tuple[ArxivId, int]]:
    """The most starred papers with their stars, most first, ties by identifier."""
    query = (
        select(star_counts.c.arxiv_id, star_counts.c.stars)
        .order_by(star_counts.c.stars.desc(), star_counts.c.arxiv_id)
        .limit(limit)
    )
    return [(ArxivId.from_canonical(value), count) for value, count in tx.execute(query)]
