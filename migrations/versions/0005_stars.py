"""Readers' stars, and small facts about this installation."""

import sqlalchemy as sa
from alembic import op

from app.db.types import make_arxiv_id_type

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stars",
        sa.Column("arxiv_id", make_arxiv_id_type(), nullable=False),
        sa.Column("client_day_key", sa.String(128), nullable=False),
        sa.Column("starred_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("arxiv_id", "client_day_key", name=op.f("pk_stars")),
        sa.ForeignKeyConstraint(["arxiv_id"], ["papers.arxiv_id"], name=op.f("fk_stars_arxiv_id")),
    )
    op.create_table(
        "state",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_state")),
    )


def downgrade() -> None:
    op.drop_table("state")
    op.drop_table("stars")
