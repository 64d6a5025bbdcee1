"""The ledger of arXiv's daily lists, and the receipts of reconciling it."""

import sqlalchemy as sa
from alembic import op

from app.db.types import UtcDateTime, make_arxiv_id_type

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("arxiv_id", make_arxiv_id_type(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("announce_type", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "announced_on", "category", "arxiv_id", name=op.f("pk_announcements")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_announcements_version_positive")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_announcements_position_counts")),
        sa.CheckConstraint(
            "announce_type IN ('new', 'cross', 'replace', 'replace-cross')",
            name=op.f("ck_announcements_announce_type_known"),
        ),
    )
    op.create_table(
        "receipts",
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("repaired_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("announced_on", "category", name=op.f("pk_receipts")),
        sa.CheckConstraint(
            "held >= 0 AND held <= announced", name=op.f("ck_receipts_held_within_announced")
        ),
    )


def downgrade() -> None:
    op.drop_table("receipts")
    op.drop_table("announcements")
