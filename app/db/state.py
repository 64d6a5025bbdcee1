"""Small facts about this installation, by key."""

from sqlalchemy import select

from app.db.models import state
from app.db.session import Transaction
from app.db.upserts import make_upsert


def get_state(tx: Transaction, key: str) -> str | None:
    """The value last set under `key`; None when there is none."""
    value: str | None = tx.execute(
        select(state.c.value).where(state.c.key == key)
    ).scalar_one_or_none()
    return value


def set_state(tx: Transaction, key: str, value: str) -> None:
    """Keep `value` (any text) under `key` (at most 64 characters)."""
    tx.execute(make_upsert(tx.dialect.name, state).values(key=key, value=value))
