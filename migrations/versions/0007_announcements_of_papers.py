"""The ledger by paper: the index needs each paper's last announcement."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_announcements_arxiv_id"), "announcements", ["arxiv_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_announcements_arxiv_id"), table_name="announcements")
