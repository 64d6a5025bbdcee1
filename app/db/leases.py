"""Leases: the right to do one kind of work alone, lost by whoever stops renewing it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from app.db.models import leases
from app.db.session import Transaction
from app.db.upserts import insert_for
from app.domain.jobs import Lease


def acquire_lease(
    tx: Transaction, name: str, *, owner: str, ttl_seconds: float, now: datetime
) -> bool:
    """Whether `owner` holds the lease from now on, for `ttl_seconds`.

    True when nobody held it, when its holder let it expire, or when `owner` holds it already.
    One statement decides, so two who ask at once never both hear True.
    """
    statement = insert_for(tx.dialect.name, leases).values(
        name=name, owner=owner, expires_at=now + timedelta(seconds=ttl_seconds)
    )
    taken = tx.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": statement.excluded.owner, "expires_at": statement.excluded.expires_at},
            where=or_(leases.c.owner == owner, leases.c.expires_at <= now),
        ).returning(leases.c.name)
    )
    return taken.first() is not None


def renew_lease(
    tx: Transaction, name: str, *, owner: str, ttl_seconds: float, now: datetime
) -> bool:
    """Whether `owner` still held the lease and holds it for `ttl_seconds` more.

    A lease that expired and that nobody took meanwhile is still its holder's.
    """
    renewed = tx.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.owner == owner)
        .values(expires_at=now + timedelta(seconds=ttl_seconds))
        .returning(leases.c.name)
    )
    return renewed.first() is not None


def release_lease(tx: Transaction, name: str, *, owner: str) -> None:
    """Give the lease up, if `owner` holds it."""
    tx.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))


def find_lease(tx: Transaction, name: str) -> Lease | None:
    """Who holds the lease and until when, expired or not; None when nobody does."""
    row = tx.execute(select(leases).where(leases.c.name == name)).one_or_none()
    return None if row is None else Lease(row.name, row.owner, row.expires_at)
