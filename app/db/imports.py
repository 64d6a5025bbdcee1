"""How far the import of each snapshot file came."""

from sqlalchemy import delete, select

from app.db.models import import_checkpoints
from app.db.session import Transaction
from app.db.upserts import make_upsert
from app.domain.harvest import ImportCheckpoint


def find_checkpoint(tx: Transaction, fingerprint: str) -> ImportCheckpoint | None:
    """Where an unfinished import of this file stands; None when there is none."""
    row = tx.execute(
        select(import_checkpoints).where(import_checkpoints.c.fingerprint == fingerprint)
    ).one_or_none()
    if row is None:
        return None
    return ImportCheckpoint(
        fingerprint=row.fingerprint,
        lines=row.lines,
        bytes=row.bytes,
        accepted=row.accepted,
        rejected=row.rejected,
    )


def save_checkpoint(tx: Transaction, checkpoint: ImportCheckpoint) -> None:
    """Store the checkpoint in place of the file's former one, in the transaction of its batch."""
    tx.execute(
        make_upsert(tx.dialect.name, import_checkpoints).values(
            fingerprint=checkpoint.fingerprint,
            lines=checkpoint.lines,
            bytes=checkpoint.bytes,
            accepted=checkpoint.accepted,
            rejected=checkpoint.rejected,
        )
    )


def clear_checkpoint(tx: Transaction, fingerprint: str) -> None:
    """Forget the file's checkpoint: its import is finished, or begins anew."""
    tx.execute(delete(import_checkpoints).where(import_checkpoints.c.fingerprint == fingerprint))
